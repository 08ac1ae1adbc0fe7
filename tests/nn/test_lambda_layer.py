"""Any function as a layer."""

import json

import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import layers
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.saving.structure import plain


def antirectifier(x):
    x = x - jnp.mean(x, axis=1, keepdims=True)
    x = x / jnp.linalg.norm(x, axis=1, keepdims=True)
    return jnp.concatenate([jnp.maximum(x, 0), jnp.maximum(-x, 0)], axis=1)


def doubled_width(shape):
    return (*shape[:-1], 2 * shape[-1])


def scaled(x, factor=1.0):
    return factor * x


def test_the_antirectifier():
    """The output is twice as wide."""
    layer = layers.Lambda(antirectifier, output_shape=doubled_width)
    assert layer(layers.Input((4,))).shape == (None, 8)
    y = layer(np.float32([[1, 2, 3, 6]]))
    np.testing.assert_allclose(y[0], [0, 0, 0, 0.80178, 0.53452, 0.26726, 0, 0], atol=1e-5)


def test_square():
    """Q1.F05."""
    np.testing.assert_array_equal(layers.Lambda(lambda x: x**2)(np.float32([[1, -3]])), [[1, 9]])


def test_arguments_are_passed_on_and_kept():
    layer = layers.Lambda(scaled, arguments={"factor": 3.0}, name="triple")
    np.testing.assert_array_equal(layer(np.ones((1, 2), "float32")), [[3, 3]])
    with custom_object_scope({"scaled": scaled}):
        again = layers.Lambda.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    np.testing.assert_array_equal(again(np.ones((1, 2), "float32")), [[3, 3]])


def test_a_function_without_its_name_stands_in_the_configuration():
    settings = layers.Lambda(lambda x: x + 1).get_config()
    assert float(layers.Lambda.from_config(settings)(np.ones((1, 1)))[0, 0]) == 2
    with pytest.raises(ValueError, match=r"`function` is '<lambda>'.*define it with def"):
        layers.Lambda.from_config({**settings, "function": "<lambda>"})


def test_a_function_inside_another_stands_in_the_configuration():
    def doubled(x):
        return x * 2

    layer = layers.Lambda(doubled)
    again = layers.Lambda.from_config(layer.get_config())
    assert float(again(np.ones((1, 1)))[0, 0]) == 2
    assert json.loads(json.dumps(layer.get_config(), default=plain))["function"] == "doubled"


def test_a_mask_of_the_mask_alone():
    a, b = layers.Input((3,)), layers.Input((3,))
    layer = layers.Lambda(lambda pair: pair[0], mask=lambda masks: masks[0])
    assert layer([layers.Masking()(a), b]).mask_shape is not None


def test_several_inputs_and_outputs():
    a, b = layers.Input((3,)), layers.Input((3,))
    total, difference = layers.Lambda(lambda pair: [pair[0] + pair[1], pair[0] - pair[1]])([a, b])
    assert total.shape == difference.shape == (None, 3)


def test_output_shape_may_leave_sizes_open_but_must_agree():
    assert layers.Lambda(lambda x: x[:, None], output_shape=(1, None))(
        layers.Input((3,))
    ).shape == (None, 1, 3)
    with pytest.raises(
        ValueError,
        match=r"the function returned shape \(2, 3\), but `output_shape` says \(None, 4\)",
    ):
        layers.Lambda(lambda x: x, output_shape=(4,))(np.zeros((2, 3), "float32"))


def test_masks():
    """As in Keras 2.0.4: the function may ask for the mask; the output has the one that `mask`
    gives, or none.
    """
    x = np.float32([[[1], [0], [2]]])

    def total(x, mask):
        return jnp.sum(x[..., 0] + jnp.where(mask, 10.0, 0.0), axis=1)

    masked = layers.Masking()(layers.Input((3, 1)))
    assert layers.Lambda(total)(masked).mask_shape is None
    assert layers.Lambda(lambda x: x, mask=lambda x, mask: mask)(masked).mask_shape == (None, 3)
    from jaxcnn import Sequential

    model = Sequential([layers.Masking(input_shape=(3, 1)), layers.Lambda(total)])
    np.testing.assert_array_equal(model(x), [23.0])

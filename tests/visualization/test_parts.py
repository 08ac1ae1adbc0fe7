"""Parts of networks, and layers with their output moved."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn.models import Model, parts

from .networks import branched, some_images


def test_parts_compute_what_the_model_does_and_no_more():
    model, x = branched(), some_images()
    second, first = parts.up_to(model, ["second", "first"]).apply(model.variables, x)
    expected = Model(
        model.input, [model.get_layer(name).output for name in ("second", "first")]
    ).predict(x)
    np.testing.assert_allclose(second, expected[0], atol=1e-5)
    np.testing.assert_allclose(first, expected[1], atol=1e-5)
    assert [call.name for call in parts.up_to(model, ["second"]).topology.calls] == [
        "first",
        "second",
    ]
    scores, softmax = parts.scores(model)
    assert softmax
    np.testing.assert_allclose(
        jax.nn.softmax(scores.apply(model.variables, x)), model.predict(x), atol=1e-5
    )
    with pytest.raises(ValueError, match="Did you mean 'second'"):
        parts.up_to(model, ["secnd"])


def test_a_moved_layer_gives_the_gradient_of_its_output():
    model, x = branched(), some_images()
    scores, _ = parts.scores(model)
    module = parts.moved(scores, "joined")

    def total(change):
        actual, output = module.apply(model.variables, [x, change])
        return actual[:, 1].sum(), output

    gradient, output = jax.grad(total, has_aux=True)(jnp.zeros((2, 8, 8, 4)))
    kernel = np.asarray(model.get_layer("out").kernel)[:, 1].reshape(4, 4, 4)
    relu = np.maximum(np.asarray(output), 0)
    windows = relu.reshape(2, 4, 2, 4, 2, 4)
    largest = windows == windows.max(axis=(2, 4), keepdims=True)
    expected = np.where(largest, kernel[None, :, None, :, None, :], 0).reshape(2, 8, 8, 4) * (
        relu > 0
    )
    np.testing.assert_allclose(gradient, expected, atol=1e-5)

"""Shapes and weights of a module, found without computing."""

import types

import flax.linen as linen
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import nn
from jaxcnn.layers import Conv2D, Dense, Embedding, Input, Lambda, Layer, Masking
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.trace_at_sizes import TensorSpec, from_flax, sized
from jaxcnn.layers.tracing import DEFAULT_SIZES, operands, trace, trace_layer


def test_known_sizes_are_traced_as_they_are():
    traced = trace(nn.Dense(4), (Input(batch_shape=(2, 3)),), {})
    assert (traced.outputs.shape, traced.outputs.dtype) == ((2, 4), jnp.float32)
    assert [(w.path, w.collection, w.shape) for w in traced.weights] == [
        (("kernel",), "params", (3, 4)),
        (("bias",), "params", (4,)),
    ]
    assert traced.masks is None


def test_sizes_that_are_unknown_stay_unknown():
    traced = trace(nn.Conv1D(4, 3), (Input((None, 5)),), {})
    assert traced.outputs == TensorSpec((None, None, 4), jnp.dtype("float32"))
    batch = trace(nn.Dense(4), (Input((3,)),), {}).outputs
    assert batch == TensorSpec((None, 4), jnp.dtype("float32"))


def test_sized_tries_two_values_for_each_unknown():
    first, second = (sized((None, None, 7), "int32", attempt) for attempt in DEFAULT_SIZES)
    assert (first.shape, second.shape, first.dtype) == ((2, 480, 7), (3, 736, 7), jnp.int32)


def test_weights_may_not_depend_on_an_unknown_size():
    with pytest.raises(ValueError, match=r"depend on a size that is None in .*\(None, None\)"):
        trace(nn.Dense(4), (Input((None,)),), {})


def test_the_mask_of_an_input_reaches_the_module():
    masked = Masking()(Input((5, 2)))
    assert masked.mask_shape == (None, 5)
    assert trace(nn.LSTM(3, return_sequences=True), (masked,), {}).masks.shape == (None, 5)
    plain = SymbolicTensor((None, 5, 2), "float32", masked.layer, 0, 0)
    assert trace(nn.LSTM(3, return_sequences=True), (plain,), {}).masks is None
    assert Embedding(9, 2, mask_zero=True)(Input((5,), dtype="int32")).mask_shape == (None, 5)


class Plain(linen.Module):
    @linen.compact
    def __call__(self, x):
        x = linen.Dense(3, name="last_by_name")(x)
        self.sow("losses", "penalty", jnp.sum(x))
        return linen.BatchNorm(use_running_average=True, name="first_by_name")(x)


def test_a_plain_flax_module_makes_its_weights_itself():
    weights = trace(Plain(), (Input((2,)),), {}).weights
    paths = [(w.collection, *w.path) for w in weights]
    assert sorted(paths) == [
        ("batch_stats", "first_by_name", "mean"),
        ("batch_stats", "first_by_name", "var"),
        ("params", "first_by_name", "bias"),
        ("params", "first_by_name", "scale"),
        ("params", "last_by_name", "bias"),
        ("params", "last_by_name", "kernel"),
    ]
    # In the order of declaration, not by name.
    assert paths.index(("params", "last_by_name", "kernel")) < paths.index(
        ("params", "first_by_name", "scale")
    )
    kernel = weights[paths.index(("params", "last_by_name", "kernel"))]
    assert (kernel.shape, kernel.dtype, kernel.constraint) == ((2, 3), jnp.float32, None)
    assert kernel.initializer is from_flax
    with pytest.raises(TypeError, match="made by its init"):
        from_flax(jax.random.key(0), (2, 3))


class MyError(ValueError):
    pass


class Wrong(Layer):
    def __init__(self, error):
        super().__init__(name="wrong")
        self.error = error

    def call(self, inputs):
        raise self.error


def test_errors_name_the_layer_and_the_input():
    call = r"Layer 'conv' \(Conv2D\), called on an input of shape \(None, 3\)"
    with pytest.raises(ValueError, match=rf"{call}: Conv2D: the input has.*\nSee docs"):
        trace_layer(Conv2D(4, 3, name="conv"), (Input((3,)),), {})


@pytest.mark.parametrize("kind", [ValueError, TypeError, KeyError, MyError, ZeroDivisionError])
def test_what_a_layer_of_a_user_raises_stays_as_it_is(kind):
    error = kind("text")
    for x, shape in ((Input((3,)), "(None, 3)"), (jnp.ones((2, 3)), "(2, 3)")):
        error.__notes__ = []
        with pytest.raises(kind) as caught:
            Wrong(error)(x)
        assert caught.value is error and caught.traceback[-1].name == "call"
        assert f"Layer 'wrong' (Wrong), called on an input of shape {shape}." in error.__notes__
        assert not any("errors/" in note for note in error.__notes__)


def test_what_jax_refuses_in_a_layer_of_a_user():
    with pytest.raises(TypeError, match="dot_general requires") as caught:
        Lambda(lambda x: jnp.dot(x, np.ones((5, 2))), name="dot")(Input((3,)))
    assert "Layer 'dot' (Lambda), called on an input of shape (None, 3)." in caught.value.__notes__
    assert not any("errors/" in note for note in caught.value.__notes__)


class Concrete(Layer):
    def call(self, inputs):
        return inputs if inputs.sum() > 0 else -inputs


def test_errors_of_jax_stay_what_they_are():
    with pytest.raises(jax.errors.TracerBoolConversionError):
        Concrete()(Input((3,)))


def test_the_shape_for_an_input_shape():
    dense = Dense(4)
    assert dense.compute_output_shape((None, 3)) == (None, 4)
    assert dense.compute_output_shape([8, 3]) == (8, 4)
    assert not dense.built and not dense.inbound_nodes


def test_the_shape_for_several_input_shapes():
    class Both(Layer):
        def call(self, inputs):
            a, b = inputs
            return [a + b, a[:, :1]]

    assert Both().compute_output_shape([(None, 3), [None, 3]]) == [(None, 3), (None, 1)]


def test_what_an_operation_was_called_with_besides_tensors():
    saved = types.SimpleNamespace(args=(2,), kwargs={"axis": 1})
    assert operands(types.SimpleNamespace(saved=saved)) == ((2,), {"axis": 1})
    saved = types.SimpleNamespace(args=(2,), kwargs=None)
    assert operands(types.SimpleNamespace(saved=saved)) == ((2,), {})
    assert operands(types.SimpleNamespace()) is None

"""What programs for other formats are spelled out as gives what it gives elsewhere."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import ops
from jaxcnn.layers import GRU, LSTM, Bidirectional, Input, SimpleRNN, UpSampling2D
from jaxcnn.models import Model
from jaxcnn.ops.tracing import scan, spelled_out

RNG = np.random.default_rng(0)
SIZES = {1: (9,), 2: (8, 7), 3: (6, 5, 7)}
WINDOWS = [
    {},
    {"padding": "same"},
    {"strides": 2},
    {"strides": 3, "padding": "same"},
    {"dilation": 2},
    {"dilation": 2, "padding": "same"},
]


def alike(function, *arrays):
    expected = function(*arrays)
    with spelled_out():
        given = jax.jit(lambda *a: function(*a))(*arrays)
    np.testing.assert_allclose(given, expected, atol=2e-5)


@pytest.mark.parametrize("window", WINDOWS, ids=str)
@pytest.mark.parametrize("rank", SIZES)
def test_convolutions(rank, window):
    x = RNG.random((2, *SIZES[rank], 4), np.float32)
    kernel = RNG.random((*(3, 2, 3)[:rank], 4, 6), np.float32)
    alike(lambda x, kernel: ops.conv(x, kernel, **window), x, kernel)
    by_group = RNG.random((*(3, 2, 3)[:rank], 2, 6), np.float32)
    alike(lambda x, kernel: ops.conv(x, kernel, groups=2, **window), x, by_group)


@pytest.mark.parametrize("padding", ["valid", "same", "full"])
@pytest.mark.parametrize("window", [{}, {"strides": 2}, {"strides": 3}, {"dilation": 2}], ids=str)
@pytest.mark.parametrize("rank", SIZES)
def test_transposed_convolutions(rank, window, padding):
    x = RNG.random((2, *SIZES[rank], 4), np.float32)
    kernel = RNG.random((*(3, 2, 4)[:rank], 5, 4), np.float32)
    alike(lambda x, k: ops.conv_transpose(x, k, padding=padding, **window), x, kernel)


def test_no_zeros_between_elements():
    """For which ONNX has no form."""
    with spelled_out():
        program = jax.make_jaxpr(lambda x, k: ops.conv_transpose(x, k, strides=2))(
            jnp.ones((2, 5, 4)), jnp.ones((3, 6, 4))
        )
    (convolution,) = [e for e in program.jaxpr.eqns if "conv" in e.primitive.name]
    assert convolution.params["lhs_dilation"] in (None, (1,))


def test_loops_backwards():
    def sums(x):
        return scan(lambda a, b: (a * 0.5 + b, a), jnp.zeros(3), x, reverse=True)[1]

    alike(sums, RNG.random((5, 3), np.float32))


@pytest.mark.parametrize("layer", [LSTM, GRU, SimpleRNN])
def test_layers_backwards(layer):
    x = Input((6, 4))
    model = Model(x, Bidirectional(layer(3, return_sequences=True))(x))
    alike(
        lambda a: model.module.apply(model.variables, a), RNG.random((2, 6, 4)).astype(np.float32)
    )


@pytest.mark.parametrize("size", [(2, 3), (1, 4)])
def test_enlarged_images(size):
    layer = UpSampling2D(size, interpolation="bilinear")
    module = layer.module
    alike(lambda x: module.apply({}, x), RNG.random((2, 3, 4, 2)).astype(np.float32))

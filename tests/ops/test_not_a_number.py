"""NaN and infinities go through every accelerated operation and its gradients as through XLA."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from jaxcnn import ops
from jaxcnn.nn.recurrent.layers import GRU, LSTM
from jaxcnn.ops import product as products
from jaxcnn.ops.geometry import StepSettings
from jaxcnn.ops.gru import gru
from jaxcnn.ops.lstm import lstm
from jaxcnn.ops.tracing import spelled_out

pytestmark = pytest.mark.skipif(not ops.accelerated(), reason=f"oneDNN: {ops.why_not()}")
AXES = {1: ("NWC", "WIO", "NWC"), 2: ("NHWC", "HWIO", "NHWC"), 3: ("NDHWC", "DHWIO", "NDHWC")}
IMAGES, KERNEL = (4, 8, 9, 8), (3, 3, 8, 16)


def xla_conv(x, kernel, strides=1, padding="valid", dilation=1, groups=1):
    rank = x.ndim - 2
    return lax.conv_general_dilated(
        x,
        kernel,
        (strides,) * rank,
        padding.upper(),
        rhs_dilation=(dilation,) * rank,
        dimension_numbers=AXES[rank],
        feature_group_count=groups,
    )


def xla_conv_relu(x, kernel, bias, **settings):
    y = xla_conv(x, kernel, **settings)
    return jax.nn.relu(y + bias.reshape((1,) * (y.ndim - 1) + bias.shape))


def layer(kind, **settings):
    """A recurrent layer as a function of its input and weights."""
    module = kind(4, return_sequences=True, **settings)
    return lambda x, kernel, again, bias: module.apply(
        {"params": {"kernel": kernel, "recurrent_kernel": again, "bias": bias}}, x
    )


def by_xla(function):
    """The same with everything spelled out in operations of XLA."""

    def spelled(*arrays):
        with spelled_out():
            return function(*arrays)

    return spelled


def alike(function):
    return function, by_xla(function)


RELU = [IMAGES, KERNEL, (16,)]
STEPS = [(3, 5, 16), (4, 16), (3, 4), (3, 4)]
RESET = [(3, 5, 12), (4, 12), (3, 4)]
GATED = [(3, 5, 6), (6, 12), (4, 12), (12,)]
LSTMS = [(3, 5, 6), (6, 16), (4, 16), (16,)]
# Name -> (ours, XLA's, shapes of the arrays, target in the program or None).
OPERATIONS = {
    "conv": (ops.conv, xla_conv, [IMAGES, KERNEL], "convolve"),
    "conv by one": (ops.conv, xla_conv, [IMAGES, (1, 1, 8, 16)], "convolve"),
    "relu": (ops.conv_relu, xla_conv_relu, RELU, "convolve_relu"),
    "relu 1D": (ops.conv_relu, xla_conv_relu, [(4, 30, 8), (3, 8, 16), (16,)], "convolve_relu"),
    "relu 3D": (
        ops.conv_relu,
        xla_conv_relu,
        [(3, 5, 5, 6, 4), (2, 2, 2, 4, 8), (8,)],
        "convolve_relu",
    ),
    **{
        f"relu {name}": (
            functools.partial(ops.conv_relu, **settings),
            functools.partial(xla_conv_relu, **settings),
            [IMAGES, (3, 3, 8 // settings.get("groups", 1), 16), (16,)],
            "convolve_relu",
        )
        for name, settings in {
            "strides": {"strides": 2, "padding": "same"},
            "dilation": {"dilation": 2},
            "groups": {"groups": 4},
            "depthwise": {"groups": 8, "padding": "same"},
        }.items()
    },
    "product": (*alike(lambda a, b: products.product(a, b, 0, 0)), [(32, 8), (32, 5)], "multiply"),
    "dense": (*alike(lambda x, kernel: jax.nn.relu(ops.dot(x, kernel))), [(9, 8), (8, 5)], None),
    "lstm": (*alike(lambda *arrays: lstm(*arrays, StepSettings(False, False))), STEPS, "lstm"),
    "lstm hard, reversed": (
        *alike(lambda *arrays: lstm(*arrays, StepSettings(True, True))),
        STEPS,
        "lstm",
    ),
    "LSTM": (*alike(layer(LSTM)), LSTMS, "lstm"),
    "LSTM of relu": (*alike(layer(LSTM, activation="relu")), LSTMS, None),
    "gru": (*alike(lambda *arrays: gru(*arrays, StepSettings(True, False))), RESET, "gru"),
    "gru, reset after": (
        *alike(lambda *arrays: gru(*arrays[:3], StepSettings(False, True), bias=arrays[3])),
        [*RESET, (4,)],
        "gru",
    ),
    "GRU": (*alike(layer(GRU)), GATED, "gru"),
    "GRU of relu": (*alike(layer(GRU, activation="relu")), GATED, None),
}


def with_gradients(function, count):
    """Values and the gradients with respect to every array, compiled."""

    def flat(*arrays):
        return [jnp.float32(y) for y in jax.tree.leaves(function(*arrays))]

    def total(*arrays):
        return sum(jnp.sum(jnp.sin(y)) for y in flat(*arrays))

    def both(*arrays):
        gradient = jax.grad(total, tuple(range(count)))
        return flat(*arrays), gradient(*arrays)

    return jax.jit(both)


def same(ours, xla, tolerance, further=()):
    """Whether values and gradients are alike; in those of `further` XLA may have more NaN.

    Gradients in bfloat16 are those of other values, some of which a ReLU cuts off.
    """
    pairs = zip(jax.tree.leaves(ours), jax.tree.leaves(xla), strict=True)
    for number, (a, b) in enumerate(pairs):
        a, b = np.float32(a), np.float32(b)
        assert np.isnan(a).any() == np.isnan(b).any()
        if number in further:
            b = np.where(np.isnan(b), a, b)
        np.testing.assert_array_equal(np.isnan(a), np.isnan(b))
        if number == 0 or tolerance < 1e-3:
            limit = tolerance * np.abs(b[np.isfinite(b)]).max(initial=1e-3)
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=limit)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_no_number_goes_through(name, dtype, monkeypatch):
    monkeypatch.setattr(products, "_LEAST_WORK", 0)
    ours, xla, shapes, target = OPERATIONS[name]
    rng = np.random.default_rng(0)
    arrays = [np.asarray(0.5 * rng.normal(size=shape), "float32") for shape in shapes]
    given = [jnp.asarray(array, dtype) for array in arrays]
    if target is not None and dtype == "float32":
        assert f"jaxcnn_{target}" in jax.jit(ours).lower(*given).as_text()
    ours, xla = (with_gradients(function, len(shapes)) for function in (ours, xla))
    tolerance = 1e-4 if dtype == "float32" else 4e-2
    same(ours(*given), xla(*given), tolerance)
    for at, array in enumerate(arrays):
        for value in (np.nan, np.inf, -np.inf):
            spoilt = array.copy()
            spoilt[tuple(length // 2 for length in array.shape)] = value
            changed = [*given[:at], jnp.asarray(spoilt, dtype), *given[at + 1 :]]
            # XLA multiplies a kernel with the zeros around the gradient of images, and in kernels'
            # gradients each group with the zeros of the others.
            around = {1} if at == 1 and "conv" in (target or "") else set()
            across = {2} if name in ("relu groups", "relu depthwise") else set()
            same(ours(*changed), xla(*changed), tolerance, around | across)


POOLS = {
    "apart": (ops.max_pool, 2, 2, "valid"),
    "over each other": (ops.max_pool, 3, 2, "same"),
    "large": (ops.max_pool, 6, 6, "same"),
    "large, over each other": (ops.max_pool, 7, 3, "valid"),
    "all": (lambda x, *_: ops.largest(x, (1, 2), keepdims=True), (12, 13), (12, 13), "valid"),
}


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("name", POOLS)
def test_the_largest_of_a_window_with_nan_is_nan(name, dtype):
    """XLA's own loses it in reductions of eight and more channels."""
    pool, size, strides, padding = POOLS[name]
    x = np.random.default_rng(0).normal(size=(4, 12, 13, 8)).astype("float32")
    x[0, 1, 2, 3], x[1, 7, 5, 0], x[2, 11, 12, 7] = np.nan, np.inf, -np.inf
    x[3, ..., 2] = -np.inf
    window, steps = ((1, *np.broadcast_to(n, 2), 1) for n in (size, strides))
    lost = lax.reduce_window(np.isnan(x) * 1.0, 0.0, lax.add, window, steps, padding.upper()) > 0
    clean = jnp.asarray(np.nan_to_num(x, nan=0.0, posinf=np.inf, neginf=-np.inf), dtype)

    def loss(x):
        y = pool(x, size, strides, padding)
        return jnp.sum(jnp.where(jnp.isinf(y), 0, y)), y

    (total, y), gradient = jax.jit(jax.value_and_grad(loss, has_aux=True))(jnp.asarray(x, dtype))
    np.testing.assert_array_equal(np.isnan(np.float32(y)), lost)
    whole = np.float32(pool(clean, size, strides, padding))
    np.testing.assert_array_equal(np.float32(y)[~lost], whole[~lost])
    assert np.isnan(total) and lost.any() and gradient.shape == x.shape

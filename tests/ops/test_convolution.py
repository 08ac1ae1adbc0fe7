"""Values, gradients and transformations of convolutions, against XLA's own."""

import concurrent.futures
import functools
import os
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import lax

from jaxcnn import ops

from .closeness import assert_close

NAMES = {1: ("NWC", "WIO", "NWC"), 2: ("NHWC", "HWIO", "NHWC"), 3: ("NDHWC", "DHWIO", "NDHWC")}


def arrays(*shapes, dtype=jnp.float32, seed=0):
    generator = np.random.default_rng(seed)
    return [jnp.asarray(generator.normal(size=shape), dtype) for shape in shapes]


def reference(x, kernel, strides, padding, dilation, groups):
    return lax.conv_general_dilated(
        x,
        kernel,
        strides,
        padding,
        rhs_dilation=dilation,
        dimension_numbers=NAMES[x.ndim - 2],
        feature_group_count=groups,
        precision="highest",
    )


@st.composite
def problems(draw):
    rank = draw(st.sampled_from([1, 2, 2, 3]))
    small = functools.partial(st.integers, 1)
    per_axis = lambda strategy: tuple(draw(strategy) for _ in range(rank))  # noqa: E731
    window, strides, dilation = per_axis(small(4)), per_axis(small(3)), per_axis(small(2))
    extents = [(k - 1) * d + 1 for k, d in zip(window, dilation, strict=True)]
    lengths = tuple(draw(st.integers(extent, extent + 7)) for extent in extents)
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    per_group_in, per_group_out = (
        draw(st.sampled_from([1, 2, 16])),
        draw(st.sampled_from([1, 3, 16])),
    )
    pairs = st.tuples(*[st.tuples(st.integers(0, e), st.integers(0, e)) for e in extents])
    padding = draw(st.one_of(st.sampled_from(["valid", "same"]), pairs))
    x = (draw(st.integers(1, 5)), *lengths, groups * per_group_in)
    kernel = (*window, per_group_in, groups * per_group_out)
    return (
        x,
        kernel,
        {"strides": strides, "padding": padding, "dilation": dilation, "groups": groups},
    )


@settings(max_examples=20, deadline=None, derandomize=True)
@given(problems())
def test_values_and_gradients_equal_xla(problem):
    x_shape, kernel_shape, options = problem
    x, kernel = arrays(x_shape, kernel_shape)
    padding = options["padding"]
    static = {**options, "padding": padding.upper() if isinstance(padding, str) else padding}
    ours = functools.partial(ops.conv, **options)
    theirs = functools.partial(reference, **static)
    y, pullback = jax.vjp(ours, x, kernel)
    expected, expected_pullback = jax.vjp(theirs, x, kernel)
    assert_close(y, expected)
    (cotangent,) = arrays(y.shape, seed=1)
    for actual, wanted in zip(pullback(cotangent), expected_pullback(cotangent), strict=True):
        assert_close(actual, wanted)


def spelled(x, kernel, bias, **options):
    return jax.nn.relu(ops.conv(x, kernel, **options) + bias.reshape((1,) * (x.ndim - 1) + (-1,)))


@settings(max_examples=12, deadline=None, derandomize=True)
@given(problems())
def test_bias_and_relu_in_one(problem):
    x_shape, kernel_shape, options = problem
    x, kernel, bias = arrays(x_shape, kernel_shape, kernel_shape[-1:])
    x = x.at[0].set(0.0)  # there the sums are those of the bias, and 0 where that is 0
    bias = bias.at[0].set(0.0)
    y, pullback = jax.vjp(functools.partial(ops.conv_relu, **options), x, kernel, bias)
    expected, expected_pullback = jax.vjp(functools.partial(spelled, **options), x, kernel, bias)
    assert_close(y, expected)
    (cotangent,) = arrays(y.shape, seed=1)
    for actual, wanted in zip(pullback(cotangent), expected_pullback(cotangent), strict=True):
        assert_close(actual, wanted)


def test_transformations_of_bias_and_relu():
    given = tuple(arrays((3, 6, 6, 2), (3, 3, 2, 4), (4,)))
    ours, theirs = (lambda a, f=f: jnp.sum(jnp.sin(f(*a))) for f in (ops.conv_relu, spelled))
    many = [jnp.stack([a, 2 * a]) for a in given]

    def steepness(loss, a):
        return sum(jnp.sum(g**2) for g in jax.grad(loss)(a))

    pairs = [
        (jax.jit(jax.vmap(jax.grad(ours)))(many), jax.vmap(jax.grad(theirs))(many)),
        (
            jax.jit(jax.grad(functools.partial(steepness, ours)))(given),
            jax.grad(functools.partial(steepness, theirs))(given),
        ),
        (jax.jit(jax.checkpoint(jax.grad(ours)))(given), jax.grad(theirs)(given)),
    ]
    for actual, expected in pairs:
        for a, e in zip(actual, expected, strict=True):
            assert_close(a, e, 1e-4)
    for actual, expected in zip(
        *(jax.jvp(f, given, given) for f in (ops.conv_relu, spelled)), strict=True
    ):
        assert_close(actual, expected)
    _, along = jax.jvp(lambda bias: ops.conv_relu(*given[:2], bias), given[2:], given[2:])
    assert_close(along, jax.jvp(lambda bias: spelled(*given[:2], bias), given[2:], given[2:])[1])
    exported = jax.export.export(jax.jit(ops.conv_relu))(*given)
    assert "custom_call" not in exported.mlir_module()
    empty = ops.conv_relu(jnp.zeros((0, 6, 6, 2)), *given[1:])
    assert empty.shape == (0, 4, 4, 4)
    wide = ops.conv_relu(given[0].astype(jnp.bfloat16), given[1].astype(jnp.bfloat16), given[2])
    assert wide.dtype == jnp.float32  # as a sum of both is


@pytest.mark.parametrize("dtype", [jnp.float32, jnp.float64, jnp.bfloat16, jnp.float16])
def test_every_float_type(dtype):
    with jax.enable_x64(True):
        x, kernel = arrays((4, 9, 9, 16), (3, 3, 16, 8), dtype=dtype)
        exact = reference(*(a.astype(jnp.float64) for a in (x, kernel)), (1, 1), "SAME", (1, 1), 1)
        y, pullback = jax.vjp(lambda x, kernel: ops.conv(x, kernel, padding="same"), x, kernel)
        assert y.dtype == dtype
        assert_close(
            y.astype(jnp.float64), exact, {2: 1e-2, 4: 1e-6, 8: 1e-14}[jnp.dtype(dtype).itemsize]
        )
        assert [g.dtype for g in pullback(y)] == [dtype, dtype]
        (bias,) = arrays((8,), dtype=dtype)
        wanted = jax.nn.relu(exact + bias.astype(jnp.float64).reshape(1, 1, 1, -1))
        found = jax.jit(functools.partial(ops.conv_relu, padding="same"))(x, kernel, bias)
        assert found.dtype == dtype
        assert_close(
            found.astype(jnp.float64),
            wanted,
            {2: 1e-2, 4: 1e-6, 8: 1e-14}[jnp.dtype(dtype).itemsize],
        )


def test_causal_padding_looks_only_back():
    x, kernel = arrays((2, 10, 3), (3, 3, 4))
    y = ops.conv(x, kernel, padding="causal", dilation=2)
    later = ops.conv(x.at[:, 6:].set(0.0), kernel, padding="causal", dilation=2)
    assert y.shape == (2, 10, 4)
    np.testing.assert_array_equal(y[:, :6], later[:, :6])
    assert_close(y, ops.conv(jnp.pad(x, ((0, 0), (4, 0), (0, 0))), kernel, dilation=2))


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [1, 2, (3, 1)])
@pytest.mark.parametrize("window", [(3, 2), (1, 1), (4, 3)])
def test_transposed_convolution_is_the_gradient_of_convolution(padding, strides, window):
    x, kernel = arrays((3, 5, 4, 6), (*window, 7, 6))
    y = ops.conv_transpose(x, kernel, strides=strides, padding=padding)
    if padding == "same":
        pair = (strides, strides) if isinstance(strides, int) else strides
        assert y.shape == (3, 5 * pair[0], 4 * pair[1], 7)
    forward = functools.partial(
        reference, strides=(strides,) * 2 if isinstance(strides, int) else strides
    )
    _, pullback = jax.vjp(
        lambda image: forward(image, kernel, padding=padding.upper(), dilation=(1, 1), groups=1),
        jnp.zeros(y.shape),
    )
    assert_close(y, pullback(x)[0])


@pytest.mark.parametrize(
    ("padding", "stride", "k", "output_padding", "length"),
    [
        ("valid", 2, 3, 0, 9),
        ("valid", 2, 3, 1, 10),
        ("same", 2, 3, 0, 7),
        ("same", 2, 3, 1, 8),
        ("same", 3, 5, 2, 12),
    ],
)
def test_output_padding_sets_the_length(padding, stride, k, output_padding, length):
    x, kernel = arrays((2, 4, 3), (k, 5, 3))
    y = ops.conv_transpose(
        x, kernel, strides=stride, padding=padding, output_padding=output_padding
    )
    assert y.shape == (2, length, 5)
    back = ops.conv(y, kernel, strides=stride, padding=padding)
    assert back.shape == x.shape


def test_second_derivatives():
    x, kernel = arrays((2, 6, 6, 3), (3, 3, 3, 4))
    ours = lambda x, kernel: (ops.conv(x, kernel, padding="same") ** 3).sum()  # noqa: E731
    same = ((1, 1), "SAME", (1, 1), 1)
    theirs = lambda x, kernel: (reference(x, kernel, *same) ** 3).sum()  # noqa: E731
    tangents = tuple(arrays(x.shape, kernel.shape, seed=1))
    for mode in (
        lambda f: jax.jvp(f, (x, kernel), tangents)[1],
        lambda f: jax.jvp(jax.grad(f), (x, kernel), tangents)[1],
        lambda f: jax.grad(lambda x, k: (jax.grad(f, 1)(x, k) ** 2).sum())(x, kernel),
        lambda f: jax.grad(lambda k: (jax.grad(f)(x, k) ** 2).sum())(kernel),
    ):
        assert_close(mode(ours), mode(theirs), 2e-5)


def test_inside_jit_scan_and_remat():
    x, kernel = arrays((4, 8, 8, 5), (3, 3, 5, 5))

    @jax.jit
    def train(kernel):
        @jax.checkpoint
        def loss(kernel):
            return (ops.conv(x, kernel, padding="same") ** 2).mean()

        step = lambda kernel, _: (kernel - 0.1 * jax.grad(loss)(kernel), loss(kernel))  # noqa: E731
        return lax.scan(step, kernel, None, length=5)

    trained, losses = train(kernel)
    expected = kernel
    same = ((1, 1), "SAME", (1, 1), 1)
    for measured in losses:
        loss = lambda kernel: (reference(x, kernel, *same) ** 2).mean()  # noqa: E731
        assert float(measured) == pytest.approx(float(loss(expected)), rel=1e-5)
        expected = expected - 0.1 * jax.grad(loss)(expected)
    assert_close(trained, expected)


@pytest.mark.parametrize("axes", [(0, None), (None, 0), (0, 0), (1, 2)])
def test_vmap(axes):
    x_shape, kernel_shape = [4, 7, 7, 3], [3, 3, 3, 5]
    for shape, axis in ((x_shape, axes[0]), (kernel_shape, axes[1])):
        if axis is not None:
            shape.insert(axis, 2)
    x, kernel = arrays(x_shape, kernel_shape)

    def both(convolution):
        value = jax.vmap(convolution, axes)
        gradient = jax.vmap(jax.grad(lambda x, k: (convolution(x, k) ** 2).sum(), (0, 1)), axes)
        return jax.tree.leaves((value(x, kernel), gradient(x, kernel)))

    ours = both(lambda x, k: ops.conv(x, k, strides=2))
    theirs = both(lambda x, k: reference(x, k, (2, 2), "VALID", (1, 1), 1))
    for actual, expected in zip(ours, theirs, strict=True):
        assert_close(actual, expected)


def test_nested_vmap_of_kernels():
    x, kernel = arrays((2, 6, 3), (2, 3, 2, 3, 4))
    actual = jax.vmap(jax.vmap(ops.conv, (None, 0)), (None, 0))(x, kernel)
    for i, j in np.ndindex(2, 3):
        assert_close(actual[i, j], reference(x, kernel[i, j], (1,), "VALID", (1,), 1))


def test_empty_batch():
    x, kernel = arrays((0, 6, 6, 3), (3, 3, 3, 4))
    y, pullback = jax.vjp(ops.conv, x, kernel)
    assert y.shape == (0, 4, 4, 4)
    assert not pullback(y)[1].any()


def test_concurrent_calls():
    inputs = [arrays((6, 12, 12, 4), (3, 3, 4, 8 + i % 3), seed=i) for i in range(12)]
    compiled = jax.jit(jax.grad(lambda x, k: (ops.conv(x, k) ** 2).sum(), (0, 1)))
    expected = [jax.tree.map(np.asarray, compiled(*pair)) for pair in inputs]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda pair: jax.tree.map(np.asarray, compiled(*pair)), inputs * 4))
    for i, result in enumerate(results):
        for actual, wanted in zip(result, expected[i % len(inputs)], strict=True):
            np.testing.assert_allclose(actual, wanted, rtol=1e-5, atol=1e-4)


_TWO_DEVICES = """
import jax, numpy as np, jax.numpy as jnp
from jax.sharding import Mesh, NamedSharding, PartitionSpec as P
from jaxcnn import ops
assert jax.device_count() == 2
mesh = Mesh(np.array(jax.devices()), ("batch",))
generator = np.random.default_rng(0)
x = generator.normal(size=(8, 10, 10, 3)).astype(np.float32)
kernel = generator.normal(size=(3, 3, 3, 6)).astype(np.float32)
loss = lambda x, k: (ops.conv(x, k, padding="same") ** 2).sum()
both = jax.jit(jax.value_and_grad(loss, (0, 1)))
shared, everywhere = NamedSharding(mesh, P("batch")), NamedSharding(mesh, P())
arguments = jax.device_put(x, shared), jax.device_put(kernel, everywhere)
value, (dx, dk) = both(*arguments)
expected = both(x, kernel)
for actual, wanted in zip(jax.tree.leaves((value, dx, dk)), jax.tree.leaves(expected)):
    np.testing.assert_allclose(actual, wanted, rtol=1e-4, atol=1e-2)
assert dx.sharding.is_equivalent_to(shared, 4), dx.sharding
assert "all-gather" not in both.lower(*arguments).compile().as_text()
same = lambda x, k: ops.conv(x, k, padding="same")
manual = jax.shard_map(same, mesh=mesh, in_specs=(P("batch"), P()), out_specs=P("batch"))
whole = lambda x, k: (manual(x, k) ** 2).sum()
for actual, wanted in zip(jax.jit(jax.grad(whole, (0, 1)))(*arguments), expected[1]):
    np.testing.assert_allclose(actual, wanted, rtol=1e-4, atol=1e-2)
# On a mesh with explicit axes the slices of the matrix products are not defined; neither, from JAX
# 0.12 on, is the sum of the devices' gradients by oneDNN ("Unsupported reduction computation").
if ops.accelerated() and jax.__version_info__ < (0, 12):
    explicit = jax.make_mesh((2,), ("batch",), axis_types=(jax.sharding.AxisType.Explicit,))
    with jax.set_mesh(explicit):
        places = NamedSharding(explicit, P("batch")), NamedSharding(explicit, P())
        for actual, wanted in zip(both(*map(jax.device_put, (x, kernel), places))[1], expected[1]):
            np.testing.assert_allclose(actual, wanted, rtol=1e-4, atol=1e-2)
bias = np.linspace(-1, 1, 6, dtype=np.float32)
squares = lambda x, k, b: (ops.conv_relu(x, k, b, padding="same") ** 2).sum()
fused = jax.jit(jax.value_and_grad(squares, (0, 1, 2)))
results = fused(*arguments, bias), fused(x, kernel, bias)
for actual, wanted in zip(*map(jax.tree.leaves, results)):
    np.testing.assert_allclose(actual, wanted, rtol=1e-4, atol=1e-2)
halves = [jax.device_put((x[i::2], kernel), d) for i, d in enumerate(jax.devices())]
for _ in range(20):
    results = [both(*half) for half in halves]
assert abs(sum(float(r[0]) for r in results) - float(value)) < 1e-4 * float(value)
print("agreed")
"""


def test_two_devices():
    flags = os.environ.get("XLA_FLAGS", "") + " --xla_force_host_platform_device_count=2"
    environment = {**os.environ, "XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(
        [sys.executable, "-c", _TWO_DEVICES], env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == "agreed", done.stderr[-2000:]


def test_exported_program_holds_no_call_to_a_library():
    x, kernel = arrays((2, 6, 6, 3), (3, 3, 3, 4))
    exported = jax.export.export(jax.jit(ops.conv))(x, kernel)
    assert "custom_call" not in exported.mlir_module()
    assert_close(exported.call(x, kernel), ops.conv(x, kernel))


def test_other_platforms_get_the_convolution_of_xla():
    x, kernel = arrays((2, 6, 6, 3), (3, 3, 3, 4))
    gradient = jax.jit(jax.grad(lambda x, k: (ops.conv(x, k) ** 2).sum(), (0, 1)))
    text = gradient.trace(x, kernel).lower(lowering_platforms=("tpu",)).as_text()
    assert text.count("stablehlo.convolution") == 3 and "custom_call" not in text


@pytest.mark.parametrize(
    ("x_shape", "kernel_shape", "options", "error", "message"),
    [
        ((2, 6, 6, 3), (3, 3, 4, 5), {}, ValueError, "3 input channels"),
        ((2, 6, 6, 4), (3, 3, 2, 5), {"groups": 2}, ValueError, "multiple of 2"),
        ((2, 6, 6, 3), (3, 3, 5), {}, ValueError, "as many axes"),
        ((2, 6), (3, 5), {}, ValueError, "1 to 3 spatial axes"),
        ((2, 6, 6, 3), (3, 3, 3, 5), {"padding": "full"}, ValueError, "'full'"),
        ((2, 6, 6, 3), (3, 3, 3, 5), {"padding": "causal"}, ValueError, "one spatial axis"),
        ((2, 6, 6, 3), (3, 3, 3, 5), {"strides": 0}, ValueError, "strides"),
        ((2, 6, 6, 3), (3, 3, 3, 5), {"strides": (1, 1, 1)}, ValueError, "strides"),
        ((2, 6, 6, 3), (3, 3, 3, 5), {"padding": ((1, 1), (-1, 0))}, ValueError, "none negative"),
    ],
)
def test_what_does_not_fit_is_said(x_shape, kernel_shape, options, error, message):
    with pytest.raises(error, match=message):
        ops.conv(*arrays(x_shape, kernel_shape), **options)


def test_dtypes_must_agree():
    x, kernel = arrays((2, 6, 6, 3), (3, 3, 3, 5))
    with pytest.raises(TypeError, match="float32 and bfloat16"):
        ops.conv(x, kernel.astype(jnp.bfloat16))


@pytest.mark.parametrize(
    ("arguments", "length"),
    [((28, 3, "valid"), 26), ((28, 3, "same", 2), 14), ((7, 3, "valid", 2, 2), 2),
     ((10, 3, "causal"), 10),
     ((None, 3, "valid"), None), ((2, 3, "valid"), 0), ((5, 3, (1, 2)), 6)],
)  # fmt: skip
def test_output_length(arguments, length):
    assert ops.conv_output_length(*arguments) == length

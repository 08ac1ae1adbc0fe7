"""Products of matrices: values, gradients and transformations, against XLA's own."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import export

from jaxcnn import ops
from jaxcnn.ops import product as module
from jaxcnn.ops.onednn import library
from jaxcnn.ops.product import dot, product
from jaxcnn.ops.tracing import spelled_out

from .closeness import assert_close

compiled = pytest.mark.skipif(not ops.accelerated(), reason=f"oneDNN: {ops.why_not()}")


def arrays(*shapes, dtype=jnp.float32):
    generator = np.random.default_rng(0)
    return [jnp.asarray(generator.normal(size=shape), dtype) for shape in shapes]


def plain(a, b, a_axis, b_axis):
    return jnp.tensordot(a, b, (a_axis, b_axis), precision="highest")


@pytest.fixture
def always(monkeypatch):
    """Let the faster way be taken for the smallest products, too."""
    monkeypatch.setattr(module, "_LEAST_WORK", 0)


@settings(deadline=None, max_examples=15)
@given(
    st.tuples(*[st.integers(1, 40)] * 3),
    st.sampled_from([0, 1]),
    st.sampled_from([0, 1]),
    st.sampled_from([0, 2**60]),
)
def test_values_and_gradients(sizes, a_axis, b_axis, least):
    m, n, k = sizes
    a, b = arrays((m, k) if a_axis else (k, m), (n, k) if b_axis else (k, n))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_LEAST_WORK", least)
        found = jax.jit(functools.partial(product, a_axis=a_axis, b_axis=b_axis))
        assert_close(found(a, b), plain(a, b, a_axis, b_axis))

        def loss(function, a, b):
            return jnp.sum(jnp.sin(function(a, b, a_axis, b_axis)))

        ours = jax.jit(jax.grad(functools.partial(loss, product), (0, 1)))(a, b)
        for actual, expected in zip(
            ours, jax.grad(functools.partial(loss, plain), (0, 1))(a, b), strict=True
        ):
            assert_close(actual, expected)


@compiled
@pytest.mark.parametrize("dtype", [jnp.float32, jnp.bfloat16])
def test_the_gradient_of_a_kernel_is_taken(dtype):
    x, kernel = (jax.ShapeDtypeStruct(shape, dtype) for shape in ((128, 256), (256, 128)))
    gradient = jax.jit(jax.grad(lambda kernel, x: dot(x, kernel).sum().astype("float32")))
    loaded, _ = library.load()
    able = dtype == jnp.float32 or bool(loaded.jaxcnn_has_bfloat16())
    assert ("jaxcnn_multiply" in gradient.lower(kernel, x).as_text()) == able
    assert "jaxcnn_multiply" not in jax.jit(dot).lower(x, kernel).as_text()


def test_transformations(always):
    x, kernel, direction = arrays((6, 5), (5, 7), (5, 7))
    gradient = jax.grad(lambda kernel, x: jnp.sum(dot(x, kernel) ** 3))
    wanted = jax.grad(lambda kernel, x: jnp.sum((x @ kernel) ** 3))
    pushed = jax.jvp(lambda k: gradient(k, x), (kernel,), (direction,))[1]
    assert_close(pushed, jax.jvp(lambda k: wanted(k, x), (kernel,), (direction,))[1], 1e-4)
    many = jnp.stack([x, 2 * x, -x])
    assert_close(
        jax.vmap(gradient, (None, 0))(kernel, many), jax.vmap(wanted, (None, 0))(kernel, many), 1e-4
    )
    stacked = jnp.stack([kernel, kernel + 1, -kernel])
    assert_close(jax.vmap(gradient)(stacked, many), jax.vmap(wanted)(stacked, many), 1e-4)

    def loop(gradient):
        return jax.lax.scan(lambda k, x: (k - 0.01 * gradient(k, x), None), kernel, many)[0]

    assert_close(jax.jit(lambda: loop(gradient))(), loop(wanted), 1e-4)


@compiled
def test_shapes_that_are_cut_unevenly(always):
    for m, n in ((1, 9), (9, 1), (3, 2), (17, 16)):
        a, b = arrays((4, m), (4, n))
        assert_close(jax.jit(lambda a, b: product(a, b, 0, 0))(a, b), plain(a, b, 0, 0))


def test_what_dot_takes():
    x, kernel = arrays((2, 3, 5), (5, 4))
    assert_close(dot(x, kernel), jnp.dot(x, kernel))
    assert dot(x.astype(jnp.bfloat16), kernel).dtype == jnp.float32
    assert dot(jnp.arange(5)[None], jnp.ones((5, 2), jnp.int32)).tolist() == [[10, 10]]
    assert dot(jnp.zeros((0, 5)), kernel).shape == (0, 4)
    with pytest.raises(TypeError, match="contracting dimension"):
        dot(x, kernel[1:])


def test_programs_for_elsewhere_know_nothing_of_it(always):
    x, kernel = arrays((6, 5), (5, 7))
    gradient = jax.jit(jax.grad(lambda kernel, x: dot(x, kernel).sum()))
    exported = export.export(gradient, platforms=("cpu", "cuda"))(kernel, x)
    assert "jaxcnn_multiply" not in exported.mlir_module()
    with spelled_out():
        assert "jaxcnn_product" not in str(jax.make_jaxpr(lambda x, k: dot(x, k) + 0)(x, kernel))
    assert "jaxcnn_product" in str(jax.make_jaxpr(lambda x, k: dot(x, k) * 2)(x, kernel))


@compiled
@pytest.mark.parametrize("wrong", ["arrays", "fields"])
def test_errors_come_back_as_exceptions(wrong):
    a, b = arrays((4, 8), (4, 6))
    problem = [0, 8, 6, 4, 1, 8, 6, 1, 1, 1]
    problem = problem[:-1] if wrong == "fields" else [0, 16, 6, 4, 1, 16, *problem[6:]]
    results = jax.ShapeDtypeStruct((8, 6), a.dtype), jax.ShapeDtypeStruct((0,), jnp.uint8)
    call = jax.ffi.ffi_call("jaxcnn_multiply", results)
    with pytest.raises(jax.errors.JaxRuntimeError, match="oneDNN product: the"):
        jax.block_until_ready(call(a, b, problem=np.array(problem, np.int64)))

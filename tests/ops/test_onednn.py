"""The compiled part: when it is used, what it says when it is not, and how it fails."""

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import ops
from jaxcnn.nn.convolution import Conv2D
from jaxcnn.ops import onednn
from jaxcnn.ops.geometry import Geometry
from jaxcnn.ops.onednn import library

compiled = pytest.mark.skipif(not ops.accelerated(), reason=f"oneDNN: {ops.why_not()}")
GEOMETRY = Geometry((8, 8), (3, 3), (1, 1), (1, 1), ((0, 0), (0, 0)))


def lowered(x_shape, kernel_shape, dtype=jnp.float32, **options):
    shapes = (jax.ShapeDtypeStruct(shape, dtype) for shape in (x_shape, kernel_shape))
    return jax.jit(lambda x, kernel: ops.conv(x, kernel, **options)).lower(*shapes).as_text()


def run(program, **environment):
    environment = {**os.environ, "JAX_PLATFORMS": "cpu", **environment}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def test_either_accelerated_or_a_reason():
    assert ops.accelerated() == (ops.why_not() is None)


def test_the_environment_turns_it_off():
    said = run("from jaxcnn import ops; print(ops.accelerated(), ops.why_not())", JAXCNN_ONEDNN="0")
    assert said == "False turned off by the environment variable JAXCNN_ONEDNN=0"


def test_import_registers_nothing():
    program = "from jaxcnn.ops.onednn.library import load; print(load.cache_info().currsize)"
    assert run(program) == "0"


def file_of_package():
    files = importlib.metadata.files("onednn-cpu-gomp")
    return next(Path(file.locate()) for file in files if file.name == "libdnnl.so.3")


ELSEWHERE = """
import importlib.metadata, sys
def files(name):
    raise importlib.metadata.PackageNotFoundError(name)
importlib.metadata.files = files
sys.prefix = PREFIX
from jaxcnn import ops
import jax.numpy as jnp
print(ops.why_not(), float(ops.conv(jnp.ones((2, 8, 8, 4)), jnp.ones((3, 3, 4, 8))).max()))
"""


@compiled
@pytest.mark.parametrize("where", ["system", "environment", "nowhere"])
def test_onednn_is_found_without_its_package(where, tmp_path):
    file = file_of_package()
    (tmp_path / "lib").mkdir()
    if where != "nowhere":
        (tmp_path / "lib" / file.name).symlink_to(file)
    paths = {"system": tmp_path / "lib"}
    prefix = tmp_path / "none" if where == "system" else tmp_path
    program = ELSEWHERE.replace("PREFIX", repr(str(prefix)))
    said = run(program, LD_LIBRARY_PATH=str(paths.get(where, "")))
    assert said.endswith(" 36.0")
    assert ("oneDNN is missing" if where == "nowhere" else "None") in said


@compiled
def test_onednn_with_threads_of_its_own_is_refused(monkeypatch):
    monkeypatch.setattr(library, "_runtime_of", lambda dnnl: 4)  # TBB
    loaded, reason = library.load.__wrapped__()
    assert loaded is None and "OpenMP" in reason


@compiled
def test_a_library_for_a_newer_xla_is_refused(monkeypatch):
    monkeypatch.setattr(library, "_ffi_version", lambda: (0, 1))
    loaded, reason = library.load.__wrapped__()
    assert loaded is None and "newer jaxlib" in reason


@compiled
@pytest.mark.parametrize(
    ("x_shape", "kernel_shape", "options"),
    [
        ((8, 16, 16, 8), (3, 3, 8, 16), {}),
        ((8, 16, 16, 8), (3, 3, 8, 16), {"padding": "same", "strides": 2}),
        ((8, 16, 16, 8), (3, 3, 8, 16), {"dilation": 2}),
        ((8, 16, 16, 8), (1, 1, 8, 16), {}),
        ((8, 16, 16, 8), (3, 3, 1, 8), {"groups": 8, "padding": "same"}),
        ((8, 30, 8), (3, 8, 16), {"padding": "causal"}),
        ((8, 8, 8, 8, 3), (3, 3, 3, 3, 8), {}),
    ],
)
def test_common_convolutions_are_taken(x_shape, kernel_shape, options):
    assert "jaxcnn_convolve" in lowered(x_shape, kernel_shape, **options)


@compiled
@pytest.mark.parametrize("wanted", [(0,), (1,)], ids=["input", "kernel"])
def test_a_single_image_is_shared_by_all_threads(wanted, monkeypatch):
    monkeypatch.setattr(onednn, "thread_count", lambda: 2)
    generator = np.random.default_rng(0)
    x, kernel = (
        jnp.asarray(generator.normal(size=s), "float32") for s in ((1, 48, 48, 32), (3, 3, 32, 64))
    )
    geometry = Geometry((48, 48), (3, 3), (1, 1), (1, 1), ((1, 1), (1, 1)))
    assert onednn.problem("output", x, kernel, geometry)[4:6] == [1, 2]  # one chunk, two threads
    assert onednn.problem("output", jnp.concatenate([x, x]), kernel, geometry)[4:6] == [2, 1]
    small = Geometry((8, 8), (3, 3), (1, 1), (1, 1), ((0, 0), (0, 0)))
    assert onednn.problem("output", x[:, :8, :8], kernel, small)[4:6] == [
        1,
        1,
    ]  # not worth waking threads

    def plain(x, kernel):
        return jax.lax.conv_general_dilated(
            x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )

    def ours(x, kernel):
        return ops.conv(x, kernel, padding="same")

    assert_close(jax.jit(ours)(x, kernel), plain(x, kernel))
    found, expected = (
        jax.jit(jax.grad(lambda *a, f=f: jnp.sum(f(*a) ** 2), wanted))(x, kernel)
        for f in (ours, plain)
    )
    assert_close(found[0], expected[0])


def assert_close(actual, expected):
    """Within 1e-5 of the largest expected value."""
    assert (
        np.abs(np.asarray(actual) - np.asarray(expected)).max()
        <= 1e-5 * np.abs(np.asarray(expected)).max()
    )


@compiled
def test_the_rest_is_left_to_xla():
    assert "jaxcnn_convolve" not in lowered((8, 16, 16, 8), (3, 3, 8, 16), jnp.float16)
    assert "jaxcnn_convolve" not in lowered((2, 2, 2, 64), (2, 2, 64, 512)), (
        "the kernel outweighs the images"
    )


@compiled
def test_bfloat16_where_the_processor_has_it():
    loaded, _ = library.load()
    taken = "jaxcnn_convolve" in lowered((8, 16, 16, 8), (3, 3, 8, 16), jnp.bfloat16)
    assert taken == bool(loaded.jaxcnn_has_bfloat16())


@compiled
@pytest.mark.parametrize("wrong", ["arrays", "workspace", "fields"])
def test_errors_come_back_as_exceptions(wrong):
    x, kernel = jnp.zeros((4, 8, 8, 8)), jnp.zeros((3, 3, 8, 16))
    problem = np.array(onednn.problem("output", x, kernel, GEOMETRY), np.int64)
    result, workspace = (
        jax.ShapeDtypeStruct((4, 6, 6, 16), x.dtype),
        jax.ShapeDtypeStruct((1 << 20,), jnp.uint8),
    )
    if wrong == "arrays":
        x = x[:3]
    elif wrong == "workspace":
        workspace = jax.ShapeDtypeStruct((16,), jnp.uint8)
    else:
        problem = problem[:-1]
    with pytest.raises(jax.errors.JaxRuntimeError, match="oneDNN convolution"):
        jax.block_until_ready(
            jax.ffi.ffi_call("jaxcnn_convolve", (result, workspace))(x, kernel, problem=problem)
        )


@compiled
@pytest.mark.parametrize("wrong", ["bias", "kind"])
def test_errors_of_the_call_with_a_bias(wrong):
    x, kernel, bias = (
        jnp.zeros((4, 8, 8, 8)),
        jnp.zeros((3, 3, 8, 16)),
        jnp.zeros(3 if wrong == "bias" else 16),
    )
    problem = np.array(onednn.problem("output", x, kernel, GEOMETRY), np.int64)
    problem[0] = 3 if wrong == "bias" else 0
    result, workspace = (
        jax.ShapeDtypeStruct((4, 6, 6, 16), x.dtype),
        jax.ShapeDtypeStruct((1 << 20,), jnp.uint8),
    )
    call = jax.ffi.ffi_call("jaxcnn_convolve_relu", (result, workspace))
    with pytest.raises(jax.errors.JaxRuntimeError, match="do not have the sizes"):
        jax.block_until_ready(call(x, kernel, bias, problem=problem))


@compiled
def test_a_layer_with_bias_and_relu_is_one_call():
    x = jnp.zeros((4, 8, 8, 8))
    calls = {}
    for activation in ("relu", "tanh", None):
        layer = Conv2D(16, 3, activation=activation)
        variables = layer.init(jax.random.key(0), x)
        calls[activation] = (
            "jaxcnn_convolve_relu" in jax.jit(layer.apply).lower(variables, x).as_text()
        )
    assert calls == {"relu": True, "tanh": False, None: False}


@compiled
def test_what_onednn_refuses_is_an_exception():
    x, kernel = jnp.zeros((4, 8, 8, 8)), jnp.zeros((3, 3, 8, 16))
    problem = onednn.problem("output", x, kernel, GEOMETRY)
    problem[7] = 5  # input channels that 2 groups of them cannot make up
    problem[6] = 2
    call = jax.ffi.ffi_call("jaxcnn_convolve", (jax.ShapeDtypeStruct((4, 6, 6, 16), x.dtype),) * 2)
    with pytest.raises(jax.errors.JaxRuntimeError, match="oneDNN convolution"):
        jax.block_until_ready(call(x, kernel, problem=np.array(problem, np.int64)))


LIES = {  # a place among the fields of a convolution, a value that is none
    "kind": (0, 4),
    "rank": (2, 4),
    "no chunks": (4, 0),
    "more chunks than images": (4, 9),
    "no threads": (5, 0),
    "no groups": (6, 0),
    "groups that do not divide": (6, 3),
    "images beyond memory": (3, 2**62),
    "length": (9, -8),
    "stride": (18, 0),
    "dilation": (21, 2**40),
    "padding": (24, -1),
}


@compiled
@pytest.mark.parametrize("lie", LIES)
def test_a_problem_that_lies_is_an_exception(lie):
    x, kernel = jnp.zeros((4, 8, 8, 8)), jnp.zeros((3, 3, 8, 16))
    problem = onednn.problem("output", x, kernel, GEOMETRY)
    place, value = LIES[lie]
    problem[place] = value
    results = (
        jax.ShapeDtypeStruct((4, 6, 6, 16), x.dtype),
        jax.ShapeDtypeStruct((1 << 20,), jnp.uint8),
    )
    call = jax.ffi.ffi_call("jaxcnn_convolve", results)
    with pytest.raises(jax.errors.JaxRuntimeError, match="oneDNN convolution"):
        jax.block_until_ready(call(x, kernel, problem=np.array(problem, np.int64)))


@compiled
@pytest.mark.parametrize(
    ("place", "value"), [(4, 10**9), (5, -1), (7, 10**9), (8, 0), (8, 9), (1, 2**62)]
)
def test_a_product_that_lies_is_an_exception(place, value):
    a, b = jnp.zeros((8, 16)), jnp.zeros((16, 4))
    problem = np.array([0, 8, 4, 16, 16, 1, 4, 1, 2, 1], np.int64)
    results = (jax.ShapeDtypeStruct((8, 4), a.dtype), jax.ShapeDtypeStruct((1 << 20,), jnp.uint8))
    call = jax.ffi.ffi_call("jaxcnn_multiply", results)
    jax.block_until_ready(call(a, b, problem=problem))
    problem[place] = value
    with pytest.raises(jax.errors.JaxRuntimeError, match="oneDNN product"):
        jax.block_until_ready(call(a, b, problem=problem))


@compiled
@pytest.mark.parametrize(("place", "value"), [(0, 2**62), (1, 0), (2, 5), (3, 0), (3, 9)])
def test_an_lstm_that_lies_is_an_exception(place, value):
    arrays = [jnp.zeros(shape) for shape in ((2, 3, 16), (4, 16), (2, 4), (2, 4), (0, 0))]
    shapes = [(2, 3, 4), (2, 3, 4), (0,)]
    results = [jax.ShapeDtypeStruct(shape, jnp.float32) for shape in shapes]
    scratch = jax.ShapeDtypeStruct((1 << 20,), jnp.uint8)
    problem = np.array([2, 3, 4, 1, 1, 0, 0], np.int64)
    call = jax.ffi.ffi_call("jaxcnn_lstm_steps", (*results, scratch))
    jax.block_until_ready(call(*arrays, problem=problem))
    with pytest.raises(jax.errors.JaxRuntimeError, match="oneDNN LSTM"):
        jax.block_until_ready(call(*arrays[:4], jnp.zeros((2, 2)), problem=problem))
    problem[place] = value
    with pytest.raises(jax.errors.JaxRuntimeError, match="oneDNN LSTM"):
        jax.block_until_ready(call(*arrays, problem=problem))


FUSED = {  # the second image is alone, and large enough for several threads
    "1D": ((5, 30, 7), (3, 7, 5)),
    "one image": ((1, 80, 80, 16), (3, 3, 16, 32)),
    "images": ((8, 12, 12, 3), (3, 3, 3, 16)),
    "3D": ((4, 6, 6, 6, 2), (3, 3, 3, 2, 8)),
}


@compiled
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("shapes", FUSED.values(), ids=FUSED)
def test_a_relu_keeps_nan(shapes, dtype):
    """oneDNN's own makes 0 of it, and training would go on with weights that are lost."""
    rng = np.random.default_rng(0)
    x, kernel = (rng.normal(size=shape).astype("float32") for shape in shapes)
    bias = np.zeros(kernel.shape[-1], "float32")

    def both(x, kernel, bias):
        x, kernel, bias = (jnp.asarray(array, dtype) for array in (x, kernel, bias))
        sums = jnp.float32(ops.conv(x, kernel)) + np.float32(bias)[(None,) * (x.ndim - 1)]
        return np.float32(jax.jit(ops.conv_relu)(x, kernel, bias)), np.float32(sums)

    clean, sums = both(x, kernel, bias)
    assert np.all(clean >= 0) and np.array_equal(clean > 0, sums > 0)
    x[(-1, *(length // 2 for length in x.shape[1:]))] = np.nan
    bias[0] = np.inf
    fused, sums = both(x, kernel, bias)
    assert 0 < np.isnan(sums).sum() < sums.size
    np.testing.assert_array_equal(np.isnan(fused), np.isnan(sums))
    np.testing.assert_array_equal(np.isinf(fused), np.isinf(sums))
    bias[0] = -np.inf
    fused, sums = both(x, kernel, bias)
    np.testing.assert_array_equal(fused[..., 0], np.where(np.isnan(sums[..., 0]), np.nan, 0))


@compiled
def test_training_on_nan_is_seen():
    layer = Conv2D(4, 3, activation="relu")
    x = jnp.ones((4, 8, 8, 1)).at[2, 4, 4, 0].set(jnp.nan)
    variables = layer.init(jax.random.key(0), x)
    loss, gradients = jax.value_and_grad(lambda v: jnp.mean(layer.apply(v, x)))(variables)
    assert np.isnan(loss) and np.isnan(np.asarray(gradients["params"]["kernel"])).any()


@compiled
def test_compiled_programs_are_found_in_the_cache_again(tmp_path):
    program = """
import os, jax, jax.numpy as jnp
from jaxcnn import ops
f = jax.jit(jax.grad(lambda x, k: (ops.conv(x, k) ** 2).sum(), (0, 1)))
dx, dk = f(jnp.ones((4, 8, 8, 8)), jnp.ones((3, 3, 8, 16)))
print(float(dx.sum() + dk.sum()), len(os.listdir(os.environ["JAX_COMPILATION_CACHE_DIR"])))
"""
    environment = {
        "JAX_COMPILATION_CACHE_DIR": str(tmp_path),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }
    first = run(program, **environment)
    assert run(program, **environment) == first and not first.endswith(" 0")

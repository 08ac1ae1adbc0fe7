"""The LSTM over all steps: values, gradients and transformations, against a loop spelled out."""

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
from jax import export

from jaxcnn import layers, ops
from jaxcnn.models import Sequential
from jaxcnn.nn.recurrent.layers import LSTM
from jaxcnn.ops import lstm as operation
from jaxcnn.ops.geometry import StepSettings
from jaxcnn.ops.tracing import spelled_out

from .closeness import assert_close

compiled = pytest.mark.skipif(not ops.accelerated(), reason=f"oneDNN: {ops.why_not()}")


def arrays(batch, steps, units, scale=1.0, dtype=jnp.float32):
    generator = np.random.default_rng(0)
    shapes = (batch, steps, 4 * units), (units, 4 * units), (batch, units), (batch, units)
    return [jnp.asarray(scale * generator.normal(size=shape), dtype) for shape in shapes]


def lstm(inputs, kernel, h, c, hard, reverse, keep=None):
    return operation.lstm(inputs, kernel, h, c, StepSettings(hard, reverse), keep)


def plain(inputs, kernel, h, c, hard, reverse, keep=None):
    gate = (lambda x: jnp.clip(0.2 * x + 0.5, 0, 1)) if hard else jax.nn.sigmoid
    outputs, steps = {}, range(inputs.shape[1])
    for t in reversed(steps) if reverse else steps:
        i, f, candidate, o = jnp.split(
            inputs[:, t] + jnp.matmul(h, kernel, precision="highest"), 4, -1
        )
        kept = jnp.ones((len(h), 1), bool) if keep is None else keep[:, t, None]
        c = jnp.where(kept, gate(f) * c + gate(i) * jnp.tanh(candidate), c)
        h = outputs[t] = jnp.where(kept, gate(o) * jnp.tanh(c), h)
    return jnp.stack([outputs[t] for t in steps], 1), c


def loss(function, hard, reverse, given, keep=None):
    outputs, c = function(*given, hard, reverse, keep)
    return jnp.sum(jnp.sin(outputs) + 0.1 * outputs**2) + jnp.sum(c**3)


@settings(deadline=None, max_examples=12, derandomize=True)
@given(
    st.tuples(st.integers(1, 9), st.integers(1, 6), st.integers(1, 40)),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, 0.0, 0.5, 1.0]),
)
def test_values_and_gradients(sizes, hard, reverse, spelled, share):
    given = arrays(*sizes, scale=0.5)
    keep = None if share is None else np.random.default_rng(1).random(sizes[:2]) < share

    def of(function):
        gradient = jax.grad(functools.partial(loss, function, hard, reverse, keep=keep))
        results = jax.jit(lambda given: (function(*given, hard, reverse, keep), gradient(given)))
        return results(given)

    if spelled:
        with spelled_out():
            assert_close(of(lstm), of(plain))
    else:
        assert_close(of(lstm), of(plain))


@pytest.mark.parametrize("hard", [False, True])
def test_sums_far_from_zero_and_close_to_it(hard):
    for scale in (1e-4, 30.0, 1e4):
        given = arrays(3, 4, 16, scale=1.0)
        given[0] = given[0] * scale
        assert_close(
            jax.jit(lstm, static_argnums=(4, 5))(*given, hard, False), plain(*given, hard, False)
        )
    given = arrays(2, 3, 16)
    given[0] = given[0].at[1, 1, 5].set(jnp.nan)
    outputs, c = lstm(*given, hard, False)
    assert (
        jnp.isnan(outputs[1, 1:]).any()
        and jnp.isnan(c[1]).any()
        and not jnp.isnan(outputs[0]).any()
    )


@compiled
def test_one_call_forward_and_one_back():
    given = arrays(4, 5, 8)
    text = jax.jit(jax.grad(functools.partial(loss, lstm, True, False))).lower(given).as_text()
    assert text.count("@jaxcnn_lstm_steps(") == text.count("@jaxcnn_lstm_steps_gradient(") == 1
    half = [array.astype(jnp.bfloat16) for array in given]
    assert "@jaxcnn_lstm_steps(" in jax.jit(lambda a: lstm(*a, True, False)).lower(half).as_text()
    assert lstm(*half, True, False)[0].dtype == jnp.bfloat16


def test_transformations():
    given = arrays(3, 4, 5, scale=0.5)
    gradient, wanted = (jax.grad(functools.partial(loss, f, False, False)) for f in (lstm, plain))
    many = [jnp.stack([array, 0.5 * array]) for array in given]
    assert_close(jax.vmap(gradient)(many), jax.vmap(wanted)(many))

    def steepness(gradient, given):
        return sum(jnp.sum(part**2) for part in gradient(given))

    for reverse in (False, True):
        gradient, wanted = (
            jax.grad(functools.partial(loss, f, False, reverse)) for f in (lstm, plain)
        )
        second = jax.jit(jax.grad(functools.partial(steepness, gradient)))(given)
        assert_close(second, jax.grad(functools.partial(steepness, wanted))(given), 1e-4)

    def loop(gradient):
        def descend(given, _):
            return jax.tree.map(lambda a, g: a - 0.01 * g, given, gradient(given)), None

        return jax.lax.scan(descend, given, None, length=3)[0]

    assert_close(jax.jit(lambda: loop(gradient))(), loop(wanted))


ON_TWO_DEVICES = """
import functools
import jax
from jax.sharding import NamedSharding, PartitionSpec as P
from tests.ops.test_lstm import arrays, assert_close, loss, lstm, plain
assert jax.device_count() == 2
given = arrays(4, 3, 8)
ours, wanted = (functools.partial(loss, f, True, False) for f in (lstm, plain))
for kind in (jax.sharding.AxisType.Auto, jax.sharding.AxisType.Explicit):
    mesh = jax.make_mesh((2,), ("data",), axis_types=(kind,))
    with jax.set_mesh(mesh):
        specs = (P("data"), P(), P("data"), P("data"))
        placed = [jax.device_put(a, NamedSharding(mesh, spec)) for a, spec in zip(given, specs)]
        outputs, _ = jax.jit(lambda a: lstm(*a, True, False))(placed)
        assert outputs.sharding.spec[0] == "data", outputs.sharding
        assert_close(outputs, plain(*given, True, False)[0])
        if kind == jax.sharding.AxisType.Auto:
            step = jax.jit(jax.value_and_grad(ours))
            assert "@jaxcnn_lstm" not in step.lower(placed).as_text()
            assert_close(step(placed), jax.value_and_grad(wanted)(given))
            whole = lambda *a: lstm(*a, True, False)
            manual = jax.shard_map(whole, in_specs=specs, out_specs=P("data"))
            assert_close(jax.jit(manual)(*placed), plain(*given, True, False))
            sums = jax.shard_map(lambda *a: jax.grad(ours)(a), in_specs=specs, out_specs=specs)
            assert_close(jax.jit(sums)(*placed), jax.grad(wanted)(tuple(given)))
"""


def test_on_two_devices():
    flags = os.environ.get("XLA_FLAGS", "") + " --xla_force_host_platform_device_count=2"
    environment = {**os.environ, "XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(
        [sys.executable, "-c", ON_TWO_DEVICES], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_programs_for_elsewhere_know_nothing_of_it():
    given = arrays(2, 3, 4)
    exported = export.export(jax.jit(lambda a: lstm(*a, True, False)), platforms=("cpu", "cuda"))(
        given
    )
    assert "@jaxcnn_lstm" not in exported.mlir_module()
    with spelled_out():
        assert "jaxcnn_lstm" not in str(jax.make_jaxpr(lambda a: lstm(*a, True, False))(given))


@compiled
@pytest.mark.parametrize(
    ("options", "taken"),
    [
        ({}, True),
        ({"recurrent_activation": "sigmoid", "go_backwards": True, "return_sequences": True}, True),
        ({"dropout": 0.5}, True),
        ({"recurrent_dropout": 0.5}, False),
        ({"unroll": True}, False),
        ({"activation": "relu"}, False),
    ],
)
def test_the_layer_takes_it_where_it_can(options, taken, monkeypatch):
    x = arrays(2, 3, 2)[0]
    layer = LSTM(4, **options)
    variables = layer.init(jax.random.key(0), x)
    rngs = {"dropout": jax.random.key(1)}
    program = str(jax.make_jaxpr(lambda x: layer.apply(variables, x, train=True, rngs=rngs))(x))
    assert ("jaxcnn_lstm" in program) == taken
    masked = str(
        jax.make_jaxpr(lambda x: layer.apply(variables, x, mask=jnp.ones((2, 3), bool)))(x)
    )
    assert ("jaxcnn_lstm" in masked) == (taken or "recurrent_dropout" in options)
    monkeypatch.setattr(jax, "device_count", lambda: 2)
    shared = str(jax.make_jaxpr(lambda x: layer.apply(variables, x))(x))
    assert "jaxcnn_lstm" not in shared


@compiled
@pytest.mark.parametrize(("of", "name"), [("LSTM", "lstm"), ("GRU", "gru")])
def test_a_stack_behind_a_mask_takes_one_call_a_layer_each_way(of, name):
    recurrent = getattr(layers, of)
    model = Sequential(
        [
            layers.Embedding(9, 4, mask_zero=True, input_length=5),
            layers.Bidirectional(recurrent(3, return_sequences=True)),
            recurrent(4, return_sequences=True, go_backwards=True),
            recurrent(2),
        ]
    )
    ids = jnp.array([[1, 2, 3, 0, 0], [4, 0, 0, 0, 0], [5, 6, 7, 8, 1]])

    def total(variables):
        return jnp.sum(jnp.sin(model.module.apply(variables, ids)))

    step = jax.value_and_grad(total)
    program = jax.jit(step).lower(model.variables).as_text()
    assert program.count(f"@jaxcnn_{name}_steps(") == 4
    assert program.count(f"@jaxcnn_{name}_steps_gradient(") == 4
    ours = jax.jit(step)(model.variables)
    with spelled_out():
        assert_close(ours, jax.jit(lambda v: step(v))(model.variables))


@compiled
@pytest.mark.parametrize("wrong", ["arrays", "fields"])
@pytest.mark.parametrize("target", ["jaxcnn_lstm_steps", "jaxcnn_lstm_steps_gradient"])
def test_errors_come_back_as_exceptions(wrong, target):
    problem = np.array(
        [2, 3, 8 if wrong == "arrays" else 4, 1, 1, 0, 0][: None if wrong == "arrays" else 6],
        np.int64,
    )
    shapes = (
        [(2, 3, 4), (2, 3, 4), (0,)]
        if target == "jaxcnn_lstm_steps"
        else [(2, 3, 16), (2, 4), (2, 4)]
    )
    results = [jax.ShapeDtypeStruct(shape, jnp.float32) for shape in shapes]
    inputs, kernel, h, c = arrays(2, 3, 4)
    states = jnp.zeros((2, 3, 4))
    keep = jnp.zeros((0, 0))
    given = (
        (inputs, kernel, h, c, keep)
        if target == "jaxcnn_lstm_steps"
        else (kernel, c, states, inputs, keep, states, c)
    )
    call = jax.ffi.ffi_call(target, (*results, jax.ShapeDtypeStruct((2**20,), jnp.uint8)))
    with pytest.raises(jax.errors.JaxRuntimeError, match="oneDNN LSTM: the"):
        jax.block_until_ready(call(*given, problem=problem))

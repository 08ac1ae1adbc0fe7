"""The GRU over all steps: values, gradients and transformations, against a loop spelled out."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import export

from jaxcnn import nn, ops
from jaxcnn.nn.recurrent import layers
from jaxcnn.ops import gru as operation
from jaxcnn.ops.geometry import StepSettings
from jaxcnn.ops.tracing import spelled_out

from .closeness import assert_close

compiled = pytest.mark.skipif(not ops.accelerated(), reason=f"oneDNN: {ops.why_not()}")
both_kinds = pytest.mark.parametrize("after", [False, True])


def arrays(batch, steps, units, after=False, scale=0.5):
    """Inputs, kernel, h and, where the reset gate comes after the product, its bias."""
    generator = np.random.default_rng(0)
    shapes = [(batch, steps, 3 * units), (units, 3 * units), (batch, units), (units,)]
    return [
        jnp.asarray(scale * generator.normal(size=shape), jnp.float32)
        for shape in shapes[: 4 if after else 3]
    ]


def gru(inputs, kernel, h, *bias, hard=False, reverse=False, keep=None):
    return operation.gru(inputs, kernel, h, StepSettings(hard, reverse), keep, *bias)


def plain(inputs, kernel, h, *bias, hard=False, reverse=False, keep=None):
    gate = (lambda x: jnp.clip(0.2 * x + 0.5, 0, 1)) if hard else jax.nn.sigmoid
    dot = functools.partial(jnp.matmul, precision="highest")
    outputs, steps, units = {}, range(inputs.shape[1]), h.shape[-1]
    for t in reversed(steps) if reverse else steps:
        x_z, x_r, x_c = jnp.split(inputs[:, t], 3, -1)
        z = gate(x_z + dot(h, kernel[:, :units]))
        r = gate(x_r + dot(h, kernel[:, units : 2 * units]))
        of_candidate = kernel[:, 2 * units :]
        state = r * (dot(h, of_candidate) + bias[0][None]) if bias else dot(r * h, of_candidate)
        new = z * h + (1 - z) * jnp.tanh(x_c + state)
        h = outputs[t] = new if keep is None else jnp.where(keep[:, t, None], new, h)
    return jnp.stack([outputs[t] for t in steps], 1)


def loss(function, given, **options):
    outputs = function(*given, **options)
    return jnp.sum(jnp.sin(outputs) + 0.1 * outputs**2)


@settings(deadline=None, max_examples=8, derandomize=True)
@given(
    st.tuples(st.integers(1, 9), st.integers(1, 6), st.integers(1, 40)),
    st.booleans(),
    st.fixed_dictionaries({"hard": st.booleans(), "reverse": st.booleans()}),
    st.booleans(),
    st.sampled_from([None, 0.0, 0.5, 1.0]),
)
def test_values_and_gradients(sizes, after, options, spelled, share):
    given = arrays(*sizes, after)
    keep = None if share is None else np.random.default_rng(1).random(sizes[:2]) < share

    def of(function):
        function = functools.partial(function, **options, keep=keep)
        gradient = jax.grad(functools.partial(loss, function))
        return jax.jit(lambda given: (function(*given), gradient(given)))(given)

    if spelled:
        with spelled_out():
            assert_close(of(gru), of(plain))
    else:
        assert_close(of(gru), of(plain))


@both_kinds
def test_no_rows(after):
    given = arrays(0, 3, 4, after)
    gradient = jax.grad(functools.partial(loss, gru))(given)
    assert gru(*given).shape == (0, 3, 4)
    assert [part.shape for part in gradient] == [array.shape for array in given]


@both_kinds
@pytest.mark.parametrize("hard", [False, True])
def test_sums_far_from_zero_and_close_to_it(after, hard):
    for scale in (1e-4, 30.0, 1e4):
        given = arrays(3, 4, 16, after)
        given[0] = given[0] * scale
        assert_close(gru(*given, hard=hard), plain(*given, hard=hard))


@compiled
@both_kinds
def test_one_call_forward_and_one_back(after):
    given = arrays(4, 5, 8, after)
    text = jax.jit(jax.grad(functools.partial(loss, gru))).lower(given).as_text()
    assert text.count("@jaxcnn_gru_steps(") == text.count("@jaxcnn_gru_steps_gradient(") == 1
    half = [array.astype(jnp.bfloat16) for array in given]
    assert "@jaxcnn_gru_steps(" in jax.jit(lambda a: gru(*a)).lower(half).as_text()
    assert gru(*half).dtype == jnp.bfloat16
    assert_close(gru(*half).astype(jnp.float32), plain(*given), 2e-2)
    short = [jax.ShapeDtypeStruct(array.shape, jnp.float16) for array in given]
    assert "@jaxcnn_gru" not in jax.jit(lambda a: gru(*a)).lower(short).as_text()


@both_kinds
def test_transformations(after):
    given = arrays(2, 3, 3, after)
    options = {"reverse": after, "keep": np.array([[1, 0, 1], [1, 1, 0]], bool)}

    def steepness(gradient, given):
        return sum(jnp.sum(part**2) for part in gradient(given))

    def of(function):
        gradient = jax.grad(functools.partial(loss, functools.partial(function, **options)))
        second = jax.grad(functools.partial(steepness, gradient))
        many = [jnp.stack([array, 0.5 * array]) for array in given]
        return jax.jit(lambda: (jax.vmap(gradient)(many), second(given)))()

    assert_close(of(gru), of(plain), 5e-5)


def test_programs_for_elsewhere_know_nothing_of_it():
    given = arrays(2, 3, 4)
    exported = export.export(jax.jit(lambda a: gru(*a)), platforms=("cpu", "cuda"))(given)
    assert "@jaxcnn_gru" not in exported.mlir_module()
    with spelled_out():
        assert "jaxcnn_gru" not in str(jax.make_jaxpr(lambda a: gru(*a))(given))


SEQUENCE = np.random.default_rng(0).normal(size=(3, 5, 4)).astype("float32")
MASK = np.array([[1, 0, 1, 0, 1], [0, 0, 1, 1, 1], [1, 1, 1, 0, 0]], bool)


@compiled
@pytest.mark.parametrize(
    ("options", "mask"),
    [
        ({}, MASK),
        ({"reset_after": True}, MASK),
        ({"reset_after": True, "use_bias": False, "go_backwards": True}, MASK),
        ({"recurrent_activation": "sigmoid", "go_backwards": True, "return_sequences": True}, None),
        ({"dropout": 0.5, "return_state": True}, None),
        ({"dropout": 0.5, "reset_after": True, "implementation": 2}, None),
    ],
)
def test_the_layer_equals_its_loop(options, mask, monkeypatch):
    layer = nn.GRU(6, **options)
    variables = layer.init(jax.random.key(0), SEQUENCE)
    variables = jax.tree.map(lambda w: w + 0.1, variables)

    def total(variables):
        rngs = {"dropout": jax.random.key(1)}
        results = layer.apply(variables, SEQUENCE, mask=mask, train=True, rngs=rngs)
        return sum(jnp.sum(jnp.sin(part)) for part in jax.tree.leaves(results)), results

    def results():
        traced = jax.jit(jax.value_and_grad(total, has_aux=True)).trace(variables)
        assert ("jaxcnn_gru" in str(traced.jaxpr)) == layers.pays()
        return traced.lower().compile()(variables)

    ours = results()
    monkeypatch.setattr(layers, "pays", lambda: False)
    assert_close(ours, results())


@compiled
@pytest.mark.parametrize(
    "layer",
    [
        nn.Bidirectional(nn.GRU(4, return_sequences=True)),
        nn.CuDNNGRU(4, return_sequences=True, go_backwards=True),
        nn.GRU(4, stateful=True),
    ],
    ids=["Bidirectional", "CuDNNGRU", "stateful"],
)
def test_wrapped_and_stateful_layers_take_it(layer):
    variables = layer.init(jax.random.key(0), SEQUENCE)

    def run():
        return layer.apply(variables, SEQUENCE, mutable=["state"])

    taken = str(jax.make_jaxpr(run)())
    assert taken.count("jaxcnn_gru") == (2 if isinstance(layer, nn.Bidirectional) else 1)
    ours = run()
    with spelled_out():
        assert_close(ours, run())


@pytest.mark.parametrize(
    "options", [{"recurrent_dropout": 0.5}, {"unroll": True}, {"activation": "relu"}]
)
def test_unusual_layers_keep_their_loop(options):
    layer = nn.GRU(4, **options)
    variables = layer.init(jax.random.key(0), SEQUENCE)
    rngs = {"dropout": jax.random.key(1)}
    program = jax.make_jaxpr(lambda x: layer.apply(variables, x, train=True, rngs=rngs))(SEQUENCE)
    assert "jaxcnn_gru" not in str(program)


def call(target, after, problem):
    """The library's handler, called with arrays for 2 rows, 3 steps and 4 units."""
    inputs, kernel, h, *bias = arrays(2, 3, 4, after)
    states, values = jnp.zeros((2, 3, 4)), jnp.zeros((2, 3, 16 if after else 12))
    keep = jnp.zeros((0, 0))
    if target == "jaxcnn_gru_steps":
        given, shapes = (inputs, kernel, h, keep, *(bias or [jnp.zeros(0)])), [(2, 3, 4), (0,)]
    else:
        given = (kernel, h, states, values, keep, states)
        shapes = [(2, 3, 12), (2, 4), (2, 3, 8), (2, 3, 4)]
    results = [jax.ShapeDtypeStruct(shape, jnp.float32) for shape in shapes]
    scratch = jax.ShapeDtypeStruct((2**20,), jnp.uint8)
    handler = jax.ffi.ffi_call(target, (*results, scratch))
    return jax.block_until_ready(handler(*given, problem=np.array(problem, np.int64)))


@compiled
@both_kinds
@pytest.mark.parametrize("target", ["jaxcnn_gru_steps", "jaxcnn_gru_steps_gradient"])
def test_a_problem_that_lies_is_an_exception(target, after):
    problem = [2, 3, 4, 1, 1, 0, int(target.endswith("gradient")), int(after)]
    call(target, after, problem)
    lies = (0, 2**62), (1, 0), (1, -1), (2, 5), (2, 0), (3, 0), (3, 9), (7, int(not after))
    for field, value in lies:
        crafted = [*problem[:field], value, *problem[field + 1 :]]
        with pytest.raises(jax.errors.JaxRuntimeError, match="oneDNN GRU: the arrays"):
            call(target, after, crafted)
    with pytest.raises(jax.errors.JaxRuntimeError, match="oneDNN GRU: the problem"):
        call(target, after, problem[:7])

import flax.linen
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import nn

from .recurrent_reference import hard_sigmoid, sequence, sigmoid

BATCH, STEPS, FEATURES, UNITS = 3, 5, 4, 6
KINDS = [("SimpleRNN", {}), ("GRU", {}), ("GRU", {"reset_after": True}), ("LSTM", {})]
every_kind = pytest.mark.parametrize(
    ("kind", "options"), KINDS, ids=["SimpleRNN", "GRU", "GRU-after", "LSTM"]
)


def array(*shape, seed=0):
    return np.random.default_rng((seed, *shape)).normal(size=shape).astype("float32")


def make(kind, x, **options):
    """A module and random variables for it."""
    module = getattr(nn, kind)(UNITS, **options)
    variables = module.init(jax.random.key(0), x)
    variables["params"] = {
        name: jnp.asarray(array(*w.shape)) for name, w in variables["params"].items()
    }
    return module, variables


def weights(variables):
    return [variables["params"][name] for name in ("kernel", "recurrent_kernel", "bias")]


def mask_with_gaps():
    mask = np.ones((BATCH, STEPS), bool)
    mask[0, 1] = mask[0, 3] = mask[1, 0] = mask[2, -2:] = False
    return mask


@every_kind
@pytest.mark.parametrize("gate", ["hard_sigmoid", "sigmoid"])
@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_outputs_and_states_follow_the_formulas(kind, options, gate, go_backwards, masked):
    x, mask = array(BATCH, STEPS, FEATURES), mask_with_gaps() if masked else None
    extra = {} if kind == "SimpleRNN" else {"recurrent_activation": gate}
    module, variables = make(
        kind,
        x,
        return_sequences=True,
        return_state=True,
        go_backwards=go_backwards,
        **extra,
        **options,
    )
    y, *states = module.apply(variables, x, mask=mask)
    wanted, final = sequence(
        np,
        kind,
        x,
        [np.asarray(w) for w in weights(variables)],
        gate=sigmoid if gate == "sigmoid" else hard_sigmoid,
        mask=mask,
        go_backwards=go_backwards,
        **options,
    )
    np.testing.assert_allclose(y, wanted, rtol=1e-5, atol=1e-5)
    for state, reference in zip(states, final, strict=True):
        np.testing.assert_allclose(state, reference, rtol=1e-5, atol=1e-5)


@every_kind
@pytest.mark.parametrize("masked", [False, True])
def test_gradients_of_everything(kind, options, masked):
    """Through outputs and states, for inputs, initial states and weights, against step by step
    differentiation.
    """
    x, mask = jnp.asarray(array(BATCH, STEPS, FEATURES)), mask_with_gaps() if masked else None
    module, variables = make(kind, x, return_sequences=True, return_state=True, **options)
    initial = [jnp.asarray(array(BATCH, UNITS, seed=i)) for i in range(module.state_total)]

    def total(y, states):
        return jnp.sum(y * array(*y.shape)) + sum(
            jnp.sum(s * array(*s.shape, seed=9)) for s in states
        )

    def ours(params, x, initial):
        y, *states = module.apply({"params": params}, x, initial, mask=mask)
        return total(y, states)

    def reference(params, x, initial):
        return total(
            *sequence(
                jnp, kind, x, weights({"params": params}), mask=mask, initial=initial, **options
            )
        )

    arguments = variables["params"], x, initial
    found, wanted = (jax.jit(jax.grad(f, argnums=(0, 1, 2)))(*arguments) for f in (ours, reference))
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-5), found, wanted)


@every_kind
def test_options_that_change_no_value(kind, options):
    x = array(BATCH, STEPS, FEATURES)
    module, variables = make(kind, x, return_sequences=True, **options)
    y = module.apply(variables, x)
    for changes in ({"unroll": True}, {"implementation": 1}, {"implementation": 2}):
        np.testing.assert_allclose(
            module.clone(**changes).apply(variables, x), y, rtol=1e-6, atol=1e-6
        )
    np.testing.assert_allclose(
        module.clone(return_sequences=False).apply(variables, x), y[:, -1], rtol=1e-6
    )
    np.testing.assert_allclose(module.apply(variables, [x]), y)


@every_kind
def test_a_masked_step_is_as_if_deleted(kind, options):
    """Steps 3 and 5 of all samples masked, or not there."""
    x = array(BATCH, 7, FEATURES)
    module, variables = make(kind, x, **options)
    mask = np.ones((BATCH, 7), bool)
    mask[:, [3, 5]] = False
    deleted = module.apply(variables, np.delete(x, [3, 5], axis=1))
    np.testing.assert_allclose(module.apply(variables, x, mask=mask), deleted, rtol=1e-6, atol=1e-6)


@every_kind
def test_an_all_masked_sequence_gives_zeros_and_finite_gradients(kind, options):
    x = array(BATCH, STEPS, FEATURES)
    module, variables = make(kind, x, return_sequences=True, **options)
    mask = np.zeros((BATCH, STEPS), bool)
    value, gradients = jax.value_and_grad(lambda v: jnp.sum(module.apply(v, x, mask=mask) ** 2))(
        variables
    )
    assert value == 0
    assert all(np.array_equal(g, np.zeros_like(g)) for g in jax.tree.leaves(gradients))


@every_kind
def test_stateful_continuation_is_one_long_call(kind, options):
    x = array(BATCH, 6, FEATURES)
    module, variables = make(kind, x, stateful=True, **options)
    whole, _ = module.apply(variables, x, mutable=["state"])
    first, changed = module.apply(variables, x[:, :2], mutable=["state"])
    second, changed = module.apply({**variables, **changed}, x[:, 2:], mutable=["state"])
    np.testing.assert_allclose(second, whole, rtol=1e-5, atol=1e-6)
    assert not np.allclose(first, whole)
    fresh = module.apply(variables, x)  # the variables given are never changed
    np.testing.assert_allclose(fresh, whole, rtol=1e-5, atol=1e-6)
    with pytest.raises(ValueError, match=r"\(3, 6\).*\(2, 6\)"):
        module.apply(variables, x[:2])


def test_initial_state_may_follow_the_input_and_is_checked():
    x = array(BATCH, STEPS, FEATURES)
    module, variables = make("LSTM", x)
    states = [array(BATCH, UNITS), array(BATCH, UNITS, seed=1)]
    np.testing.assert_array_equal(
        module.apply(variables, [x, *states]), module.apply(variables, x, states)
    )
    assert not np.allclose(module.apply(variables, x, states), module.apply(variables, x))
    with pytest.raises(ValueError, match="initial_state"):
        module.apply(variables, x, states[:1])
    with pytest.raises(ValueError, match="initial_state"):
        module.apply(variables, x, [states[0], states[1][:, :2]])


def test_the_first_masked_step_repeats_the_initial_state():
    x, h = array(BATCH, 2, FEATURES), array(BATCH, UNITS)
    mask = np.array([[False, True]] * BATCH)
    module, variables = make("GRU", x, return_sequences=True)
    np.testing.assert_array_equal(module.apply(variables, x, h, mask=mask)[:, 0], h)


@pytest.mark.parametrize(
    ("kind", "options", "shapes"),
    [
        ("SimpleRNN", {}, [(4, 6), (6, 6), (6,)]),
        ("GRU", {}, [(4, 18), (6, 18), (18,)]),
        ("GRU", {"reset_after": True}, [(4, 18), (6, 18), (2, 18)]),
        ("LSTM", {}, [(4, 24), (6, 24), (24,)]),
        ("LSTM", {"use_bias": False}, [(4, 24), (6, 24)]),
        ("CuDNNGRU", {}, [(4, 18), (6, 18), (36,)]),
        ("CuDNNLSTM", {}, [(4, 24), (6, 24), (48,)]),
    ],
)
def test_weight_shapes_in_order(kind, options, shapes):
    with nn.declared_weights() as specs:
        getattr(nn, kind)(UNITS, **options).init(jax.random.key(0), array(BATCH, STEPS, FEATURES))
    assert [spec.path[-1] for spec in specs] == ["kernel", "recurrent_kernel", "bias"][
        : len(shapes)
    ]
    assert [spec.shape for spec in specs] == shapes


def test_initial_weights():
    params = nn.LSTM(UNITS).init(jax.random.key(0), array(BATCH, STEPS, FEATURES))["params"]
    np.testing.assert_array_equal(params["bias"], np.repeat([0, 1, 0, 0], UNITS))
    recurrent = params["recurrent_kernel"]  # (6, 24): its rows are orthonormal
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(UNITS), atol=1e-5)
    closed = nn.LSTM(UNITS, unit_forget_bias=False, bias_initializer="ones")
    np.testing.assert_array_equal(
        closed.init(jax.random.key(0), array(1, 2, 3))["params"]["bias"], np.ones(24)
    )
    cudnn = nn.CuDNNLSTM(2).init(jax.random.key(0), array(1, 2, 3))["params"]
    np.testing.assert_array_equal(cudnn["bias"], np.repeat([0, 0, 0, 0, 0, 1, 0, 0], 2))


@pytest.mark.parametrize(("kind", "plain"), [("CuDNNGRU", "GRU"), ("CuDNNLSTM", "LSTM")])
def test_cudnn_layers_are_the_same_mathematics(kind, plain):
    x = array(BATCH, STEPS, FEATURES)
    module, variables = make(kind, x)
    kernel, recurrent, bias = weights(variables)
    halves = bias.reshape(2, -1)
    params = {
        "kernel": kernel,
        "recurrent_kernel": recurrent,
        "bias": halves if plain == "GRU" else halves.sum(0),
    }
    options = {"reset_after": True} if plain == "GRU" else {}
    same = getattr(nn, plain)(UNITS, recurrent_activation="sigmoid", **options)
    np.testing.assert_allclose(
        module.apply(variables, x), same.apply({"params": params}, x), rtol=1e-6, atol=1e-6
    )


@every_kind
@pytest.mark.parametrize("implementation", [0, 2])
def test_dropout_masks_are_the_same_at_all_steps(kind, options, implementation):
    """With the recurrent kernel at zero an output depends on its step's input only, so equal inputs
    give equal ones.
    """
    x = np.repeat(array(BATCH, 1, 40), STEPS, axis=1)
    module, variables = make(
        kind,
        x,
        return_sequences=True,
        dropout=0.5,
        recurrent_dropout=0.5,
        implementation=implementation,
        **options,
    )
    silent = {
        "params": {
            **variables["params"],
            "recurrent_kernel": jnp.zeros((UNITS, UNITS * module.blocks)),
        }
    }
    if kind == "SimpleRNN":
        y = module.apply(silent, x, train=True, rngs={"dropout": jax.random.key(0)})
        np.testing.assert_allclose(y, np.repeat(y[:, :1], STEPS, axis=1), rtol=1e-6)
        assert not np.allclose(y, module.apply(silent, x))
    first, again, other = (
        module.apply(variables, x, train=True, rngs={"dropout": jax.random.key(seed)})
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


@pytest.mark.parametrize(("kind", "count"), [("SimpleRNN", 1), ("GRU", 3), ("LSTM", 4)])
def test_dropout_masks_by_gate(kind, count):
    """implementation 0 and 1: one mask a gate, 2: one for all; what is kept is scaled up."""
    x = np.ones((2, 3, 200), "float32")
    for implementation, expected in ((0, count), (1, count), (2, 1)):
        module = getattr(nn, kind)(UNITS, dropout=0.25, implementation=implementation)

        draw = flax.linen.apply(lambda bound: bound.noise(0.25, jnp.asarray(x[:, 0]), True), module)
        drawn = draw({}, rngs={"dropout": jax.random.key(3)})
        assert len(drawn) == expected
        assert all(set(np.unique(m)) == {0, np.float32(1 / 0.75)} for m in drawn)
        assert abs(np.mean([np.mean(m == 0) for m in drawn]) - 0.25) < 0.06
        assert all(not np.array_equal(drawn[0], m) for m in drawn[1:])


@every_kind
@pytest.mark.parametrize("implementation", [1, 2])
def test_gradients_with_dropout(kind, options, implementation):
    """The kernel's gradient, taken after the loop, is that of the values, whichever masks were
    drawn.
    """
    x = jnp.asarray(array(BATCH, STEPS, FEATURES))
    # hard_sigmoid has kinks, at which differences of values tell nothing
    smooth = {} if kind == "SimpleRNN" else {"recurrent_activation": "sigmoid"}
    options = {
        **options,
        **smooth,
        "dropout": 0.3,
        "recurrent_dropout": 0.3,
        "implementation": implementation,
    }
    module, variables = make(kind, x, **options)

    def loss(params):
        y = module.apply({"params": params}, x, train=True, rngs={"dropout": jax.random.key(2)})
        return jnp.sum(y * array(*y.shape))

    params = variables["params"]
    gradients = jax.grad(loss)(params)
    for name, value in params.items():
        direction = jnp.asarray(array(*value.shape, seed=5)) / np.sqrt(value.size)
        up, down = (loss({**params, name: value + s * 1e-2 * direction}) for s in (1, -1))
        assert float(jnp.sum(gradients[name] * direction)) == pytest.approx(
            float(up - down) / 2e-2, rel=0.03, abs=3e-3
        )


def test_regularizers_count_once_and_outputs_are_penalised():
    x = array(BATCH, STEPS, FEATURES)
    module, variables = make(
        "GRU",
        x,
        kernel_regularizer="l2",
        recurrent_regularizer="l2",
        bias_regularizer="l1",
        activity_regularizer="l2",
    )
    y, changed = module.apply(variables, x, mutable=["losses"])
    kernel, recurrent, bias = weights(variables)
    wanted = 0.01 * sum(jnp.sum(a**2) for a in (kernel, recurrent, y)) + 0.01 * jnp.sum(
        jnp.abs(bias)
    )
    assert float(sum(jax.tree.leaves(changed))) == pytest.approx(float(wanted), rel=1e-5)


@pytest.mark.parametrize("cell", ["SimpleRNNCell", "GRUCell", "LSTMCell"])
@pytest.mark.parametrize("go_backwards", [False, True])
def test_rnn_over_a_cell_is_the_layer(cell, go_backwards):
    x, mask = array(BATCH, STEPS, FEATURES), mask_with_gaps()
    layer, variables = make(cell.removesuffix("Cell"), x, return_sequences=True, return_state=True)
    layer = layer.clone(go_backwards=go_backwards)
    rnn = nn.RNN(
        getattr(nn, cell)(UNITS, kernel_regularizer="l2"),
        return_sequences=True,
        return_state=True,
        go_backwards=go_backwards,
    )
    nested = {"params": {"cell": variables["params"]}}
    shapes = jax.tree.map(jnp.shape, rnn.init(jax.random.key(0), x))
    assert shapes == jax.tree.map(jnp.shape, nested)
    (found, changed), wanted = (
        rnn.apply(nested, x, mask=mask, mutable=["losses"]),
        layer.apply(variables, x, mask=mask),
    )
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    (penalty,) = jax.tree.leaves(changed)
    np.testing.assert_allclose(
        penalty, 0.01 * np.sum(np.square(variables["params"]["kernel"])), rtol=1e-5
    )


def test_rnn_drops_with_the_same_mask_at_all_steps():
    x = np.repeat(array(BATCH, 1, 40), STEPS, axis=1)
    rnn = nn.RNN(
        nn.SimpleRNNCell(UNITS, dropout=0.5, recurrent_initializer="zeros"), return_sequences=True
    )
    variables = rnn.init(jax.random.key(0), x)
    y = rnn.apply(variables, x, train=True, rngs={"dropout": jax.random.key(0)})
    np.testing.assert_allclose(y, np.repeat(y[:, :1], STEPS, axis=1), rtol=1e-6)
    assert not np.allclose(y, rnn.apply(variables, x))


def test_stacked_cells_are_stacked_layers():
    x = array(BATCH, STEPS, FEATURES)
    rnn = nn.RNN(nn.StackedRNNCells([nn.LSTMCell(3), nn.GRUCell(2)]), return_state=True)
    variables = rnn.init(jax.random.key(0), x)
    inner = variables["params"]["cell"]
    y, h, c, top = rnn.apply(variables, x)
    lower, *states = nn.LSTM(3, return_sequences=True, return_state=True).apply(
        {"params": inner["cells_0"]}, x
    )
    upper = nn.GRU(2).apply({"params": inner["cells_1"]}, lower)
    for a, b in zip((y, h, c, top), (upper, *states, upper), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


class Averager(nn.Layer):
    """A cell of a user: the running mean of a projection, with a step counter as second state."""

    units: int
    state_size = (4, 1)

    @flax.linen.compact
    def __call__(self, x, states):
        mean, count = states
        y = nn.Dense(self.units, name="project")(x)
        return (mean * count + y) / (count + 1), [(mean * count + y) / (count + 1), count + 1]


def test_rnn_over_a_users_cell():
    x = array(BATCH, STEPS, FEATURES)
    rnn = nn.RNN(Averager(4), return_state=True)
    variables = rnn.init(jax.random.key(0), x)
    y, _, count = rnn.apply(variables, x)
    kernel = variables["params"]["cell"]["project"]["kernel"]
    np.testing.assert_allclose(y, (x @ kernel).mean(1), rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(count, np.full((BATCH, 1), STEPS))
    _, _, count = rnn.apply(variables, x, mask=mask_with_gaps())
    np.testing.assert_array_equal(count[:, 0], mask_with_gaps().sum(1))
    gradients = jax.grad(lambda v: jnp.sum(rnn.apply(v, x)[0] ** 2))(variables)
    assert all(np.abs(g).max() > 0 for g in jax.tree.leaves(gradients))


@pytest.mark.parametrize(
    ("make_wrong", "message"),
    [
        (lambda: nn.LSTM(0), "units"),
        (lambda: nn.LSTM(2.5), "units"),
        (lambda: nn.GRU(2, implementation=3), "implementation"),
        (lambda: nn.GRU(2, dropout=1.5), "dropout"),
        (lambda: nn.GRU(2, recurrent_dropout="a"), "recurrent_dropout"),
        (lambda: nn.SimpleRNN(2, activation="none such"), "none such"),
        (lambda: nn.RNN(nn.Dense(2)), "state_size"),
        (lambda: nn.StackedRNNCells([]), "cells"),
        (
            lambda: nn.LSTM(2).init(jax.random.key(0), np.ones((2, 3))),
            r"\(batch, steps, features\)",
        ),
        (
            lambda: nn.RNN(nn.GRUCell(2)).init(jax.random.key(0), np.ones((2, 3))),
            r"\(batch, steps, features\)",
        ),
        (lambda: nn.LSTM(2).apply({}, np.ones((2, 3, 4)), mask=np.ones((2, 4))), "mask"),
        (lambda: nn.CuDNNLSTM(2).compute_mask(None, np.ones((2, 3))), "does not support masking"),
    ],
)
def test_bad_arguments(make_wrong, message):
    with pytest.raises(ValueError, match=message):
        make_wrong()

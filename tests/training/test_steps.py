"""The pure half: steps over a `TrainState` without any Keras around them."""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from jaxcnn import losses, metrics, optimizers
from jaxcnn import nn as jnn
from jaxcnn.layers import BatchNormalization, Dense, Dropout
from jaxcnn.models import Sequential
from jaxcnn.training import (
    Batch,
    Objective,
    OutputObjective,
    eval_step,
    init_state,
    predict_step,
    train_step,
)
from jaxcnn.training.objective import simple_objective
from jaxcnn.training.steps import (
    as_batch,
    augmented,
    cast_floating,
    constrained,
    forward,
    stateful_predict_step,
    step_key,
    unmoved,
)

RNG = np.random.default_rng(0)
X = jnp.asarray(RNG.normal(size=(8, 4)), jnp.float32)
Y = jnp.asarray(RNG.normal(size=(8, 2)), jnp.float32)


class Net(nn.Module):
    """A module that knows nothing of this library."""

    @nn.compact
    def __call__(self, x, train: bool = False):
        x = nn.Dense(5)(x)
        x = nn.BatchNorm(use_running_average=not train)(x)
        x = nn.Dropout(0.5, deterministic=not train)(nn.relu(x))
        return nn.Dense(2)(x)


@pytest.fixture(autouse=True)
def standard_promotion():
    """Flax and optax mix dtypes."""
    with jax.numpy_dtype_promotion("standard"):
        yield


@pytest.mark.parametrize("module", [Net(), jnn.Dense(2)])
@pytest.mark.parametrize("optimizer", [optax.adamw(1e-2), optimizers.Adam(1e-2)])
def test_a_step_is_a_pure_function(module, optimizer):
    state = init_state(module, optimizer, X, seed=1)
    step = jax.jit(train_step(module, "mse", optimizer, metrics=["mae"]))
    before = jax.tree.map(np.array, state)
    new, logs = step(state, (X, Y))
    again, same_logs = step(state, (X, Y))
    assert jax.tree.all(jax.tree.map(lambda a, b: np.array_equal(a, b), before, state))
    assert jax.tree.all(jax.tree.map(lambda a, b: np.array_equal(a, b), new, again))
    assert set(logs) == {"loss", "mean_absolute_error"} and logs["loss"] == same_logs["loss"]
    assert int(new.step) == 1
    for _ in range(30):
        new, later = step(new, (X, Y))
    assert later["loss"] < logs["loss"]


def test_a_step_is_that_of_hand_written_jax():
    module, optimizer = jnn.Dense(2, activation="tanh"), optax.sgd(0.1, momentum=0.9)
    state = init_state(module, optimizer, X)
    params, opt_state = state.params, optimizer.init(state.params)

    def loss(params):
        return jnp.mean(jnp.square(module.apply({"params": params}, X) - Y))

    step = train_step(module, "mse", optimizer)
    for _ in range(3):
        state, logs = step(state, (X, Y))
        value, gradients = jax.value_and_grad(loss)(params)
        updates, opt_state = optimizer.update(gradients, opt_state)
        params = optax.apply_updates(params, updates)
        assert logs["loss"] == pytest.approx(float(value), rel=1e-6)
    assert jax.tree.all(
        jax.tree.map(lambda a, b: np.allclose(a, b, atol=1e-6), state.params, params)
    )


def test_steps_can_be_scanned_and_vmapped():
    module, optimizer = Net(), optax.sgd(0.1)
    step = jax.jit(train_step(module, "mse", optimizer))
    state = init_state(module, optimizer, X)
    batches = (jnp.stack([X, X + 1]), jnp.stack([Y, Y]))
    scanned, logs = jax.lax.scan(step, state, batches)
    for i in range(2):
        state, one = step(state, (batches[0][i], batches[1][i]))
        assert logs["loss"][i] == pytest.approx(float(one["loss"]), rel=1e-5)
    assert jax.tree.all(
        jax.tree.map(lambda a, b: np.allclose(a, b, atol=1e-5), scanned.params, state.params)
    )
    seeds = [init_state(module, optimizer, X, seed=i) for i in range(3)]
    states = jax.tree.map(lambda *leaves: jnp.stack(leaves), *seeds)
    _, logs = jax.jit(jax.vmap(step, in_axes=(0, None)))(states, (X, Y))
    assert logs["loss"].shape == (3,) and len(set(np.asarray(logs["loss"]).tolist())) == 3


def test_evaluation_adds_up():
    module = jnn.Dense(2)
    objective = Objective(
        (OutputObjective("y", losses.get("mse"), metrics=(("mae", metrics.get("mae")),)),)
    )
    variables = module.init(jax.random.key(0), X)
    step, sums = jax.jit(eval_step(module, objective)), objective.init_metrics()
    for part in (slice(0, 5), slice(5, 8)):
        sums, state = step(variables, sums, (X[part], Y[part]))
        assert state == {}
    found = objective.results(sums)
    error = module.apply(variables, X) - Y
    assert found["loss"] == pytest.approx(float(jnp.mean(error**2)), rel=1e-5)
    assert found["mae"] == pytest.approx(float(jnp.mean(jnp.abs(error))), rel=1e-5)


def test_prediction_is_inference():
    module = Net()
    state = init_state(module, optax.sgd(0.1), X)
    found = predict_step(module)(state.variables, X)
    assert np.allclose(found, module.apply(state.variables, X, train=False), atol=1e-6)


def test_some_parameters_may_be_held_fixed():
    module, optimizer = Net(), optax.adam(0.1)
    trainable = {"Dense_0": {"kernel": False, "bias": False}}
    state = init_state(module, optimizer, X, trainable=trainable)
    assert set(state.params) == {"BatchNorm_0", "Dense_1"} and set(state.frozen) == {"Dense_0"}
    fixed = ("BatchNorm_0", "mean")
    step = train_step(module, "mse", optimizer, fixed_statistics=[fixed])
    new, _ = step(state, (X, Y))
    assert np.array_equal(
        new.variables["params"]["Dense_0"]["kernel"], state.frozen["Dense_0"]["kernel"]
    )
    statistics = (
        new.collections["batch_stats"]["BatchNorm_0"],
        state.collections["batch_stats"]["BatchNorm_0"],
    )
    assert np.array_equal(statistics[0]["mean"], statistics[1]["mean"])
    assert not np.array_equal(statistics[0]["var"], statistics[1]["var"])


def test_constraints():
    module, optimizer = jnn.Dense(2), optax.sgd(1.0)
    step = train_step(
        module, "mse", optimizer, constraints={("kernel",): lambda w: jnp.clip(w, -0.1, 0.1)}
    )
    new, _ = step(init_state(module, optimizer, X), (X, Y))
    assert float(jnp.max(jnp.abs(new.params["kernel"]))) <= 0.1 + 1e-6


def test_padding_rows():
    module, optimizer = jnn.Dense(2), optax.sgd(0.1)
    state, step = init_state(module, optimizer, X), train_step(module, "mse", optimizer)
    filler = jnp.full((3, 4), 9.0), jnp.full((3, 2), -7.0)
    rows = jnp.asarray([1.0] * 8 + [0.0] * 3)
    padded, logs = step(
        state, Batch(jnp.concatenate([X, filler[0]]), jnp.concatenate([Y, filler[1]]), rows=rows)
    )
    plain, expected = step(state, (X, Y))
    assert logs["loss"] == pytest.approx(float(expected["loss"]), rel=1e-6)
    assert jax.tree.all(
        jax.tree.map(lambda a, b: np.allclose(a, b, atol=1e-6), padded.params, plain.params)
    )


def test_from_the_first_bad_step_on_nothing_moves():
    module, optimizer = jnn.Dense(2), optax.sgd(0.1)
    state = init_state(module, optimizer, X)
    step = jax.jit(train_step(module, "mse", optimizer, at_nan="halt"))
    good, _ = step(state, (X, Y))
    assert int(good.nan_step) == -1
    bad, logs = step(good, (X, Y * jnp.inf))
    after, _ = step(bad, (X, Y))
    assert not np.isfinite(logs["loss"]) and int(bad.nan_step) == int(after.nan_step) == 1
    assert jax.tree.all(jax.tree.map(lambda a, b: np.array_equal(a, b), good.params, after.params))
    assert int(after.step) == 1


def test_half_precision_keeps_weights_statistics_and_losses_in_float32():
    module, optimizer = jnn.Dense(2), optax.sgd(0.1)
    state = init_state(module, optimizer, X)
    new, logs = train_step(module, "mse", optimizer, compute_dtype=jnp.bfloat16)(state, (X, Y))
    assert new.params["kernel"].dtype == logs["loss"].dtype == jnp.float32
    assert logs["loss"] == pytest.approx(
        float(jnp.mean((module.apply(state.variables, X) - Y) ** 2)), rel=0.05
    )
    assert predict_step(module, compute_dtype=jnp.bfloat16)(state.variables, X).dtype == jnp.float32


def test_the_module_of_a_model_is_trained_alike():
    """A step by hand and one by the wrapper, from the same weights, are the same."""
    model = Sequential([Dense(5, input_shape=(4,)), BatchNormalization(), Dropout(0.5), Dense(2)])
    optimizer = optimizers.SGD(0.1)
    model.compile(optimizer, "mse")
    state = init_state(model.module, optimizer, X)
    state = state.replace(
        params=model.variables["params"],
        collections={"batch_stats": model.variables["batch_stats"]},
    )
    new, logs = jax.jit(train_step(model.module, "mse", optimizer))(state, (X, Y))
    assert model.train_on_batch(X, Y) == pytest.approx(float(logs["loss"]), rel=1e-6)
    ours, theirs = model.variables, new.variables
    assert jax.tree.all(jax.tree.map(lambda a, b: np.allclose(a, b, atol=1e-6), ours, theirs))


def test_a_batch_of_the_wrong_number_of_targets():
    step = train_step(jnn.Dense(2), "mse", optax.sgd(0.1))
    with pytest.raises(ValueError, match="1 outputs; the batch has 2 targets"):
        step(init_state(jnn.Dense(2), optax.sgd(0.1), X), (X, [Y, Y]))


def test_a_bad_step_changes_nothing_but_the_count():
    module, optimizer = jnn.Dense(2), optax.adam(0.1)
    step = jax.jit(train_step(module, "mse", optimizer, at_nan="skip"))
    good, _ = step(init_state(module, optimizer, X), (X, Y))
    bad, _ = step(good, (X, Y * jnp.inf))
    after, _ = step(bad, (X, Y))
    assert [int(state.skipped) for state in (good, bad, after)] == [0, 1, 1] and int(
        after.step
    ) == 3
    same = jax.tree.map(np.array_equal, (good.params, good.opt_state), (bad.params, bad.opt_state))
    assert jax.tree.all(same) and not np.array_equal(after.params["kernel"], bad.params["kernel"])


def test_running_sums_go_on_from_batch_to_batch():
    """The state's sums are those of all batches since they were empty; the logs those of one."""
    objective, optimizer = simple_objective("mse", ["mae"]), optax.sgd(0.0)
    state = init_state(jnn.Dense(2), optimizer, X).replace(metrics=objective.init_metrics())
    step = train_step(jnn.Dense(2), objective, optimizer)
    sizes, logs = (5, 3), []
    for part in (slice(0, 5), slice(5, 8)):
        state, log = step(state, (X[part], Y[part]))
        logs.append(log)
    averages = objective.results(state.metrics)
    for name in ("loss", "mean_absolute_error"):
        each = [float(log[name]) for log in logs]
        assert each[0] != pytest.approx(each[1], rel=1e-3)
        assert float(averages[name]) == pytest.approx(np.average(each, weights=sizes), rel=1e-5)
    error = jnn.Dense(2).apply(state.variables, X[5:]) - Y[5:]
    assert float(logs[1]["loss"]) == pytest.approx(float(jnp.mean(error**2)), rel=1e-5)


def test_a_state_without_sums_keeps_none():
    new, _ = train_step(jnn.Dense(2), "mse", optax.sgd(0.1))(
        init_state(jnn.Dense(2), optax.sgd(0.1), X), (X, Y)
    )
    assert new.metrics == {}


class Penalised(nn.Module):
    """Half of the squares of its input, and a penalty of 5 and one of 2 times its weight."""

    @nn.compact
    def __call__(self, x, train: bool = False):
        w = self.param("w", nn.initializers.constant(3.0), ())
        self.sow(
            "losses", "five", jnp.float32(5), reduce_fn=jnp.add, init_fn=lambda: jnp.float32(0)
        )
        self.sow("losses", "twice", 2 * w, reduce_fn=jnp.add, init_fn=lambda: jnp.float32(0))
        return 0 * x + w


def test_penalties_are_added_to_the_loss_and_its_gradient():
    module, optimizer, zero = Penalised(), optax.sgd(1.0), jnp.zeros((4, 1))
    state = init_state(module, optimizer, zero)
    assert set(state.variables) == {"params"}
    new, logs = train_step(module, "mse", optimizer)(state, (zero, zero))
    assert float(logs["loss"]) == 9 + 5 + 6
    assert float(new.params["w"]) == 3 - (2 * 3 + 2) and "losses" not in new.collections
    objective = simple_objective("mse")
    sums, _ = eval_step(module, objective)(state.variables, objective.init_metrics(), (zero, zero))
    assert float(objective.results(sums)["loss"]) == 20


class Modes(nn.Module):
    """1 where it trains and 0 where it does not; a random number with dropout's key."""

    @nn.compact
    def __call__(self, x, train: bool = False):
        count = self.variable("state", "count", lambda: jnp.float32(0))
        noise = jax.random.normal(self.make_rng("dropout"), x.shape) if train else 0 * x
        if not self.is_initializing():
            count.value = count.value + 1
        return 0 * x + (1 if train else 0), noise


def test_layers_train_where_there_is_a_key():
    module, key = Modes(), jax.random.key(5)
    state = init_state(module, optax.sgd(0.1), X)
    assert set(state.collections) == {"state"}
    for given, expected in ((None, 0), (key, 1)):
        (mode, noise), changed = stateful_predict_step(module, key=given)(state.variables, X)
        assert float(mode[0, 0]) == expected and float(changed["state"]["count"]) == 1
        assert np.any(np.asarray(noise)) == bool(expected)
        assert float(predict_step(module, key=given)(state.variables, X)[0][0, 0]) == expected
    objective = Objective((OutputObjective("m", losses.get("mse")), OutputObjective("n", None)))
    zero = jnp.zeros_like(X)
    for given, expected in ((None, 0.0), (key, 1.0)):
        sums, carried = eval_step(module, objective, key=given)(
            state.variables, objective.init_metrics(), (X, [zero, None])
        )
        assert float(objective.results(sums)["loss"]) == expected
        assert float(carried["count"]) == 1


def test_a_step_may_train_in_inference_mode():
    objective = Objective((OutputObjective("m", losses.get("mse")), OutputObjective("n", None)))
    state, zero = init_state(Modes(), optax.sgd(0.1), X), jnp.zeros_like(X)
    for options, expected in (({}, 1.0), ({"train": True}, 1.0), ({"train": False}, 0.0)):
        new, logs = train_step(Modes(), objective, optax.sgd(0.1), **options)(
            state, (X, [zero, None])
        )
        assert float(logs["loss"]) == expected
        assert float(new.collections["state"]["count"]) == 1


def test_statistics_move_only_in_training():
    state = init_state(Net(), optax.sgd(0.1), X)
    moved = [
        "batch_stats"
        in forward(
            Net(), state.variables, Batch(X), key=step_key(state), compute_dtype=None, train=train
        )[2]
        for train in (True, False)
    ]
    assert moved == [True, False]


def test_the_passes_lists_have_an_entry_an_output():
    options = {"key": None, "compute_dtype": None, "train": False}
    module = jnn.Dense(2)
    variables = module.init(jax.random.key(0), X)
    predictions, masks, changed = forward(module, variables, Batch(X), **options)
    assert len(predictions) == 1 and masks == [None] and changed == {}
    variables = Modes().init(jax.random.key(0), X)
    predictions, masks, _ = forward(Modes(), variables, Batch(X), **options)
    assert len(predictions) == 2 and masks == [None, None]


def test_the_key_of_a_step_is_that_of_its_number():
    state = init_state(jnn.Dense(2), optax.sgd(0.1), X, seed=7)

    def data(step):
        return jax.random.key_data(step_key(state.replace(step=jnp.int32(step)))).tolist()

    expected = jax.random.key_data(jax.random.fold_in(jax.random.key(7), 4)).tolist()
    assert data(4) == expected != data(5)


def test_augmentation_has_a_key_of_its_own_and_keeps_the_rest_of_the_batch():
    key, keys = jax.random.key(3), []
    batch = Batch(X, [Y], [None], None)

    def augment(key, inputs):
        keys.append(jax.random.key_data(key).tolist())
        return inputs + 1

    changed = augmented(batch, key, augment)
    assert keys == [jax.random.key_data(jax.random.fold_in(key, 1)).tolist()]
    assert np.array_equal(changed.inputs, X + 1) and changed.targets[0] is Y
    assert augmented(batch, key, None) is batch
    with pytest.raises(ValueError, match=r"keep the shapes of the inputs, \(8, 4\); .* \(7, 4\)"):
        augmented(batch, key, lambda key, inputs: inputs[1:])


def test_the_step_trains_on_augmented_inputs():
    optimizer = optax.sgd(0.1)
    state = init_state(jnn.Dense(2), optimizer, X)
    step = train_step(jnn.Dense(2), "mse", optimizer, augment=lambda key, x: 2 * x)
    plain = train_step(jnn.Dense(2), "mse", optimizer)
    assert float(step(state, (X, Y))[1]["loss"]) == float(plain(state, (2 * X, Y))[1]["loss"])


def test_batches_of_every_form():
    two = Objective((OutputObjective("a", None), OutputObjective("b", None)))
    one = simple_objective("mse")
    assert as_batch((1, 2), one) == Batch(1, [2], [None], None)
    assert as_batch((1, [2], (3,)), one) == Batch(1, [2], [3], None)
    assert as_batch(Batch(1, (2, 3), rows=4), two) == Batch(1, [2, 3], [None, None], 4)
    assert as_batch(Batch(1), two).targets == [None, None]
    for batch, given in (((1, 2), 1), ((1, [2, 3], [4]), 1), ((1, [2, 3, 4]), 3)):
        with pytest.raises(ValueError, match=f"has 2 outputs; the batch has {given} targets or"):
            as_batch(batch, two)


def test_constraints_touch_their_weights_only():
    params = {"a": {"kernel": jnp.ones(2), "bias": jnp.ones(2)}}
    result = constrained(params, {("a", "kernel"): lambda w: -w})
    assert result["a"]["kernel"].tolist() == [-1, -1] and result["a"]["bias"].tolist() == [1, 1]
    assert constrained(params, None) is params and constrained(params, {}) is params


def test_fixed_statistics_stay_and_others_move():
    before = {
        "batch_stats": {"n": {"mean": 1, "var": 2}},
        "state": {"n": {"sum": 1}, "m": {"h": 2}},
    }
    changed = {
        "batch_stats": {"n": {"mean": 3, "var": 4}},
        "state": {"n": {"sum": 5}, "m": {"h": 6}},
    }
    fixed = unmoved(changed, before, [("n", "mean")])
    assert fixed["batch_stats"] == {"n": {"mean": 1, "var": 4}}
    assert fixed["state"] == {"n": {"sum": 1}, "m": {"h": 6}}  # of layers with nothing fixed
    assert unmoved(changed, before, []) is changed
    without = {"state": {"m": {"h": 6}}}
    assert unmoved(without, before, [("n", "mean")]) == without


def test_casting_leaves_integers_alone():
    tree = {"x": jnp.ones(2), "n": jnp.ones(2, jnp.int32)}
    half = cast_floating(tree, jnp.bfloat16)
    assert half["x"].dtype == jnp.bfloat16 and half["n"].dtype == jnp.int32
    assert cast_floating(tree, None) is tree


class Dtypes(nn.Module):
    """Its output is a constant of the dtype in which it computes."""

    @nn.compact
    def __call__(self, x):
        w = self.param("w", nn.initializers.ones, (), jnp.float32)
        assert x.dtype == w.dtype == jnp.bfloat16 or self.is_initializing()
        return x * w


def test_inputs_and_weights_are_cast_and_outputs_cast_back():
    variables = {"params": {"w": jnp.ones(())}}
    assert predict_step(Dtypes(), compute_dtype=jnp.bfloat16)(variables, X).dtype == jnp.float32
    half = jax.tree.map(lambda a: a.astype(jnp.bfloat16), (variables, X))
    assert predict_step(Dtypes())(*half).dtype == jnp.bfloat16
    options = {"key": None, "compute_dtype": jnp.bfloat16, "train": False}
    assert forward(Dtypes(), variables, Batch(half[1]), **options)[0][0].dtype == jnp.bfloat16
    optimizer = optax.sgd(0.1)
    state = init_state(Dtypes(), optimizer, X)
    step = train_step(Dtypes(), "mse", optimizer, compute_dtype=jnp.bfloat16)
    new, logs = step(state, (X, X))
    assert new.params["w"].dtype == logs["loss"].dtype == jnp.float32


def test_a_gradient_that_is_not_finite_counts_like_a_loss():
    """The loss of sqrt(0) is 0, its gradient infinite."""

    def root(y_true, y_pred):
        return jnp.sqrt(jnp.sum(y_pred, axis=-1))

    module, optimizer, zero = jnn.Dense(1, use_bias=False), optax.sgd(0.1), jnp.zeros((2, 3))
    state = init_state(module, optimizer, zero)
    for at_nan, count in (("skip", 1), ("halt", 0)):
        new, logs = train_step(module, root, optimizer, at_nan=at_nan)(state, (zero, zero[:, :1]))
        assert np.isfinite(logs["loss"]) and int(new.skipped) == count
        assert int(new.nan_step) == (0 if at_nan == "halt" else -1)
        assert int(new.step) == (0 if at_nan == "halt" else 1)


def test_a_second_bad_step_leaves_the_first_on_record():
    module, optimizer = jnn.Dense(2), optax.sgd(0.1)
    step = train_step(module, "mse", optimizer, at_nan="halt")
    state = init_state(module, optimizer, X).replace(step=jnp.int32(4))
    for y in (Y * jnp.nan, Y * jnp.nan, Y):
        state, _ = step(state, (X, y))
        assert int(state.nan_step) == 4 == int(state.step)


def test_without_an_answer_to_nan_the_state_takes_it():
    state = init_state(jnn.Dense(2), optax.sgd(0.1), X)
    new, _ = train_step(jnn.Dense(2), "mse", optax.sgd(0.1))(state, (X, Y * jnp.nan))
    assert np.isnan(new.params["kernel"]).all() and int(new.skipped) == 0
    assert int(new.nan_step) == -1 and int(new.step) == 1


def test_metrics_add_up_over_steps():
    objective = simple_objective("mse", ["mae"])
    module, optimizer = jnn.Dense(2), optimizers.SGD(0.1)
    state = init_state(module, optimizer, X).replace(metrics=objective.init_metrics())
    step = train_step(module, objective, optimizer)
    state, first = step(state, (X[:6], Y[:6]))
    state, second = step(state, (X[6:], Y[6:]))
    averages = objective.results(state.metrics)
    for name in ("loss", "mean_absolute_error"):
        assert float(first[name]) != pytest.approx(float(second[name]), rel=1e-2)
        mean = (6 * float(first[name]) + 2 * float(second[name])) / 8
        assert float(averages[name]) == pytest.approx(mean, rel=1e-5)


def test_a_loss_without_a_gradient_is_refused():
    model = Sequential([Dense(2, input_shape=(3,))])
    x, y = np.ones((4, 3)), np.ones((4, 2))
    model.compile("sgd", lambda y_true, y_pred: jnp.round(y_pred))
    with pytest.raises(ValueError, match="no gradient by any weight that is trained"):
        model.fit(x, y, verbose=0)
    model.layers[0].trainable = False
    model.compile("sgd", lambda y_true, y_pred: jnp.round(y_pred))
    model.fit(x, y, verbose=0)
    penalised = Sequential([Dense(2, kernel_regularizer="l2", input_shape=(3,))])
    penalised.compile("sgd", lambda y_true, y_pred: jnp.round(y_pred))
    before = penalised.get_weights()[0]
    penalised.fit(x, y, verbose=0)
    assert not np.array_equal(before, penalised.get_weights()[0])

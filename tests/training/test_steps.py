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

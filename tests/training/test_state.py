"""The state of a run: its beginning, its trained and fixed parts, and tied arrays."""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxcnn import config
from jaxcnn import nn as jnn
from jaxcnn.training import init_state
from jaxcnn.training.state import from_variables, merge, split, tied

X = jnp.ones((2, 3))
A, B, C = (jnp.full(2, value) for value in (1.0, 2.0, 3.0))


def test_a_run_begins_at_step_0_and_seed_0():
    state = from_variables({"params": {"w": A}, "batch_stats": {"m": B}}, optax.sgd(0.1))
    assert (int(state.step), int(state.nan_step), int(state.skipped)) == (0, -1, 0)
    assert state.step.dtype == state.nan_step.dtype == state.skipped.dtype == jnp.int32
    assert state.key.tolist() == jax.random.key_data(jax.random.key(0)).tolist()
    assert state.metrics == {} and state.frozen == {} and state.ties == ()
    assert set(state.collections) == {"batch_stats"} and state.params == {"w": A}
    assert set(state.variables) == {"params", "batch_stats"}


def test_what_is_given_is_kept():
    sums = {"loss": (A, B)}
    state = from_variables(
        {"params": {"w": A}}, optax.sgd(0.1), opt_state="its", metrics=sums, step=5, seed=3
    )
    assert int(state.step) == 5 and state.opt_state == "its" and state.metrics is sums
    assert state.key.tolist() == jax.random.key_data(jax.random.key(3)).tolist()


def test_variables_without_parameters():
    state = from_variables({"state": {"h": A}}, optax.sgd(0.1))
    assert state.params == {} and state.variables == {"params": {}, "state": {"h": A}}


def test_the_optimizer_keeps_nothing_for_what_is_fixed():
    state = from_variables(
        {"params": {"w": A, "b": B}}, optax.sgd(0.1, momentum=0.9), trainable={"w": False}
    )
    assert state.params == {"b": B} and state.frozen == {"w": A}
    assert len(jax.tree.leaves(state.opt_state)) == 1
    assert state.variables == {"params": {"w": A, "b": B}}


class Noisy(nn.Module):
    """Reads its mode and sows a loss."""

    @nn.compact
    def __call__(self, x, train: bool = False):
        assert train is False
        self.param("w", nn.initializers.normal(), (3,))
        self.sow("losses", "one", jnp.float32(1))
        return x


def test_a_fresh_state_is_that_of_its_seed():
    def weights(**options):
        state = init_state(Noisy(), optax.sgd(0.1), X, **options)
        assert state.collections == {}
        return np.asarray(state.params["w"]).tolist(), state.key.tolist()

    config.set_random_seed(4)
    assert weights() == weights(seed=4) != weights(seed=0)
    assert weights(seed=0)[1] == jax.random.key_data(jax.random.key(0)).tolist()


def test_a_fresh_state_with_fixed_arrays():
    state = init_state(jnn.Dense(2), optax.sgd(0.1), X, trainable={"bias": False})
    assert set(state.params) == {"kernel"} and set(state.frozen) == {"bias"}


def test_parts_and_their_union():
    params = {"a": {"w": A, "b": B}, "c": {"w": C}}
    trained, fixed = split(params, {"a": {"w": False, "b": True}})
    assert trained == {"a": {"b": B}, "c": {"w": C}} and fixed == {"a": {"w": A}}
    assert merge(trained, fixed) == params and merge(trained, {}) is trained
    assert split(params, None) == (params, {})


def test_tied_arrays_are_stored_once_and_read_everywhere():
    params = {"a": {"w": A}, "copy": {"w": A}}
    ties = ((("copy", "w"), ("a", "w")),)
    assert split(params, {}, ties) == ({"a": {"w": A}}, {})
    assert split(params, {"a": {"w": False}}, ties) == ({}, {"a": {"w": A}})
    assert tied({"a": {"w": A}}, ties) == params
    stored = {"a": {"w": A}}
    assert tied(stored, ()) is stored
    state = from_variables({"params": params}, optax.sgd(0.1), trainable={}, ties=ties)
    assert state.params == stored and state.variables["params"] == params
    assert state.ties == ties

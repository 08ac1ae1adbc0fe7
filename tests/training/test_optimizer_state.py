"""The order of an optimizer's arrays in files."""

import jax
import jax.numpy as jnp
import pytest

from jaxcnn.optimizers import SGD, Adam, Nadam
from jaxcnn.training.optimizer_state import named_arrays, slot_rank, with_arrays

PARAMS = {"a": {"bias": jnp.zeros(1), "kernel": jnp.zeros((2, 1))}, "b": {"bias": jnp.zeros(3)}}
ORDER = [("b", "bias"), ("a", "kernel"), ("a", "bias")]


def names(optimizer, params=PARAMS, order=ORDER):
    return [name for name, _ in named_arrays(optimizer.init(params), order)]


def test_the_count_then_slot_by_slot_the_weights_in_order():
    assert names(Adam()) == [
        "iterations",
        "m/b/bias",
        "m/a/kernel",
        "m/a/bias",
        "v/b/bias",
        "v/a/kernel",
        "v/a/bias",
    ]
    assert names(SGD()) == ["iterations"]


def test_what_belongs_to_no_weight_comes_last():
    assert names(Nadam())[-2:] == ["v/a/bias", "m_schedule"]
    assert names(Adam(), order=ORDER[:2])[-2:] == ["m/a/bias", "v/a/bias"]


def test_slots_by_name():
    state = Adam(amsgrad=True).init(PARAMS)
    assert [slot_rank(state, (name,)) for name in ("m", "v", "vhat", "other")] == [0, 1, 2, 3]
    assert slot_rank(state, ()) == 3
    assert slot_rank(state._replace(slots=(1, 2)), ("m",)) == 0


def test_arrays_go_back_where_they_were():
    state = jax.tree.map(jnp.array, Adam().init(PARAMS))  # no two leaves are one array
    values = [
        jnp.full(array.shape, 10 + i) for i, (_, array) in enumerate(named_arrays(state, ORDER))
    ]
    changed = with_arrays(state, ORDER, values)
    assert [float(array.max()) for _, array in named_arrays(changed, ORDER)] == list(range(10, 17))
    assert changed.count.dtype == jnp.int32 and changed.slots["m"]["b"]["bias"].dtype == jnp.float32
    assert changed.hyper == state.hyper


def test_arrays_that_do_not_fit():
    state = Adam().init(PARAMS)
    with pytest.raises(ValueError, match="The optimizer keeps 7 arrays; given 1"):
        with_arrays(state, ORDER, [0])
    values = [array for _, array in named_arrays(state, ORDER)]
    with pytest.raises(ValueError, match=r"'m/b/bias' has shape \(3,\); given \(4,\)"):
        with_arrays(state, ORDER, [values[0], jnp.zeros(4), *values[2:]])

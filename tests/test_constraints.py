"""Constraints on weights: values, axes and names."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import config, constraints
from jaxcnn.constraints import MaxNorm, MinMaxNorm, NonNeg, UnitNorm

W = np.array([[3.0, 0.3], [-4.0, 0.4]])  # columns of norm 5 and 0.5
EPS = 1e-7


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        (MaxNorm(2), W * [2 / 5, 1]),
        (MaxNorm(4, axis=1), W * [[1], [4 / np.hypot(4, 0.4)]]),
        (MaxNorm(2, axis=[0, 1]), W * 2 / np.linalg.norm(W)),
        (NonNeg(), np.maximum(W, 0)),
        (UnitNorm(), W / [5, 0.5]),
        (UnitNorm(axis=1), W / np.linalg.norm(W, axis=1, keepdims=True)),
        (MinMaxNorm(1.0, 2.0), W * [2 / 5, 1 / 0.5]),
        (MinMaxNorm(1.0, 2.0, rate=0.5), W * [3.5 / 5, 0.75 / 0.5]),
        (constraints.get(lambda w: 2 * w), 2 * W),
    ],
)
def test_values(constraint, expected):
    result = jax.jit(constraint)(jnp.asarray(W, jnp.float32))
    np.testing.assert_allclose(result, expected, rtol=1e-5)


@pytest.mark.parametrize("name", constraints.registry.items())
def test_contract(name):
    constraint = constraints.get(name)
    hash(constraint)
    assert constraints.deserialize(constraints.serialize(constraint)) == constraint
    for w in (jnp.zeros((3, 2)), jnp.ones((3, 3, 2, 4), jnp.bfloat16)):
        result = constraint(w)
        assert (result.shape, result.dtype) == (w.shape, w.dtype)
        assert np.isfinite(np.asarray(result, np.float32)).all()


def test_epsilon_stands_beside_the_norm():
    config.set_epsilon(1.0)
    try:
        np.testing.assert_allclose(UnitNorm()(jnp.asarray(W, jnp.float32)), W / [6, 1.5], rtol=1e-6)
    finally:
        config.reset()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("max_norm", MaxNorm(2)),
        ("maxnorm", MaxNorm(2)),
        ("non_neg", NonNeg()),
        ("nonneg", NonNeg()),
        ("unit_norm", UnitNorm()),
        ("unitnorm", UnitNorm()),
        ("min_max_norm", MinMaxNorm(0.0, 1.0, 1.0)),
        (None, None),
    ],
)
def test_names(name, expected):
    assert constraints.get(name) == expected


def test_both_words_for_the_greatest_norm():
    assert constraints.max_norm(3) == constraints.maxnorm(max_value=3) == MaxNorm(3)
    assert constraints.nonneg() == NonNeg()


def test_axes_given_as_a_list_survive_json():
    constraint = MaxNorm(2, axis=[0, 1, 2])
    assert (
        constraints.get({"class_name": "MaxNorm", "config": {"max_value": 2, "axis": [0, 1, 2]}})
        == constraint
    )

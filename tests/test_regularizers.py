"""Penalties on weights: values, gradients at zero and names."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import regularizers
from jaxcnn.regularizers import L1L2

W = jnp.array([[1.0, -2.0], [0.0, 3.0]])  # sum of |w|: 6, of w**2: 14


@pytest.mark.parametrize(
    ("regularizer", "expected"),
    [
        (L1L2(), 0.0),
        (L1L2(l1=0.5), 3.0),
        (L1L2(l2=0.5), 7.0),
        (regularizers.l1(0.1), 0.6),
        (regularizers.l2(0.1), 1.4),
        (regularizers.l1_l2(0.1, 0.2), 3.4),
        (regularizers.get("l1"), 0.06),
        (regularizers.get("l2"), 0.14),
        (regularizers.get("l1_l2"), 0.2),
        (regularizers.get("L1L2"), 0.0),
        (regularizers.get(lambda w: 2.0 * jnp.sum(w)), 4.0),
    ],
)
def test_penalty(regularizer, expected):
    penalty = jax.jit(regularizer)(W)
    assert penalty.shape == ()
    assert float(penalty) == pytest.approx(expected, rel=1e-6)


def test_gradient_at_zero_is_zero():
    np.testing.assert_array_equal(jax.grad(L1L2(0.1, 0.1))(jnp.zeros(3)), 0.0)


@pytest.mark.parametrize("name", regularizers.registry.items())
def test_contract(name):
    regularizer = regularizers.get(name)
    hash(regularizer)
    assert regularizers.deserialize(regularizers.serialize(regularizer)) == regularizer
    assert regularizer(W.astype(jnp.bfloat16)).dtype == jnp.bfloat16


def test_numbers_of_any_kind_become_floats():
    assert regularizers.serialize(L1L2(np.float32(0.5), 1)) == {
        "class_name": "L1L2",
        "config": {"l1": 0.5, "l2": 1.0},
    }


def test_a_users_class_in_the_keras_style():
    class Sum(regularizers.Regularizer):
        def __init__(self, factor=1.0):
            self.factor = factor

        def __call__(self, x):
            return self.factor * jnp.sum(x)

        def get_config(self):
            return {"factor": self.factor}

    config = regularizers.serialize(Sum(3.0))
    assert regularizers.deserialize(config, {"Sum": Sum})(W) == 6.0


def test_none_and_unknown():
    assert regularizers.get(None) is None
    with pytest.raises(ValueError, match="Unknown regularizer 'l3'"):
        regularizers.get("l3")

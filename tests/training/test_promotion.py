"""The guard under which the tests of the lower rooms run."""

import jax
import jax.numpy as jnp
import pytest


def test_dtypes_and_ranks_must_be_explicit():
    with pytest.raises(jax.dtypes.TypePromotionError, match="strict"):
        jnp.ones(2) + jnp.ones(2, jnp.int32)
    with pytest.raises(ValueError, match="rank_promotion"):
        jnp.ones((3, 2)) + jnp.ones(2)

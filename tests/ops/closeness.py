"""How the tests of operations compare arrays."""

import jax
import numpy as np


def assert_close(actual, expected, tolerance=1e-5):
    """Each array within `tolerance` of the largest expected value, of the same shape and dtype."""
    for a, b in zip(jax.tree.leaves(actual), jax.tree.leaves(expected), strict=True):
        assert a.shape == b.shape and a.dtype == b.dtype
        a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
        assert np.abs(a - b).max(initial=0) <= tolerance * max(np.abs(b).max(initial=0), 1e-3)

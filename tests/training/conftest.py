"""Strict promotion of dtypes for the library's own code, and data for tiny networks."""

import jax
import numpy as np
import pytest


@pytest.fixture(autouse=True)
def strict_promotion():
    """No computation here may mix dtypes without saying so."""
    with jax.numpy_dtype_promotion("strict"):
        yield


@pytest.fixture
def blobs():
    """(x, one-hot y): 50 samples of 4 numbers in 3 classes that a small network can tell apart."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 50)
    x = rng.normal(size=(50, 4)) + 2 * np.eye(3, 4)[labels]
    return x.astype("float32"), np.eye(3, dtype="float32")[labels]

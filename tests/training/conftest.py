"""Data for tiny networks."""

import numpy as np
import pytest


@pytest.fixture
def blobs():
    """(x, one-hot y): 50 samples of 4 numbers in 3 classes that a small network can tell apart."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 50)
    x = rng.normal(size=(50, 4)) + 2 * np.eye(3, 4)[labels]
    return x.astype("float32"), np.eye(3, dtype="float32")[labels]

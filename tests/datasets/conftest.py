"""Data set tests see no folder of the user's and no network."""

import os
from pathlib import Path

import numpy as np
import pytest

REAL = Path(os.environ.get("JAXCNN_HOME", "~/.jaxcnn")).expanduser()  # before the tests hide it


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty machine without a network; returns its ``$JAXCNN_HOME/datasets``."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("JAXCNN_OFFLINE", "1")
    for name in ("JAXCNN_HOME", "KERAS_HOME", "TFDS_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / ".jaxcnn/datasets"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def digits():
    """A few random images with the shapes and types of MNIST, for training and for testing."""
    rng = np.random.default_rng(0)
    return tuple(
        (rng.integers(0, 256, (n, 28, 28), np.uint8), rng.integers(0, 10, n, np.uint8))
        for n in (7, 3)
    )


@pytest.fixture
def real_mnist(monkeypatch):
    """Makes the machine's own MNIST visible; skips where there is none."""
    if not (REAL / "datasets/mnist.npz").exists():
        pytest.skip(f"needs the real MNIST: {REAL / 'datasets/mnist.npz'}")
    monkeypatch.setenv("JAXCNN_HOME", str(REAL))


@pytest.fixture
def real(monkeypatch):
    """Makes the machine's own data visible; skips where a file of it is missing."""

    def needs(name):
        if not (REAL / "datasets" / name).exists():
            pytest.skip(f"needs real data: {REAL / 'datasets' / name}")
        monkeypatch.setenv("JAXCNN_HOME", str(REAL))

    return needs

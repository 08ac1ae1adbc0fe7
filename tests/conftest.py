"""What every test shares: the CPU, compiled programs kept on disk, and names, settings and seed
that start afresh.
"""

import os
import tempfile
from pathlib import Path

os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["JAXCNN_KEEP_MEMORY"] = (
    "0"  # a process that runs thousands of tests should give memory back
)
os.environ.setdefault(
    "JAX_COMPILATION_CACHE_DIR", str(Path(tempfile.gettempdir()) / "jaxcnn-tests-compiled")
)
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.1")

import pytest

from jaxcnn import config
from jaxcnn.layers import naming


@pytest.fixture(autouse=True)
def afresh():
    """Each test begins with dense_1, seed 0 and the default settings, whatever ran before it."""
    config.reset()
    naming.reset_names()
    yield
    config.reset()

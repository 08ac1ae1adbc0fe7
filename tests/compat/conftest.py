"""Running what was written for Keras inside the test process, with `keras` standing for this
library.
"""

import sys

import pytest

from jaxcnn import compat
from jaxcnn.compat import files_of_then


@pytest.fixture(autouse=True)
def h5py_as_it_is(monkeypatch):
    """A program run in this process does not change h5py for the tests that come after it."""
    monkeypatch.setattr(files_of_then, "restore", lambda: None)


@pytest.fixture
def as_keras():
    """Within the test ``import keras`` finds jaxcnn; another Keras that other tests use is put back
    afterwards.
    """
    other = {
        name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "keras"
    }
    compat.install()
    yield
    compat.uninstall()
    sys.modules.update(other)

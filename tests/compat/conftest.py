"""Running what was written for Keras inside the test process, with `keras` standing for this
library.
"""

import importlib

import pytest

from jaxcnn import compat
from jaxcnn.compat import files_of_then

from ..other_keras import set_aside


@pytest.fixture(autouse=True)
def h5py_as_it_is(monkeypatch):
    """A program run in this process does not change h5py for the tests that come after it."""
    monkeypatch.setattr(files_of_then, "restore", lambda: None)


@pytest.fixture
def as_keras():
    """Within the test ``import keras`` finds jaxcnn; another Keras that other tests use is put back
    afterwards.
    """
    with set_aside():
        compat.install()
        yield


@pytest.fixture
def keras(request):
    """Within the test ``import keras`` finds jaxcnn in the dialect that is the parameter."""
    with set_aside():
        compat.install(request.param)
        yield importlib.import_module("keras")


@pytest.fixture
def keras22(as_keras):
    """Keras 2.2 and TensorFlow 1.13."""
    compat.install("2.2", tensorflow=True)
    return importlib.import_module("keras")

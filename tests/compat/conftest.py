"""Running what was written for Keras inside the test process, with `keras` standing for this
library.
"""

import sys

import pytest

from jaxcnn import compat


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

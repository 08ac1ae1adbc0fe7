"""Programs in the words of TensorFlow 1, run as ``python -m jaxcnn.compat`` runs them."""

import sys
from pathlib import Path

import numpy as np
import pytest

from jaxcnn import compat
from jaxcnn.compat import __main__ as command

SCRIPTS = Path(__file__).parent / "scripts"


@pytest.fixture
def tf(monkeypatch):
    """The stand-in for TensorFlow, with a graph of its own; the real one is put back afterwards."""
    others = {
        name: sys.modules.pop(name)
        for name in list(sys.modules)
        if name.partition(".")[0] in ("keras", "tensorflow")
    }
    compat.install(tensorflow=True)
    import tensorflow

    tensorflow.reset_default_graph()
    tensorflow.flags.FLAGS.clear()
    yield tensorflow
    compat.uninstall()
    sys.modules.update(others)


@pytest.fixture
def run(tf, tmp_path, monkeypatch):
    """Runs a script with arguments in an empty folder and returns its names."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", list(sys.argv))
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    np.random.seed(0)

    def called(name, *arguments):
        script = name if Path(name).is_absolute() else str(SCRIPTS / name)
        try:
            command.main([script, *arguments])
        except SystemExit as exit:
            assert exit.code in (None, 0)
        return vars(sys.modules["__main__"])

    return called

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


@pytest.fixture
def check_values(tf):
    """Compares expressions with values, in two runs, because what has a size that depends on
    values is not compiled.
    """

    def is_by_value(tensor):
        return hasattr(tensor, "op") and tensor.op.by_value

    def checked(cases, scope):
        tensors = {expression: eval(expression, {**scope, "tf": tf}) for expression in cases}
        by_value = {e: t for e, t in tensors.items() if is_by_value(t)}
        session = tf.Session()
        values = session.run({e: t for e, t in tensors.items() if e not in by_value})
        values |= session.run(by_value)
        for expression, expected in cases.items():
            np.testing.assert_allclose(
                values[expression], expected, rtol=2e-5, atol=1e-6, err_msg=expression
            )

    return checked

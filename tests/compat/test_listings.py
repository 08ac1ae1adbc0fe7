"""The calls of the sources' listings, in their order and spelling, one small program for each.

Each runs in this process as ``python -m jaxcnn.compat`` runs it.
"""

import sys
from pathlib import Path

import pytest

from jaxcnn import config
from jaxcnn.compat import __main__ as command
from jaxcnn.compat import era

LISTINGS = sorted((Path(__file__).parent / "scripts/listings").glob("*.py"))


@pytest.fixture
def restored_words(monkeypatch):
    """The old words of NumPy and Python are given back for the length of a test only."""

    def restore():
        for module, names in era.REMOVED.items():
            for name, value in names.items():
                if name not in vars(module):
                    monkeypatch.setitem(vars(module), name, value)

    monkeypatch.setattr(era, "restore", restore)


@pytest.mark.parametrize("path", LISTINGS, ids=lambda path: path.stem)
def test_listing(path, as_keras, restored_words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", list(sys.argv))
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    try:
        command.main([str(path)])
    finally:
        config.reset()

"""The programs are not part of the installed package: they are imported from the checkout."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

# At the end, so that the installed jaxcnn is tested, where it is installed.
sys.path.append(str(Path(__file__).parents[2]))

from experiments.program import Entry, Program
from experiments.sources import Printed
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential


def learn(run):
    """A small program: a line is learnt."""
    x = np.random.default_rng(run.seed).random((64, 2)).astype("float32")
    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    history = model.fit(
        x, x.sum(1), epochs=run.settings.epochs, verbose=0, checkpoint_dir=run.checkpoint_dir
    )
    run.figure("loss", history.history["loss"][-1])
    run.check("parameters", model.count_params(), 3)
    run.curve(history)
    run.picture("points", x.reshape(1, 8, 16, 1))
    run.model(model)


SMALL = Program(
    "A line",
    ("T1",),
    why={"loss": "three epochs"},
    settings={"epochs": 3, "note": "a"},
    quick={"epochs": 2},
)


@pytest.fixture
def entry(monkeypatch):
    """A program that is in no folder, of a source that prints its loss."""
    table = {"loss": Printed(0.01, "quickstart", "1", "0.01")}
    for module in ("run", "figures"):
        monkeypatch.setattr(f"experiments.{module}.printed", lambda name: dict(table))
    return Entry("small", "quickstart", SMALL, learn)


@pytest.fixture
def only_small(entry, monkeypatch):
    """The runner knows no other program."""
    for name in ("program", "report", "gallery", "__main__"):
        monkeypatch.setattr(
            importlib.import_module(f"experiments.{name}"), "programs", lambda: {"small": entry}
        )

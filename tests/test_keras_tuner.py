"""The search of docs/guides/ecosystem.md, by Keras Tuner itself."""

import re

import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn.layers import Dense

from .pages import DOCS


@pytest.fixture
def keras_tuner(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    return pytest.importorskip("keras_tuner", reason="needs pip install keras-tuner")


@pytest.mark.filterwarnings("ignore")  # of Keras, when it is imported
def test_the_search_of_the_guide_finds_the_best_of_its_trials(keras_tuner, tmp_path):
    page = (DOCS / "guides/ecosystem.md").read_text()
    code = re.search(r"```text\n(class Search.*?)goal = ", page, flags=re.DOTALL)[1]
    x = np.random.default_rng(0).random((80, 8), np.float32)
    names = {"jc": jc, "Dense": Dense, "keras_tuner": keras_tuner}
    exec(code, names)
    search = names["Search"](
        objective=keras_tuner.Objective("val_loss", "min"),
        max_trials=4,
        seed=0,
        directory=tmp_path,
    )
    search.search(x, np.sin(3 * x.sum(axis=1)))
    scores = {trial.score: trial for trial in search.oracle.trials.values()}
    assert len(scores) == 4
    best = search.get_best_hyperparameters()[0].values
    assert best == scores[min(scores)].hyperparameters.values
    assert 4 <= best["units"] <= 64 and 1e-4 <= best["rate"] <= 1e-1

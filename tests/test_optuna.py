"""The search of docs/guides/ecosystem.md, by Optuna itself."""

import re
import textwrap

import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn.layers import Dense

from .pages import DOCS

optuna = pytest.importorskip("optuna", reason="needs optuna: pip install optuna")


def test_the_search_of_the_guide_finds_a_better_network():
    page = (DOCS / "guides/ecosystem.md").read_text()
    code = re.search(r"```text\n(def objective.*?)study = ", page, flags=re.DOTALL)[1]
    rng = np.random.default_rng(0)
    x = rng.random((80, 8), np.float32)
    names = {"jc": jc, "Dense": Dense, "optuna": optuna, "x": x, "y": np.sin(3 * x.sum(axis=1))}
    exec(textwrap.dedent(code), names)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(
        sampler=optuna.samplers.RandomSampler(seed=0),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=2, n_warmup_steps=1),
    )
    study.optimize(names["objective"], n_trials=8)
    states = {trial.state for trial in study.trials}
    assert states == {optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED}
    values = [trial.value for trial in study.trials if trial.value is not None]
    assert study.best_value == min(values) and set(study.best_params) == {"units", "rate"}

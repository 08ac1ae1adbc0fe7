"""Time to an answer: what is trained on, when it ends, and what the page says."""

import json
from dataclasses import replace

import numpy as np
import pytest

from experiments.benchmarks import answer
from experiments.benchmarks.contestants import jaxcnn_fit
from experiments.benchmarks.networks import NETWORKS

TINY = replace(NETWORKS["tiny"], optimizer="adam", lr=0.01, batch_size=8, seed=3)


def test_parts_are_quarters_of_epochs_that_only_the_seed_decides():
    x = np.arange(70)
    first, again = (list(answer.parts(x, -x, TINY))[:8] for _ in range(2))
    other = next(iter(answer.parts(x, -x, replace(TINY, seed=4))))
    assert all(len(part) == 16 for part, _ in first)  # 70 // 4, in batches of 8
    assert len(set(np.concatenate([part for part, _ in first[:4]]))) == 64
    assert all(np.array_equal(a, b) for (a, _), (b, _) in zip(first, again, strict=True))
    assert not np.array_equal(first[0][0], other[0])
    assert all(np.array_equal(part, -targets) for part, targets in first)


def test_it_ends_with_the_first_accuracy_that_reaches_the_bar():
    accuracies = iter((0.5, 0.9, 0.99, 1.0))
    samples = ((np.zeros(4), np.zeros(4)) for _ in range(9))
    fitted = []
    result = answer.search(
        lambda x, y: fitted.append(len(x)), lambda: next(accuracies), samples, 0.99
    )
    assert result == {"accuracy": 0.99, "samples": 12} and fitted == [4, 4, 4]


def test_no_answer_is_an_error():
    with pytest.raises(RuntimeError, match=r"no answer after 8 samples: accuracy 0\.1, not 0\.99"):
        answer.search(lambda x, y: None, lambda: 0.1, iter([(np.zeros(8), np.zeros(8))]), 0.99)


def test_our_contestant_learns_from_where_it_was():
    rng = np.random.default_rng(0)
    y = np.eye(10, dtype=np.float32)[rng.integers(0, 10, 64)]
    x = np.repeat(y, 79, axis=1)[:, :784]
    fit, accuracy = jaxcnn_fit.learner(TINY)
    before = accuracy(x, y)
    for _ in range(4):
        fit(x, y)
    assert before < 0.5 and accuracy(x, y) == 1.0


def test_starting_weights_follow_the_seed():
    first, same, other = (
        replace(NETWORKS["tiny"], seed=seed).weights()[0][0] for seed in (1, 1, 2)
    )
    assert np.array_equal(first, same) and not np.array_equal(first, other)


def test_the_page_compares_processor_time_and_lists_both_states(tmp_path):
    message = {"accuracy": 0.99, "samples": 1000, "since_process": 9.0, "load_before": 0.0}
    runs = {
        "mnist jaxcnn 0 cold": {**message, "seconds": 10.0, "cpu": 20.0},
        "mnist jaxcnn 0 again": {**message, "seconds": 8.0, "cpu": 15.0},
        "mnist torch 0 cold": {**message, "seconds": 25.0, "cpu": 50.0},
        "mnist torch 1 cold": {**message, "seconds": 27.0, "cpu": 70.0},
    }
    answer.write(tmp_path / "answer.json", runs)
    written = json.loads((tmp_path / "answer.json").read_text())
    rows = {
        line.split("|")[1].strip(): [cell.strip() for cell in line.split("|")[2:-1]]
        for line in written["report"].splitlines()[3:]
    }
    assert written["report"].startswith("MNIST, P12's network to 99% of the test images")
    assert rows["jaxcnn"][3:6] == ["1.00", "8 (8-8)", "15 (15-15)"]
    assert rows["PyTorch eager, channels last"] == [
        *("2", "26 (25-27)", "60 (50-70)", "3.00", "", "", "1,000 (1,000-1,000)")
    ]
    assert written["bars"] == {
        "MNIST, P12's network, cold: s to the answer": {
            "jaxcnn": 10.0,
            "PyTorch eager, channels last": 26.0,
        }
    }
    assert written["runs"] == runs

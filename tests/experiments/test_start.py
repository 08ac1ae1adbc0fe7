"""Starts of scripts: what is started how often, and what the table says."""

import json
import sys

import pytest

from experiments.benchmarks import start


@pytest.fixture
def processes(monkeypatch):
    """The processes that were asked for, each of which takes as long as it has predecessors."""
    asked = []

    class Child:
        def __init__(self, program, contestant, arguments, **environment):
            asked.append((*arguments, *environment))

        def receive(self):
            return {"since_process": float(len(asked)), "cpu": 2.0 * len(asked)}

        def close(self):
            pass

    monkeypatch.setattr(start, "Process", Child)
    return asked


def test_only_what_keeps_programs_starts_again(processes):
    measured = start.starts("tiny", ("jaxcnn", "torch"), 2)
    one = [("jaxcnn", "tiny", "JAXCNN_HOME")] * 2 + [("torch", "tiny")]
    assert processes == one * 2
    assert measured["jaxcnn"] == {
        "cold": {"seconds": [1.0, 4.0], "cpu": [2.0, 8.0]},
        "again": {"seconds": [2.0, 5.0], "cpu": [4.0, 10.0]},
    }
    assert measured["torch"] == {"cold": {"seconds": [3.0, 6.0], "cpu": [6.0, 12.0]}}
    row = start.cells(measured["torch"], measured)
    assert row == ["4.50 (3.00-6.00)", "9.00 (6.00-12.00)", "", "", "1.29"]


def test_the_page_has_imports_too(processes, monkeypatch, tmp_path):
    monkeypatch.setattr(start, "BELOW", "pass")
    monkeypatch.setattr(start, "ABOVE", "sum(range(3_000_000))")
    arguments = ["--networks", "tiny", "--contestants", "jaxcnn", "--repeats", "1"]
    assert start.main([*arguments, "--imports", "2", "--out", str(tmp_path)]) == 0
    result = json.loads((tmp_path / "start.json").read_text())
    below, above = result["import"]["below"], result["import"]["above"]
    assert len(below["values"]) == 2 and 0 < below["median"] < above["median"]
    assert result["bars"] == {"MLP 784-32-10, again: s to the first step": {"jaxcnn": 2.0}}


def test_a_start_of_ours(monkeypatch):
    losses = []

    class Session:
        mode, epochs = "first step", 1

        def __init__(self, mode):
            pass

        def begin(self):
            pass

        def first_step(self, loss):
            losses.append(loss)
            sys.exit(0)

    monkeypatch.setattr(start, "Session", Session)
    with pytest.raises(SystemExit):
        start.take_part("jaxcnn", "tiny")
    assert len(losses) == 1 and losses[0] > 1.0

"""Programs take the source's own weights where they are, here random ones in their place."""

import dataclasses
from pathlib import Path

import pytest

from experiments.data import DATA, Data
from experiments.program import programs
from experiments.run import execute
from jaxcnn import applications

PROGRAMS = [
    ("c3_alexnet", "alexnet", "AlexNet"),
    ("c4_cats_and_dogs", "alexnet", "AlexNet"),
    ("c6_style", "vgg19", "VGG19"),
    ("n4_style", "vgg19", "VGG19"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "data", "network"), PROGRAMS, ids=[row[0] for row in PROGRAMS])
def test_a_program_runs_with_the_source_s_own_weights(name, data, network, tmp_path, monkeypatch):
    monkeypatch.setenv("JAXCNN_OFFLINE", "1")
    entry = programs()[name]
    others = [DATA[other] for other in entry.program.data if other != data]
    if not all(other.present() for other in others):
        pytest.skip("needs images")
    monkeypatch.setitem(DATA, data, dataclasses.replace(DATA[data], own=Here("theirs", "real")))
    application = getattr(applications, network)
    calls = []

    def random_weights(weights="imagenet", **options):
        calls.append(weights)
        return application(weights=None, **options)

    random_weights.size = application.size
    random_weights.preprocess_input = application.preprocess_input
    monkeypatch.setattr(applications, network, random_weights)
    result = execute(entry, tmp_path / "out", quick=True)
    assert result["state"] == "passed", result.get("error")
    assert {"title": "theirs", "kind": "real", "file": "weights"} in result["data"]
    assert "imagenet" in calls


@dataclasses.dataclass(frozen=True)
class Here(Data):
    """A file that is there."""

    def place(self):
        return Path("weights")

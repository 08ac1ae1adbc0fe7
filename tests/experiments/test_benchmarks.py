"""The benchmarks run, and their contestants agree; nothing is timed."""

from dataclasses import replace
from pathlib import Path

import pytest

from experiments.benchmarks import __main__ as suite
from experiments.benchmarks import applications, environments, memory, predict, train_step
from experiments.benchmarks.gpu import GPU_NETWORKS
from experiments.benchmarks.networks import NETWORKS, activated

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def in_the_checkout(monkeypatch):
    monkeypatch.chdir(ROOT)  # contestants are started with python -m


@pytest.mark.slow
def test_training_contestants_agree(capfd):
    arguments = [
        "--quick",
        "--networks",
        "tiny,lstm",
        "--contestants",
        "jaxcnn,jax_loop,jax_scan,keras",
    ]
    assert train_step.main(arguments) == 0
    assert "All agree." in capfd.readouterr().out


def test_predicting_contestants_agree(capfd):
    assert (
        predict.main(["--quick", "--networks", "mnist_cnn", "--contestants", "jaxcnn,xla,jax_loop"])
        == 0
    )
    assert "All agree." in capfd.readouterr().out


def test_arithmetic_of_resnet50():
    """3.8e9 multiply-adds on 224x224 are published for it (He et al., 2015, table 1)."""
    assert GPU_NETWORKS["resnet50_224"].flops() / 6 == pytest.approx(3.86e9, rel=0.01)


def test_activations_within_layers():
    layers = (("conv", 8), ("relu",), ("norm",), ("relu",), ("dense", 2))
    assert list(activated(layers, inline=False)) == [(layer, {}) for layer in layers]
    found = [
        (("conv", 8), {"activation": "relu"}),
        (("norm",), {}),
        (("relu",), {}),
        (("dense", 2), {}),
    ]
    assert list(activated(layers, inline=True)) == found
    assert list(activated((), inline=False)) == []  # the short way of a residual block


def test_weights_of_resnet50():
    trained = sum(array.size for arrays in NETWORKS["resnet50"].weights() for array in arrays)
    assert trained == 23_587_712 + 2048 * 10 + 10


def test_page_of_results(tmp_path, monkeypatch):
    monkeypatch.setattr(suite, "HERE", tmp_path)
    arguments = [
        "--networks",
        "tiny",
        "--contestants",
        "jaxcnn,jax_loop",
        "--repeats",
        "1",
        "--out",
        str(tmp_path),
    ]
    assert predict.main(arguments) == 0
    suite.publish(tmp_path)
    page = (tmp_path / "RESULTS.md").read_text()
    assert (
        "predict, MLP 784-32-10, batch 32" in page
        and "| jaxcnn " in page
        and "1.00 (1.00-1.00)" in page
    )
    assert (tmp_path / "predict.png").stat().st_size > 5_000


def test_unknown_names(capsys):
    with pytest.raises(SystemExit):
        train_step.main(["--networks", "tinny"])
    assert "unknown: tinny; there are mlp, tiny" in capsys.readouterr().err


@pytest.mark.slow
def test_contestants_with_applications(capfd):
    assert (
        applications.main(["--quick", "--networks", "MobileNet", "--cases", "latency,training"])
        == 0
    )
    assert capfd.readouterr().out.count("all ran") == 2


def test_an_environment_of_its_own_is_used_where_it_was_made_to_the_end(tmp_path, monkeypatch):
    monkeypatch.setenv("JAXCNN_BENCHMARKS", str(tmp_path))
    contestant = train_step.CONTESTANTS["tf_keras"]
    python = environments.folder("tf_keras") / "bin" / "python"
    assert contestant.python == str(python)
    made = []
    monkeypatch.setattr(
        environments.venv,
        "create",
        lambda folder, **_: (folder.mkdir(parents=True), made.append(folder)),
    )
    monkeypatch.setattr(
        environments.subprocess, "run", lambda command, check: made.append(command[0])
    )
    assert "python -m experiments.benchmarks.environments" in contestant.missing()
    assert environments.main() == 0
    assert made == [tmp_path / "tf_keras", str(python), str(python)]
    assert contestant.missing() is None
    assert environments.main() == 0 and len(made) == 3


def test_memory_takes_the_place_of_the_last_table(tmp_path, monkeypatch):
    page = tmp_path / "PROFILE.md"
    page.write_text("# Time\n\n| a |\n")
    parts = {"import": 100.0, memory.PEAK: 250.0}

    class Child:
        def __init__(self, program, contestant, arguments, **environment):
            self.role = arguments[0]

        def receive(self):
            return parts

        def epoch(self):
            return {"peak_mib": 200.0}

        def close(self):
            pass

    monkeypatch.setattr(memory, "Process", Child)
    monkeypatch.setattr(memory.CONTESTANTS["torch"].__class__, "missing", lambda self: None)
    for _ in range(2):
        assert memory.main(["--networks", "tiny", "--batches", "8", "--out", str(page)]) == 0
    text = page.read_text()
    assert text.startswith("# Time\n\n| a |\n\n# Where the memory of a training goes\n")
    assert text.count(memory.HEADING) == text.count("## MLP 784-32-10") == 1
    parts[memory.PEAK] = 300.0
    assert memory.main(["--networks", "lstm", "--batches", "8,16", "--out", str(page)]) == 0
    both = page.read_text()
    assert both.startswith(text.rstrip()) and both.count("## ") == 2
    ratios = [line.split("|")[2:-1] for line in both.splitlines() if "over PyTorch" in line]
    assert [[cell.strip() for cell in row] for row in ratios] == [["1.25"], ["1.50", "1.50"]]


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux")
def test_parts_of_memory():
    small = replace(NETWORKS["tiny"], batch_size=4, samples=8)
    parts = memory.parts_of(small)
    assert parts["weights and statistics, of the layers"] == pytest.approx(
        4 * (784 * 32 + 32 + 32 * 10 + 10) / 2**20
    )
    assert parts["data set"] == pytest.approx(4 * 8 * (784 + 10) / 2**20)
    assert parts["temporary buffers of the step, by XLA"] > 0
    assert parts[memory.PEAK] > 0

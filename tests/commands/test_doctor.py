"""``jaxcnn doctor``: the table, the JSON object, and what it survives."""

import json
import subprocess
import sys

import jax
import numpy as np
import pytest

from jaxcnn import commands, ops
from jaxcnn.commands import doctor


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A JAXCNN_HOME with one tiny MNIST and one weight file, and nothing else to be report."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("JAXCNN_HOME", str(tmp_path / "mine"))
    for name in ("KERAS_HOME", "TFDS_DATA_DIR", "JAXCNN_CACHE", "JAX_COMPILATION_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "mine/datasets").mkdir(parents=True)
    np.savez(tmp_path / "mine/datasets/mnist.npz", x_train=np.zeros(1))
    (tmp_path / "mine/models").mkdir()
    (tmp_path / "mine/models/vgg16.h5").touch()
    (tmp_path / "mine/models/notes.txt").touch()
    return tmp_path / "mine"


def test_doctor_as_json(home, capsys):
    assert commands.main(["doctor", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["packages"]["jax"].split(".")[0].isdigit()
    assert report["folders"]["JAXCNN_HOME"] == str(home)
    assert report["data sets"]["mnist"] == str(home / "datasets/mnist.npz")
    assert report["data sets"]["cifar10"] is None
    assert report["weights"] == {"vgg16.h5": str(home / "models/vgg16.h5")}
    assert report["system"]["disk free"] > 0
    assert len(report["devices"]) >= 1


def test_doctor_as_table(home, capsys):
    assert commands.main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "system"
    words = [line.split(maxsplit=1) for line in lines if line]
    assert ["mnist", str(home / "datasets/mnist.npz")] in words
    assert ["cifar10", "not found"] in words
    column = {
        line.index(line.split(maxsplit=1)[1]) for line in lines if line.startswith("  mnist ")
    }
    assert column == {line.index("not found") for line in lines if line.endswith("not found")}


def test_doctor_names_what_is_absent(home, monkeypatch, capsys):
    monkeypatch.setattr(doctor, "PACKAGES", ("numpy", "no-such-package"))
    commands.main(["doctor"])
    assert ["no-such-package", "absent"] in [
        line.split() for line in capsys.readouterr().out.splitlines()
    ]


def test_doctor_survives_what_it_is_asked_about(home, monkeypatch, capsys):
    def broken():
        raise RuntimeError("no CUDA driver")

    monkeypatch.setattr(jax, "devices", broken)
    folder = home.parent / "tensorflow_datasets/cifar10/3.0.2"
    folder.mkdir(parents=True)
    (folder / "dataset_info.json").write_text("{")
    assert commands.main(["doctor"]) == 0
    output = capsys.readouterr().out
    assert "no CUDA driver" in output
    assert "dataset_info.json is damaged" in output


def test_doctor_says_which_convolutions_are_used(home, monkeypatch, capsys):
    monkeypatch.setattr(ops, "accelerated", lambda: False)
    monkeypatch.setattr(ops, "why_not", lambda: "not compiled")
    commands.main(["doctor"])
    assert "XLA (not compiled)" in capsys.readouterr().out
    monkeypatch.setattr(ops, "accelerated", lambda: True)
    commands.main(["doctor"])
    assert ["on", "CPU", "oneDNN"] in [
        line.split() for line in capsys.readouterr().out.splitlines()
    ]


def test_python_m_jaxcnn_in_its_own_process(home):
    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "jaxcnn", *arguments], capture_output=True, text=True
        )

    report = json.loads(run("doctor", "--json").stdout)
    assert report["folders"]["compilation cache"] == str(home / "cache")
    unknown = run("docter")
    assert unknown.returncode == 2
    assert "doctor" in unknown.stderr

"""Damaged files that coverage leads to are read or end in one error, too."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("guided.py")
SECONDS = 15

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("atheris") is None,
        reason="atheris is not installed: pip install atheris (Linux, up to Python 3.11)",
    ),
]


@pytest.mark.parametrize(
    "name",
    [
        "m.h5",
        "m.keras",
        "m.json",
        "m.yaml",
        "w.weights.h5",
        "y.cfg",
        "y.weights",
        "train-images-idx3-ubyte",
        "gz/train-images-idx3-ubyte.gz",
        "d.npz",
        "d.pkl",
        "k.npy",
        "k.mat",
        "f.json",
        "f.npz",
        "n.checkpoint.index",
        "n.checkpoint.data-00000-of-00001",
        "s.safetensors",
        "t.pt",
        "old.pt",
        "o.onnx",
        "js/model.json",
        "i.png",
    ],
)
def test_what_coverage_leads_to_is_read_or_refused_by_one_error(name, tmp_path):
    command = [sys.executable, str(SCRIPT), str(tmp_path), name, str(SECONDS)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    assert "Done" in run.stderr and not (tmp_path / "spoilt").exists()

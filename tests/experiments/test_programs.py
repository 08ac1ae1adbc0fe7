"""Every program of the sources, at the scale of seconds, through the runner."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.program import programs
from experiments.run import execute

# These take more than five seconds each even so; they run with -m slow.
HEAVY = {
    "c6_style",
    "c8_emotion",
    "n1_resnet",
    "n2_yolo",
    "n3_faces",
    "n4_style",
    "p01_lstm",
    "p05_fooling",
    "p11_fine_tuning",
    "p13_cifar10",
    "p13_cifar10_sgd",
    "p14_two_people",
    "p17_denoising",
    "p20_tagging",
    "q1_p20_headlines",
    "q2_p24_grid_search",
    "q2_p26_cifar10",
    "q2_p27_newsgroups",
    "q2_p28_dcgan",
    "u12_batch_normalization",
    "u21_applications",
}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] * (n in HEAVY)) for n in programs()]
)
def test_program_quickly(name, tmp_path, monkeypatch):
    monkeypatch.setenv("JAXCNN_OFFLINE", "1")
    result = execute(programs()[name], tmp_path, quick=True)
    if result["state"] == "skipped":
        pytest.skip(f"needs {result['needs']}")
    assert result["state"] == "passed", result["error"]
    written = [*result["pictures"], *(f"{curve['name']}.png" for curve in result["curves"])]
    assert all((tmp_path / name).stat().st_size for name in written)


def test_heavy_programs_exist():
    assert set(programs()) >= HEAVY


@pytest.mark.parametrize("name", programs())
def test_program_says_what_it_is_and_how_to_run_it(name):
    entry = programs()[name]
    text = __import__(entry.main.__module__, fromlist=["main"]).__doc__
    assert f"python -m experiments run {name}" in text
    assert entry.program.ids and entry.program.title


@pytest.mark.parametrize("count", [2, 3])
def test_u5_trains_on_several_devices(count, tmp_path):
    if programs()["u05_many_devices"].program.missing():
        pytest.skip("needs MNIST")
    flags = {} if count == 2 else {"XLA_FLAGS": "--xla_force_host_platform_device_count=3"}
    environment = {name: value for name, value in os.environ.items() if name != "XLA_FLAGS"}
    arguments = ["-m", "experiments", "run", "U5", "--quick", "--out", str(tmp_path)]
    subprocess.run(
        [sys.executable, *arguments],
        env=environment | flags,
        cwd=Path(__file__).parents[2],
        check=True,
    )
    result = json.loads((tmp_path / "u05_many_devices/result.json").read_text())
    assert result["machine"]["device count"] == count
    assert result["figures"][0] == {"name": "devices", "values": [count], "exact": False}
    assert result["figures"][1]["name"] == "loss of two steps, difference from one device"

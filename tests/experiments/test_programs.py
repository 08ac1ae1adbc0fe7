"""Every program of the sources, at the scale of seconds, through the runner."""

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

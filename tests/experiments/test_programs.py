"""Every program of the sources, at the scale of seconds, through the runner."""

import pytest

from experiments.program import programs
from experiments.run import execute


@pytest.mark.parametrize("name", programs())
def test_program_quickly(name, tmp_path, monkeypatch):
    monkeypatch.setenv("JAXCNN_OFFLINE", "1")
    result = execute(programs()[name], tmp_path, quick=True)
    if result["state"] == "skipped":
        pytest.skip(f"needs {result['needs']}")
    assert result["state"] == "passed", result["error"]
    written = [*result["pictures"], *(f"{curve['name']}.png" for curve in result["curves"])]
    assert all((tmp_path / name).stat().st_size for name in written)


@pytest.mark.parametrize("name", programs())
def test_program_says_what_it_is_and_how_to_run_it(name):
    entry = programs()[name]
    text = __import__(entry.main.__module__, fromlist=["main"]).__doc__
    assert f"python -m experiments run {name}" in text
    assert entry.program.ids and entry.program.title

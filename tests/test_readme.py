"""The README: its Python runs from top to bottom, its commands exist, its links lead somewhere, and
each of its three readers finds what they need on one screen.
"""

import re
import subprocess
import sys

import pytest

from .pages import ROOT, anchors, code_blocks, fences, links, run

TEXT = (ROOT / "README.md").read_text()
READERS = ("With a book in your hands", "With JAX", "With a cluster")
COMMANDS = [
    line.partition("#")[0].split()
    for kind, code in fences(TEXT)
    for line in code.splitlines()
    if kind == "sh" and line.startswith("python -m jaxcnn.")
]


def test_the_python_blocks_run_in_order(tmp_path, monkeypatch, capsys):
    blocks = list(code_blocks(TEXT))
    assert len(blocks) >= 3
    monkeypatch.chdir(tmp_path)
    namespace: dict = {"__name__": "readme"}
    for block in blocks:
        run(block, "readme", tmp_path, namespace)
    assert (tmp_path / "model.h5").exists()
    assert namespace["probabilities"].shape == (8, 10)
    assert namespace["y"].shape == (4, 8, 8, 8)
    assert "Total params: 54,410" in capsys.readouterr().out


def test_the_two_commands_come_first():
    first, second, *_ = (code.strip() for kind, code in fences(TEXT) if kind == "sh")
    assert first.endswith('pip install ".[sample]" && .venv/bin/jaxcnn quickstart')
    assert second.endswith('pip install ".[test]" && .venv/bin/pytest -n 2')


@pytest.mark.parametrize("title", READERS)
def test_each_reader_has_one_screen(title):
    section = TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]
    assert len(section.splitlines()) <= 50
    assert len(re.findall(r"\]\(", section)) >= 3


def test_links_lead_somewhere():
    targets = [target for _, _, target in links(TEXT)]
    assert len(targets) >= 20
    for target in targets:
        path, _, anchor = target.partition("#")
        assert not path or (ROOT / path).exists(), target
        assert path or anchor in anchors(TEXT), target


def test_the_words_are_plain():
    words = re.sub(r"`[^`]*`", "", re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL))
    unclear = r"\b(pictures?|anew|behind|beside|goes on|tells?|gives?|made|holds?|no more)\b"
    assert re.findall(unclear, words, flags=re.IGNORECASE) == []


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_options_of_the_commands_exist(command):
    shown = subprocess.run(
        [sys.executable, *command[1:3], "--help"], cwd=ROOT, capture_output=True, text=True
    )
    assert shown.returncode == 0, shown.stderr
    for option in re.findall(r"--[\w-]+", " ".join(command)):
        own = (
            option in shown.stdout or option in (ROOT / "experiments/cluster/train.py").read_text()
        )
        assert own, option

"""GPU_RUNS.md: the full runs that are too long for a CPU, with the command of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from experiments.figures import marks
from experiments.program import programs
from jaxcnn.utils.files import atomic_write

LONG = 60.0  # minutes of one seed on two CPU cores
HEAD = """# Full runs that need a GPU

Made by `python -m experiments report --to experiments` from the programs and the files in
`results/`: each program whose kept run was cut by `--set`, and those of an hour and more of which
seeds are missing. On a machine with a GPU, after `pip install ".[cuda,test]"`, with the data that
`python -m experiments list` names, each is one command; trainings that keep checkpoints go on where
they were when it is repeated. `python -m experiments report --keep runs --to experiments` keeps
what came out.

| program | command | hours on two CPU cores | the kept run |
| --- | --- | --- | --- |"""


def page(kept: dict[str, dict[str, Any]]) -> str:
    """The text, for the kept results by program."""
    lines = [HEAD]
    for name, entry in programs().items():
        program, result = entry.program, kept.get(name)
        short = "none" if result is None else marks(result, program)
        cut = result is not None and bool(result["changed"])
        if short and (cut or program.minutes >= LONG):
            ids = ", ".join(program.ids)
            hours = program.minutes * program.seeds / 60
            lines.append(
                f"| {ids} | `python -m experiments run {name} --full` | {hours:.3g} | {short} |"
            )
    return "\n".join(lines) + "\n"


def write(path: Path, kept: dict[str, dict[str, Any]]) -> Path:
    """Write the page and return its path."""
    with atomic_write(path, "w") as file:
        file.write(page(kept))
    return path

"""GPU_RUNS.md: the full runs that are still to be made, with the command and the cost of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from experiments.figures import marks
from experiments.program import programs
from jaxcnn.utils.files import atomic_write

HEAD = """# Full runs that are still to be made

Made by `python -m experiments report --to experiments` from the programs and the files in
`results/`: each program whose kept run was cut by `--set`, or of which seeds are missing. With the
data that `python -m experiments list` names, each is one command; trainings that keep checkpoints
go on where they were when it is repeated. What takes more than an hour on two CPU cores wants a
GPU, with `pip install ".[cuda,test]"`. `python -m experiments report --keep runs --to experiments`
keeps what came out.

| program | command | hours on two CPU cores | the kept run |
| --- | --- | --- | --- |"""


def page(kept: dict[str, dict[str, Any]]) -> str:
    """The text, for the kept results by program."""
    lines = [HEAD]
    for name, entry in programs().items():
        program, result = entry.program, kept.get(name)
        short = "none" if result is None else marks(result, program)
        if short:
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

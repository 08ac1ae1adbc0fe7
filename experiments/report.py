"""RESULTS.md, from the kept results of full runs; nothing in it is typed by hand."""

from __future__ import annotations

import json
import shutil
from html import escape
from pathlib import Path
from typing import Any

from experiments.figures import filled, lines, marks
from experiments.images import alternatives
from experiments.program import FOLDER, SOURCES, Entry, Program, programs
from experiments.run import RESULT, shown, write_json
from jaxcnn.utils.files import atomic_path, atomic_write

KEPT = FOLDER / "results"
HEADER = ("program", "figure", "source", "ours", "difference", "why it differs")
WIDEST = 640  # pixels of a kept image


def results(kept: Path = KEPT) -> dict[str, dict[str, Any]]:
    """Name -> result.json of the kept runs."""
    found = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted(kept.glob(f"*/{RESULT}"))
    ]
    return {result["program"]: result for result in found}


def gather(runs: Path, kept: Path) -> dict[str, bool]:
    """Copy figures, curves and smaller images of the finished full runs in `runs` to `kept`;
    their names, and whether an older run was replaced.
    """
    names = {}
    for path in sorted(runs.glob(f"*/{RESULT}")):
        result = json.loads(path.read_text(encoding="utf-8"))
        if (
            result["state"] != "passed"
            or result["scale"] != "full"
            or result["program"] not in programs()
        ):
            continue
        target = kept / result["program"]
        names[result["program"]] = target.exists()
        shutil.rmtree(target, ignore_errors=True)
        curves = [curve["name"] for curve in result["curves"]]
        for picture in [*result["pictures"], *(f"{name}.png" for name in curves)]:
            smaller(path.parent / picture, target / picture)
        for name in curves:
            shutil.copyfile(path.parent / f"{name}.csv", target / f"{name}.csv")
        write_json(target / RESULT, result)
    return names


def smaller(source: Path, target: Path) -> None:
    """A copy of an image, at most `WIDEST` pixels wide, in its own 256 colours: a third of the
    bytes.
    """
    from PIL import Image

    with Image.open(source) as opened, atomic_path(target) as temporary:
        picture = opened.convert("RGB")
        picture.thumbnail((WIDEST, 4 * WIDEST))
        picture.quantize(256).save(temporary, optimize=True)


def write(path: Path, kept: Path) -> Path:
    """Write the report of everything in `kept` and return its path."""
    found = results(kept)
    text = [
        "# What the programs give",
        "",
        "Made by `python -m experiments report --to experiments` from the files in `results/`. "
        "Each line is repeated",
        "by the program's command. Checked figures need no training and are right in each run, or "
        "it fails. Samples",
        "and substitutes stand for data sets that cannot be given away; what they give is not the "
        "source's experiment.",
        "The figures of the sources, with their lines, are those of `SOURCES.csv`. Where several "
        "seeds were run, ours",
        "is the mean and, in brackets, the range. A run that was cut by `--set` is not the "
        "source's experiment either,",
        "and has no difference. A reason stands beside each figure that misses the source's by "
        "more than 0.2 %",
        "and whose range does not meet it.",
    ]
    for source, title in SOURCES.items():
        entries = [entry for entry in programs().values() if entry.source == source]
        if not entries:
            continue
        cells: list[list[str]] = []
        for entry in entries:
            if entry.name in found:
                cells += rows(found[entry.name], entry.program)
            else:
                cells.append([cell(entry.name), "no full run yet", "", "", "", ""])
        names, cells = filled(HEADER, cells)
        table = [names, ["---"] * len(names), *cells]
        text += ["", f"## {title}", "", *(f"| {' | '.join(row)} |" for row in table)]
        for entry in entries:
            if entry.name in found:
                text += section(found[entry.name], entry)
    with atomic_write(path, "w") as file:
        file.write("\n".join(text) + "\n")
    return path


def rows(result: dict[str, Any], program: Program) -> list[list[str]]:
    """The lines of the table for one run: results of training, and the number of checks."""
    name = f"[{result['program']}](#{result['program']})"
    name = ", ".join(filter(None, (name, marks(result, program))))
    out = [
        [cell(line.name), cell(line.source), cell(line.ours), line.difference, cell(line.why, 400)]
        for line in lines(result, program)
    ]
    if checked := sum(figure["exact"] for figure in result["figures"]):
        out.append([f"{checked} checked", "", "as expected", "", ""])
    return [["" if i else name, *row] for i, row in enumerate(out)]


def section(result: dict[str, Any], entry: Entry) -> list[str]:
    """What one run was, and its images."""
    taken = "; ".join(f"{entry['title']} ({entry['kind']})" for entry in result["data"])
    settings = ", ".join(f"{key} {value}" for key, value in result["settings"].items())
    machine = result["machine"]
    of_run = [f"Taken: {taken}." if taken else "", f"Settings: {settings}." if settings else ""]
    time = f"{result['seconds']:g} s on {machine['device count']} x {', '.join(machine['devices'])}"
    text = [
        "",
        f"### {result['program']}",
        "",
        entry.summary,
        "",
        entry.data,
        "",
        " ".join(filter(None, [*of_run, f"{time}, {machine['cores']} cores."])),
        "",
        f"`{result['command']}`",
    ]
    if checked := [
        f"{f['name']}: {cell(shown(f['value']))}" for f in result["figures"] if f["exact"]
    ]:
        text += ["", "Checked: " + "; ".join(checked) + "."]
    folder = f"results/{result['program']}"
    images = [
        f'<img src="{folder}/{file}" alt="{escape(words)}" width="240">'
        for file, words in alternatives(result).items()
    ]
    return [*text, "", " ".join(images)] if images else text


def cell(text: str, longest: int = 100) -> str:
    """Text that may stand in a table: one line, not too long, no bars."""
    text = " ".join(text.split()).replace("|", "\\|")
    return text if len(text) <= longest else text[: longest - 3] + "..."

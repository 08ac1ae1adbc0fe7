"""The gallery of the documentation: a page for each source, with figures and images of its runs.

`.ci/gallery.py` gives the pages and the images to MkDocs; IMAGES.csv says in words what each image
shows.
"""

from __future__ import annotations

import csv
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from experiments.figures import Line, lines, marks
from experiments.program import FOLDER, SOURCES, Entry, programs
from experiments.report import results

WORDS = FOLDER / "IMAGES.csv"
RESULTS = FOLDER / "results"


def pages() -> dict[str, str]:
    """Path below the folder of the documentation -> the Markdown of the page."""
    kept = results(RESULTS)
    entries = [entry for entry in programs().values() if entry.name in kept]
    return {
        f"books/{source}.md": page(title, [e for e in entries if e.source == source], kept)
        for source, title in SOURCES.items()
    }


def images() -> dict[str, Path]:
    """Path below the folder of the documentation -> the file of the image."""
    return {
        f"books/images/{name}/{image}": RESULTS / name / image
        for name, result in results(RESULTS).items()
        for image, _ in described(result)
    }


def page(title: str, entries: list[Entry], kept: dict[str, dict[str, Any]]) -> str:
    """The page of one source: what was run, how it compares, then program by program."""
    told = [line for entry in entries for line in lines(kept[entry.name], entry.program)]
    compared = [line for line in told if line.source]
    introduction = (
        f"{len(entries)} programs, and what they gave on a CPU with two cores. The source prints "
        f"{len(compared)} of these figures, which stand beside ours; where ours misses one, the "
        "table says why. Select an image to enlarge it."
    )
    parts = [f"# {title}", introduction]
    for entry in entries:
        parts += section(entry, kept[entry.name])
    return "\n\n".join(parts) + "\n"


def section(entry: Entry, result: dict[str, Any]) -> Iterator[str]:
    """One program: what it shows, its figures and its images."""
    yield f"## {result['title']} {{#{entry.name}}}"
    doc = inspect.cleandoc(sys.modules[entry.main.__module__].__doc__ or "")
    mark = marks(result, entry.program)
    yield " ".join(doc.partition("\n\n")[0].split()) + (f" The run was {mark}." if mark else "")
    yield f"```sh\npython -m experiments run {entry.name}\n```"
    if table := figures(lines(result, entry.program)):
        yield table
    if checked := sum(figure["exact"] for figure in result["figures"]):
        yield f"{checked} figures that need no training are checked in each run, and are right."
    for image, words in described(result):
        path = f"images/{entry.name}/{image}"
        yield f"[![{words}]({path})]({path})"


def figures(rows: list[Line]) -> str:
    """The table of a program's figures; what no row has is no column."""
    columns = {
        "figure": [row.name for row in rows],
        "the source": [row.source for row in rows],
        "ours": [row.ours for row in rows],
        "difference": [row.difference for row in rows],
        "why it differs": [row.why for row in rows],
    }
    filled = {name: cells for name, cells in columns.items() if any(cells)}
    body = zip(*filled.values(), strict=True)
    table = [list(filled), ["---"] * len(filled), *map(list, body)]
    return "\n".join(f"| {' | '.join(map(escaped, row))} |" for row in table) if rows else ""


def escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")


def described(result: dict[str, Any]) -> list[tuple[str, str]]:
    """(file, what it shows) of each image of a run, its curves first."""
    words = described_images()
    name, title = result["program"], result["title"]
    curves = [
        (f"{curve['name']}.png", f"Curves by epoch of {title}: {curve['name'].replace('_', ' ')}")
        for curve in result["curves"]
    ]
    drawn = [(image, words[name, image]) for image in result["pictures"] if (name, image) in words]
    present = [pair for pair in curves + drawn if (RESULTS / name / pair[0]).is_file()]
    return list(dict(present).items())


def described_images() -> dict[tuple[str, str], str]:
    """(program, file) -> what the image shows, of IMAGES.csv."""
    with open(WORDS, encoding="utf-8", newline="") as file:
        return {(row["program"], row["image"]): row["words"] for row in csv.DictReader(file)}

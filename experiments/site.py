"""The gallery of the documentation: a page for each source, with figures and images of its runs.

`.ci/gallery.py` gives the pages and the images to MkDocs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from experiments.figures import Line, filled, lines, marks
from experiments.images import described
from experiments.program import FOLDER, SOURCES, Entry, programs
from experiments.report import results

RESULTS = FOLDER / "results"
HEADER = ("figure", "the source", "ours", "difference", "why it differs")


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
        for image in shown(result)
    }


def page(title: str, entries: list[Entry], kept: dict[str, dict[str, Any]]) -> str:
    """The page of one source: what was run, how it compares, then program by program."""
    told = [line for entry in entries for line in lines(kept[entry.name], entry.program)]
    compared = [line for line in told if line.source]
    beside = (
        f"The source prints {len(compared)} of these figures, which stand beside ours; where ours "
        "misses one by more than 0.2 %, the table says why."
    )
    introduction = (
        f"{len(entries)} programs, and what they gave on a CPU with two cores. "
        f"{beside if compared else 'The source prints none of these figures.'} "
        "Select an image to enlarge it."
    )
    parts = [f"# {title}", introduction]
    for entry in entries:
        parts += section(entry, kept[entry.name])
    return "\n\n".join(parts) + "\n"


def section(entry: Entry, result: dict[str, Any]) -> Iterator[str]:
    """One program: what it shows, its figures and its images."""
    yield f"## {result['title']} {{#{entry.name}}}"
    mark = marks(result, entry.program)
    yield entry.summary + (f" The run was {mark}." if mark else "")
    yield entry.data
    yield f"```sh\n{result['command']}\n```"
    if table := figures(lines(result, entry.program)):
        yield table
    if checked := sum(figure["exact"] for figure in result["figures"]):
        yield f"{checked} figures that need no training are checked in each run, and are right."
    for image, words in shown(result).items():
        path = f"images/{entry.name}/{image}"
        yield f"[![{words}]({path})]({path})"


def figures(rows: list[Line]) -> str:
    """The table of a program's figures; what no row has is no column."""
    if not rows:
        return ""
    names, cells = filled(HEADER, [dataclasses.astuple(row) for row in rows])
    table = [names, ["---"] * len(names), *cells]
    return "\n".join(f"| {' | '.join(map(escaped, row))} |" for row in table)


def escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")


def shown(result: dict[str, Any]) -> dict[str, str]:
    """File -> what it shows, of each image of a run that is on its page."""
    folder = RESULTS / result["program"]
    return {image: words for image, words in described(result).items() if (folder / image).exists()}

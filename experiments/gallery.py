"""One page of every program's images, curves and figures, for reading without a network and on a
phone.
"""

from __future__ import annotations

import base64
import csv
import dataclasses
import json
import math
from html import escape
from pathlib import Path
from typing import Any

from experiments.figures import filled, lines, marks
from experiments.images import alternatives
from experiments.program import FOLDER, SOURCES, Entry, Program, programs
from experiments.report import results
from experiments.run import shown
from jaxcnn.utils.files import atomic_write


def write(path: Path, kept: Path) -> Path:
    """Write the page of the runs in `kept`, everything in one file, and return its path."""
    found = results(kept)
    parts = []
    for source, title in SOURCES.items():
        entries = [entry for entry in programs().values() if entry.source == source]
        if not entries:
            continue
        parts.append(f'<section id="{source}"><h2>{escape(title)}</h2>')
        for entry in entries:
            if entry.name in found:
                parts.append(article(found[entry.name], entry, kept / entry.name))
            else:
                parts.append(
                    f'<article class="absent"><h3>{escape(entry.program.title)}</h3>'
                    f"<p>{escape(entry.name)}: not run yet</p></article>"
                )
        parts.append("</section>")
    links = "".join(
        f'<a href="#{s}">{escape(t)}</a>'
        for s, t in SOURCES.items()
        if f'id="{s}"' in "".join(parts)
    )
    page = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>jaxcnn: the programs and what they give</title>
<style>{(FOLDER / "gallery.css").read_text(encoding="utf-8")}</style>
</head>
<body>
<header><h1>The programs and what they give</h1><nav>{links}</nav></header>
{"".join(parts)}
<script>{(FOLDER / "gallery.js").read_text(encoding="utf-8")}</script>
</body>
</html>
"""
    with atomic_write(path, "w") as file:
        file.write(page)
    return path


def article(result: dict[str, Any], entry: Entry, folder: Path) -> str:
    """One program: what it was, its figures, curves and images."""
    data = "; ".join(f"{part['title']} ({part['kind']})" for part in result["data"])
    taken = f" Taken: {escape(data)}." if data else ""
    mark = marks(result, entry.program)
    return "".join(
        [
            f'<article id="{escape(result["program"])}"><h3>{escape(result["title"])}</h3>',
            f"<p>{escape(', '.join(result['ids']))}.{taken} {result['seconds']:g} s"
            f"{', ' + escape(mark) if mark else ''}.</p><p>{escape(entry.data)}</p>",
            figures(result, entry.program),
            *(curve(folder / f"{part['name']}.csv") for part in result["curves"]),
            '<div class="pictures">',
            *(picture(folder / name, alternatives(result)[name]) for name in result["pictures"]),
            f"</div><code>{escape(result['command'])}</code></article>",
        ]
    )


def figures(result: dict[str, Any], program: Program) -> str:
    """The table of source and ours, which scrolls where it is too wide, and what was checked, to be
    unfolded.
    """
    names = ("figure", "source", "ours", "difference", "why it differs")
    head, cells = filled(names, [dataclasses.astuple(line) for line in lines(result, program)])
    rows = [f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in cells]
    checked = [
        f"<li>{escape(figure['name'])}: {escape(shown(figure['value']))}</li>"
        for figure in result["figures"]
        if figure["exact"]
    ]
    titles = f"<tr>{''.join(f'<th>{name}</th>' for name in head)}</tr>"
    table = f'<div class="table"><table>{titles}{"".join(rows)}</table></div>' if rows else ""
    unfolded = (
        f"<details><summary>{len(checked)} checked</summary><ul>{''.join(checked)}</ul></details>"
    )
    return table + (unfolded if checked else "")


def curve(path: Path) -> str:
    """A curve that `gallery.js` draws, from its numbers."""
    with open(path, encoding="utf-8", newline="") as file:
        columns = list(zip(*csv.reader(file), strict=True))
    record = {name: [float(value) for value in values] for name, *values in columns}
    epochs = record.pop("epoch")
    series = json.dumps({"x": epochs, "y": finite(record)}).replace("<", "\\u003c")
    return (
        f'<figure class="curve"><script type="application/json">{series}</script>'
        f"<figcaption>{escape(path.stem)}: drag to move, wheel or two fingers to zoom, double "
        "click for the whole"
        "</figcaption></figure>"
    )


def finite(record: dict[str, list[float]]) -> dict[str, list[float | None]]:
    """JSON has no NaN: None there, a gap in the line."""
    return {
        name: [v if math.isfinite(v) else None for v in values] for name, values in record.items()
    }


def picture(path: Path, words: str) -> str:
    """An image inside the page, and what it shows; a click shows it in its own size."""
    content = base64.b64encode(path.read_bytes()).decode()
    return f'<img src="data:image/png;base64,{content}" alt="{escape(words)}" loading="lazy">'

"""The lines of a result, for the report and the gallery: the source's figure, ours, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from experiments.program import Program
from experiments.run import shown
from experiments.sources import Printed, printed


@dataclass(frozen=True)
class Line:
    """A figure in words; what there is not is empty."""

    name: str
    source: str
    ours: str
    difference: str
    why: str


def lines(result: dict[str, Any], program: Program) -> list[Line]:
    """A line for each figure of a run, and for each of the source that the run did not record."""
    table, found = printed(result["program"]), []
    for figure in result["figures"]:
        if not figure["exact"]:
            name, values = figure["name"], figure["values"]
            source = table.get(name)
            found.append(
                Line(
                    name,
                    shown(source.value) if source else "",
                    spread(values),
                    difference(values, source) if source and not result["changed"] else "",
                    program.why.get(name, ""),
                )
            )
    recorded = {line.name for line in found}
    found += [
        Line(name, shown(source.value), "not in this run", "", program.why.get(name, ""))
        for name, source in table.items()
        if name not in recorded
    ]
    before = [None, *found]
    return [
        replace(line, why="as above") if line.why and last and line.why == last.why else line
        for line, last in zip(found, before, strict=False)
    ]


def filled(
    names: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[list[str], list[list[str]]]:
    """The names and rows of a table without the columns that are empty in every row."""
    columns = [i for i in range(len(names)) if any(row[i] for row in rows)]
    return [names[i] for i in columns], [[row[i] for i in columns] for row in rows]


def spread(values: list[Any]) -> str:
    """The value of one seed, or mean and range of several; words are listed."""
    if any(not isinstance(value, int | float) or isinstance(value, bool) for value in values):
        return ", ".join(dict.fromkeys(map(shown, values)))
    if len(set(values)) == 1:
        return shown(values[0])
    mean, low, high = sum(values) / len(values), min(values), max(values)
    return f"{mean:.5g} ({low:.5g} to {high:.5g})"


def difference(values: list[Any], source: Printed) -> str:
    """Ours, in the mean, less the nearest that the source prints, where both are numbers."""
    bounds = source.bounds()
    if bounds is None or not all(isinstance(value, int | float) for value in values):
        return ""
    mean = sum(values) / len(values)
    return f"{mean - min(max(mean, bounds[0]), bounds[1]):+.4g}"


def marks(result: dict[str, Any], program: Program) -> str:
    """What a reader must know of the whole run: that it was cut, or that seeds are missing."""
    cut = f"cut by {', '.join(result['changed'])}" if result["changed"] else ""
    few = len(result["seeds"]) < program.seeds
    seeds = f"{len(result['seeds'])} of {program.seeds} seeds" if few else ""
    return ", ".join(filter(None, (cut, seeds)))

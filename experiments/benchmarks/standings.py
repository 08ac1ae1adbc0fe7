"""Who is best at each thing that was measured, and by how much, from the figures of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from experiments.benchmarks.harness import table

HEADER = ("", "best", "jaxcnn", "best of the others", "", "jaxcnn is", "measured")
OURS = ("jaxcnn", "ImageDataGenerator", "augment alone")  # how labels of ours begin


def standings(results: Iterable[Mapping[str, Any]]) -> str:
    """A row for each bar chart in which jaxcnn met somebody else: titles that end in 'a second' are
    the better the greater they are, the others the smaller.
    """
    rows = [
        [*row, result["machine"]["date"].split()[0]]
        for result in results
        for title, values in result.get("bars", {}).items()
        if (row := standing(title, values))
    ]
    return table(HEADER, rows)


def standing(title: str, values: Mapping[str, float]) -> list[str] | None:
    """The row of one chart; None where jaxcnn or the others are missing."""
    greater = title.endswith("a second")
    best = max if greater else min
    ours, others = (
        {label: value for label, value in values.items() if label.startswith(OURS) is mine}
        for mine in (True, False)
    )
    if not (ours and others):
        return None
    first, second = best(ours, key=ours.__getitem__), best(others, key=others.__getitem__)
    times = ours[first] / others[second] if greater else others[second] / ours[first]
    verdict = f"{times:.2f}x as fast" if times >= 1 else f"{1 / times:.2f}x as slow"
    winner = first if times >= 1 else second
    return [title, winner, f"{ours[first]:.4g}", second, f"{others[second]:.4g}", verdict]

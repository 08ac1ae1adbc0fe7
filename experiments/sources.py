"""The figures that the sources print, each with its place: SOURCES.csv and nothing else."""

from __future__ import annotations

import csv
import functools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("SOURCES.csv")
NEAR = 0.002  # a number within this share of the printed one meets it


@dataclass(frozen=True)
class Printed:
    """What a source prints of one figure.

    Attributes:
        value: the number, word or list; "LOW to HIGH" is a range.
        source: the source's folder in `experiments`.
        line: its line there, or first and last line.
        quoted: the text found there, as it is printed.
    """

    value: Any
    source: str
    line: str
    quoted: str

    def bounds(self) -> tuple[float, float] | None:
        """The least and the greatest number that it stands for; None for words and lists."""
        if isinstance(self.value, int | float) and not isinstance(self.value, bool):
            return self.value, self.value
        both = re.fullmatch(r"(-?[\d.]+) to (-?[\d.]+)", str(self.value))
        return (float(both[1]), float(both[2])) if both else None

    def met(self, values: Sequence[Any]) -> bool:
        """Whether one of the seeds' values, or the range that they span, comes to it."""
        bounds = self.bounds()
        if bounds is None or not all(isinstance(value, int | float) for value in values):
            return self.value in values
        low, high = bounds
        slack = NEAR * max(abs(low), abs(high))
        return min(values) <= high + slack and max(values) >= low - slack


@functools.cache
def printed(program: str, table: Path = TABLE) -> dict[str, Printed]:
    """Figure -> what the program's source prints of it."""
    with open(table, encoding="utf-8", newline="") as file:
        return {
            row["figure"]: Printed(parsed(row["value"]), row["source"], row["line"], row["quoted"])
            for row in csv.DictReader(file)
            if row["program"] == program
        }


def parsed(text: str) -> Any:
    """A number, list or mapping as JSON has it; else the words themselves."""
    try:
        return json.loads(text)
    except ValueError:
        return text

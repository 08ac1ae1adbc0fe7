"""Darknet's cfg files: sections with their settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Number = TypeVar("Number", int, float)

# Settings of later versions that change what a section computes -> the value that changes nothing.
NEUTRAL: Mapping[str, Mapping[str, str]] = {
    "convolutional": {
        **dict.fromkeys(("antialiasing", "assisted_excitation", "bin_output", "binary"), "0"),
        **dict.fromkeys(("deform", "flipped", "rotate", "stretch", "stretch_sway", "sway"), "0"),
        "dilation": "1",
        "xnor": "0",
    },
    "maxpool": {"antialiasing": "0", "maxpool_depth": "0"},
    "region": {"background": "0", "coords": "4", "softmax": "1", "tree": ""},
    "reorg": {"extra": "0", "flatten": "0", "reverse": "0"},
    "shortcut": {"weights_type": "none"},
    "upsample": {"scale": "1"},
    "yolo": {"new_coords": "0", "scale_x_y": "1"},
}


@dataclass(frozen=True)
class Section:
    """One section of a cfg file: its kind, such as "convolutional", and its settings as written."""

    kind: str
    settings: Mapping[str, str]

    def integer(self, name: str, default: int) -> int:
        """A setting as an integer."""
        numbers = self._numbers(name, int, [default])
        if not numbers:
            raise ValueError(f"[{self.kind}]: {name} has no value.")
        return numbers[0]

    def integers(self, name: str) -> list[int]:
        """A setting of several integers, between commas."""
        return self._numbers(name, int, [])

    def floats(self, name: str) -> list[float]:
        """A setting of several numbers, between commas."""
        return self._numbers(name, float, [])

    def _numbers(
        self, name: str, kind: Callable[[str], Number], default: list[Number]
    ) -> list[Number]:
        written = self.settings.get(name)
        if written is None:
            return default
        try:
            return [kind(word) for word in written.split(",") if word.strip()]
        except ValueError:
            raise ValueError(f"[{self.kind}]: {name} = {written} is not made of numbers.") from None


def read_sections(path: str | os.PathLike[str]) -> list[Section]:
    """The sections of a cfg file, in order.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a line is neither a section, a setting nor a comment, or the first section is
            not [net].
    """
    sections: list[Section] = []
    settings: dict[str, str] = {}
    for number, line in enumerate(
        Path(path).read_text(encoding="utf-8", errors="replace").splitlines(), 1
    ):
        line = line.split("#")[0].split(";")[0].strip()
        if line.startswith("[") and line.endswith("]"):
            settings = {}
            sections.append(Section(line[1:-1].strip(), settings))
        elif "=" in line and sections:
            name, _, value = line.partition("=")
            settings[name.strip()] = value.strip()
        elif line:
            raise ValueError(
                f"{path}, line {number}: '{line}' is neither [a section] nor a setting of one."
            )
    if not sections or sections[0].kind not in ("net", "network"):
        raise ValueError(f"{path} is not a Darknet cfg file: it does not begin with [net].")
    return sections


def require_known(section: Section) -> None:
    """Refuse a section with a setting that would change its result and is not built here.

    Raises:
        ValueError: naming it.
    """
    neutral = {**NEUTRAL.get(section.kind, {})}
    neutral |= dict.fromkeys(("stride_x", "stride_y"), section.settings.get("stride", "1"))
    for name, value in section.settings.items():
        expected = neutral.get(name, value)
        try:
            same = float(value) == float(expected)
        except ValueError:
            same = value == expected
        if not same:
            raise ValueError(f"{name}={value} is not supported.")

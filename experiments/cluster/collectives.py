"""What the devices of a compiled program send each other."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

BYTES = {"f64": 8, "f32": 4, "s32": 4, "u32": 4, "bf16": 2, "f16": 2, "s8": 1, "u8": 1, "pred": 1}
KINDS = ("all-reduce", "all-gather", "reduce-scatter", "all-to-all", "collective-permute")
CALL = re.compile(rf"= (.+?) ({'|'.join(KINDS)})(-start)?\(")
ARRAY = re.compile(r"(\w+)\[([\d,]*)\]")


@dataclass(frozen=True)
class Collective:
    """One call in which all devices take part.

    Attributes:
        kind: one of `KINDS`.
        size: bytes of its results on one device.
    """

    kind: str
    size: int

    def sent(self, devices: int) -> float:
        """Bytes that a device sends where all go round in a ring."""
        others = devices - 1
        share = {
            "all-reduce": 2 * others / devices,
            "all-gather": others / devices,
            "reduce-scatter": others,
            "all-to-all": others / devices,
            "collective-permute": 1,
        }
        return share[self.kind] * self.size


def collectives(text: str) -> list[Collective]:
    """Those of a compiled program, from its text."""
    listed = []
    for shapes, kind, start in CALL.findall(text):
        sizes = [BYTES.get(name, 0) * values_of(lengths) for name, lengths in ARRAY.findall(shapes)]
        if start and kind != "all-reduce":  # its operands come first
            sizes = sizes[len(sizes) // 2 :]
        listed.append(Collective(kind, sum(sizes)))
    return listed


def values_of(lengths: str) -> int:
    """The number of values of an array with these lengths, written with commas."""
    return math.prod(map(int, filter(None, lengths.split(","))))

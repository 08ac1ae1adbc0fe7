"""Known faults of published cfg files, and their repair."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from jaxcnn.detection.cfg import Section
from jaxcnn.runtime.warn import warn_user


@dataclass(frozen=True)
class Fault:
    """Heads whose masks are not those with which the published weights were trained.

    Attributes:
        file: the name under which it is published.
        anchors: of every head.
        classes: of every head.
        written: the mask of each head, as published.
        right: the masks that the weights want.
        evidence: how one sees it.
    """

    file: str
    anchors: Sequence[float]
    classes: int
    written: Sequence[Sequence[int]]
    right: Sequence[Sequence[int]]
    evidence: str


FAULTS = (
    Fault(
        file="yolov3-tiny.cfg",
        anchors=(10, 14, 23, 27, 37, 58, 81, 82, 135, 169, 344, 319),
        classes=80,
        written=((3, 4, 5), (0, 1, 2)),
        right=((3, 4, 5), (1, 2, 3)),
        evidence="with it the fine head draws each box again at the size of the next smaller "
        "anchor, inside the one of the coarse head",
    ),
)


def repaired(sections: Sequence[Section]) -> list[Section]:
    """The sections without the faults of `FAULTS`; a repair is warned of."""
    heads = [i for i, section in enumerate(sections) if section.kind == "yolo"]
    result = list(sections)
    for fault in FAULTS:
        masks = tuple(tuple(sections[i].integers("mask")) for i in heads)
        of_file = all(
            sections[i].floats("anchors") == list(fault.anchors)
            and sections[i].integer("classes", 0) == fault.classes
            for i in heads
        )
        if heads and of_file and masks == fault.written:
            for i, mask in zip(heads, fault.right, strict=True):
                settings = {**sections[i].settings, "mask": ",".join(map(str, mask))}
                result[i] = dataclasses.replace(sections[i], settings=settings)
            warn_user(
                f"The published {fault.file} has the masks {fault.written} where its weights were "
                f"trained with {fault.right}, which are taken: {fault.evidence}. "
                "repair=False takes it as it is."
            )
    return result

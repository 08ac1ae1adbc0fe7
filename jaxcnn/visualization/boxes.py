"""Boxes and arrows drawn by matplotlib, in levels.

After Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical System
Structures", 1981: a box stands on the level after the last that leads to it, an arrow over several
levels passes between the boxes of each, and what stands in a level is ordered by where its
neighbours stand.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from jaxcnn.visualization.figure import INK, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# In inches.
LETTER, LINE, GAP, LEVEL_GAP = 0.085, 0.2, 0.25, 0.35
SWEEPS = 8


class Box(NamedTuple):
    """A layer: its path, its text, and the shapes that go in and come out, or None."""

    path: str
    label: str
    shapes: tuple[str, str] | None


class Frame(NamedTuple):
    """A model: boxes, models inside, and arrows (from path, to path)."""

    path: str
    label: str
    boxes: list[Box]
    frames: list[Frame]
    arrows: list[tuple[str, str]]


class Placed(NamedTuple):
    """The middle of a box along the levels and across them, and its extent in both."""

    along: float
    across: float
    length: float
    width: float


def drawn_graph(graph: Frame, rankdir: str) -> Figure:
    """The drawing; each box as wide as its text."""
    boxes, arrows = list(all_boxes(graph, "")), list(dict.fromkeys(all_arrows(graph)))
    texts = {box.path: text_of(box) for box in boxes}
    upright = rankdir in ("TB", "BT")
    sizes = {}
    for path, text in texts.items():
        lines = text.split("\n")
        width, height = LETTER * max(map(len, lines)) + 0.2, LINE * len(lines) + 0.1
        sizes[path] = (height, width) if upright else (width, height)
    levels, ways = in_levels([box.path for box in boxes], arrows)
    placed = placed_in(levels, sizes)
    length = max(p.along + p.length / 2 for p in placed.values()) + 0.1
    width = 2 * max(abs(p.across) + p.width / 2 for p in placed.values()) + 0.2
    figure = new_figure(*((width, length) if upright else (length, width)))
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set_xlim(*((-width / 2, width / 2) if upright else (-0.1, length)))
    axes.set_ylim(*((length, -0.1) if upright else (width / 2, -width / 2)))
    if rankdir == "BT":
        axes.invert_yaxis()
    if rankdir == "RL":
        axes.invert_xaxis()
    for way in ways:
        draw_arrow(axes, [placed[name] for name in way], upright)
    for path, text in texts.items():
        draw_box(axes, placed[path], text, upright)
    return figure


def all_boxes(frame: Frame, prefix: str) -> Iterator[Box]:
    """The boxes of a frame and of those inside, whose labels begin with the names of these."""
    for box in frame.boxes:
        yield box._replace(label=f"{prefix}{box.label}")
    for inner in frame.frames:
        yield from all_boxes(inner, f"{prefix}{inner.label}/")


def all_arrows(frame: Frame) -> Iterator[tuple[str, str]]:
    """The arrows of a frame and of those inside."""
    yield from frame.arrows
    for inner in frame.frames:
        yield from all_arrows(inner)


def text_of(box: Box) -> str:
    """What stands in a box."""
    if box.shapes is None:
        return box.label
    return f"{box.label}\nin: {box.shapes[0]}\nout: {box.shapes[1]}"


def in_levels(
    paths: Sequence[str], arrows: Sequence[tuple[str, str]]
) -> tuple[list[list[str]], list[list[str]]]:
    """(the names on each level in order, for each arrow the names that it passes).

    Besides the boxes there is a name on every level that an arrow crosses.
    """
    sources = defaultdict(list)
    for source, goal in arrows:
        sources[goal].append(source)
    depth: dict[str, int] = {}
    waiting = list(paths)
    while waiting:  # a graph of layers has no circles
        ready = [path for path in waiting if all(source in depth for source in sources[path])]
        depth |= {p: 1 + max((depth[s] for s in sources[p]), default=-1) for p in ready}
        waiting = [path for path in waiting if path not in depth]
    levels: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for path in paths:
        levels[depth[path]].append(path)
    ways, neighbours = [], defaultdict(list)
    for number, (source, goal) in enumerate(arrows):
        crossed = range(depth[source] + 1, depth[goal])
        way = [source, *(f"{number} at {level}" for level in crossed), goal]
        for level, name in zip(crossed, way[1:-1], strict=True):
            levels[level].append(name)
        for one, other in itertools.pairwise(way):
            neighbours[other].append(one)
            neighbours[one].append(other)
        ways.append(way)
    order(levels, neighbours)
    return levels, ways


def order(levels: list[list[str]], neighbours: Mapping[str, Sequence[str]]) -> None:
    """Put each name where its neighbours of the level before are, down and up again."""
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        pairs = list(itertools.pairwise(levels))
        for upper, lower in pairs if down else [(b, a) for a, b in reversed(pairs)]:
            at = {name: i - len(upper) / 2 for i, name in enumerate(upper)}
            rank = {}
            for i, name in enumerate(lower):
                known = [at[n] for n in neighbours[name] if n in at]
                rank[name] = sum(known) / len(known) if known else i - len(lower) / 2
            lower.sort(key=rank.__getitem__)


def placed_in(
    levels: Sequence[Sequence[str]], sizes: Mapping[str, tuple[float, float]]
) -> dict[str, Placed]:
    """Where everything stands, each level in the middle."""
    placed = {}
    along = 0.0
    for level in levels:
        length = max(sizes[name][0] for name in level if name in sizes)
        extents = {name: sizes.get(name, (length, 0.0)) for name in level}
        across = -(sum(e[1] for e in extents.values()) + GAP * (len(level) - 1)) / 2
        for name, (extent, width) in extents.items():
            placed[name] = Placed(along + length / 2, across + width / 2, extent, width)
            across += width + GAP
        along += length + LEVEL_GAP
    return placed


def draw_box(axes: Axes, box: Placed, text: str, upright: bool) -> None:
    """A rectangle with its text."""
    from matplotlib.patches import Rectangle

    corner = (box.across - box.width / 2, box.along - box.length / 2)
    size = (box.width, box.length)
    if not upright:
        corner, size = corner[::-1], size[::-1]
    axes.add_patch(Rectangle(corner, *size, facecolor="white", edgecolor=INK, linewidth=0.8))
    middle = (box.across, box.along) if upright else (box.along, box.across)
    axes.text(*middle, text, ha="center", va="center", fontsize=9, color=INK)


def draw_arrow(axes: Axes, way: Sequence[Placed], upright: bool) -> None:
    """A line from the end of the first box over the places between to the begin of the last."""
    first, *between, last = way
    points = [
        (first.across, first.along + first.length / 2),
        *((p.across, p.along + end * p.length / 2) for p in between for end in (-1, 1)),
        (last.across, last.along - last.length / 2),
    ]
    if not upright:
        points = [point[::-1] for point in points]
    axes.plot(*zip(*points[:-1], strict=True), color=INK, linewidth=0.8)
    arrow = {"arrowstyle": "-|>", "color": INK, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xy=points[-1], xytext=points[-2], arrowprops=arrow)

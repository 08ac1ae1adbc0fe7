"""The common look of all plots."""

import functools
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

from jaxcnn.utils.files import atomic_path

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, INK, PALE = "#2f6fb4", "#d9680f", "#333333", "#dddddd"


def new_figure(width: float, height: float) -> "Figure":
    """An empty figure of ``width`` x ``height`` inches that belongs to no window and no pyplot.

    A notebook shows it where it is the value of a cell.
    """
    return shown_figure()(figsize=(width, height), layout="constrained", facecolor="white")


@functools.cache
def shown_figure() -> "type[Figure]":
    """matplotlib's figure as a notebook shows it, whatever backend is in force."""
    from matplotlib.figure import Figure

    class ShownFigure(Figure):
        def _repr_png_(self) -> bytes:
            image = io.BytesIO()
            self.savefig(image, format="png", dpi=100)
            return image.getvalue()

    return ShownFigure


def plain_axes(axes: "Axes") -> None:
    """Only the left and bottom lines, and a pale grid under the data."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color=PALE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=INK)


def save(figure: "Figure", path: str | os.PathLike[str]) -> Path:
    """Write ``figure`` to ``path``, whole or not at all, in the format that its suffix names."""
    with atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=150)
    return Path(path)


def finished(figure: "Figure", path: str | os.PathLike[str] | None) -> "Path | Figure":
    """The figure itself, or with a `path` the file that it is written to."""
    return figure if path is None else save(figure, path)

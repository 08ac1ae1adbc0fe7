"""Arrays drawn with their numbers written into their pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_numbers(axes: Axes, numbers: np.ndarray, title: str, size: float = 8) -> None:
    """One array (rows, columns), blue where it is far from zero.

    Args:
        axes: what it is drawn into.
        numbers: at most one digit behind the point is written.
        title: above it.
        size: of the digits, in points.
    """
    strength = np.abs(numbers)
    axes.imshow(strength, cmap="Blues", vmin=0, vmax=2.5 * max(strength.max(), 1e-9))
    for (i, j), number in np.ndenumerate(numbers):
        text = f"{number:g}" if number == round(number, 1) else f"{number:.1f}"
        axes.text(j, i, text, ha="center", va="center", fontsize=size)
    axes.set_title(title, fontsize=10)
    axes.set_axis_off()

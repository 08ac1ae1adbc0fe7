"""Bar charts of what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def draw(bars: dict[str, dict[str, float]], path: Path) -> None:
    """One panel of horizontal bars for each title, ours in colour."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(
        figsize=(8, 0.6 + sum(0.45 + 0.22 * len(values) for values in bars.values())),
        layout="constrained",
    )
    FigureCanvasAgg(figure)
    heights = [len(values) + 1 for values in bars.values()]
    axes: Any = figure.subplots(len(bars), 1, squeeze=False, height_ratios=heights)[:, 0]
    for panel, (title, values) in zip(axes, bars.items(), strict=True):
        labels = list(values)[::-1]
        colours = ["#d9480f" if label.startswith("jaxcnn") else "#868e96" for label in labels]
        drawn = panel.barh(labels, [values[label] for label in labels], color=colours)
        panel.bar_label(drawn, fmt="%.3g", padding=3, fontsize=8)
        panel.set_title(title, loc="left", fontsize=9)
        panel.margins(x=0.12)
        panel.tick_params(labelsize=8)
        panel.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)

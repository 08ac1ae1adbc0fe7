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


def draw_roof(roof: dict[str, Any], path: Path) -> None:
    """The roof that a machine's pace makes over work of each intensity, and the points below it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    points, corner = roof["points"], roof["flops"] / roof["bytes"]
    reach = [intensity for intensity, _ in points.values()]
    least, greatest = min(*reach, corner) / 2, max(*reach, corner) * 3
    heights = [least * roof["bytes"] / 1e9, roof["flops"] / 1e9, roof["flops"] / 1e9]
    axes.plot([least, corner, greatest], heights, color="#868e96")
    for label, (intensity, rate) in points.items():
        axes.plot(intensity, rate / 1e9, "o", color="#d9480f")
        axes.annotate(
            label,
            (intensity, rate / 1e9),
            xytext=(6, -10),
            textcoords="offset points",
            fontsize=8,
        )
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="multiplications and additions for each byte moved",
        ylabel="1e9 in a second of processor time",
    )
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)

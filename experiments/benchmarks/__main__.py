"""All benchmarks, one after the other, and what they measured as a page.

    python -m experiments.benchmarks [--quick] [--only train_step,layers] [--out DIR]

Each benchmark writes its figures into DIR as JSON; from these RESULTS.md and the bar charts beside this file are made.
``--quick`` measures nothing: it checks that all contestants run and agree, and leaves RESULTS.md as it is.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.benchmarks.train_step import chosen

HERE = Path(__file__).parent
BENCHMARKS = ("train_step", "predict", "layers")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="only check that every contestant runs and agrees")
    parser.add_argument("--only", default=",".join(BENCHMARKS), help=f"some of {', '.join(BENCHMARKS)}")
    parser.add_argument("--out", type=Path, default=HERE / "results", help="folder for the JSON files")
    options = parser.parse_args(arguments)
    failed = []
    for name in chosen(parser, options.only, BENCHMARKS):
        print(f"== {name}", flush=True)
        command = [sys.executable, "-m", f"experiments.benchmarks.{name}", "--out", str(options.out)]
        if subprocess.run([*command, *(["--quick"] if options.quick else [])]).returncode:
            failed.append(name)
    if not options.quick:
        publish(options.out)
    print(f"Failed: {', '.join(failed)}" if failed else "All benchmarks ran.")
    return int(bool(failed))


def publish(folder: Path) -> None:
    """Write RESULTS.md and the charts from the JSON files in `folder`."""
    text = [
        "# Benchmarks",
        "",
        "Made by `python -m experiments.benchmarks`; nothing here is typed by hand.  All contestants of a table ran in",
        "one session, each in a process of its own, taking turns.  Figures are medians, with least and greatest.",
    ]
    for path in sorted(folder.glob("*.json"), key=lambda path: order(path.stem)):
        found = json.loads(path.read_text())
        machine = found["machine"]
        packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items() if version)
        text += ["", f"## {found['title']}", "", f"`{found['command']}`", ""]
        text += [f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB; {machine['system']};"]
        text += [f"Python {machine['python']}, {packages}; {machine['date']}.", "", found["report"]]
        if found.get("bars"):
            draw(found["bars"], HERE / f"{path.stem}.png")
            text += ["", f"![{found['title']}]({path.stem}.png)"]
    (HERE / "RESULTS.md").write_text("\n".join(text) + "\n")


def order(name: str) -> tuple[int, str]:
    return (BENCHMARKS.index(name) if name in BENCHMARKS else len(BENCHMARKS)), name


def draw(bars: dict[str, dict[str, float]], path: Path) -> None:
    """One panel of horizontal bars for each title, ours in colour."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 0.6 + sum(0.45 + 0.22 * len(values) for values in bars.values())), layout="constrained")
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


if __name__ == "__main__":
    sys.exit(main())

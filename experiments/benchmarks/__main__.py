"""All benchmarks, one after the other, and what they measured as a page.

    python -m experiments.benchmarks [--quick] [--only train_step,layers] [--out DIR]

Each benchmark writes its figures into DIR as JSON; from these RESULTS.md and the bar charts beside
this file are made. ``--quick`` measures nothing: it checks that all contestants run and agree, and
leaves RESULTS.md as it is.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from experiments.benchmarks.page import draw, draw_roof
from experiments.benchmarks.standings import standings
from experiments.benchmarks.train_step import chosen

HERE = Path(__file__).parent
BENCHMARKS = (
    "train_step",
    "predict",
    "latency",
    "start",
    "answer",
    "layers",
    "generators",
    "data",
    "style",
    "applications",
    "scaling",
    "roofline",
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m experiments.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--quick", action="store_true", help="only check that every contestant runs and agrees"
    )
    parser.add_argument(
        "--only", default=",".join(BENCHMARKS), help=f"some of {', '.join(BENCHMARKS)}"
    )
    parser.add_argument(
        "--out", type=Path, default=HERE / "results", help="folder for the JSON files"
    )
    options = parser.parse_args(arguments)
    failed = []
    for name in chosen(parser, options.only, BENCHMARKS):
        print(f"== {name}", flush=True)
        command = [
            sys.executable,
            "-m",
            f"experiments.benchmarks.{name}",
            "--out",
            str(options.out),
        ]
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
        "Made by `python -m experiments.benchmarks`; nothing here is typed by hand.  All "
        "contestants of a table ran in",
        "one session, each in a process of its own, taking turns.  Figures are medians, with least "
        "and greatest.",
        "The load is what the machine had to do at the end of a measurement, which is included;",
        "where it is above the number of cores, other programs ran, and times are too long.",
    ]
    paths = sorted(folder.glob("*.json"), key=lambda path: order(path.stem))
    results = [json.loads(path.read_text()) for path in paths]
    text += [
        "",
        "## Who is best",
        "",
        "Of every chart below that has jaxcnn and others, by the medians; the best way of jaxcnn "
        "stands for it.",
        "",
        standings(results),
    ]
    for path, found in zip(paths, results, strict=True):
        machine = found["machine"]
        packages = ", ".join(
            f"{name} {version}" for name, version in machine["packages"].items() if version
        )
        text += ["", f"## {found['title']}", "", f"`{found['command']}`", ""]
        text += [
            f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB; "
            f"{machine['system']};"
        ]
        text += [f"Python {machine['python']}, {packages};"]
        text += [f"{machine['date']}, load {machine['load_average'][0]:.1f}.", "", found["report"]]
        if found.get("bars"):
            draw(found["bars"], HERE / f"{path.stem}.png")
        if found.get("roof"):
            draw_roof(found["roof"], HERE / f"{path.stem}.png")
        if found.get("bars") or found.get("roof"):
            text += ["", f"![{found['title']}]({path.stem}.png)"]
    (HERE / "RESULTS.md").write_text("\n".join(text) + "\n")


def order(name: str) -> tuple[int, str]:
    return (BENCHMARKS.index(name) if name in BENCHMARKS else len(BENCHMARKS)), name


if __name__ == "__main__":
    sys.exit(main())

"""The programs of the sources: list them, run one or all, and compare with the sources' figures."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from experiments import gallery, gpu_runs, report
from experiments.program import SOURCES, Entry, find, programs
from experiments.run import RESULT
from experiments.seeds import execute_seeds
from jaxcnn.utils.options import whole

RUNS = Path("runs")


class Row(NamedTuple):
    """A line of the list; the minutes are those of the full run on two cores."""

    program: str
    title: str
    minutes: str
    state: str
    ids: str


HEADER = ("program", "what it shows", "minutes", "here", "ids")


def command(file: str) -> None:
    """What the file of a program calls when it is run by itself: ``python -m
    experiments.SOURCE.NAME --quick``.
    """
    raise SystemExit(main(["run", Path(file).stem, *sys.argv[1:]]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m experiments", description=__doc__)

    def show_help(parsed: argparse.Namespace) -> int:
        parser.print_help()
        return 0

    parser.set_defaults(do=show_help)
    commands = parser.add_subparsers(metavar="COMMAND")
    listing = commands.add_parser("list", help="every program, its minutes, and how it went here")
    listing.set_defaults(do=show_list)

    running = commands.add_parser("run", help="run one program, or all")
    running.add_argument(
        "name",
        nargs="?",
        metavar="NAME",
        help="the program's name or id, for example P12 or Q1.P01",
    )
    running.add_argument("--all", action="store_true", help="every program")
    scale = running.add_mutually_exclusive_group()
    scale.add_argument(
        "--quick", action="store_true", help="seconds: few samples and epochs, the same code"
    )
    scale.add_argument("--full", action="store_true", help="what the source does; the default")
    running.add_argument(
        "--out", type=Path, help="folder for the folders of results (runs, with --quick runs/quick)"
    )
    running.add_argument(
        "--seeds",
        type=numbers,
        metavar="0,1,2",
        help="one run with each; by default the program's own, or 0 with --quick or --set",
    )
    running.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="change a setting"
    )
    running.set_defaults(do=run)

    reporting = commands.add_parser("report", help="compare the sources' figures with ours")
    reporting.add_argument(
        "--to",
        type=Path,
        metavar="FOLDER",
        help="write FOLDER/RESULTS.md and GPU_RUNS.md from FOLDER/results; the committed ones are "
        "in experiments",
    )
    reporting.add_argument(
        "--keep",
        type=Path,
        metavar="RUNS",
        help="first copy the finished full runs of this folder to FOLDER/results",
    )
    reporting.add_argument("--html", type=Path, metavar="FILE", help="write a page of images")
    reporting.set_defaults(do=show_report)
    try:
        parsed = parser.parse_args(arguments)
        return parsed.do(parsed)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2


def numbers(text: str) -> list[int]:
    """The different seeds of ``0,1,2``."""
    return list(dict.fromkeys(map(whole(0), text.split(","))))


def show_list(parsed: argparse.Namespace) -> int:
    rows = [Row(*HEADER)]
    for entry in programs().values():
        program = entry.program
        minutes = f"{program.minutes:g}"
        ids = ", ".join(program.ids)
        rows.append(Row(entry.name, program.title, minutes, state_here(entry), ids))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = {row.program: aligned(row, widths) for row in rows}
    print(lines[HEADER[0]])
    for source, title in SOURCES.items():
        entries = [entry for entry in programs().values() if entry.source == source]
        if not entries:
            continue
        print(f"\n{title}\n")
        for entry in entries:
            print(lines[entry.name])
            if missing := entry.program.missing():
                print(f"    needs {missing}: {entry.program.command()}")
    return 0


def aligned(row: Row, widths: Sequence[int]) -> str:
    """A line of the list; numbers end where the heading of their column does."""
    cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
    cells[2] = row.minutes.rjust(widths[2])
    return "  ".join(cells).rstrip()


def state_here(entry: Entry) -> str:
    """How the last run on this machine ended, the full one if there was one."""
    for folder, scale in ((RUNS, ""), (RUNS / "quick", ", quick")):
        path = folder / entry.name / RESULT
        if path.is_file():
            state = json.loads(path.read_text(encoding="utf-8"))["state"]
            return f"{'done' if state == 'passed' else state}{scale}"
    return "data missing" if entry.program.missing() else "not run"


def run(parsed: argparse.Namespace) -> int:
    if parsed.all == (parsed.name is not None):
        raise ValueError(
            "Say which program to run, or --all; `python -m experiments list` shows them."
        )
    if parsed.all and parsed.set:
        raise ValueError("--set needs a program; it does not go with --all.")
    folder = parsed.out or (RUNS / "quick" if parsed.quick else RUNS)
    states: dict[str, str] = {}
    for entry in programs().values() if parsed.all else [find(parsed.name)]:
        print(f"\n== {entry.name}: {entry.program.title}", flush=True)
        alone = parsed.quick or parsed.set
        seeds = parsed.seeds or list(range(1 if alone else entry.program.seeds))
        result = execute_seeds(entry, folder / entry.name, parsed.quick, seeds, tuple(parsed.set))
        states[entry.name] = result["state"]
        if result["state"] == "passed":
            print(f"passed in {result['seconds']:g} s; written to {folder / entry.name}")
    if parsed.all:
        print(
            "\n"
            + ", ".join(f"{count} {state}" for state, count in Counter(states.values()).items())
        )
        for name, state in states.items():
            if state != "passed":
                print(f"{state}: {name}", file=sys.stderr)
    wrong = {"failed"} if parsed.all else {"failed", "skipped"}
    return int(bool(wrong & set(states.values())))


def show_report(parsed: argparse.Namespace) -> int:
    if parsed.to is None and (parsed.keep or not parsed.html):
        raise ValueError("Say where to write: --to FOLDER for RESULTS.md, --html FILE for a page.")
    kept = parsed.to / "results" if parsed.to else report.KEPT
    if parsed.keep:
        for name, replaced in report.gather(parsed.keep, kept).items():
            print(f"{'replaced' if replaced else 'new'}: {kept / name}")
    if parsed.to:
        print(f"written: {report.write(parsed.to / 'RESULTS.md', kept)}")
        print(f"written: {gpu_runs.write(parsed.to / 'GPU_RUNS.md', report.results(kept))}")
    if parsed.html:
        print(f"written: {gallery.write(parsed.html, kept)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

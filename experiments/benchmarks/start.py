"""How long a script takes until the loss of its first step is known, and what importing costs.

    python -m experiments.benchmarks.start [--quick] [--networks mnist_cnn,resnet50]
    [--contestants jaxcnn,torch] [--repeats 3] [--imports 20] [--out DIR]

Each start is a process of its own, the contestants taking turns. The first of two starts has an
empty cache of compiled programs, the second, ``again``, what the first has left, of libraries that
keep one. Imports are pairs of processes, one of `BELOW`, on which jaxcnn stands, and one of jaxcnn,
after one pair that is not counted. ``--quick`` measures nothing: it checks that all contestants
start.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.benchmarks import applications
from experiments.benchmarks.answer import AGAIN, CACHES, COLD, NAMES
from experiments.benchmarks.harness import (
    Process,
    Session,
    Spread,
    installed,
    table,
    write_json,
)
from experiments.benchmarks.networks import NETWORKS
from experiments.benchmarks.train_step import CONTESTANTS, OURS, chosen

SHOWN = "mnist_cnn,cifar_cnn,resnet50,DenseNet121"
SIZE, BATCH = 64, 32  # of the applications, as the ResNet-50 of the networks has them
BELOW = "import jax, jax.numpy, flax.linen"
ABOVE = "import jaxcnn"
HEADER = ("", "", "s to step 1", "CPU s", "again", "CPU s", "x of CPU s again")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="only check that all start")
    known = (*NETWORKS, *applications.SHAPES)
    parser.add_argument("--networks", default=SHOWN, help=f"some of {', '.join(known)}")
    parser.add_argument("--contestants", default=",".join(NAMES), help=f"some of {NAMES}")
    parser.add_argument("--repeats", type=int, default=3, help="pairs of starts (default 3)")
    parser.add_argument("--imports", type=int, default=20, help="pairs of imports (default 20)")
    parser.add_argument(
        "--out", type=Path, default=Path("benchmark-results"), help="folder for start.json"
    )
    parser.add_argument("--as", dest="role", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.role:
        return take_part(*options.role)
    able = installed(chosen(parser, options.contestants, NAMES), CONTESTANTS)
    rows, bars = [], {}
    for network in chosen(parser, options.networks, known):
        names = applications.having(network, able)
        title = applications.title_of(network, SIZE)
        measured = starts(network, names, 1 if options.quick else options.repeats)
        for name, states in measured.items():
            rows.append([title, CONTESTANTS[name].title, *cells(states, measured)])
            print("  ".join(rows[-1]), flush=True)
        bars[f"{title}, again: s to the first step"] = {
            CONTESTANTS[name].title: statistics.median(last(states)["seconds"])
            for name, states in measured.items()
        }
    if options.quick:
        return 0
    below, above = imports(options.imports)
    sentence = (
        f"`{BELOW}` takes {below:.2f} s of processor time, `{ABOVE}` {above:.2f} s: "
        f"{above.median - below.median:.2f} s more, between the medians of {options.imports} "
        "processes each."
    )
    print(sentence)
    report = f"{table(HEADER, rows)}\n\n{sentence}"
    figures = {"import": {"below": below.as_json(), "above": above.as_json()}}
    title = "From the start of a script to its first step"
    result = {"title": title, "report": report, "bars": bars, **figures}
    write_json(options.out / "start.json", result)
    return 0


Figures = dict[str, list[float]]  # seconds and processor seconds of each start


def starts(network: str, names: Sequence[str], repeats: int) -> dict[str, dict[str, Figures]]:
    """Contestant -> with an empty cache and again -> the figures of its starts."""
    measured: dict[str, dict[str, Figures]] = {name: {} for name in names}
    for _ in range(repeats):
        for name in names:
            with tempfile.TemporaryDirectory() as folder:
                for state in (COLD, AGAIN) if name in CACHES else (COLD,):
                    process = Process(
                        "experiments.benchmarks.start",
                        CONTESTANTS[name],
                        [name, network],
                        **({CACHES[name]: folder} if name in CACHES else {}),
                    )
                    message = process.receive()
                    process.close()
                    figures = measured[name].setdefault(state, {"seconds": [], "cpu": []})
                    figures["seconds"].append(message["since_process"])
                    figures["cpu"].append(message["cpu"])
    return measured


def last(states: Mapping[str, Figures]) -> Figures:
    """The figures of later starts, which are all alike without a cache."""
    return states.get(AGAIN, states[COLD])


def cells(
    states: Mapping[str, Figures], measured: Mapping[str, Mapping[str, Figures]]
) -> list[str]:
    base = statistics.median(last(measured.get(OURS, next(iter(measured.values()))))["cpu"])
    shown = [
        f"{Spread(tuple(states[state][figure])):.2f}" if state in states else ""
        for state in (COLD, AGAIN)
        for figure in ("seconds", "cpu")
    ]
    return [*shown, f"{statistics.median(last(states)['cpu']) / base:.2f}"]


def imports(pairs: int) -> tuple[Spread, Spread]:
    """The processor times of importing what is below jaxcnn, and jaxcnn."""

    def seconds(program: str) -> float:
        timed = f"{program}\nimport time\nprint(time.process_time())"
        command = [sys.executable, "-c", timed]
        return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)

    measured = [(seconds(BELOW), seconds(ABOVE)) for _ in range(1 + pairs)][1:]
    return Spread(tuple(below for below, _ in measured)), Spread(tuple(a for _, a in measured))


def take_part(name: str, network: str) -> int:
    """Be a contestant: build the network and make one step."""
    session = Session("first step")
    if network in NETWORKS:
        module: Any = importlib.import_module(CONTESTANTS[name].module)
        module.train(NETWORKS[network], session, **CONTESTANTS[name].options)
    work: Callable[[], Any] = applications.work_of(name, network, BATCH, SIZE, training=True)
    session.begin()
    work()
    session.first_step(0.0)


if __name__ == "__main__":
    sys.exit(main())

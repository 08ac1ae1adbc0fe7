"""What feeding and watching cost: epochs from a generator compared with epochs from arrays, and
with twelve callbacks.

    python -m experiments.benchmarks.generators [--quick] [--networks mlp,mnist_cnn] [--repeats 7]
    [--out DIR]

One model is trained in one process in turn from arrays, from a generator, from a `Sequence` and
from a source of single examples, all with the same numbers, and from arrays with twelve callbacks;
measured are whole epochs of ``fit``, interleaved, without the first ones. The goals: a fast
generator costs at most 10 % over arrays, the callbacks 3 %.

``--quick`` measures nothing: it checks on one small batch that every way runs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.benchmarks.contestants.jaxcnn_fit import build
from experiments.benchmarks.harness import Spread, describe_machine, table, write_json
from experiments.benchmarks.networks import NETWORKS, Network

WARM_UP = 2  # epochs of each way that are not counted
ARRAYS = "arrays"
GOALS = {"generator": 1.10, "Sequence": 1.10, "twelve callbacks": 1.03}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="only check that every way runs")
    parser.add_argument(
        "--networks", default="mlp,mnist_cnn", help=f"some of {', '.join(NETWORKS)}"
    )
    parser.add_argument(
        "--repeats", type=int, default=7, help="epochs measured of each way (default 7)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("benchmark-results"), help="folder for generators.json"
    )
    options = parser.parse_args(arguments)
    names = options.networks.split(",")
    if unknown := [name for name in names if name not in NETWORKS]:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(NETWORKS)}")
    results, reports, bars = {}, [], {}
    print(f"{describe_machine()['processor']}, {describe_machine()['cores']} cores\n")
    for name in names:
        network = NETWORKS[name].small() if options.quick else NETWORKS[name]
        found = measure(
            network, 1 if options.quick else options.repeats, 0 if options.quick else WARM_UP
        )
        results[name] = {
            way: {"seconds": seconds.as_json(), "cpu": cpu.as_json()}
            for way, (seconds, cpu) in found.items()
        }
        if not options.quick:
            reports.append(report(network, found))
            steps = network.steps
            bars[f"{network.title}: ms a step"] = {
                w: spread.median / steps * 1e3 for w, (spread, _) in found.items()
            }
            print(reports[-1], end="\n\n", flush=True)
    if options.quick:
        print("All run.")
        return 0
    path = options.out / "generators.json"
    title = "fit from arrays, generators and with callbacks"
    write_json(
        path, {"title": title, "report": "\n\n".join(reports), "bars": bars, "results": results}
    )
    print(f"Written to {path}")
    return 0


def measure(network: Network, repeats: int, warm_up: int) -> dict[str, tuple[Spread, ...]]:
    """Way -> (seconds an epoch, CPU seconds, which tell more on a machine with other work)."""
    model = build(network)
    with tempfile.TemporaryDirectory() as folder:
        ways = ways_to_train(model, network, Path(folder))
        seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        for repeat in range(warm_up + repeats):
            for name, epoch in ways.items():
                began, cpu_began = time.perf_counter(), time.process_time()
                epoch()
                if repeat >= warm_up:
                    seconds[name].append(
                        (time.perf_counter() - began, time.process_time() - cpu_began)
                    )
    return {
        name: tuple(Spread(values) for values in zip(*found, strict=True))
        for name, found in seconds.items()
    }


def ways_to_train(model: Any, network: Network, folder: Path) -> dict[str, Callable[[], Any]]:
    """Name -> a function that trains an epoch."""
    import jaxcnn

    x, y = network.data()
    size, steps = network.batch_size, network.steps

    def generator() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        while True:
            for start in range(0, steps * size, size):
                yield x[start : start + size], y[start : start + size]

    class Batches(jaxcnn.utils.Sequence):
        def __len__(self) -> int:
            return steps

        def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
            return x[index * size : (index + 1) * size], y[index * size : (index + 1) * size]

    class Examples:
        def __len__(self) -> int:
            return len(x)

        def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
            return x[index], y[index]

    endless = generator()
    return {
        ARRAYS: lambda: model.fit(x, y, epochs=1, batch_size=size, verbose=0),
        "generator": lambda: model.fit_generator(endless, steps, verbose=0),
        "Sequence": lambda: model.fit_generator(Batches(), verbose=0),
        "single examples": lambda: model.fit(Examples(), epochs=1, batch_size=size, verbose=0),
        "twelve callbacks": lambda: model.fit(
            x, y, epochs=1, batch_size=size, verbose=0, callbacks=twelve_callbacks(folder)
        ),
    }


def twelve_callbacks(folder: Path) -> list[Any]:
    """Twelve callbacks that work at the ends of epochs, as a careful user has them."""
    from jaxcnn import callbacks

    return [
        callbacks.History(),
        callbacks.ModelCheckpoint(
            folder / "weights.h5", monitor="loss", save_best_only=True, save_weights_only=True
        ),
        callbacks.EarlyStopping(monitor="loss", patience=1000),
        callbacks.ReduceLROnPlateau(monitor="loss", patience=1000),
        callbacks.LearningRateScheduler(lambda epoch: 0.001),
        callbacks.CSVLogger(folder / "log.csv", append=True),
        callbacks.TerminateOnNaN(),
        callbacks.TensorBoard(folder / "logs", write_graph=False),
        *(callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None) for _ in range(4)),
    ]


def report(network: Network, found: dict[str, tuple[Spread, ...]]) -> str:
    """The table of one network."""
    rows = []
    for name, (seconds, cpu) in found.items():
        goal = f"{GOALS[name]:.2f}" if name in GOALS else ""
        scale = 1e3 / network.steps
        ratios = [
            f"{own.over(base):.2f}" for own, base in zip((seconds, cpu), found[ARRAYS], strict=True)
        ]
        rows.append(
            [
                name,
                f"{seconds.scaled(scale):.3g}",
                ratios[0],
                f"{cpu.scaled(scale).median:.3g}",
                ratios[1],
                goal,
            ]
        )
    header = ["", "ms a step", f"x {ARRAYS}", "CPU ms", f"x {ARRAYS}", "goal"]
    title = f"{network.title}, batch {network.batch_size} (medians; least-greatest in brackets)"
    return f"{title}\n{table(header, rows)}"


if __name__ == "__main__":
    sys.exit(main())

"""Time to an answer: seconds from starting a script until its network is as good as it should be.

    python -m experiments.benchmarks.answer [--quick] [--questions mlp,mnist] [--seeds 3]
    [--contestants jaxcnn,torch] [--again 3] [--out DIR]

Start-up of Python, imports, reading the data, compilation, training and the looks at the test
images all count; every run is a process of its own. The contestants of a seed start from the same
weights, see the same images in the same order and use the same rule; only the masks of dropout
differ. After every quarter of an epoch the accuracy over the 10,000 test images is asked for, until
it reaches the bar. ``cold`` begins with an empty cache of compiled programs, ``again`` with the one
that the cold run has left, where a library keeps one; ``--again`` says for how many seeds.

Runs that are already in ``DIR/answer.json`` are kept and not repeated, so that a long measurement
can be made in pieces. On a machine that is not quiet the processor time compares better than the
elapsed one, but for PyTorch's, whose threads spin while they wait for each other. ``--quick``
measures nothing: it checks that all contestants run.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from experiments.benchmarks.harness import (
    STARTED,
    Process,
    Session,
    Spread,
    installed,
    table,
    write_json,
)
from experiments.benchmarks.networks import NETWORKS, Network
from experiments.benchmarks.train_step import CONTESTANTS, OURS, chosen

NAMES = ("jaxcnn", "keras", "torch", "torch_compiled", "tf_keras")
PARTS, EPOCHS = 4, 30
QUICK = 2  # batches of training and of test images
COLD, AGAIN = "cold", "again"
# Of libraries that keep compiled programs on disk: the variable that says where. jaxcnn does it
# unasked, Keras 3 on JAX only with this variable.
CACHES = {
    "jaxcnn": "JAXCNN_HOME",
    "keras": "JAX_COMPILATION_CACHE_DIR",
    "torch_compiled": "TORCHINDUCTOR_CACHE_DIR",
}


@dataclass(frozen=True)
class Question:
    """A network, a data set, and the accuracy over its test images that is an answer."""

    title: str
    data: str
    network: Network
    bar: float


QUESTIONS = {
    "mlp": Question("MNIST, MLP 784-512-512-10", "mnist", NETWORKS["mlp"], 0.98),
    "mnist": Question("MNIST, P12's network", "mnist", NETWORKS["mnist_cnn"], 0.99),
    "cifar10": Question("CIFAR-10, P13's network", "cifar10", NETWORKS["cifar_cnn"], 0.70),
}


def network_of(question: Question, seed: int) -> Network:
    """The network with weights of `seed`, trained by Adam."""
    return replace(question.network, optimizer="adam", lr=0.001, seed=seed)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="only check that every contestant runs"
    )
    parser.add_argument("--questions", default=",".join(QUESTIONS), help="some of them")
    parser.add_argument("--contestants", default=",".join(NAMES), help=f"some of {NAMES}")
    parser.add_argument("--seeds", type=int, default=3, help="runs of each contestant (default 3)")
    parser.add_argument("--again", type=int, default=3, help="of them, with a filled cache too")
    parser.add_argument(
        "--out", type=Path, default=Path("benchmark-results"), help="folder for answer.json"
    )
    parser.add_argument("--as", dest="role", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.role:
        return take_part(*options.role)
    questions = chosen(parser, options.questions, QUESTIONS)
    able = installed(chosen(parser, options.contestants, NAMES), CONTESTANTS)
    path = options.out / "answer.json"
    runs = json.loads(path.read_text())["runs"] if path.exists() and not options.quick else {}
    with tempfile.TemporaryDirectory() as folder:
        for question in questions:
            data = write_data(question, Path(folder))
            seeds = range(1 if options.quick else options.seeds)
            for seed in seeds:
                for name in able:
                    needed = (COLD, AGAIN) if name in CACHES and seed < options.again else (COLD,)
                    keys = [f"{question} {name} {seed} {state}" for state in needed]
                    if all(key in runs for key in keys):
                        continue
                    with tempfile.TemporaryDirectory() as cache:
                        for key in keys:
                            runs[key] = run(key, data, cache, options.quick)
                            print(key, json.dumps(runs[key]), flush=True)
                    if not options.quick:
                        write(path, runs)
    return 0


def run(key: str, data: Path, cache: str, quick: bool) -> dict[str, float]:
    """One run to its answer: what its process reports."""
    question, name, seed, _ = key.split(" ")
    began, load = time.perf_counter(), os.getloadavg()[0]
    process = Process(
        "experiments.benchmarks.answer",
        CONTESTANTS[name],
        [name, question, seed, str(data), "quick" if quick else "whole"],
        **({CACHES[name]: cache} if name in CACHES else {}),
    )
    message = process.receive()
    message["seconds"] = time.perf_counter() - began
    process.close()
    return {**message, "load_before": load}


def write_data(question: str, folder: Path) -> Path:
    """The data set as a file that every contestant reads: pixels and labels in uint8."""
    from jaxcnn import datasets

    asked = QUESTIONS[question]
    (x, y), (x_test, y_test) = getattr(datasets, asked.data).load_data()
    shape = asked.network.input_shape
    path = folder / f"{question}.npz"
    np.savez(
        path,
        x=x.reshape(-1, *shape),
        y=y.ravel(),
        x_test=x_test.reshape(-1, *shape),
        y_test=y_test.ravel(),
    )
    return path


def take_part(name: str, question: str, seed: str, path: str, extent: str) -> int:
    """Be a contestant: train until the bar is reached, and report."""
    session, asked = Session("answer"), QUESTIONS[question]
    network = network_of(asked, int(seed))
    module: Any = importlib.import_module(CONTESTANTS[name].module)
    fit, accuracy = module.learner(network, **CONTESTANTS[name].options)
    with np.load(path) as data:
        x, x_test = (data[key].astype(np.float32) / 255 for key in ("x", "x_test"))
        y, y_test = (np.eye(10, dtype=np.float32)[data[key]] for key in ("y", "y_test"))
    if extent == "quick":
        size = QUICK * network.batch_size
        x, y, x_test, y_test = x[: PARTS * size], y[: PARTS * size], x_test[:size], y_test[:size]
    bar = 0.0 if extent == "quick" else asked.bar
    answer = search(fit, lambda: accuracy(x_test, y_test), parts(x, y, network), bar)
    session.report(
        **answer,
        cpu=sum(
            used.ru_utime + used.ru_stime
            for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        ),
        since_process=time.time() - float(os.environ[STARTED]),
    )
    os._exit(0)  # what libraries do when they end is no part of the answer


def parts(x: np.ndarray, y: np.ndarray, network: Network) -> Iterator[tuple[np.ndarray, ...]]:
    """Quarters of `EPOCHS` epochs, all of whole batches, in an order that the seed decides."""
    rng = np.random.default_rng(network.seed)
    size = len(x) // PARTS // network.batch_size * network.batch_size
    for _ in range(EPOCHS):
        order = rng.permutation(len(x))
        for i in range(PARTS):
            part = order[i * size : (i + 1) * size]
            yield x[part], y[part]


def search(
    fit: Callable[..., Any],
    accuracy: Callable[[], float],
    samples: Iterator[tuple[np.ndarray, ...]],
    bar: float,
) -> dict[str, float]:
    """Train until the accuracy is at least `bar`: what it is, and after how many samples.

    Raises:
        RuntimeError: the samples are over.
    """
    trained = 0
    for x, y in samples:
        fit(x, y)
        trained += len(x)
        if (value := accuracy()) >= bar:
            return {"accuracy": value, "samples": trained}
    raise RuntimeError(f"no answer after {trained} samples: accuracy {value}, not {bar}")


def write(path: Path, runs: dict[str, dict[str, float]]) -> None:
    """The file of results, with its tables."""
    tables: dict[str, dict[str, dict[str, list[dict[str, float]]]]] = {}
    for key, message in runs.items():
        question, name, _, state = key.split(" ")
        of_name = tables.setdefault(question, {}).setdefault(name, {})
        of_name.setdefault(state, []).append(message)
    bars = {
        f"{QUESTIONS[question].title}, cold: s to the answer": {
            CONTESTANTS[name].title: statistics.median(m["seconds"] for m in states[COLD])
            for name, states in names.items()
        }
        for question, names in tables.items()
    }
    report = "\n\n".join(report_of(question, names) for question, names in tables.items())
    title = "Time to an answer"
    write_json(path, {"title": title, "report": report, "bars": bars, "runs": runs})


def report_of(question: str, names: dict[str, dict[str, list[dict[str, float]]]]) -> str:
    """The table of one question."""
    asked = QUESTIONS[question]
    base = statistics.median(m["cpu"] for m in names.get(OURS, next(iter(names.values())))[COLD])
    rows = []
    for name, states in names.items():
        cold, again = states[COLD], states.get(AGAIN, [])
        cpu = spread(cold, "cpu")
        rows.append(
            [
                CONTESTANTS[name].title,
                str(len(cold)),
                f"{spread(cold, 'seconds'):.0f}",
                f"{cpu:.0f}",
                f"{cpu.median / base:.2f}",
                f"{spread(again, 'seconds'):.0f}" if again else "",
                f"{spread(again, 'cpu'):.0f}" if again else "",
                f"{spread(cold + again, 'samples'):,.0f}",
            ]
        )
    header = ["", "seeds", "s, cold", "CPU s, cold", "x", "s, again", "CPU s, again", "images seen"]
    title = (
        f"{asked.title} to {asked.bar:.0%} of the test images, Adam 0.001, batches of "
        f"{asked.network.batch_size} (medians; least-greatest in brackets; x is of CPU s)"
    )
    return f"{title}\n{table(header, rows)}"


def spread(messages: Sequence[dict[str, float]], key: str) -> Spread:
    return Spread(tuple(message[key] for message in messages))


if __name__ == "__main__":
    sys.exit(main())

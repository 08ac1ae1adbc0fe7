"""How long one image takes: jaxcnn compared with TF-Keras 2, Keras 3 and PyTorch, in one run.

    python -m experiments.benchmarks.latency [--quick] [--networks mnist_cnn,MobileNet,ResNet50]
    [--contestants jaxcnn,torch] [--calls 1000] [--out DIR]

Every contestant holds the network with random weights and answers the same image again and again,
by each of the ways that its library has: ``predict``, ``predict_on_batch``, the model called like a
function, and what was exported and loaded again. They take turns of `TURN` calls. The table has the
median and the 99th percentile of the elapsed time of a call, and the processor time of the median
turn, which other programs disturb less, but for PyTorch's, whose threads spin while they wait.
``--quick`` measures nothing: it checks that all ways of all contestants run and that those of one
agree.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from experiments.benchmarks import applications
from experiments.benchmarks.answer import NAMES
from experiments.benchmarks.harness import (
    Process,
    Session,
    installed,
    interleaved,
    table,
    write_json,
)
from experiments.benchmarks.networks import NETWORKS
from experiments.benchmarks.train_step import CONTESTANTS, OURS, chosen

SHOWN = "mnist_cnn,MobileNet,ResNet50"
TURN = 50
TOLERANCE = 1e-5  # of the largest probability, between the ways of one contestant
Ways = Mapping[str, Callable[[], np.ndarray]]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="only check that every way runs")
    known = (*NETWORKS, *applications.SHAPES)
    parser.add_argument("--networks", default=SHOWN, help=f"some of {', '.join(known)}")
    parser.add_argument("--contestants", default=",".join(NAMES), help=f"some of {NAMES}")
    parser.add_argument("--calls", type=int, default=1000, help="of each way (default 1000)")
    parser.add_argument("--size", type=int, help="height and width of images of applications")
    parser.add_argument(
        "--out", type=Path, default=Path("benchmark-results"), help="folder for latency.json"
    )
    parser.add_argument("--as", dest="role", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.role:
        return take_part(*options.role)
    able = installed(chosen(parser, options.contestants, NAMES), CONTESTANTS)
    rows: list[list[str]] = []
    bars = {}
    for network in chosen(parser, options.networks, known):
        size = options.size or applications.SHAPES.get(network, (0, 0))[0]
        names = applications.having(network, able)
        mode = "check" if options.quick else "epochs"
        processes = {
            name: Process(
                "experiments.benchmarks.latency",
                CONTESTANTS[name],
                [name, network, str(size), mode],
            )
            for name in names
        }
        if options.quick:
            for name, process in processes.items():
                print(f"  {network}, {CONTESTANTS[name].title}: {', '.join(process.receive())}")
                process.close()
            continue
        turns = interleaved(processes, max(1, options.calls // TURN))
        for process in processes.values():
            process.close()
        measured = {name: gathered(messages) for name, messages in turns.items()}
        title = applications.title_of(network, size)
        rows += rows_of(title, measured)
        bars[f"{title}, one image: ms (median)"] = {
            f"{CONTESTANTS[name].title}, {way}": statistics.median(figures["ms"])
            for name, ways in measured.items()
            for way, figures in ways.items()
        }
        print(table(HEADER, rows), flush=True)
    if not options.quick:
        report = {"title": "Latency of one image", "report": table(HEADER, rows), "bars": bars}
        write_json(options.out / "latency.json", report)
    return 0


HEADER = ("", "", "by", "p50, ms", "p99, ms", "CPU ms", "x", "x of p50")


def gathered(messages: Sequence[dict[str, Any]]) -> dict[str, dict[str, list[float]]]:
    """Way -> the elapsed times of all calls and the processor times of a call in each turn."""
    return {
        way: {
            "ms": [ms for message in messages for ms in message[way]["ms"]],
            "cpu_ms": [message[way]["cpu_ms"] for message in messages],
        }
        for way in messages[0]
    }


def rows_of(title: str, measured: Mapping[str, Mapping[str, Mapping[str, list[float]]]]) -> Any:
    """The rows of a network; `x` are multiples of the first contestant's first way."""
    base = next(iter(next(iter(measured.values())).values()))
    least, first = statistics.median(base["cpu_ms"]), statistics.median(base["ms"])
    return [
        [
            title,
            CONTESTANTS[name].title,
            way,
            f"{statistics.median(figures['ms']):.3g}",
            f"{np.percentile(figures['ms'], 99):.3g}",
            f"{statistics.median(figures['cpu_ms']):.3g}",
            f"{statistics.median(figures['cpu_ms']) / least:.2f}",
            f"{statistics.median(figures['ms']) / first:.2f}",
        ]
        for name, ways in measured.items()
        for way, figures in ways.items()
    ]


def take_part(name: str, network: str, size: str, mode: str) -> int:
    """Be a contestant: answer one image by each way, whenever it is our turn."""
    session = Session(mode)
    if network in NETWORKS:
        image = replace(NETWORKS[network], samples=1).data()[0]
    else:
        shape = (1, int(size), int(size), 3)
        image = np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)
    ways = torch_ways(name, network, image) if "torch" in name else keras_ways(name, network, image)
    answers = {way: answer() for way, answer in ways.items()}
    first = next(iter(answers.values()))
    for way, values in answers.items():
        difference = np.abs(values - first).max() / first.max()
        if values.shape != first.shape or not difference <= TOLERANCE:
            raise RuntimeError(f"{network} by {way} differs from the first way: {difference}")
    if mode == "check":
        session.report(**dict.fromkeys(ways, 0.0))
        return 0
    while True:
        session.epoch_begin()
        session.report(**{way: turn(answer) for way, answer in ways.items()})


def turn(answer: Callable[[], np.ndarray]) -> dict[str, Any]:
    """`TURN` calls: their elapsed times, and the processor time of one."""
    times, began = [], time.process_time()
    for _ in range(TURN):
        start = time.perf_counter()
        answer()
        times.append((time.perf_counter() - start) * 1e3)
    return {"ms": times, "cpu_ms": (time.process_time() - began) / TURN * 1e3}


def keras_ways(name: str, network: str, image: np.ndarray) -> Ways:
    """Those of jaxcnn and of each Keras."""
    import importlib

    module: Any = importlib.import_module(CONTESTANTS[name].module)
    options = CONTESTANTS[name].options
    if network in NETWORKS:
        model = module.build(NETWORKS[network], **options)
    elif name == OURS:
        model = applications.jaxcnn_model(network, image.shape[1:])
    else:
        model = applications.keras_model(network, image.shape[1:], **options)
    ways: dict[str, Callable[[], np.ndarray]] = {
        "predict": lambda: model.predict(image, verbose=0),
        "predict_on_batch": lambda: np.asarray(model.predict_on_batch(image)),
        "model(x)": lambda: np.asarray(model(image)),
    }
    if name == OURS:
        from jaxcnn.saving import load_exported

        with tempfile.TemporaryDirectory() as folder:
            model.export(f"{folder}/model.zip", platforms=["cpu"])
            exported = load_exported(f"{folder}/model.zip")
        ways["exported StableHLO"] = lambda: np.asarray(exported(image))
    return ways


def torch_ways(name: str, network: str, image: np.ndarray) -> Ways:
    """The module called without a gradient, eager or compiled."""
    import torch

    from experiments.benchmarks.contestants import pytorch

    if network in NETWORKS:
        module = pytorch.build(NETWORKS[network])
    else:
        module = applications.MODULES[network](image.shape[1])
        module = module.to(memory_format=torch.channels_last)
    module.eval()
    run = torch.compile(module) if name == "torch_compiled" else module

    def answer() -> np.ndarray:
        with torch.no_grad():
            values: np.ndarray = (
                run(pytorch.channels_first(torch.from_numpy(image))).softmax(-1).numpy()
            )
        return values

    return {"module(x)": answer}


if __name__ == "__main__":
    sys.exit(main())

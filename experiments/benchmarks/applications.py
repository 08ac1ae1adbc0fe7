"""How fast the networks of `jaxcnn.applications` are compared with Keras 3 (JAX), TF-Keras 2 and
PyTorch, eager and compiled, in one run.

    python -m experiments.benchmarks.applications [--quick] [--networks MobileNet,ResNet50]
    [--repeats 5] [--out DIR]

Measured are the latency of one image, and forward passes and training steps of batches, from
arrays in memory to arrays in memory, each in the way of its library; weights are random. PyTorch
takes part in what a plain module of a few lines expresses. ``--quick`` only checks that every
contestant runs.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.benchmarks.contestants.architectures import CLASSES, MODULES
from experiments.benchmarks.harness import (
    Contestant,
    Process,
    Session,
    Spread,
    describe_machine,
    interleaved,
    table,
    write_json,
)
from experiments.benchmarks.networks import NETWORKS
from experiments.benchmarks.train_step import chosen

CALL_SECONDS = 0.2  # a measurement repeats short calls until it takes about so long
SHAPES = {  # height and width of the images, and how many are a batch
    "MobileNet": (224, 32),
    "MobileNetV2": (224, 32),
    "ResNet50": (224, 16),
    "VGG16": (224, 8),
    "DenseNet121": (224, 16),
    "EfficientNetB0": (224, 32),
    "InceptionV3": (299, 8),
    "Xception": (299, 8),
}
QUICK_SHAPE = {
    "InceptionV3": (75, 2),
    "Xception": (71, 2),
}  # the smallest they take; others (64, 2)
CASES = ("latency", "forward", "training")
SHOWN = {
    "latency": "forward, batch 1",
    "forward": "forward, batch {}",
    "training": "training step, batch {}",
}
HEADER = ("", "", "ms", "pictures/s", "x the first", "CPU ms", "x the first")
CONTESTANTS = {
    "jaxcnn": Contestant("jaxcnn", __name__),
    "keras": Contestant(
        "Keras 3 on JAX", __name__, ("keras",), environment={"KERAS_BACKEND": "jax"}
    ),
    "torch": Contestant("PyTorch eager, channels last", __name__, ("torch",)),
    "torch_compiled": Contestant("PyTorch, torch.compile", __name__, ("torch",)),
    "tf_keras": Contestant(
        "TF-Keras 2", __name__, options={"library": "tf_keras"}, apart="tf_keras"
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="only check that every contestant runs"
    )
    parser.add_argument(
        "--networks", default="MobileNet,ResNet50", help=f"some of {', '.join(SHAPES)}"
    )
    parser.add_argument("--cases", default=",".join(CASES), help=f"some of {', '.join(CASES)}")
    parser.add_argument(
        "--contestants", default=",".join(CONTESTANTS), help=f"some of {', '.join(CONTESTANTS)}"
    )
    parser.add_argument(
        "--batch", type=int, help="pictures of a batch; by default each network's own"
    )
    parser.add_argument(
        "--size", type=int, help="height and width of the pictures; by default each network's own"
    )
    parser.add_argument(
        "--repeats", type=int, default=5, help="rounds measured of each contestant (default 5)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("benchmark-results"), help="folder for applications.json"
    )
    parser.add_argument("--as", dest="role", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.role:
        run_contestant(*options.role)
        return 0
    networks, cases = chosen(parser, options.networks, SHAPES), chosen(parser, options.cases, CASES)
    names = chosen(parser, options.contestants, CONTESTANTS)
    able = [name for name in names if CONTESTANTS[name].missing() is None]
    rows, bars = [], {}
    for network in networks:
        taking_part = having(network, able)
        for case in cases:
            size, batch = SHAPES[network]
            size, batch = options.size or size, options.batch or batch
            if options.quick:
                size, batch = QUICK_SHAPE.get(network, (64, 2))
            batch = 1 if case == "latency" else batch
            title = f"{title_of(network, size)}, {SHOWN[case].format(batch)}"
            processes = {
                name: start(name, network, case, batch, size, options.quick) for name in taking_part
            }
            if options.quick:
                for process in processes.values():
                    process.receive()
                    process.close()
                print(f"  {title}: all ran", flush=True)
                continue
            rounds = interleaved(processes, options.repeats)
            for process in processes.values():
                process.close()
            elapsed, used = (
                {
                    name: Spread(tuple(message[clock] * 1e3 for message in messages))
                    for name, messages in rounds.items()
                }
                for clock in ("seconds", "cpu")
            )
            base = next(iter(elapsed))
            for name, ms in elapsed.items():
                rate = Spread(tuple(1e3 * batch / value for value in ms.values))
                rows.append(
                    [
                        title,
                        CONTESTANTS[name].title,
                        f"{ms:.1f}",
                        f"{rate:.1f}",
                        f"{ms.over(elapsed[base]):.2f}",
                        f"{used[name].median:.0f}",
                        f"{used[name].over(used[base]):.2f}",
                    ]
                )
                print("  ".join(rows[-1]), flush=True)
            bars[f"{title}: ms"] = {
                CONTESTANTS[name].title: ms.median for name, ms in elapsed.items()
            }
    if not options.quick:
        machine = describe_machine()
        print(f"{machine['processor']}, {machine['cores']} cores")
        report = table(HEADER, rows)
        write_json(
            options.out / "applications.json",
            {"title": "applications", "report": report, "bars": bars},
        )
        print(f"{report}\n\nWritten to {options.out / 'applications.json'}")
    return 0


def having(network: str, names: Sequence[str]) -> list[str]:
    """Those of the contestants that have a network: of PyTorch there are only some."""
    described = network in NETWORKS or network in MODULES
    return [name for name in names if described or not name.startswith("torch")]


def title_of(network: str, size: int) -> str:
    """What tables call a network for images of this size."""
    return NETWORKS[network].title if network in NETWORKS else f"{network} {size}x{size}"


def start(name: str, network: str, case: str, batch: int, size: int, quick: bool) -> Process:
    mode = "check" if quick else "epochs"
    return Process(
        "experiments.benchmarks.applications",
        CONTESTANTS[name],
        [name, f"{network},{case},{batch},{size}", mode],
    )


def run_contestant(name: str, what: str, mode: str) -> None:
    """Be a contestant, in this process: time one case of one network whenever it is our turn."""
    network, case, batch, size = what.split(",")
    session = Session(mode)
    work = work_of(name, network, int(batch), int(size), training=case == "training")
    if mode == "check":
        session.epochs = 1
        return session.repeat(work)
    work()
    began = time.perf_counter()
    work()
    session.repeat(work, max(1, round(CALL_SECONDS / (time.perf_counter() - began))))


def work_of(name: str, network: str, batch: int, size: int, *, training: bool) -> Callable[[], Any]:
    """The step or forward pass of a contestant on random images."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-1.0, 1.0, (batch, size, size, 3)).astype(np.float32)
    y = np.eye(CLASSES, dtype=np.float32)[rng.integers(0, CLASSES, batch)]
    if name.startswith("torch"):
        return torch_work(network, x, y, training, compiled=name == "torch_compiled")
    image = x.shape[1:]
    if name == "jaxcnn":
        return keras_work(jaxcnn_model(network, image), x, y, training)
    return keras_work(keras_model(network, image, **CONTESTANTS[name].options), x, y, training)


def jaxcnn_model(network: str, shape: tuple[int, ...]) -> Any:
    """The compiled model, for images of `shape`, with random weights."""
    from jaxcnn import applications
    from jaxcnn.optimizers import SGD

    model = getattr(applications, network)(weights=None, input_shape=shape)
    model.compile(SGD(1e-4, momentum=0.9), "categorical_crossentropy")
    return model


def keras_model(network: str, shape: tuple[int, ...], library: str = "keras") -> Any:
    """That of Keras 3 or TF-Keras 2."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    keras = importlib.import_module(library)
    model = getattr(keras.applications, network)(weights=None, input_shape=shape)
    model.compile(keras.optimizers.SGD(1e-4, momentum=0.9), "categorical_crossentropy")
    return model


def keras_work(model: Any, x: np.ndarray, y: np.ndarray, training: bool) -> Callable[[], Any]:
    """A step or a forward pass of jaxcnn or of a Keras."""
    if training:
        return lambda: np.asarray(model.train_on_batch(x, y))
    return lambda: np.asarray(model.predict_on_batch(x))


def torch_work(
    network: str, x: np.ndarray, y: np.ndarray, training: bool, compiled: bool
) -> Callable[[], Any]:
    import torch

    from experiments.benchmarks.contestants.architectures import MODULES

    model = MODULES[network](x.shape[1]).to(memory_format=torch.channels_last)
    pictures, targets = (
        torch.from_numpy(x).permute(0, 3, 1, 2),
        torch.from_numpy(y),
    )  # channels last in memory
    optimizer = torch.optim.SGD(model.parameters(), 1e-4, momentum=0.9)
    run = torch.compile(model) if compiled else model

    def step() -> np.ndarray:
        loss = torch.nn.functional.cross_entropy(run(pictures), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach().numpy()

    def forward() -> np.ndarray:
        with torch.no_grad():
            return run(pictures).softmax(-1).numpy()

    model.train(training)
    return step if training else forward


if __name__ == "__main__":
    sys.exit(main())

"""How fast the networks of `jaxcnn.applications` are compared with Keras 3 (JAX) and PyTorch, in
one run.

    python -m experiments.benchmarks.applications [--quick] [--networks MobileNet,ResNet50]
    [--repeats 5] [--out DIR]

Measured are the latency of one image, and forward passes and training steps of batches, from
arrays in memory to arrays in memory, each in the way of its library; weights are random. PyTorch
takes part in what a plain module of a few lines expresses. ``--quick`` only checks that every
contestant runs.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.benchmarks.harness import (
    WARM_UP,
    Contestant,
    Process,
    Session,
    Spread,
    describe_machine,
    interleaved,
    table,
    write_json,
)
from experiments.benchmarks.train_step import chosen

CALL_SECONDS = 0.2  # a measurement repeats short calls until it takes about so long
CLASSES = 1000
SIZES = {  # height and width of the images
    "MobileNet": 224,
    "MobileNetV2": 224,
    "ResNet50": 224,
    "VGG16": 224,
    "DenseNet121": 224,
    "EfficientNetB0": 224,
    "InceptionV3": 299,
    "Xception": 299,
}
CASES = ("latency", "forward", "training")
SHOWN = {
    "latency": "forward, batch 1",
    "forward": "forward, batch {}",
    "training": "training step, batch {}",
}
CONTESTANTS = {
    "jaxcnn": Contestant("jaxcnn", __name__),
    "keras": Contestant(
        "Keras 3 on JAX", __name__, ("keras",), environment={"KERAS_BACKEND": "jax"}
    ),
    "torch": Contestant("PyTorch eager, channels last", __name__, ("torch",)),
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="only check that every contestant runs"
    )
    parser.add_argument(
        "--networks", default="MobileNet,ResNet50", help=f"some of {', '.join(SIZES)}"
    )
    parser.add_argument("--cases", default=",".join(CASES), help=f"some of {', '.join(CASES)}")
    parser.add_argument("--batch", type=int, default=32, help="pictures of a batch (default 32)")
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
    networks, cases = chosen(parser, options.networks, SIZES), chosen(parser, options.cases, CASES)
    able = [name for name, contestant in CONTESTANTS.items() if contestant.missing() is None]
    rows, bars = [], {}
    for network in networks:
        taking_part = [name for name in able if name != "torch" or network in TORCH_MODULES]
        for case in cases:
            batch = 1 if case == "latency" else 2 if options.quick else options.batch
            size = 64 if options.quick else options.size or SIZES[network]
            title = f"{network} {size}x{size}, {SHOWN[case].format(batch)}"
            processes = {
                name: start(name, network, case, batch, size, options.quick) for name in taking_part
            }
            if options.quick:
                for process in processes.values():
                    process.receive()
                    process.close()
                print(f"  {title}: all ran", flush=True)
                continue
            found = {
                name: Spread(tuple(message["seconds"] * 1e3 for message in messages))
                for name, messages in interleaved(processes, options.repeats).items()
            }
            for name, ms in found.items():
                rate = Spread(tuple(1e3 * batch / value for value in ms.values))
                rows.append(
                    [
                        title,
                        CONTESTANTS[name].title,
                        f"{ms:.1f}",
                        f"{rate:.1f}",
                        f"{ms.over(found['jaxcnn']):.2f}",
                    ]
                )
                print("  ".join(rows[-1]), flush=True)
            bars[f"{title}: ms"] = {
                CONTESTANTS[name].title: ms.median for name, ms in found.items()
            }
    if not options.quick:
        machine = describe_machine()
        print(f"{machine['processor']}, {machine['cores']} cores")
        report = table(["", "", "ms", "pictures/s", "x jaxcnn"], rows)
        write_json(
            options.out / "applications.json",
            {"title": "applications", "report": report, "bars": bars},
        )
        print(f"{report}\n\nWritten to {options.out / 'applications.json'}")
    return 0


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
    rng = np.random.default_rng(0)
    x = rng.uniform(-1.0, 1.0, (int(batch), int(size), int(size), 3)).astype(np.float32)
    y = np.eye(CLASSES, dtype=np.float32)[rng.integers(0, CLASSES, int(batch))]
    make = {"jaxcnn": jaxcnn_work, "keras": keras_work, "torch": torch_work}[name]
    work = make(network, x, y, case == "training")
    if mode == "check":
        session.epochs = 1
        return session.repeat(work)
    for _ in range(WARM_UP):
        work()
    began = time.perf_counter()
    work()
    session.repeat(work, max(1, round(CALL_SECONDS / (time.perf_counter() - began))))


def jaxcnn_work(network: str, x: np.ndarray, y: np.ndarray, training: bool) -> Callable[[], Any]:
    from jaxcnn import applications
    from jaxcnn.optimizers import SGD

    model = getattr(applications, network)(weights=None, input_shape=x.shape[1:])
    model.compile(SGD(1e-4, momentum=0.9), "categorical_crossentropy")
    if training:
        return lambda: np.asarray(model.train_on_batch(x, y))
    return lambda: model.predict_on_batch(x)


def keras_work(network: str, x: np.ndarray, y: np.ndarray, training: bool) -> Callable[[], Any]:
    import keras

    model = getattr(keras.applications, network)(weights=None, input_shape=x.shape[1:])
    model.compile(keras.optimizers.SGD(1e-4, momentum=0.9), "categorical_crossentropy")
    if training:
        return lambda: np.asarray(model.train_on_batch(x, y))
    return lambda: np.asarray(model.predict_on_batch(x))


def torch_work(network: str, x: np.ndarray, y: np.ndarray, training: bool) -> Callable[[], Any]:
    import torch

    model = TORCH_MODULES[network](x.shape[1]).to(memory_format=torch.channels_last)
    pictures, targets = (
        torch.from_numpy(x).permute(0, 3, 1, 2),
        torch.from_numpy(y),
    )  # channels last in memory
    optimizer = torch.optim.SGD(model.parameters(), 1e-4, momentum=0.9)

    def step() -> np.ndarray:
        loss = torch.nn.functional.cross_entropy(model(pictures), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach().numpy()

    def forward() -> np.ndarray:
        with torch.no_grad():
            return model(pictures).softmax(-1).numpy()

    model.train(training)
    return step if training else forward


def torch_conv(
    inputs: int, outputs: int, window: int, stride: int = 1, groups: int = 1, relu: Any = None
) -> Any:
    """Convolution, normalization and, where one is given, the activation."""
    from torch import nn

    conv = nn.Conv2d(inputs, outputs, window, stride, window // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), *([relu()] if relu else []))


def torch_mobilenet(size: int) -> Any:
    from torch import nn

    from jaxcnn.applications.mobilenet import BLOCKS

    modules, channels = [torch_conv(3, 32, 3, 2, relu=nn.ReLU6)], 32
    for filters, stride in BLOCKS:
        modules.append(torch_conv(channels, channels, 3, stride, groups=channels, relu=nn.ReLU6))
        modules.append(torch_conv(channels, filters, 1, relu=nn.ReLU6))
        channels = filters
    return nn.Sequential(
        *modules, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, CLASSES)
    )


def torch_resnet50(size: int) -> Any:
    import torch
    from torch import nn

    class Block(nn.Module):
        def __init__(self, inputs: int, filters: int, stride: int) -> None:
            super().__init__()
            self.main = nn.Sequential(
                torch_conv(inputs, filters, 1, stride, relu=nn.ReLU),
                torch_conv(filters, filters, 3, relu=nn.ReLU),
                torch_conv(filters, 4 * filters, 1),
            )
            self.shortcut = (
                nn.Identity()
                if inputs == 4 * filters
                else torch_conv(inputs, 4 * filters, 1, stride)
            )

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.relu(self.main(x) + self.shortcut(x))

    modules, channels = [torch_conv(3, 64, 7, 2, relu=nn.ReLU), nn.MaxPool2d(3, 2, 1)], 64
    for stage, (filters, depth) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3))):
        for block in range(depth):
            modules.append(Block(channels, filters, 2 if stage and not block else 1))
            channels = 4 * filters
    return nn.Sequential(
        *modules, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, CLASSES)
    )


def torch_vgg16(size: int) -> Any:
    from torch import nn

    from jaxcnn.applications.vgg import CONFIGURATIONS, FILTERS

    modules, channels = [], 3
    for filters, windows in zip(FILTERS, CONFIGURATIONS["D"], strict=True):
        for window in windows:
            modules += [nn.Conv2d(channels, filters, window, padding=window // 2), nn.ReLU()]
            channels = filters
        modules.append(nn.MaxPool2d(2))
    features = channels * (size // 32) ** 2
    top = [
        nn.Linear(features, 4096),
        nn.ReLU(),
        nn.Linear(4096, 4096),
        nn.ReLU(),
        nn.Linear(4096, CLASSES),
    ]
    return nn.Sequential(*modules, nn.Flatten(), *top)


TORCH_MODULES = {"MobileNet": torch_mobilenet, "ResNet50": torch_resnet50, "VGG16": torch_vgg16}


if __name__ == "__main__":
    sys.exit(main())

"""How long each family of layers takes, forward and backward: jaxcnn compared with Keras 3 (JAX)
and PyTorch, in one run.

    python -m experiments.benchmarks.layers [--quick] [--layers Conv2D,LSTM] [--repeats 7] [--out
    DIR]

Measured is the gradient of the sum of the outputs' squares, in training mode, with respect to the
layer's weights and its input, on arrays that lie in memory; "to the first" makes the layer and
compiles. ``--quick`` only checks that every contestant runs every layer.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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

CALL_SECONDS = 0.03  # a measurement repeats short calls until it takes about so long


@dataclass(frozen=True)
class Case:
    """One layer: the `shape` of its input with the batch, how Keras spells it, and PyTorch's, if it
    has one.

    `words` is the number of words of an input of integers.
    """

    shape: tuple[int, ...]
    keras: Callable[[Any], Any]
    torch: Callable[[Any], Any] | None = None
    words: int | None = None

    def data(self) -> np.ndarray:
        generator = np.random.default_rng(0)
        if self.words is not None:
            return generator.integers(0, self.words, self.shape).astype(np.int32)
        return generator.normal(size=self.shape).astype(np.float32)


PICTURES, SEQUENCES = (32, 28, 28, 32), (32, 80, 128)
CASES = {
    "Dense": Case(
        (128, 512),
        lambda k: k.Dense(512, activation="relu"),
        lambda t: t.Sequential(t.Linear(512, 512), t.ReLU()),
    ),
    "Conv1D": Case(
        (32, 128, 64),
        lambda k: k.Conv1D(64, 5, padding="same"),
        lambda t: t.Conv1d(64, 64, 5, padding=2),
    ),
    "Conv2D": Case(
        PICTURES,
        lambda k: k.Conv2D(64, 3, padding="same"),
        lambda t: t.Conv2d(32, 64, 3, padding=1),
    ),
    "Conv2D strided": Case(
        PICTURES, lambda k: k.Conv2D(64, 3, strides=2), lambda t: t.Conv2d(32, 64, 3, 2)
    ),
    "Conv2D 1x1": Case(PICTURES, lambda k: k.Conv2D(128, 1), lambda t: t.Conv2d(32, 128, 1)),
    "Conv2D dilated": Case(
        PICTURES,
        lambda k: k.Conv2D(32, 3, dilation_rate=2),
        lambda t: t.Conv2d(32, 32, 3, dilation=2),
    ),
    "DepthwiseConv2D": Case(
        PICTURES, lambda k: k.DepthwiseConv2D(3), lambda t: t.Conv2d(32, 32, 3, groups=32)
    ),
    "SeparableConv2D": Case(
        PICTURES,
        lambda k: k.SeparableConv2D(64, 3),
        lambda t: t.Sequential(t.Conv2d(32, 32, 3, groups=32, bias=False), t.Conv2d(32, 64, 1)),
    ),
    "Conv2DTranspose": Case(
        (32, 14, 14, 32),
        lambda k: k.Conv2DTranspose(32, 3, strides=2),
        lambda t: t.ConvTranspose2d(32, 32, 3, 2),
    ),
    "Conv3D": Case((4, 16, 16, 16, 16), lambda k: k.Conv3D(32, 3), lambda t: t.Conv3d(16, 32, 3)),
    "MaxPooling2D": Case(PICTURES, lambda k: k.MaxPooling2D(), lambda t: t.MaxPool2d(2)),
    "MaxPooling2D 3/2": Case(PICTURES, lambda k: k.MaxPooling2D(3, 2), lambda t: t.MaxPool2d(3, 2)),
    "AveragePooling2D": Case(PICTURES, lambda k: k.AveragePooling2D(2), lambda t: t.AvgPool2d(2)),
    "GlobalAveragePooling2D": Case(
        PICTURES, lambda k: k.GlobalAveragePooling2D(), lambda t: t.AdaptiveAvgPool2d(1)
    ),
    "UpSampling2D": Case(
        (32, 14, 14, 32), lambda k: k.UpSampling2D(), lambda t: t.Upsample(scale_factor=2)
    ),
    "BatchNormalization": Case(
        PICTURES, lambda k: k.BatchNormalization(), lambda t: t.BatchNorm2d(32)
    ),
    "LayerNormalization": Case(
        (32, 80, 128), lambda k: k.LayerNormalization(), lambda t: t.LayerNorm(128)
    ),
    "PReLU": Case(PICTURES, lambda k: k.PReLU(shared_axes=[1, 2]), lambda t: t.PReLU(32)),
    "Dropout": Case(PICTURES, lambda k: k.Dropout(0.5), lambda t: t.Dropout(0.5)),
    "Embedding": Case(
        (32, 80), lambda k: k.Embedding(20000, 128), lambda t: t.Embedding(20000, 128), words=20000
    ),
    "SimpleRNN": Case(
        SEQUENCES, lambda k: k.SimpleRNN(128), lambda t: t.RNN(128, 128, batch_first=True)
    ),
    "GRU": Case(
        SEQUENCES,
        lambda k: k.GRU(128, recurrent_activation="sigmoid", reset_after=True),
        lambda t: t.GRU(128, 128, batch_first=True),
    ),
    "LSTM": Case(
        SEQUENCES,
        lambda k: k.LSTM(128, recurrent_activation="sigmoid"),
        lambda t: t.LSTM(128, 128, batch_first=True),
    ),
    "Bidirectional LSTM": Case(
        SEQUENCES,
        lambda k: k.Bidirectional(k.LSTM(64, recurrent_activation="sigmoid")),
        lambda t: t.LSTM(128, 64, batch_first=True, bidirectional=True),
    ),
    "ConvLSTM2D": Case(
        (4, 8, 16, 16, 8),
        lambda k: k.ConvLSTM2D(16, 3, padding="same", recurrent_activation="sigmoid"),
    ),
    "TimeDistributed Dense": Case(
        SEQUENCES, lambda k: k.TimeDistributed(k.Dense(64)), lambda t: t.Linear(128, 64)
    ),
}

CONTESTANTS = {
    # all compile again
    "jaxcnn": Contestant("jaxcnn", __name__, environment={"JAXCNN_CACHE": "0"}),
    "keras": Contestant(
        "Keras 3 on JAX", __name__, ("keras",), environment={"KERAS_BACKEND": "jax"}
    ),
    "torch": Contestant("PyTorch eager", __name__, ("torch",)),
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="only check that every contestant runs every layer"
    )
    parser.add_argument("--layers", default=",".join(CASES), help=f"some of {', '.join(CASES)}")
    parser.add_argument(
        "--repeats", type=int, default=7, help="rounds measured of each contestant (default 7)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("benchmark-results"), help="folder for layers.json"
    )
    parser.add_argument("--as", dest="role", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.role:
        run_contestant(*options.role)
        return 0
    cases = chosen(parser, options.layers, CASES)
    able = [name for name, contestant in CONTESTANTS.items() if contestant.missing() is None]
    print(f"{describe_machine()['processor']}, {describe_machine()['cores']} cores\n")
    rounds = 1 if options.quick else options.repeats
    role = [",".join(cases), str(WARM_UP + rounds)]
    processes = {
        n: Process("experiments.benchmarks.layers", CONTESTANTS[n], [n, *role]) for n in able
    }
    rows, results = [], {}
    for case in cases:
        running = {
            n: p for n, p in processes.items() if n != "torch" or CASES[case].torch is not None
        }
        reported = interleaved(running, rounds)
        found = {
            n: Spread(tuple(m["seconds"] * 1e3 for m in messages))
            for n, messages in reported.items()
        }
        firsts = {n: messages[0]["first"] for n, messages in reported.items()}
        results[case] = {n: {**spread.as_json(), "first": firsts[n]} for n, spread in found.items()}
        ratios = [f"{found[n].over(found[able[0]]):.2f}" if n in found else "" for n in able[1:]]
        compiled = [f"{firsts[n]:.2f}" if n in found else "" for n in able]
        rows.append(
            [
                case,
                *(f"{found[n].median:.3g}" if n in found else "" for n in able),
                *ratios,
                *compiled,
            ]
        )
        print(" ".join(f"{cell:>24}" for cell in rows[-1]), flush=True)
    for process in processes.values():
        process.close()
    titles = [CONTESTANTS[n].title for n in able]
    header = [
        "forward and backward",
        *(f"{t}, ms" for t in titles),
        *(f"{t} / {titles[0]}" for t in titles[1:]),
    ]
    header += [f"{t}, s to the first" for t in titles]
    report = table(header, rows)
    print(f"\n{report}\n")
    if not options.quick:
        write_json(
            options.out / "layers.json", {"title": "Layers", "report": report, "results": results}
        )
        print(f"Written to {options.out / 'layers.json'}")
    return 0


def run_contestant(name: str, cases: str, rounds: str) -> None:
    """Be the contestant `name`, in this process."""
    session = Session("predict")
    session.epochs = int(rounds) - 1  # the first is the one that compiles
    make = {"jaxcnn": our_gradient, "keras": keras_gradient, "torch": torch_gradient}[name]
    for case in cases.split(","):
        if name == "torch" and CASES[case].torch is None:
            continue
        # One contestant after the other makes the layer and compiles, and so has the machine to
        # itself.
        session.epoch_begin()
        began = time.perf_counter()
        gradient = make(CASES[case])
        gradient()
        first, began = time.perf_counter() - began, time.perf_counter()
        gradient()
        times = max(1, int(CALL_SECONDS / (time.perf_counter() - began)))
        session.epoch_end(0.0, first=first)
        session.repeat(gradient, times, first=first)


def jitted(loss: Callable[..., Any], weights: Any, x: np.ndarray) -> Callable[[], Any]:
    """A function that takes the gradient of ``loss(weights, x)`` and waits for it."""
    import jax

    wanted = (0, 1) if x.dtype == np.float32 else (0,)
    gradient, x = jax.jit(jax.grad(loss, wanted)), jax.device_put(x)
    return lambda: jax.block_until_ready(gradient(weights, x))


def our_gradient(case: Case) -> Callable[[], Any]:
    import jax

    import jaxcnn

    x = case.data()
    model = jaxcnn.Sequential(
        [jaxcnn.layers.InputLayer(x.shape[1:], dtype=str(x.dtype)), case.keras(jaxcnn.layers)]
    )
    collections = {name: tree for name, tree in model.variables.items() if name != "params"}
    module, rngs = model.module, {"dropout": jax.random.key(0)}

    def loss(params: Any, x: Any) -> Any:
        variables = {"params": params, **collections}
        outputs, _ = module.apply(
            variables, x, train=True, rngs=rngs, mutable=["batch_stats", "losses"]
        )
        return (outputs**2).sum()

    return jitted(loss, model.variables.get("params", {}), x)


def keras_gradient(case: Case) -> Callable[[], Any]:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras

    x = case.data()
    layer = case.keras(keras.layers)
    layer.build(x.shape)
    others = [v.value for v in layer.non_trainable_variables]

    def loss(weights: Any, x: Any) -> Any:
        options = {} if "training" not in layer._call_signature.parameters else {"training": True}
        return (layer.stateless_call(weights, others, x, **options)[0] ** 2).sum()

    return jitted(loss, [v.value for v in layer.trainable_variables], x)


def torch_gradient(case: Case) -> Callable[[], Any]:
    import torch
    from torch import nn

    assert case.torch is not None
    layer, x = case.torch(nn), torch.from_numpy(case.data())
    if x.ndim > 3 or isinstance(layer, nn.Conv1d):
        x = x.movedim(-1, 1)  # stays channels last in memory
        if x.ndim == 4:
            layer = layer.to(memory_format=torch.channels_last)
    if x.is_floating_point():
        x.requires_grad_()

    def gradient() -> None:
        layer.zero_grad()
        x.grad = None
        outputs = layer(x)
        (outputs[0][:, -1] if isinstance(outputs, tuple) else outputs).square().sum().backward()

    return gradient


if __name__ == "__main__":
    sys.exit(main())

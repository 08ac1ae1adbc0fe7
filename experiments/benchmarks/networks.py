"""The networks that are measured, described without any library, with their data and starting weights.

A layer is a tuple: its kind, then its numbers.  Every contestant builds the same network from the same tuples.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

Layer = tuple  # ("dense", units), ("conv", channels, padding), ("pool",), ("dropout", rate), ("flatten",), ("relu",)

CLASSES = 10


@dataclass(frozen=True)
class Network:
    """A classifier that ends in a softmax over ten classes.

    Attributes:
        title: what it is called in tables.
        input_shape: of one sample, channels last.
        layers: up to the logits.
        optimizer: 'rmsprop' (rho 0.9) or 'adadelta' (rho 0.95), both with epsilon 1e-8.
        lr: learning rate.
        batch_size: samples a step.
        samples: samples an epoch.
    """

    title: str
    input_shape: tuple[int, ...]
    layers: tuple[Layer, ...]
    optimizer: str
    lr: float
    batch_size: int
    samples: int

    @property
    def steps(self) -> int:
        """Steps an epoch; the sizes are chosen so that no batch is short."""
        return self.samples // self.batch_size

    @property
    def convolutional(self) -> bool:
        return any(kind == "conv" for kind, *_ in self.layers)

    def small(self) -> Network:
        """The same network without dropout on one small batch, to compare numbers."""
        layers = tuple(layer for layer in self.layers if layer[0] != "dropout")
        return replace(self, layers=layers, batch_size=8, samples=8)

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Random inputs in [0, 1) and one-hot targets."""
        generator = np.random.default_rng(0)
        x = generator.random((self.samples, *self.input_shape), np.float32)
        return x, np.eye(CLASSES, dtype=np.float32)[generator.integers(0, CLASSES, self.samples)]

    def weights(self) -> list[np.ndarray]:
        """Kernel (inputs last but one, outputs last) and bias of each layer that has them."""
        generator = np.random.default_rng(1)
        found: list[np.ndarray] = []
        shape = self.input_shape
        for kind, *numbers in self.layers:
            if kind in ("dense", "conv"):
                window = (3, 3) if kind == "conv" else ()
                kernel = (*window, shape[-1], numbers[0])
                limit = math.sqrt(6 / (math.prod(window) * (shape[-1] + numbers[0])))
                found += [generator.uniform(-limit, limit, kernel).astype(np.float32), np.zeros(numbers[0], np.float32)]
                lost = 2 if kind == "conv" and numbers[1] == "valid" else 0
                shape = (*(n - lost for n in shape[:-1]), numbers[0])
            elif kind == "pool":
                shape = (*(n // 2 for n in shape[:-1]), shape[-1])
            elif kind == "flatten":
                shape = (math.prod(shape),)
        return found


def _conv_block(channels: int) -> tuple[Layer, ...]:
    first, second = ("conv", channels, "same"), ("conv", channels, "valid")
    return (first, ("relu",), second, ("relu",), ("pool",), ("dropout", 0.25))


NETWORKS = {
    "mlp": Network(
        "MLP 784-512-512-10",
        (784,),
        (("dense", 512), ("relu",), ("dense", 512), ("relu",), ("dense", CLASSES)),
        "rmsprop",
        0.001,
        batch_size=128,
        samples=128 * 468,
    ),
    "tiny": Network(
        "MLP 784-32-10",
        (784,),
        (("dense", 32), ("relu",), ("dense", CLASSES)),
        "rmsprop",
        0.001,
        batch_size=32,
        samples=32 * 1872,
    ),
    "mnist_cnn": Network(  # P12
        "MNIST CNN",
        (28, 28, 1),
        (
            ("conv", 32, "valid"),
            ("relu",),
            ("conv", 64, "valid"),
            ("relu",),
            ("pool",),
            ("dropout", 0.25),
            ("flatten",),
            ("dense", 128),
            ("relu",),
            ("dropout", 0.5),
            ("dense", CLASSES),
        ),
        "adadelta",
        1.0,
        batch_size=128,
        samples=128 * 16,
    ),
    "cifar_cnn": Network(  # P13
        "CIFAR CNN",
        (32, 32, 3),
        (
            *_conv_block(32),
            *_conv_block(64),
            ("flatten",),
            ("dense", 512),
            ("relu",),
            ("dropout", 0.5),
            ("dense", CLASSES),
        ),
        "rmsprop",
        0.0001,
        batch_size=128,
        samples=128 * 12,
    ),
}

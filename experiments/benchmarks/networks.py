"""The networks that are measured, described without any library, with their data and starting
weights.

A layer is a tuple: its kind, then its numbers. Every contestant builds the same network from the
same tuples.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

# ("dense", units), ("conv", channels, window, stride, "same" or "valid"), ("norm",) over the
# channels, ("relu",), ("pool",) the largest of 2 by 2, ("pool3",) of 3 by 3 with stride 2, ("pad",
# zeros around), ("average",) over all places, ("dropout", rate), ("flatten",), ("lstm", units)
# giving its last output, ("residual", layers, layers) the sum.
Layer = tuple

CLASSES = 10


@dataclass(frozen=True)
class Network:
    """A classifier that ends in a softmax over ten classes.

    Attributes:
        title: what it is called in tables.
        input_shape: of one sample, channels last.
        layers: up to the logits.
        optimizer: 'rmsprop' (rho 0.9) or 'adadelta' (rho 0.95), both with epsilon 1e-8, 'sgd'
            (momentum 0.9) or 'adam' (epsilon 1e-7).
        lr: learning rate.
        batch_size: samples a step.
        samples: samples an epoch.
        inline: whether the book's listing has its ReLUs as arguments of the layers before them.
        seed: of the starting weights.
    """

    title: str
    input_shape: tuple[int, ...]
    layers: tuple[Layer, ...]
    optimizer: str
    lr: float
    batch_size: int
    samples: int
    inline: bool = False
    seed: int = 1

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

    def flops(self) -> float:
        """Multiplications and additions of a training step on one sample: three times those of the
        forward pass.
        """
        return 3 * _flops(self.layers, self.input_shape)[0]

    def weights(self) -> list[list[np.ndarray]]:
        """The arrays of each layer that has some, in the order of the layers and in the layout of
        Keras.
        """
        found: list[list[np.ndarray]] = []
        _weights(self.layers, self.input_shape, np.random.default_rng(self.seed), found)
        return found


def activated(layers: tuple[Layer, ...], inline: bool) -> Iterator[tuple[Layer, dict[str, str]]]:
    """Each layer with what else Keras is told of it: its activation, where that is not a layer of
    its own.
    """

    def joined(i: int) -> bool:
        return (
            inline and layers[i][0] in ("dense", "conv") and layers[i + 1 : i + 2] == (("relu",),)
        )

    for i, layer in enumerate(layers):
        if not (i and joined(i - 1)):
            yield layer, {"activation": "relu"} if joined(i) else {}


def _weights(
    layers: tuple[Layer, ...],
    shape: tuple[int, ...],
    generator: np.random.Generator,
    found: list[list[np.ndarray]],
) -> None:
    """Append the arrays of `layers`, on samples of `shape`, to `found`."""

    def uniform(*kernel: int) -> np.ndarray:
        limit = math.sqrt(6 / (math.prod(kernel[:-2]) * (kernel[-2] + kernel[-1])))
        return generator.uniform(-limit, limit, kernel).astype(np.float32)

    for kind, *numbers in layers:
        if kind == "dense":
            found.append([uniform(shape[-1], numbers[0]), np.zeros(numbers[0], np.float32)])
        elif kind == "conv":
            channels, window = numbers[:2]
            found.append(
                [uniform(window, window, shape[-1], channels), np.zeros(channels, np.float32)]
            )
        elif kind == "norm":
            zeros, ones = np.zeros(shape[-1], np.float32), np.ones(shape[-1], np.float32)
            found.append([ones, zeros, zeros, ones])
        elif kind == "lstm":
            (units,) = numbers
            bias = np.zeros(4 * units, np.float32)
            bias[units : 2 * units] = 1
            found.append([uniform(shape[-1], 4 * units), uniform(units, 4 * units), bias])
        elif kind == "residual":
            _weights(numbers[1], shape, generator, found)
            _weights(numbers[0], shape, generator, found)
        shape = shape_after((kind, *numbers), shape)


def shape_after(layer: Layer, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of one sample after a layer."""
    kind, *numbers = layer
    places, channels = shape[:-1], shape[-1]
    if kind in ("dense", "lstm"):
        return (numbers[0],)
    if kind == "conv":
        channels, window, stride, padding = numbers
        lost = window - 1 if padding == "valid" else 0
        return (*((n - lost - 1) // stride + 1 for n in places), channels)
    if kind == "pool":
        return (*(n // 2 for n in places), channels)
    if kind == "pool3":
        return (*((n - 3) // 2 + 1 for n in places), channels)
    if kind == "pad":
        return (*(n + 2 * numbers[0] for n in places), channels)
    if kind == "flatten":
        return (math.prod(shape),)
    if kind == "average":
        return (channels,)
    if kind == "residual":
        for inner in numbers[0]:
            shape = shape_after(inner, shape)
    return shape


def _flops(layers: tuple[Layer, ...], shape: tuple[int, ...]) -> tuple[float, tuple[int, ...]]:
    """(multiplications and additions of the matrix products and convolutions on one sample, shape
    after them).
    """
    total = 0.0
    for kind, *numbers in layers:
        after = shape_after((kind, *numbers), shape)
        if kind == "dense":
            total += 2 * shape[-1] * numbers[0]
        elif kind == "conv":
            total += 2 * math.prod(after) * shape[-1] * numbers[1] ** 2
        elif kind == "lstm":
            total += 2 * shape[0] * 4 * numbers[0] * (shape[1] + numbers[0])
        elif kind == "residual":
            total += _flops(numbers[0], shape)[0] + _flops(numbers[1], shape)[0]
        shape = after
    return total, shape


def _conv_block(channels: int) -> tuple[Layer, ...]:
    first, second = ("conv", channels, 3, 1, "same"), ("conv", channels, 3, 1, "valid")
    return (first, ("relu",), second, ("relu",), ("pool",), ("dropout", 0.25))


def _bottleneck(channels: int, stride: int, widen: bool) -> tuple[Layer, ...]:
    main = (
        *(("conv", channels, 1, stride, "valid"), ("norm",), ("relu",)),
        *(("conv", channels, 3, 1, "same"), ("norm",), ("relu",)),
        *(("conv", 4 * channels, 1, 1, "valid"), ("norm",)),
    )
    shortcut = (("conv", 4 * channels, 1, stride, "valid"), ("norm",)) if widen else ()
    return (("residual", main, shortcut), ("relu",))


def _resnet50() -> tuple[Layer, ...]:
    stem = (("pad", 3), ("conv", 64, 7, 2, "valid"), ("norm",), ("relu",), ("pad", 1), ("pool3",))
    blocks = [
        _bottleneck(channels, stride if i == 0 else 1, widen=i == 0)
        for channels, stride, count in ((64, 1, 3), (128, 2, 4), (256, 2, 6), (512, 2, 3))
        for i in range(count)
    ]
    return (
        *stem,
        *(layer for block in blocks for layer in block),
        ("average",),
        ("dense", CLASSES),
    )


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
            ("conv", 32, 3, 1, "valid"),
            ("relu",),
            ("conv", 64, 3, 1, "valid"),
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
        inline=True,
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
    "resnet50": Network(
        "ResNet-50, 64x64", (64, 64, 3), _resnet50(), "sgd", 1e-8, batch_size=32, samples=32 * 6
    ),
    "lstm": Network(
        "LSTM 128 over 80 steps",
        (80, 128),
        (("lstm", 128), ("dense", CLASSES)),
        "rmsprop",
        0.001,
        batch_size=32,
        samples=32 * 64,
    ),
}

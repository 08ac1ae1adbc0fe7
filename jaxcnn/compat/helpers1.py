"""Helpers of `keras.utils` that Keras 1 alone had."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from jaxcnn.compat.helpers import convert_kernel as turned
from jaxcnn.compat.helpers import count_params
from jaxcnn.layers import Layer
from jaxcnn.layers.base import LAYERS
from jaxcnn.layers.symbolic.tensor import Node
from jaxcnn.models import Network
from jaxcnn.models.summary import print_summary as of_models
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.runtime.types import Path, Settings


def make_tuple(*args: Any) -> tuple[Any, ...]:
    """The arguments."""
    return args


def layer_from_config(config: Settings, custom_objects: Settings | None = None) -> Layer:
    """The layer, or model, that a description has: its `class_name` and `config`."""
    with custom_object_scope(custom_objects):
        layer: Layer = LAYERS.deserialize(config)
    return layer


@dataclass(frozen=True)
class Listed:
    """A list of layers as a summary needs it."""

    layers: list[Layer]
    node_levels: list[list[Node]]

    @property
    def flattened_layers(self) -> list[Layer]:
        """The layers."""
        return self.layers

    def weight_paths(self) -> list[tuple[Layer, Path]]:
        """The weights of all layers."""
        return [pair for layer in self.layers for pair in layer.weight_paths()]

    def trainable_paths(self) -> list[tuple[Layer, Path]]:
        """Those that training would move."""
        return [pair for layer in self.layers for pair in layer.trainable_paths()]


def print_summary(
    layers: Sequence[Layer],
    relevant_nodes: Collection[str] | None = None,
    line_length: int = 100,
    positions: Sequence[float] | None = None,
) -> None:
    """Print one row for each of a list of layers.

    `relevant_nodes` names the calls that count, ``dense_1_ib-0`` for the first of that layer; None
    for all.
    """
    nodes = [
        node
        for layer in layers
        for i, node in enumerate(layer.inbound_nodes)
        if relevant_nodes is None or f"{layer.name}_ib-{i}" in relevant_nodes
    ]
    of_models(Listed(list(layers), [nodes]), line_length, positions)


def accuracy(p: np.ndarray, y: np.ndarray) -> float:
    """The share of equal labels."""
    return float(np.mean(np.asarray(p) == np.asarray(y)))


def multiclass_logloss(p: np.ndarray, y: np.ndarray) -> float:
    """Minus the logarithms of the probabilities of the labels, which count from 1, by sample.

    `y` has a label for each row of `p`, or several, whose logarithms are added up.
    """
    chances = [np.asarray(row)[np.asarray(label) - 1] for row, label in zip(p, y, strict=False)]
    return -float(np.sum(np.log(chances)) / len(y))


def convert_kernel(kernel: np.ndarray, dim_ordering: str | None = None) -> np.ndarray:
    """A kernel turned by 180 degrees; with 'th' its axes are (filters, channels, *sizes)."""
    if dim_ordering != "th":
        return turned(kernel)
    return np.moveaxis(turned(np.moveaxis(kernel, (0, 1), (-1, -2))), (-1, -2), (0, 1))


def count_total_params(
    layers: Iterable[Layer], layer_set: set[Layer] | None = None
) -> tuple[int, int]:
    """(trained numbers, others) in layers and the models among them, each layer counted once.

    Layers of `layer_set` do not count, and those that do are added to it.
    """
    met = set() if layer_set is None else layer_set
    trained = others = 0
    for layer in layers:
        if layer in met:
            continue
        met.add(layer)
        if isinstance(layer, Network):
            inside = count_total_params(layer.layers, met)
        else:
            weights = layer.trainable_weights, layer.non_trainable_weights
            inside = count_params(weights[0]), count_params(weights[1])
        trained, others = trained + inside[0], others + inside[1]
    return trained, others

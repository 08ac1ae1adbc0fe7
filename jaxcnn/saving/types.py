"""The types of saving: models as files see them, weights, and values of JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from os import PathLike
from typing import Any, ClassVar, Protocol, TypeAlias, TypeGuard

import jax
import numpy as np

from jaxcnn.layers import Layer
from jaxcnn.layers.network import LayerNetwork
from jaxcnn.layers.symbolic.tensor import Node
from jaxcnn.nn.traits import Traits
from jaxcnn.runtime.types import Config, Path, PyTree, Settings

# A value of JSON: nested lists and dicts of strings, numbers, booleans and None.
Json: TypeAlias = Any
# The name of a file.
Filename: TypeAlias = str | PathLike[str]
# (the layer that owns a weight, (collection, *path) of the weight there)
Entry: TypeAlias = tuple[Layer, Path]
# The user's own classes and functions by name.
CustomObjects: TypeAlias = Mapping[str, Any] | None


class Network(LayerNetwork, Protocol):
    """A model as files see it."""

    traits: ClassVar[Traits]
    layers: list[Layer]
    node_levels: list[list[Node]]

    @property
    def flattened_layers(self) -> list[Layer]: ...

    def weight_paths(self) -> list[Entry]: ...

    def all_layers(self) -> Iterator[Layer]: ...

    def between_steps(self) -> AbstractContextManager[None]: ...

    def get_config(self) -> Config: ...


class Trainable(Network, Protocol):
    """A model that can be compiled, and when it was, has an optimizer with a state."""

    @property
    def optimizer(self) -> Any: ...

    @property
    def opt_state(self) -> PyTree: ...

    def training_config(self) -> Config: ...

    def compile_from(self, settings: Settings) -> None: ...

    def trainable_paths(self) -> list[Entry]: ...

    def trained_paths(self) -> list[Path]: ...

    def optimizer_arrays(self) -> list[tuple[str, jax.Array]]: ...

    def set_optimizer_arrays(self, values: list[np.ndarray]) -> None: ...


def is_network(layer: Layer | Network) -> TypeGuard[Network]:
    """Whether a layer is a model."""
    return bool(layer.traits.network)

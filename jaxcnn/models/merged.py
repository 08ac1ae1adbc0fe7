"""The model that merges the outputs of others, as a stack of Keras 1 begins with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from jaxcnn.layers.base import Layer
from jaxcnn.layers.weight_tree import with_inner
from jaxcnn.models.model import Model
from jaxcnn.models.network import Network


class MergedModels(Model):
    """The model that merges the outputs of others.

    Attributes:
        parts: the models.
        merging: the layer that merges what they make.
        mode, concat_axis, dot_axes: how, as the program says it.
    """

    mode: object = "sum"
    concat_axis: int = -1
    dot_axes: int | Sequence[int] = -1

    parts: Sequence[Network] = ()
    merging: Layer | None = None

    @property
    def flattened_layers(self) -> list[Layer]:
        """The layers of the models, each once."""
        listed = [layer for part in self.parts for layer in part.flattened_layers]
        return list({id(layer): layer for layer in listed}.values())

    def list_by_parts(self) -> None:
        """List the layers, and with them the weights, of one part after those of another."""
        listed = [id(layer) for part in self.parts for layer in with_inner(cast(Layer, part))]
        order = {layer: number for number, layer in reversed(list(enumerate(listed)))}
        self.members = sorted(self.members, key=lambda layer: order.get(id(layer), len(listed)))
        self.layers = list(self.members)


MergedModels.__name__ = Model.__name__  # which it is called in descriptions, and read as

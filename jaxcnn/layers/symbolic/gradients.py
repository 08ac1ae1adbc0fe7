"""Derivatives of symbolic tensors as a node of the graph."""

from __future__ import annotations

from typing import TypeAlias

import flax.linen as nn

from jaxcnn.layers.base import Layer
from jaxcnn.layers.symbolic.tensor import Node, SymbolicTensor
from jaxcnn.layers.variable import Variable
from jaxcnn.nn.functions import Derivatives

Source: TypeAlias = SymbolicTensor | Variable


class Gradients(Layer):
    """The layer that `K.gradients` makes: derivatives of the sum of `loss` by each source."""

    def __init__(self, loss: list[SymbolicTensor], sources: list[Source]) -> None:
        super().__init__()
        self.loss, self.sources = loss, sources
        derivatives = [
            SymbolicTensor(tuple(source.shape), source.dtype, self, 0, tensor_index=i)
            for i, source in enumerate(sources)
        ]
        tensors = [source for source in sources if isinstance(source, SymbolicTensor)]
        self.inbound_nodes = [Node(self, (loss, tensors), {}, outputs=derivatives)]
        self.weights_store.specs = ()

    def make_module(self) -> nn.Module:
        if weights := [source for source in self.sources if isinstance(source, Variable)]:
            raise ValueError(
                f"K.gradients by the weight '{weights[0].name}' is computed by K.function only; "
                "inside a model, derivatives are by symbolic tensors."
            )
        return Derivatives()

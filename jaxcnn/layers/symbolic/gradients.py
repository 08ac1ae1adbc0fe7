"""Derivatives of symbolic tensors as a node of the graph."""

from __future__ import annotations

from collections.abc import Sequence

import flax.linen as nn
import jax.numpy as jnp

from jaxcnn.layers.base import Layer
from jaxcnn.layers.symbolic.dependence import Source, influences, owner_of
from jaxcnn.layers.symbolic.tensor import Node, SymbolicTensor
from jaxcnn.layers.variable import Variable
from jaxcnn.nn.functions import Derivatives


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


def derivatives(
    losses: list[SymbolicTensor], sources: Sequence[Source]
) -> list[SymbolicTensor | None]:
    """The derivatives of the sum of all `losses`; None by those that they do not depend on, and by
    whole numbers.
    """
    influential = influences(losses)
    used = [
        source
        for source in sources
        if id(owner_of(source)) in influential and jnp.issubdtype(source.dtype, jnp.inexact)
    ]
    tensors = Gradients(losses, used).inbound_nodes[0].outputs if used else []
    by_source = {id(s): derivative for s, derivative in zip(used, tensors, strict=True)}
    return [by_source.get(id(source)) for source in sources]

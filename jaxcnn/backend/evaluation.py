"""Values of symbolic tensors, as a pure function of given values and of the layers' weights."""

from __future__ import annotations

import zlib
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import flax.linen as nn
import jax
import jax.numpy as jnp
from flax.traverse_util import flatten_dict, unflatten_dict

from jaxcnn.layers.added_updates import Changes
from jaxcnn.layers.symbolic.gradients import Gradients
from jaxcnn.layers.symbolic.operation import weights_in
from jaxcnn.layers.symbolic.tensor import GraphLayer, Node, SymbolicTensor
from jaxcnn.layers.symbolic.walk import upstream
from jaxcnn.layers.variable import Variable, given_values
from jaxcnn.nn.graph import run
from jaxcnn.runtime.gradient_rules import with_rules
from jaxcnn.runtime.types import Path, PyTree

# id of a symbolic tensor, or of a variable -> its value
Arrays: TypeAlias = dict[int, jax.Array]


@dataclass(frozen=True)
class Evaluation:
    """One way to compute symbolic tensors.

    Attributes:
        known: values of tensors that are given rather than computed.
        weights: id of a layer -> (collection, *path) -> array, for every layer that takes part.
        variables: values of the variables that belong to no layer.
        train: the learning phase.
        key: for random functions.
        offsets: what is added to the values of tensors; their derivatives are those with respect to
            the tensors.
    """

    known: Arrays
    weights: dict[int, dict[Path, jax.Array]]
    variables: Arrays
    train: bool
    key: jax.Array
    offsets: Arrays = field(default_factory=dict)

    def values(self, tensors: Sequence[SymbolicTensor]) -> list[jax.Array]:
        """The values of `tensors`."""
        values: Arrays = {}
        masks: dict[int, jax.Array | None] = {}

        def put(tensor: int, value: jax.Array, mask: jax.Array | None = None) -> None:
            values[tensor] = value + self.offsets[tensor] if tensor in self.offsets else value
            masks[tensor] = mask

        for tensor, value in self.known.items():
            put(tensor, value)
        for node in needed_nodes(tensors, self.known):
            if isinstance(node.layer, Gradients):
                outputs, out_masks = self.gradients(node.layer), None
            elif isinstance(node.layer, Changes):
                outputs, out_masks = self.changes(node.layer, values, masks), None
            elif node.evaluated is not None:
                outputs = jax.tree.map(lambda t: values.get(id(t), t), node.evaluated.arguments[0])
                out_masks = jax.tree.map(lambda t: masks.get(id(t)), node.evaluated.arguments[0])
            else:
                outputs, out_masks, _ = self.run(node, values, masks)
            flat_outputs = jax.tree.leaves(outputs)
            flat_masks = jax.tree.leaves(out_masks, is_leaf=lambda m: m is None)
            if len(flat_masks) != len(flat_outputs):
                flat_masks = [None] * len(flat_outputs)
            computed = jax.tree.leaves(node.outputs)
            for tensor, value, mask in zip(computed, flat_outputs, flat_masks, strict=True):
                put(id(tensor), value, mask)
        return [values[id(tensor)] for tensor in tensors]

    def run(
        self, node: Node, values: Arrays, masks: dict[int, jax.Array | None]
    ) -> tuple[PyTree, PyTree, PyTree]:
        """(outputs, their masks, changed statistics and states) of one call of a layer."""
        layer = node.layer
        args, kwargs = jax.tree.map(lambda t: values.get(id(t), t), (node.args, node.kwargs))
        mask = jax.tree.map(lambda t: masks.get(id(t)), node.args[0])
        # The key depends on layer and call only, so that a gradient sees the same noise as its
        # loss.
        call = layer.inbound_nodes.index(node)
        key = jax.random.fold_in(
            jax.random.fold_in(self.key, zlib.crc32(layer.name.encode())), call
        )

        weights = {id(variable): self.variable(variable) for variable in weights_in(node)}

        def forward(module: nn.Module) -> tuple[PyTree, PyTree]:
            with given_values({**self.variables, **weights}), with_rules(node.rules):
                return run(module, args, dict(kwargs), mask, self.train)

        mutable = ["batch_stats", "state"] if self.train else ["state"]
        apply = nn.apply(forward, layer.module, mutable=mutable)
        (outputs, output_masks), changed = apply(self.assembled(layer), rngs={"dropout": key})
        return outputs, output_masks, changed

    def changes(
        self, layer: Changes, values: Arrays, masks: dict[int, jax.Array | None]
    ) -> list[jax.Array]:
        """What a call changes in training; it is as random as the call itself."""
        _, _, changed = replace(self, train=True).run(layer.call_of_layer, values, masks)
        flat = flatten_dict(changed)
        return [flat[path] for path in layer.paths]

    def assembled(self, layer: GraphLayer) -> dict[str, PyTree]:
        """The variables of a layer's module, as ``layer.variables`` nests them."""
        tree: dict[str, PyTree] = unflatten_dict(self.weights[id(layer)])
        for name, child in layer.children.items():
            for collection, values in self.assembled(child).items():
                tree.setdefault(collection, {})[name] = values
        return tree

    def gradients(self, layer: Gradients) -> list[jax.Array]:
        """The derivatives of a `Gradients` layer.

        The loss is computed again here; the compiler sees that this repeats what the rest of the
        program computes.
        """
        tensors = [source for source in layer.sources if isinstance(source, SymbolicTensor)]
        variables = [source for source in layer.sources if isinstance(source, Variable)]

        def total(offsets: list[jax.Array], values: list[jax.Array]) -> jax.Array:
            added = {
                id(t): offset + self.offsets.get(id(t), 0)
                for t, offset in zip(tensors, offsets, strict=True)
            }
            inner = replace(self, offsets=self.offsets | added).with_variables(variables, values)
            return sum((jnp.sum(value) for value in inner.values(layer.loss)), jnp.zeros(()))

        zeros = [jnp.zeros_like(value) for value in self.values(tensors)]
        present = [self.variable(v) for v in variables]
        by_tensor, by_variable = jax.grad(total, argnums=(0, 1))(zeros, present)
        by_source = {
            id(source): gradient
            for source, gradient in zip(
                [*tensors, *variables], [*by_tensor, *by_variable], strict=True
            )
        }
        return [by_source[id(source)] for source in layer.sources]

    def variable(self, variable: Variable) -> jax.Array:
        """The value of a weight or variable."""
        return (
            self.weights[id(variable.owner)][variable.path]
            if variable.owner is not None
            else self.variables[id(variable)]
        )

    def with_variables(
        self, variables: Sequence[Variable], values: Sequence[jax.Array]
    ) -> Evaluation:
        """The same with other values of some weights and variables."""
        weights = {layer: dict(arrays) for layer, arrays in self.weights.items()}
        free = dict(self.variables)
        for variable, value in zip(variables, values, strict=True):
            if variable.owner is not None:
                weights[id(variable.owner)][variable.path] = value
            else:
                free[id(variable)] = value
        return replace(self, weights=weights, variables=free)


def needed_nodes(tensors: Iterable[SymbolicTensor], known: Container[int]) -> list[Node]:
    """The calls that make `tensors` from the known ones, in an order in which they can run.

    Raises:
        ValueError: an input that is not known is needed.
    """
    nodes, inputs = upstream(tensors, known)
    if inputs:
        raise ValueError(
            f"The value of the input '{inputs[0].layer.name}' is needed: put it among the inputs."
        )
    return nodes

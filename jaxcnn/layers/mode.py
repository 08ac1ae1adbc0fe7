"""Whether what a layer computes depends on the mode, training or inference."""

from __future__ import annotations

from collections.abc import Iterable

import flax.linen as nn
import jax

from jaxcnn.layers.symbolic.tensor import Node, SymbolicTensor
from jaxcnn.nn.functions import Derivatives
from jaxcnn.nn.graph import run
from jaxcnn.runtime.types import PyTree

UNKNOWN = 480  # what a size is taken for that may be any


def uses_learning_phase(tensors: Iterable[SymbolicTensor]) -> bool:
    """Whether a layer on the way to one of `tensors` computes otherwise in training."""
    waiting, seen = list(tensors), set()
    while waiting:
        tensor = waiting.pop()
        node = tensor.layer.inbound_nodes[tensor.node_index]
        if id(node) in seen or not node.args:
            continue
        seen.add(id(node))
        if is_traced(node) and program(node, train=True) != program(node, train=False):
            return True
        waiting += node.sources
    return False


def is_traced(node: Node) -> bool:
    """Whether the module of a call computes it from its arguments alone."""
    if node.evaluated is not None or isinstance(node.module, Derivatives):
        return False
    return not getattr(node.layer, "weights_used", ())


def is_mode(value: object) -> bool:
    """Whether `value` is the symbolic learning phase.

    Raises:
        ValueError: another symbolic tensor, which cannot be the mode of a call.
    """
    if not isinstance(value, SymbolicTensor):
        return False
    saved = getattr(value.layer, "saved", None)
    if getattr(saved, "name", "") != "training_mode":
        raise ValueError(
            f"`training` must be True, False, None or K.learning_phase(); given {value!r}."
        )
    return True


def program(node: Node, train: bool) -> str:
    """What a call computes in one of the modes, as a text."""
    leaves, structure = jax.tree.flatten((node.args, node.kwargs))
    symbolic = [i for i, leaf in enumerate(leaves) if isinstance(leaf, SymbolicTensor)]

    def compute(values: list[jax.Array], key: jax.Array) -> PyTree:
        filled = list(leaves)
        for i, value in zip(symbolic, values, strict=True):
            filled[i] = value
        args, kwargs = jax.tree.unflatten(structure, filled)
        forward = nn.init_with_output(
            lambda bound: run(bound, args, dict(kwargs), None, train)[0], node.module
        )
        return forward({"params": key, "dropout": key})[0]

    inputs = [
        jax.ShapeDtypeStruct(
            [size or (UNKNOWN if axis else 2) for axis, size in enumerate(leaves[i].shape)],
            leaves[i].dtype,
        )
        for i in symbolic
    ]
    return str(jax.make_jaxpr(compute)(inputs, jax.random.key(0)))


# As tensors have it in Keras; this file stands on theirs.
SymbolicTensor._uses_learning_phase = property(  # type: ignore[attr-defined]
    lambda tensor: uses_learning_phase([tensor])
)

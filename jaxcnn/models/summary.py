"""The table that ``model.summary()`` prints."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Protocol

from jaxcnn.layers.base import Layer
from jaxcnn.layers.naming import class_of_then
from jaxcnn.layers.symbolic.tensor import Node, shapes
from jaxcnn.runtime.types import Path, PyTree
from jaxcnn.spellings.dialect import dialect


class Summarised(Protocol):
    """A model as its table needs it."""

    @property
    def layers(self) -> list[Layer]: ...

    @property
    def node_levels(self) -> list[list[Node]]: ...

    @property
    def flattened_layers(self) -> list[Layer]: ...

    def weight_paths(self) -> list[tuple[Layer, Path]]: ...

    def trainable_paths(self) -> list[tuple[Layer, Path]]: ...


def print_summary(
    model: Summarised,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    print_fn: Callable[[str], object] = print,
) -> None:
    """Print one row a layer: name and class, output shape and parameters.

    Unless the model is a chain, a further column names the layers that it is called on; in Keras 1
    always.
    """
    spoken = dialect()
    chain = is_chain(model) and not spoken.connections
    line_length = line_length or (65 if chain else spoken.graph_width)
    positions = positions or ((0.45, 0.85, 1.0) if chain else (0.33, 0.55, 0.67, 1.0))
    ends = (
        [int(line_length * p) for p in positions]
        if positions[-1] <= 1
        else [int(p) for p in positions]
    )
    header = ["Layer (type)", "Output Shape", "Param #"] + ([] if chain else ["Connected to"])

    def row(fields: Sequence[object]) -> None:
        line = ""
        for i, (text, end) in enumerate(zip(fields, ends[: len(header)], strict=True)):
            line = (line[:-1] + " " if i else "") + str(text)
            line = line[:end].ljust(end)
        print_fn(line)

    print_fn("_" * line_length)
    row(header)
    print_fn("=" * line_length)
    relevant = {id(node) for level in model.node_levels for node in level}
    rows = model.flattened_layers if spoken.of_keras_1 else model.layers
    # Keras 1 lost sight of the calls within models that are merged when it compiled the whole.
    seen = rows if getattr(model, "optimizer", None) is None else model.layers
    within = {id(layer) for layer in seen} - {id(layer) for layer in model.layers}
    for layer in rows:
        first = [f"{layer.name} ({class_of_then(layer)})", shape_of(layer), layer.count_params()]
        if chain:
            row(first)
        else:
            sources = [
                name
                for node in layer.inbound_nodes
                if id(node) in relevant or id(layer) in within
                for name in sources_of(node)
            ]
            row([*first, sources[0] if sources else ""])
            for source in sources[1:]:
                row(["", "", "", source])
        print_fn(("=" if layer is rows[-1] else "_") * line_length)

    def total(paths: Sequence[tuple[Layer, Path]]) -> int:
        # A weight shared by two layers of the model counts once.
        shapes = {(id(owner), path): owner.weight_shape(path) for owner, path in paths}
        return sum(math.prod(shape) for shape in shapes.values())

    everything = total(model.weight_paths())
    trainable = total(model.trainable_paths())
    print_fn(f"Total params: {everything:,}")
    print_fn(f"Trainable params: {trainable:,}")
    print_fn(f"Non-trainable params: {everything - trainable:,}")
    print_fn("_" * line_length)


def is_chain(model: Summarised) -> bool:
    """Whether every layer follows one other, so that the connections need no column."""
    if type(model).__name__ == "Sequential":
        return True
    return all(len(level) == 1 and len(level[0].inbound) <= 1 for level in model.node_levels)


def shape_of(layer: Layer) -> PyTree:
    """The output shape, or 'multiple' where the calls of the layer differ."""
    first, *others = [shapes(node.outputs) for node in layer.inbound_nodes]
    return first if all(shape == first for shape in others) else "multiple"


def sources_of(node: Node) -> list[str]:
    """'name[node index][tensor index]' of each tensor the node was called on."""
    return [
        f"{tensor.layer.name}[{tensor.node_index - first_node(tensor.layer)}]"
        f"[{tensor.tensor_index}]"
        for tensor in node.inbound
    ]


def first_node(layer: object) -> int:
    """The number of a layer's first call: models that are merged were a layer and none themselves,
    in Keras 1.
    """
    return int(dialect().of_keras_1 and getattr(layer, "merging", None) is not None)

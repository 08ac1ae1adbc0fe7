"""The weights in an ONNX model: initializers, by the nodes that compute with them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

from jaxcnn.saving.foreign.modules import Module, Weights
from jaxcnn.utils.protobuf import fields, packed

DTYPES: Mapping[int, Any] = {
    1: "<f4",
    2: "u1",
    3: "i1",
    6: "<i4",
    7: "<i8",
    9: "?",
    10: "<f2",
    11: "<f8",
    16: ml_dtypes.bfloat16,
}
# Field of a tensor with numbers one by one -> their dtype there.
LISTED: Mapping[int, str] = {4: "<f4", 5: "<i4", 7: "<i8", 10: "<f8"}
# Kinds of nodes -> names in PyTorch of their inputs after the first.
ROLES: Mapping[str, tuple[str, ...]] = {
    "Conv": ("weight", "bias"),
    "ConvTranspose": ("weight", "bias"),
    "BatchNormalization": ("weight", "bias", "running_mean", "running_var"),
    "LayerNormalization": ("weight", "bias"),
    "PRelu": ("weight",),
}
# The gates of ONNX in the order of PyTorch.
GATES: Mapping[str, tuple[int, ...]] = {"LSTM": (0, 2, 3, 1), "GRU": (1, 0, 2), "RNN": (0,)}


@dataclass
class Node:
    """One operation."""

    kind: str = ""
    name: str = ""
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass
class Graph:
    """Operations in order, and the arrays that they use by name."""

    nodes: list[Node]
    arrays: dict[str, np.ndarray]

    def consumer(self, output: str, kinds: tuple[str, ...]) -> Node | None:
        """The first node of some kinds that takes an output."""
        return next((n for n in self.nodes if output in n.inputs and n.kind in kinds), None)


def is_onnx(start: bytes) -> bool:
    """Whether a file begins as an ONNX model: with the version of its format."""
    return len(start) > 2 and start[0] == 8 and 0 < start[1] < 32


def read_onnx(path: Path) -> Weights:
    """The weights of each node that has some, in the order in which they are computed.

    Raises:
        ValueError: it is damaged, keeps its numbers in other files, or in a type that is not read.
    """
    model = dict(fields(path.read_bytes()))
    if not isinstance(model.get(7), bytes):
        raise ValueError(f"{path} is no ONNX model: it has no graph.")
    graph = read_graph(model[7])
    turned = any(
        node.kind == "Transpose"
        and node.attributes.get("perm", [])[-1:] == [1]
        and graph.consumer(node.outputs[0], ("Reshape", "Flatten"))
        for node in graph.nodes
    )
    modules = [module for node in graph.nodes for module in modules_of(graph, node)]
    return Weights("ONNX", modules, flattened_channels_first=not turned)


def read_graph(message: bytes) -> Graph:
    """A graph, constants among its arrays."""
    graph = Graph([], {})
    for number, value in fields(message):
        if number == 1:
            node = read_node(value)
            if node.kind == "Constant" and isinstance(node.attributes.get("value"), np.ndarray):
                graph.arrays[node.outputs[0]] = node.attributes["value"]
            else:
                graph.nodes.append(node)
        elif number == 5:
            name, array = tensor(value)
            graph.arrays[name] = array
    return graph


def read_node(message: bytes) -> Node:
    """A node with the attributes that matter: numbers, lists of them and arrays."""
    node = Node()
    for number, value in fields(message):
        if number in (1, 2):
            (node.inputs if number == 1 else node.outputs).append(value.decode())
        elif number in (3, 4):
            setattr(node, "name" if number == 3 else "kind", value.decode())
        elif number == 5:
            name, content = "", None
            for part, inner in fields(value):
                if part == 1:
                    name = inner.decode()
                elif part == 3:
                    content = inner
                elif part == 5:
                    content = tensor(inner)[1]
                elif part == 8:
                    given = list(packed(inner)) if isinstance(inner, bytes) else [inner]
                    content = [*(content or []), *given]
            node.attributes[name] = content
    return node


def tensor(message: bytes) -> tuple[str, np.ndarray]:
    """(name, array) of a tensor.

    Raises:
        ValueError: its numbers lie elsewhere, are too few, or of a type that is not read.
    """
    name, kind, raw = "", 0, b""
    shape: list[int] = []
    numbers: list[np.ndarray] = []
    for number, value in fields(message):
        if number == 1:
            shape += packed(value) if isinstance(value, bytes) else [value]
        elif number == 2:
            kind = value
        elif number == 8:
            name = value.decode()
        elif number == 9:
            raw = value
        elif number == 14 and value:
            raise ValueError(f"'{name}' keeps its numbers in another file, which is not read.")
        elif number in LISTED and isinstance(value, bytes):
            if number in (5, 7):
                listed = np.array(list(packed(value)), "u8").astype(LISTED[number])
            else:
                listed = np.frombuffer(value, LISTED[number])
            numbers.append(listed)
    if kind not in DTYPES:
        raise ValueError(f"'{name}' holds numbers of the type {kind} of ONNX, which is not read.")
    dtype = np.dtype(DTYPES[kind])
    if numbers and dtype.itemsize == 2:  # halves are listed as whole numbers of the same bits
        array = np.concatenate(numbers).astype("<u2").view(dtype)
    else:
        array = np.concatenate(numbers).astype(dtype) if numbers else np.frombuffer(raw, dtype)
    if array.size != math.prod(shape):
        raise ValueError(f"'{name}' of shape {shape} has {array.size} numbers.")
    return name, array.reshape(shape)


def modules_of(graph: Graph, node: Node) -> Iterator[Module]:
    """The weights of a node as PyTorch has them: none, or one module for each direction."""
    given = [(name, graph.arrays.get(name)) for name in node.inputs]
    arrays = [(name, array) for name, array in given[1:] if array is not None]
    label = label_of(node, arrays[0][0] if arrays else node.inputs[0] if node.inputs else "")
    module = Module(label)
    if node.kind in ROLES:
        for role, (name, array) in zip(ROLES[node.kind], given[1:], strict=False):
            if array is not None:
                module.add(role, array, name)
    elif node.kind == "Gather" and given[0][1] is not None and given[0][1].ndim == 2:
        module.add("weight", given[0][1], given[0][0])
    elif node.kind in ("Gemm", "MatMul") and arrays and arrays[0][1].ndim == 2:
        name, kernel = arrays[0]
        module.add("weight", kernel if node.attributes.get("transB") else kernel.T, name)
        adding = graph.consumer(node.outputs[0], ("Add",)) if node.kind == "MatMul" else None
        terms = [(n, graph.arrays[n]) for n in adding.inputs if n in graph.arrays] if adding else []
        for name, bias in arrays[1:] or terms:
            module.add("bias", bias.reshape(-1), name)
    elif node.kind in GATES and len(arrays) >= 2:
        yield from directions(node, label, arrays)
        return
    if module.arrays:
        yield module


def directions(node: Node, label: str, arrays: list[tuple[str, np.ndarray]]) -> Iterator[Module]:
    """The weights of a recurrent node, a module for each direction."""
    names = [name for name, _ in arrays[:3]]
    for direction in range(len(arrays[0][1])):
        parts = [
            rows
            for _, array in arrays[:3]
            for rows in np.split(array[direction], 2 if array.ndim == 2 else 1)
        ]
        ordered = [in_order(rows, GATES[node.kind]) for rows in parts]
        roles = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        suffix = ".reverse" if direction else ""
        module = Module(label + suffix, dict(zip(roles, ordered, strict=False)), names)
        module.reset_after = bool(node.attributes.get("linear_before_reset"))
        yield module


def in_order(rows: np.ndarray, order: tuple[int, ...]) -> np.ndarray:
    """The rows of gates in another order."""
    gates = np.split(rows, len(order))
    return np.concatenate([gates[i] for i in order])


def label_of(node: Node, source: str) -> str:
    """The name of a module: what its arrays are called by PyTorch, or the node's name."""
    stem, _, role = source.rpartition(".")
    return stem if stem and role in ("weight", "bias", "running_mean") else node.name or source

"""Walks through the graph of calls, from tensors back to what they are computed from."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from jaxcnn.layers.symbolic.tensor import Node, SymbolicTensor


def source_node(tensor: SymbolicTensor) -> Node:
    """The call that made a tensor."""
    return tensor.layer.inbound_nodes[tensor.node_index]


def is_input(tensor: SymbolicTensor) -> bool:
    """Whether a tensor is what a graph begins with: no call made it, and it holds no value."""
    node = source_node(tensor)
    return node.outputs is tensor and not node.args and node.evaluated is None


def upstream(
    tensors: Iterable[SymbolicTensor], known: Container[int]
) -> tuple[list[Node], list[SymbolicTensor]]:
    """(the calls between the known tensors and `tensors` in an order to run them, other inputs)."""
    order: list[Node] = []
    inputs: dict[int, SymbolicTensor] = {}
    seen: set[int] = set()
    walk: list[Iterator[SymbolicTensor]] = [iter(list(tensors))]
    path: list[Node] = []
    while walk:  # not by recursion, because a deep network would exhaust Python's stack
        tensor = next(walk[-1], None)
        if tensor is None:
            walk.pop()
            order.extend(path[-1:])
            path = path[:-1]
            continue
        node = source_node(tensor)
        if id(tensor) in known or id(node) in seen:
            continue
        if is_input(tensor):
            inputs[id(tensor)] = tensor
            continue
        seen.add(id(node))
        path.append(node)
        walk.append(iter(node.sources))
    return order, list(inputs.values())

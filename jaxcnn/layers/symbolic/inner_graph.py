"""Functions of one element or one step of arrays that ask what only tensors answer."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping

import jax

from jaxcnn.layers import naming
from jaxcnn.layers.input import Input
from jaxcnn.layers.symbolic.operation import Operation
from jaxcnn.layers.symbolic.tensor import Node, SymbolicTensor, symbolic_leaves
from jaxcnn.layers.symbolic.walk import upstream
from jaxcnn.runtime.captures import Captured, symbolically
from jaxcnn.runtime.types import PyTree


def computed(nodes: list[Node], values: Mapping[int, jax.Array], tensors: PyTree) -> PyTree:
    """`tensors` with their values in place, which these calls compute from others.

    Raises:
        Captured: one of the calls is that of a layer with weights.
    """
    known = dict(values)
    for node in nodes:
        if not isinstance(node.layer, Operation):
            raise Captured(node.layer)
        outputs = node.layer.saved([known[id(inbound)] for inbound in node.inbound])
        pairs = zip(jax.tree.leaves(node.outputs), jax.tree.leaves(outputs), strict=True)
        known |= {id(symbol): array for symbol, array in pairs}
    return jax.tree.map(
        lambda leaf: known[id(leaf)] if isinstance(leaf, SymbolicTensor) else leaf, tensors
    )


def inner_part(
    results: PyTree, given: Iterable[SymbolicTensor]
) -> tuple[list[Node], list[SymbolicTensor]]:
    """(the calls that depend on the given tensors, what else these calls and `results` use)."""
    dependent = {id(tensor) for tensor in given}
    ends = symbolic_leaves(results)
    nodes, _ = upstream(ends, dependent)
    inner = []
    for node in nodes:
        if any(id(source) in dependent for source in node.sources):
            inner.append(node)
            dependent |= {id(tensor) for tensor in symbolic_leaves(node.outputs)}
    used = [source for node in inner for source in node.sources] + ends
    outer = {id(tensor): tensor for tensor in used if id(tensor) not in dependent}
    return inner, list(outer.values())


def answering(function: Callable[..., PyTree]) -> Callable[..., PyTree]:
    """A function of arrays that may ask them for `get_shape()` and what else only tensors have.

    It is evaluated on symbolic tensors then, of the sizes that the arrays have.
    """

    @functools.wraps(function)
    def call(*args: PyTree) -> PyTree:
        try:
            return function(*args)
        except AttributeError as error:
            if not isinstance(error.obj, jax.Array):
                raise
        leaves, structure = jax.tree.flatten(args)
        symbols = [symbol_for(leaf) for leaf in leaves]
        with symbolically():
            results = function(*jax.tree.unflatten(structure, symbols))
        given = {id(symbol): leaf for symbol, leaf in zip(symbols, leaves, strict=True)}
        nodes, _ = upstream(symbolic_leaves(results), given)
        return computed(nodes, given, results)

    return call


def symbol_for(leaf: PyTree) -> PyTree:
    """A symbolic tensor of the shape of an array; anything else as it is."""
    if not isinstance(leaf, jax.Array):
        return leaf
    label = naming.unique_name("placeholder")  # no number of an Input of the program
    return Input(batch_shape=leaf.shape, dtype=leaf.dtype, name=label)

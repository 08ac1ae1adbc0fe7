"""A module traced at given sizes: its outputs, masks and weights, found without computing."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp
from flax.traverse_util import flatten_dict

from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.nn.base import WeightSpec, declared_weights
from jaxcnn.nn.graph import run
from jaxcnn.runtime.by_value import shapes_from
from jaxcnn.runtime.captures import with_arrays
from jaxcnn.runtime.scoped import scoped
from jaxcnn.runtime.types import Config, DTypeLike, Path, PyTree, Shape


class UnknownSizes(NamedTuple):
    """What an unknown size is taken for.

    Attributes:
        batch: that of a batch.
        other: any other.
        known: (id of a symbolic tensor, axis) -> its size, instead of these two.
    """

    batch: int
    other: int
    known: Mapping[tuple[int, int], int] = MappingProxyType({})


@dataclass(frozen=True)
class TensorSpec:
    """A shape with None where any size will do, and a dtype."""

    shape: Shape
    dtype: DTypeLike


@dataclass(frozen=True)
class Traced:
    """The result of tracing a module.

    Attributes:
        outputs: shape and dtype of each output.
        masks: the same of each output's mask, None without one.
        weights: the declared weights in their order.
    """

    outputs: PyTree
    masks: PyTree
    weights: tuple[WeightSpec, ...]


# The id of an array in a trace -> the shape of the symbolic tensor that it stands for.
_stated: ContextVar[Mapping[int, Shape]] = ContextVar("stated", default=MappingProxyType({}))


def shape_for_build(x: jax.Array) -> Shape:
    """The plain integers that `build` is told of an input, with None where any size will do."""
    return tuple(_stated.get().get(id(x), (None, *x.shape[1:])))


def trace_at(
    module: nn.Module, args: tuple[PyTree, ...], kwargs: Config, unknown: UnknownSizes
) -> Traced:
    """Trace `module` with these sizes in place of None."""
    leaves, structure = jax.tree.flatten((args, kwargs))
    symbolic = [i for i, leaf in enumerate(leaves) if isinstance(leaf, SymbolicTensor)]
    masks_in = jax.tree.map(
        lambda t: (
            sized(t.mask_shape, bool, unknown, t)
            if isinstance(t, SymbolicTensor) and t.mask_shape
            else None
        ),
        args[0] if args else None,
    )
    order: list[Path] = []

    def call(values: list[jax.Array], mask: PyTree) -> PyTree:
        filled = list(leaves)
        for i, value in zip(symbolic, values, strict=True):
            filled[i] = value
        call_args, call_kwargs = jax.tree.unflatten(structure, filled)
        stated = {id(v): leaves[i].shape for i, v in zip(symbolic, values, strict=True)}

        def forward(bound: nn.Module) -> PyTree:
            return run(bound, call_args, dict(call_kwargs), mask, train=False)

        key = jax.random.key(0)
        with scoped(_stated, stated):
            result, variables = nn.init_with_output(forward, module)(
                {"params": key, "dropout": key}
            )
        flat = {k: v for k, v in flatten_dict(variables).items() if k[0] != "losses"}
        # Tracing keeps the order of declaration, which flattening a result would sort away.
        order.extend(flat)
        return result, flat

    with declared_weights() as declared, with_arrays():
        (outputs, masks), flat = shapes_from(
            call,
            [sized(leaves[i].shape, leaves[i].dtype, unknown, leaves[i]) for i in symbolic],
            masks_in,
        )
    # A layer declares its weights before it calls what may declare some of the same names.
    known = {(spec.collection, *spec.path): spec for spec in reversed(declared)}
    weights = tuple(known.get(path) or foreign_weight(path, flat[path]) for path in order)
    return Traced(outputs, masks, weights)


def foreign_weight(path: Path, value: jax.ShapeDtypeStruct) -> WeightSpec:
    """The weight at (collection, *path) of a module that is not one of `jaxcnn.nn`."""
    return WeightSpec(
        path=path[1:],
        collection=path[0],
        shape=value.shape,
        dtype=value.dtype,
        initializer=from_flax,
        constraint=None,
    )


def from_flax(key: jax.Array, shape: tuple[int, ...], dtype: DTypeLike = jnp.float32) -> jax.Array:
    """Marks a weight that only the ``init`` of its module can make."""
    raise TypeError("a weight of a plain Flax module is made by its init")


def sized(
    shape: Shape, dtype: DTypeLike, unknown: UnknownSizes, tensor: SymbolicTensor | None = None
) -> jax.ShapeDtypeStruct:
    """`shape`, of a tensor or of its mask, with these sizes in place of None."""

    def guess(axis: int) -> int:
        return unknown.known.get((id(tensor), axis), unknown.other if axis else unknown.batch)

    sizes = (guess(axis) if size is None else size for axis, size in enumerate(shape))
    return jax.ShapeDtypeStruct(tuple(sizes), dtype)

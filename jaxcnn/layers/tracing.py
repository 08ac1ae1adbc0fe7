"""What a module would do with inputs of given shapes: output shapes and declared weights, without
computing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
from flax.traverse_util import flatten_dict

from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.nn.base import WeightSpec, declared_weights
from jaxcnn.nn.graph import run

# Unknown sizes are tried at two values; an output size that differs between them is unknown as
# well.  Values beyond the batch are large so that a deep stack of pooling layers still has
# something left.
_BATCHES = (2, 3)
_SIZES = (480, 736)


@dataclass(frozen=True)
class Shape:
    """A shape with None where any size will do, and a dtype."""

    shape: tuple[int | None, ...]
    dtype: Any


@dataclass(frozen=True)
class Traced:
    """The `Shape` of each output and of its mask (None without one), and the declared weights in
    their order.
    """

    outputs: Any
    masks: Any
    weights: tuple[WeightSpec, ...]


def trace(module: nn.Module, args: tuple, kwargs: dict[str, Any]) -> Traced:
    """Trace `module` on symbolic tensors (other leaves of `args` and `kwargs` are passed as they
    are).
    """
    first = _trace_at(module, args, kwargs, 0)
    unknown = any(
        None in leaf.shape
        for leaf in jax.tree.leaves((args, kwargs))
        if isinstance(leaf, SymbolicTensor)
    )
    if not unknown:
        return first
    second = _trace_at(module, args, kwargs, 1)
    if [w.shape for w in first.weights] != [w.shape for w in second.weights]:
        given = [
            leaf.shape
            for leaf in jax.tree.leaves((args, kwargs))
            if isinstance(leaf, SymbolicTensor)
        ]
        raise ValueError(
            f"its weights depend on a size that is None in the input shape {given}; give that size."
        )
    return Traced(
        _common(first.outputs, second.outputs), _common(first.masks, second.masks), first.weights
    )


def _trace_at(module: nn.Module, args: tuple, kwargs: dict[str, Any], which: int) -> Traced:
    leaves, structure = jax.tree.flatten((args, kwargs))
    symbolic = [i for i, leaf in enumerate(leaves) if isinstance(leaf, SymbolicTensor)]
    masks_in = jax.tree.map(
        lambda t: (
            _aval(t.mask_shape, bool, which)
            if isinstance(t, SymbolicTensor) and t.mask_shape
            else None
        ),
        args[0] if args else None,
    )
    order: list[tuple[str, ...]] = []

    def call(values: list[jax.Array], mask: Any) -> Any:
        filled = list(leaves)
        for i, value in zip(symbolic, values, strict=True):
            filled[i] = value
        call_args, call_kwargs = jax.tree.unflatten(structure, filled)

        def forward(bound: nn.Module) -> Any:
            return run(bound, call_args, dict(call_kwargs), mask, train=False)

        key = jax.random.key(0)
        result, variables = nn.init_with_output(forward, module)({"params": key, "dropout": key})
        flat = {k: v for k, v in flatten_dict(variables).items() if k[0] != "losses"}
        order.extend(
            flat
        )  # tracing keeps the order of declaration, which flattening a result would sort away
        return result, flat

    with declared_weights() as declared:
        (outputs, masks), flat = jax.eval_shape(
            call, [_aval(leaves[i].shape, leaves[i].dtype, which) for i in symbolic], masks_in
        )
    known = {(spec.collection, *spec.path): spec for spec in declared}
    weights = tuple(
        known.get(path)
        or WeightSpec(path[1:], path[0], flat[path].shape, flat[path].dtype, from_flax, None)
        for path in order
    )
    return Traced(outputs, masks, weights)


def from_flax(key: jax.Array, shape: tuple[int, ...], dtype: Any = jnp.float32) -> jax.Array:
    """Marks a weight of a module that is not ours: it is made by that module's own ``init``, never
    by this.
    """
    raise TypeError("a weight of a plain Flax module is made by its init")


def _aval(shape: tuple[int | None, ...], dtype: Any, which: int) -> jax.ShapeDtypeStruct:
    sizes = tuple(
        (_BATCHES if i == 0 else _SIZES)[which] if n is None else n for i, n in enumerate(shape)
    )
    return jax.ShapeDtypeStruct(sizes, dtype)


def _common(a: Any, b: Any) -> Any:
    """The structures' shapes where they agree, with None where they differ."""
    return jax.tree.map(
        lambda p, q: Shape(
            tuple(m if m == n else None for m, n in zip(p.shape, q.shape, strict=True)), p.dtype
        ),
        a,
        b,
    )

"""Functions that rearrange arrays, and products of arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from jaxcnn import nn
from jaxcnn.layers.symbolic.operation import along_axis, along_axis_or, operation, per_sample
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.runtime import config


def _keeps_rows(tensors: list[SymbolicTensor], arguments: Mapping[str, Any]) -> bool:
    return next(iter(arguments["pattern"])) == 0


def _not_over_rows(tensors: list[SymbolicTensor], arguments: Mapping[str, Any]) -> bool:
    axes = arguments.get("axes")
    return axes is not None and 0 not in ([axes] if isinstance(axes, int) else list(axes))


@operation(per_sample)
def dot(x: Any, y: Any) -> Any:
    """The product over the last axis of `x` and the last but one of `y`: (2, 3) and (4, 3, 5) give
    (2, 4, 5).
    """
    return jnp.dot(x, y)


@operation(_not_over_rows)
def batch_dot(x: Any, y: Any, axes: Any = None) -> Any:
    """The product of each sample of `x` with the same sample of `y`, summed over ``axes[0]`` and
    ``axes[1]``.

    Axes count the batch as 0; one number stands for both, and None for the last of `x` and the last
    but one of `y`. (batch, 20) and (batch, 30, 20) with axes (1, 2) give (batch, 30); a result
    without further axes is (batch, 1). With four axes or more, all but the last two are taken
    sample by sample.

    Raises:
        ValueError: two matrices without `axes`.
    """
    x, y = jnp.asarray(x), jnp.asarray(y)
    if axes is None and x.ndim == y.ndim == 2:
        raise ValueError(f"batch_dot of {x.shape} and {y.shape} needs `axes`, such as 1.")
    pair = (axes, axes) if isinstance(axes, int) else axes
    extra = abs(x.ndim - y.ndim)
    rank = max(x.ndim, y.ndim)
    squeezed = tuple(range(x.ndim + y.ndim - 3, x.ndim + y.ndim - 3 + extra))
    if y.ndim > x.ndim:
        squeezed = tuple(range(x.ndim - 1, x.ndim - 1 + extra))
    x, y = (a.reshape(*a.shape, *(1,) * (rank - a.ndim)) for a in (x, y))
    if rank == 2:
        result = jnp.sum(x * y, pair[0]) if pair[0] == pair[1] else jnp.sum(x.T * y, pair[1])
    else:
        if pair is not None and pair[0] % rank != rank - 1:
            x = jnp.swapaxes(x, -1, -2)
        if pair is not None and pair[1] % rank == rank - 1:
            y = jnp.swapaxes(y, -1, -2)
        result = jnp.squeeze(jnp.matmul(x, y), squeezed)
    return result[:, None] if result.ndim == 1 else result


@operation()
def transpose(x: Any) -> Any:
    """`x` with its axes in the opposite order."""
    return jnp.transpose(x)


@operation()
def gather(reference: Any, indices: Any) -> Any:
    """The rows of `reference` at `indices`; NaN where there is no such row."""
    return jnp.take(jnp.asarray(reference), jnp.asarray(indices), axis=0)


@operation(_keeps_rows)
def permute_dimensions(x: Any, pattern: Sequence[int]) -> Any:
    """`x` with axis ``pattern[i]`` in the place of axis i."""
    return jnp.transpose(x, tuple(pattern))


@operation()
def reshape(x: Any, shape: Any) -> Any:
    """The elements of `x` in another shape, of which one size may be -1."""
    return jnp.reshape(x, tuple(shape))


@operation(along_axis_or(-1))
def concatenate(tensors: Sequence[Any], axis: int = -1) -> Any:
    """The tensors one after another along `axis`."""
    return jnp.concatenate([jnp.asarray(t) for t in tensors], axis)


@operation(along_axis_or(0))
def stack(x: Sequence[Any], axis: int = 0) -> Any:
    """The tensors of the list `x` side by side along a new axis."""
    return jnp.stack([jnp.asarray(t) for t in x], axis)


@operation(along_axis_or(-1))
def expand_dims(x: Any, axis: int = -1) -> Any:
    """`x` with a new axis of size 1."""
    return jnp.expand_dims(x, axis)


@operation(along_axis)
def squeeze(x: Any, axis: int) -> Any:
    """`x` without an axis, which has the size 1."""
    return jnp.squeeze(x, axis)


@operation(along_axis)
def repeat_elements(x: Any, rep: int, axis: int) -> Any:
    """Each element `rep` times in a row along `axis`: [a, b] twice is [a, a, b, b]."""
    return jnp.repeat(x, rep, axis)


@operation(per_sample)
def repeat(x: Any, n: int) -> Any:
    """(batch, features) to (batch, n, features)."""
    return nn.RepeatVector(n, parent=None).apply({}, jnp.asarray(x))


@operation()
def tile(x: Any, n: Any) -> Any:
    """`x` repeated as a whole, ``n[i]`` times along axis i."""
    return jnp.tile(x, n)


@operation()
def flatten(x: Any) -> Any:
    """The elements of `x` in one row."""
    return jnp.ravel(x)


@operation(per_sample)
def batch_flatten(x: Any) -> Any:
    """(batch, ...) to (batch, features)."""
    return nn.Flatten(parent=None).apply({}, jnp.asarray(x))


@operation(per_sample)
def one_hot(indices: Any, num_classes: int) -> Any:
    """Class numbers (...) to (..., num_classes), 1 at the class and 0 elsewhere."""
    return jax.nn.one_hot(indices, num_classes, dtype=config.floatx())


@operation(along_axis)
def reverse(x: Any, axes: Any) -> Any:
    """`x` back to front along an axis or several."""
    return jnp.flip(x, axes if isinstance(axes, int) else tuple(axes))


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = "int32") -> jax.Array:
    """Numbers from `start` in steps to before `stop`; from 0 to before `start` when that is all
    that is given.
    """
    return jnp.arange(start, stop, step).astype(dtype)

"""What a layer that a user writes may demand of its inputs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from jaxcnn.layers.symbolic.tensor import SymbolicTensor


@dataclasses.dataclass(frozen=True)
class InputSpec:
    """Kept as ``self.input_spec``, or in a list of one for each input, it is checked whenever the
    layer is called.

    Args:
        dtype: of the values.
        shape: with the batch in front and None where any size will do.
        ndim: the number of axes, with the batch.
        max_ndim: the largest number of axes.
        min_ndim: the smallest.
        axes: axis -> its size.
    """

    dtype: Any = None
    shape: Sequence[int | None] | None = None
    ndim: int | None = None
    max_ndim: int | None = None
    min_ndim: int | None = None
    axes: Mapping[int, int | None] | None = None

    def check(self, layer: str, shape: tuple[int | None, ...], dtype: Any) -> None:
        """Raise ValueError when an input of that shape and dtype is not as demanded; unknown sizes
        fit anything.
        """
        rank = len(shape)
        if self.ndim is not None and rank != self.ndim:
            raise ValueError(f"Layer '{layer}' needs an input of {self.ndim} axes; given {shape}.")
        if self.max_ndim is not None and rank > self.max_ndim:
            raise ValueError(
                f"Layer '{layer}' needs an input of at most {self.max_ndim} axes; given {shape}."
            )
        if self.min_ndim is not None and rank < self.min_ndim:
            raise ValueError(
                f"Layer '{layer}' needs an input of at least {self.min_ndim} axes; given {shape}."
            )
        if self.dtype is not None and jnp.dtype(dtype) != jnp.dtype(self.dtype):
            raise ValueError(
                f"Layer '{layer}' needs an input of dtype {self.dtype}; given {dtype}."
            )
        wanted = dict(enumerate(self.shape or ())) | dict(self.axes or {})
        if self.shape is not None and len(self.shape) != rank:
            raise ValueError(
                f"Layer '{layer}' needs an input of shape {tuple(self.shape)}; given {shape}."
            )
        for axis, size in wanted.items():
            if size is not None and shape[axis] not in (None, size):
                raise ValueError(
                    f"Layer '{layer}' needs an input of size {size} along axis {axis}; given "
                    f"{shape}."
                )


def check_inputs(layer: Any, inputs: Any) -> None:
    """Check the inputs of a call against the layer's `input_spec`, if it has one."""
    given = layer.__dict__.get("input_spec")
    if given is None:
        return
    specs = list(given) if isinstance(given, list | tuple) else [given]
    leaves = jax.tree.leaves(inputs, is_leaf=lambda leaf: isinstance(leaf, SymbolicTensor))
    if len(specs) != len(leaves):
        raise ValueError(f"Layer '{layer.name}' needs {len(specs)} inputs; given {len(leaves)}.")
    for spec, leaf in zip(specs, leaves, strict=True):
        if spec is not None:
            spec.check(layer.name, tuple(leaf.shape), leaf.dtype)

"""Demands of a layer that a user writes on its inputs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import jax
import jax.numpy as jnp

from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.runtime.types import DTypeLike, PyTree, Shape


@dataclasses.dataclass(frozen=True)
class InputSpec:
    """What one input must be; set as ``self.input_spec``, it is checked at every call.

    A layer of several inputs sets a list with one for each, or None for any input.

    Args:
        dtype: of the values. Default: None.
        shape: with the batch in front and None where any size will do.
        ndim: the number of axes, with the batch. Default: None.
        max_ndim: the largest number of axes. Default: None.
        min_ndim: the smallest. Default: None.
        axes: axis -> its size. Default: None.

    Examples:
        >>> jc.layers.InputSpec(ndim=4, axes={-1: 3}).check("layer", (None, 32, 32, 3), "float32")

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/topology.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/topology.py>
    """

    dtype: DTypeLike | None = None
    shape: Sequence[int | None] | None = None
    ndim: int | None = None
    max_ndim: int | None = None
    min_ndim: int | None = None
    axes: Mapping[int, int | None] | None = None

    def check(self, layer: str, shape: Shape, dtype: DTypeLike) -> None:
        """Check an input of that shape and dtype; unknown sizes fit anything.

        Raises:
            ValueError: the input is not as demanded; the message names `layer`.
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
        if self.shape is not None and len(self.shape) != rank:
            raise ValueError(
                f"Layer '{layer}' needs an input of shape {tuple(self.shape)}; given {shape}."
            )
        sizes = dict(enumerate(self.shape or ())) | dict(self.axes or {})
        for axis, size in sizes.items():
            if size is not None and shape[axis] not in (None, size):
                raise ValueError(
                    f"Layer '{layer}' needs an input of size {size} along axis {axis}; given "
                    f"{shape}."
                )


def check_inputs(
    layer: str, demanded: InputSpec | Sequence[InputSpec | None] | None, inputs: PyTree
) -> None:
    """Check the inputs of a call of `layer` against its `input_spec`, if it has one.

    Raises:
        ValueError: another number of inputs, or one that is not as demanded.
    """
    if demanded is None:
        return
    specs = [demanded] if isinstance(demanded, InputSpec) else list(demanded)
    leaves = jax.tree.leaves(inputs, is_leaf=lambda leaf: isinstance(leaf, SymbolicTensor))
    if len(specs) != len(leaves):
        raise ValueError(f"Layer '{layer}' needs {len(specs)} inputs; given {len(leaves)}.")
    for spec, leaf in zip(specs, leaves, strict=True):
        if spec is not None:
            spec.check(layer, tuple(leaf.shape), leaf.dtype)

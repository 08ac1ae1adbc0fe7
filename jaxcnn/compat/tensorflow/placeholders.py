"""What a run is fed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.compat.tensorflow.arrays import identity
from jaxcnn.compat.tensorflow.dtypes import as_dtype
from jaxcnn.compat.tensorflow.errors import InvalidArgumentError
from jaxcnn.compat.tensorflow.graph import get_default_graph
from jaxcnn.compat.tensorflow.operation import Operation
from jaxcnn.compat.tensorflow.tensor import Tensor
from jaxcnn.layers.input import InputLayer
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.tensor_shape import shown
from jaxcnn.runtime.arrays import dense
from jaxcnn.runtime.types import ArrayLike, DTypeLike, PyTree

__all__ = ["placeholder", "placeholder_with_default"]


class Placeholder(InputLayer, Operation):
    """The operation of a placeholder."""

    def __init__(self, dtype: DTypeLike, shape: Sequence[int | None] | None, name: str) -> None:
        sizes = [None if n is None else int(n) for n in shape or ()]
        super().__init__(batch_input_shape=tuple(sizes), dtype=as_dtype(dtype), name=name)
        self.graph, self.control = get_default_graph(), []
        self.by_value = False
        self.inbound_nodes[0].outputs = Tensor.of(self.inbound_nodes[0].outputs, shape is None)
        self.graph.note(self)

    @property
    def outputs(self) -> list[Tensor]:
        """Its tensor."""
        return [self.inbound_nodes[0].outputs]


def placeholder(
    dtype: DTypeLike, shape: Sequence[int | None] | None = None, name: str | None = None
) -> Tensor:
    """A tensor whose value each run is fed; without a `shape`, of any."""
    if isinstance(shape, int):
        shape = (shape,)
    return Placeholder(
        dtype, shape, get_default_graph().unique_name(name or "Placeholder")
    ).outputs[0]


def placeholder_with_default(
    input: PyTree, shape: Sequence[int | None] | None = None, name: str | None = None
) -> PyTree:
    """A tensor that may be fed, else it has the value of `input`."""
    return identity(input, name=name or "PlaceholderWithDefault")


def sparse_array(indices: ArrayLike, values: ArrayLike, dense_shape: Sequence[int]) -> np.ndarray:
    """The array of these values at their places, and zeros elsewhere."""
    array = np.zeros(tuple(dense_shape), np.asarray(values).dtype)
    array[tuple(np.asarray(indices).T)] = values
    return array


def fed(tensor: SymbolicTensor, value: Any) -> jax.Array:
    """A value that a run is fed as an array of the type of `tensor`.

    Raises:
        TypeError: the value is a tensor.
        ValueError: its shape is not one that `tensor` can have.
    """
    if isinstance(value, SymbolicTensor):
        raise TypeError(
            "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include "
            "Python scalars, strings, lists, numpy ndarrays."
        )
    value = dense(value)
    array = jnp.asarray(np.asarray(value) if isinstance(value, list | tuple) else value)
    fits = tensor.any_shape or (
        array.ndim == tensor.ndim
        and all(n in (None, m) for n, m in zip(tensor.shape, array.shape, strict=True))
    )
    if not fits:
        raise ValueError(
            f"Cannot feed value of shape {shown(array.shape)} for Tensor '{tensor.name}', which "
            f"has shape '{shown(tensor.shape)}'"
        )
    return array.astype(tensor.dtype)


def not_fed(tensor: SymbolicTensor) -> InvalidArgumentError:
    """The error for a placeholder whose value a run needs."""
    sizes = "" if tensor.any_shape else f" and shape {list(tensor.shape)}"
    return InvalidArgumentError(
        f"You must feed a value for placeholder tensor '{tensor.layer.name}' with dtype "
        f"{np.dtype(tensor.dtype).name.rstrip('32')}{sizes.replace('None', '?')}"
    )

"""Sparse tensors, which are dense here: what they are given is made so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp

from jaxcnn.compat.tensorflow.placeholders import placeholder
from jaxcnn.compat.tensorflow.tensor import Tensor
from jaxcnn.compat.tensorflow.word import word
from jaxcnn.runtime.types import ArrayLike, DTypeLike

__all__ = [
    "SparseTensor",
    "SparseTensorValue",
    "sparse_placeholder",
    "sparse_tensor_dense_matmul",
    "sparse_tensor_to_dense",
    "sparse_to_dense",
]


class SparseTensorValue(NamedTuple):
    """What a sparse placeholder is fed.

    Attributes:
        indices: of the values, one row for each.
        values: the numbers there.
        dense_shape: of the whole.
    """

    indices: ArrayLike
    values: ArrayLike
    dense_shape: Sequence[int]


def sparse_placeholder(
    dtype: DTypeLike, shape: Sequence[int | None] | None = None, name: str | None = None
) -> Tensor:
    """A tensor that is fed a sparse matrix of SciPy, a `SparseTensorValue`, or a dense array."""
    return placeholder(dtype, shape, name)


@word("SparseToDense", at_once=("output_shape",))
def sparse_to_dense(
    sparse_indices: ArrayLike,
    output_shape: Sequence[int],
    sparse_values: ArrayLike,
    default_value: ArrayLike = 0,
    validate_indices: bool = True,
) -> jax.Array:
    """The values at their places, and `default_value` elsewhere."""
    values = jnp.asarray(sparse_values)
    places = jnp.asarray(sparse_indices)
    index = tuple(places.T) if places.ndim == 2 else (places,)
    whole = jnp.full(tuple(output_shape), default_value, values.dtype)
    return whole.at[index].set(values)


def SparseTensor(indices: ArrayLike, values: ArrayLike, dense_shape: Sequence[int]) -> Tensor:
    """The tensor of these values at their places, and zeros elsewhere."""
    tensor: Tensor = sparse_to_dense(indices, dense_shape, values, name="SparseTensor")
    return tensor


@word("SparseTensorDenseMatMul")
def sparse_tensor_dense_matmul(
    sp_a: ArrayLike, b: ArrayLike, adjoint_a: bool = False, adjoint_b: bool = False
) -> jax.Array:
    """The product of two matrices."""
    one, two = jnp.asarray(sp_a), jnp.asarray(b)
    return jnp.matmul(one.T if adjoint_a else one, two.T if adjoint_b else two)


@word("SparseToDense")
def sparse_tensor_to_dense(sp_input: ArrayLike) -> jax.Array:
    """The tensor itself, which is dense."""
    return jnp.asarray(sp_input)

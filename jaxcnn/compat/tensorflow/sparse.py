"""Sparse tensors, which are dense arrays that know which of their numbers are there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.backend.sparse import SparsePart, with_default
from jaxcnn.backend.sparse import SparseTensor as SparseNumbers
from jaxcnn.compat.tensorflow.placeholders import placeholder, sparse_array
from jaxcnn.compat.tensorflow.word import word
from jaxcnn.runtime.arrays import dense
from jaxcnn.runtime.types import ArrayLike, DTypeLike, PyTree

__all__ = [
    "SparseTensor",
    "SparseTensorValue",
    "edit_distance",
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
) -> SparseNumbers:
    """A tensor that is fed a sparse matrix of SciPy, a `SparseTensorValue`, or a dense array."""
    parts: list[PyTree] = [placeholder(dtype, shape, name), placeholder(bool, shape)]
    return SparseNumbers(*parts)


def sparse_value(whole: np.ndarray, present: np.ndarray) -> SparseTensorValue:
    """What a run returns of a sparse tensor."""
    return SparseTensorValue(np.argwhere(present), whole[present], whole.shape)


def fed_parts(
    sparse: SparseNumbers, value: SparseTensorValue | ArrayLike
) -> dict[PyTree, np.ndarray]:
    """What the two placeholders of a sparse one are fed."""
    if isinstance(value, tuple) and len(value) == 3:
        indices, numbers, sizes = value
        present = sparse_array(indices, np.ones(len(np.asarray(indices)), bool), sizes)
        value = sparse_array(indices, numbers, sizes)
    else:
        value = np.asarray(dense(value))
        present = value != 0
    return {sparse.whole: value, sparse.present: present}


@word("SparseToDense", at_once=("output_shape",))
def _scattered(
    sparse_indices: ArrayLike,
    output_shape: Sequence[int],
    sparse_values: ArrayLike,
    default_value: ArrayLike,
) -> jax.Array:
    values = jnp.asarray(sparse_values)
    places = jnp.asarray(sparse_indices)
    index = tuple(places.T) if places.ndim == 2 else (places,)
    whole = jnp.full(tuple(output_shape), default_value, values.dtype)
    return whole.at[index].set(values)


def sparse_to_dense(
    sparse_indices: PyTree,
    output_shape: Sequence[int],
    sparse_values: PyTree,
    default_value: ArrayLike = 0,
    validate_indices: bool = True,
    name: str | None = None,
) -> PyTree:
    """The values at their places, and `default_value` elsewhere.

    Raises:
        ValueError: parts of a sparse tensor are given another shape than that of the whole.
    """
    parts = [p for p in (sparse_indices, sparse_values) if isinstance(p, SparsePart)]
    if not parts:
        return _scattered(sparse_indices, output_shape, sparse_values, default_value, name=name)
    whole = parts[0].of
    if len(parts) < 2 or parts[1].of is not whole or tuple(output_shape) != whole.dense_shape:
        raise ValueError(
            "tf.sparse_to_dense takes the indices, the dense_shape and the values of one sparse "
            f"tensor; given the shape {output_shape} and {sparse_values!r}. "
            "tf.sparse_tensor_to_dense(it, -1) needs none of them."
        )
    return sparse_tensor_to_dense(whole, default_value, name=name)


def SparseTensor(
    indices: ArrayLike, values: ArrayLike, dense_shape: Sequence[int]
) -> SparseNumbers:
    """The tensor of these values at their places."""
    whole = sparse_to_dense(indices, dense_shape, values, name="SparseTensor")
    return SparseNumbers(whole, sparse_to_dense(indices, dense_shape, True, False))


@word("SparseTensorDenseMatMul")
def sparse_tensor_dense_matmul(
    sp_a: ArrayLike, b: ArrayLike, adjoint_a: bool = False, adjoint_b: bool = False
) -> jax.Array:
    """The product of two matrices."""
    one, two = jnp.asarray(sp_a), jnp.asarray(b)
    return jnp.matmul(one.T if adjoint_a else one, two.T if adjoint_b else two)


@word("SparseToDense")
def sparse_tensor_to_dense(
    sp_input: ArrayLike | SparseNumbers, default_value: ArrayLike = 0, validate_indices: bool = True
) -> jax.Array:
    """The numbers of a sparse tensor, and `default_value` elsewhere."""
    return with_default(sp_input, default_value)


@word("EditDistance")
def edit_distance(
    hypothesis: SparseNumbers, truth: SparseNumbers, normalize: bool = True
) -> jax.Array:
    """How many labels must be inserted, deleted or replaced, for each row of two matrices.

    With `normalize` over the number of true labels.
    """

    def one(guess: jax.Array, right: jax.Array, number: jax.Array) -> jax.Array:
        column = jnp.arange(len(right) + 1)

        def step(row: jax.Array, now: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, None]:
            label, counts = now
            replaced = jnp.minimum(row[1:] + 1, row[:-1] + (right != label))
            after = jnp.concatenate([row[:1] + 1, replaced])
            after = jax.lax.cummin(after - column) + column  # insertions, from left to right
            return jnp.where(counts, after, row), None

        counted = jnp.arange(len(guess)) < number[0]
        return jax.lax.scan(step, column, (guess, counted))[0][number[1]]

    numbers = jnp.stack([jnp.sum(each.present, 1) for each in (hypothesis, truth)], 1)
    distance = jax.vmap(one)(hypothesis.whole, truth.whole, numbers).astype(jnp.float32)
    return jnp.where(distance == 0, 0, distance / numbers[:, 1]) if normalize else distance

"""Sparse tensors: dense arrays that know which of their numbers are there.

A number may be there and 0, as the first class of labels is, so that a dense array alone would not
do. How many are there depends on values, which a compiled function cannot give a shape to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn, cast

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.types import Tensor
from jaxcnn.runtime.types import ArrayLike, DTypeLike, Shape


@jax.tree_util.register_pytree_node_class
@dataclass(frozen=True, eq=False)
class SparseTensor:
    """Numbers of which some are there. Functions of arrays see the others as 0.

    Attributes:
        whole: all numbers, 0 where none is.
        present: which of them are there, an array of booleans of that shape.
    """

    whole: Tensor
    present: Tensor

    def tree_flatten(self) -> tuple[tuple[Tensor, Tensor], None]:
        """The two arrays."""
        return (self.whole, self.present), None

    @classmethod
    def tree_unflatten(cls, _: None, parts: tuple[Tensor, Tensor]) -> SparseTensor:
        """The sparse tensor of two arrays."""
        return cls(*parts)

    @property
    def shape(self) -> Shape:
        """Of the whole."""
        return cast(Shape, self.whole.shape)

    @property
    def dense_shape(self) -> Shape:
        """Of the whole."""
        return self.shape

    @property
    def dtype(self) -> np.dtype:
        """Of the numbers."""
        return self.whole.dtype

    @property
    def ndim(self) -> int:
        """How many axes it has."""
        return len(self.shape)

    @property
    def indices(self) -> np.ndarray | SparsePart:
        """The places of the numbers that are there, one row each, in order."""
        return np.argwhere(self.present) if self._is_known else SparsePart(self, "indices")

    @property
    def values(self) -> np.ndarray | SparsePart:
        """The numbers that are there, in the order of their places."""
        if not self._is_known:
            return SparsePart(self, "values")
        numbers: np.ndarray = np.asarray(self.whole)[np.asarray(self.present)]
        return numbers

    @property
    def _is_known(self) -> bool:
        return not isinstance(self.present, jax.core.Tracer | SymbolicTensor)

    def astype(self, dtype: DTypeLike) -> SparseTensor:
        """The numbers in another type."""
        return SparseTensor(jnp.asarray(self.whole).astype(dtype), self.present)

    def __jax_array__(self) -> jax.Array:
        return jnp.asarray(self.whole)


@dataclass(frozen=True, eq=False)
class SparsePart:
    """The indices or the values of a sparse tensor, whose number is known when a run ends.

    Attributes:
        of: the sparse tensor.
        name: which of the two.
    """

    of: SparseTensor
    name: str

    def __jax_array__(self) -> NoReturn:
        raise TypeError(
            f"How many {self.name} a sparse tensor has depends on its numbers, so that nothing is "
            "computed of them before a run ends: take the sparse tensor itself, or "
            "tf.sparse_tensor_to_dense(it, -1)."
        )


def with_default(sparse: ArrayLike | SparseTensor, default: ArrayLike) -> jax.Array:
    """The numbers of a sparse tensor, and `default` elsewhere; another array as it is."""
    if not isinstance(sparse, SparseTensor):
        return jnp.asarray(sparse)
    whole = jnp.asarray(sparse.whole)
    return jnp.where(sparse.present, whole, jnp.asarray(default, whole.dtype))

"""Vectors for integers."""

from __future__ import annotations

from collections.abc import Sequence

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.nn.weights import field_weight, resolved
from jaxcnn.runtime.types import Config, Identifier, Mask


class Embedding(Layer):
    """Row i of a matrix for each integer i: (batch, steps) of 0 to ``input_dim - 1`` to (batch,
    steps, output_dim).

    Weight: ``embeddings`` (input_dim, output_dim). Integers may come as floats. An integer outside
    of the matrix becomes NaN, so that the loss shows it (an index cannot be checked in compiled
    code). With `mask_zero` 0 stands for padding: the steps where it is are masked. `input_length`
    is the number of steps, when it is fixed, or the sizes of all axes after the batch.

    Args:
        input_dim: number of rows of the matrix: the greatest integer in the data plus one.
        output_dim: width of a row.
        mask_zero: whether 0 stands for padding, whose steps are masked.
        input_length: number of steps where it is fixed, or the sizes of all axes after the batch;
            None for any.

    Examples:
        >>> jc.layers.Embedding(100, 8)(jnp.array([[3, 1, 4]])).shape
        (1, 3, 8)

    References:
        - Bengio et al., "A Neural Probabilistic Language Model", 2003,
          <https://www.jmlr.org/papers/v3/bengio03a.html>
    """

    input_dim: int
    output_dim: int
    embeddings_initializer: Identifier = "uniform"
    embeddings_regularizer: Identifier = None
    activity_regularizer: Identifier = None
    embeddings_constraint: Identifier = None
    mask_zero: bool = False
    input_length: int | Sequence[int | None] | None = None

    def checked(self) -> Config:
        sizes: Config = {
            name: arguments.positive_integer(self.label, name, getattr(self, name))
            for name in ("input_dim", "output_dim")
        }
        length = self.input_length
        if length is not None:
            listed = [length] if isinstance(length, int) else list(length)
            for size in listed:
                if size is not None:
                    arguments.positive_integer(self.label, "input_length", size)
            sizes["input_length"] = length if isinstance(length, int) else tuple(listed)
        return {**sizes, **resolved(self)}

    def compute_mask(self, inputs: jax.Array, mask: Mask) -> jax.Array | None:
        return indices(inputs) != 0 if self.mask_zero else None

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        length = self.input_length
        if length is not None:
            sizes = (length,) if isinstance(length, int) else tuple(length)
            given = x.shape[1 : 1 + len(sizes)]
            if len(given) < len(sizes) or any(
                size not in (None, n) for size, n in zip(sizes, given, strict=True)
            ):
                raise ValueError(
                    f"{self.label}: the input has shape {x.shape}, but `input_length` is "
                    f"{length}; it needs (batch, {', '.join(map(str, sizes))})."
                )
        embeddings = field_weight(self, "embeddings", (self.input_dim, self.output_dim))
        y = embeddings.at[indices(x)].get(
            mode="fill", fill_value=jnp.nan, wrap_negative_indices=False
        )
        self.penalise_activity(self.activity_regularizer, y)
        return y


def indices(x: jax.Array) -> jax.Array:
    """`x` as integers."""
    return x if jnp.issubdtype(x.dtype, jnp.integer) else x.astype(jnp.int32)

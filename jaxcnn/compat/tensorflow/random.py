"""Random tensors, drawn anew in each run; the numbers are not those of TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from jaxcnn import backend
from jaxcnn.backend.random import random_key
from jaxcnn.compat.tensorflow.dtypes import as_dtype, float32
from jaxcnn.compat.tensorflow.word import Word, word
from jaxcnn.runtime import config
from jaxcnn.runtime.types import ArrayFunction, ArrayLike, DTypeLike

__all__ = [
    "random_normal",
    "random_shuffle",
    "random_uniform",
    "set_random_seed",
    "truncated_normal",
]


def set_random_seed(seed: int) -> None:
    """Begin the stream of random numbers anew."""
    config.set_random_seed(seed)


def normal_word(label: str, draw: ArrayFunction) -> Word:
    """A word of numbers that `draw` makes around 0 with a standard deviation of 1."""

    @word(label, at_once=("shape",))
    def normal(
        shape: Sequence[int],
        mean: float = 0.0,
        stddev: float = 1.0,
        dtype: DTypeLike = float32,
        seed: int | None = None,
    ) -> jax.Array:
        return draw(shape, 0.0, 1.0, as_dtype(dtype), seed) * stddev + mean

    return normal


random_normal = normal_word("random_normal", backend.random_normal)
truncated_normal = normal_word("truncated_normal", backend.truncated_normal)


@word("random_uniform", at_once=("shape",))
def random_uniform(
    shape: Sequence[int],
    minval: float = 0,
    maxval: float | None = None,
    dtype: DTypeLike = float32,
    seed: int | None = None,
) -> jax.Array:
    """Numbers spread evenly over [minval, maxval); whole ones where `dtype` has such."""
    number_type = as_dtype(dtype)
    if number_type.kind in "iu":
        if maxval is None:
            raise ValueError("Must specify maxval for integer dtype.")
        return jax.random.randint(random_key(seed), tuple(shape), minval, maxval, number_type)
    width = (1.0 if maxval is None else maxval) - minval
    return backend.random_uniform(shape, 0.0, 1.0, number_type, seed) * width + minval


@word("RandomShuffle")
def random_shuffle(value: ArrayLike, seed: int | None = None) -> jax.Array:
    """The parts along the first axis in random order."""
    return jax.random.permutation(random_key(seed), jnp.asarray(value))

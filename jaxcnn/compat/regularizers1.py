"""The regularizer that Keras 1 alone had."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
from jax import Array

from jaxcnn.regularizers import Regularizer, registry
from jaxcnn.runtime.deferred import deferrable

STEPS = 9  # of the power iteration


@registry.register()
@dataclasses.dataclass(frozen=True)
class EigenvalueRegularizer(Regularizer):
    """`k` times the largest singular value of a matrix, by nine steps of the power iteration."""

    k: float

    @deferrable
    def __call__(self, x: Array) -> Array:
        if x.ndim != 2:
            raise ValueError(
                f"EigenvalueRegularizer takes matrices; given a weight of shape {x.shape}."
            )
        product = x.T @ x
        vector = jnp.ones((x.shape[1], 1), x.dtype)
        for _ in range(STEPS):
            vector = product @ vector
            vector /= jnp.linalg.norm(vector)
        largest = jnp.sum((product @ vector) * vector) / jnp.sum(vector * vector)
        return self.k * jnp.sqrt(largest)

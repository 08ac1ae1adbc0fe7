"""The modules of `jaxcnn.nn` as functions of an array and of weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import flax.linen
import jax
import jax.numpy as jnp

from jaxcnn.layers.symbolic.types import TensorLike


def applied(
    module: flax.linen.Module, x: TensorLike, weights: Mapping[str, TensorLike] | None = None
) -> jax.Array:
    """The output of a module with these weights, in the dtype of `x`."""
    x = jnp.asarray(x)
    params = {name: jnp.asarray(weight).astype(x.dtype) for name, weight in (weights or {}).items()}
    return cast(jax.Array, module.apply({"params": params} if params else {}, x))

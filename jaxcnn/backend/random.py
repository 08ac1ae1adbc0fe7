"""Random arrays.

With a `seed` the same numbers come each time. Without one they come from a stream: inside a layer
that of the layer, which is new in every training step; in an initializer that of the weight;
elsewhere one that starts with `jaxcnn.runtime.config.set_random_seed` and goes on with every call.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from jaxcnn import initializers
from jaxcnn.backend.elementwise import cast
from jaxcnn.backend.values import variable
from jaxcnn.layers.symbolic.operation import operation
from jaxcnn.layers.variable import Variable
from jaxcnn.nn.core import drop
from jaxcnn.runtime import context
from jaxcnn.runtime.config import floatx


def random_key(seed: int | None) -> jax.Array:
    """A key for one draw.  Inside a layer a seed gives it a stream of its own, which still moves
    on.
    """
    if seed is None:
        return context.next_key()
    if context.training() is None:
        return jax.random.key(seed)
    return jax.random.fold_in(context.next_key(), seed)


def _drawn(initializer: Any, shape: Any, dtype: Any, seed: int | None) -> jax.Array:
    sizes = tuple(int(n) for n in shape)
    return initializer(random_key(seed), sizes, dtype or floatx())


@operation()
def random_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Any:
    """Numbers from a normal distribution."""
    return _drawn(initializers.RandomNormal(mean, stddev), shape, dtype, seed)


@operation()
def random_uniform(
    shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Any:
    """Numbers spread evenly over [minval, maxval)."""
    return _drawn(initializers.RandomUniform(minval, maxval), shape, dtype, seed)


@operation()
def random_binomial(shape: Any, p: float = 0.0, dtype: Any = None, seed: int | None = None) -> Any:
    """Ones with the chance `p`, else zeros."""
    return cast(
        _drawn(initializers.RandomUniform(0.0, 1.0), shape, "float32", seed) < p, dtype or floatx()
    )


@operation()
def truncated_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Any:
    """Numbers from a normal distribution, those beyond two standard deviations being drawn again."""
    return _drawn(initializers.TruncatedNormal(mean, stddev), shape, dtype, seed)


def random_normal_variable(
    shape: Any,
    mean: float,
    scale: float,
    dtype: Any = None,
    name: str | None = None,
    seed: int | None = None,
) -> Variable:
    """A variable that starts with numbers from a normal distribution of standard deviation `scale`."""
    with (
        jax.ensure_compile_time_eval()
    ):  # a `build` that makes it may be a part of what is compiled
        return variable(random_normal(shape, mean, scale, dtype, seed), dtype, name)


def random_uniform_variable(
    shape: Any,
    low: float,
    high: float,
    dtype: Any = None,
    name: str | None = None,
    seed: int | None = None,
) -> Variable:
    """A variable that starts with numbers spread evenly over [low, high)."""
    with jax.ensure_compile_time_eval():
        return variable(random_uniform(shape, low, high, dtype, seed), dtype, name)


@operation()
def dropout(x: Any, level: float, noise_shape: Any = None, seed: int | None = None) -> Any:
    """`x` with a fraction `level` of its elements zeroed and the others scaled by
    ``1 / (1 - level)``, in any mode.

    `noise_shape` has 1 where an axis shares its mask, and None or the size elsewhere.
    """
    x = jnp.asarray(x)
    sizes = zip(x.shape, noise_shape or x.shape, strict=True)
    return drop(
        random_key(seed),
        x,
        level,
        tuple(n if shared is None else int(shared) for n, shared in sizes),
    )

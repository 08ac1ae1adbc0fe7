"""Maximum and average over sliding windows of one, two or three spatial axes, channels last."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jaxcnn.ops.windows import per_axis, resolve_padding


def max_pool(
    x: jax.Array, window: int | Sequence[int], strides: int | Sequence[int] | None = None, padding: str = "valid"
) -> jax.Array:
    """Maximum of each window of ``x`` (N, *spatial, C); ``strides`` defaults to ``window``.

    ``padding`` is 'valid' or 'same'. Where a window holds its maximum several times the gradient goes to the first
    of them, in row-major order.
    """
    return _reduce(x, -jnp.inf, lax.max, *_settings(x, window, strides, padding))


def avg_pool(
    x: jax.Array, window: int | Sequence[int], strides: int | Sequence[int] | None = None, padding: str = "valid"
) -> jax.Array:
    """Mean of each window of ``x`` (N, *spatial, C) over the elements that are not padding.

    ``strides`` defaults to ``window``; ``padding`` is 'valid' or 'same'.
    """
    settings = _settings(x, window, strides, padding)
    ones = jnp.ones((1, *x.shape[1:-1], 1), x.dtype)
    return _reduce(x, 0.0, lax.add, *settings) / _reduce(ones, 0.0, lax.add, *settings)


def _settings(x, window, strides, padding):
    rank = x.ndim - 2
    if rank not in (1, 2, 3):
        raise ValueError(f"pooling needs an input of (batch, 1 to 3 spatial axes, channels); got {x.shape}.")
    if padding not in ("valid", "same"):
        raise ValueError(f"padding must be 'valid' or 'same'; got {padding!r}.")
    window = per_axis(window, rank, "window")
    strides = window if strides is None else per_axis(strides, rank, "strides")
    return window, strides, resolve_padding(padding, x.shape[1:-1], window, strides, (1,) * rank)


def _reduce(x, initial, combine, window, strides, pads):
    return lax.reduce_window(
        x, np.asarray(initial, x.dtype), combine, (1, *window, 1), (1, *strides, 1), ((0, 0), *pads, (0, 0))
    )

"""How often the values of images occur, and maps of where points lie."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from jaxcnn.vision.filters import gaussian_filter


@partial(jax.jit, static_argnames=("bins", "limits"))
def histogram(
    pictures: ArrayLike,
    bins: int = 256,
    limits: tuple[float, float] = (0, 256),
    mask: ArrayLike | None = None,
) -> Array:
    """How many pixels lie in each of `bins` equal parts of ``limits[0] <= value < limits[1]``.

    Args:
        pictures: images (..., rows, columns) of numbers.
        bins: how many parts. Default: 256.
        limits: values outside are not counted, nor is NaN. Default: (0, 256).
        mask: bool (rows, columns), or one for each image: where to count. Default: None.

    Returns:
        int32 (..., bins).

    Raises:
        ValueError: no bins, or limits that do not rise.

    Examples:
        >>> jc.vision.histogram(jnp.array([[0, 0], [1, 3]]), bins=4, limits=(0, 4))
        Array([2, 1, 0, 1], dtype=int32)

    References:
        - Harris et al., "NumPy 2.4.6: numpy/lib/_histograms_impl.py", 2026,
          <https://github.com/numpy/numpy/blob/v2.4.6/numpy/lib/_histograms_impl.py>
    """
    low, high = limits
    if bins < 1 or not low < high:
        raise ValueError(
            f"A histogram needs at least 1 bin and limits that rise; given {bins} and {limits}."
        )
    x = jnp.asarray(pictures)
    edges = np.linspace(low, high, bins + 1, dtype=np.float32)
    index = jnp.searchsorted(edges, x.astype(jnp.float32), side="right") - 1
    counted = (index >= 0) & (index < bins)
    if mask is not None:
        counted &= jnp.asarray(mask, bool)
    flat = jnp.where(counted, index, bins).reshape(-1, x.shape[-2] * x.shape[-1])
    counts = jax.vmap(lambda row: jnp.bincount(row, length=bins + 1)[:bins])(flat)
    return counts.astype(jnp.int32).reshape(*x.shape[:-2], bins)


def point_density(
    x: ArrayLike, y: ArrayLike, shape: tuple[int, int], sigma: float | None = None
) -> Array:
    """How many points lie in each pixel of an image: the heat map of points.

    `visualization.heat_overlay` lays it over an image.

    Args:
        x: (n,), 0 to the number of columns; points outside are not counted.
        y: (n,), 0 to the number of rows.
        shape: (rows, columns).
        sigma: blur the counts with a Gaussian bell of so many pixels; None leaves them.

    Returns:
        float32 (rows, columns).

    Examples:
        >>> jc.vision.point_density(jnp.array([0.5, 0.5]), jnp.array([1.5, 1.5]), (2, 2))
        Array([[0., 0.],
               [2., 0.]], dtype=float32)

    References:
        - Harris et al., "NumPy 2.4.6: numpy/lib/_twodim_base_impl.py", 2026,
          <https://github.com/numpy/numpy/blob/v2.4.6/numpy/lib/_twodim_base_impl.py>
    """
    rows, columns = shape
    i, j = (jnp.floor(jnp.asarray(v, jnp.float32)).astype(jnp.int32) for v in (y, x))
    inside = (i >= 0) & (i < rows) & (j >= 0) & (j < columns)
    counts = jnp.zeros(shape, jnp.float32).at[jnp.where(inside, i, rows), j].add(1.0, mode="drop")
    return counts if sigma is None else gaussian_filter(counts[..., None], sigma)[..., 0]

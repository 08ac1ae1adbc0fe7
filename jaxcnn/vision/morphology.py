"""Shapes grown, shrunk, found and thinned.

After Serra, "Image Analysis and Mathematical Morphology", 1982.

Masks are bool (..., rows, columns). All functions are pure and compiled; with numbers instead of
truths, dilation and erosion are the maximum and minimum over neighbours, which can be
differentiated.
"""

from collections.abc import Sequence
from functools import partial, reduce

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

Structure = Sequence[Sequence[int]] | np.ndarray
CROSS: Structure = ((0, 1, 0), (1, 1, 1), (0, 1, 0))
"""A pixel and its four neighbours."""
SQUARE: Structure = ((1, 1, 1), (1, 1, 1), (1, 1, 1))
"""A pixel and its eight neighbours."""


def dilate(pictures: ArrayLike, structure: Structure = CROSS, iterations: int = 1) -> Array:
    """Masks grown: a pixel is set where the structure, put on some set pixel, covers it.

    Outside nothing is set. The values are those of `scipy.ndimage.binary_dilation`.

    Args:
        pictures: masks; or numbers (..., rows, columns), of which each becomes the largest that
            reaches it.
        structure: 0 and 1, (rows, columns), both odd; its middle lies on the pixel. Default: ((0,
            1, 0), (1, 1, 1), (0, 1, 0)).
        iterations: how many times. Default: 1.

    Examples:
        >>> jc.vision.dilate(np.pad([[True]], 1)).astype(int)
        Array([[0, 1, 0],
               [1, 1, 1],
               [0, 1, 0]], dtype=int32)

    References:
        - Virtanen et al., "SciPy 1.17.1: scipy/ndimage/_morphology.py", 2026,
          <https://github.com/scipy/scipy/blob/v1.17.1/scipy/ndimage/_morphology.py>
    """
    grown: Array = _repeated(pictures, _places(structure, turned=True), iterations, True, False)
    return grown


def erode(
    pictures: ArrayLike,
    structure: Structure = CROSS,
    iterations: int = 1,
    border_value: bool = False,
) -> Array:
    """Masks shrunk: a pixel stays where the structure, put on it, covers set pixels only.

    The values are those of `scipy.ndimage.binary_erosion`.

    Args:
        pictures: masks; or numbers (..., rows, columns), of which each becomes the smallest that it
            covers.
        structure: 0 and 1, (rows, columns), as in `dilate`. Default: ((0, 1, 0), (1, 1, 1), (0, 1,
            0)).
        iterations: how many times. Default: 1.
        border_value: whether everything outside of a mask is set; outside of numbers, nothing
            counts. Default: False.

    Examples:
        >>> jc.vision.erode(np.ones((3, 3), bool)).astype(int)
        Array([[0, 0, 0],
               [0, 1, 0],
               [0, 0, 0]], dtype=int32)

    References:
        - Virtanen et al., "SciPy 1.17.1: scipy/ndimage/_morphology.py", 2026,
          <https://github.com/scipy/scipy/blob/v1.17.1/scipy/ndimage/_morphology.py>
    """
    places = _places(structure, turned=False)
    shrunk: Array = _repeated(pictures, places, iterations, False, border_value)
    return shrunk


def hit_or_miss(masks: ArrayLike, hits: Structure, misses: Structure | None = None) -> Array:
    """The pixels around which all places of `hits` are set and none of `misses` is.

    Args:
        masks: bool (..., rows, columns); outside nothing is set.
        hits: 0 and 1, (rows, columns), both odd.
        misses: 0 and 1, (rows, columns), as `hits`; None for all places that `hits` does not have.

    Raises:
        ValueError: a place is in both.

    Examples:
        >>> jc.vision.hit_or_miss(np.ones((1, 3), bool), [[1, 1, 1]]).astype(int)
        Array([[0, 1, 0]], dtype=int32)

    References:
        - Virtanen et al., "SciPy 1.17.1: scipy/ndimage/_morphology.py", 2026,
          <https://github.com/scipy/scipy/blob/v1.17.1/scipy/ndimage/_morphology.py>
    """
    hits = np.asarray(hits, bool)
    misses = ~hits if misses is None else np.asarray(misses, bool)
    if hits.shape == misses.shape and (hits & misses).any():
        raise ValueError("`hits` and `misses` have a place in common; no pixel can be both.")
    masks = _mask(masks)
    return erode(masks, hits) & erode(~masks, misses, border_value=True)


# Pixels of an outline that can go: below and next to a shape's edge, and in its corners; four
# rotations each.
_EDGE = ((0, 0, 0), (0, 1, 0), (1, 1, 1)), ((1, 1, 1), (0, 0, 0), (0, 0, 0))
_CORNER = ((0, 0, 0), (1, 1, 0), (0, 1, 0)), ((0, 1, 1), (0, 0, 1), (0, 0, 0))


@jax.jit
def skeletonize(masks: ArrayLike) -> Array:
    """Shapes thinned to lines one pixel wide that keep the shapes' ends, holes and connections.

    Pixels that match one of eight patterns are taken away, one pattern after the other, until
    nothing changes (Golay, "Hexagonal Parallel Pattern Transformations", 1969, for the patterns).

    Args:
        masks: bool (..., rows, columns).

    Examples:
        >>> jc.vision.skeletonize(np.pad(np.ones((3, 5), bool), 1)).sum() < 15
        Array(True, dtype=bool)

    References:
        - Golay, "Hexagonal Parallel Pattern Transformations", 1969,
          <https://doi.org/10.1109/T-C.1969.222756>
    """
    patterns = [
        (np.rot90(hits, i), np.rot90(misses, i))
        for i in range(4)
        for hits, misses in (_EDGE, _CORNER)
    ]

    def thinner(masks: Array) -> Array:
        return reduce(lambda left, pattern: left & ~hit_or_miss(left, *pattern), patterns, masks)

    def step(state: tuple[Array, Array]) -> tuple[Array, Array]:
        left = thinner(state[0])
        return left, jnp.any(left != state[0])

    return jax.lax.while_loop(lambda state: state[1], step, (_mask(masks), jnp.array(True)))[0]


def _mask(masks: ArrayLike) -> Array:
    masks = jnp.asarray(masks)
    if masks.dtype != bool:
        raise TypeError(
            f"A mask must be bool; given {masks.dtype}. Say which values are set, as in "
            "`image > 127`."
        )
    return masks


def _places(structure: Structure, turned: bool) -> tuple[tuple[int, int, int, int], ...]:
    """The offsets (row, column) of a structure's places from its middle, and its reach."""
    cells = np.asarray(structure)
    if (
        cells.ndim != 2
        or not all(size % 2 for size in cells.shape)
        or not np.isin(cells, (0, 1)).all()
    ):
        raise ValueError(
            "A structure must be 0 and 1 in an odd number of rows and of columns; given "
            f"{np.shape(structure)}."
        )
    rows, columns = cells.shape[0] // 2, cells.shape[1] // 2
    sign = -1 if turned else 1
    return tuple(
        (sign * (int(i) - rows), sign * (int(j) - columns), rows, columns)
        for i, j in np.argwhere(cells)
    )


@partial(jax.jit, static_argnums=(1, 2, 3, 4))
def _repeated(
    images: ArrayLike,
    places: tuple[tuple[int, int, int, int], ...],
    iterations: int,
    largest: bool,
    border_value: bool,
) -> Array:
    x = jnp.asarray(images)
    if x.ndim < 2:
        raise ValueError(f"Images must be (..., rows, columns); given {x.shape}.")
    if iterations < 1:
        raise ValueError(f"`iterations` must be at least 1; given {iterations}.")
    outside: ArrayLike
    if x.dtype == bool:
        combine, outside = (jnp.logical_or if largest else jnp.logical_and), border_value
    else:
        limits = jnp.finfo(x.dtype) if jnp.issubdtype(x.dtype, jnp.floating) else jnp.iinfo(x.dtype)
        combine, outside = (jnp.maximum, limits.min) if largest else (jnp.minimum, limits.max)
    if not places:
        return jnp.full_like(x, outside if x.dtype != bool else not largest)
    rows, columns = x.shape[-2:]
    top, left = places[0][2:]
    for _ in range(iterations):
        padded = jnp.pad(
            x, ((0, 0),) * (x.ndim - 2) + ((top, top), (left, left)), constant_values=outside
        )
        views = [
            padded[..., top + i : top + i + rows, left + j : left + j + columns]
            for i, j, *_ in places
        ]
        x = reduce(combine, views)
    return x

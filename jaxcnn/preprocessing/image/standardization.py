"""Batches of images standardised, and the statistics for it learned from data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from jaxcnn.preprocessing.normalization import zca_matrix

EPSILON = 1e-7  # added to standard deviations before dividing by them


class Statistics(NamedTuple):
    """Statistics of the data: each channel's mean and deviation, and the whitening matrix.

    The first two broadcast against an image; the matrix is (values of an image, values of a
    image). None leaves a step out.
    """

    mean: np.ndarray | None = None
    std: np.ndarray | None = None
    principal_components: np.ndarray | None = None


class SampleSteps(NamedTuple):
    """The steps that need no statistics: a factor, each image's own mean and deviation."""

    rescale: float | None
    center: bool
    std_normalization: bool


@partial(jax.jit, static_argnums=0)
def standardize(steps: SampleSteps, statistics: Statistics, batch: ArrayLike) -> Array:
    """A batch of images, in either data format, after each image's steps and those of the data."""
    x = jnp.asarray(batch)
    if steps.rescale is not None:
        x = x * steps.rescale
    if steps.center:
        x = x - x.mean(axis=(1, 2, 3), keepdims=True)
    if steps.std_normalization:
        x = x / (x.std(axis=(1, 2, 3), keepdims=True) + EPSILON)
    if statistics.mean is not None:
        x = x - statistics.mean
    if statistics.std is not None:
        x = x / (statistics.std + EPSILON)
    if statistics.principal_components is not None:
        x = (x.reshape(len(x), -1) @ statistics.principal_components).reshape(x.shape)
    return x


def learn_statistics(
    chunks: Callable[[], Iterable[np.ndarray]],
    channel_axis: int,
    center: bool,
    std_normalization: bool,
    zca_epsilon: float | None,
) -> Statistics:
    """The statistics that are asked for, summed in float64 over batches (n, ...) of images.

    Args:
        chunks: returns the batches, the same ones at each call.
        channel_axis: the axis of the batches whose entries have a mean and deviation each.
        center: learn the mean.
        std_normalization: learn the standard deviation about the mean.
        zca_epsilon: learn the whitening matrix, of images less mean and deviation if these are
            learned, with this number added to the variances; None does not.
    """
    axes = tuple(axis for axis in range(4) if axis != channel_axis)

    def average(values: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """The sum of `values` of all chunks over the number of pixels of a channel in them."""
        total: np.ndarray | float = 0.0
        pixels = 0
        for chunk in chunks():
            total, pixels = total + values(chunk), pixels + chunk.size // chunk.shape[channel_axis]
        return np.asarray(total / pixels)

    mean = std = None
    if center or std_normalization:
        mean = average(lambda chunk: chunk.sum(axes, np.float64, keepdims=True)[0])
    if std_normalization:
        std = np.sqrt(average(lambda chunk: ((chunk - mean) ** 2).sum(axes, keepdims=True)[0]))
    statistics = Statistics(
        mean.astype(np.float32) if mean is not None and center else None,
        std.astype(np.float32) if std is not None else None,
    )
    if zca_epsilon is None:
        return statistics
    products: np.ndarray | float = 0.0
    images = 0
    for chunk in chunks():
        whole = np.asarray(standardize(SampleSteps(None, False, False), statistics, chunk))
        rows = whole.reshape(len(chunk), -1)
        products, images = products + (rows.T @ rows).astype(np.float64), images + len(chunk)
    covariance = np.asarray(products / images).astype(np.float32)
    return statistics._replace(principal_components=np.asarray(zca_matrix(covariance, zca_epsilon)))

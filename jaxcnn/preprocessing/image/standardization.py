"""Batches of pictures standardised, and the statistics for it learned from data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from jaxcnn.preprocessing.normalization import zca_matrix

EPSILON = 1e-7  # added to standard deviations before dividing by them


class Statistics(NamedTuple):
    """What is known of the data: mean and standard deviation of each channel, and the matrix that
    whitens it.

    The first two broadcast against a picture; the matrix is (values of a picture, values of a
    picture). None leaves a step out.
    """

    mean: Any = None
    std: Any = None
    principal_components: Any = None


class SampleSteps(NamedTuple):
    """The steps that need no statistics: a factor, and each picture's own mean and standard
    deviation.
    """

    rescale: float | None
    center: bool
    std_normalization: bool


@partial(jax.jit, static_argnums=0)
def standardize(steps: SampleSteps, statistics: Statistics, batch: ArrayLike) -> Array:
    """A batch (n, ...) of pictures in either data format after the steps of each picture, then
    those of the data.
    """
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
    """The statistics that are asked for, summed in float64 over batches (n, ...) of pictures.

    Args:
        chunks: gives the batches, the same ones at each call.
        channel_axis: the axis of the batches whose entries have a mean and deviation each.
        center: learn the mean.
        std_normalization: learn the standard deviation about the mean.
        zca_epsilon: learn the whitening matrix, of pictures less mean and deviation if these are
            learned, with this number added to the variances; None does not.
    """
    axes = tuple(axis for axis in range(4) if axis != channel_axis)

    def average(values: Callable[[np.ndarray], Any]) -> Any:
        """The sum of `values` of all chunks over the number of pixels that a channel has in them."""
        total, pixels = 0.0, 0
        for chunk in chunks():
            total, pixels = total + values(chunk), pixels + chunk.size // chunk.shape[channel_axis]
        return total / pixels

    mean = std = whitening = None
    if center or std_normalization:
        mean = average(lambda chunk: chunk.sum(axes, np.float64, keepdims=True)[0])
    if std_normalization:
        std = np.sqrt(average(lambda chunk: ((chunk - mean) ** 2).sum(axes, keepdims=True)[0]))
    found = Statistics(
        *(None if v is None else v.astype(np.float32) for v in (mean if center else None, std))
    )
    if zca_epsilon is not None:
        products: Any = 0.0
        pictures = 0
        nothing = SampleSteps(None, False, False)
        for chunk in chunks():
            rows = np.asarray(standardize(nothing, found, chunk)).reshape(len(chunk), -1)
            products, pictures = (
                products + (rows.T @ rows).astype(np.float64),
                pictures + len(chunk),
            )
        whitening = np.asarray(zca_matrix((products / pictures).astype(np.float32), zca_epsilon))
    return found._replace(principal_components=whitening)

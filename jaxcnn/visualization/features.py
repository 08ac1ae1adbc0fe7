"""The filters that a convolution has learned, and their responses to an image."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from jaxcnn.runtime import config
from jaxcnn.runtime.types import PyTree
from jaxcnn.spellings.keywords import suggesting
from jaxcnn.visualization.images import image_grid

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from jaxcnn.layers.base import Layer
    from jaxcnn.models.network import Network


@suggesting
def plot_filters(
    layer: Layer,
    path: str | os.PathLike[str] | None = None,
    channel: int | None = None,
    count: int = 64,
) -> Path | Figure:
    """Draw the filters of a convolution, each from its smallest weight (black) to its largest.

    Args:
        layer: a built layer with a weight called `kernel` of shape (rows, columns, channels,
            filters).
        path: the file to write; None to return the figure, which a notebook shows.
        channel: the input channel to show; by default colours where there are three, else the mean
            over the channels.
        count: how many filters to show, from the first. Default: 64.

    Returns:
        The path, or the figure.

    Raises:
        ValueError: the layer has no such kernel, or not this channel.

    Examples:
        >>> network = jc.Sequential([jc.layers.Conv2D(2, 3, input_shape=(8, 8, 1))])
        >>> jc.visualization.plot_filters(network.layers[0], "filters.png").name
        'filters.png'

    References:
        - Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2014,
          <https://arxiv.org/abs/1311.2901>
    """
    kernel = np.asarray(getattr(layer, "kernel", ()))
    if kernel.ndim != 4:
        raise ValueError(
            f"plot_filters needs a built layer with a 4D kernel; layer '{layer.name}' has none."
        )
    filters = np.moveaxis(kernel, -1, 0)[:count]  # (filters, rows, columns, channels)
    channels = filters.shape[-1]
    if channel is not None and not 0 <= channel < channels:
        raise ValueError(
            f"plot_filters: `channel` is {channel}; layer '{layer.name}' has {channels}, from 0."
        )
    if channel is not None:
        filters = filters[..., channel]
    elif channels != 3:
        filters = filters.mean(-1)
    elif config.image_data_format() == "channels_first":  # as image_grid reads images then
        filters = np.moveaxis(filters, -1, 1)
    return image_grid(_stretched(filters), path, title=f"{layer.name}: filters")


@suggesting
def plot_feature_maps(
    model: Network,
    x: ArrayLike,
    layer: str | int,
    path: str | os.PathLike[str] | None = None,
    count: int = 64,
) -> Path | Figure:
    """Draw the channels of a layer for one image, each from its smallest to its largest value.

    Args:
        model: with one input, of which `x` is one sample, with or without the batch axis in front.
        x: the sample, (rows, columns, channels) of numbers.
        layer: a layer's name, or its index in ``model.layers``; its output must be (batch, rows,
            columns, channels), or with the channels first where the layer has that data format.
        path: the file to write; None to return the figure, which a notebook shows.
        count: how many channels to show, from the first. Default: 64.

    Returns:
        The path, or the figure.

    Raises:
        ValueError: an output of another rank, or more than one sample.

    Examples:
        >>> network = jc.Sequential([jc.layers.Conv2D(2, 3, input_shape=(8, 8, 1))])
        >>> jc.visualization.plot_feature_maps(network, np.ones((8, 8, 1)), 0, "maps.png").name
        'maps.png'

    References:
        - Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2014,
          <https://arxiv.org/abs/1311.2901>
    """
    from jaxcnn.models import Model

    chosen = model.get_layer(index=layer) if isinstance(layer, int) else model.get_layer(layer)
    sample = np.asarray(x)
    expected = len(model.input_shape)
    sample = sample[None] if sample.ndim == expected - 1 else sample
    if sample.ndim != expected or len(sample) != 1:
        raise ValueError(
            f"plot_feature_maps draws one sample {model.input_shape[1:]}; given {np.shape(x)}."
        )
    maps = np.asarray(Model(model.inputs, _output_in(model, chosen)).predict(sample))[0]
    if maps.ndim != 3:
        raise ValueError(
            f"plot_feature_maps: layer '{chosen.name}' returns {maps.shape}, not (rows, "
            "columns, channels)."
        )
    if getattr(chosen, "data_format", None) != "channels_first":
        maps = np.moveaxis(maps, -1, 0)
    return image_grid(_stretched(maps[:count]), path, title=f"{chosen.name}: {len(maps)} channels")


def _output_in(model: Network, layer: Layer) -> PyTree:
    """The output of the layer's call in this model, of several calls the first."""
    relevant = {id(node) for level in model.node_levels for node in level}
    return next(node.outputs for node in layer.inbound_nodes if id(node) in relevant)


def _stretched(images: np.ndarray) -> np.ndarray:
    """Each image stretched to 0 .. 1; one of a single value becomes 0."""
    axes = tuple(range(1, images.ndim))
    low, high = images.min(axes, keepdims=True), images.max(axes, keepdims=True)
    return np.asarray((images - low) / np.where(high > low, high - low, 1))

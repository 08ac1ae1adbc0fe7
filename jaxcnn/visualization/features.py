"""What a convolution has learned: its filters, and what they answer to a picture."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from jaxcnn.runtime import config
from jaxcnn.visualization.images import image_grid

if TYPE_CHECKING:
    from jaxcnn.layers.base import Layer
    from jaxcnn.models.network import Network


def plot_filters(
    layer: Layer, path: str | os.PathLike[str], channel: int | None = None, count: int = 64
) -> Path:
    """Draw the filters of a convolution, each stretched from its smallest weight (black) to its
    largest (white).

    Args:
        layer: a built layer with a weight called `kernel` of shape (rows, columns, channels,
            filters).
        path: the picture to write.
        channel: the input channel to show; by default colours where there are three, else the mean
            over the channels.
        count: how many filters to show, from the first.

    Returns the path. Raises ValueError for a layer without such a kernel, and for a channel it does
    not have.
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
    elif config.image_data_format() == "channels_first":  # as image_grid reads pictures then
        filters = np.moveaxis(filters, -1, 1)
    return image_grid(_stretched(filters), path, title=f"{layer.name}: filters")


def plot_feature_maps(
    model: Network, x: ArrayLike, layer: str | int, path: str | os.PathLike[str], count: int = 64
) -> Path:
    """Draw what the channels of a layer give for one picture, each stretched from its smallest to
    its largest value.

    Args:
        model: with one input, of which `x` is one sample, with or without the batch axis in front.
        layer: a layer's name, or its index in ``model.layers``; its output must be (batch, rows,
            columns, channels), or with the channels first where the layer has that data format.
        path: the picture to write.
        count: how many channels to show, from the first.

    Returns the path. Raises ValueError for an output of another rank or more than one sample.
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
    maps: Any = np.asarray(Model(model.inputs, _output_in(model, chosen)).predict(sample))[0]
    if maps.ndim != 3:
        raise ValueError(
            f"plot_feature_maps: layer '{chosen.name}' gives {maps.shape}, not (rows, columns, "
            "channels)."
        )
    if getattr(chosen, "data_format", None) != "channels_first":
        maps = np.moveaxis(maps, -1, 0)
    return image_grid(_stretched(maps[:count]), path, title=f"{chosen.name}: {len(maps)} channels")


def _output_in(model: Network, layer: Layer) -> Any:
    """The output of the layer's call in this model, of several calls the first."""
    relevant = {id(node) for level in model.nodes_by_depth for node in level}
    return next(node.outputs for node in layer.inbound_nodes if id(node) in relevant)


def _stretched(pictures: np.ndarray) -> np.ndarray:
    """Each picture from 0 to 1; an even one becomes 0."""
    axes = tuple(range(1, pictures.ndim))
    low, high = pictures.min(axes, keepdims=True), pictures.max(axes, keepdims=True)
    return (pictures - low) / np.where(high > low, high - low, 1)

"""Weights as other versions and backends of Keras laid them out, and as we do.

Keras 1 kept the gates of recurrent layers apart, and with 'th' ordering kernels as (filters,
channels, rows, columns); Theano's convolutions turned their kernels by 180 degrees; and a Flatten
of channels-first pictures feeds the Dense layer behind it in another order.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "Conv3DTranspose", "ConvLSTM2D")
ELEMENTWISE = (
    "Dropout",
    "Activation",
    "GaussianNoise",
    "GaussianDropout",
    "ELU",
    "LeakyReLU",
    "ReLU",
    "AlphaDropout",
)


@dataclass(frozen=True)
class Origin:
    """Where a file's weights come from.

    Attributes:
        keras: 1, 2 or 3.
        backend: 'theano', 'tensorflow', or empty where the file does not say.
        before_1: whether the file numbers its layers, as before Keras 1.0, when there was Theano
            only.
        channels_first: whether kernels are (filters, channels, rows, columns); known after looking
            at all of them.
    """

    keras: int
    backend: str = ""
    before_1: bool = False
    channels_first: bool = False

    def deciding(self, channels_first: bool) -> Origin:
        """This with the layout of kernels known."""
        if channels_first and not self.backend and not self.before_1:
            warnings.warn(
                "The file does not say which backend wrote it. Its kernels are laid out as "
                "Theano's, so they were "
                "turned by 180 degrees.",
                UserWarning,
                stacklevel=5,
            )
        return replace(self, channels_first=channels_first)

    @property
    def turned(self) -> bool:
        """Whether kernels are those of true convolutions, as Theano computed them."""
        return self.backend == "theano" or (self.channels_first and not self.backend)


def kind(layer: Any) -> str:
    """The class of a layer, of its nearest base in the library where a user derived it."""
    return next(
        (c.__name__ for c in type(layer).__mro__ if c.__name__ in CONVOLUTIONS),
        type(layer).__name__,
    )


def whole_gates(layer: Any, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The arrays of a recurrent layer with its gates in one array, as they are since Keras 2."""
    name, count = type(layer).__name__, len(arrays)
    if name == "Bidirectional" and count in (18, 24):
        half = count // 2
        return whole_gates(layer.forward_layer, arrays[:half]) + whole_gates(
            layer.backward_layer, arrays[half:]
        )
    if name == "TimeDistributed":
        return whole_gates(layer.layer, arrays)
    if name == "GRU" and count == 9:  # z, r, h of kernel, recurrent kernel and bias
        gates: tuple[int, ...] = (0, 3, 6)
    elif name in ("LSTM", "ConvLSTM2D") and count == 12:  # i, c, f, o; since Keras 2 i, f, c, o
        gates = (0, 6, 3, 9)
    else:
        return list(arrays)
    # Kernels in 'th' ordering have their filters in front.
    axes = (
        (0, 0, 0)
        if arrays[0].ndim == 4 and len({a.shape[0] for a in arrays}) == 1 and is_th(arrays)
        else (-1,) * 3
    )
    return [np.concatenate([arrays[g + part] for g in gates], axis=axes[part]) for part in range(3)]


def is_th(arrays: Sequence[np.ndarray]) -> bool:
    """Whether the kernels of a ConvLSTM2D are (filters, channels, rows, columns): biases say how
    many filters.
    """
    filters = arrays[2].shape[0]
    return arrays[1].shape[:2] == (filters, filters) and arrays[1].shape[2:] != (filters, filters)


def channels_first_shape(layer: Any, path: tuple[str, ...]) -> tuple[int, ...] | None:
    """The shape that a convolution's kernel had in 'th' ordering, or None for other weights."""
    shape = layer.weight_shape(path)
    if kind(layer) not in CONVOLUTIONS or path[-1] not in ("kernel", "recurrent_kernel"):
        return None
    if kind(layer) == "Conv1D":
        return (shape[2], shape[1], shape[0], 1)
    if kind(layer) == "Conv2DTranspose":
        return (*shape[-2:], *shape[:-2])
    return (shape[-1], shape[-2], *shape[:-2])


def kernels_are_channels_first(
    pairs: Sequence[tuple[Any, Sequence[np.ndarray]]], origin: Origin
) -> bool:
    """Whether a file of Keras 1 has kernels in 'th' ordering, judged by all of them together."""
    could = []
    declared = False
    for layer, arrays in pairs:
        entries = layer.weight_paths()
        whole = whole_gates(layer, arrays)
        if len(entries) != len(whole):
            continue
        for (owner, path), array in zip(entries, whole, strict=True):
            old = channels_first_shape(owner, path)
            if old is not None and array.ndim == len(old):
                newer = owner.weight_shape(path)
                newer = (newer[0], 1, *newer[1:]) if kind(owner) == "Conv1D" else newer
                if kind(owner) == "Conv2DTranspose":
                    newer = (*newer[:-2], newer[-1], newer[-2])
                could.append((array.shape == old, array.shape == newer))
                declared |= getattr(owner, "data_format", None) == "channels_first"
    if any(first and not last for first, last in could):
        return True
    if any(last and not first for first, last in could):
        return False
    return bool(could) and (origin.before_1 or declared)


def from_file(
    owner: Any,
    path: tuple[str, ...],
    array: np.ndarray,
    origin: Origin,
    picture: tuple[int, ...] | None,
) -> np.ndarray:
    """An array from a file in our layout.

    Args:
        owner, path: the weight it is for.
        array: from the file.
        origin: of the file.
        picture: (rows, columns, ..., channels) that were flattened channels first to make this
            layer's input.
    """
    if kind(owner) in CONVOLUTIONS and path[-1] in ("kernel", "recurrent_kernel"):
        spatial = len(owner.weight_shape(path)) - 2
        if origin.keras == 1:
            array = modern_kernel(owner, array, origin.channels_first)
        if origin.turned:
            array = np.flip(array, tuple(range(spatial)))
    if (
        kind(owner) == "LocallyConnected2D"
        and path[-1] == "kernel"
        and owner.data_format == "channels_first"
    ):
        positions, rows, filters = array.shape
        size = owner.kernel_size
        channels = rows // (size[0] * size[1])
        array = (
            array.reshape(positions, channels, *size, filters)
            .transpose(0, 2, 3, 1, 4)
            .reshape(array.shape)
        )
    if picture is not None and array.shape and array.shape[0] == np.prod(picture):
        spatial_axes = tuple(range(1, len(picture)))
        array = np.moveaxis(
            array.reshape(picture[-1], *picture[:-1], -1), 0, len(spatial_axes)
        ).reshape(array.shape)
    return array


def to_file(owner: Any, path: tuple[str, ...], array: np.ndarray) -> np.ndarray:
    """A weight in the layout of Keras 2; the inverse of `from_file` for a file of Keras 2."""
    if (
        kind(owner) == "LocallyConnected2D"
        and path[-1] == "kernel"
        and owner.data_format == "channels_first"
    ):
        positions, rows, filters = array.shape
        size = owner.kernel_size
        channels = rows // (size[0] * size[1])
        return (
            array.reshape(positions, *size, channels, filters)
            .transpose(0, 3, 1, 2, 4)
            .reshape(array.shape)
        )
    return array


def modern_kernel(owner: Any, array: np.ndarray, channels_first: bool) -> np.ndarray:
    """A kernel of Keras 1 as (rows, columns, ..., channels, filters)."""
    name = kind(owner)
    if name == "Conv1D" and array.ndim == 4:
        # (filters, channels, steps, 1), or (steps, 1, channels, filters)
        return array[..., 0].transpose(2, 1, 0) if channels_first else array[:, 0]
    if name == "Conv2DTranspose" and array.ndim == 4:
        return array.transpose(2, 3, 0, 1) if channels_first else array.transpose(0, 1, 3, 2)
    if channels_first and array.ndim > 3:
        return array.transpose(*range(2, array.ndim), 1, 0)
    return array


def flattened_rows(model: Any) -> Mapping[int, tuple[int, ...]]:
    """id -> (rows, columns, ..., channels) of the layers whose input is a flattened picture with
    channels last.

    Weights made on pictures with channels first need their rows in another order there.
    """
    found: dict[int, tuple[int, ...]] = {}
    pictures: dict[
        int, tuple[int, ...]
    ] = {}  # id of a tensor that is a flattened picture -> its shape before
    nodes = [node for level in model.nodes_by_depth for node in level] if model.inputs else []
    for node in nodes:
        if not node.inbound:
            continue
        source, name = node.inbound[0], type(node.layer).__name__
        if name == "Flatten" and len(source.shape) > 2:
            if node.layer.data_format == "channels_first":  # turned before it is flattened
                pictures[id(node.outputs)] = (*source.shape[2:], source.shape[1])
            elif last_format(source) == "channels_last":
                pictures[id(node.outputs)] = tuple(source.shape[1:])
        elif id(source) in pictures:
            found[id(node.layer)] = pictures[id(source)]
            if name in (*ELEMENTWISE, "BatchNormalization"):
                pictures[id(node.outputs)] = pictures[id(source)]
    return found


def last_format(tensor: Any) -> str | None:
    """The `data_format` of the nearest layer before a tensor that has one."""
    while tensor is not None:
        if (data_format := getattr(tensor.layer, "data_format", None)) is not None:
            return str(data_format)
        inbound = tensor.layer.inbound_nodes[tensor.node_index].inbound
        tensor = inbound[0] if inbound else None
    return None

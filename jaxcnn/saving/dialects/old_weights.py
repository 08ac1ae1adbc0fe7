"""Weights as other versions and backends of Keras laid them out, and as we do.

Keras 1 kept the gates of recurrent layers apart, and with 'th' ordering kernels as (filters,
channels, rows, columns); Theano's convolutions turned their kernels by 180 degrees; and a Flatten
of channels-first images feeds the Dense layer after it in another order.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from jaxcnn.layers import (
    Bidirectional,
    Flatten,
    Layer,
    LocallyConnected1D,
    LocallyConnected2D,
    TimeDistributed,
)
from jaxcnn.layers.config_words import config_in_our_words
from jaxcnn.layers.gates import PARTS, apart, has_gates_apart, together
from jaxcnn.layers.old_kernels import is_kernel
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.runtime.types import Path
from jaxcnn.saving.types import Network

Sizes = tuple[int, ...]


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
                "Theano's, so they were turned by 180 degrees.",
                UserWarning,
                stacklevel=5,
            )
        return replace(self, channels_first=channels_first)

    @property
    def turned(self) -> bool:
        """Whether kernels are those of true convolutions, as Theano computed them."""
        return self.backend == "theano" or (self.channels_first and not self.backend)


def whole_gates(
    layer: Layer, arrays: Sequence[np.ndarray], channels_first: bool = False
) -> list[np.ndarray]:
    """The arrays of a recurrent layer as the layer has its gates: in one array, as they are since
    Keras 2, or apart.

    Kernels whose shapes fit either ordering are in that of the file.
    """
    if isinstance(layer, Bidirectional):
        half = len(arrays) // 2
        return whole_gates(layer.forward_layer, arrays[:half], channels_first) + whole_gates(
            layer.backward_layer, arrays[half:], channels_first
        )
    if isinstance(layer, TimeDistributed):
        return whole_gates(layer.layer, arrays, channels_first)
    gates = layer.traits.gates
    if gates and has_gates_apart(layer):
        return apart(gates, arrays) if len(arrays) == PARTS else list(arrays)
    if not gates or len(arrays) != PARTS * len(gates):
        return list(arrays)
    # Kernels in 'th' ordering have their filters in front.
    axis = 0 if is_th(arrays, channels_first) else -1
    return together(gates, arrays, axis)


def is_th(arrays: Sequence[np.ndarray], channels_first: bool) -> bool:
    """Whether a ConvLSTM2D's kernels are (filters, channels, rows, columns), as many as biases.

    Those that may be either are as others are.
    """
    kernel, recurrent, bias = (array.shape for array in arrays[:3])
    return (
        len(kernel) == 4
        and kernel[:1] == bias
        and recurrent[:2] == 2 * bias
        and (recurrent[2:] != 2 * bias or channels_first)
    )


def keras1_shapes(owner: Layer, path: Path) -> tuple[Sizes, Sizes]:
    """The shapes that a convolution's kernel had in Keras 1: in 'th' ordering, in 'tf' ordering."""
    *spatial, inputs, outputs = owner.weight_shape(path)
    if owner.traits.kernel == "out-in":
        inputs, outputs = outputs, inputs
    if len(spatial) == 1:  # it computed convolutions of sequences as those of images
        spatial.append(1)
    return (outputs, inputs, *spatial), (*spatial, inputs, outputs)


def modern_kernel(owner: Layer, path: Path, array: np.ndarray, channels_first: bool) -> np.ndarray:
    """A kernel of Keras 1 in our layout; one of another shape as it is."""
    if array.ndim < 4:
        return array
    if channels_first:
        array = np.moveaxis(array, (1, 0), (-2, -1))
    if owner.traits.kernel == "out-in":
        array = np.swapaxes(array, -2, -1)
    is_sequence = len(owner.weight_shape(path)) == 3
    return array[:, 0] if is_sequence else array


def kernels_are_channels_first(
    pairs: Sequence[tuple[Layer, Sequence[np.ndarray]]], origin: Origin
) -> bool:
    """Whether a file of Keras 1 has kernels in 'th' ordering, judged by all of them together."""
    fits: list[tuple[bool, bool]] = []  # the shape is that of (th, tf)
    declared = False
    for layer, arrays in pairs:
        entries = layer.weight_paths()
        as_th, as_tf = (whole_gates(layer, arrays, first) for first in (True, False))
        if len(entries) != len(as_tf):
            continue
        for (owner, path), in_th, in_tf in zip(entries, as_th, as_tf, strict=True):
            if not is_kernel(owner, path):
                continue
            th, tf = keras1_shapes(owner, path)
            if in_th.ndim == len(th):
                fits.append((in_th.shape == th, in_tf.shape == tf))
                declared |= getattr(owner, "data_format", None) == "channels_first"
    if any(th and not tf for th, tf in fits):
        return True
    if any(tf and not th for th, tf in fits):
        return False
    return bool(fits) and (origin.before_1 or declared)


def from_file(
    owner: Layer, path: Path, array: np.ndarray, origin: Origin, image: Sizes | None = None
) -> np.ndarray:
    """An array from a file in our layout.

    Args:
        owner, path: the weight it is for.
        array: from the file.
        origin: of the file.
        image: (rows, columns, ..., channels) that were flattened channels first to make this
            layer's input.
    """
    if is_kernel(owner, path):
        if origin.keras == 1:
            array = modern_kernel(owner, path, array, origin.channels_first)
        if origin.turned:
            array = np.flip(array, tuple(range(array.ndim - 2)))
    if is_local_channels_first(owner):
        array = moved_channels(owner, path, array, to_front=False)
    if image is not None and array.shape and array.shape[0] == np.prod(image):
        array = rows_channels_last(array, image)
    return array


def rows_channels_last(array: np.ndarray, image: Sizes) -> np.ndarray:
    """Rows for an image that was flattened channels first, for one that is flattened as ours."""
    by_channel = array.reshape(image[-1], *image[:-1], -1)
    return np.moveaxis(by_channel, 0, len(image) - 1).reshape(array.shape)


def to_file(owner: Layer, path: Path, array: np.ndarray) -> np.ndarray:
    """A weight in the layout of Keras 2; the inverse of `from_file` for a file of Keras 2."""
    if is_local_channels_first(owner):
        return moved_channels(owner, path, array, to_front=True)
    return array


def is_local_channels_first(owner: Layer) -> bool:
    """Whether a layer is locally connected and files keep its weights with the channels first."""
    if not isinstance(owner, LocallyConnected1D | LocallyConnected2D):
        return False
    return bool(owner.data_format == "channels_first")


def moved_channels(owner: Layer, path: Path, array: np.ndarray, *, to_front: bool) -> np.ndarray:
    """A weight of a locally connected layer, whose channels lie before rows and columns in a file.

    A kernel is (positions, values of a window, filters); a bias has the shape (rows, columns,
    filters) in files as well, where it holds the numbers of (filters, rows, columns).
    """
    before: Sizes = ()
    after: Sizes = ()
    last: Sizes = array.shape
    if path[-1] == "kernel":
        positions, values, filters = array.shape
        window: Sizes = tuple(config_in_our_words(owner)["kernel_size"])
        last = (*window, values // math.prod(window))
        before, after = (positions,), (filters,)
    split = array.reshape(*before, *(last if to_front else (last[-1], *last[:-1])), *after)
    front, back = len(before), len(before) + len(last) - 1
    moved = np.moveaxis(split, back, front) if to_front else np.moveaxis(split, front, back)
    return moved.reshape(array.shape)


def flattened_rows(model: Network) -> dict[int, Sizes]:
    """id of each layer whose input is a flattened image -> its (rows, columns, ..., channels).

    Weights made on images with channels first need their rows in another order there.
    """
    inputs: dict[int, Sizes] = {}
    flattened: dict[int, Sizes] = {}  # id of a tensor -> the shape of the image in it
    nodes = [node for level in model.node_levels for node in level] if model.inputs else []
    for node in nodes:
        if not node.inbound:
            continue
        source = node.inbound[0]
        if isinstance(node.layer, Flatten) and len(source.shape) > 2:
            if node.layer.data_format == "channels_first":  # transposed before it is flattened
                flattened[id(node.outputs)] = sizes_of((*source.shape[2:], source.shape[1]))
            elif last_format(source) == "channels_last":
                flattened[id(node.outputs)] = sizes_of(source.shape[1:])
        elif id(source) in flattened:
            inputs[id(node.layer)] = flattened[id(source)]
            if node.layer.traits.pointwise:
                flattened[id(node.outputs)] = flattened[id(source)]
    return inputs


def sizes_of(shape: Sequence[int | None]) -> Sizes:
    """A shape with 0 for a size that is not known, which the input of weights does not have."""
    return tuple(size or 0 for size in shape)


def last_format(tensor: SymbolicTensor) -> str | None:
    """The `data_format` of the nearest layer before a tensor that has one."""
    source: SymbolicTensor | None = tensor
    while source is not None:
        if (data_format := getattr(source.layer, "data_format", None)) is not None:
            return str(data_format)
        inbound = source.layer.inbound_nodes[source.node_index].inbound
        source = inbound[0] if inbound else None
    return None

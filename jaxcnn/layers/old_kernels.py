"""The kernels of convolutions as Keras 1 laid them out."""

from __future__ import annotations

import numpy as np

from jaxcnn.layers.weights import WeightOwner
from jaxcnn.runtime.types import Path

KERNELS = ("kernel", "recurrent_kernel", "depthwise_kernel", "pointwise_kernel")


def is_kernel(owner: WeightOwner, path: Path) -> bool:
    """Whether a weight is the kernel of a convolution, or of one of its gates."""
    whole, _, gate = path[-1].rpartition("_")
    name = whole if len(gate) == 1 else path[-1]
    return bool(owner.traits.kernel) and name in KERNELS


def kernel_of_1(owner: WeightOwner, path: Path, array: np.ndarray) -> np.ndarray:
    """A kernel of ours as Keras 1 laid it out; any other weight as it is.

    It computed convolutions of sequences as those of images, and with channels first it had the
    filters of a kernel in front.
    """
    if not is_kernel(owner, path):
        return array
    if array.ndim == 3:
        return array[:, None]
    if owner.traits.kernel == "out-in":
        array = np.swapaxes(array, -2, -1)
    if getattr(owner, "data_format", None) == "channels_first":
        array = np.moveaxis(array, (-2, -1), (1, 0))
    return array


def kernel_from_1(
    owner: WeightOwner, path: Path, array: np.ndarray, shape: tuple[int, ...]
) -> np.ndarray:
    """The inverse of `kernel_of_1`; an array of another shape than it gives is left as it is.

    Args:
        owner: the layer.
        path: of the weight in it.
        array: as Keras 1 laid it out.
        shape: ours.
    """
    if not is_kernel(owner, path) or array.shape != kernel_of_1(owner, path, np.empty(shape)).shape:
        return array
    if len(shape) == 3:
        return array[:, 0]
    if getattr(owner, "data_format", None) == "channels_first":
        array = np.moveaxis(array, (1, 0), (-2, -1))
    return np.swapaxes(array, -2, -1) if owner.traits.kernel == "out-in" else array

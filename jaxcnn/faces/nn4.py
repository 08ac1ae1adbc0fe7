"""OpenFace's encoder nn4.small2: a small inception network from faces to points on a unit sphere.

Sources: Schroff, Kalenichenko and Philbin, "FaceNet", 2015; Amos, Ludwiczuk and Satyanarayanan,
"OpenFace", 2016.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn import ops
from jaxcnn.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Dense,
    Flatten,
    Input,
    LocalResponseNormalization,
    MaxPooling2D,
    SymbolicTensor,
    ZeroPadding2D,
)
from jaxcnn.layers import Layer as KerasLayer
from jaxcnn.layers.derived import keras_layer
from jaxcnn.losses import l2_normalize
from jaxcnn.models import Model
from jaxcnn.nn.base import Layer
from jaxcnn.nn.pooling import Pooling

SIZE = 96
"""Height and width of the faces, in pixels."""
ENCODING = 128
"""Numbers in an encoding."""


class L2Pooling2DModule(Pooling):
    """(batch, height, width, channels) to a smaller height and width: the norm of each window."""

    pool_size: int | tuple[int, int] = (2, 2)
    strides: int | tuple[int, int] | None = None
    padding: str = "valid"
    data_format: str | None = None

    spatial_rank = 2

    @staticmethod
    def pool(
        x: jax.Array, size: tuple[int, ...], strides: tuple[int, ...], padding: str
    ) -> jax.Array:
        """The root of the sum of squares; 1e-12 keeps the gradient finite where all are zero."""
        count = float(np.prod(size))
        return jnp.sqrt(count * ops.avg_pool(x * x, size, strides, padding) + 1e-12)


class UnitLengthModule(Layer):
    """(batch, n) to (batch, n), each row divided by its norm."""

    def __call__(self, x: jax.Array) -> jax.Array:
        return l2_normalize(x)


L2Pooling2D = keras_layer(L2Pooling2DModule)
UnitLength = keras_layer(UnitLengthModule)


@dataclass(frozen=True)
class Module:
    """The branches of an inception module; None for one that is left out.

    Attributes:
        three, five: filters of the 1x1 convolution before the 3x3 or 5x5 one, and of that.
        pool: its kind, "max" or "l2".
        after_pool: filters of the 1x1 convolution after the pool.
        one: filters of the 1x1 convolution.
        stride: of the 3x3 and 5x5 convolutions.
    """

    three: tuple[int, int]
    five: tuple[int, int] | None
    pool: str
    after_pool: int | None = None
    one: int | None = None
    stride: int = 1


MODULES = {
    "3a": Module((96, 128), (16, 32), "max", after_pool=32, one=64),
    "3b": Module((96, 128), (32, 64), "l2", after_pool=64, one=64),
    "3c": Module((128, 256), (32, 64), "max", stride=2),
    "4a": Module((96, 192), (32, 64), "l2", after_pool=128, one=256),
    "4e": Module((160, 256), (64, 128), "max", stride=2),
    "5a": Module((96, 384), None, "l2", after_pool=96, one=256),
    "5b": Module((96, 384), None, "max", after_pool=96, one=256),
}


def nn4_small2() -> Model:
    """nn4.small2: faces (batch, 96, 96, 3) in RGB, 0 to 1, to encodings (batch, 128) of length 1.

    3,743,280 parameters, random until `read_openface` loads trained ones. Layers are named as in
    the files of OpenFace's Keras versions.

    Examples:
        >>> jc.faces.nn4_small2().count_params()
        3743280

    References:
        - Amos, Ludwiczuk and Satyanarayanan, "OpenFace: A General-Purpose Face Recognition Library
          with Mobile Applications", 2016, <https://cmusatyalab.github.io/openface/>
        - Schroff, Kalenichenko and Philbin, "FaceNet: A Unified Embedding for Face Recognition and
          Clustering", 2015, <https://arxiv.org/abs/1503.03832>
    """
    face = Input((SIZE, SIZE, 3), name="face")
    x = _unit(ZeroPadding2D(3, name="conv1_pad")(face), 64, 7, ("conv1", "bn1"), stride=2)
    x = MaxPooling2D(3, strides=2, name="pool1")(ZeroPadding2D(1, name="pool1_pad")(x))
    x = LocalResponseNormalization(name="lrn_1")(x)
    x = _unit(x, 64, 1, ("conv2", "bn2"))
    x = _unit(ZeroPadding2D(1, name="conv3_pad")(x), 192, 3, ("conv3", "bn3"))
    x = LocalResponseNormalization(name="lrn_2")(x)
    x = MaxPooling2D(3, strides=2, name="pool3")(ZeroPadding2D(1, name="pool3_pad")(x))
    for name, module in MODULES.items():
        x = _inception(x, f"inception_{name}", module)
    x = Flatten(name="flatten")(AveragePooling2D(3, strides=1, name="average")(x))
    x = UnitLength(name="norm_layer")(Dense(ENCODING, name="dense_layer")(x))
    return Model(face, x, name="nn4_small2")


def _unit(
    x: SymbolicTensor, filters: int, size: int, names: tuple[str, str], stride: int = 1
) -> SymbolicTensor:
    convolution, normalization = names
    x = Conv2D(filters, size, strides=stride, name=convolution)(x)
    x = BatchNormalization(epsilon=1e-5, name=normalization)(x)
    return Activation("relu", name=f"{convolution}_relu")(x)


def _inception(x: SymbolicTensor, name: str, module: Module) -> SymbolicTensor:
    """Parallel 3x3 and 5x5 convolutions, a pool and a 1x1 convolution, their channels joined."""
    branches = [_branch(x, f"{name}_3x3", module.three, 3, module.stride)]
    if module.five is not None:
        branches.append(_branch(x, f"{name}_5x5", module.five, 5, module.stride))
    branches.append(_pooled(x, f"{name}_pool", module, _rows(branches[0])))
    if module.one is not None:
        branches.append(_unit(x, module.one, 1, (f"{name}_1x1_conv", f"{name}_1x1_bn")))
    return Concatenate(name=name)(branches)


def _branch(
    x: SymbolicTensor, name: str, filters: tuple[int, int], size: int, stride: int
) -> SymbolicTensor:
    x = _unit(x, filters[0], 1, (f"{name}_conv1", f"{name}_bn1"))
    x = ZeroPadding2D(size // 2, name=f"{name}_pad")(x)
    return _unit(x, filters[1], size, (f"{name}_conv2", f"{name}_bn2"), stride)


def _pooled(x: SymbolicTensor, name: str, module: Module, rows: int) -> SymbolicTensor:
    """A pool, padded to as many `rows` as the other branches have."""
    x = L2Pooling2D(3, name=name)(x) if module.pool == "l2" else MaxPooling2D(3, 2, name=name)(x)
    if module.after_pool is not None:
        x = _unit(x, module.after_pool, 1, (f"{name}_conv", f"{name}_bn"))
    missing = rows - _rows(x)
    sides = (missing // 2, missing - missing // 2)
    return ZeroPadding2D((sides, sides), name=f"{name}_pad")(x)


def _rows(x: SymbolicTensor) -> int:
    """The height of maps, which is known because the input's is."""
    rows = x.shape[1]
    assert rows is not None
    return rows


def read_openface(model: Model, path: str | os.PathLike[str]) -> None:
    """Put trained weights into `nn4_small2`: all of them or none.

    Args:
        model: the network.
        path: a folder of CSV files as OpenFace's weights are published for Keras (``conv1_w.csv``,
            ``bn1_m.csv``, ...; kernels in Torch's order), or one HDF5 file with the layers' names.

    Raises:
        FileNotFoundError: the path or one of the folder's files is not there.
        ValueError: a file has too few or too many numbers, or the HDF5 file lacks a layer.

    Examples:
        >>> jc.faces.read_openface(jc.faces.nn4_small2(), "openface")

    References:
        - Amos, Ludwiczuk and Satyanarayanan, "OpenFace: A General-Purpose Face Recognition Library
          with Mobile Applications", 2016, <https://cmusatyalab.github.io/openface/>
    """
    layers = [layer for layer in model.layers if layer.weight_paths()]
    if Path(path).is_dir():
        arrays = [_from_csv(Path(path), layer) for layer in layers]
    else:
        arrays = _from_hdf5(Path(path), layers)
    for layer, values in zip(layers, arrays, strict=True):
        layer.set_weights(values)


def _from_csv(folder: Path, layer: KerasLayer) -> list[np.ndarray]:
    name = "dense" if layer.name == "dense_layer" else layer.name
    # Normalizations: w is gamma, b beta, m the mean and v the variance.
    suffixes = "wbmv" if len(layer.weight_paths()) == 4 else "wb"
    values = []
    for suffix, (_, weight) in zip(suffixes, layer.weight_paths(), strict=True):
        path, shape = folder / f"{name}_{suffix}.csv", layer.weight_shape(weight)
        numbers: np.ndarray = np.loadtxt(path, np.float32, delimiter=",", ndmin=1).reshape(-1)
        if numbers.size != np.prod(shape):
            raise ValueError(
                f"{path} has {numbers.size} numbers; layer '{layer.name}' needs {shape}."
            )
        if len(shape) == 4:
            numbers = numbers.reshape(shape[3], shape[2], shape[0], shape[1]).transpose(2, 3, 1, 0)
        elif len(shape) == 2:
            numbers = numbers.reshape(shape[::-1]).T
        values.append(numbers.reshape(shape))
    return values


def _from_hdf5(path: Path, layers: list[KerasLayer]) -> list[list[np.ndarray]]:
    from jaxcnn.saving.containers.hdf5 import opened, text

    with opened(path) as file:
        group = file.get("model_weights", file)
        if missing := [layer.name for layer in layers if layer.name not in group]:
            raise ValueError(f"{path} is no file of nn4.small2: it has no layer '{missing[0]}'.")
        stored = [
            [group[n][text(w)][()] for w in group[n].attrs["weight_names"]]
            for n in (la.name for la in layers)
        ]
    for layer, arrays in zip(layers, stored, strict=True):
        shapes = [layer.weight_shape(weight) for _, weight in layer.weight_paths()]
        stored_shapes = [array.shape for array in arrays]
        if stored_shapes != shapes:
            raise ValueError(
                f"{path}: layer '{layer.name}' needs weights of shapes {shapes}; the file has "
                f"{stored_shapes}."
            )
    return stored


def encode(model: Model, faces: Sequence[np.ndarray] | np.ndarray) -> np.ndarray:
    """The encodings (n, 128) of faces of any sizes, uint8 (height, width, 3) or (height, width).

    Args:
        model: `nn4_small2` with trained weights.
        faces: images of faces, each uint8 (height, width, 3) or (height, width).

    Examples:
        >>> encodings = jc.faces.encode(jc.faces.nn4_small2(), np.zeros((1, 96, 96, 3), np.uint8))
        >>> encodings.shape
        (1, 128)

    References:
        - Amos, Ludwiczuk and Satyanarayanan, "OpenFace: A General-Purpose Face Recognition Library
          with Mobile Applications", 2016, <https://cmusatyalab.github.io/openface/>
    """
    from PIL import Image

    _, height, width, _ = model.input_shape
    images = [Image.fromarray(np.asarray(face, np.uint8)).convert("RGB") for face in faces]
    resized = [
        np.asarray(image.resize((width, height), Image.Resampling.BILINEAR)) for image in images
    ]
    encodings: np.ndarray = model.predict(np.stack(resized).astype(np.float32) / 255)
    return encodings

"""The face encoder nn4.small2 of OpenFace: a small inception network from a face to a point on the
unit sphere.

Sources: Schroff, Kalenichenko and Philbin, "FaceNet", 2015; Amos, Ludwiczuk and Satyanarayanan,
"OpenFace", 2016.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

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
    ZeroPadding2D,
)
from jaxcnn.layers.derived import keras_layer
from jaxcnn.models import Model
from jaxcnn.nn.base import Layer
from jaxcnn.nn.pooling import Pooling

SIZE = 96
"""Height and width of the faces, in pixels."""
ENCODING = 128
"""Numbers in an encoding."""


class L2Pooling2DModule(Pooling):
    """(batch, height, width, channels) to a smaller height and width: the length of each window as
    a vector.
    """

    pool_size: Any = (2, 2)
    strides: Any = None
    padding: str = "valid"
    data_format: str | None = None

    spatial_rank = 2

    @staticmethod
    def pool(
        x: jax.Array, size: tuple[int, ...], strides: tuple[int, ...], padding: str
    ) -> jax.Array:
        """The root of the sum of squares; a tiny number inside keeps its gradient finite where all
        is zero.
        """
        count = float(np.prod(size))
        return jnp.sqrt(count * ops.avg_pool(x * x, size, strides, padding) + 1e-12)


class UnitLengthModule(Layer):
    """(batch, n) to (batch, n), each row divided by its length."""

    def __call__(self, x: jax.Array) -> jax.Array:
        return x * jax.lax.rsqrt(jnp.maximum(jnp.sum(x * x, axis=-1, keepdims=True), 1e-12))


L2Pooling2D = keras_layer(L2Pooling2DModule)
UnitLength = keras_layer(UnitLengthModule)


def nn4_small2() -> Model:
    """nn4.small2: faces (batch, 96, 96, 3) in RGB, 0 to 1, to encodings (batch, 128) of length 1.

    3,743,280 parameters, drawn at random; `read_openface` puts in trained ones. Layers are named as
    in the files of OpenFace's Keras versions.
    """
    face = Input((SIZE, SIZE, 3), name="face")
    x = _unit(ZeroPadding2D(3, name="conv1_pad")(face), 64, 7, "conv1", "bn1", stride=2)
    x = MaxPooling2D(3, strides=2, name="pool1")(ZeroPadding2D(1, name="pool1_pad")(x))
    x = LocalResponseNormalization(name="lrn_1")(x)
    x = _unit(x, 64, 1, "conv2", "bn2")
    x = _unit(ZeroPadding2D(1, name="conv3_pad")(x), 192, 3, "conv3", "bn3")
    x = LocalResponseNormalization(name="lrn_2")(x)
    x = MaxPooling2D(3, strides=2, name="pool3")(ZeroPadding2D(1, name="pool3_pad")(x))
    x = _inception(x, "3a", (96, 128), (16, 32), ("max", 32), 64)
    x = _inception(x, "3b", (96, 128), (32, 64), ("l2", 64), 64)
    x = _inception(x, "3c", (128, 256), (32, 64), ("max", None), None, stride=2)
    x = _inception(x, "4a", (96, 192), (32, 64), ("l2", 128), 256)
    x = _inception(x, "4e", (160, 256), (64, 128), ("max", None), None, stride=2)
    x = _inception(x, "5a", (96, 384), None, ("l2", 96), 256)
    x = _inception(x, "5b", (96, 384), None, ("max", 96), 256)
    x = Flatten(name="flatten")(AveragePooling2D(3, strides=1, name="average")(x))
    return Model(
        face,
        UnitLength(name="norm_layer")(Dense(ENCODING, name="dense_layer")(x)),
        name="nn4_small2",
    )


def _unit(
    x: Any, filters: int, size: int, convolution: str, normalization: str, stride: int = 1
) -> Any:
    x = Conv2D(filters, size, strides=stride, name=convolution)(x)
    x = BatchNormalization(epsilon=1e-5, name=normalization)(x)
    return Activation("relu", name=f"{convolution}_relu")(x)


def _inception(
    x: Any,
    name: str,
    three: tuple[int, int],
    five: tuple[int, int] | None,
    pool: tuple[str, int | None],
    one: int | None,
    stride: int = 1,
) -> Any:
    """Parallel 3x3 and 5x5 convolutions (filters before, filters), a pool (kind, filters after) and
    a 1x1 one.
    """
    name = f"inception_{name}"
    branches = [_branch(x, f"{name}_3x3", *three, 3, stride)]
    if five is not None:
        branches.append(_branch(x, f"{name}_5x5", *five, 5, stride))
    kind, filters = pool
    rows = -(-x.shape[1] // stride)
    # Pooled maps are padded back to the size of the other branches'.
    pooled = (
        L2Pooling2D(3, name=f"{name}_pool")(x)
        if kind == "l2"
        else MaxPooling2D(3, 2, name=f"{name}_pool")(x)
    )
    if filters is not None:
        pooled = _unit(pooled, filters, 1, f"{name}_pool_conv", f"{name}_pool_bn")
    missing = rows - pooled.shape[1]
    before, after = missing // 2, missing - missing // 2
    branches.append(
        ZeroPadding2D(((before, after), (before, after)), name=f"{name}_pool_pad")(pooled)
    )
    if one is not None:
        branches.append(_unit(x, one, 1, f"{name}_1x1_conv", f"{name}_1x1_bn"))
    return Concatenate(name=name)(branches)


def _branch(x: Any, name: str, before: int, filters: int, size: int, stride: int) -> Any:
    x = _unit(x, before, 1, f"{name}_conv1", f"{name}_bn1")
    x = ZeroPadding2D(size // 2, name=f"{name}_pad")(x)
    return _unit(x, filters, size, f"{name}_conv2", f"{name}_bn2", stride)


def read_openface(model: Model, path: str | os.PathLike[str]) -> None:
    """Put trained weights into `nn4_small2`: all of them or none.

    Args:
        path: a folder of CSV files as OpenFace's weights are published for Keras (``conv1_w.csv``,
            ``bn1_m.csv``, ...; kernels in Torch's order), or one HDF5 file with the layers' names.

    Raises:
        FileNotFoundError: the path or one of the folder's files is not there.
        ValueError: a file has too few or too many numbers, or the HDF5 file lacks a layer.
    """
    layers = [layer for layer in model.layers if layer.weight_paths()]
    if Path(path).is_dir():
        arrays = [_from_csv(Path(path), layer) for layer in layers]
    else:
        arrays = _from_hdf5(path, layers)
    for layer, values in zip(layers, arrays, strict=True):
        layer.set_weights(values)


def _from_csv(folder: Path, layer: Any) -> list[np.ndarray]:
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


def _from_hdf5(path: Any, layers: list[Any]) -> list[list[np.ndarray]]:
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
        wanted = [layer.weight_shape(weight) for _, weight in layer.weight_paths()]
        if [array.shape for array in arrays] != wanted:
            found = [array.shape for array in arrays]
            raise ValueError(
                f"{path}: layer '{layer.name}' needs weights of shapes {wanted}; the file has "
                f"{found}."
            )
    return stored


def encode(model: Any, faces: Any) -> np.ndarray:
    """The encodings (n, 128) of faces: uint8 pictures (height, width, 3) or gray (height, width),
    of any sizes.
    """
    from PIL import Image

    _, height, width, _ = model.input_shape
    images = [Image.fromarray(np.asarray(face, np.uint8)).convert("RGB") for face in faces]
    resized = [
        np.asarray(image.resize((width, height), Image.Resampling.BILINEAR)) for image in images
    ]
    return model.predict(np.stack(resized).astype(np.float32) / 255)

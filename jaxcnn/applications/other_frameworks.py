"""Weights that other frameworks published, read without executing anything from the file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from jaxcnn.models import Model
from jaxcnn.utils import unpickle
from jaxcnn.utils.matlab import read_variable
from jaxcnn.utils.npy import read_npy_header
from jaxcnn.utils.untrusted import one_error

__all__ = ["load_caffe_npy", "load_matconvnet", "read_caffe_npy", "read_matconvnet"]

LayerArrays = dict[str, list[np.ndarray]]


def read_caffe_npy(path: str | os.PathLike[str]) -> LayerArrays:
    """The dict of layer name to [kernel, bias] in a file such as bvlc_alexnet.npy.

    Python 2 or 3 may have written it.

    Raises:
        ValueError: it is not such a file, or it holds anything but arrays.
    """
    try:
        with open(path, "rb") as file:
            shape, _, dtype = read_npy_header(file)
            if shape != () or dtype != np.dtype(object):
                raise ValueError(f"it is an array {dtype} {shape}")
            content = unpickle.loads(file.read())
        content = content.item() if isinstance(content, np.ndarray) else content
        if not isinstance(content, Mapping):
            raise ValueError(f"it holds {type(content).__name__}")
        return {
            name.decode() if isinstance(name, bytes) else str(name): [
                np.asarray(array, np.float32) for array in arrays
            ]
            for name, arrays in content.items()
        }
    except OSError:
        raise
    except Exception as error:  # an unpickler fails in any way on broken bytes
        raise ValueError(
            f"{path} is not a dict of layer name to arrays in NumPy's format: {error}."
        ) from None


def load_caffe_npy(model: Model, path: str | os.PathLike[str]) -> None:
    """Put the arrays of `read_caffe_npy` into the layers of the same names.

    The model may lack the classifier.
    """
    assign(model, read_caffe_npy(path), path)


def read_matconvnet(path: str | os.PathLike[str]) -> LayerArrays:
    """The kernels and biases in a MatConvNet file such as imagenet-vgg-verydeep-19.mat, by layer.

    Kernels are (height, width, in, out).

    Raises:
        ValueError: it is not such a file.
    """
    with one_error(str(path), "a MatConvNet network"):
        arrays = {}
        for layer in read_variable(Path(path), "layers"):
            if layer.get("type") != "conv":
                continue
            # Before version 1.0 each of the two arrays was a field.
            pair = layer["weights"] if "weights" in layer else (layer["filters"], layer["biases"])
            kernel, bias = (np.asarray(a, np.float32) for a in pair)
            arrays[str(layer["name"])] = [kernel, bias.reshape(-1)]
        return arrays


def load_matconvnet(model: Model, path: str | os.PathLike[str]) -> None:
    """Put a MatConvNet VGG into our VGG of the same depth, with or without the classifier.

    The published networks take RGB where ours take BGR, so the channels of the first kernel are
    reversed; their dense layers are convolutions over all 7 x 7 x 512 values, which become
    matrices.
    """
    arrays: LayerArrays = {}
    for name, (kernel, bias) in read_matconvnet(path).items():
        if name.startswith("conv"):
            block, _, index = name.removeprefix("conv").partition("_")
            kernel = kernel[:, :, ::-1] if name == "conv1_1" else kernel
            arrays[f"block{block}_conv{index}"] = [kernel, bias]
        else:
            layer_name = {"fc6": "fc1", "fc7": "fc2", "fc8": "predictions"}.get(name, name)
            arrays[layer_name] = [kernel.reshape(-1, kernel.shape[-1]), bias]
    assign(model, arrays, path)


def assign(model: Model, arrays: LayerArrays, path: str | os.PathLike[str]) -> None:
    """Put arrays into the layers of their names: all or none.

    Raises:
        ValueError: a layer of the model is not in the file, or has other shapes.
    """
    layers = [layer for layer in model.layers if layer.weight_paths()]
    for layer in layers:
        shapes = [owner.weight_shape(p) for owner, p in layer.weight_paths()]
        if layer.name not in arrays:
            raise ValueError(
                f"{path} has no weights for layer '{layer.name}'; it has {', '.join(arrays)}."
            )
        stored_shapes = [a.shape for a in arrays[layer.name]]
        if stored_shapes != shapes:
            raise ValueError(
                f"{path}: layer '{layer.name}' needs weights of shapes {shapes}; the file has "
                f"{stored_shapes}."
            )
    for layer in layers:
        layer.set_weights(arrays[layer.name])

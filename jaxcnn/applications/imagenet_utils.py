"""ImageNet's conventions: how images are preprocessed and what the 1,000 classes are called."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import numpy as np

from jaxcnn.applications import pretrained
from jaxcnn.applications.pretrained import WeightFile
from jaxcnn.runtime import config
from jaxcnn.runtime.types import ArrayLike
from jaxcnn.spellings.dialect import chosen
from jaxcnn.spellings.translate import old_spellings

__all__ = ["class_index", "decode_predictions", "preprocess_input"]

MODES = ("caffe", "tf", "torch", "raw")
CAFFE_MEAN = (103.939, 116.779, 123.68)  # of blue, green and red over ImageNet
# Of red, green and blue, values 0 to 1.
TORCH_MEAN, TORCH_DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
CLASS_INDEX = WeightFile(
    "imagenet_class_index.json",
    "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json",
    "c2c37ea517e94d9795004a39431a14cb",
)


@old_spellings
def preprocess_input(x: Any, data_format: str | None = None, mode: str = "caffe") -> Any:
    """Images with values 0 to 255, in RGB, as networks expect them; `x` itself is not changed.

    In programs for an old Keras an array of floats is changed, as there.

    Args:
        x: one image or a batch, a NumPy or JAX array, or a symbolic tensor; integers become
            floats.
        data_format: by default the one in force.
        mode: 'caffe' (BGR, ImageNet's mean subtracted), 'tf' (-1 to 1), 'torch' (0 to 1, then by
            ImageNet's mean and standard deviation) or 'raw' (the network scales by itself).

    Raises:
        ValueError: unknown mode or data format, or no channel axis of 3.
    """
    if mode not in MODES:
        raise ValueError(f"`mode` is {mode!r}; it is one of {', '.join(MODES)}.")
    data_format = data_format or config.image_data_format()
    if data_format not in config.DATA_FORMATS:
        raise ValueError(
            f"`data_format` is {data_format!r}; it is 'channels_last' or 'channels_first'."
        )
    if mode == "raw":
        return x
    if not hasattr(x, "dtype"):
        x = np.asarray(x)
    if isinstance(x, np.ndarray) and x.dtype.kind != "f":
        x = x.astype(config.floatx())
    if mode == "tf":
        return instead_of(x, x / 127.5 - 1.0)
    axis = len(x.shape) - (1 if data_format == "channels_last" else 3)
    if axis < 0 or x.shape[axis] != 3:
        raise ValueError(
            f"The images have shape {tuple(x.shape)}; with {data_format} axis {axis} must hold 3 "
            "channels."
        )
    along = (3,) + (1,) * (len(x.shape) - 1 - axis)
    if mode == "torch":
        mean, deviation = (
            np.asarray(v, np.float32).reshape(along) for v in (TORCH_MEAN, TORCH_DEVIATION)
        )
        return instead_of(x, (x / 255.0 - mean) / deviation)
    backwards = tuple(slice(None, None, -1 if i == axis else None) for i in range(len(x.shape)))
    return instead_of(
        x[backwards], x[backwards] - np.asarray(CAFFE_MEAN, np.float32).reshape(along)
    )


def instead_of(x: Any, result: Any) -> Any:
    """The result; in a program for an old Keras it takes the place of an array's contents."""
    if not isinstance(x, np.ndarray) or not chosen() or not x.flags.writeable:
        return result
    x[...] = result
    return x


def decode_predictions(preds: ArrayLike, top: int = 5) -> list[list[tuple[str, str, float]]]:
    """For each row of class probabilities (batch, 1000) its `top` classes, the best first.

    A class is (WordNet id, name, score).

    Raises:
        ValueError: another shape.
        WeightsNotFoundError: the list of classes is not here and cannot be downloaded.
    """
    scores = np.asarray(preds)
    if scores.ndim != 2 or scores.shape[1] != 1000:
        raise ValueError(
            f"The predictions have shape {scores.shape}; expected (batch, 1000), ImageNet's "
            "classes."
        )
    names = class_index()
    best = np.argsort(scores, axis=1)[:, ::-1][:, :top]
    return [
        [(*names[i], float(row[i])) for i in order] for row, order in zip(scores, best, strict=True)
    ]


def class_index() -> list[tuple[str, str]]:
    """(WordNet id, name) of each of the 1,000 classes, read from imagenet_class_index.json."""
    return _read_class_index(pretrained.find_or_fetch(CLASS_INDEX))


@functools.cache
def _read_class_index(path: Path) -> list[tuple[str, str]]:
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
        return [(str(index[str(i)][0]), str(index[str(i)][1])) for i in range(1000)]
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise ValueError(f"{path} is not ImageNet's list of 1,000 classes: {error!r}.") from None

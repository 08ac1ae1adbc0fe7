"""``tf.image``."""

from __future__ import annotations

import io
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.compat.tensorflow.arrays import constant
from jaxcnn.compat.tensorflow.dtypes import as_dtype
from jaxcnn.compat.tensorflow.resizing import Rule, area, bicubic, bilinear, nearest, resized
from jaxcnn.compat.tensorflow.word import Word, word
from jaxcnn.detection import suppression
from jaxcnn.runtime.types import ArrayLike, DTypeLike, PyTree, Settings, Shape

__all__ = [
    "ResizeMethod",
    "convert_image_dtype",
    "crop_and_resize",
    "decode_image",
    "decode_jpeg",
    "decode_png",
    "non_max_suppression",
    "resize_area",
    "resize_bicubic",
    "resize_bilinear",
    "resize_images",
    "resize_nearest_neighbor",
    "rgb_to_grayscale",
]


class ResizeMethod:
    """The rules of `resize_images`."""

    BILINEAR = 0
    NEAREST_NEIGHBOR = 1
    BICUBIC = 2
    AREA = 3


RULES: tuple[tuple[str, Rule], ...] = (
    ("ResizeBilinear", bilinear),
    ("ResizeNearestNeighbor", nearest),
    ("ResizeBicubic", bicubic),
    ("ResizeArea", area),
)


def resizing_word(label: str, rule: Rule) -> Word:
    """A word that resizes images to (rows, columns)."""

    @word(label, at_once=("size",))
    def resize(images: ArrayLike, size: Sequence[int], align_corners: bool = False) -> jax.Array:
        array = jnp.asarray(images)
        result = resized(array, (int(size[0]), int(size[1])), rule, align_corners)
        return result.astype(array.dtype) if rule is nearest else result

    return resize


resize_bilinear, resize_nearest_neighbor, resize_bicubic, resize_area = (
    resizing_word(label, rule) for label, rule in RULES
)


def resize_images(
    images: PyTree, size: Sequence[int], method: int = 0, align_corners: bool = False
) -> PyTree:
    """Images in another size by a rule of `ResizeMethod`; those that have it stay themselves."""
    sizes = np.shape(images)[-3:-1]
    if isinstance(size, list | tuple) and tuple(size) == tuple(sizes):
        return images
    words = resize_bilinear, resize_nearest_neighbor, resize_bicubic, resize_area
    return words[method](images, size, align_corners)


# -- files and number types ------------------------------------------------------------------------


def decoding_word(kind: str) -> Word:
    """A word that reads the content of an image file.

    Raises:
        TypeError: the content is not known yet.
    """

    def decode(contents: bytes, channels: int = 0, name: str | None = None) -> PyTree:
        from PIL import Image

        if not isinstance(contents, bytes):
            raise TypeError(
                f"tf.image.{kind} takes the bytes of a file, by tf.read_file(path) or "
                f"tf.gfile.GFile(path, 'rb').read(); given {contents!r}."
            )
        modes = {0: None, 1: "L", 3: "RGB", 4: "RGBA"}
        with Image.open(io.BytesIO(contents)) as image:
            mode = modes[channels] or (image.mode if image.mode in ("L", "RGBA") else "RGB")
            pixels = np.asarray(image.convert(mode))
        pixels = pixels[..., None] if pixels.ndim == 2 else pixels
        return constant(pixels, np.uint8, name=name or kind)

    return decode


decode_jpeg = decoding_word("DecodeJpeg")
decode_png = decoding_word("DecodePng")
decode_image = decoding_word("DecodeImage")


@word("convert_image")
def convert_image_dtype(image: ArrayLike, dtype: DTypeLike, saturate: bool = False) -> jax.Array:
    """Pixels of another number type: whole numbers fill its range, fractions go from 0 to 1."""
    x, target = jnp.asarray(image), as_dtype(dtype)
    if x.dtype == target:
        return x
    whole = [jnp.issubdtype(kind, jnp.integer) for kind in (x.dtype, target)]
    if whole == [True, False]:
        return x.astype(target) * (1.0 / np.iinfo(x.dtype).max)
    if whole == [False, True]:
        scaled = x * (np.iinfo(target).max + 0.5)
        return (jnp.clip(scaled, *limits(target)) if saturate else scaled).astype(target)
    if whole == [False, False]:
        return x.astype(target)
    wide, narrow = np.iinfo(x.dtype).max + 1, np.iinfo(target).max + 1
    if wide > narrow:
        return (x // (wide // narrow)).astype(target)
    return x.astype(target) * (narrow // wide)


def limits(dtype: np.dtype) -> tuple[int, int]:
    """The least and the greatest number of a type of whole numbers."""
    return int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)


@word("rgb_to_grayscale")
def rgb_to_grayscale(images: ArrayLike) -> jax.Array:
    """The luminance of colours, in the number type of `images`."""
    x = jnp.asarray(images)
    values = convert_image_dtype(x, jnp.float32)
    grey = jnp.sum(values * jnp.asarray([0.2989, 0.5870, 0.1140]), -1, keepdims=True)
    result: jax.Array = convert_image_dtype(grey, x.dtype)
    return result


# -- boxes -----------------------------------------------------------------------------------------


def _selected(arguments: Settings) -> tuple[Shape, DTypeLike]:
    return (None,), np.int32


@word("NonMaxSuppression", at_once=("max_output_size",), by_value=_selected)
def non_max_suppression(
    boxes: ArrayLike, scores: ArrayLike, max_output_size: ArrayLike, iou_threshold: float = 0.5
) -> jax.Array:
    """The indices of the best boxes, of which none overlaps a better one by more."""
    count = jnp.shape(scores)[0]
    corners = jnp.asarray(boxes).reshape(-1, 2, 2)  # any two opposite ones
    selection = suppression.non_max_suppression(
        jnp.concatenate([corners.min(1), corners.max(1)], 1),
        jnp.asarray(scores),
        jnp.arange(count),  # in the place of classes, so that they come back as indices
        -np.inf,
        iou_threshold,
        max_boxes=min(int(jnp.asarray(max_output_size)), count),
        per_class=False,
    )
    indices: jax.Array = selection.classes[selection.valid]
    return indices


@word("CropAndResize", at_once=("crop_size", "method", "extrapolation_value"))
def crop_and_resize(
    image: ArrayLike,
    boxes: ArrayLike,
    box_ind: ArrayLike,
    crop_size: Sequence[int],
    method: str = "bilinear",
    extrapolation_value: float = 0.0,
) -> jax.Array:
    """Parts of images, each resized: (boxes, rows, columns, channels).

    Args:
        image: (batch, height, width, channels).
        boxes: (boxes, 4), (y1, x1, y2, x2), where 0 and 1 are the first and the last pixel.
        box_ind: (boxes,), which image each is of.
        crop_size: (rows, columns).
        method: bilinear or nearest.
        extrapolation_value: that of pixels outside of the image.

    Raises:
        ValueError: another method.
    """
    if method not in ("bilinear", "nearest"):
        raise ValueError(
            f'tf.image.crop_and_resize: method is "bilinear" or "nearest"; given {method!r}.'
        )
    images, corners = jnp.asarray(image).astype(jnp.float32), jnp.asarray(boxes)
    rows, columns = (
        places(corners[:, axis], corners[:, axis + 2], images.shape[axis + 1], int(count))
        for axis, count in enumerate(crop_size)
    )

    def cut(number: jax.Array, y: jax.Array, x: jax.Array) -> jax.Array:
        whole = jnp.take(images, number, axis=0)
        if method == "nearest":
            part = whole[nearest_index(y, len(whole))][:, nearest_index(x, whole.shape[1])]
        else:
            by_row = between(whole, y)
            part = jnp.moveaxis(between(jnp.moveaxis(by_row, 1, 0), x), 0, 1)
        inside = is_inside(y, whole.shape[0])[:, None] & is_inside(x, whole.shape[1])
        return jnp.where(inside[..., None], part, extrapolation_value)

    return jax.vmap(cut)(jnp.asarray(box_ind), rows, columns)


def places(first: jax.Array, last: jax.Array, size: int, count: int) -> jax.Array:
    """Where pixels are taken along an axis of so many: (boxes, count); one is in the middle."""
    steps = jnp.linspace(0.0, 1.0, count) if count > 1 else jnp.array([0.5])
    return (first[:, None] + (last - first)[:, None] * steps) * (size - 1)


def is_inside(at: jax.Array, size: int) -> jax.Array:
    """Whether places are in an axis of so many pixels."""
    return (at >= 0) & (at <= size - 1)


def nearest_index(at: jax.Array, size: int) -> jax.Array:
    """The pixels next to places, of two the one that is farther from 0."""
    return jnp.clip(jnp.floor(at + 0.5).astype(jnp.int32), 0, size - 1)


def between(array: jax.Array, at: jax.Array) -> jax.Array:
    """Values at places between the entries of the first axis."""
    lower = jnp.clip(jnp.floor(at), 0, len(array) - 1)
    upper = jnp.clip(jnp.ceil(at), 0, len(array) - 1)
    part = (at - lower).reshape(-1, *(1,) * (array.ndim - 1))
    below, above = array[lower.astype(jnp.int32)], array[upper.astype(jnp.int32)]
    return below + (above - below) * part

"""Which parts of a picture a network's answer comes from: saliency, Grad-CAM, occlusion, feature
maps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from jaxcnn.models import parts
from jaxcnn.runtime.disk_cache import keep_programs
from jaxcnn.visualization.ascent import chosen


def feature_maps(model: Any, x: ArrayLike, layers: Sequence[str]) -> dict[str, np.ndarray]:
    """The outputs of some layers for pictures (n, height, width, channels), by the layers' names."""
    keep_programs()
    module = parts.up_to(model, layers)
    found: Any = jax.jit(module.apply)(model.variables, pictures_of(x))
    return {name: np.asarray(output) for name, output in zip(layers, found, strict=True)}


def saliency(model: Any, x: ArrayLike, classes: Sequence[int] | None = None) -> np.ndarray:
    """How much each pixel moves the score of a class: (n, height, width), the largest over the
    channels.

    The score is what goes into the last softmax. Source: Simonyan, Vedaldi and Zisserman, "Deep
    Inside Convolutional Networks", 2014.

    Args:
        x: pictures (n, height, width, channels), as the model takes them.
        classes: of each picture; by default the class the model gives it.
    """
    keep_programs()
    module, _ = parts.scores(model)

    @jax.jit
    def gradient(variables: Any, pictures: jax.Array, classes: jax.Array | None) -> jax.Array:
        def total(pictures: jax.Array) -> jax.Array:
            return jnp.sum(scores_of(module.apply(variables, pictures), classes))

        return jnp.max(jnp.abs(jax.grad(total)(pictures)), axis=-1)

    pictures = pictures_of(x)
    return np.asarray(gradient(model.variables, pictures, classes_of(model, pictures, classes)))


def grad_cam(
    model: Any, x: ArrayLike, layer: str, classes: Sequence[int] | None = None
) -> np.ndarray:
    """Where a class is seen: (n, height, width) from 0, the maps of a layer weighted by what they
    do for the class.

    Args:
        x: pictures (n, height, width, channels), as the model takes them.
        layer: name of a layer with output (n, rows, columns, maps), as a rule the last convolution.
        classes: of each picture; by default the class the model gives it.

    Source: Selvaraju et al., "Grad-CAM", 2017.
    """
    keep_programs()
    shapes: Any = jax.eval_shape(parts.up_to(model, [layer]).apply, model.variables, pictures_of(x))
    if len(shapes[0].shape) != 4:
        raise ValueError(
            f"grad_cam: layer '{layer}' must give (n, rows, columns, maps); it gives "
            f"{shapes[0].shape}."
        )
    module = parts.moved(parts.scores(model)[0], layer)

    @jax.jit
    def maps(variables: Any, pictures: jax.Array, classes: jax.Array | None) -> jax.Array:
        def total(change: jax.Array) -> tuple[jax.Array, jax.Array]:
            found: Any = module.apply(variables, [pictures, change])
            scores, output = found
            return jnp.sum(scores_of(scores, classes)), output

        gradient, output = jax.grad(total, has_aux=True)(
            jnp.zeros(shapes[0].shape, shapes[0].dtype)
        )
        weights = jnp.mean(gradient, axis=(1, 2), keepdims=True)
        seen = jax.nn.relu(jnp.sum(weights * output, axis=-1))
        return jax.image.resize(seen, pictures.shape[:-1], "bilinear")

    pictures = pictures_of(x)
    return np.asarray(maps(model.variables, pictures, classes_of(model, pictures, classes)))


def occlusion_map(
    model: Any,
    x: ArrayLike,
    class_index: int | None = None,
    *,
    patch: int = 16,
    stride: int = 8,
    fill: float = 0.0,
    at_once: int = 32,
) -> np.ndarray:
    """How much a class's output falls when a square of one picture is covered: (rows, columns), a
    value a place.

    Args:
        x: one picture (height, width, channels), as the model takes it.
        class_index: by default the class that the model gives it.
        patch, stride: side of the square and distance between its places, in pixels.
        fill: what covers it.
        at_once: places computed together.

    Source: Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2014.
    """
    picture = jnp.asarray(x, jnp.float32)
    if picture.ndim != 3 or not 1 <= patch <= min(picture.shape[:2]) or stride < 1:
        raise ValueError(
            "occlusion_map takes a picture (height, width, channels) and a patch that fits into "
            "it; given "
            f"{picture.shape}, patch {patch} and stride {stride}."
        )
    keep_programs()
    apply = model.module.apply

    @jax.jit
    def covered(variables: Any, tops: jax.Array, lefts: jax.Array) -> jax.Array:
        square = jnp.full((patch, patch, picture.shape[-1]), fill, picture.dtype)
        cover = jax.vmap(
            lambda top, left: jax.lax.dynamic_update_slice(picture, square, (top, left, 0))
        )
        return apply(variables, cover(tops, lefts))

    whole: Any = np.asarray(jax.jit(apply)(model.variables, picture[None]))[0]
    index = (
        int(whole.argmax())
        if class_index is None
        else int(chosen([class_index], len(whole), "It", "classes")[0])
    )
    rows, columns = ((n - patch) // stride + 1 for n in picture.shape[:2])
    tops, lefts = (
        stride * a.reshape(-1)
        for a in np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    )
    outputs = []
    for first in range(0, len(tops), at_once):
        places = np.arange(first, first + min(at_once, len(tops))) % len(
            tops
        )  # filled up, to be compiled only once
        outputs.append(np.asarray(covered(model.variables, tops[places], lefts[places]))[:, index])
    return whole[index] - np.concatenate(outputs)[: len(tops)].reshape(rows, columns)


def heat_overlay(picture: ArrayLike, heat: ArrayLike, alpha: ArrayLike = 0.5) -> np.ndarray:
    """A heat map laid over a picture: uint8 (height, width, 3).

    Args:
        picture: uint8 (height, width, 3).
        heat: (rows, columns) of any size and range; it is stretched over the picture, blue lowest
            and red highest.
        alpha: how much of the result is heat, 0 to 1; a number, or an alpha channel (height,
            width).
    """
    from matplotlib import colormaps

    picture, values = np.asarray(picture, np.float32), np.asarray(heat, np.float32)
    if picture.ndim != 3 or picture.shape[-1] != 3 or values.ndim != 2:
        raise ValueError(
            f"heat_overlay takes (height, width, 3) and (rows, columns); given {picture.shape} and "
            f"{values.shape}."
        )
    values = (values - values.min()) / max(float(values.max() - values.min()), 1e-12)
    full = np.clip(np.asarray(jax.image.resize(values, picture.shape[:2], "bilinear")), 0, 1)
    colours = 255 * colormaps["jet"](full)[..., :3]
    share = np.asarray(alpha, np.float32)
    if share.shape not in ((), picture.shape[:2]) or share.min() < 0 or share.max() > 1:
        raise ValueError(
            f"`alpha` must be 0 to 1, a number or {picture.shape[:2]}; given {share.shape}."
        )
    share = share[..., None]
    return np.rint((1 - share) * picture + share * colours).astype(np.uint8)


def pictures_of(x: ArrayLike) -> jax.Array:
    """Pictures as a float32 batch."""
    pictures = jnp.asarray(x, jnp.float32)
    if pictures.ndim != 4:
        raise ValueError(f"Pictures must be (n, height, width, channels); given {pictures.shape}.")
    return pictures


def classes_of(model: Any, pictures: jax.Array, classes: Sequence[int] | None) -> jax.Array | None:
    """The given classes, one a picture, checked against the model."""
    if classes is None:
        return None
    indices = chosen(classes, model.output_shape[-1], f"Model '{model.name}'", "classes")
    if len(indices) != len(pictures):
        raise ValueError(f"There are {len(indices)} classes for {len(pictures)} pictures.")
    return jnp.asarray(indices)


def scores_of(scores: Any, classes: jax.Array | None) -> jax.Array:
    """The score of each row's class, by default its best."""
    if classes is None:
        return jnp.max(scores, axis=-1)
    return jnp.take_along_axis(scores, classes[:, None], axis=-1)[:, 0]

"""Which parts of an image decide: saliency, Grad-CAM, occlusion, feature maps."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import ArrayLike

from jaxcnn.models import parts
from jaxcnn.models.network import Network
from jaxcnn.runtime.disk_cache import keep_programs
from jaxcnn.runtime.types import PyTree
from jaxcnn.spellings.keywords import suggesting
from jaxcnn.visualization.ascent import chosen, outputs_of


@suggesting
def feature_maps(model: Network, x: ArrayLike, layers: Sequence[str]) -> dict[str, np.ndarray]:
    """The outputs of some layers for images (n, height, width, channels), by layer name.

    Args:
        model: the model, with images (n, height, width, channels) as its input.
        x: images (n, height, width, channels), as the model takes them.
        layers: names of the layers.

    Examples:
        >>> network = jc.Sequential([jc.layers.Conv2D(2, 3, name="maps", input_shape=(8, 8, 1))])
        >>> jc.visualization.feature_maps(network, np.zeros((1, 8, 8, 1)), ["maps"])["maps"].shape
        (1, 6, 6, 2)

    References:
        - Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2014,
          <https://arxiv.org/abs/1311.2901>
    """
    keep_programs()
    module = parts.up_to(model, layers)
    outputs = jax.jit(module.apply)(model.variables, images_of(x))
    return {name: np.asarray(output) for name, output in zip(layers, outputs, strict=True)}


@suggesting
def saliency(model: Network, x: ArrayLike, classes: Sequence[int] | None = None) -> np.ndarray:
    """How much each pixel moves the score of a class: (n, height, width).

    It is the largest gradient over the channels. The score is what goes into the last softmax.

    Args:
        model: the model, with images (n, height, width, channels) as its input.
        x: images (n, height, width, channels), as the model takes them.
        classes: of each image; by default the class that the model predicts.

    Examples:
        >>> network = jc.Sequential([jc.layers.Flatten(input_shape=(8, 8, 1)), jc.layers.Dense(2)])
        >>> jc.visualization.saliency(network, np.ones((1, 8, 8, 1))).shape
        (1, 8, 8)

    References:
        - Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks", 2014,
          <https://arxiv.org/abs/1312.6034>
    """
    keep_programs()
    module, _ = parts.scores(model)

    @jax.jit
    def gradient(variables: PyTree, images: Array, classes: Array | None) -> Array:
        def total(images: Array) -> Array:
            return jnp.sum(scores_of(outputs_of(module, variables, images), classes))

        return jnp.max(jnp.abs(jax.grad(total)(images)), axis=-1)

    images = images_of(x)
    return np.asarray(gradient(model.variables, images, classes_of(model, images, classes)))


@suggesting
def grad_cam(
    model: Network, x: ArrayLike, layer: str, classes: Sequence[int] | None = None
) -> np.ndarray:
    """Where a class is seen: (n, height, width), from 0.

    It is the sum of a layer's maps, each weighted by its effect on the score of the class.

    Args:
        model: the model, with images (n, height, width, channels) as its input.
        x: images (n, height, width, channels), as the model takes them.
        layer: name of a layer with output (n, rows, columns, maps), as a rule the last convolution.
        classes: of each image; by default the class that the model predicts.

    Raises:
        ValueError: the layer has no maps.

    Examples:
        >>> maps = jc.layers.Conv2D(2, 3, name="maps", input_shape=(8, 8, 1))
        >>> network = jc.Sequential([maps, jc.layers.Flatten(), jc.layers.Dense(2, "softmax")])
        >>> jc.visualization.grad_cam(network, np.zeros((1, 8, 8, 1)), "maps").shape
        (1, 8, 8)

    References:
        - Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
          Localization", 2017, <https://arxiv.org/abs/1610.02391>
    """
    keep_programs()
    images = images_of(x)
    (output,) = jax.eval_shape(parts.up_to(model, [layer]).apply, model.variables, images)
    if len(output.shape) != 4:
        raise ValueError(
            f"grad_cam: layer '{layer}' must have an output (n, rows, columns, maps); it has "
            f"{output.shape}."
        )
    module = parts.moved(parts.scores(model)[0], layer)

    @jax.jit
    def maps(variables: PyTree, images: Array, classes: Array | None) -> Array:
        def total(change: Array) -> tuple[Array, Array]:
            scores, output = outputs_of(module, variables, [images, change])
            return jnp.sum(scores_of(scores, classes)), output

        change = jnp.zeros(output.shape, output.dtype)
        gradient, activations = jax.grad(total, has_aux=True)(change)
        weights = jnp.mean(gradient, axis=(1, 2), keepdims=True)
        seen = jax.nn.relu(jnp.sum(weights * activations, axis=-1))
        resized: Array = jax.image.resize(seen, images.shape[:-1], "bilinear")
        return resized

    return np.asarray(maps(model.variables, images, classes_of(model, images, classes)))


@suggesting
def occlusion_map(
    model: Network,
    x: ArrayLike,
    class_index: int | None = None,
    *,
    patch: int = 16,
    stride: int = 8,
    fill: float = 0.0,
    at_once: int = 32,
) -> np.ndarray:
    """How much a class's output falls when a square of one image is covered.

    Args:
        model: the model, with images (n, height, width, channels) as its input.
        x: one image (height, width, channels), as the model takes it.
        class_index: by default the class that the model predicts.
        patch, stride: side of the square and distance between its positions, in pixels. Default: 16
            and 8.
        fill: the value that covers it. Default: 0.0.
        at_once: positions computed together. Default: 32.

    Returns:
        (rows, columns), a value for each position of the square.

    Raises:
        ValueError: a square that does not fit into the image.

    Examples:
        >>> network = jc.Sequential([jc.layers.Flatten(input_shape=(8, 8, 1)), jc.layers.Dense(2)])
        >>> jc.visualization.occlusion_map(network, np.ones((8, 8, 1)), patch=4, stride=2).shape
        (3, 3)

    References:
        - Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2014,
          <https://arxiv.org/abs/1311.2901>
    """
    image = jnp.asarray(x, jnp.float32)
    if image.ndim != 3 or not 1 <= patch <= min(image.shape[:2]) or stride < 1:
        raise ValueError(
            "occlusion_map takes an image (height, width, channels) and a patch that fits into "
            f"it; given {image.shape}, patch {patch} and stride {stride}."
        )
    keep_programs()

    @jax.jit
    def covered(variables: PyTree, tops: Array, lefts: Array) -> Array:
        square = jnp.full((patch, patch, image.shape[-1]), fill, image.dtype)
        cover = jax.vmap(
            lambda top, left: jax.lax.dynamic_update_slice(image, square, (top, left, 0))
        )
        scores: Array = outputs_of(model.module, variables, cover(tops, lefts))
        return scores

    whole = np.asarray(jax.jit(model.module.apply)(model.variables, image[None]))[0]
    index = (
        int(whole.argmax())
        if class_index is None
        else int(chosen([class_index], len(whole), "It", "classes")[0])
    )
    rows, columns = ((n - patch) // stride + 1 for n in image.shape[:2])
    tops, lefts = (
        stride * a.reshape(-1)
        for a in np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    )
    outputs = []
    for first in range(0, len(tops), at_once):
        # The last chunk is filled up, to be compiled only once.
        chunk = np.arange(first, first + min(at_once, len(tops))) % len(tops)
        outputs.append(np.asarray(covered(model.variables, tops[chunk], lefts[chunk]))[:, index])
    falls = whole[index] - np.concatenate(outputs)[: len(tops)]
    return np.asarray(falls).reshape(rows, columns)


def heat_overlay(picture: ArrayLike, heat: ArrayLike, alpha: ArrayLike = 0.5) -> np.ndarray:
    """A heat map laid over an image: uint8 (height, width, 3).

    Args:
        picture: uint8 (height, width, 3).
        heat: (rows, columns) of any size and range; it is stretched over the image, blue lowest
            and red highest.
        alpha: how much of the result is heat, 0 to 1; a number, or an alpha channel (height,
            width). Default: 0.5.

    Raises:
        ValueError: another type or shape of image.

    Examples:
        >>> jc.visualization.heat_overlay(np.zeros((8, 8, 3), np.uint8), np.eye(4)).shape
        (8, 8, 3)

    References:
        - Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
          Localization", 2017, <https://arxiv.org/abs/1610.02391>
    """
    from matplotlib import colormaps

    image, values = np.asarray(picture, np.float32), np.asarray(heat, np.float32)
    if image.ndim != 3 or image.shape[-1] != 3 or values.ndim != 2:
        raise ValueError(
            f"heat_overlay takes (height, width, 3) and (rows, columns); given {image.shape} and "
            f"{values.shape}."
        )
    values = (values - values.min()) / max(float(values.max() - values.min()), 1e-12)
    full = np.clip(np.asarray(jax.image.resize(values, image.shape[:2], "bilinear")), 0, 1)
    colours = 255 * colormaps["jet"](full)[..., :3]
    share = np.asarray(alpha, np.float32)
    if share.shape not in ((), image.shape[:2]) or share.min() < 0 or share.max() > 1:
        raise ValueError(
            f"`alpha` must be 0 to 1, a number or {image.shape[:2]}; given {share.shape}."
        )
    share = share[..., None]
    return np.asarray(np.rint((1 - share) * image + share * colours), np.uint8)


def images_of(x: ArrayLike) -> Array:
    """Images as a float32 batch."""
    images = jnp.asarray(x, jnp.float32)
    if images.ndim != 4:
        raise ValueError(f"Images must be (n, height, width, channels); given {images.shape}.")
    return images


def classes_of(model: Network, images: Array, classes: Sequence[int] | None) -> Array | None:
    """The given classes, one an image, checked against the model."""
    if classes is None:
        return None
    indices = chosen(classes, model.output_shape[-1], f"Model '{model.name}'", "classes")
    if len(indices) != len(images):
        raise ValueError(f"There are {len(indices)} classes for {len(images)} images.")
    return jnp.asarray(indices)


def scores_of(scores: Array, classes: Array | None) -> Array:
    """The score of each row's class, by default its best."""
    if classes is None:
        return jnp.max(scores, axis=-1)
    return jnp.take_along_axis(scores, classes[:, None], axis=-1)[:, 0]

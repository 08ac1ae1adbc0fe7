"""Images that a network likes: gradient ascent from noise, for many filters at once, deep dreams.

Sources: Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks", 2014; Mordvintsev,
Olah and Tyka, "Inceptionism", 2015.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen as nn
from jax import Array

from jaxcnn.models import parts
from jaxcnn.models.network import Network
from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import named_key
from jaxcnn.runtime.disk_cache import keep_programs
from jaxcnn.runtime.types import PyTree
from jaxcnn.spellings.keywords import suggesting

# (variables, images (n, ...), indices (n,)) -> how much each image is liked (n,).
Objective: TypeAlias = Callable[[PyTree, Array, Array], Array]


@suggesting
def maximise_filters(
    model: Network,
    layer: str,
    filters: Sequence[int] | None = None,
    *,
    size: tuple[int, int] = (128, 128),
    steps: int = 20,
    step_size: float = 1.0,
    at_once: int = 32,
    seed: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Images that excite filters of a layer most, and how much.

    Each starts as gray with noise, uniform in 128 to 148, and climbs `steps` times by `step_size`
    along its gradient, which is divided by its root mean square. `deprocess` makes them fit to be
    shown.

    Args:
        model: takes images (batch, height, width, channels); any size when it has no dense
            layers.
        layer: name of a layer whose output has the filters last.
        filters: which, by default all.
        size: height and width where the model leaves them open. Default: (128, 128).
        steps: how often each image climbs. Default: 20.
        step_size: length of a step. Default: 1.0.
        at_once: how many filters climb together. Default: 32.
        seed: of the noise, by default that of `set_random_seed`.

    Returns:
        Images (n, height, width, channels) and their mean activations (n,).

    Raises:
        ValueError: there is no such layer or filter.

    Examples:
        >>> network = jc.Sequential([jc.layers.Conv2D(2, 3, name="maps", input_shape=(8, 8, 1))])
        >>> images, activations = jc.visualization.maximise_filters(network, "maps", steps=1)
        >>> images.shape
        (2, 8, 8, 1)

    References:
        - Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks", 2014,
          <https://arxiv.org/abs/1312.6034>
    """
    module = parts.up_to(model, [layer])
    shape = image_shape(model, size)
    outputs = jax.eval_shape(module.apply, model.variables, jnp.zeros((1, *shape)))
    count = outputs[0].shape[-1]
    indices = chosen(filters, count, f"Layer '{layer}'", "filters")

    def liked(variables: PyTree, images: Array, indices: Array) -> Array:
        (output,) = outputs_of(module, variables, images)
        activations = jnp.mean(output.reshape(len(images), -1, count), axis=1)
        return jnp.take_along_axis(activations, indices[:, None], axis=1)[:, 0]

    start = gray_noise(len(indices), shape, seed)
    ascent = Ascent(steps, step_size, at_once)
    return climb(liked, model.variables, start, indices, ascent)


@suggesting
def maximise_classes(
    model: Network,
    classes: Sequence[int] | None = None,
    *,
    size: tuple[int, int] = (224, 224),
    start: np.ndarray | None = None,
    steps: int = 100,
    step_size: float = 1.0,
    at_once: int = 16,
    seed: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Images that the model takes for a class, though nobody else would, and its outputs for them.

    As `maximise_filters`, on the model's output (batch, classes); before a softmax, the logarithm
    of the probability climbs.

    Args:
        model: the model, with images (n, height, width, channels) as its input.
        classes: which; None for all.
        size: height and width where the model leaves them open. Default: (224, 224).
        start: images (n, height, width, channels) to begin with in place of noise, one for each
            class. Default: None.
        steps: how often each image climbs. Default: 100.
        step_size: length of a step along the gradient, which is divided by its root mean square.
            Default: 1.0.
        at_once: how many images climb together. Default: 16.
        seed: of the noise; None for that of `set_random_seed`.

    Raises:
        ValueError: the output is not (batch, classes), or `start` has not an image for each class.

    Examples:
        >>> network = jc.Sequential([jc.layers.Flatten(input_shape=(8, 8, 1)), jc.layers.Dense(2)])
        >>> images, outputs = jc.visualization.maximise_classes(network, [1], steps=1)
        >>> images.shape
        (1, 8, 8, 1)

    References:
        - Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks", 2014,
          <https://arxiv.org/abs/1312.6034>
    """
    module, softmax = parts.scores(model)
    shape = image_shape(model, size)
    outputs = jax.eval_shape(module.apply, model.variables, jnp.zeros((1, *shape)))
    if len(outputs.shape) != 2:
        raise ValueError(f"The model's output must be (batch, classes); it is {outputs.shape}.")
    indices = chosen(classes, outputs.shape[-1], f"Model '{model.name}'", "classes")
    if start is not None and start.shape != (len(indices), *shape):
        raise ValueError(f"`start` must be {(len(indices), *shape)}; given {start.shape}.")

    def liked(variables: PyTree, images: Array, indices: Array) -> Array:
        scores = outputs_of(module, variables, images)
        scores = jax.nn.log_softmax(scores) if softmax else scores
        return jnp.take_along_axis(scores, indices[:, None], axis=1)[:, 0]

    begin = (
        gray_noise(len(indices), shape, seed) if start is None else np.asarray(start, np.float32)
    )
    ascent = Ascent(steps, step_size, at_once)
    images, scores = climb(liked, model.variables, begin, indices, ascent)
    return images, np.exp(scores) if softmax else scores


@dataclass(frozen=True)
class Ascent:
    """How gradient ascent goes: its steps, their size, and how many images climb together."""

    steps: int
    step_size: float
    at_once: int


def climb(
    liked: Objective, variables: PyTree, start: np.ndarray, indices: np.ndarray, ascent: Ascent
) -> tuple[np.ndarray, np.ndarray]:
    """Images after gradient ascent from `start` (n, ...), and how much they are liked.

    Images do not influence each other, so that one gradient of the sum serves all that climb
    together.
    """
    keep_programs()

    @jax.jit
    def step(variables: PyTree, images: Array, indices: Array) -> Array:
        gradient: Array = jax.grad(lambda x: jnp.sum(liked(variables, x, indices)))(images)
        mean_square = jnp.mean(gradient**2, axis=tuple(range(1, gradient.ndim)), keepdims=True)
        return images + ascent.step_size * gradient / (jnp.sqrt(mean_square) + 1e-5)

    values = jax.jit(liked)
    size = min(ascent.at_once, len(start))
    climbed, scores = [], []
    for first in range(0, len(start), size):
        # The last chunk is filled up, to be compiled only once.
        rows = np.arange(first, first + size) % len(start)
        images, chunk = jnp.asarray(start[rows]), jnp.asarray(indices[rows])
        for _ in range(ascent.steps):
            images = step(variables, images, chunk)
        climbed.append(np.asarray(images))
        scores.append(np.asarray(values(variables, images, chunk)))
    return np.concatenate(climbed)[: len(start)], np.concatenate(scores)[: len(start)]


@suggesting
def deep_dream(
    model: Network,
    picture: np.ndarray,
    layers: Mapping[str, float],
    *,
    octaves: int = 3,
    octave_scale: float = 1.4,
    steps: int = 20,
    step_size: float = 1.0,
) -> np.ndarray:
    """The image with what the layers see in it made stronger, from coarse to fine.

    Args:
        model: takes images of any size.
        picture: (height, width, channels) float, as the model takes it.
        layers: layer -> weight of the mean square of its activations, its border left out.
        octaves: how many sizes. Default: 3.
        octave_scale: how many times as large as the one before each size is; the last is the
            image's. Default: 1.4.
        steps: of gradient ascent at each size. Default: 20.
        step_size: of a step, whose gradient is divided by its mean absolute value. Default: 1.0.

    Returns:
        float32 of the same shape.

    Raises:
        ValueError: `octaves` is below 1, or `octave_scale` not above 1.

    Examples:
        >>> maps = jc.layers.Conv2D(2, 3, name="maps", input_shape=(None, None, 3))
        >>> picture = np.random.default_rng(0).random((16, 16, 3), np.float32)
        >>> weights, settings = {"maps": 1.0}, {"octaves": 1, "steps": 1}
        >>> jc.visualization.deep_dream(jc.Sequential([maps]), picture, weights, **settings).shape
        (16, 16, 3)

    References:
        - Mordvintsev, Olah and Tyka, "Inceptionism: Going Deeper into Neural Networks", 2015,
          <https://research.google/blog/inceptionism-going-deeper-into-neural-networks/>
    """
    if octaves < 1 or octave_scale <= 1:
        raise ValueError(
            f"octaves must be at least 1 and octave_scale above 1; given {octaves} and "
            f"{octave_scale}."
        )
    keep_programs()
    module = parts.up_to(model, list(layers))

    def liked(image: Array, variables: PyTree) -> Array:
        outputs = outputs_of(module, variables, image[None])
        weighted = zip(layers.values(), outputs, strict=True)
        return jnp.sum(
            jnp.stack([weight * jnp.mean(maps[:, 2:-2, 2:-2] ** 2) for weight, maps in weighted])
        )

    @jax.jit
    def step(variables: PyTree, image: Array) -> Array:
        gradient: Array = jax.grad(liked)(image, variables)
        return image + step_size * gradient / jnp.maximum(jnp.mean(jnp.abs(gradient)), 1e-7)

    original = jnp.asarray(picture, jnp.float32)
    height, width, channels = original.shape
    dream, shrunk = original, original
    for octave in reversed(range(octaves)):
        size = (round(height / octave_scale**octave), round(width / octave_scale**octave), channels)
        here = jax.image.resize(original, size, "bilinear")
        if octave == octaves - 1:
            dream = here
        else:  # what shrinking lost of the original is put back
            dream = (
                jax.image.resize(dream, size, "bilinear")
                + here
                - jax.image.resize(shrunk, size, "bilinear")
            )
        for _ in range(steps):
            dream = step(model.variables, dream)
        shrunk = here
    return np.asarray(dream)


def deprocess(pictures: np.ndarray) -> np.ndarray:
    """Images (n, height, width, channels) of any range as uint8.

    Each has the mean 128 and the standard deviation 0.1 * 255.

    Args:
        pictures: images (n, height, width, channels) of any range.

    Examples:
        >>> jc.visualization.deprocess(np.random.default_rng(0).random((2, 8, 8, 3))).dtype
        dtype('uint8')

    References:
        - Chollet, "How Convolutional Neural Networks See the World", 2016,
          <https://blog.keras.io/how-convolutional-neural-networks-see-the-world.html>
    """
    axes = tuple(range(1, pictures.ndim))
    centred = pictures - pictures.mean(axes, keepdims=True)
    fractions = 0.1 * centred / (centred.std(axes, keepdims=True) + 1e-5) + 0.5
    return np.asarray(255 * np.clip(fractions, 0, 1)).astype(np.uint8)


def gray_noise(count: int, shape: tuple[int, ...], seed: int | None) -> np.ndarray:
    """(count, *shape) float32, uniform in 128 to 148."""
    key = named_key(config.seed() if seed is None else seed, "gray_noise")
    return np.asarray(jax.random.uniform(key, (count, *shape), minval=128.0, maxval=148.0))


def image_shape(model: Network, size: tuple[int, int]) -> tuple[int, int, int]:
    """(height, width, channels) of the model's images, `size` where it leaves them open."""
    shape = model.input_shape
    if not isinstance(shape, tuple) or len(shape) != 4:
        raise ValueError(
            f"Model '{model.name}' must take images (batch, height, width, channels); it takes "
            f"{shape}."
        )
    return shape[1] or size[0], shape[2] or size[1], shape[3]


def outputs_of(module: nn.Module, variables: PyTree, inputs: PyTree) -> PyTree:
    """The outputs of a module that changes no variables: one, or as many as it has."""
    outputs: PyTree = module.apply(variables, inputs)
    return outputs


def chosen(numbers: Sequence[int] | None, count: int, owner: str, kind: str) -> np.ndarray:
    """The chosen indices, all by default."""
    indices = np.arange(count) if numbers is None else np.asarray(numbers, np.int64).reshape(-1)
    if not len(indices) or indices.min() < 0 or indices.max() >= count:
        raise ValueError(f"{owner} has {kind} 0 to {count - 1}; asked for {numbers}.")
    return indices

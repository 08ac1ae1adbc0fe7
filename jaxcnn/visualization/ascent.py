"""Pictures that a network likes: gradient ascent from noise, for whole layers at once, and deep
dreams.

Sources: Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks", 2014; Mordvintsev,
Olah and Tyka, "Inceptionism", 2015.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.models import parts
from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import named_key
from jaxcnn.runtime.disk_cache import keep_programs

Objective = Callable[[Any, jax.Array, jax.Array], jax.Array]
"""(variables, pictures (n, ...), indices (n,)) -> how much each picture is liked (n,)."""


def maximise_filters(
    model: Any,
    layer: str,
    filters: Sequence[int] | None = None,
    *,
    size: tuple[int, int] = (128, 128),
    steps: int = 20,
    step_size: float = 1.0,
    at_once: int = 32,
    seed: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Pictures that excite filters of a layer most: (pictures (n, height, width, channels), mean
    activations (n,)).

    Each starts as gray with noise, uniform in 128 to 148, and climbs `steps` times by `step_size`
    along its gradient, which is divided by its root mean square. `deprocess` makes them fit to be
    shown.

    Args:
        model: takes pictures (batch, height, width, channels); any size when it has no dense
            layers.
        layer: name of a layer whose output has the filters last.
        filters: which, by default all.
        size: height and width where the model leaves them open.
        at_once: how many filters climb together.
        seed: of the noise, by default that of `set_random_seed`.

    Raises ValueError for a layer or filter that is not there.
    """
    module = parts.up_to(model, [layer])
    shape = picture_shape(model, size)
    outputs: Any = jax.eval_shape(module.apply, model.variables, jnp.zeros((1, *shape)))
    count = outputs[0].shape[-1]
    wanted = chosen(filters, count, f"Layer '{layer}'", "filters")

    def liked(variables: Any, pictures: jax.Array, indices: jax.Array) -> jax.Array:
        found: Any = module.apply(variables, pictures)
        maps = found[0].reshape(len(pictures), -1, count)
        return jnp.take_along_axis(jnp.mean(maps, axis=1), indices[:, None], axis=1)[:, 0]

    start = gray_noise(len(wanted), shape, seed)
    return climb(liked, model.variables, start, wanted, steps, step_size, at_once)


def maximise_classes(
    model: Any,
    classes: Sequence[int] | None = None,
    *,
    size: tuple[int, int] = (224, 224),
    start: np.ndarray | None = None,
    steps: int = 100,
    step_size: float = 1.0,
    at_once: int = 16,
    seed: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Pictures that the model takes for a class, though nobody else would: (pictures, the outputs
    for their classes).

    As `maximise_filters`, on the model's output (batch, classes); before a softmax, the logarithm
    of the probability climbs.

    Args:
        start: pictures (n, height, width, channels) to begin with in place of noise, one for each
            class.
    """
    module, softmax = parts.scores(model)
    shape = picture_shape(model, size)
    outputs: Any = jax.eval_shape(module.apply, model.variables, jnp.zeros((1, *shape)))
    if len(outputs.shape) != 2:
        raise ValueError(f"The model's output must be (batch, classes); it is {outputs.shape}.")
    wanted = chosen(classes, outputs.shape[-1], f"Model '{model.name}'", "classes")
    if start is not None and start.shape != (len(wanted), *shape):
        raise ValueError(f"`start` must be {(len(wanted), *shape)}; given {start.shape}.")

    def liked(variables: Any, pictures: jax.Array, indices: jax.Array) -> jax.Array:
        scores: Any = module.apply(variables, pictures)
        scores = jax.nn.log_softmax(scores) if softmax else scores
        return jnp.take_along_axis(scores, indices[:, None], axis=1)[:, 0]

    begin = gray_noise(len(wanted), shape, seed) if start is None else np.asarray(start, np.float32)
    pictures, scores = climb(liked, model.variables, begin, wanted, steps, step_size, at_once)
    return pictures, np.exp(scores) if softmax else scores


def climb(
    liked: Objective,
    variables: Any,
    start: np.ndarray,
    indices: np.ndarray,
    steps: int,
    step_size: float,
    at_once: int = 32,
) -> tuple[np.ndarray, np.ndarray]:
    """(pictures, how much they are liked) after gradient ascent from `start` (n, ...), each picture
    on its own.

    Pictures do not influence each other, so that one gradient of the sum serves all `at_once`.
    """
    keep_programs()

    @jax.jit
    def step(variables: Any, pictures: jax.Array, indices: jax.Array) -> jax.Array:
        gradient = jax.grad(lambda p: jnp.sum(liked(variables, p, indices)))(pictures)
        mean_square = jnp.mean(gradient**2, axis=tuple(range(1, gradient.ndim)), keepdims=True)
        return pictures + step_size * gradient / (jnp.sqrt(mean_square) + 1e-5)

    values = jax.jit(liked)
    size = min(at_once, len(start))
    found, scores = [], []
    for first in range(0, len(start), size):
        rows = np.arange(first, first + size) % len(
            start
        )  # the last chunk is filled up, to be compiled only once
        pictures, chunk = jnp.asarray(start[rows]), jnp.asarray(indices[rows])
        for _ in range(steps):
            pictures = step(variables, pictures, chunk)
        found.append(np.asarray(pictures))
        scores.append(np.asarray(values(variables, pictures, chunk)))
    return np.concatenate(found)[: len(start)], np.concatenate(scores)[: len(start)]


def deep_dream(
    model: Any,
    picture: np.ndarray,
    layers: Mapping[str, float],
    *,
    octaves: int = 3,
    octave_scale: float = 1.4,
    steps: int = 20,
    step_size: float = 1.0,
) -> np.ndarray:
    """The picture with what the layers see in it made stronger, from coarse to fine.

    Args:
        model: takes pictures of any size.
        picture: (height, width, channels) float, as the model takes it.
        layers: layer -> weight of the mean square of its activations, its border left out.
        octaves: how many sizes, each `octave_scale` times the one before; the last is the picture's
            own.
        steps: of gradient ascent at each size.
        step_size: of a step, whose gradient is divided by its mean absolute value.

    Returns float32 of the same shape.
    """
    if octaves < 1 or octave_scale <= 1:
        raise ValueError(
            f"octaves must be at least 1 and octave_scale above 1; given {octaves} and "
            f"{octave_scale}."
        )
    keep_programs()
    module = parts.up_to(model, list(layers))

    def liked(picture: jax.Array, variables: Any) -> jax.Array:
        found: Any = module.apply(variables, picture[None])
        weighted = zip(layers.values(), found, strict=True)
        return jnp.sum(
            jnp.stack([weight * jnp.mean(maps[:, 2:-2, 2:-2] ** 2) for weight, maps in weighted])
        )

    @jax.jit
    def step(variables: Any, picture: jax.Array) -> jax.Array:
        gradient = jax.grad(liked)(picture, variables)
        return picture + step_size * gradient / jnp.maximum(jnp.mean(jnp.abs(gradient)), 1e-7)

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
    """Pictures (n, height, width, channels) of any range as uint8: mean 128, standard deviation 0.1
    * 255, each.
    """
    axes = tuple(range(1, pictures.ndim))
    centred = pictures - pictures.mean(axes, keepdims=True)
    fractions = 0.1 * centred / (centred.std(axes, keepdims=True) + 1e-5) + 0.5
    return (255 * np.clip(fractions, 0, 1)).astype(np.uint8)


def gray_noise(count: int, shape: tuple[int, ...], seed: int | None) -> np.ndarray:
    """(count, *shape) float32, uniform in 128 to 148."""
    key = named_key(config.seed() if seed is None else seed, "gray_noise")
    return np.asarray(jax.random.uniform(key, (count, *shape), minval=128.0, maxval=148.0))


def picture_shape(model: Any, size: tuple[int, int]) -> tuple[int, int, int]:
    """(height, width, channels) of the model's pictures, `size` where it leaves them open."""
    shape = model.input_shape
    if not isinstance(shape, tuple) or len(shape) != 4:
        raise ValueError(
            f"Model '{model.name}' must take pictures (batch, height, width, channels); it takes "
            f"{shape}."
        )
    return shape[1] or size[0], shape[2] or size[1], shape[3]


def chosen(wanted: Sequence[int] | None, count: int, owner: str, what: str) -> np.ndarray:
    """The chosen indices, all by default."""
    indices = np.arange(count) if wanted is None else np.asarray(wanted, np.int64).reshape(-1)
    if not len(indices) or indices.min() < 0 or indices.max() >= count:
        raise ValueError(f"{owner} has {what} 0 to {count - 1}; asked for {wanted}.")
    return indices

"""A step of style transfer with VGG16, ours and written in Keras 3 on JAX: same weights, costs,
image and Adam.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from experiments.benchmarks.harness import Session

STEPS = 2  # in what is measured at once
CONTENT_LAYER = "block4_conv2"
STYLE_LAYERS = tuple(f"block{block}_conv1" for block in range(1, 6))


@dataclass(frozen=True)
class Load:
    """A size of image."""

    title: str
    height: int
    width: int

    def pictures(self) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(0)
        content, style = rng.integers(0, 256, (2, self.height, self.width, 3), np.uint8)
        return content, style


def set_weights(model: Any) -> None:
    """Kernels that keep the size of activations, biases of zero; the same for the same shapes."""
    rng = np.random.default_rng(0)
    shapes = [w.shape for w in model.get_weights()]
    spread = [np.sqrt(2 / np.prod(shape[:-1])) if len(shape) > 1 else 0.0 for shape in shapes]
    model.set_weights(
        [
            (rng.standard_normal(s) * d).astype("float32")
            for s, d in zip(shapes, spread, strict=True)
        ]
    )


def train(load: Load, session: Session, library: str) -> None:
    trainers = {
        "jaxcnn": train_ours,
        "jaxcnn_bfloat16": train_ours_in_bfloat16,
        "keras_example": partial(train_keras, every_step=True),
        "keras": train_keras,
        "keras_jit": train_keras_compiled,
    }
    trainers[library](load, session)


def train_ours(load: Load, session: Session) -> None:
    from jaxcnn.applications import VGG16
    from jaxcnn.style import StyleTransfer
    from jaxcnn.style.transfer import centred

    model = VGG16(include_top=False, weights=None)
    set_weights(model)
    transfer = StyleTransfer(model)
    content, style = load.pictures()
    targets = transfer.targets(transfer.variables, centred(content), centred(style))
    state = transfer.start(content, noise=0.0)
    for _ in range(session.epochs):
        session.epoch_begin()
        for _ in range(STEPS):
            state, found = transfer.step(state, transfer.variables, targets)
        session.epoch_end(float(found["total"]))


def train_ours_in_bfloat16(load: Load, session: Session) -> None:
    import jaxcnn

    jaxcnn.mixed_precision("bfloat16")
    train_ours(load, session)


def keras_costs(load: Load, every_step: bool = False) -> tuple[Any, Any]:
    """(the image to begin with, the cost of an image), as somebody writes them who knows Keras.

    With `every_step` all three images go through the network together each time, as in Keras's
    own example.
    """
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras
    from keras import ops

    def average_pools(layer: Any) -> Any:
        if isinstance(layer, keras.layers.MaxPooling2D):
            return keras.layers.AveragePooling2D(2, strides=2, name=layer.name)
        return layer.__class__.from_config(layer.get_config())

    vgg = keras.applications.VGG16(include_top=False, weights=None)
    vgg = keras.models.clone_model(vgg, clone_function=average_pools)
    set_weights(vgg)
    names = (CONTENT_LAYER, *STYLE_LAYERS)
    extractor = keras.Model(vgg.inputs, [vgg.get_layer(name).output for name in names])
    content, style = (
        p[None].astype("float32") - np.float32([123.68, 116.779, 103.939]) for p in load.pictures()
    )

    def features(picture: Any) -> Any:
        return extractor(picture[..., ::-1])

    def gram(maps: Any) -> Any:
        flat = ops.reshape(maps, (-1, maps.shape[-1]))
        return ops.matmul(ops.transpose(flat), flat)

    def cost_of_three(picture: Any) -> Any:
        found, *maps = features(ops.concatenate([content, style, picture]))
        total = 10 * ops.sum((found[2] - found[0]) ** 2) / (4 * int(np.prod(found.shape[1:])))
        for one in maps:
            scale = 4 * float(np.prod(one.shape[1:])) ** 2
            total = total + 40 * 0.2 * ops.sum((gram(one[2]) - gram(one[1])) ** 2) / scale
        return total

    if every_step:
        return content, cost_of_three
    content_features = features(content)[0]
    style_grams = [gram(maps) for maps in features(style)[1:]]

    def cost(picture: Any) -> Any:
        found, *maps = features(picture)
        total = 10 * ops.sum((found - content_features) ** 2) / (4 * int(np.prod(found.shape)))
        for one, wanted in zip(maps, style_grams, strict=True):
            scale = 4 * float(np.prod(one.shape)) ** 2
            total = total + 40 * 0.2 * ops.sum((gram(one) - wanted) ** 2) / scale
        return total

    return content, cost


def train_keras(load: Load, session: Session, every_step: bool = False) -> None:
    """Gradient and update as they stand there, without compiling anything by hand."""
    content, cost = keras_costs(load, every_step)
    import jax
    import keras

    picture = keras.Variable(content)
    optimizer = keras.optimizers.Adam(2.0)
    optimizer.build([picture])
    gradient = jax.value_and_grad(cost)
    for _ in range(session.epochs):
        session.epoch_begin()
        for _ in range(STEPS):
            value, change = gradient(picture.value)
            optimizer.apply([change], [picture])
        session.epoch_end(float(value))


def train_keras_compiled(load: Load, session: Session) -> None:
    """The same inside of `jax.jit`, which takes to know Keras's stateless calls."""
    content, cost = keras_costs(load)
    import jax
    import keras

    variable = keras.Variable(content)
    optimizer = keras.optimizers.Adam(2.0)
    optimizer.build([variable])

    @jax.jit
    def step(picture: Any, slots: Any) -> Any:
        value, change = jax.value_and_grad(cost)(picture)
        (picture,), slots = optimizer.stateless_apply(slots, [change], [picture])
        return picture, slots, value

    picture, slots = variable.value, [v.value for v in optimizer.variables]
    for _ in range(session.epochs):
        session.epoch_begin()
        for _ in range(STEPS):
            picture, slots, value = step(picture, slots)
        session.epoch_end(float(value))

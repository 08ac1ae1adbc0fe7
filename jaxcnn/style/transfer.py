"""Neural style transfer: an image is trained to the content of one and the style of another."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxcnn.models import Model, parts
from jaxcnn.nn import AveragePooling2D, MaxPooling2D
from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import named_key
from jaxcnn.runtime.disk_cache import keep_programs
from jaxcnn.runtime.types import PyTree
from jaxcnn.style.costs import COURSE, Costs, content_cost, gram, layer_style_cost, total_variation
from jaxcnn.training.steps import cast_floating

MEAN = (123.68, 116.779, 103.939)
"""The mean red, green and blue of ImageNet, which are subtracted from the inputs of VGG."""


class Targets(NamedTuple):
    """Features of the content, and a Gram matrix of the style for each style layer."""

    content: jax.Array
    style: list[jax.Array]


class State(NamedTuple):
    """The image so far, (height, width, 3) in RGB minus the mean, and the optimizer's state."""

    picture: jax.Array
    opt_state: PyTree


OnImage = Callable[[int, np.ndarray, dict[str, float]], object]
Step = Callable[[State, PyTree, Targets], tuple[State, dict[str, jax.Array]]]


def average_pools(module: nn.Module) -> nn.Module:
    """An average pool in place of a max pool, which makes smoother images; else the module itself.

    The paper advises it.
    """
    if isinstance(module, MaxPooling2D):
        return AveragePooling2D(
            module.pool_size, module.strides, module.padding, module.data_format
        )
    return module


class StyleTransfer:
    """Costs of images under a network.

    ``step`` is one compiled update. After `jaxcnn.mixed_precision` the network computes in
    bfloat16; the image, the costs and the optimizer stay float32.

    Args:
        network: VGG16 or VGG19 of `jaxcnn.applications`, or another model of BGR images with the
            ImageNet mean subtracted.
        costs: `COURSE`, `CHAPTER` or costs of your own. Default: `COURSE`.
        optimizer: an optax transformation, `optax.lbfgs()` included; by default Adam with learning
            rate 2.

    Raises:
        ValueError: the network lacks a layer of the costs.

    Examples:
        >>> maps = jc.layers.Conv2D(2, 3, name="maps", input_shape=(None, None, 3))
        >>> costs = jc.style.Costs(content_layer="maps", style_layers={"maps": 1.0})
        >>> transfer = jc.style.StyleTransfer(jc.Sequential([maps]), costs)

    References:
        - Gatys, Ecker and Bethge, "A Neural Algorithm of Artistic Style", 2015,
          <https://arxiv.org/abs/1508.06576>
    """

    def __init__(
        self,
        network: Model,
        costs: Costs = COURSE,
        optimizer: optax.GradientTransformation | None = None,
    ) -> None:
        self.costs = costs
        self.compute_dtype = config.compute_dtype()
        self.variables = cast_floating(network.variables, self.compute_dtype)
        self.optimizer = optax.with_extra_args_support(
            optax.adam(2.0) if optimizer is None else optimizer
        )
        self._module = parts.up_to(network, costs.layers, average_pools)
        self.targets: Callable[[PyTree, jax.Array, jax.Array], Targets] = jax.jit(self._targets)
        self.step: Step = jax.jit(self._step)

    def features(self, variables: PyTree, picture: jax.Array) -> list[jax.Array]:
        """Features (height, width, channels) of each layer of the costs, of an image of `State`.

        Args:
            variables: those of the network.
            picture: (height, width, 3) as in `State`.
        """
        batch = cast_floating(picture[None, :, :, ::-1], self.compute_dtype)
        outputs: PyTree = self._module.apply(variables, batch)
        return [features[0].astype(picture.dtype) for features in outputs]

    def _targets(self, variables: PyTree, content: jax.Array, style: jax.Array) -> Targets:
        content_target, *_ = self.features(variables, content)
        _, *styles = self.features(variables, style)
        # A style image of another size has more or fewer positions; its Gram matrices are scaled to
        # those of the content.
        _, *shaped = jax.eval_shape(self.features, variables, content)
        scales = [
            (like.shape[0] * like.shape[1]) / (s.shape[0] * s.shape[1])
            for like, s in zip(shaped, styles, strict=True)
        ]
        grams = [gram(s) * scale for s, scale in zip(styles, scales, strict=True)]
        return Targets(content_target, grams)

    def cost(
        self, picture: jax.Array, variables: PyTree, targets: Targets
    ) -> tuple[jax.Array, dict[str, jax.Array]]:
        """(total, its parts before weighting) for an image as in `State`.

        Args:
            picture: (height, width, 3) as in `State`.
            variables: those of the network.
            targets: the features and Gram matrices that it should have.
        """
        content, *styles = self.features(variables, picture)
        weighted = zip(self.costs.style_layers.values(), styles, targets.style, strict=True)
        parts = {
            "content": content_cost(content, targets.content, self.costs.content_factor),
            "style": jnp.sum(
                jnp.stack([weight * layer_style_cost(s, t) for weight, s, t in weighted])
            ),
            "variation": total_variation(picture),
        }
        total = (
            self.costs.alpha * parts["content"]
            + self.costs.beta * parts["style"]
            + self.costs.gamma * parts["variation"]
        )
        return total, {"total": total, **parts}

    def _step(
        self, state: State, variables: PyTree, targets: Targets
    ) -> tuple[State, dict[str, jax.Array]]:
        cost = partial(self.cost, variables=variables, targets=targets)
        (value, costs), gradient = jax.value_and_grad(cost, has_aux=True)(state.picture)
        updates, opt_state = self.optimizer.update(
            gradient,
            state.opt_state,
            state.picture,
            value=value,
            grad=gradient,
            value_fn=lambda image: cost(image)[0],
        )
        return strongly_typed(State(optax.apply_updates(state.picture, updates), opt_state)), costs

    def start(self, content: np.ndarray, noise: float = 0.6, seed: int | None = None) -> State:
        """The first image: `noise` parts of it uniform in -20 to 20, the rest the content (uint8).

        Args:
            content: uint8 (height, width, 3).
            noise: share of the noise, 0 to 1. Default: 0.6.
            seed: of the noise; None for another one each time.

        Raises:
            ValueError: `noise` is not between 0 and 1.
        """
        if not 0 <= noise <= 1:
            raise ValueError(
                f"`noise` is {noise}; it must be between 0, the content, and 1, noise alone."
            )
        key = named_key(config.seed() if seed is None else seed, "style")
        random = jax.random.uniform(key, content.shape, minval=-20.0, maxval=20.0)
        image = noise * random + (1 - noise) * centred(content)
        return strongly_typed(State(image, self.optimizer.init(image)))

    def run(
        self,
        content: np.ndarray,
        style: np.ndarray,
        steps: int = 200,
        *,
        noise: float = 0.6,
        seed: int | None = None,
        every: int | None = None,
        on_picture: OnImage = lambda step, image, costs: None,
        on_step: Callable[[int], object] | None = None,
    ) -> tuple[np.ndarray, list[dict[str, float]]]:
        """(the image as uint8, the costs before each step).

        Args:
            content: uint8 (height, width, 3); the result has its size.
            style: uint8 (height, width, 3) of any size.
            steps: number of updates. Default: 200.
            noise, seed: see `start`; by default the seed of `set_random_seed`.
            every: after how many steps to call `on_picture`, also before the first and at the end.
                Default: None.
            on_picture: called with (step, image as uint8, costs); by default nothing is done.
            on_step: called after each step with the number of those done. Default: None.

        Raises:
            ValueError: an image of another dtype or shape, or `every` below 1.
        """
        if every is not None and every < 1:
            raise ValueError(f"`every` is {every}; it must be at least 1.")
        for name, image in (("content", content), ("style", style)):
            if (
                image.dtype != np.uint8
                or image.ndim != 3
                or image.shape[-1] != 3
                or min(image.shape) < 1
            ):
                raise ValueError(
                    f"The {name} image must be uint8 (height, width, 3); given {image.dtype} "
                    f"{image.shape}."
                )
        keep_programs()
        targets = self.targets(self.variables, centred(content), centred(style))
        state = self.start(content, noise, seed)
        history = []
        for i in range(steps):
            before = state.picture
            state, costs = self.step(state, self.variables, targets)
            history.append(costs)
            if on_step is not None:
                jax.block_until_ready(costs)
                on_step(i + 1)
            if every and i % every == 0:
                on_picture(i, shown(np.asarray(before)), as_floats(costs))
        result = shown(np.asarray(state.picture))
        if every and history:
            _, costs = jax.jit(self.cost)(state.picture, self.variables, targets)
            on_picture(steps, result, as_floats(costs))
        return result, [as_floats(costs) for costs in jax.device_get(history)]


def strongly_typed(state: State) -> State:
    """The same arrays with strong dtypes: the weak ones of Python scalars would compile twice."""
    typed: State = jax.tree.map(lambda x: jax.lax.convert_element_type(x, x.dtype), state)
    return typed


def centred(image: np.ndarray) -> jax.Array:
    """A uint8 RGB image as float32 with the ImageNet mean subtracted."""
    return jnp.asarray(image, jnp.float32) - jnp.array(MEAN, jnp.float32)


def shown(image: np.ndarray) -> np.ndarray:
    """The inverse of `centred`, clipped to 0 to 255."""
    pixels = np.rint(image + np.array(MEAN, np.float32))
    return np.asarray(np.clip(pixels, 0, 255), np.uint8)


def as_floats(costs: dict[str, jax.Array]) -> dict[str, float]:
    """Costs as Python floats."""
    return {name: float(value) for name, value in costs.items()}

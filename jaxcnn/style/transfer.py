"""Neural style transfer: a picture is trained to have the content of one picture and the style of
another.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxcnn.models import parts
from jaxcnn.nn import AveragePooling2D, MaxPooling2D
from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import named_key
from jaxcnn.runtime.disk_cache import keep_programs
from jaxcnn.style.costs import COURSE, Costs, content_cost, gram, layer_style_cost, total_variation
from jaxcnn.training.steps import cast_floating

MEAN = (123.68, 116.779, 103.939)
"""The mean red, green and blue of ImageNet, which VGG expects to be subtracted."""


class Targets(NamedTuple):
    """What the picture is compared with: features of the content, and a Gram matrix for each style
    layer.
    """

    content: jax.Array
    style: list[jax.Array]


class State(NamedTuple):
    """The picture so far, (height, width, 3) in RGB with the mean subtracted, and the optimizer's
    state.
    """

    picture: jax.Array
    opt_state: Any


Step = Callable[[State, Any, Targets], tuple[State, dict[str, jax.Array]]]


def average_pools(module: nn.Module) -> nn.Module:
    """An average pool in place of a max pool, anything else as it is: smoother pictures, as the
    paper advises.
    """
    if isinstance(module, MaxPooling2D):
        return AveragePooling2D(
            module.pool_size, module.strides, module.padding, module.data_format
        )
    return module


class StyleTransfer:
    """Costs of pictures under a network.

    Args:
        network: VGG16 or VGG19 of `jaxcnn.applications`, or a model of its kind: BGR with the
            ImageNet mean subtracted.
        costs: `COURSE`, `CHAPTER` or costs of your own.
        optimizer: an optax transformation, `optax.lbfgs()` included; by default Adam with learning
            rate 2.

    ``step`` is one compiled update. After `jaxcnn.mixed_precision` the network computes in
    bfloat16; the picture, the costs and the optimizer stay float32. Raises ValueError for layers
    that the network lacks.
    """

    def __init__(self, network: Any, costs: Costs = COURSE, optimizer: Any = None) -> None:
        self.costs = costs
        self.compute_dtype = config.compute_dtype()
        self.variables = cast_floating(network.variables, self.compute_dtype)
        self.optimizer = optax.with_extra_args_support(
            optax.adam(2.0) if optimizer is None else optimizer
        )
        self._module = parts.up_to(network, costs.layers, average_pools)
        self.targets: Callable[[Any, jax.Array, jax.Array], Targets] = jax.jit(self._targets)
        self.step: Step = jax.jit(self._step)

    def features(self, variables: Any, picture: jax.Array) -> list[jax.Array]:
        """Features (height, width, channels) of each layer of the costs, for a picture as in
        `State`.
        """
        batch = cast_floating(picture[None, :, :, ::-1], self.compute_dtype)
        found: Any = self._module.apply(variables, batch)
        return [one[0].astype(picture.dtype) for one in found]

    def _targets(self, variables: Any, content: jax.Array, style: jax.Array) -> Targets:
        kept, *_ = self.features(variables, content)
        _, *styles = self.features(variables, style)
        # A style picture of another size has other numbers of positions; its Gram matrix is scaled
        # to the content's.
        shapes = [found.shape for found in jax.eval_shape(self.features, variables, content)[1:]]
        scales = [
            h * w / (s.shape[0] * s.shape[1]) for (h, w, _), s in zip(shapes, styles, strict=True)
        ]
        return Targets(kept, [gram(s) * scale for s, scale in zip(styles, scales, strict=True)])

    def cost(
        self, picture: jax.Array, variables: Any, targets: Targets
    ) -> tuple[jax.Array, dict[str, jax.Array]]:
        """(total, its parts before weighting) for a picture as in `State`."""
        content, *styles = self.features(variables, picture)
        weighted = zip(self.costs.style_layers.values(), styles, targets.style, strict=True)
        found = {
            "content": content_cost(content, targets.content, self.costs.content_factor),
            "style": jnp.sum(
                jnp.stack([weight * layer_style_cost(s, t) for weight, s, t in weighted])
            ),
            "variation": total_variation(picture),
        }
        total = (
            self.costs.alpha * found["content"]
            + self.costs.beta * found["style"]
            + self.costs.gamma * found["variation"]
        )
        return total, {"total": total, **found}

    def _step(
        self, state: State, variables: Any, targets: Targets
    ) -> tuple[State, dict[str, jax.Array]]:
        cost = partial(self.cost, variables=variables, targets=targets)
        (value, found), gradient = jax.value_and_grad(cost, has_aux=True)(state.picture)
        updates, opt_state = self.optimizer.update(
            gradient,
            state.opt_state,
            state.picture,
            value=value,
            grad=gradient,
            value_fn=lambda picture: cost(picture)[0],
        )
        return strongly_typed(State(optax.apply_updates(state.picture, updates), opt_state)), found

    def start(self, content: np.ndarray, noise: float = 0.6, seed: int | None = None) -> State:
        """The picture to begin with: `noise` parts of it uniform in -20 to 20, the rest the content
        (uint8).
        """
        if not 0 <= noise <= 1:
            raise ValueError(
                f"`noise` is {noise}; it must be between 0, the content, and 1, noise alone."
            )
        key = named_key(config.seed() if seed is None else seed, "style")
        random = jax.random.uniform(key, content.shape, minval=-20.0, maxval=20.0)
        picture = noise * random + (1 - noise) * centred(content)
        return strongly_typed(State(picture, self.optimizer.init(picture)))

    def run(
        self,
        content: np.ndarray,
        style: np.ndarray,
        steps: int = 200,
        *,
        noise: float = 0.6,
        seed: int | None = None,
        every: int | None = None,
        on_picture: Callable[
            [int, np.ndarray, dict[str, float]], Any
        ] = lambda step, picture, costs: None,
    ) -> tuple[np.ndarray, list[dict[str, float]]]:
        """(the picture as uint8, the costs before each step).

        Args:
            content: uint8 (height, width, 3); the result has its size.
            style: uint8 (height, width, 3) of any size.
            steps: updates.
            noise, seed: see `start`; by default the seed of `set_random_seed`.
            every: `on_picture` is called with (step, picture, costs) before every so many steps and
                at the end.
        """
        if every is not None and every < 1:
            raise ValueError(f"`every` is {every}; it must be at least 1.")
        for name, picture in (("content", content), ("style", style)):
            if (
                picture.dtype != np.uint8
                or picture.ndim != 3
                or picture.shape[-1] != 3
                or min(picture.shape) < 1
            ):
                raise ValueError(
                    f"The {name} picture must be uint8 (height, width, 3); given {picture.dtype} "
                    f"{picture.shape}."
                )
        keep_programs()
        targets = self.targets(self.variables, centred(content), centred(style))
        state = self.start(content, noise, seed)
        history = []
        for i in range(steps):
            before = state.picture
            state, found = self.step(state, self.variables, targets)
            history.append(found)
            if every and i % every == 0:
                on_picture(i, shown(np.asarray(before)), numbers(found))
        result = shown(np.asarray(state.picture))
        if every and history:
            _, found = jax.jit(self.cost)(state.picture, self.variables, targets)
            on_picture(steps, result, numbers(found))
        return result, [numbers(found) for found in jax.device_get(history)]


def strongly_typed(state: State) -> State:
    """The same arrays with fixed dtypes: those that Python numbers gave rise to would have the step
    compiled twice.
    """
    return jax.tree.map(lambda array: jax.lax.convert_element_type(array, array.dtype), state)


def centred(picture: np.ndarray) -> jax.Array:
    """A uint8 RGB picture as float32 with the ImageNet mean subtracted."""
    return jnp.asarray(picture, jnp.float32) - jnp.array(MEAN, jnp.float32)


def shown(picture: np.ndarray) -> np.ndarray:
    """The way back from `centred`, cut off at 0 and 255."""
    return np.clip(np.rint(picture + np.array(MEAN, np.float32)), 0, 255).astype(np.uint8)


def numbers(found: dict[str, Any]) -> dict[str, float]:
    """Costs as plain numbers."""
    return {name: float(value) for name, value in found.items()}

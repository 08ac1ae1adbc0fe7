"""The update rules of TensorFlow 1 that differ from those of Keras."""

from __future__ import annotations

from types import SimpleNamespace

import jax
import jax.numpy as jnp
from jax import Array

from jaxcnn.optimizers.base import Hyper, Optimizer, OptimizerState, Params


class RMSPropWithMomentum(Optimizer):
    """``a = rho * a + (1 - rho) * g**2``, starting from 1, and
    ``m = momentum * m + lr * g / sqrt(a + epsilon)``; the change is ``-m``.

    With `centered` the root is that of ``a - b**2 + epsilon``, where b is the running mean of g.
    Slots: rms, momentum, and with `centered` mean.
    """

    slots: tuple[str, ...] = ("rms", "momentum")
    rho = Hyper()
    momentum = Hyper()
    epsilon = Hyper()

    def __init__(
        self,
        lr: float = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-10,
        centered: bool = False,
    ) -> None:
        super().__init__(lr, {}, rho=rho, momentum=momentum, epsilon=epsilon)
        if centered:
            self.slots = ("rms", "momentum", "mean")

    def init(self, params: Params) -> OptimizerState:
        """The state before the first update."""
        state = super().init(params)
        return state._replace(
            slots={**state.slots, "rms": jax.tree.map(jnp.ones_like, state.slots["rms"])}
        )

    def rule(
        self, g: Array, p: Array | None, slots: list[Array], h: SimpleNamespace
    ) -> tuple[Array, tuple[Array, ...]]:
        rms, momentum, *mean = slots
        rms = h.rho * rms + (1.0 - h.rho) * jnp.square(g)
        mean = [h.rho * value + (1.0 - h.rho) * g for value in mean]
        spread = rms - sum(jnp.square(value) for value in mean)
        momentum = h.momentum * momentum + h.lr * g * jax.lax.rsqrt(spread + h.epsilon)
        return -momentum, (rms, momentum, *mean)


class GradientDescent(Optimizer):
    """The change is ``-lr * g``."""

    def __init__(self, lr: float = 0.001) -> None:
        super().__init__(lr, {})

    def rule(
        self, g: Array, p: Array | None, slots: list[Array], h: SimpleNamespace
    ) -> tuple[Array, tuple[Array, ...]]:
        return -h.lr * g, ()


class Momentum(Optimizer):
    """``m = momentum * m + g``; the change is ``-lr * m``, or with `nesterov`
    ``-lr * (g + momentum * m)``. Slots: momentum.
    """

    slots = ("momentum",)
    momentum = Hyper()

    def __init__(self, lr: float = 0.001, momentum: float = 0.9, nesterov: bool = False) -> None:
        super().__init__(lr, {}, momentum=momentum)
        self.nesterov = nesterov

    def rule(
        self, g: Array, p: Array | None, slots: list[Array], h: SimpleNamespace
    ) -> tuple[Array, tuple[Array, ...]]:
        m = h.momentum * slots[0] + g
        return -h.lr * (g + h.momentum * m if self.nesterov else m), (m,)


class Adagrad(Optimizer):
    """``a = a + g**2``, starting from `first`; the change is ``-lr * g / sqrt(a)``.

    Slots: accumulator.
    """

    slots = ("accumulator",)

    def __init__(self, lr: float = 0.001, first: float = 0.1) -> None:
        super().__init__(lr, {})
        self.first = first

    def init(self, params: Params) -> OptimizerState:
        """The state before the first update."""
        state = super().init(params)
        first = jax.tree.map(lambda a: jnp.full_like(a, self.first), state.slots["accumulator"])
        return state._replace(slots={"accumulator": first})

    def rule(
        self, g: Array, p: Array | None, slots: list[Array], h: SimpleNamespace
    ) -> tuple[Array, tuple[Array, ...]]:
        a = slots[0] + jnp.square(g)
        return -h.lr * g * jax.lax.rsqrt(a), (a,)

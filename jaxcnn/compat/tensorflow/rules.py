"""The update rule of TensorFlow 1 that differs from that of Keras."""

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

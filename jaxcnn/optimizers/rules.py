"""The update rules of Keras, with its defaults and epsilons; ``g`` is a parameter's gradient.

``epsilon=None`` means ``jaxcnn.runtime.config.epsilon()``.
"""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, TypeAlias, Unpack, cast

import jax.numpy as jnp
import numpy as np
from jax import Array

from jaxcnn.optimizers.base import (
    DecayOptions,
    Hyper,
    Listed,
    Optimizer,
    OptimizerState,
    Options,
    Params,
    Schedule,
)
from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import filled
from jaxcnn.runtime.names import Registry
from jaxcnn.runtime.types import Config, PyTree
from jaxcnn.spellings.dialect import chosen, dialect
from jaxcnn.spellings.translate import old_spellings

registry: Registry[Optimizer] = Registry("optimizer")

Slots: TypeAlias = list[Array]
# The change of a parameter, and its slots after the update.
Step: TypeAlias = tuple[Array, tuple[Array, ...]]


@registry.register()
class SGD(Optimizer):
    """Stochastic gradient descent, with momentum when that is not 0.

    ``velocity = momentum * velocity - lr * g``; the change is the velocity, or with ``nesterov``
    ``momentum * velocity - lr * g`` (Sutskever et al., On the importance of initialization and
    momentum, 2013).

    Slots: velocity (none without momentum, which therefore cannot be given later; programs for an
    old Keras have it always, as they may look at it).

    Args:
        lr: learning rate, a number of at least 0 or a schedule: a function of the number of
            updates. Default: 0.01.
        momentum: how much of the last change is added to the next, from 0 to 1. Default: 0.0.
        decay: how fast the rate falls: update number n, from 0, has ``lr / (1 + decay * n)``; at
            least 0. Default: 0.0.
        nesterov: whether the gradient counts as after the next step of the momentum. Default:
            False.
        **kwargs: `learning_rate` for `lr`, `clipnorm`, `clipvalue` and `ema`, which `Optimizer`
            explains.

    Raises:
        TypeError: an argument that the optimizer does not know.
        ValueError: a number out of range.

    Examples:
        >>> jc.optimizers.SGD(0.1, momentum=0.9, nesterov=True)
        SGD(lr=0.1, momentum=0.9, decay=0.0, nesterov=True)

    References:
        - Sutskever et al., "On the Importance of Initialization and Momentum in Deep Learning",
          2013, <https://proceedings.mlr.press/v28/sutskever13.html>
    """

    momentum = Hyper(absent=0.0)

    def __init__(
        self,
        lr: float | Schedule = 0.01,
        momentum: float = 0.0,
        decay: float = 0.0,
        nesterov: bool = False,
        **kwargs: Unpack[Options],
    ) -> None:
        moving = bool(momentum) or chosen()
        super().__init__(lr, kwargs, decay=decay, **({"momentum": momentum} if moving else {}))
        self.nesterov = nesterov
        self.slots = ("velocity",) if moving else ()

    def rule(self, g: Array, p: Array | None, slots: Slots, h: SimpleNamespace) -> Step:
        if not slots:
            return -h.lr * g, ()
        velocity = h.momentum * slots[0] - h.lr * g
        return (h.momentum * velocity - h.lr * g if self.nesterov else velocity), (velocity,)

    @property
    def counts_updates(self) -> bool:
        return bool(self.hyperparameters.get("decay"))

    def listed(
        self, arrays: Sequence[Listed], shapes: Sequence[tuple[int, ...]], keras: str
    ) -> list[Listed]:
        velocities = [] if self.slots else [np.zeros(shape, np.float32) for shape in shapes]
        return [*arrays, *velocities]

    def remembered(self, values: list[np.ndarray], weights: int) -> list[np.ndarray]:
        """Without momentum, too, Keras lists the velocities, all 0."""
        return values[: 1 + len(self.slots) * weights]


@registry.register()
@old_spellings
class RMSprop(Optimizer):
    """Divide by a running root mean square (Tieleman and Hinton, Neural Networks for ML, 2012).

    ``a = rho * a + (1 - rho) * g**2``; the change is ``-lr * g / (sqrt(a) + epsilon)``. Slots:
    accumulator.

    Args:
        lr: learning rate, a number of at least 0 or a schedule: a function of the number of
            updates. Default: 0.001.
        rho: how much of the running mean of squares stays at an update, from 0 to below 1. Default:
            0.9.
        epsilon: what is added to the divisor, at least 0; None for
            `jaxcnn.runtime.config.epsilon()`. Default: 1e-08.
        decay: how fast the rate falls: update number n, from 0, has ``lr / (1 + decay * n)``; at
            least 0. Default: 0.0.
        **kwargs: `learning_rate` for `lr`, `clipnorm`, `clipvalue` and `ema`, which `Optimizer`
            explains.

    Raises:
        TypeError: an argument that the optimizer does not know.
        ValueError: a number out of range.

    Examples:
        >>> jc.optimizers.RMSprop(0.01, clipnorm=1.0)
        RMSprop(lr=0.01, rho=0.9, epsilon=1e-08, decay=0.0, clipnorm=1.0)

    References:
        - Tieleman and Hinton, "Neural Networks for Machine Learning, Lecture 6.5: rmsprop", 2012,
          <https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf>
    """

    lists_count = False
    slots = ("accumulator",)
    rho = Hyper(below=1.0)
    epsilon = Hyper()

    def __init__(
        self,
        lr: float | Schedule = 0.001,
        rho: float = 0.9,
        epsilon: float | None = 1e-8,
        decay: float = 0.0,
        **kwargs: Unpack[Options],
    ) -> None:
        super().__init__(lr, kwargs, rho=rho, epsilon=_epsilon(epsilon), decay=decay)

    def rule(self, g: Array, p: Array | None, slots: Slots, h: SimpleNamespace) -> Step:
        a = h.rho * slots[0] + (1.0 - h.rho) * jnp.square(g)
        return -h.lr * g / (jnp.sqrt(a) + h.epsilon), (a,)


@registry.register()
@old_spellings
class Adagrad(Optimizer):
    """Divide by the root of the sum of all squared gradients (Duchi et al., Adagrad, 2011).

    ``a = a + g**2``; the change is ``-lr * g / (sqrt(a) + epsilon)``. Slots: accumulator.

    Args:
        lr: learning rate, a number of at least 0 or a schedule: a function of the number of
            updates. Default: 0.01.
        epsilon: what is added to the divisor, at least 0; None for
            `jaxcnn.runtime.config.epsilon()`. Default: 1e-08.
        decay: how fast the rate falls: update number n, from 0, has ``lr / (1 + decay * n)``; at
            least 0. Default: 0.0.
        **kwargs: `learning_rate` for `lr`, `clipnorm`, `clipvalue` and `ema`, which `Optimizer`
            explains.

    Raises:
        TypeError: an argument that the optimizer does not know.
        ValueError: a number out of range.

    Examples:
        >>> jc.optimizers.Adagrad(0.1)
        Adagrad(lr=0.1, epsilon=1e-08, decay=0.0)

    References:
        - Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic
          Optimization", 2011, <https://jmlr.org/papers/v12/duchi11a.html>
    """

    lists_count = False
    slots = ("accumulator",)
    epsilon = Hyper()

    def __init__(
        self,
        lr: float | Schedule = 0.01,
        epsilon: float | None = 1e-8,
        decay: float = 0.0,
        **kwargs: Unpack[Options],
    ) -> None:
        super().__init__(lr, kwargs, epsilon=_epsilon(epsilon), decay=decay)

    def rule(self, g: Array, p: Array | None, slots: Slots, h: SimpleNamespace) -> Step:
        a = slots[0] + jnp.square(g)
        return -h.lr * g / (jnp.sqrt(a) + h.epsilon), (a,)


@registry.register()
@old_spellings
class Adadelta(Optimizer):
    """Steps in proportion to a running root mean square of earlier steps (Zeiler, Adadelta, 2012).

    ``a = rho * a + (1 - rho) * g**2``, ``u = g * sqrt(d + epsilon) / sqrt(a + epsilon)``,
    ``d = rho * d + (1 - rho) * u**2``; the change is ``-lr * u``. Slots: accumulator,
    delta_accumulator.

    Args:
        lr: factor of the change, a number of at least 0 or a schedule: a function of the number of
            updates. Default: 1.0.
        rho: how much of the running means stays at an update, from 0 to below 1. Default: 0.95.
        epsilon: what is added under both roots, at least 0; None for
            `jaxcnn.runtime.config.epsilon()`. Default: 1e-08.
        decay: how fast the rate falls: update number n, from 0, has ``lr / (1 + decay * n)``; at
            least 0. Default: 0.0.
        **kwargs: `learning_rate` for `lr`, `clipnorm`, `clipvalue` and `ema`, which `Optimizer`
            explains.

    Raises:
        TypeError: an argument that the optimizer does not know.
        ValueError: a number out of range.

    Examples:
        >>> jc.optimizers.Adadelta()
        Adadelta(lr=1.0, rho=0.95, epsilon=1e-08, decay=0.0)

    References:
        - Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012,
          <https://arxiv.org/abs/1212.5701>
    """

    lists_count = False
    never_variables = Optimizer.never_variables | {"rho"}
    slots = ("accumulator", "delta_accumulator")
    rho = Hyper(below=1.0)
    epsilon = Hyper()

    def __init__(
        self,
        lr: float | Schedule = 1.0,
        rho: float = 0.95,
        epsilon: float | None = 1e-8,
        decay: float = 0.0,
        **kwargs: Unpack[Options],
    ) -> None:
        super().__init__(lr, kwargs, rho=rho, epsilon=_epsilon(epsilon), decay=decay)

    def rule(self, g: Array, p: Array | None, slots: Slots, h: SimpleNamespace) -> Step:
        a, d = slots
        a = h.rho * a + (1.0 - h.rho) * jnp.square(g)
        u = g * jnp.sqrt(d + h.epsilon) / jnp.sqrt(a + h.epsilon)
        return -h.lr * u, (a, h.rho * d + (1.0 - h.rho) * jnp.square(u))


@registry.register()
@old_spellings
class Adam(Optimizer):
    """Running means of gradient and squared gradient (Kingma and Ba, Adam, 2014).

    ``m = beta_1 * m + (1 - beta_1) * g``, ``v = beta_2 * v + (1 - beta_2) * g**2``; the change of
    update ``t`` is ``-lr * sqrt(1 - beta_2**t) / (1 - beta_1**t) * m / (sqrt(v) +
    epsilon)``. With ``amsgrad`` the greatest ``v`` so far takes the place of ``v`` (Reddi et al.,
    On the Convergence of Adam and Beyond, 2018).

    Slots: m, v, and with amsgrad vhat.

    Args:
        lr: learning rate, a number of at least 0 or a schedule: a function of the number of
            updates. Default: 0.001.
        beta_1: how much of the running mean of gradients stays at an update, from 0 to below 1.
            Default: 0.9.
        beta_2: how much of the running mean of squares stays at an update, from 0 to below 1.
            Default: 0.999.
        epsilon: what is added to the divisor, at least 0; None for
            `jaxcnn.runtime.config.epsilon()`. Default: 1e-08.
        decay: how fast the rate falls: update number n, from 0, has ``lr / (1 + decay * n)``; at
            least 0. Default: 0.0.
        amsgrad: whether the largest mean of squares so far counts. Default: False.
        **kwargs: `learning_rate` for `lr`, `clipnorm`, `clipvalue` and `ema`, which `Optimizer`
            explains.

    Raises:
        TypeError: an argument that the optimizer does not know.
        ValueError: a number out of range.

    Examples:
        >>> optimizer = jc.optimizers.Adam(1e-3)
        >>> weights = {"kernel": jnp.array([1.0])}
        >>> changes, state = optimizer.update({"kernel": jnp.array([5.0])}, optimizer.init(weights))
        >>> changes["kernel"].round(4)
        Array([-0.001], dtype=float32)

    References:
        - Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2014,
          <https://arxiv.org/abs/1412.6980>
        - Reddi, Kale and Kumar, "On the Convergence of Adam and Beyond", 2018,
          <https://arxiv.org/abs/1904.09237>
    """

    slots: tuple[str, ...] = ("m", "v")
    beta_1 = Hyper(below=1.0)
    beta_2 = Hyper(below=1.0)
    epsilon = Hyper()

    def __init__(
        self,
        lr: float | Schedule = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-8,
        decay: float = 0.0,
        amsgrad: bool = False,
        **kwargs: Unpack[Options],
    ) -> None:
        super().__init__(
            lr, kwargs, beta_1=beta_1, beta_2=beta_2, epsilon=_epsilon(epsilon), decay=decay
        )
        self.amsgrad = amsgrad
        if amsgrad:
            self.slots = ("m", "v", "vhat")

    def prepare(self, h: SimpleNamespace, slots: dict[str, PyTree]) -> dict[str, PyTree]:
        h.lr_t = h.lr * jnp.sqrt(1.0 - h.beta_2**h.t) / (1.0 - h.beta_1**h.t)
        return slots

    def rule(self, g: Array, p: Array | None, slots: Slots, h: SimpleNamespace) -> Step:
        m = h.beta_1 * slots[0] + (1.0 - h.beta_1) * g
        v = h.beta_2 * slots[1] + (1.0 - h.beta_2) * jnp.square(g)
        if not self.amsgrad:
            return -h.lr_t * m / (jnp.sqrt(v) + h.epsilon), (m, v)
        vhat = jnp.maximum(slots[2], v)
        return -h.lr_t * m / (jnp.sqrt(vhat) + h.epsilon), (m, v, vhat)

    def listed(
        self, arrays: Sequence[Listed], shapes: Sequence[tuple[int, ...]], keras: str
    ) -> list[Listed]:
        further = len(shapes) if keras in ("2.2", "2.3") and not self.amsgrad else 0
        return [*arrays, *(np.zeros(1, np.float32) for _ in range(further))]

    def remembered(self, values: list[np.ndarray], weights: int) -> list[np.ndarray]:
        """Keras 2.1 and 2.2 list a place for amsgrad for each weight."""
        whole = 1 + len(self.slots) * weights
        return values[:whole] if all(v.shape == (1,) for v in values[whole:]) else values

    def get_config(self) -> Config:
        config = super().get_config()
        if chosen() and not dialect().since_2_2 and not self.amsgrad:
            config.pop("amsgrad", None)  # these versions have none
        return config


@registry.register()
class AdamW(Adam):
    """:class:`Adam` that also takes ``lr * weight_decay`` of each parameter away.

    Its ``update`` needs the parameters. Slots: those of Adam.

    Args:
        lr: learning rate, a number of at least 0 or a schedule: a function of the number of
            updates. Default: 0.001.
        weight_decay: part of the weights that each update of rate 1 would take away, at least 0.
            Default: 0.004.
        beta_1: how much of the running mean of gradients stays at an update, from 0 to below 1.
            Default: 0.9.
        beta_2: how much of the running mean of squares stays at an update, from 0 to below 1.
            Default: 0.999.
        epsilon: what is added to the divisor, at least 0; None for
            `jaxcnn.runtime.config.epsilon()`. Default: 1e-08.
        decay: how fast the rate falls: update number n, from 0, has ``lr / (1 + decay * n)``; at
            least 0. Default: 0.0.
        amsgrad: whether the largest mean of squares so far counts. Default: False.
        **kwargs: `learning_rate` for `lr`, `clipnorm`, `clipvalue` and `ema`, which `Optimizer`
            explains.

    Raises:
        TypeError: an argument that the optimizer does not know.
        ValueError: a number out of range.

    Examples:
        >>> jc.optimizers.AdamW(1e-3, weight_decay=0.01).weight_decay
        0.01

    References:
        - Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019,
          <https://arxiv.org/abs/1711.05101>
    """

    weight_decay = Hyper()

    def __init__(
        self,
        lr: float | Schedule = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-8,
        decay: float = 0.0,
        amsgrad: bool = False,
        **kwargs: Unpack[Options],
    ) -> None:
        super().__init__(lr, beta_1, beta_2, epsilon, decay, amsgrad=amsgrad, **kwargs)
        self.hyperparameters["weight_decay"] = AdamW.weight_decay.checked("AdamW", weight_decay)

    def rule(self, g: Array, p: Array | None, slots: Slots, h: SimpleNamespace) -> Step:
        if p is None:
            raise ValueError(
                "AdamW takes away a part of the parameters: call update(grads, state, params)."
            )
        change, slots_after = super().rule(g, p, slots, h)
        return change - h.lr * h.weight_decay * p.astype(change.dtype), slots_after


@registry.register()
@old_spellings
class Adamax(Optimizer):
    """Adam with the greatest gradient for the root mean square (Kingma and Ba, section 7, 2014).

    ``m`` as in :class:`Adam`, ``u = max(beta_2 * u, |g|)``; the change of update ``t`` is
    ``-lr / (1 - beta_1**t) * m / (u + epsilon)``. Slots: m, u.

    Args:
        lr: learning rate, a number of at least 0 or a schedule: a function of the number of
            updates. Default: 0.002.
        beta_1: how much of the running mean of gradients stays at an update, from 0 to below 1.
            Default: 0.9.
        beta_2: how much of the running maximum stays at an update, from 0 to below 1. Default:
            0.999.
        epsilon: what is added to the divisor, at least 0; None for
            `jaxcnn.runtime.config.epsilon()`. Default: 1e-08.
        decay: how fast the rate falls: update number n, from 0, has ``lr / (1 + decay * n)``; at
            least 0. Default: 0.0.
        **kwargs: `learning_rate` for `lr`, `clipnorm`, `clipvalue` and `ema`, which `Optimizer`
            explains.

    Raises:
        TypeError: an argument that the optimizer does not know.
        ValueError: a number out of range.

    Examples:
        >>> jc.optimizers.Adamax(0.002)
        Adamax(lr=0.002, beta_1=0.9, beta_2=0.999, epsilon=1e-08, decay=0.0)

    References:
        - Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2014,
          <https://arxiv.org/abs/1412.6980>
    """

    slots = ("m", "u")
    beta_1 = Hyper(below=1.0)
    beta_2 = Hyper(below=1.0)
    epsilon = Hyper()

    def __init__(
        self,
        lr: float | Schedule = 0.002,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-8,
        decay: float = 0.0,
        **kwargs: Unpack[Options],
    ) -> None:
        super().__init__(
            lr, kwargs, beta_1=beta_1, beta_2=beta_2, epsilon=_epsilon(epsilon), decay=decay
        )

    def prepare(self, h: SimpleNamespace, slots: dict[str, PyTree]) -> dict[str, PyTree]:
        h.lr_t = h.lr / (1.0 - h.beta_1**h.t)
        return slots

    def rule(self, g: Array, p: Array | None, slots: Slots, h: SimpleNamespace) -> Step:
        m = h.beta_1 * slots[0] + (1.0 - h.beta_1) * g
        u = jnp.maximum(h.beta_2 * slots[1], jnp.abs(g))
        return -h.lr_t * m / (u + h.epsilon), (m, u)


@registry.register()
@old_spellings
class Nadam(Optimizer):
    """Adam with Nesterov momentum whose weight grows.

    With ``mu_t = beta_1 * (1 - 0.5 * 0.96**(t * schedule_decay))`` and ``m``, ``v`` as in
    :class:`Adam`, the change is ``-lr * ((1 - mu_t) * g' + mu_(t+1) * m') / (sqrt(v') +
    epsilon)``, where ``g' = g / (1 - mu_1 ... mu_t)``, ``m' = m / (1 - mu_1 ...
    mu_(t+1))`` and ``v' = v / (1 - beta_2**t)``.

    Slots: m, v; and m_schedule, the scalar ``mu_1 ... mu_t``.

    Args:
        lr: learning rate, a number of at least 0 or a schedule: a function of the number of
            updates. Default: 0.002.
        beta_1: how much of the running mean of gradients stays at an update, from 0 to below 1.
            Default: 0.9.
        beta_2: how much of the running mean of squares stays at an update, from 0 to below 1.
            Default: 0.999.
        epsilon: what is added to the divisor, at least 0; None for
            `jaxcnn.runtime.config.epsilon()`. Default: 1e-08.
        schedule_decay: how fast the weight of the momentum grows, at least 0. Default: 0.004.
        **kwargs: `learning_rate` for `lr`, `clipnorm`, `clipvalue` and `ema`, which `Optimizer`
            explains.

    Raises:
        TypeError: an argument that the optimizer does not know.
        ValueError: a number out of range.

    Examples:
        >>> jc.optimizers.Nadam(0.002)
        Nadam(lr=0.002, beta_1=0.9, beta_2=0.999, epsilon=1e-08, schedule_decay=0.004)

    References:
        - Dozat, "Incorporating Nesterov Momentum into Adam", 2016,
          <https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ>
    """

    slots = ("m", "v")
    beta_1 = Hyper(below=1.0)
    beta_2 = Hyper(below=1.0)
    epsilon = Hyper()
    schedule_decay = Hyper()
    # The product of momenta of all models that it trains, as an old Keras keeps it.
    shared_schedule: Array | None = None

    def __init__(
        self,
        lr: float | Schedule = 0.002,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-8,
        schedule_decay: float = 0.004,
        **kwargs: Unpack[DecayOptions],
    ) -> None:
        super().__init__(
            lr,
            kwargs,
            beta_1=beta_1,
            beta_2=beta_2,
            epsilon=_epsilon(epsilon),
            schedule_decay=schedule_decay,
        )

    @property
    def m_schedule(self) -> Any:
        """The product of all ``mu`` so far as a variable, for a `get_updates` that users write."""
        return self.number_kept("m_schedule", 1.0)

    def init(self, params: Params) -> OptimizerState:
        state = super().init(params)
        return state._replace(slots={**state.slots, "m_schedule": filled((), 1)})

    def note_shared(self, state: OptimizerState) -> None:
        super().note_shared(state)
        self.shared_schedule = state.slots["m_schedule"]

    def with_shared(self, state: OptimizerState) -> OptimizerState:
        state = cast(OptimizerState, super().with_shared(state))
        return state._replace(slots={**state.slots, "m_schedule": self.shared_schedule})

    def prepare(self, h: SimpleNamespace, slots: dict[str, PyTree]) -> dict[str, PyTree]:
        h.mu, h.mu_next = (
            h.beta_1 * (1.0 - 0.5 * 0.96 ** (t * h.schedule_decay)) for t in (h.t, h.t + 1.0)
        )
        h.m_schedule = slots["m_schedule"] * h.mu
        return {**slots, "m_schedule": h.m_schedule}

    def rule(self, g: Array, p: Array | None, slots: Slots, h: SimpleNamespace) -> Step:
        m = h.beta_1 * slots[0] + (1.0 - h.beta_1) * g
        v = h.beta_2 * slots[1] + (1.0 - h.beta_2) * jnp.square(g)
        g_unbiased = g / (1.0 - h.m_schedule)
        m_unbiased = m / (1.0 - h.m_schedule * h.mu_next)
        v_unbiased = v / (1.0 - h.beta_2**h.t)
        step = (1.0 - h.mu) * g_unbiased + h.mu_next * m_unbiased
        return -h.lr * step / (jnp.sqrt(v_unbiased) + h.epsilon), (m, v)

    def listed(
        self, arrays: Sequence[Listed], shapes: Sequence[tuple[int, ...]], keras: str
    ) -> list[Listed]:
        return list(arrays[:-1])

    def remembered(self, values: list[np.ndarray], weights: int) -> list[np.ndarray]:
        """Keras 2 does not list the product of momenta, which the number of updates gives.

        In a program for it the product is that of the updates of this very object, as there: after
        reading a file it is 1.
        """
        listed = 1 + len(self.slots) * weights
        if chosen() and len(values) in (listed, listed + 1):
            schedule = 1.0 if self.shared_schedule is None else self.shared_schedule
            return [*values[:listed], np.asarray(schedule)]
        if len(values) != listed:
            return values
        product = np.float32(1)
        for t in range(1, int(values[0]) + 1):
            product *= np.float32(self.beta_1 * (1.0 - 0.5 * 0.96 ** (t * self.schedule_decay)))
        return [*values, np.asarray(product)]


@registry.register()
class Lion(Optimizer):
    """Steps of equal size in the direction of a sign.

    The change is ``-lr * sign(beta_1 * m + (1 - beta_1) * g)``; then
    ``m = beta_2 * m + (1 - beta_2) * g``. Slots: m.

    Args:
        lr: learning rate, a number of at least 0 or a schedule: a function of the number of
            updates. Default: 0.001.
        beta_1: weight of the running mean against the gradient in the sign, from 0 to below 1.
            Default: 0.9.
        beta_2: how much of the running mean of gradients stays at an update, from 0 to below 1.
            Default: 0.99.
        decay: how fast the rate falls: update number n, from 0, has ``lr / (1 + decay * n)``; at
            least 0. Default: 0.0.
        **kwargs: `learning_rate` for `lr`, `clipnorm`, `clipvalue` and `ema`, which `Optimizer`
            explains.

    Raises:
        TypeError: an argument that the optimizer does not know.
        ValueError: a number out of range.

    Examples:
        >>> jc.optimizers.Lion(1e-4)
        Lion(lr=0.0001, beta_1=0.9, beta_2=0.99, decay=0.0)

    References:
        - Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023,
          <https://arxiv.org/abs/2302.06675>
    """

    slots = ("m",)
    beta_1 = Hyper(below=1.0)
    beta_2 = Hyper(below=1.0)

    def __init__(
        self,
        lr: float | Schedule = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        decay: float = 0.0,
        **kwargs: Unpack[Options],
    ) -> None:
        super().__init__(lr, kwargs, beta_1=beta_1, beta_2=beta_2, decay=decay)

    def rule(self, g: Array, p: Array | None, slots: Slots, h: SimpleNamespace) -> Step:
        (m,) = slots
        return -h.lr * jnp.sign(h.beta_1 * m + (1.0 - h.beta_1) * g), (
            h.beta_2 * m + (1.0 - h.beta_2) * g,
        )


def _epsilon(value: float | None) -> float:
    return config.epsilon() if value is None else value

"""Learning rates that follow the number of updates, by the names and formulas of tf.keras."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import jax.numpy as jnp
from jax import Array

from jaxcnn.runtime.names import Configurable, Registry
from jaxcnn.runtime.types import ArrayLike

registry: Registry[LearningRateSchedule] = Registry("learning-rate schedule")


class LearningRateSchedule(Configurable):
    """Base class: subclasses define ``__call__(step)``, where the first update is step 0.

    Examples:
        >>> class Halved(jc.optimizers.schedules.LearningRateSchedule):
        ...     def __call__(self, step):
        ...         return 0.1 * 0.5**step
        >>> jc.optimizers.SGD(Halved()).lr(2)
        0.025

    References:
        - Chollet et al., "Keras 3: Learning Rate Schedules", 2023,
          <https://keras.io/api/optimizers/learning_rate_schedules/>
    """

    def __call__(self, step: ArrayLike) -> Array:
        raise NotImplementedError(f"{type(self).__name__} must define __call__.")


@dataclasses.dataclass(frozen=True)
class DecayByPeriods(LearningRateSchedule):
    """A rate that falls with the number of periods of `decay_steps`, whole ones by `staircase`.

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: number of updates in a period.
        decay_rate: how much the rate changes in a period.
        staircase: whether only whole periods count. Default: False.
        name: a name for configurations; it changes nothing. Default: 'DecayByPeriods'.

    Examples:
        >>> from jaxcnn.optimizers.schedules import ExponentialDecay
        >>> ExponentialDecay(0.1, decay_steps=100, decay_rate=0.5).periods(50)
        Array(0.5, dtype=float32)

    References:
        - Chollet et al., "Keras 3: Learning Rate Schedules", 2023,
          <https://keras.io/api/optimizers/learning_rate_schedules/>
    """

    initial_learning_rate: float
    decay_steps: float
    decay_rate: float
    staircase: bool = False
    name: str = "DecayByPeriods"

    def periods(self, step: ArrayLike) -> Array:
        """How many periods have passed at this step."""
        return completed(step, self.decay_steps, self.staircase)


@registry.register()
@dataclasses.dataclass(frozen=True)
class ExponentialDecay(DecayByPeriods):
    """``initial_learning_rate * decay_rate ** (step / decay_steps)``.

    With `staircase` the exponent is rounded down.

    Args:
        name: a name for configurations; it changes nothing. Default: 'ExponentialDecay'.
        initial_learning_rate: the rate at step 0.
        decay_steps: number of updates in a period.
        decay_rate: factor of the rate in a period.
        staircase: whether only whole periods count. Default: False.

    Examples:
        >>> from jaxcnn.optimizers.schedules import ExponentialDecay
        >>> ExponentialDecay(0.1, decay_steps=100, decay_rate=0.5)(200).round(4)
        Array(0.025, dtype=float32)

    References:
        - Chollet et al., "Keras 3: Learning Rate Schedules", 2023,
          <https://keras.io/api/optimizers/learning_rate_schedules/>
    """

    name: str = "ExponentialDecay"

    def __call__(self, step: ArrayLike) -> Array:
        return self.initial_learning_rate * self.decay_rate ** self.periods(step)


@registry.register()
@dataclasses.dataclass(frozen=True)
class InverseTimeDecay(DecayByPeriods):
    """``initial_learning_rate / (1 + decay_rate * step / decay_steps)``.

    With `staircase` the quotient of steps is rounded down.

    Args:
        name: a name for configurations; it changes nothing. Default: 'InverseTimeDecay'.
        initial_learning_rate: the rate at step 0.
        decay_steps: number of updates in a period.
        decay_rate: what is added to the divisor in a period.
        staircase: whether only whole periods count. Default: False.

    Examples:
        >>> from jaxcnn.optimizers.schedules import InverseTimeDecay
        >>> InverseTimeDecay(0.1, decay_steps=100, decay_rate=0.5)(200).round(4)
        Array(0.05, dtype=float32)

    References:
        - Chollet et al., "Keras 3: Learning Rate Schedules", 2023,
          <https://keras.io/api/optimizers/learning_rate_schedules/>
    """

    name: str = "InverseTimeDecay"

    def __call__(self, step: ArrayLike) -> Array:
        return self.initial_learning_rate / (1.0 + self.decay_rate * self.periods(step))


@registry.register()
@dataclasses.dataclass(frozen=True)
class PiecewiseConstantDecay(LearningRateSchedule):
    """``values[i]`` from the step after ``boundaries[i - 1]`` to step ``boundaries[i]``.

    Args:
        boundaries: the last step of each rate but the last, rising.
        values: the rates, one more than boundaries.
        name: a name for configurations; it changes nothing. Default: 'PiecewiseConstant'.

    Raises:
        ValueError: there is not one value more than boundaries.

    Examples:
        >>> from jaxcnn.optimizers.schedules import PiecewiseConstantDecay
        >>> PiecewiseConstantDecay([100, 200], [0.1, 0.01, 0.001])(150).round(4)
        Array(0.01, dtype=float32)

    References:
        - Chollet et al., "Keras 3: Learning Rate Schedules", 2023,
          <https://keras.io/api/optimizers/learning_rate_schedules/>
    """

    boundaries: Sequence[float]
    values: Sequence[float]
    name: str = "PiecewiseConstant"

    def __post_init__(self) -> None:
        if len(self.values) != len(self.boundaries) + 1:
            raise ValueError(
                f"PiecewiseConstantDecay: {len(self.boundaries)} boundaries need one value more; "
                f"there are {len(self.values)}."
            )

    def __call__(self, step: ArrayLike) -> Array:
        passed = float_of(step) > jnp.asarray(self.boundaries, jnp.float32)
        return jnp.asarray(self.values, jnp.float32)[jnp.sum(passed)]


@registry.register()
@dataclasses.dataclass(frozen=True)
class PolynomialDecay(LearningRateSchedule):
    """From the initial to the end rate in `decay_steps`, along ``(1 - x) ** power``.

    After that it stays, or with `cycle` begins again with as many more steps.

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: number of updates until the end rate.
        end_learning_rate: the rate at the end. Default: 0.0001.
        power: exponent of the curve: 1 for a straight line. Default: 1.0.
        cycle: whether it begins again after the end, with a longer way. Default: False.
        name: a name for configurations; it changes nothing. Default: 'PolynomialDecay'.

    Examples:
        >>> jc.optimizers.schedules.PolynomialDecay(0.1, 100, end_learning_rate=0.0)(50).round(4)
        Array(0.05, dtype=float32)

    References:
        - Chollet et al., "Keras 3: Learning Rate Schedules", 2023,
          <https://keras.io/api/optimizers/learning_rate_schedules/>
    """

    initial_learning_rate: float
    decay_steps: float
    end_learning_rate: float = 0.0001
    power: float = 1.0
    cycle: bool = False
    name: str = "PolynomialDecay"

    def __call__(self, step: ArrayLike) -> Array:
        part = completed(step, self.decay_steps)
        part = part / jnp.maximum(jnp.ceil(part), 1.0) if self.cycle else jnp.minimum(part, 1.0)
        distance = self.initial_learning_rate - self.end_learning_rate
        return distance * (1.0 - part) ** self.power + self.end_learning_rate


@registry.register()
@dataclasses.dataclass(frozen=True)
class CosineDecay(LearningRateSchedule):
    """Half a wave of a cosine down to the part `alpha`, after a straight rise if one is asked for.

    The rise leads from `initial_learning_rate` to `warmup_target` in `warmup_steps`.

    Args:
        initial_learning_rate: the rate at step 0.
        decay_steps: number of updates of the fall.
        alpha: part of the rate that is left at the end, from 0 to 1. Default: 0.0.
        name: a name for configurations; it changes nothing. Default: 'CosineDecay'.
        warmup_target: the rate at the end of the rise; None for no rise.
        warmup_steps: number of updates of the rise. Default: 0.

    Examples:
        >>> jc.optimizers.schedules.CosineDecay(0.1, 100)(50).round(4)
        Array(0.05, dtype=float32)

    References:
        - Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017,
          <https://arxiv.org/abs/1608.03983>
    """

    initial_learning_rate: float
    decay_steps: float
    alpha: float = 0.0
    name: str = "CosineDecay"
    warmup_target: float | None = None
    warmup_steps: float = 0

    def __call__(self, step: ArrayLike) -> Array:
        start, target = self.initial_learning_rate, self.warmup_target
        if target is None:
            return start * half_wave(completed(step, self.decay_steps), self.alpha)
        rising = start + (target - start) * completed(step, max(self.warmup_steps, 1))
        part = completed(float_of(step) - self.warmup_steps, self.decay_steps)
        falling = target * half_wave(part, self.alpha)
        return jnp.where(float_of(step) < self.warmup_steps, rising, falling)


@registry.register()
@dataclasses.dataclass(frozen=True)
class CosineDecayRestarts(LearningRateSchedule):
    """Half waves of a cosine one after another.

    Each is `t_mul` times as long and `m_mul` times as high as the one before.

    Args:
        initial_learning_rate: the rate at step 0.
        first_decay_steps: number of updates of the first wave.
        t_mul: how many times as long a wave is as the one before. Default: 2.0.
        m_mul: how many times as high a wave begins as the one before. Default: 1.0.
        alpha: part of the rate that is left at the end of a wave, from 0 to 1. Default: 0.0.
        name: a name for configurations; it changes nothing. Default: 'SGDRDecay'.

    Examples:
        >>> round(jc.optimizers.schedules.CosineDecayRestarts(0.1, 100)(100).item(), 4)
        0.1

    References:
        - Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017,
          <https://arxiv.org/abs/1608.03983>
    """

    initial_learning_rate: float
    first_decay_steps: float
    t_mul: float = 2.0
    m_mul: float = 1.0
    alpha: float = 0.0
    name: str = "SGDRDecay"

    def __call__(self, step: ArrayLike) -> Array:
        part = completed(step, self.first_decay_steps)
        if self.t_mul == 1.0:
            wave = jnp.floor(part)
            part = part - wave
        else:
            wave = jnp.floor(jnp.log(1.0 - part * (1.0 - self.t_mul)) / math.log(self.t_mul))
            before = (1.0 - self.t_mul**wave) / (1.0 - self.t_mul)
            part = (part - before) / self.t_mul**wave
        return self.initial_learning_rate * half_wave(part, self.alpha, self.m_mul**wave)


def completed(step: ArrayLike, steps: float, whole: bool = False) -> Array:
    """How many times `steps` have passed, rounded down where only whole times count.

    Args:
        step: number of updates so far.
        steps: number of updates in a period.
        whole: whether only whole periods count. Default: False.

    Examples:
        >>> jc.optimizers.schedules.completed(150, 100)
        Array(1.5, dtype=float32)

    References:
        - Chollet et al., "Keras 3: Learning Rate Schedules", 2023,
          <https://keras.io/api/optimizers/learning_rate_schedules/>
    """
    periods = float_of(step) / steps
    return jnp.floor(periods) if whole else periods


def half_wave(part: Array, alpha: float, height: float | Array = 1.0) -> Array:
    """A cosine from `height` at 0 to `alpha` at 1 and after it.

    Args:
        part: how much of the wave has passed, a number from 0 to 1.
        alpha: the value at the end, for a height of 1.
        height: the value at the beginning, a number. Default: 1.0.

    Examples:
        >>> jc.optimizers.schedules.half_wave(jnp.array(0.5), 0.0).round(3)
        Array(0.5, dtype=float32, weak_type=True)

    References:
        - Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017,
          <https://arxiv.org/abs/1608.03983>
    """
    wave = 0.5 * height * (1.0 + jnp.cos(math.pi * jnp.clip(part, 0.0, 1.0)))
    return (1.0 - alpha) * wave + alpha


def float_of(step: ArrayLike) -> Array:
    """A number of updates as a float.

    Args:
        step: an integer, or an integer array of any shape.

    Examples:
        >>> jc.optimizers.schedules.float_of(3)
        Array(3., dtype=float32)
    """
    return jnp.asarray(step, jnp.float32)


deserialize = registry.deserialize
serialize = registry.serialize

"""Metrics of a whole data set that came with Keras 2.3: counts of right and wrong answers, shares
of them at a threshold, and the root of the mean squared error.
"""

import dataclasses
from typing import ClassVar

import jax.numpy as jnp
import numpy as np
from jax import Array

from jaxcnn.losses import aligned
from jaxcnn.metrics.base import Metric, registry, safe_divide
from jaxcnn.metrics.streaming import Counts, weight_of_each
from jaxcnn.runtime.arrays import filled
from jaxcnn.runtime.types import ArrayLike


@dataclasses.dataclass(frozen=True)
class Count(Metric):
    """How many answers of one kind there were; a score above `thresholds` is called positive.

    `weights` count an answer several times.
    """

    thresholds: float = 0.5
    is_true: ClassVar[bool]
    is_positive: ClassVar[bool]

    def init(self) -> Array:
        return filled(())

    def update(
        self, acc: Array, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: Array | None = None
    ) -> Array:
        y_true, y_pred = aligned(y_true, y_pred)
        counted = (y_true > 0.5) == self.is_true
        counted &= (y_pred > self.thresholds) == self.is_positive
        return acc + jnp.sum(weight_of_each(sample_weight, y_true.shape), where=counted)

    def result(self, acc: Array) -> Array:
        return acc


@registry.register()
@dataclasses.dataclass(frozen=True)
class TruePositives(Count):
    """How many positives were called so.

    Args:
        name: name in the logs. Default: 'true_positives'.
        thresholds: score above which a prediction is positive. Default: 0.5.

    Examples:
        >>> metric = jc.metrics.TruePositives()
        >>> metric.update(metric.init(), jnp.array([[1, 0, 1]]), jnp.array([[0.9, 0.8, 0.1]]))
        Array(1., dtype=float32)

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/metrics/confusion_metrics.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/metrics/confusion_metrics.py>
    """

    name: str = "true_positives"
    is_true, is_positive = True, True


@registry.register()
@dataclasses.dataclass(frozen=True)
class TrueNegatives(Count):
    """How many negatives were called so.

    Args:
        name: name in the logs. Default: 'true_negatives'.
        thresholds: score above which a prediction is positive. Default: 0.5.

    Examples:
        >>> metric = jc.metrics.TrueNegatives()
        >>> metric.update(metric.init(), jnp.array([[1, 0, 0]]), jnp.array([[0.9, 0.8, 0.1]]))
        Array(1., dtype=float32)

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/metrics/confusion_metrics.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/metrics/confusion_metrics.py>
    """

    name: str = "true_negatives"
    is_true, is_positive = False, False


@registry.register()
@dataclasses.dataclass(frozen=True)
class FalsePositives(Count):
    """How many negatives were called positive.

    Args:
        name: name in the logs. Default: 'false_positives'.
        thresholds: score above which a prediction is positive. Default: 0.5.

    Examples:
        >>> metric = jc.metrics.FalsePositives()
        >>> metric.update(metric.init(), jnp.array([[1, 0, 1]]), jnp.array([[0.9, 0.8, 0.1]]))
        Array(1., dtype=float32)

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/metrics/confusion_metrics.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/metrics/confusion_metrics.py>
    """

    name: str = "false_positives"
    is_true, is_positive = False, True


@registry.register()
@dataclasses.dataclass(frozen=True)
class FalseNegatives(Count):
    """How many positives were called negative.

    Args:
        name: name in the logs. Default: 'false_negatives'.
        thresholds: score above which a prediction is positive. Default: 0.5.

    Examples:
        >>> metric = jc.metrics.FalseNegatives()
        >>> metric.update(metric.init(), jnp.array([[1, 0, 1]]), jnp.array([[0.9, 0.8, 0.1]]))
        Array(1., dtype=float32)

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/metrics/confusion_metrics.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/metrics/confusion_metrics.py>
    """

    name: str = "false_negatives"
    is_true, is_positive = True, False


class ShareAt(Metric):
    """One share at the threshold where the other is nearest to a value."""

    num_thresholds: int
    value: ClassVar[str]

    def __post_init__(self) -> None:
        share = getattr(self, self.value)
        if not 0 <= share <= 1 or self.num_thresholds < 1:
            raise ValueError(
                f"{type(self).__name__}: {self.value} must be from 0 to 1 and num_thresholds at "
                f"least 1, got {share!r} and {self.num_thresholds!r}."
            )

    def init(self) -> Counts:
        return {
            name: filled((self.num_thresholds,)) for name in ("tp", "fp", "positives", "negatives")
        }

    def update(
        self, acc: Counts, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: Array | None = None
    ) -> Counts:
        y_true, y_pred = aligned(y_true, y_pred)
        middle = (np.arange(1, self.num_thresholds - 1) / max(1, self.num_thresholds - 1)).tolist()
        levels = [0.5] if self.num_thresholds == 1 else [0.0, *middle, 1.0]
        above = y_pred.ravel()[None] > jnp.asarray(levels, jnp.float32)[:, None]
        is_true = y_true.ravel() > 0.5
        weight = weight_of_each(sample_weight, y_true.shape).ravel()
        sums = {
            "tp": above.astype(jnp.float32) @ jnp.where(is_true, weight, 0.0),
            "fp": above.astype(jnp.float32) @ jnp.where(is_true, 0.0, weight),
            "positives": jnp.sum(weight, where=is_true),
            "negatives": jnp.sum(weight, where=~is_true),
        }
        return {name: acc[name] + value for name, value in sums.items()}

    def shares(self, acc: Counts) -> tuple[Array, Array]:
        """(sensitivities, specificities) at the thresholds."""
        sensitivity = safe_divide(acc["tp"], acc["positives"])
        return sensitivity, safe_divide(acc["negatives"] - acc["fp"], acc["negatives"])


@registry.register()
@dataclasses.dataclass(frozen=True)
class SensitivityAtSpecificity(ShareAt):
    """The share of positives called so, at the threshold where that of negatives is as given.

    Args:
        specificity: the share of negatives called so, from 0 to 1.
        num_thresholds: how many thresholds from 0 to 1 are tried. Default: 200.
        name: name in the logs. Default: 'sensitivity_at_specificity'.

    Raises:
        ValueError: a share out of range, or no threshold.

    Examples:
        >>> metric = jc.metrics.SensitivityAtSpecificity(0.5)
        >>> y_true, y_pred = jnp.array([0.0, 0, 1, 1]), jnp.array([0.1, 0.6, 0.4, 0.9])
        >>> metric.result(metric.update(metric.init(), y_true, y_pred))
        Array(1., dtype=float32)

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/metrics/confusion_metrics.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/metrics/confusion_metrics.py>
    """

    specificity: float
    num_thresholds: int = 200
    name: str = "sensitivity_at_specificity"
    value: ClassVar[str] = "specificity"

    def result(self, acc: Counts) -> Array:
        sensitivity, specificity = self.shares(acc)
        return sensitivity[jnp.argmin(jnp.abs(specificity - self.specificity))]


@registry.register()
@dataclasses.dataclass(frozen=True)
class SpecificityAtSensitivity(ShareAt):
    """The share of negatives called so, at the threshold where that of positives is as given.

    Args:
        sensitivity: the share of positives called so, from 0 to 1.
        num_thresholds: how many thresholds from 0 to 1 are tried. Default: 200.
        name: name in the logs. Default: 'specificity_at_sensitivity'.

    Raises:
        ValueError: a share out of range, or no threshold.

    Examples:
        >>> metric = jc.metrics.SpecificityAtSensitivity(0.5)
        >>> y_true, y_pred = jnp.array([0.0, 0, 1, 1]), jnp.array([0.1, 0.6, 0.4, 0.9])
        >>> metric.result(metric.update(metric.init(), y_true, y_pred))
        Array(0.5, dtype=float32)

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/metrics/confusion_metrics.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/metrics/confusion_metrics.py>
    """

    sensitivity: float
    num_thresholds: int = 200
    name: str = "specificity_at_sensitivity"
    value: ClassVar[str] = "sensitivity"

    def result(self, acc: Counts) -> Array:
        sensitivity, specificity = self.shares(acc)
        return specificity[jnp.argmin(jnp.abs(sensitivity - self.sensitivity))]


@registry.register()
@dataclasses.dataclass(frozen=True)
class RootMeanSquaredError(Metric):
    """The root of the mean squared error of all samples.

    Args:
        name: name in the logs. Default: 'root_mean_squared_error'.

    Examples:
        >>> metric = jc.metrics.RootMeanSquaredError()
        >>> y_true, y_pred = jnp.array([[1.0], [2.0]]), jnp.array([[1.0], [4.0]])
        >>> metric.result(metric.update(metric.init(), y_true, y_pred)).round(4)
        Array(1.4142, dtype=float32)

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/metrics/regression_metrics.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/metrics/regression_metrics.py>
    """

    name: str = "root_mean_squared_error"

    def init(self) -> Counts:
        return {name: filled(()) for name in ("squares", "weights")}

    def update(
        self, acc: Counts, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: Array | None = None
    ) -> Counts:
        y_true, y_pred = aligned(y_true, y_pred)
        weight = weight_of_each(sample_weight, y_true.shape)
        squares = jnp.sum(jnp.where(weight == 0, 0.0, weight * jnp.square(y_pred - y_true)))
        return {"squares": acc["squares"] + squares, "weights": acc["weights"] + jnp.sum(weight)}

    def result(self, acc: Counts) -> Array:
        return jnp.sqrt(safe_divide(acc["squares"], acc["weights"]))

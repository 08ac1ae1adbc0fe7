"""Metrics of a whole data set that are not means over samples: they accumulate counts.

Targets are 0 or 1 (``MeanIoU``: class numbers); ``sample_weight`` counts a sample several times or,
with 0, not at all.
"""

import dataclasses
from typing import ClassVar, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from jaxcnn.losses import aligned
from jaxcnn.metrics.base import Metric, registry, safe_divide
from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import argmax, filled
from jaxcnn.runtime.types import ArrayLike

Counts: TypeAlias = dict[str, Array]


@dataclasses.dataclass(frozen=True)
class _Confusion(Metric):
    """Counts of true positives, false positives and false negatives.

    A score counts as positive above ``thresholds`` (0.5 unless given). With ``top_k`` only the
    ``top_k`` greatest scores of a sample can be positive, whatever their value unless
    ``thresholds`` is given, too. ``class_id`` looks at one column only. NaN is never positive.
    """

    thresholds: float | None = None
    top_k: int | None = None
    class_id: int | None = None

    def init(self) -> Counts:
        return {
            name: filled(()) for name in ("true_positives", "false_positives", "false_negatives")
        }

    def update(
        self, acc: Counts, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: Array | None = None
    ) -> Counts:
        y_true, y_pred = aligned(y_true, y_pred)
        is_true = y_true > 0.5
        if self.top_k is None:
            positive = y_pred > (0.5 if self.thresholds is None else self.thresholds)
        else:
            chosen = jax.lax.top_k(jnp.nan_to_num(y_pred, nan=-jnp.inf), self.top_k)[1]
            positive = jax.nn.one_hot(chosen, y_pred.shape[-1], dtype=bool).any(axis=-2)
            positive &= ~jnp.isnan(y_pred) if self.thresholds is None else y_pred > self.thresholds
        if self.class_id is not None:
            is_true, positive = is_true[..., self.class_id], positive[..., self.class_id]
        weight = weight_of_each(sample_weight, is_true.shape)
        return {
            "true_positives": acc["true_positives"] + jnp.sum(weight, where=is_true & positive),
            "false_positives": acc["false_positives"] + jnp.sum(weight, where=~is_true & positive),
            "false_negatives": acc["false_negatives"] + jnp.sum(weight, where=is_true & ~positive),
        }


class _Share(_Confusion):
    """True positives over themselves and one kind of error."""

    errors: ClassVar[str]

    def result(self, acc: Counts) -> Array:
        return safe_divide(acc["true_positives"], acc["true_positives"] + acc[self.errors])


@registry.register()
@dataclasses.dataclass(frozen=True)
class Precision(_Share):
    """True positives over all that was called positive.

    Args:
        name: name in the logs. Default: 'precision'.
        thresholds: score above which a prediction is positive; None for 0.5, or for no limit with
            `top_k`.
        top_k: only that many largest scores of a sample can be positive; None for all.
        class_id: the only column that counts; None for all.

    Examples:
        >>> y_true, y_pred = jnp.array([[1, 0, 1]]), jnp.array([[0.9, 0.8, 0.1]])
        >>> metric = jc.metrics.Precision()
        >>> metric.result(metric.update(metric.init(), y_true, y_pred))
        Array(0.5, dtype=float32)

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/metrics/confusion_metrics.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/metrics/confusion_metrics.py>
    """

    name: str = "precision"
    errors: ClassVar[str] = "false_positives"


@registry.register()
@dataclasses.dataclass(frozen=True)
class Recall(_Share):
    """True positives over all that is true.

    Args:
        name: name in the logs. Default: 'recall'.
        thresholds: score above which a prediction is positive; None for 0.5, or for no limit with
            `top_k`.
        top_k: only that many largest scores of a sample can be positive; None for all.
        class_id: the only column that counts; None for all.

    Examples:
        >>> y_true, y_pred = jnp.array([[1, 0, 1]]), jnp.array([[0.9, 0.8, 0.1]])
        >>> metric = jc.metrics.Recall()
        >>> metric.result(metric.update(metric.init(), y_true, y_pred))
        Array(0.5, dtype=float32)

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/metrics/confusion_metrics.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/metrics/confusion_metrics.py>
    """

    name: str = "recall"
    errors: ClassVar[str] = "false_negatives"


@registry.register("f1_score")
@dataclasses.dataclass(frozen=True)
class F1(_Confusion):
    """Harmonic mean of precision and recall over all columns: ``2 tp / (2 tp + fp + fn)``.

    Args:
        name: name in the logs. Default: 'f1'.
        thresholds: score above which a prediction is positive; None for 0.5, or for no limit with
            `top_k`.
        top_k: only that many largest scores of a sample can be positive; None for all.
        class_id: the only column that counts; None for all.

    Examples:
        >>> y_true, y_pred = jnp.array([[1, 0, 1]]), jnp.array([[0.9, 0.8, 0.1]])
        >>> metric = jc.metrics.F1()
        >>> metric.result(metric.update(metric.init(), y_true, y_pred))
        Array(0.5, dtype=float32)

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/metrics/f_score_metrics.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/metrics/f_score_metrics.py>
    """

    name: str = "f1"

    def result(self, acc: Counts) -> Array:
        twice = 2.0 * acc["true_positives"]
        return safe_divide(twice, twice + acc["false_positives"] + acc["false_negatives"])


@registry.register()
@dataclasses.dataclass(frozen=True)
class AUC(Metric):
    """Area under the ROC or precision-recall curve, from counts at equidistant thresholds.

    The ROC curve is joined by straight lines; between the points of the precision-recall curve the
    true positives are taken as linear in the positives (Davis and Goadrich, The Relationship
    Between Precision-Recall and ROC Curves, 2006). Scores lie in [0, 1]; NaN is never positive.

    Args:
        num_thresholds: number of thresholds from 0 to 1, at least 2. Default: 200.
        curve: 'ROC' or 'PR'. Default: 'ROC'.
        name: name in the logs. Default: 'auc'.
        summation_method: how the points are joined: 'interpolation', or by steps at the lower
            ('minoring') or the higher ('majoring') of two neighbours. Default: 'interpolation'.
        thresholds: those between 0 and 1, in rising order, in place of equidistant ones. Default:
            None.

    Raises:
        ValueError: ``curve`` is neither 'ROC' nor 'PR', fewer than 2 thresholds, or an unknown
            ``summation_method``.

    Examples:
        >>> y_true, y_pred = jnp.array([[1, 0, 1]]), jnp.array([[0.9, 0.2, 0.8]])
        >>> metric = jc.metrics.AUC()
        >>> metric.result(metric.update(metric.init(), y_true, y_pred))
        Array(1., dtype=float32)

    References:
        - Davis and Goadrich, "The Relationship Between Precision-Recall and ROC Curves", 2006,
          <https://doi.org/10.1145/1143844.1143874>
    """

    num_thresholds: int = 200
    curve: str = "ROC"
    name: str = "auc"
    summation_method: str = "interpolation"
    thresholds: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if self.thresholds is not None:
            object.__setattr__(self, "num_thresholds", len(self.thresholds) + 2)
        if self.summation_method not in ("interpolation", "minoring", "majoring"):
            raise ValueError(
                "AUC: summation_method must be 'interpolation', 'minoring' or 'majoring', got "
                f"{self.summation_method!r}."
            )
        if self.curve not in ("ROC", "PR"):
            raise ValueError(f"AUC: curve must be 'ROC' or 'PR', got {self.curve!r}.")
        if self.num_thresholds < 2:
            raise ValueError(f"AUC: num_thresholds must be at least 2, got {self.num_thresholds}.")

    def init(self) -> Counts:
        # histogram of the scores: bin i holds those that exceed exactly the first i thresholds
        return {name: filled((self.num_thresholds + 1,)) for name in ("true", "false")}

    def update(
        self, acc: Counts, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: Array | None = None
    ) -> Counts:
        y_true, y_pred = aligned(y_true, y_pred)
        thresholds = np.linspace(0.0, 1.0, self.num_thresholds, dtype=np.float32)
        if self.thresholds is not None:
            thresholds[1:-1] = self.thresholds
        thresholds[0], thresholds[-1] = -config.epsilon(), 1.0 + config.epsilon()
        bins = jnp.searchsorted(thresholds, jnp.nan_to_num(y_pred, nan=-jnp.inf), side="left")
        weight = weight_of_each(sample_weight, y_true.shape)
        is_true = y_true > 0.5
        return {
            "true": acc["true"].at[bins].add(jnp.where(is_true, weight, 0.0)),
            "false": acc["false"].at[bins].add(jnp.where(is_true, 0.0, weight)),
        }

    def result(self, acc: Counts) -> Array:
        # (num_thresholds,), falling
        tp, fp = (jnp.cumsum(acc[name][::-1])[::-1][1:] for name in ("true", "false"))
        true, false = jnp.sum(acc["true"]), jnp.sum(acc["false"])
        if self.summation_method != "interpolation":
            recall = safe_divide(tp, true)
            x, y = recall, safe_divide(tp, tp + fp)
            if self.curve == "ROC":
                x, y = safe_divide(fp, false), recall
            lower = self.summation_method == "minoring"
            heights = (jnp.minimum if lower else jnp.maximum)(y[:-1], y[1:])
            return jnp.sum(-jnp.diff(x) * heights)
        if self.curve == "ROC":
            area = jnp.sum(-jnp.diff(safe_divide(fp, false)) * (tp[1:] + tp[:-1]) / 2.0)
            return safe_divide(area, true)
        positive = tp + fp
        slope = safe_divide(-jnp.diff(tp), -jnp.diff(positive))
        intercept = tp[1:] - slope * positive[1:]
        both = (positive[:-1] > 0) & (positive[1:] > 0)
        ratio = jnp.where(both, positive[:-1] / jnp.where(both, positive[1:], 1.0), 1.0)
        return safe_divide(jnp.sum(slope * (-jnp.diff(tp) + intercept * jnp.log(ratio))), true)


@registry.register()
@dataclasses.dataclass(frozen=True)
class MeanIoU(Metric):
    """Mean over the classes of intersection over union, ``tp / (tp + fp + fn)``.

    Classes that never occur are left out.

    Targets are class numbers ``(batch, ...)``, or one-hot with ``sparse_y_true=False``; so are
    predictions, where scores need ``sparse_y_pred=False``. Class numbers outside 0 .. num_classes -
    1 are not counted.

    Args:
        num_classes: number of classes, a positive integer.
        name: name in the logs. Default: 'mean_io_u'.
        sparse_y_true: whether targets are class numbers. Default: True.
        sparse_y_pred: whether predictions are class numbers. Default: True.

    Examples:
        >>> metric = jc.metrics.MeanIoU(2)
        >>> counts = metric.update(metric.init(), jnp.array([0, 1, 1, 1]), jnp.array([0, 1, 1, 0]))
        >>> round(metric.result(counts).item(), 3)
        0.583

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/metrics/iou_metrics.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/metrics/iou_metrics.py>
    """

    num_classes: int
    name: str = "mean_io_u"
    sparse_y_true: bool = True
    sparse_y_pred: bool = True

    def init(self) -> Array:
        return filled((self.num_classes, self.num_classes))  # rows: targets, columns: predictions

    def update(
        self, acc: Array, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: Array | None = None
    ) -> Array:
        true = self._classes(y_true, self.sparse_y_true)
        predicted = self._classes(y_pred, self.sparse_y_pred)
        if true.shape == (*predicted.shape, 1):  # labels often carry a last axis of length one
            true = true[..., 0]
        if true.shape != predicted.shape:
            raise ValueError(
                f"MeanIoU: targets {true.shape} and predictions {predicted.shape} must have one "
                "shape."
            )
        weight = weight_of_each(sample_weight, true.shape)
        return acc.at[true, predicted].add(weight, mode="drop")

    def result(self, acc: Array) -> Array:
        union = acc.sum(axis=0) + acc.sum(axis=1) - acc.diagonal()
        return safe_divide(
            jnp.sum(safe_divide(acc.diagonal(), union)), jnp.sum(union > 0).astype(acc.dtype)
        )

    def _classes(self, y: ArrayLike, sparse: bool) -> Array:
        classes = jnp.asarray(y).astype(jnp.int32) if sparse else argmax(jnp.asarray(y))
        # Negative numbers would count from the end.
        return jnp.where(classes < 0, self.num_classes, classes)


def weight_of_each(sample_weight: Array | None, shape: tuple[int, ...]) -> Array:
    """The weight of each element of an array of this shape, from weights of its leading axes."""
    weight = jnp.ones(()) if sample_weight is None else jnp.asarray(sample_weight, jnp.float32)
    if weight.ndim and weight.shape != shape[: weight.ndim]:
        raise ValueError(f"Weights of shape {weight.shape} do not fit targets of shape {shape}.")
    return jnp.broadcast_to(weight.reshape(weight.shape + (1,) * (len(shape) - weight.ndim)), shape)

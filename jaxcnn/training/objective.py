"""What training minimises and reports: losses, their weights and metrics, for each output of a
model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp

from jaxcnn import losses
from jaxcnn.metrics import Metric
from jaxcnn.runtime.arrays import filled, wide_float

Tree = dict[str, Any]


@dataclass(frozen=True)
class OutputObjective:
    """The loss and the metrics of one output.

    Attributes:
        name: of the output.
        loss: ``loss(y_true, y_pred)`` giving a value a row (or a scalar for the batch); None leaves
            the output out, and its target may be None.
        weight: of this loss in the total.
        metrics: (reported name, metric) pairs that see every real row alike.
        weighted_metrics: the same, weighted by the sample weights.
        temporal: whether the sample weights are (batch, steps) instead of (batch,).
    """

    name: str
    loss: Callable | None
    weight: float = 1.0
    metrics: tuple[tuple[str, Metric], ...] = ()
    weighted_metrics: tuple[tuple[str, Metric], ...] = ()
    temporal: bool = False


@dataclass(frozen=True)
class Objective:
    """The total loss of a model and all that is reported about a batch."""

    outputs: tuple[OutputObjective, ...]

    @property
    def several(self) -> bool:
        return len(self.outputs) > 1

    @property
    def loss_names(self) -> tuple[str, ...]:
        """'loss', and with several outputs the loss of each."""
        parts = tuple(f"{o.name}_loss" for o in self.outputs if o.loss is not None)
        return ("loss", *parts) if self.several else ("loss",)

    @property
    def names(self) -> tuple[str, ...]:
        """All reported names, in Keras's order."""
        pairs = [
            pair for output in self.outputs for pair in (*output.metrics, *output.weighted_metrics)
        ]
        return (
            *self.loss_names,
            *(name for reported, metric in pairs for name in result_names(reported, metric)),
        )

    def bind(self, targets: Sequence[Any], predictions: Sequence[Any]) -> Objective:
        """The objective with its metrics made ready for targets and predictions of these shapes."""

        def bound(pairs: Any, i: int) -> Any:
            return tuple((name, metric.bind(targets[i], predictions[i])) for name, metric in pairs)

        outputs = tuple(
            replace(o, metrics=bound(o.metrics, i), weighted_metrics=bound(o.weighted_metrics, i))
            for i, o in enumerate(self.outputs)
        )
        return Objective(outputs)

    def exact_when_padded(self, targets: Sequence[Any], predictions: Sequence[Any]) -> bool:
        """Whether padding rows of weight 0 change nothing: they would where a loss or metric is a
        scalar a batch.
        """
        for output, target, prediction in zip(self.outputs, targets, predictions, strict=True):
            if output.loss is None:
                continue
            if not jax.eval_shape(output.loss, target, prediction).ndim:
                return False
            if not all(
                metric.exact_when_padded
                for _, metric in (*output.metrics, *output.weighted_metrics)
            ):
                return False
        return True

    def init_metrics(self) -> Tree:
        """Empty running sums."""
        sums: Tree = {name: (filled(()), filled(())) for name in self.loss_names}
        for output in self.outputs:
            sums |= {
                name: metric.init() for name, metric in (*output.metrics, *output.weighted_metrics)
            }
        return sums

    def total(
        self,
        predictions: Sequence[Any],
        targets: Sequence[Any],
        weights: Sequence[Any],
        masks: Sequence[Any],
        rows: Any,
    ) -> tuple[jax.Array, Tree]:
        """(weighted sum of the losses, each output's own loss by its reported name)."""
        total = jnp.zeros((), jnp.float32)
        parts: Tree = {}
        for i, output in enumerate(self.outputs):
            if output.loss is None:
                continue
            value = weighted_loss(
                output.loss(targets[i], as_float32(predictions[i])), weights[i], masks[i], rows
            )
            parts[f"{output.name}_loss"] = value
            total = total + output.weight * value
        return total, parts if self.several else {}

    def update(
        self,
        sums: Tree,
        loss_values: Tree,
        predictions: Sequence[Any],
        targets: Sequence[Any],
        weights: Sequence[Any],
        masks: Sequence[Any],
        rows: Any,
    ) -> Tree:
        """`sums` with a batch added; losses are averaged over batches in proportion to their real
        rows.
        """
        first = jax.tree.leaves(predictions)[0]
        count = jnp.asarray(first.shape[0], jnp.float32) if rows is None else jnp.sum(rows)
        new = {
            name: (sums[name][0] + value * count, sums[name][1] + count)
            for name, value in loss_values.items()
        }
        for i, output in enumerate(self.outputs):
            prediction = as_float32(predictions[i])
            plain = combined_weights(None, masks[i], rows)
            for name, metric in output.metrics:
                new[name] = metric.update(sums[name], targets[i], prediction, plain)
            for name, metric in output.weighted_metrics:
                weight = combined_weights(weights[i], masks[i], rows)
                new[name] = metric.update(sums[name], targets[i], prediction, weight)
        return new

    def results(self, sums: Tree) -> dict[str, jax.Array]:
        """The averages behind the running sums, by reported name."""
        found: dict[str, jax.Array] = {}
        for name in self.loss_names:
            value, count = sums[name]
            found[name] = value / jnp.maximum(count, 1.0)
        for output in self.outputs:
            for name, metric in (*output.metrics, *output.weighted_metrics):
                result = metric.result(sums[name])
                values = result.values() if isinstance(result, dict) else [result]
                found |= dict(zip(result_names(name, metric), values, strict=True))
        return found


def result_names(reported: str, metric: Metric) -> list[str]:
    """The names of a metric's results: its reported name, or one name a result where it gives
    several.
    """
    several = [name for name, _ in getattr(metric, "outputs", ())]
    if several in ([], [metric.name]):
        return [reported]
    return [reported.removesuffix(metric.name) + name for name in several]


def as_float32(predictions: Any) -> Any:
    """Losses and metrics are computed in at least float32, whatever the model computes in."""
    return predictions.astype(wide_float(predictions.dtype))


def weighted_loss(scores: jax.Array, weights: Any, mask: Any, rows: Any) -> jax.Array:
    """The mean of a loss over a batch (the rule of Keras 2.0.4).

    Args:
        scores: the loss of each row, or of each timestep (batch, steps, ...), or one value for the
            whole batch.
        weights: sample weights (batch,) or (batch, steps), or None.
        mask: timesteps that count (batch, steps), or None; the mean is over those.
        rows: 1 for real rows and 0 for padding, (batch,), or None.

    Rows of weight 0, padding among them, are left out of the mean altogether.
    """
    if scores.ndim == 0:
        if weights is None:
            return scores
        return scores * jnp.sum(weights) / count_of(weights != 0, scores)
    if mask is not None and scores.ndim > 1:
        mask = mask.astype(scores.dtype)
        real = mask if rows is None else mask * spread(rows, mask)
        share = (
            jnp.sum(real)
            / (mask.shape[0] if rows is None else jnp.maximum(jnp.sum(rows), 1.0))
            / mask.shape[1]
        )
        scores = scores * spread(mask, scores) / jnp.maximum(share, jnp.finfo(scores.dtype).tiny)
    if weights is None and rows is None:
        return jnp.mean(scores)
    weights = weights if weights is not None else jnp.ones_like(rows)
    weights = weights.astype(scores.dtype)
    if rows is not None:
        weights = weights * spread(rows, weights).astype(scores.dtype)
    scores = jnp.mean(scores, axis=tuple(range(weights.ndim, scores.ndim)))
    # A padding row may hold anything, even NaN, which a product with 0 would keep.
    kept = weights != 0
    return jnp.sum(jnp.where(kept, scores * weights, 0.0)) / count_of(kept, scores)


def count_of(kept: jax.Array, scores: jax.Array) -> jax.Array:
    """How many are kept, at least 1, as a divisor of `scores`."""
    return jnp.maximum(jnp.sum(kept), 1).astype(scores.dtype)


def combined_weights(weights: Any, mask: Any, rows: Any) -> Any:
    """Sample weights, mask and padding as one array of weights, (batch,) or (batch, steps), or None
    for all alike.
    """
    found = [jnp.asarray(w, jnp.float32) for w in (weights, mask, rows) if w is not None]
    if not found:
        return None
    widest = max(found, key=lambda w: w.ndim)
    product = jnp.ones_like(widest)
    for weight in found:
        product = product * spread(weight, widest)
    return product


def spread(weights: jax.Array, like: jax.Array) -> jax.Array:
    """`weights` with axes of size 1 appended until it has as many as `like`."""
    return weights.reshape(weights.shape + (1,) * (like.ndim - weights.ndim))


def simple_objective(loss: Any, metrics: Sequence[Any] = ()) -> Objective:
    """The objective of a model with one output, from a loss and metrics given by name or function."""
    from jaxcnn import metrics as metric_functions

    found = tuple((metric.name, metric) for metric in map(metric_functions.get, metrics))
    return Objective((OutputObjective("output", losses.get(loss), metrics=found),))

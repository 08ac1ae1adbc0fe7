"""What training minimises and reports: losses, their weights and metrics, for each output of a
model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import jax
import jax.numpy as jnp

from jaxcnn import losses
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.variable import Variable
from jaxcnn.losses import LossFunction
from jaxcnn.metrics import FunctionMetric, Metric
from jaxcnn.metrics import get as metric_of
from jaxcnn.metrics.base import safe_divide
from jaxcnn.runtime.arrays import filled, widened
from jaxcnn.runtime.by_value import shapes_from
from jaxcnn.runtime.types import Identifier, PyTree
from jaxcnn.spellings.dialect import dialect

# Running sums by reported name.
Sums: TypeAlias = dict[str, PyTree]
# (reported name, metric) pairs.
Metrics: TypeAlias = tuple[tuple[str, Metric], ...]


@dataclass(frozen=True)
class FromNetwork:
    """Stands for a loss or metric function, or a weight, whose value the network computes itself.

    It closes over tensors of the network, so it is a part of the graph.

    Attributes:
        index: of the value among the network's outputs.
        name: of the function.
    """

    index: int
    __name__: str

    def __call__(self, y_true: PyTree, y_pred: tuple[PyTree, PyTree]) -> PyTree:
        return y_pred[1]


# The weight of a loss.
Weight: TypeAlias = float | Variable | SymbolicTensor | FromNetwork


@dataclass(frozen=True)
class OutputObjective:
    """The loss and the metrics of one output.

    Args:
        name: name of the output.
        loss: ``loss(y_true, y_pred)`` returning a value a row, or a scalar for the batch; None
            leaves the output out, and its target may be None.
        weight: weight of this loss in the total: a number, or a variable or tensor of the graph,
            for which `FromNetwork` stands where its value is computed. Default: 1.0.
        metrics: (reported name, metric) pairs that see every real row alike. Default: ().
        weighted_metrics: the same, weighted by the sample weights. Default: ().
        temporal: whether the sample weights are (batch, steps) and not (batch,). Default: False.
        numbered: the name, numbered where several outputs have it: name, name_1, ... Default: ''.
        by_loss_rule: whether weighted metrics are averaged as the loss is, by the number of rows
            whose weight is not 0, which Keras 2 did; else by the sum of the weights. Default:
            False.

    Examples:
        >>> jc.training.OutputObjective("digits", jc.losses.mean_squared_error).weight
        1.0

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/training.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/training.py>
    """

    name: str
    loss: LossFunction | None
    weight: Weight = 1.0
    metrics: Metrics = ()
    weighted_metrics: Metrics = ()
    temporal: bool = False
    by_loss_rule: bool = False
    numbered: str = ""

    @property
    def key(self) -> str:
        """A name that no other output has."""
        return self.numbered or self.name

    @property
    def all_metrics(self) -> Metrics:
        """The metrics, then the weighted ones."""
        return (*self.metrics, *self.weighted_metrics)


@dataclass(frozen=True)
class Objective:
    """The total loss of a model and all that is reported about a batch.

    In its methods `predictions`, `targets`, `weights` (of samples) and `masks` have one entry an
    output, and `rows` is 1 for real rows and 0 for padding, or None.

    Args:
        outputs: what is minimised and reported of each output.
        added: which further outputs of the network are added to the loss. Default: ().
        inputs: the outputs whose targets are further inputs of the network. Default: ().
        listed: the names as `metrics_names` lists them, where these are not `names`. Default: ().
        logged: the names in logs, where these are not `names`; of equal ones the last counts.
            Default: ().
        observed: (name, which further output of the network, metric) of what is measured besides.
            Default: ().

    Examples:
        >>> of_output = jc.training.OutputObjective("digits", jc.losses.mean_squared_error)
        >>> objective = jc.training.Objective((of_output,))

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/training.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/training.py>
    """

    outputs: tuple[OutputObjective, ...]
    added: tuple[int, ...] = ()
    inputs: tuple[int, ...] = ()
    listed: tuple[str, ...] = ()
    logged: tuple[str, ...] = ()
    observed: tuple[tuple[str, int, Metric], ...] = ()

    @property
    def several(self) -> bool:
        """Whether there are several outputs, whose losses are reported one by one."""
        return len(self.outputs) > 1

    @property
    def loss_names(self) -> tuple[str, ...]:
        """'loss', and with several outputs the loss of each."""
        parts = tuple(f"{o.key}_loss" for o in self.outputs if o.loss is not None)
        return ("loss", *parts) if self.several else ("loss",)

    @property
    def names(self) -> tuple[str, ...]:
        """All reported names, in Keras's order; no two are equal."""
        return (
            *self.loss_names,
            *(
                name
                for output in self.outputs
                for reported, metric in output.all_metrics
                for name in result_names(reported, metric)
            ),
            *(name for name, _, _ in self.observed),
        )

    def bind(self, targets: Sequence[PyTree], predictions: Sequence[PyTree]) -> Objective:
        """The objective with its metrics made ready for targets and predictions of these shapes."""

        def bound(pairs: Metrics, i: int) -> Metrics:
            return tuple(
                (name, metric.bind(targets[i], seen_by(metric, i, predictions)))
                for name, metric in pairs
            )

        outputs = tuple(
            replace(o, metrics=bound(o.metrics, i), weighted_metrics=bound(o.weighted_metrics, i))
            for i, o in enumerate(self.outputs)
        )
        return replace(self, outputs=outputs)

    def fed(self, inputs: PyTree, targets: Sequence[PyTree]) -> PyTree:
        """What the network takes: the inputs of a batch, and the targets that it computes with."""
        if not self.inputs:
            return inputs
        listed = list(inputs) if isinstance(inputs, list | tuple) else [inputs]
        return [*listed, *(targets[i] for i in self.inputs)]

    def exact_when_padded(self, targets: Sequence[PyTree], predictions: Sequence[PyTree]) -> bool:
        """Whether padding rows of weight 0 change nothing: they would where a loss or metric is a
        scalar a batch.
        """
        if self.added or self.observed:
            return False
        for i, output in enumerate(self.outputs):
            if output.loss is None:
                continue
            prediction = seen_by(output.loss, i, predictions)
            if not shapes_from(output.loss, targets[i], prediction).ndim:
                return False
            if not all(metric.exact_when_padded for _, metric in output.all_metrics):
                return False
        return True

    def init_metrics(self) -> Sums:
        """Empty running sums."""
        sums: Sums = {name: (filled(()), filled(())) for name in self.loss_names}
        for output in self.outputs:
            sums |= {name: metric.init() for name, metric in output.all_metrics}
        return sums | {name: metric.init() for name, _, metric in self.observed}

    def total(
        self,
        predictions: Sequence[jax.Array],
        targets: Sequence[PyTree],
        weights: Sequence[jax.Array | None],
        masks: Sequence[jax.Array | None],
        rows: jax.Array | None,
    ) -> tuple[jax.Array, dict[str, jax.Array]]:
        """(weighted sum of the losses, each output's own loss by its reported name)."""
        total = jnp.zeros((), jnp.float32)
        parts: dict[str, jax.Array] = {}
        rule = factored_loss if dialect().weights_are_factors else weighted_loss
        for i, output in enumerate(self.outputs):
            if output.loss is None:
                continue
            prediction = as_float32(seen_by(output.loss, i, predictions))
            scores = output.loss(targets[i], prediction)
            value = rule(scores, weights[i], masks[i], rows)
            if getattr(getattr(output.loss, "__self__", None), "reduction", None) == "sum":
                value = value * (scores.size if rows is None else real_size(scores, rows))
            parts[f"{output.key}_loss"] = value
            weight = output.weight
            total += value * (
                predictions[weight.index] if isinstance(weight, FromNetwork) else weight
            )
        for index in self.added:
            total = total + jnp.sum(as_float32(predictions[index]))
        return total, parts if self.several else {}

    def update(
        self,
        sums: Sums,
        loss_values: dict[str, jax.Array],
        predictions: Sequence[jax.Array],
        targets: Sequence[PyTree],
        weights: Sequence[jax.Array | None],
        masks: Sequence[jax.Array | None],
        rows: jax.Array | None,
    ) -> Sums:
        """`sums` with a batch added; losses are averaged over batches in proportion to their real
        rows.
        """
        # An output may be one number for the batch, such as a loss that a layer computes.
        listed = jax.tree.leaves((list(predictions), list(targets)))
        samples = next((leaf.shape[0] for leaf in listed if leaf.ndim), 1)
        count = jnp.asarray(samples, jnp.float32) if rows is None else jnp.sum(rows)
        new: Sums = {
            name: (sums[name][0] + value * count, sums[name][1] + count)
            for name, value in loss_values.items()
        }
        factors = dialect().weights_are_factors
        if factors:  # and the loss of an output is averaged over batches, whatever their sizes
            new |= {
                name: (sums[name][0] + value, sums[name][1] + 1)
                for name, value in loss_values.items()
                if name != "loss"
            }
        for i, output in enumerate(self.outputs):
            mask = None if dialect().of_keras_1 else masks[i]  # its metrics knew none
            plain = combined_weights(None, mask, rows)
            averaged = plain if mask is None or factors else with_sum(count, plain)
            for name, metric in output.metrics:
                prediction = as_float32(seen_by(metric, i, predictions))
                weight = averaged if isinstance(metric, FunctionMetric) else plain
                new[name] = metric.update(sums[name], targets[i], prediction, weight)
            for name, metric in output.weighted_metrics:
                prediction = as_float32(seen_by(metric, i, predictions))
                if output.by_loss_rule and isinstance(metric, FunctionMetric):
                    metric, weight = by_loss_rule(metric, weights[i], masks[i], rows), rows
                else:
                    weight = combined_weights(weights[i], masks[i], rows)
                new[name] = metric.update(sums[name], targets[i], prediction, weight)
        for name, index, metric in self.observed:
            new[name] = metric.update(sums[name], as_float32(predictions[index]), None)
        # With jax_enable_x64 a metric may count in 64 bits.
        same: Sums = jax.tree.map(lambda value, old: value.astype(old.dtype), new, dict(sums))
        return same

    def logs(self, values: Mapping[str, float]) -> dict[str, float]:
        """Values by reported name under the names that they have in logs."""
        results = [values[name] for name in self.names]
        return dict(zip(self.logged or self.names, results, strict=True))

    def results(self, sums: Sums) -> dict[str, jax.Array]:
        """The averages of the running sums, by reported name."""
        averages: dict[str, jax.Array] = {}
        for name in self.loss_names:
            value, count = sums[name]
            averages[name] = value / jnp.maximum(count, 1.0)
        for output in self.outputs:
            for name, metric in output.all_metrics:
                result = metric.result(sums[name])
                values = result.values() if isinstance(result, dict) else [result]
                averages |= dict(zip(result_names(name, metric), values, strict=True))
        for name, _, metric in self.observed:
            averages[name] = jnp.asarray(metric.result(sums[name]))
        return averages


def seen_by(function: LossFunction | Metric, i: int, predictions: Sequence[PyTree]) -> PyTree:
    """What a loss or metric of output `i` is given: its prediction, and what the network computed
    for it.
    """
    inner = getattr(function, "function", function)
    if isinstance(inner, FromNetwork):
        return predictions[i], predictions[inner.index]
    return predictions[i]


def result_names(reported: str, metric: Metric) -> list[str]:
    """The names of a metric's results: its reported name, or one a result where it has several."""
    several = [name for name, _ in getattr(metric, "outputs", ())]
    if several in ([], [metric.name]):
        return [reported]
    return [reported.removesuffix(metric.name) + name for name in several]


def as_float32(predictions: PyTree) -> PyTree:
    """Losses and metrics are computed in at least float32, whatever the model computes in."""
    return jax.tree.map(widened, predictions)


def weighted_loss(
    scores: jax.Array,
    weights: jax.Array | None,
    mask: jax.Array | None,
    rows: jax.Array | None,
) -> jax.Array:
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
    factors = [w.astype(scores.dtype) for w in (weights, rows) if w is not None]
    if not factors:
        return jnp.mean(scores)
    weights = factors[0] if len(factors) == 1 else factors[0] * spread(factors[1], factors[0])
    scores = jnp.mean(scores, axis=tuple(range(weights.ndim, scores.ndim)))
    # A padding row may hold anything, even NaN, which a product with 0 would keep.
    counted = weights != 0
    return jnp.sum(jnp.where(counted, scores * weights, 0.0)) / count_of(counted, scores)


def factored_loss(
    scores: jax.Array,
    weights: jax.Array | None,
    mask: jax.Array | None,
    rows: jax.Array | None,
) -> jax.Array:
    """The mean of a loss over a batch (the rule of Keras 2.3): of all numbers, each with its weight
    and mask as factors. The arguments are those of `weighted_loss`.
    """
    factors = combined_weights(weights, mask, rows)
    if factors is None:
        return jnp.mean(scores)
    size = factors.size if rows is None else real_size(factors, rows)
    if scores.ndim == 0:
        return scores * jnp.sum(factors) / size
    scores = jnp.mean(scores, axis=tuple(range(factors.ndim, scores.ndim)))
    weighted = jnp.where(factors != 0, scores * factors.reshape(scores.shape), 0.0)
    return jnp.sum(weighted) / size


def real_size(values: jax.Array, rows: jax.Array) -> jax.Array:
    """How many numbers there are in the real rows, at least 1."""
    return jnp.maximum(jnp.sum(rows), 1.0) * (values.size // max(1, values.shape[0]))


def by_loss_rule(
    metric: FunctionMetric,
    weights: jax.Array | None,
    mask: jax.Array | None,
    rows: jax.Array | None,
) -> FunctionMetric:
    """The metric of one batch, averaged as its loss is."""

    def averaged(y_true: PyTree, y_pred: PyTree) -> PyTree:
        scores = metric.function(y_true, y_pred)
        return jax.tree.map(lambda value: weighted_loss(value, weights, mask, rows), scores)

    return replace(metric, function=averaged)


def count_of(counted: jax.Array, scores: jax.Array) -> jax.Array:
    """How many are true, at least 1, as a divisor of `scores`."""
    return jnp.maximum(jnp.sum(counted), 1).astype(scores.dtype)


def combined_weights(
    weights: jax.Array | None, mask: jax.Array | None, rows: jax.Array | None
) -> jax.Array | None:
    """Sample weights, mask and padding as one array of weights, (batch,) or (batch, steps), or None
    for all alike.
    """
    factors = [jnp.asarray(w, jnp.float32) for w in (weights, mask, rows) if w is not None]
    if not factors:
        return None
    widest = max(factors, key=lambda w: w.ndim)
    product = jnp.ones_like(widest)
    for factor in factors:
        product = product * spread(factor, widest)
    return product


def with_sum(total: jax.Array, weights: jax.Array | None) -> jax.Array | None:
    """The weights of a batch's timesteps times a number, so that the batch counts by its rows."""
    return None if weights is None else weights * safe_divide(total, jnp.sum(weights))


def spread(weights: jax.Array, like: jax.Array) -> jax.Array:
    """`weights` with axes of size 1 appended until it has as many as `like`."""
    return weights.reshape(weights.shape + (1,) * (like.ndim - weights.ndim))


def simple_objective(loss: Identifier, metrics: Sequence[Identifier | Metric] = ()) -> Objective:
    """The objective of a model with one output; loss and metrics are names or functions."""
    pairs = tuple((metric.name, metric) for metric in map(metric_of, metrics))
    return Objective((OutputObjective("output", losses.get(loss), metrics=pairs),))

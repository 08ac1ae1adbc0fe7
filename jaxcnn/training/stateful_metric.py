"""Metrics of Keras 2.2 and 2.3 that keep a state in variables of their own, as accumulators."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

import jax
import jax.numpy as jnp

from jaxcnn.layers.base import Layer
from jaxcnn.layers.symbolic.change import is_update
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.variable import Variable, given_values, is_variable
from jaxcnn.metrics import Metric
from jaxcnn.runtime.arrays import filled
from jaxcnn.runtime.types import Config, PyTree


@dataclasses.dataclass(frozen=True, eq=False)
class StatefulMetric(Metric):
    """A layer that is called on targets and predictions and updates variables among its attributes.

    The accumulator holds the values of these variables, as `reset_states` leaves them before an
    epoch or evaluation, and what the call on the last batch has returned, which is the result.
    """

    layer: Any
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.layer.name)

    @property
    def exact_when_padded(self) -> bool:
        return False

    @property
    def variables(self) -> list[Variable]:
        """The variables among the attributes of the layer."""
        leaves = jax.tree.leaves(list(vars(self.layer).values()), is_leaf=is_variable)
        return [leaf for leaf in leaves if isinstance(leaf, Variable)]

    def init(self) -> Config:
        if hasattr(self.layer, "reset_states"):
            self.layer.reset_states()
        state = [jnp.asarray(variable.stored) for variable in self.variables]
        return {"state": state, "value": filled(())}

    def update(
        self, acc: Config, y_true: PyTree, y_pred: PyTree, sample_weight: jax.Array | None = None
    ) -> Config:
        values = {id(v): value for v, value in zip(self.variables, acc["state"], strict=True)}
        with given_values(values), self.layer.additions.recording():
            value = jnp.asarray(self.layer(y_true, y_pred))
            moved = {id(variable): jnp.asarray(new) for variable, new in self.layer.updates}
        state = [moved.get(at, old).astype(old.dtype) for at, old in values.items()]
        return {"state": state, "value": value.astype(acc["value"].dtype)}

    def result(self, acc: Config) -> jax.Array:
        value: jax.Array = acc["value"]
        return value


def is_stateful(metric: object) -> bool:
    """Whether a metric is a layer with a state."""
    return isinstance(metric, Layer) and bool(getattr(metric, "stateful", False))


@dataclasses.dataclass(frozen=True, eq=False)
class MetricOfVariables(Metric):
    """A metric of Keras 2.3, of which `update_state` returns the updates of its variables.

    The accumulator holds their values, as `reset_states` leaves them before an epoch or evaluation.
    Values that belong to no output are given as targets, with None as predictions.
    """

    metric: Any
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.metric.name)

    @property
    def exact_when_padded(self) -> bool:
        return False

    @property
    def variables(self) -> list[Variable]:
        """Those of the metric, and of metrics among its attributes."""
        listed: dict[int, Variable] = {}
        waiting = [self.metric]
        while waiting:
            metric = waiting.pop()
            listed |= {id(weight): weight for weight in metric.weights}
            waiting += [part for part in vars(metric).values() if keeps_variables(part)]
        return list(listed.values())

    def init(self) -> list[jax.Array]:
        self.metric.reset_states()
        return [jnp.asarray(variable.stored) for variable in self.variables]

    def update(
        self,
        acc: list[jax.Array],
        y_true: PyTree,
        y_pred: PyTree,
        sample_weight: jax.Array | None = None,
    ) -> list[jax.Array]:
        values = {id(v): value for v, value in zip(self.variables, acc, strict=True)}
        with given_values(values):
            measured = (y_true,) if y_pred is None else (y_true, y_pred)
            updates = self.metric.update_state(*measured, sample_weight=sample_weight)
            leaves = jax.tree.leaves(updates, is_leaf=is_update)
            moved = {id(variable): jnp.asarray(new) for variable, new in leaves}
        return [
            moved.get(at, old).astype(old.dtype).reshape(old.shape) for at, old in values.items()
        ]

    def result(self, acc: list[jax.Array]) -> jax.Array:
        values = {id(v): value for v, value in zip(self.variables, acc, strict=True)}
        with given_values(values):
            return jnp.asarray(self.metric.result())


def keeps_variables(metric: object) -> bool:
    """Whether an object is a metric in the manner of Keras 2.3."""
    return not inspect.isclass(metric) and hasattr(metric, "update_state")


@dataclasses.dataclass(frozen=True)
class MeanOfValues(Metric):
    """The mean of all values of a tensor."""

    name: str

    def init(self) -> tuple[jax.Array, jax.Array]:
        return filled(()), filled(())

    def update(
        self,
        acc: tuple[jax.Array, jax.Array],
        y_true: PyTree,
        y_pred: PyTree,
        sample_weight: jax.Array | None = None,
    ) -> tuple[jax.Array, jax.Array]:
        return acc[0] + jnp.sum(y_true), acc[1] + y_true.size

    def result(self, acc: tuple[jax.Array, jax.Array]) -> jax.Array:
        return acc[0] / jnp.maximum(acc[1], 1)


def observing(value: SymbolicTensor, name: str) -> Metric:
    """What measures a tensor: the metric of Keras 2.3 that was called on it, or its mean."""
    metric = getattr(value.layer, "measured_by", None)
    return MeanOfValues(name) if metric is None else MetricOfVariables(metric)

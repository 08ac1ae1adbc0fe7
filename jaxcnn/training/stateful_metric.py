"""Metrics of Keras 2.2 that keep a state in variables of their own, as accumulators."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp

from jaxcnn.layers.base import Layer
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

"""Metrics, measured during training: pure accumulators.

``init`` makes the empty accumulator, ``update`` adds a batch to it, ``result`` reads it. All three
can be compiled, so a whole epoch is measured on the device; nothing is averaged over batches of
different sizes.
"""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
from jax import Array

from jaxcnn import losses
from jaxcnn.runtime.arrays import filled
from jaxcnn.runtime.by_value import shapes_from
from jaxcnn.runtime.names import Configurable, Registry
from jaxcnn.runtime.types import Config, PyTree, Settings
from jaxcnn.spellings.dialect import dialect

Accumulator: TypeAlias = PyTree
Result: TypeAlias = Array | dict[str, Array]

registry: Registry[Any] = Registry("metric")


class Metric(Configurable):
    """Base class. Subclasses are frozen dataclasses with a field ``name``.

    Examples:
        >>> import dataclasses
        >>> @dataclasses.dataclass(frozen=True)
        ... class Largest(jc.metrics.Metric):
        ...     name: str = "largest"
        ...     def init(self):
        ...         return jnp.array(-jnp.inf)
        ...     def update(self, acc, y_true, y_pred, sample_weight=None):
        ...         return jnp.maximum(acc, y_pred.max())
        ...     def result(self, acc):
        ...         return acc
        >>> metric = Largest()
        >>> metric.result(metric.update(metric.init(), None, jnp.array([1.0, 3.0])))
        Array(3., dtype=float32)

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/metrics/metric.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/metrics/metric.py>
    """

    name: str

    def bind(self, y_true: PyTree, y_pred: PyTree) -> "Metric":
        """The metric made ready for targets and predictions of these shapes.

        Args:
            y_true: targets (batch, ...), or their shape.
            y_pred: predictions (batch, ...), or their shape.
        """
        return self

    @property
    def exact_when_padded(self) -> bool:
        """Whether rows of weight 0 leave the result as if they were not there; known after
        :meth:`bind`.
        """
        return True

    def init(self) -> Accumulator:
        """The accumulator before any batch."""
        raise NotImplementedError(f"{type(self).__name__} must define init().")

    def update(
        self, acc: Accumulator, y_true: PyTree, y_pred: PyTree, sample_weight: Array | None = None
    ) -> Accumulator:
        """The accumulator after one more batch.

        Args:
            acc: what `init` or the last update returned.
            y_true: targets (batch, ...).
            y_pred: predictions (batch, ...).
            sample_weight: (batch,) or (batch, time); None for 1.
        """
        raise NotImplementedError(f"{type(self).__name__} must define update().")

    def result(self, acc: Accumulator) -> Result:
        """The value so far, a scalar, or several by name; 0 when nothing has been measured.

        Args:
            acc: what the last update returned.
        """
        raise NotImplementedError(f"{type(self).__name__} must define result().")


@registry.register()
@dataclasses.dataclass(frozen=True)
class FunctionMetric(Metric):
    """The mean of ``function(y_true, y_pred)`` over all samples.

    The function returns one number a sample (weighted by ``sample_weight``; further axes are
    averaged), or one scalar for the batch (weighted by the number of its rows whose weight is not
    zero), or a dictionary of either. Which one, and the names in the dictionary, are found by
    :meth:`bind`.

    Args:
        function: function of (y_true, y_pred).
        name: name in the logs. "" for that of the function. Default: ''.
        outputs: what `bind` finds: the names that the function returns, and the axes of each.
            Default: ().

    Examples:
        >>> y_true, y_pred = jnp.array([[1.0], [2.0]]), jnp.array([[1.0], [4.0]])
        >>> metric = jc.metrics.FunctionMetric(jc.losses.mse).bind(y_true, y_pred)
        >>> metric.result(metric.update(metric.init(), y_true, y_pred))
        Array(2., dtype=float32)

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/metrics/reduction_metrics.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/metrics/reduction_metrics.py>
    """

    function: Callable[[PyTree, PyTree], Result]
    name: str = ""
    outputs: tuple[tuple[str, int], ...] = ()  # (name, number of dimensions) of each result

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.name or function_name(self.function))

    @property
    def __name__(self) -> str:
        """That of the function, which `metrics.get` returns in Keras."""
        return function_name(self.function)

    def __call__(self, y_true: PyTree, y_pred: PyTree) -> Result:
        """What the function returns."""
        return self.function(y_true, y_pred)

    def bind(self, y_true: PyTree, y_pred: PyTree) -> "FunctionMetric":
        results = self._named(shapes_from(self.function, y_true, y_pred))
        return dataclasses.replace(
            self, outputs=tuple((name, value.ndim) for name, value in sorted(results.items()))
        )

    @property
    def exact_when_padded(self) -> bool:
        return all(ndim > 0 for _, ndim in self.outputs)

    def init(self) -> dict[str, tuple[Array, Array]]:
        names = [name for name, _ in self.outputs] or [self.name]
        return {name: (filled(()), filled(())) for name in names}

    def update(
        self,
        acc: dict[str, tuple[Array, Array]],
        y_true: PyTree,
        y_pred: PyTree,
        sample_weight: Array | None = None,
    ) -> dict[str, tuple[Array, Array]]:
        rows = jax.tree.leaves(y_pred)[0].shape[0]
        weight = None if sample_weight is None else jnp.asarray(sample_weight, jnp.float32)
        results = self._named(self.function(y_true, y_pred))
        if results.keys() != acc.keys():
            raise ValueError(
                f"Metric {self.name} returns {sorted(results)}, not {sorted(acc)}: call bind() "
                "before init()."
            )
        added = {name: _weighted_sum(value, weight, rows) for name, value in results.items()}
        total: dict[str, tuple[Array, Array]] = jax.tree.map(jnp.add, acc, added)
        return total

    def result(self, acc: dict[str, tuple[Array, Array]]) -> Result:
        means = {name: safe_divide(total, weight) for name, (total, weight) in acc.items()}
        return means[self.name] if list(means) == [self.name] else means

    def get_config(self) -> Config:
        return {"function": registry.serialize(self.function), "name": self.name}

    @classmethod
    def from_config(cls, config: Settings) -> "FunctionMetric":
        return cls(registry.deserialize(config["function"]), config["name"])

    def _named(self, value: Result) -> dict[str, Array]:
        return dict(value) if isinstance(value, dict) else {self.name: value}


def function_name(function: Callable[..., Any]) -> str:
    """The name under which a function is reported."""
    while isinstance(function, functools.partial):
        function = function.func
    return getattr(losses.function_of(function), "__name__", type(function).__name__)


def safe_divide(numerator: Array, denominator: Array) -> Array:
    """The quotient, 0 where the denominator is 0."""
    return jnp.where(
        denominator == 0, 0.0, numerator / jnp.where(denominator == 0, 1.0, denominator)
    )


def _weighted_sum(value: Array, weight: Array | None, rows: int) -> tuple[Array, Array]:
    """Sum of value times weight, and sum of the weights; values of weight 0 may be NaN.

    One value for a batch counts by its rows, in Keras 2.3 by the sum of their weights or once.
    """
    value = jnp.asarray(value, jnp.float32)
    factors = dialect().weights_are_factors and value.ndim == 0
    if weight is None:
        weight = jnp.ones(1 if factors else rows, jnp.float32)
    if factors:
        weight = jnp.sum(weight)
    elif value.ndim == 0:
        weight = jnp.any(weight.reshape(weight.shape[0], -1) != 0, axis=1).astype(jnp.float32)
    elif weight.shape != value.shape[: weight.ndim]:
        raise ValueError(
            f"Weights of shape {weight.shape} do not fit measured values of shape {value.shape}."
        )
    else:
        value = jnp.mean(value, axis=tuple(range(weight.ndim, value.ndim)))
    return jnp.sum(jnp.where(weight == 0, 0.0, value * weight)), jnp.sum(weight)

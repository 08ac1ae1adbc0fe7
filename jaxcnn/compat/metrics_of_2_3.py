"""The metrics of Keras 2.3: objects that keep what they have measured in variables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self, cast

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn import backend as K
from jaxcnn import initializers, losses, metrics
from jaxcnn.compat import losses_of_2_3, metric_classes
from jaxcnn.compat.losses_of_2_3 import KERAS, factored, given, same_axes
from jaxcnn.layers.naming import unique_name
from jaxcnn.layers.symbolic.change import Change
from jaxcnn.layers.symbolic.tensor import SymbolicTensor, symbolic_leaves
from jaxcnn.layers.variable import Variable
from jaxcnn.metrics import registry
from jaxcnn.runtime.types import Config, PyTree, Settings


class Metric:
    """What a subclass measures by `update_state` and tells by `result`.

    Args:
        name: in logs; by default the class with a number.
        dtype: of the variables.
    """

    stateful = built = True

    def __init__(self, name: str | None = None, dtype: str | None = None) -> None:
        self.name = name or unique_name(type(self).__name__)
        self.dtype = dtype or K.floatx()
        self.weights: list[Variable] = []

    def add_weight(
        self,
        name: str,
        shape: tuple[int, ...] = (),
        initializer: Any = "zeros",
        dtype: str | None = None,
    ) -> Variable:
        """A variable in which the metric keeps something."""
        start = initializers.get(initializer or "zeros")(tuple(shape))
        variable = K.variable(np.asarray(start), dtype or self.dtype, f"{self.name}/{name}")
        self.weights.append(variable)
        return variable

    def update_state(self, *args: PyTree, **kwargs: PyTree) -> PyTree:
        """The updates that a batch makes."""
        raise NotImplementedError("Must be implemented in subclasses.")

    def result(self) -> PyTree:
        """The value so far."""
        raise NotImplementedError("Must be implemented in subclasses.")

    def reset_states(self) -> None:
        """Begin again."""
        K.batch_set_value([(weight, np.zeros(weight.shape)) for weight in self.weights])

    def __call__(self, *args: PyTree, **kwargs: PyTree) -> PyTree:
        """The value after this batch; of a tensor of a model it waits for `add_metric`."""
        if symbolic := symbolic_leaves((args, kwargs)):
            return self._of_model(symbolic, args, kwargs)
        for change in changes_in(self.update_state(*args, **kwargs)):
            change.carry_out()
        return jnp.asarray(self.result())

    def _of_model(
        self, symbolic: list[SymbolicTensor], args: tuple[PyTree, ...], kwargs: Config
    ) -> SymbolicTensor:
        if len(symbolic) != len(args) or kwargs or len(args) != 1:
            raise TypeError(
                f"The metric '{self.name}' is called on {len(args)} arguments that belong to a "
                "model: compute the value itself by functions of K and give model.add_metric that."
            )
        tensor = cast(SymbolicTensor, K.identity(symbolic[0]))
        vars(tensor.layer)["measured_by"] = self
        return tensor

    def get_config(self) -> Config:
        """The arguments that make an equal metric."""
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: Settings) -> Self:
        """The metric that `get_config` describes."""
        return cls(**config)


def changes_in(updates: PyTree) -> list[Change]:
    """What `update_state` returned, as a list."""
    if isinstance(updates, Change):
        return [updates]
    parts: Iterable[PyTree] = updates if isinstance(updates, list | tuple) else ()
    return [change for part in parts for change in changes_in(part)]


class Reduce(Metric):
    """A sum, or a mean."""

    divides = True

    def __init__(self, name: str, dtype: str | None = None) -> None:
        super().__init__(name, dtype)
        self.total = self.add_weight("total")
        if self.divides:
            self.count = self.add_weight("count")

    def update_state(self, values: PyTree, sample_weight: PyTree = None) -> PyTree:
        """The updates that values with weights make."""
        weighted, weight = factored(values, sample_weight)
        updates = [K.update_add(self.total, jnp.sum(weighted))]
        return [*updates, K.update_add(self.count, jnp.sum(weight))] if self.divides else updates

    def result(self) -> PyTree:
        """The sum, or the mean."""
        return self.total / self.count if self.divides else self.total


class Sum(Reduce):
    """The sum of values."""

    divides = False

    def __init__(self, name: str = "sum", dtype: str | None = None) -> None:
        super().__init__(name, dtype)


class Mean(Reduce):
    """The mean of values."""

    def __init__(self, name: str = "mean", dtype: str | None = None) -> None:
        super().__init__(name, dtype)


class MeanMetricWrapper(Mean):
    """The mean of a function of targets and predictions.

    Args:
        fn: of (y_true, y_pred, **kwargs).
        name, dtype: as for `Metric`.
        **kwargs: for the function.
    """

    def __init__(
        self,
        fn: Callable[..., PyTree],
        name: str | None = None,
        dtype: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name or fn.__name__, dtype)
        self._fn, self._fn_kwargs = fn, kwargs

    def update_state(  # type: ignore[override]
        self, y_true: PyTree, y_pred: PyTree, sample_weight: PyTree = None
    ) -> PyTree:
        """The updates that a batch makes."""
        y_true, y_pred = same_axes(K.cast(y_true, self.dtype), K.cast(y_pred, self.dtype))
        return super().update_state(self._fn(y_true, y_pred, **self._fn_kwargs), sample_weight)

    def get_config(self) -> Config:
        """The arguments that make an equal metric, those of the function last."""
        return {**super().get_config(), **self._fn_kwargs}


class OfRule(Metric):
    """A metric of the library, whose running sums are the variables."""

    rules: tuple[metrics.Metric, ...]

    def keep(self, rules: Iterable[metrics.Metric]) -> None:
        """Measure by these rules, one for each threshold."""
        self.rules = tuple(rules)
        for leaf in jax.tree.leaves([rule.init() for rule in self.rules]):
            self.add_weight("sum", leaf.shape)

    def _sums(self) -> list[PyTree]:
        structure: PyTree = jax.tree.structure([rule.init() for rule in self.rules])
        sums: list[PyTree] = structure.unflatten([jnp.asarray(weight) for weight in self.weights])
        return sums

    def update_state(self, y_true: PyTree, y_pred: PyTree, sample_weight: PyTree = None) -> PyTree:
        """The updates that a batch makes."""
        y_true, y_pred = jnp.asarray(y_true, jnp.float32), jnp.asarray(y_pred, jnp.float32)
        weight = sample_weight
        if weight is not None and np.ndim(weight) == y_true.ndim and y_true.ndim:
            weight = jnp.broadcast_to(jnp.asarray(weight), y_true.shape)
        new = [
            rule.update(old, y_true, y_pred, weight)
            for rule, old in zip(self.rules, self._sums(), strict=True)
        ]
        leaves = jax.tree.leaves(new)
        return [K.update(w, leaf) for w, leaf in zip(self.weights, leaves, strict=True)]

    def result(self) -> PyTree:
        """The value, or one for each threshold."""
        pairs = zip(self.rules, self._sums(), strict=True)
        values: list[PyTree] = [rule.result(sums) for rule, sums in pairs]
        return values[0] if len(values) == 1 else jnp.stack(values)


class AtThresholds(OfRule):
    """Counts of right and wrong answers, and shares of them, at one threshold or several."""

    rule: Callable[..., metrics.Metric]
    options: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        options = dict.fromkeys(("thresholds", *self.options, "name", "dtype"))
        arguments = given(type(self).__name__, options, args, kwargs)
        super().__init__(arguments["name"], arguments["dtype"])
        thresholds = arguments["thresholds"]
        self.thresholds = self.init_thresholds = thresholds
        self.chosen = {name: arguments[name] for name in self.options}
        several = thresholds if isinstance(thresholds, list | tuple) else [thresholds]
        kind = type(self).rule
        self.keep(
            kind(**({} if at is None else {"thresholds": at}), **self.chosen) for at in several
        )

    def get_config(self) -> Config:
        """The arguments that make an equal metric."""
        return {"thresholds": self.init_thresholds, **self.chosen, **super().get_config()}


class RootMeanSquaredError(OfRule):
    """The root of the mean squared error."""

    def __init__(self, name: str = "root_mean_squared_error", dtype: str | None = None) -> None:
        super().__init__(name, dtype)
        self.keep([metrics.RootMeanSquaredError()])


class AUC(OfRule):
    """The area under a curve.

    Args:
        num_thresholds, curve, summation_method, thresholds: as for `jaxcnn.metrics.AUC`.
        name, dtype: as for `Metric`.
    """

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: str | None = None,
        thresholds: Iterable[float] | None = None,
    ) -> None:
        super().__init__(name, dtype)
        between = None if thresholds is None else tuple(sorted(thresholds))
        count = num_thresholds if between is None else len(between) + 2
        self.arguments: dict[str, Any] = {
            "num_thresholds": count,
            "curve": curve,
            "summation_method": summation_method,
        }
        self.between = between
        self.keep([metrics.AUC(**self.arguments, thresholds=between)])

    def get_config(self) -> Config:
        """The arguments that make an equal metric."""
        count = self.arguments["num_thresholds"]
        between = self.between or [i / (count - 1) for i in range(1, count - 1)]
        further = {"thresholds": list(between)}
        return {**self.arguments, **super().get_config(), **further}


class At(OfRule):
    """One share at the threshold where the other has a value."""

    rule: Callable[..., metrics.Metric]
    value: str

    def __init__(
        self,
        value: float,
        num_thresholds: int = 200,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, dtype)
        self.arguments = {self.value: value, "num_thresholds": num_thresholds}
        self.keep([type(self).rule(**self.arguments)])

    def get_config(self) -> Config:
        """The arguments that make an equal metric."""
        return {
            "num_thresholds": self.arguments["num_thresholds"],
            self.value: self.arguments[self.value],
            **super().get_config(),
        }


class MeanIoU:
    """In Keras 2.3 with TensorFlow 1 there is none.

    Raises:
        RuntimeError: always.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError(
            "Keras 2.3 has `MeanIoU` with TensorFlow 2 only; metrics=[jaxcnn.metrics.MeanIoU(n)] "
            "measures it."
        )


def binary_accuracy(y_true: PyTree, y_pred: PyTree, threshold: float = 0.5) -> jax.Array:
    """The share of columns on the right side of the threshold."""
    above = (jnp.asarray(y_pred) > threshold).astype(jnp.float32)
    return jnp.mean((jnp.asarray(y_true) == above).astype(jnp.float32), axis=-1)


def sparse_categorical_crossentropy(
    y_true: PyTree, y_pred: PyTree, from_logits: bool = False, axis: int = -1
) -> jax.Array:
    """The cross-entropy of class numbers, with the classes along an axis."""
    scores = jnp.moveaxis(jnp.asarray(y_pred), axis, -1)
    return losses.sparse_categorical_crossentropy(y_true, scores, from_logits)


# Class -> the function whose mean it is, the name, and the options with their defaults.
FUNCTIONS: dict[str, tuple[Callable[..., PyTree], str, Config]] = {
    **{
        label: (function, function.__name__, {})
        for label, function in metric_classes.FUNCTIONS.items()
    },
    "BinaryAccuracy": (binary_accuracy, "binary_accuracy", {"threshold": 0.5}),
    "BinaryCrossentropy": (
        losses_of_2_3.binary_crossentropy,
        "binary_crossentropy",
        {"from_logits": False, "label_smoothing": 0},
    ),
    "CategoricalCrossentropy": (
        losses_of_2_3.categorical_crossentropy,
        "categorical_crossentropy",
        {"from_logits": False, "label_smoothing": 0},
    ),
    "CosineSimilarity": (metric_classes.cosine_similarity, "cosine_similarity", {"axis": -1}),
    "Hinge": (losses_of_2_3.hinge, "hinge", {}),
    "SparseCategoricalCrossentropy": (
        sparse_categorical_crossentropy,
        "sparse_categorical_crossentropy",
        {"from_logits": False, "axis": -1},
    ),
    "SparseTopKCategoricalAccuracy": (
        metrics.sparse_top_k_categorical_accuracy,
        "sparse_top_k_categorical_accuracy",
        {"k": 5},
    ),
    "SquaredHinge": (losses_of_2_3.squared_hinge, "squared_hinge", {}),
    "TopKCategoricalAccuracy": (
        metrics.top_k_categorical_accuracy,
        "top_k_categorical_accuracy",
        {"k": 5},
    ),
}
COUNTS = ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives")


def mean_class(
    label: str, function: Callable[..., PyTree], name: str, options: Config
) -> type[Metric]:
    """The class of metrics that are the mean of a function."""
    common = {"name": name, "dtype": None}
    options = {**options, **common} if "k" in options else {**common, **options}

    def __init__(self: MeanMetricWrapper, *args: Any, **kwargs: Any) -> None:
        MeanMetricWrapper.__init__(self, function, **given(label, options, args, kwargs))

    return type(label, (MeanMetricWrapper,), {"__init__": __init__})


CLASSES: dict[str, type] = {
    **{label: mean_class(label, *facts) for label, facts in FUNCTIONS.items()},
    **{
        label: type(label, (AtThresholds,), {"rule": staticmethod(getattr(metrics, label))})
        for label in COUNTS
    },
    **{
        label: type(
            label,
            (AtThresholds,),
            {"rule": staticmethod(getattr(metrics, label)), "options": ("top_k", "class_id")},
        )
        for label in ("Precision", "Recall")
    },
    **{
        label: type(label, (At,), {"rule": staticmethod(getattr(metrics, label)), "value": value})
        for label, value in (
            ("SensitivityAtSpecificity", "specificity"),
            ("SpecificityAtSensitivity", "sensitivity"),
        )
    },
    **{
        part.__name__: part
        for part in (AUC, Mean, MeanIoU, MeanMetricWrapper, Metric, RootMeanSquaredError, Sum)
    },
}
for _part in CLASSES.values():
    registry.register_old(keras=KERAS)(_part)
globals().update(CLASSES)


def clone_metric(metric: Any) -> Any:
    """An equal metric with variables of its own; a function as it is."""
    return metric.from_config(metric.get_config()) if isinstance(metric, Metric) else metric

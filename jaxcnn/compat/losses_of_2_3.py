"""The losses of Keras 2.3: objects that say how the losses of samples become one number, and
functions that it computes otherwise than 2.2.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Self

import jax
import jax.numpy as jnp

from jaxcnn import losses
from jaxcnn.losses import registry
from jaxcnn.runtime.deferred import deferrable
from jaxcnn.runtime.types import ArrayLike, Config, PyTree, Settings

KERAS = ("2.3",)


class Reduction:
    """How the losses of samples become one number."""

    NONE = "none"
    SUM = "sum"
    SUM_OVER_BATCH_SIZE = "sum_over_batch_size"

    @classmethod
    def all(cls) -> tuple[str, ...]:
        """The three of them."""
        return cls.NONE, cls.SUM, cls.SUM_OVER_BATCH_SIZE

    @classmethod
    def validate(cls, key: str) -> None:
        """Refuse anything else.

        Raises:
            ValueError: it is none of them.
        """
        if key not in cls.all():
            raise ValueError(f"Invalid Reduction Key {key}.")


class Loss:
    """A loss whose subclass says by `call` what it is for each sample.

    Args:
        reduction: one of `Reduction`.
        name: of the loss.
    """

    def __init__(
        self, reduction: str = Reduction.SUM_OVER_BATCH_SIZE, name: str | None = None
    ) -> None:
        self.reduction, self.name = reduction, name

    def __call__(self, y_true: PyTree, y_pred: PyTree, sample_weight: PyTree = None) -> jax.Array:
        Reduction.validate(self.reduction)
        values = factored(self.call(y_true, y_pred), sample_weight)[0]
        if self.reduction == Reduction.NONE:
            return values
        return jnp.sum(values) if self.reduction == Reduction.SUM else jnp.mean(values)

    def call(self, y_true: PyTree, y_pred: PyTree) -> PyTree:
        """The loss of each sample."""
        raise NotImplementedError("Must be implemented in subclasses.")

    def get_config(self) -> Config:
        """The arguments that make an equal loss."""
        return {"reduction": self.reduction, "name": self.name}

    @classmethod
    def from_config(cls, config: Settings) -> Self:
        """The loss that `get_config` describes."""
        return cls(**config)


def factored(values: PyTree, sample_weight: PyTree) -> tuple[jax.Array, jax.Array]:
    """(values times weights, the weights), as far as both reach."""
    values = jnp.asarray(values, jnp.float32)
    weight = jnp.ones(()) if sample_weight is None else jnp.asarray(sample_weight, jnp.float32)
    if weight.ndim == values.ndim + 1 and weight.shape[-1] == 1:
        weight = weight[..., 0]
    if weight.ndim > max(1, values.ndim):
        raise ValueError(
            f"Incompatible shapes: `values` {values.shape} vs `sample_weight` {weight.shape}"
        )
    weight = weight.reshape(weight.shape + (1,) * (values.ndim - weight.ndim))
    shape = jnp.broadcast_shapes(values.shape, weight.shape)
    return values * weight, jnp.broadcast_to(weight, shape)


def same_axes(y_true: PyTree, y_pred: PyTree) -> tuple[PyTree, PyTree]:
    """Targets and predictions without a last axis of length 1 that only one of them has."""
    true, pred = getattr(y_true, "ndim", None), getattr(y_pred, "ndim", None)
    if true is None or pred is None:
        return y_true, y_pred
    if pred - true == 1 and y_pred.shape[-1] == 1:
        return y_true, y_pred[..., 0]
    if true - pred == 1 and y_true.shape[-1] == 1:
        return y_true[..., 0], y_pred
    return y_true, y_pred


class LossFunctionWrapper(Loss):
    """A function as a loss.

    Args:
        fn: of (y_true, y_pred, **kwargs), the loss of each sample.
        reduction, name: as for `Loss`.
        **kwargs: for the function.
    """

    def __init__(
        self,
        fn: Callable[..., PyTree],
        reduction: str = Reduction.SUM_OVER_BATCH_SIZE,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(reduction, name)
        self.fn, self._fn_kwargs = fn, kwargs

    def call(self, y_true: PyTree, y_pred: PyTree) -> PyTree:
        """What the function gives."""
        return self.fn(*same_axes(y_true, y_pred), **self._fn_kwargs)

    def get_config(self) -> Config:
        """The arguments that make an equal loss, those of the function first."""
        return {**self._fn_kwargs, **super().get_config()}


def signs(y_true: ArrayLike) -> jax.Array:
    """Labels -1 and 1 for targets that are all 0 or 1; others as they are."""
    y = jnp.asarray(y_true, jnp.float32)
    return jnp.where(jnp.all((y == 0) | (y == 1)), 2 * y - 1, y)


@registry.register_old(keras=KERAS)
@deferrable
def hinge(y_true: ArrayLike, y_pred: ArrayLike) -> jax.Array:
    """The hinge loss, where targets may be 0 and 1 as well."""
    return losses.hinge(signs(y_true), y_pred)


@registry.register_old(keras=KERAS)
@deferrable
def squared_hinge(y_true: ArrayLike, y_pred: ArrayLike) -> jax.Array:
    """The squared hinge loss, where targets may be 0 and 1 as well."""
    return losses.squared_hinge(signs(y_true), y_pred)


@registry.register_old(keras=KERAS)
@deferrable
def binary_crossentropy(
    y_true: ArrayLike, y_pred: ArrayLike, from_logits: bool = False, label_smoothing: float = 0
) -> jax.Array:
    """The cross-entropy of targets that are pulled towards a half by `label_smoothing`."""
    smooth = jnp.asarray(y_true, jnp.float32) * (1 - label_smoothing) + 0.5 * label_smoothing
    return losses.binary_crossentropy(smooth, y_pred, from_logits)


@registry.register_old(keras=KERAS)
@deferrable
def categorical_crossentropy(
    y_true: ArrayLike, y_pred: ArrayLike, from_logits: bool = False, label_smoothing: float = 0
) -> jax.Array:
    """The cross-entropy of targets that are pulled towards equal ones by `label_smoothing`."""
    y = jnp.asarray(y_true, jnp.float32)
    smooth = y * (1 - label_smoothing) + label_smoothing / y.shape[-1]
    return losses.categorical_crossentropy(smooth, y_pred, from_logits)


@registry.register_old("cosine", "cosine_proximity", keras=KERAS)
@deferrable
def cosine_similarity(y_true: ArrayLike, y_pred: ArrayLike, axis: int = -1) -> jax.Array:
    """Minus the cosine of the angle between target and prediction."""
    one, two = (losses.l2_normalize(jnp.asarray(y, jnp.float32), axis) for y in (y_true, y_pred))
    return -jnp.sum(one * two, axis=axis)


cosine = cosine_proximity = cosine_similarity


@registry.register_old(keras=KERAS)
@deferrable
def huber_loss(y_true: ArrayLike, y_pred: ArrayLike, delta: float = 1.0) -> jax.Array:
    """The Huber loss of each number, without a mean."""
    error = jnp.asarray(y_pred, jnp.float32) - jnp.asarray(y_true, jnp.float32)
    return losses.huber(jnp.zeros((*error.shape, 1)), error[..., None], delta)


def given(label: str, options: Settings, args: tuple[Any, ...], kwargs: Settings) -> dict[str, Any]:
    """The arguments of a call of a class, by name.

    Args:
        label: the class.
        options: its arguments with their defaults, in their order.
        args, kwargs: those of the call.

    Raises:
        TypeError: too many, or one that it does not have.
    """
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    signature = inspect.Signature(
        [inspect.Parameter(name, kind, default=default) for name, default in options.items()]
    )
    try:
        call = signature.bind(*args, **kwargs)
    except TypeError as error:
        raise TypeError(f"{label}() {error}") from None
    call.apply_defaults()
    return dict(call.arguments)


def loss_class(label: str, function: Callable[..., PyTree], name: str) -> type:
    """The class of losses that compute a function, whose options are its first arguments."""
    options = {
        option.name: option.default
        for option in list(inspect.signature(function).parameters.values())[2:]
    }
    options |= {"reduction": Reduction.SUM_OVER_BATCH_SIZE, "name": name}

    def __init__(self: LossFunctionWrapper, *args: Any, **kwargs: Any) -> None:
        LossFunctionWrapper.__init__(self, function, **given(label, options, args, kwargs))

    made_of = {"__init__": __init__, "__doc__": f"`{name}` as a loss of Keras 2.3."}
    of_2_3 = type(label, (LossFunctionWrapper,), made_of)
    registry.register_old(keras=KERAS)(of_2_3)
    return of_2_3


# Class -> its function, and the name that its objects have.
FUNCTIONS: dict[str, tuple[Callable[..., PyTree], str]] = {
    "BinaryCrossentropy": (binary_crossentropy, "binary_crossentropy"),
    "CategoricalCrossentropy": (categorical_crossentropy, "categorical_crossentropy"),
    "CategoricalHinge": (losses.categorical_hinge, "categorical_hinge"),
    "Hinge": (hinge, "hinge"),
    "Huber": (huber_loss, "huber_loss"),
    "KLDivergence": (losses.kullback_leibler_divergence, "kullback_leibler_divergence"),
    "LogCosh": (losses.logcosh, "logcosh"),
    "MeanAbsoluteError": (losses.mean_absolute_error, "mean_absolute_error"),
    "MeanAbsolutePercentageError": (
        losses.mean_absolute_percentage_error,
        "mean_absolute_percentage_error",
    ),
    "MeanSquaredError": (losses.mean_squared_error, "mean_squared_error"),
    "MeanSquaredLogarithmicError": (
        losses.mean_squared_logarithmic_error,
        "mean_squared_logarithmic_error",
    ),
    "Poisson": (losses.poisson, "poisson"),
    "SparseCategoricalCrossentropy": (
        losses.sparse_categorical_crossentropy,
        "sparse_categorical_crossentropy",
    ),
    "SquaredHinge": (squared_hinge, "squared_hinge"),
}
globals().update(
    {label: loss_class(label, function, name) for label, (function, name) in FUNCTIONS.items()}
)

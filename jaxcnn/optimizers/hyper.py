"""The numbers of an optimizer that can be read and changed while it is in use."""

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import numpy as np
from jax import Array
from jax.core import Tracer

from jaxcnn.optimizers.updates import above, running
from jaxcnn.runtime.deferred import Deferred
from jaxcnn.runtime.types import ArrayLike

# Update count -> learning rate, as optax makes them.
Schedule: TypeAlias = Callable[[Array], ArrayLike]


class Adjustable(Protocol):
    """What has such numbers."""

    hyperparameters: "Hyperparameters"

    def lacks(self, name: str) -> str:
        """The message for a number that cannot be read or changed."""


class Hyperparameters(dict[str, float | Schedule]):
    """The adjustable hyperparameters of an optimizer, and how often they have been changed."""

    version = 0


class HyperparameterValue(float):
    """One adjustable number as it was when read, with its origin for ``K.set_value``."""

    dtype = np.dtype("float32")
    optimizer: "Adjustable"
    name: str

    @classmethod
    def of(cls, optimizer: "Adjustable", name: str, value: float) -> "HyperparameterValue":
        """The number ``optimizer.name``."""
        number = cls(value)
        number.optimizer, number.name = optimizer, name
        return number

    def set(self, value: float) -> None:
        """Change the number, also where a tensor that is computed from it stands in its place."""
        if self.name in vars(self.optimizer):
            change_number(self.optimizer, self.name, value)
        else:
            setattr(self.optimizer, self.name, value)

    def variable(self) -> Any:
        """The variable that follows the number, for what is computed later."""
        return above("graph_updates").Number.of(self.optimizer, self.name)

    def __reduce__(self) -> tuple[type[float], tuple[float]]:
        """Copies are plain floats."""
        return float, (float(self),)


class HasState(Protocol):
    """What gives copies of what it remembers."""

    def get_weights(self) -> list[Any]: ...


class Weights:
    """What Keras lists as the weights of an optimizer.

    Where its own `get_updates` made them, or makes them now, they are its variables; otherwise
    variables whose values are what training remembers.
    """

    def __get__(self, optimizer: HasState, owner: type) -> list[Any]:
        variables: list[Any] = vars(optimizer).get("_weights", [])
        if variables or running.get():
            return variables
        return list(above("remembered").remembered(optimizer))

    def __set__(self, optimizer: HasState, variables: list[Any]) -> None:
        vars(optimizer)["_weights"] = variables


class Hyper:
    """An attribute that reads and writes one adjustable number. It must not be negative.

    Args:
        below: the number must be less than this. Default: inf.
        absent: read from an optimizer made without the number, which cannot be given one later.
            Default: None.

    Raises:
        ValueError: a number out of range, or one that the optimizer was made without.

    Examples:
        >>> optimizer = jc.optimizers.Adam(1e-3)
        >>> optimizer.lr = 1e-4
        >>> optimizer.lr
        0.0001
    """

    def __init__(self, *, below: float = float("inf"), absent: float | None = None) -> None:
        self.below = below
        self.absent = absent

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, optimizer: "Adjustable | None", owner: type | None = None) -> Any:
        if optimizer is None:
            return self
        if self.name in vars(optimizer):  # a number or variable of a user's optimizer
            return vars(optimizer)[self.name]
        if self.name in optimizer.hyperparameters and (trace := running.get()) is not None:
            return trace.number(optimizer, self.name)
        if self.name not in optimizer.hyperparameters and self.absent is None:
            raise AttributeError(optimizer.lacks(self.name))
        value = optimizer.hyperparameters.get(self.name)
        if callable(value):
            return value
        return self.absent if value is None else HyperparameterValue.of(optimizer, self.name, value)

    def __set__(self, optimizer: "Adjustable", value: float | Schedule) -> None:
        kind, hyperparameters = type(optimizer).__name__, optimizer.hyperparameters
        if "hyperparameters" not in vars(optimizer) or isinstance(value, Deferred | Tracer):
            vars(optimizer)[self.name] = value
            return
        vars(optimizer).pop(self.name, None)  # a tensor that stood for the number
        if self.name not in hyperparameters:
            raise AttributeError(optimizer.lacks(self.name))
        if callable(hyperparameters[self.name]) or callable(value):
            raise ValueError(
                f"A schedule of {kind}.{self.name} is fixed: make a new one and compile again."
            )
        change_number(optimizer, self.name, self.checked(kind, value))

    def checked(self, kind: str, value: Any) -> float | Schedule:
        """The value as a float, or a schedule as it is."""
        if callable(value) and self.name == "lr":
            schedule: Schedule = value
            return schedule
        number = float("nan") if isinstance(value, str) or callable(value) else float(value)
        if not 0.0 <= number < self.below:
            limit = "" if self.below == float("inf") else f" and < {self.below}"
            raise ValueError(f"{kind}: {self.name} must be a number >= 0{limit}, got {value!r}.")
        return number


def change_number(optimizer: "Adjustable", name: str, value: float | Schedule) -> None:
    """Give an adjustable number another value."""
    optimizer.hyperparameters[name] = value
    optimizer.hyperparameters.version += 1


class LearningRate:
    """Another name for ``lr``, unless a user's optimizer makes its ``lr`` from this one."""

    def __get__(self, optimizer: Any, owner: type | None = None) -> Any:
        if optimizer is None:
            return self
        if "learning_rate" in vars(optimizer):
            return vars(optimizer)["learning_rate"]
        return optimizer.lr

    def __set__(self, optimizer: Any, value: float | Schedule) -> None:
        if isinstance(type(optimizer).lr, Hyper):
            optimizer.lr = value
        else:
            vars(optimizer)["learning_rate"] = value

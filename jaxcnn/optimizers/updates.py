"""Updates of weights as pairs, as programs for Keras ask an optimizer for them or write them.

The pairs are made on the graph of layers, which stands above this room.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any, Protocol, TypeAlias, cast

import jax
import numpy as np

from jaxcnn.runtime.lazy import lazy_attributes
from jaxcnn.runtime.types import ArrayLike

# (variable, its new value)
Update: TypeAlias = tuple[Any, Any]
GetUpdates: TypeAlias = Callable[..., list[Update]]

# Attributes that copies of an optimizer do not have.
OF_ONE_MODEL = frozenset(
    ("_holder", "_counter", "_numbers", "_m_schedule", "shared_count", "shared_schedule")
)

above = lazy_attributes(
    __name__,
    {name: f"jaxcnn.layers.symbolic.{name}" for name in ("graph_updates", "remembered")},
)


class Running(Protocol):
    """A `get_updates` that is being evaluated on arrays."""

    def number(self, optimizer: Any, name: str) -> object:
        """The variable of a hyperparameter."""

    def counter(self, optimizer: Updating) -> object:
        """The variable that counts the updates."""


running: ContextVar[Running | None] = ContextVar("running_get_updates", default=None)


class Updating:
    """What an optimizer is to programs that use its updates, or write them, as Keras 1 and 2 did.

    Attributes:
        updates: the pairs (variable, new value) that the last `get_updates` returned.
        weights: the variables that hold the state between those updates.
    """

    updates: list[Update]
    weights: list[Any]
    # The number of updates of all models that it trains, which an old Keras counts together.
    shared_count: jax.Array | None = None

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if "get_updates" in vars(cls):
            cls.get_updates = on_the_graph(cls.get_updates)  # type: ignore[method-assign]

    def number_kept(self, name: str, value: float) -> Any:
        """A number among the state as a variable, which starts with `value`."""
        return above("graph_updates").number_kept(self, f"_{name}", name, value)

    def note_shared(self, state: Any) -> None:
        """Keep the numbers that an old Keras counts together for all models of this optimizer."""
        self.shared_count = state.count

    def with_shared(self, state: Any) -> Any:
        """An optimizer's state with the numbers that are counted together."""
        return state if self.shared_count is None else state._replace(count=self.shared_count)

    @property
    def by_hand(self) -> bool:
        """Whether a user has written `get_updates` or `get_gradients`, so that training uses it."""
        return any(
            name in vars(self) or getattr(type(self), name) is not getattr(Updating, name)
            for name in ("get_updates", "get_gradients")
        )

    def get_updates(self, *args: object, **kwargs: object) -> list[Update]:
        """The pairs (variable, new value) of one update, for ``K.function(..., updates=...)``.

        It takes ``(loss, params)``, or ``(params, constraints, loss)`` as older programs do.
        """
        return cast(list[Update], above("graph_updates").updates_of(self, None, args, kwargs))

    def get_gradients(self, loss: object, params: Sequence[object]) -> list[Any]:
        """The derivatives of `loss` by `params`, clipped as the optimizer says.

        Args:
            loss: a symbolic tensor, one number.
            params: weights that it depends on.

        Raises:
            ValueError: `loss` does not depend on one of them.
        """
        return cast(list[Any], above("graph_updates").gradients_of(self, loss, params))


def on_the_graph(function: GetUpdates) -> GetUpdates:
    """The method for a `get_updates` that a user wrote: its pairs become part of the graph."""

    @functools.wraps(function)
    def get_updates(self: Updating, *args: object, **kwargs: object) -> list[Update]:
        return cast(list[Update], above("graph_updates").updates_of(self, function, args, kwargs))

    return get_updates


def set_variables(variables: Sequence[Any], values: Sequence[ArrayLike]) -> None:
    """Set the variables of an optimizer, all or none.

    Raises:
        ValueError: another number of arrays or other shapes.
    """
    shapes = [variable.shape for variable in variables]
    if shapes != [np.shape(value) for value in values]:
        raise ValueError(
            f"The optimizer's weights have the shapes {shapes}; given {[*map(np.shape, values)]}."
        )
    for variable, value in zip(variables, values, strict=True):
        variable.set(value)

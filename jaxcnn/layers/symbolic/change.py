"""What sets a variable: a pair for those that carry it out, and the new value for arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.layers.symbolic.operation import RANDOM, Operation
from jaxcnn.layers.symbolic.operators import BINARY, COMPARISONS, add, give_operators, subtract
from jaxcnn.layers.symbolic.saved_call import SavedCall
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.types import TensorLike
from jaxcnn.layers.variable import Variable, is_given
from jaxcnn.runtime.captures import inside_a_function
from jaxcnn.runtime.carrier import present_carrier
from jaxcnn.runtime.context import next_key
from jaxcnn.spellings.dialect import chosen


class Change:
    """An update, as `K.update` makes it: it unpacks as (variable, its new value).

    It is no tuple, by which programs tell updates that they wrote themselves. Where a function
    computes with it, or demands it by `tf.control_dependencies`, it stands for the new value, and
    the change is carried out with the function.
    """

    def __init__(self, variable: object, value: TensorLike) -> None:
        self._pair: tuple[Any, TensorLike] = variable, value

    def __iter__(self) -> Iterator[Any]:
        return iter(self._pair)

    def __len__(self) -> int:
        return len(self._pair)

    def __getitem__(self, index: Any) -> Any:
        return self._pair[index]

    def __repr__(self) -> str:
        return repr(self._pair)

    @property
    def value(self) -> TensorLike:
        """The new value.

        Raises:
            TypeError: no function is computed that could carry out the change.
        """
        self.demand()
        return self._pair[1]

    def demand(self) -> None:
        """Have it carried out with the function that runs.

        Raises:
            TypeError: there is none.
        """
        carrier = present_carrier()
        if carrier is None:
            raise TypeError(
                f"The update of {self[0]!r} is used as a value where nothing carries it out: give "
                "it to K.function(..., updates=[...]), to add_update or to a session, and compute "
                "with the new value itself."
            )
        carrier(self)

    def carry_out(self) -> np.ndarray:
        """Set the variable now, and return its new value."""
        value = np.asarray(self[1])
        self[0].set(value)
        return value

    def __jax_array__(self) -> jax.Array:
        return jnp.asarray(cast(jax.Array, self.value))

    # -- as a part of what a session runs ----------------------------------------------------------

    control = ()
    op = property(lambda self: self)
    assigns = property(lambda self: self[0])
    outputs = property(lambda self: [v for v in self[1:] if isinstance(v, SymbolicTensor)])


class Initialization(Change):
    """What gives a variable a first value again, as a part of a session or by `run`."""

    def __init__(self, variable: Variable) -> None:
        def draw() -> jax.Array:
            value: jax.Array = variable.start(next_key(), tuple(variable.shape), variable.dtype)
            return jnp.asarray(value, variable.dtype)

        super().__init__(variable, Operation(SavedCall("first_value", draw, ()))([]))

    def run(self, feed_dict: object = None, session: object = None) -> None:
        """Carry it out; a layer has one value of a weight, whatever the session."""
        self.carry_out()


RANDOM.add("first_value")
give_operators(Change, BINARY, COMPARISONS)
# Functions of K take a change for its new value.
jax.tree_util.register_pytree_node(
    Change, lambda change: ((change.value,), None), lambda _, children: children[0]
)


def is_update(thing: object) -> bool:
    """Whether it is a pair (variable, new value), written as one or made by `K.update`."""
    return isinstance(thing, tuple | Change) and len(thing) == 2 and isinstance(thing[0], Variable)


def assign(variable: Variable, value: TensorLike) -> Change:
    """The change of a variable to `value`, at once outside of functions and programs of Keras."""
    change = Change(variable, value)
    if happens_at_once(variable, value):
        change.carry_out()
    return change


def assign_add(variable: Variable, delta: TensorLike) -> Change:
    """The change that adds `delta` to a variable."""
    at_once = happens_at_once(variable, delta)
    return assign(variable, variable.stored + delta if at_once else add(variable, delta))


def assign_sub(variable: Variable, delta: TensorLike) -> Change:
    """The change that takes `delta` away from a variable."""
    at_once = happens_at_once(variable, delta)
    return assign(variable, variable.stored - delta if at_once else subtract(variable, delta))


def happens_at_once(variable: Variable, value: TensorLike) -> bool:
    """Whether a variable is set when that is said, as there is no graph that does it later."""
    known = not isinstance(value, SymbolicTensor | Variable | jax.core.Tracer)
    return known and not (chosen() or inside_a_function() or is_given(variable))


Variable.initializer = property(Initialization)  # type: ignore[attr-defined]
for method in (assign, assign_add, assign_sub):
    setattr(Variable, method.__name__, method)

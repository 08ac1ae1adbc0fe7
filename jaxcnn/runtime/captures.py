"""What a user's function may not use while it is traced with arrays.

A loss or `Lambda` may close over symbolic tensors of the model, or call other layers: as arrays
these are not there. The trace then stops with `Captured`, and whoever began it evaluates the
function on symbolic tensors instead, as Keras did.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

from jaxcnn.runtime.scoped import scoped

_with_arrays: ContextVar[bool] = ContextVar("with_arrays", default=False)
_inside: ContextVar[bool] = ContextVar("inside_a_function", default=False)
_building: ContextVar[object] = ContextVar("building", default=None)
_computing: ContextVar[bool] = ContextVar("computing_arrays", default=False)


class Captured(Exception):
    """A function that is traced with arrays uses something of the graph.

    Attributes:
        thing: the symbolic tensor, layer or weight.
    """

    def __init__(self, thing: object) -> None:
        super().__init__(
            f"It uses {thing!r} of the graph, which has no value here: give it as an input."
        )
        self.thing = thing


@contextlib.contextmanager
def with_arrays(noticing: bool = True) -> Iterator[None]:
    """Within the block functions are traced with arrays, and `notice` raises if `noticing`."""
    with (
        scoped(_with_arrays, noticing),
        scoped(_inside, _inside.get() and not noticing),
        scoped(_building, None),
    ):
        yield


@contextlib.contextmanager
def building(layer: object) -> Iterator[None]:
    """Within the block, the `build` of a layer, weights have no values yet; models may be made."""
    with with_arrays(False), scoped(_building, layer):
        yield


def layer_being_built() -> object:
    """The layer whose `build` runs, or None."""
    return _building.get()


def notice(thing: object) -> None:
    """Say that something of the graph is used.

    Raises:
        Captured: a function is being traced with arrays.
    """
    if _with_arrays.get():
        raise Captured(thing)


@contextlib.contextmanager
def symbolically() -> Iterator[None]:
    """Within the block a function is evaluated on symbolic tensors; calls belong to it alone."""
    with scoped(_with_arrays, False), scoped(_inside, True):
        yield


def computing_arrays() -> contextlib.AbstractContextManager[bool]:
    """Within the block functions of layers run on arrays, outside of any compiled program."""
    return scoped(_computing, True)


def computes_arrays() -> bool:
    """Whether functions of layers run on arrays, outside of any compiled program."""
    return _computing.get()


def inside_a_function() -> bool:
    """Whether a function is being evaluated on symbolic tensors."""
    return _inside.get()


def is_of_library(function: object) -> bool:
    """Whether a function, or the class of an object that is called, is of this library."""
    module = getattr(function, "__module__", None) or type(function).__module__
    return str(module).startswith("jaxcnn.")

"""The variables of a program for an old Keras in the order in which they were created.

A graph of that time lists them, those of layers among its own.
"""

from __future__ import annotations

import contextlib
import itertools
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol, TypeAlias

from jaxcnn.layers.variable import Variable
from jaxcnn.layers.weights import WeightStore
from jaxcnn.spellings.dialect import chosen

Reference: TypeAlias = weakref.ref[WeightStore | Variable]

# The numbers that things get when they are created, by which a graph puts its own between them.
_numbers = itertools.count()
_created: list[tuple[int, Reference]] = []


class NameScopes(Protocol):
    """What knows the scope in which a program creates variables."""

    def present(self) -> str:
        """Its name, with a slash at its end, or ''."""

    def within(self, name: str) -> AbstractContextManager[object]:
        """A block in the scope `name` of the present one."""


class NoScopes:
    """The scopes of a program that has no graph."""

    def present(self) -> str:
        return ""

    def within(self, name: str) -> AbstractContextManager[object]:
        return contextlib.nullcontext()


_scopes: list[NameScopes] = [NoScopes()]


def know_scopes(scopes: NameScopes) -> None:
    """From here on ask `scopes` where something is created."""
    _scopes.append(scopes)


def within_scope(name: str) -> AbstractContextManager[object]:
    """A block whose new variables have the scope `name` in theirs, if there is a graph."""
    return _scopes[-1].within(name)


def next_number() -> int:
    """The number of what is created now."""
    return next(_numbers)


def note(created: WeightStore | Variable) -> None:
    """Remember a layer that is built now, or a variable on its own, for as long as it is used.

    Its name begins with that of the scope in which it is created.
    """
    if chosen():
        created.scope = _scopes[-1].present()
        reference: Reference = weakref.ref(created)
        _created.append((next_number(), reference))


def variables_since(number: int) -> Iterator[tuple[int, Variable]]:
    """The variables that have been created after `number`, each with a number of its own order."""
    _created[:] = [entry for entry in _created if entry[1]() is not None]
    for order, reference in _created:
        created = reference()
        if order < number or created is None:
            continue
        if isinstance(created, Variable):
            yield order, created
        else:
            for path in created.paths(params=True) + created.paths(params=False):
                yield order, created.variable(path)


# What begins again when a program clears its session.
_beginning: list[Callable[[], None]] = []


def when_forgotten(begin: Callable[[], None]) -> None:
    """Have `begin` called when all that was created is forgotten."""
    _beginning.append(begin)


def forget() -> None:
    """Forget what has been created so far."""
    _created.clear()
    for begin in _beginning:
        begin()

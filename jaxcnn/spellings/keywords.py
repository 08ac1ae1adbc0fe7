"""Keywords that a call does not take are refused with the nearest that it does."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import ParamSpec, Self, TypeVar

from jaxcnn.spellings.hints import closest
from jaxcnn.spellings.stories import told_in

P = ParamSpec("P")
T = TypeVar("T")
Parameters = Mapping[str, inspect.Parameter]


def takes_any(parameters: Parameters) -> bool:
    """Whether a call takes any keyword."""
    return any(p.kind is p.VAR_KEYWORD for p in parameters.values())


@told_in("names")
def refuse_unknown(owner: str, given: Iterable[str], known: Collection[str]) -> None:
    """Refuse keywords that are not known.

    Raises:
        TypeError: there is one; the message names the nearest that is known.
    """
    for word in given:
        if word not in known:
            raise TypeError(f"{owner} has no argument `{word}`.{closest(word, known)}")


def suggesting(function: Callable[P, T]) -> Callable[P, T]:
    """Decorator: a call with a keyword that the function does not take names the nearest."""
    parameters = inspect.signature(function).parameters
    owner = function.__qualname__.removesuffix(".__init__").rpartition(".")[2]

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        if kwargs.keys() - parameters.keys():
            refuse_unknown(owner, kwargs, parameters)
        return function(*args, **kwargs)

    return call


class Suggesting:
    """Base of classes that are made with keywords and name the nearest of one that they lack."""

    def __new__(cls, *args: object, **kwargs: object) -> Self:
        if (args or kwargs) and cls.__init__ is object.__init__:
            refuse_unknown(cls.__name__, kwargs, ())
            raise TypeError(
                f"{cls.__name__} takes no arguments, as it defines no __init__; given: "
                f"{', '.join(map(repr, args))}."
            )
        if kwargs and not hasattr(cls.__init__, "accepts_old_spellings"):
            parameters = inspect.signature(cls.__init__).parameters
            if not takes_any(parameters):
                refuse_unknown(cls.__name__, kwargs, list(parameters)[1:])
        return super().__new__(cls)

"""Whose words `get_config` uses: ours and, where an old program asks, those of its time."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

from jaxcnn.runtime.scoped import scoped
from jaxcnn.runtime.types import Config, Settings
from jaxcnn.spellings.dialect import chosen, dialect

T = TypeVar("T")
# (a layer or model, its configuration in our words) -> that in the words of the program
Telling = Callable[[Any, Config], Config]
# (a class, a configuration in the words of the program) -> that in our words
Reading = Callable[[type, Settings], Config]

_ours: ContextVar[bool] = ContextVar("our_words", default=False)
_words: list[tuple[Telling, Reading]] = []


def translate_by(telling: Telling, reading: Reading) -> None:
    """Say what turns configurations into the words of the program, and back."""
    _words[:] = [(telling, reading)]


def our_words() -> AbstractContextManager[bool]:
    """Within the block configurations are in our words."""
    return scoped(_ours, True)


def config_in_our_words(layer: Any) -> Config:
    """What `get_config` of a layer or model says, in our words.

    One that a user wrote expects those of the program from the class it is derived from.
    """
    of_library = type(layer).get_config.__module__.startswith("jaxcnn.")
    if of_library or not dialect().of_keras_1 or not _words:
        with our_words():
            settings: Config = layer.get_config()
        return settings
    with scoped(_ours, False):
        return _words[0][1](type(layer), layer.get_config())


def in_words_of_program(get_config: Callable[[T], Config]) -> Callable[[T], Config]:
    """Decorator for a method `get_config` that speaks our words, and calls others that do."""

    @functools.wraps(get_config)
    def told(self: T) -> Config:
        if _ours.get() or not chosen() or not _words:
            return get_config(self)
        with our_words():
            settings = get_config(self)
        return _words[0][0](self, settings)

    return told


@contextlib.contextmanager
def reading(kind: type, settings: T) -> Iterator[T]:
    """Within the block the configuration of a model of this class is in our words."""
    ours: Any = in_our_words(kind, cast(Settings, settings))
    with our_words():
        yield ours


def in_our_words(kind: type, settings: Settings) -> Settings:
    """What a class is made from, also out of the words of the program."""
    if _ours.get() or not chosen() or not _words:
        return settings
    return _words[0][1](kind, settings)

"""Calls of Keras 1 in today's words, by the tables of `jaxcnn.spellings.tables`, with a warning.

The handles call it: layers through `renewed`, models and functions through the decorator
`old_spellings`. A call without old words costs one comparison of sets.
"""

from __future__ import annotations

import functools
import inspect
import os
import warnings
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any, TypeVar

from jaxcnn.spellings.dialect import dialect
from jaxcnn.spellings.keywords import refuse_unknown, takes_any
from jaxcnn.spellings.orders import ORDERS, in_order_of_program
from jaxcnn.spellings.rewrites import Arguments, Keywords, Positional
from jaxcnn.spellings.stories import told_in
from jaxcnn.spellings.tables import LEGACY, METHODS, REMOVED, TABLES, Spellings

T = TypeVar("T")

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class OldSpellingWarning(UserWarning):
    """A call in the words of Keras 1 was understood; the warning shows it in today's.

    Examples:
        >>> issubclass(jc.compat.OldSpellingWarning, UserWarning)
        True

    References:
        - Chollet et al., "Keras 2.0.4: keras/legacy/interfaces.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/legacy/interfaces.py>
    """


@told_in("names")
def renewed(
    name: str, args: Positional, kwargs: Keywords, taken: Container[str] | None = None
) -> Arguments:
    """The arguments of a call of `name` in today's words; a warning shows the call if it changed.

    Args:
        name: by which the tables know it.
        args, kwargs: as given.
        taken: the arguments that there are, of which the dialect may have other defaults; None for
            any.

    Raises:
        TypeError: an argument is given under its old and its new name, or has been removed; the
            message says what to do instead.
        ValueError: an old value is unknown, or integers by position can mean two things.
    """
    new_args, new_kwargs = in_order_of_program(name, args, kwargs)
    old: list[str] = []
    if name in TABLES:
        new_args, new_kwargs, old = translated(name, TABLES[name], new_args, new_kwargs)
    for argument, (position, default) in dialect().defaults.get(name, {}).items():
        if len(new_args) <= position and (taken is None or argument in taken):
            new_kwargs = {argument: default, **new_kwargs}
    if old:
        warn(
            f"{', '.join(old)}: Keras 1 spelling. The call is now "
            f"{call(name, new_args, new_kwargs)}"
        )
    return new_args, new_kwargs


def old_spellings(thing: T) -> T:
    """Decorator: a function, or a class's constructor and training methods, take old words, too.

    What `inspect.signature` shows stays as it is.
    """
    if not inspect.isclass(thing):
        return _accepting(thing)  # type: ignore[arg-type, return-value]
    owner: Any = thing
    if thing.__name__ in TABLES or thing.__name__ in ORDERS:
        owner.__init__ = _accepting(owner.__init__, thing.__name__)
    for name in METHODS if hasattr(thing, "compile") else ():
        if (method := getattr(thing, name, None)) is not None and not hasattr(
            method, "accepts_old_spellings"
        ):
            setattr(thing, name, _accepting(method, name))
    return thing


def removed(name: str) -> str:
    """The message for something that was removed in Keras 2."""
    if name in LEGACY:
        return (
            f"{name} is an old class of Keras, for scripts run by `python -m jaxcnn.compat` or "
            f"after jaxcnn.compat.install(); elsewhere {REMOVED[name]}."
        )
    return f"{name} has been removed from Keras and is not in jaxcnn: {REMOVED[name]}."


def translated(
    name: str, spellings: Spellings, args: Positional, kwargs: Mapping[str, object]
) -> tuple[Positional, Keywords, list[str]]:
    """(new args, new kwargs, the old words among the given ones)."""
    kwargs = dict(kwargs)
    old = [word for word in kwargs if word in spellings.old_words()]
    positions = spellings.by_position and len(args) > 1 and dialect().of_keras_1
    if spellings.rewrite is not None and (
        positions or not spellings.words or spellings.words & kwargs.keys()
    ):
        given = args, kwargs
        args, kwargs = spellings.rewrite(args, kwargs)
        if not spellings.words and (args, kwargs) != given:
            old.append("padding by sides")
    if spellings.kernel:
        args, kwargs, joined = _with_kernel(name, spellings, args, kwargs)
        old += [word for word in joined if word not in old]
    ignored = spellings.left_out(kwargs)
    for word in [word for word in kwargs if word in ignored]:
        del kwargs[word]
        warn(f"{name} leaves `{word}` out, as Keras did: {ignored[word]}.")
        old.remove(word)
    for word in [word for word in kwargs if word in spellings.renames or word in spellings.dropped]:
        value = kwargs.pop(word)
        if word in spellings.dropped:
            harmless, advice = spellings.dropped[word]
            if harmless is None or value != harmless:
                raise TypeError(
                    f"{name} takes no `{word}` any more (given {written(value)}): {advice}."
                )
            continue
        if word in spellings.values:
            value = _translated_value(name, word, value, spellings.values[word])
        new_names = spellings.renames[word]
        for new in (new_names,) if isinstance(new_names, str) else new_names:
            if new in kwargs:
                raise TypeError(
                    f"{name} got `{word}`, the old name of `{new}`, and `{new}` itself; keep "
                    f"`{new}`."
                )
            kwargs[new] = value
    return args, kwargs, old


def _translated_value(name: str, word: str, value: object, known: Mapping[str, object]) -> object:
    for old, new in known.items():
        if value == old:
            return new
    if any(value == new and type(value) is type(new) for new in known.values()):
        return value
    raise ValueError(f"{name}: `{word}` is {value!r}; known are {', '.join(map(repr, known))}.")


def _with_kernel(
    name: str, spellings: Spellings, args: Positional, kwargs: Keywords
) -> tuple[Positional, Keywords, list[str]]:
    """`nb_row`, `nb_col`, by name or as integers by position, joined into `kernel_size`."""
    words = spellings.kernel
    by_name = [word for word in words if word in kwargs]
    leading = args[1 : 1 + len(words) - len(by_name)]
    if len(leading) + len(by_name) != len(words) or words[len(leading) :] != tuple(by_name):
        if by_name:
            raise TypeError(
                f"{name}: {', '.join(words)} make up `kernel_size`; give all of them, or "
                "`kernel_size`."
            )
        return args, kwargs, []
    if not all(isinstance(size, int) and not isinstance(size, bool) for size in leading):
        return args, kwargs, []
    todays = [
        word
        for word in ("strides", "padding", "data_format", "dilation_rate", "kernel_size")
        if word in kwargs
    ]
    if todays and not by_name:
        raise ValueError(
            f"{call(name, args, kwargs)} can mean two things: the integers by position are Keras "
            f"1, `{todays[0]}` is not. Write {name}({args[0]}, {leading}, ...) for a kernel of "
            "that size; give strides by their name."
        )
    size = (*leading, *(kwargs[word] for word in by_name))
    rest = {word: value for word, value in kwargs.items() if word not in words}
    if leading or args[1:]:
        return (args[0], size, *args[1 + len(leading) :]), rest, list(words)
    return args, {"kernel_size": size, **rest}, list(words)


def _accepting(function: Callable[..., T], name: str | None = None) -> Callable[..., T]:
    """`function` with its arguments renewed; `name` is that of a class's method in the tables."""
    known = name or function.__name__
    if f"{known} of {(module := function.__module__.rpartition('.')[2])}" in ORDERS:
        known = f"{known} of {module}"
    parameters = inspect.signature(function).parameters
    first = int(name is not None or next(iter(parameters), None) == "self")
    open_ended = takes_any(parameters)

    ignored = TABLES[known].ignored.keys() if known in TABLES else set()
    accuracy = {"show_accuracy", "accuracy"} & ignored if name else set()

    @functools.wraps(function)
    def accepting(*args: Any, **kwargs: object) -> T:
        # not where the method of a subclass calls that of its base
        if accuracy and dialect().accuracy_by_call and getattr(type(args[0]), known) is accepting:
            args[0].report_accuracy(any(map(kwargs.pop, accuracy & kwargs.keys())))
        taken = None if open_ended else parameters
        new_args, new_kwargs = renewed(known, args[first:], kwargs, taken)
        if not open_ended:
            refuse_unknown(known, new_kwargs, parameters)
        return function(*args[:first], *new_args, **new_kwargs)

    accepting.accepts_old_spellings = True  # type: ignore[attr-defined]
    return accepting


def call(name: str, args: Iterable[object], kwargs: Mapping[str, object]) -> str:
    """A call as one would write it."""
    keywords = [f"{word}={written(value)}" for word, value in kwargs.items()]
    return f"{name}({', '.join([*map(written, args), *keywords])})"


def written(value: object) -> str:
    """An argument as one would write it, arrays and other large things by their type and shape."""
    if isinstance(value, list | tuple) and len(value) <= 8:
        inside = ", ".join(map(written, value))
        return (
            f"[{inside}]"
            if isinstance(value, list)
            else f"({inside}{',' if len(value) == 1 else ''})"
        )
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"<{type(value).__name__} {tuple(value.shape)}>"
    if callable(value) and hasattr(value, "__name__"):
        return str(value.__name__)
    text = repr(value)
    return text if len(text) <= 80 else f"<{type(value).__name__}>"


def warn(message: str) -> None:
    """Warn at the line of the user's code that called into this library."""
    level, frame = 1, inspect.currentframe()
    while frame is not None and frame.f_code.co_filename.startswith(PACKAGE + os.sep):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, OldSpellingWarning, stacklevel=level)

"""``tf.flags`` and ``tf.app``: what a script is told on the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

__all__ = [
    "DEFINE_bool",
    "DEFINE_boolean",
    "DEFINE_float",
    "DEFINE_integer",
    "DEFINE_string",
    "FLAGS",
]


class Flags:
    """The values of the flags, read from the command line when the first one is asked for."""

    def __init__(self) -> None:
        self._parser = argparse.ArgumentParser(allow_abbrev=False)
        self._values: dict[str, Any] = {}

    def define(self, name: str, default: Any, help: str, kind: Callable[[str], Any]) -> None:
        """Add ``--name``."""
        options: dict[str, Any] = {"nargs": "?", "const": True} if kind is truth else {}
        self._parser.add_argument(f"--{name}", default=default, help=help, type=kind, **options)
        if kind is truth:
            self._parser.add_argument(f"--no{name}", dest=name, action="store_false")
        self._values = {}

    def parse(self, arguments: Sequence[str]) -> list[str]:
        """Read the flags among `arguments`; the others are returned."""
        values, rest = self._parser.parse_known_args(list(arguments))
        self._values = vars(values)
        return rest

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if not self._values:
            self.parse(sys.argv[1:])
        if name not in self._values:
            raise AttributeError(f"There is no flag --{name}: define it by tf.flags.DEFINE_string.")
        return self._values[name]

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("_parser", "_values"):
            super().__setattr__(name, value)
            return
        if not self._values:
            self.parse(sys.argv[1:])
        self._values[name] = value

    def clear(self) -> None:
        """Forget all flags."""
        self.__init__()  # type: ignore[misc]


def truth(text: str) -> bool:
    """'true' and '1' are true, 'false' and '0' false.

    Raises:
        ValueError: another text.
    """
    answers = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
    if text.lower() not in answers:
        raise ValueError(text)
    return answers[text.lower()]


FLAGS = Flags()


def DEFINE_string(flag_name: str, default_value: str | None, docstring: str) -> None:
    """Add a flag that is a text."""
    FLAGS.define(flag_name, default_value, docstring, str)


def DEFINE_integer(flag_name: str, default_value: int | None, docstring: str) -> None:
    """Add a flag that is a whole number."""
    FLAGS.define(flag_name, default_value, docstring, int)


def DEFINE_float(flag_name: str, default_value: float | None, docstring: str) -> None:
    """Add a flag that is a number."""
    FLAGS.define(flag_name, default_value, docstring, float)


def DEFINE_boolean(flag_name: str, default_value: bool | None, docstring: str) -> None:
    """Add a flag that is true or false."""
    FLAGS.define(flag_name, default_value, docstring, truth)


DEFINE_bool = DEFINE_boolean


def run(main: Callable[[list[str]], Any] | None = None, argv: list[str] | None = None) -> NoReturn:
    """Read the flags, call `main` of the script with the other arguments, and exit."""
    arguments = sys.argv if argv is None else argv
    rest = FLAGS.parse(arguments[1:])
    function = main or sys.modules["__main__"].main
    sys.exit(function([*arguments[:1], *rest]))

"""Functions without a name, in pickles of the objects that hold them."""

from __future__ import annotations

import importlib
import marshal
from collections.abc import Callable, Sequence
from types import CellType, FunctionType

from jaxcnn.runtime.types import Config, PyTree, Settings


class Nameless:
    """Stands in the state of an object for a function that nothing else could find again."""

    def __init__(self, function: FunctionType) -> None:
        self.function = function

    def __deepcopy__(self, memo: object) -> Nameless:
        return self

    def __reduce__(self) -> tuple[Callable[..., Nameless], tuple[PyTree, ...]]:
        """As code, which only this version of Python runs, with the values of its closure."""
        function = self.function
        closure = [cell.cell_contents for cell in function.__closure__ or ()]
        code = marshal.dumps(function.__code__)
        return revived, (code, function.__module__, function.__defaults__, closure)


def revived(
    code: bytes, module: str, defaults: tuple[PyTree, ...] | None, closure: Sequence[PyTree]
) -> Nameless:
    """The function again, among the names of its module."""
    names = vars(importlib.import_module(module))
    cells = tuple(CellType(value) for value in closure) or None
    return Nameless(FunctionType(marshal.loads(code), names, None, defaults, cells))


def to_pickle(state: Settings) -> Config:
    """The state of an object with its nameless functions wrapped."""
    return {name: Nameless(v) if is_nameless(v) else v for name, v in state.items()}


def from_pickle(state: Settings) -> Config:
    """The state that `to_pickle` was given."""
    return {name: v.function if isinstance(v, Nameless) else v for name, v in state.items()}


def is_nameless(value: object) -> bool:
    """Whether it is a lambda, or a function made within another."""
    return isinstance(value, FunctionType) and "<" in value.__qualname__

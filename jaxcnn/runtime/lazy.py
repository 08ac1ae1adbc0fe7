"""Names of a package that are imported on first use: heavy ones, or those that stand above it."""

from __future__ import annotations

import dis
import importlib
import sys
from collections.abc import Callable, Mapping
from types import FrameType, ModuleType
from typing import Any, NoReturn

from jaxcnn.spellings.hints import closest
from jaxcnn.spellings.later import LATER
from jaxcnn.spellings.stories import told_in
from jaxcnn.spellings.tables import REMOVED
from jaxcnn.spellings.translate import removed


def lazy_attributes(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package whose further names come from other modules.

    Args:
        package: name of the package.
        modules: name -> the module that defines it; a name that is the last part of its module is
            the module itself.
    """

    def get(name: str) -> Any:
        if name not in modules:
            refuse_name(package, name, modules, sys._getframe(1))
        module = importlib.import_module(modules[name])
        return module if modules[name].rpartition(".")[2] == name else getattr(module, name)

    return get


@told_in("names")
def refuse_name(package: str, name: str, further: Mapping[str, str], caller: FrameType) -> NoReturn:
    """Refuse a name that a package does not have.

    Python hides the message of an AttributeError from who imports the name, whose error is another.

    Args:
        package: name of the package.
        name: what is asked for.
        further: names of the package that are not in its module yet.
        caller: who asks.

    Raises:
        ImportError: it is imported by ``from package import name``.
        AttributeError: it is asked for otherwise.
    """
    hint = ""
    if not name.startswith("_"):
        here = vars(sys.modules[package])
        listed = [n for n, item in here.items() if n[0] != "_" and not isinstance(item, ModuleType)]
        known = [*here.get("__all__", listed), *further]  # of two spellings the last is named
        known.sort(key=lambda other: other[0].isupper() == name[0].isupper())
        hint = closest(name, known)
    if name in LATER:
        hint = f" It is a word of a later Keras; here {LATER[name]}."
    elif name in REMOVED:
        hint = f" {removed(name)}"
    message = f"module '{package}' has no attribute {name!r}" + (f".{hint}" if hint else "")
    if caller.f_lasti >= 0 and caller.f_code.co_code[caller.f_lasti] == dis.opmap["IMPORT_FROM"]:
        raise ImportError(message, name=name)
    raise AttributeError(message, name=name, obj=sys.modules[package])

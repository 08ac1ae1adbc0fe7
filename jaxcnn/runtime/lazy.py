"""Names of a package that are imported on first use: heavy ones, or those that stand above it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def lazy_attributes(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package whose further names come from other modules.

    Args:
        package: name of the package.
        modules: name -> the module that defines it; a name that is the last part of its module is
            the module itself.
    """

    def get(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module '{package}' has no attribute {name!r}")
        module = importlib.import_module(modules[name])
        return module if modules[name].rpartition(".")[2] == name else getattr(module, name)

    return get

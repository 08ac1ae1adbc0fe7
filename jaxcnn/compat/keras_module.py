"""A module of Keras as programs import it."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from jaxcnn.compat.keras_applications import without_submodules
from jaxcnn.compat.modules import MODULES, SHIMS, TENSORFLOW, keras_path
from jaxcnn.compat.names import names_in
from jaxcnn.runtime.types import PyTree
from jaxcnn.spellings.hints import closest
from jaxcnn.spellings.tables import REMOVED
from jaxcnn.spellings.translate import removed

# What files of Keras import for themselves, and programs from any of them.
FURTHER = ("jaxcnn.layers", "jaxcnn.models", "jaxcnn.utils", "jaxcnn.compat.helpers")
ROOTS = ("keras", "keras_applications", "keras_preprocessing")


class KerasModule(ModuleType):
    """A module of Keras whose names are looked up on access, in modules of this library."""

    def __init__(self, name: str, sources: Sequence[str]) -> None:
        super().__init__(name, f"{name} as jaxcnn has it: {', '.join(sources) or 'a package'}.")
        self.__dict__["_sources"] = tuple(sources)

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return [known for known in dir(self) if not known.startswith("_")]
        if name.startswith("__"):
            raise AttributeError(name)
        path = keras_path(self.__name__)
        if f"{path}.{name}" in (MODULES if path.partition(".")[0] in ROOTS else SHIMS):
            return importlib.import_module(f"{self.__name__}.{name}")
        if target := names_in(path).get(name):
            module_name, _, attribute = target.partition(":")
            module = importlib.import_module(module_name)
            return getattr(module, attribute) if attribute else module
        for source in self._sources:
            module = importlib.import_module(source)
            if hasattr(module, name):
                value = getattr(module, name)
                apart = path.startswith("keras_applications") and callable(value)
                return without_submodules(value) if apart else value
        if path.startswith("keras.") and not path.startswith("keras.backend"):
            for source in FURTHER:
                if hasattr(module := importlib.import_module(source), name):
                    return getattr(module, name)
        if name in REMOVED and path.startswith("keras"):
            raise ImportError(removed(name))
        if path.startswith("tensorflow"):
            raise AttributeError(f"There is no {path}.{name}: {TENSORFLOW}.")
        raise AttributeError(f"jaxcnn has no {path}.{name}.{closest(name, dir(self))}")

    def __setattr__(self, name: str, value: object) -> None:
        """A function that a program puts into `keras.backend` is the one that all call."""
        if keras_path(self.__name__) == "keras.backend" and callable(value):
            backend = importlib.import_module("jaxcnn.backend")
            if hasattr(backend, name):
                setattr(backend, name, value)
                return
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        names = set(names_in(keras_path(self.__name__)))
        for source in self._sources:
            module = importlib.import_module(source)
            public = getattr(module, "__all__", None) or [
                n for n in dir(module) if not n.startswith("_")
            ]
            names.update(n for n in public if not isinstance(getattr(module, n), ModuleType))
        return sorted(names)

    def __call__(self, *args: PyTree, **kwargs: PyTree) -> PyTree:
        """`keras.layers.merge` was a module and, above it, a function."""
        if keras_path(self.__name__) != "keras.layers.merge":
            raise TypeError(f"The module {self.__name__} cannot be called.")
        from jaxcnn.compat.keras1 import merge

        return merge(*args, **kwargs)

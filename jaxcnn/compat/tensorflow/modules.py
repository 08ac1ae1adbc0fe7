"""The modules that programs import below `tensorflow`."""

from __future__ import annotations

import importlib
from typing import Any

from jaxcnn.compat.keras_module import KerasModule
from jaxcnn.compat.modules import SHIMS
from jaxcnn.compat.tensorflow.words import WORDS, word_of, words_at
from jaxcnn.spellings.dialect import dialect

VERSION_1 = "compat.v1"
# Keras -> the TensorFlow that had it inside.
VERSIONS = {"2.2": "1.13.1", "2.3": "1.15.0"}
# Paths that only lead to others.
PACKAGES = (
    "compat",
    "python",
    "python.client",
    "python.framework",
    "python.ops",
    "python.platform",
)


class TensorflowModule(KerasModule):
    """A module of TensorFlow whose names are words of this room, or modules below it."""

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return dir(self)
        if name.startswith("__"):
            raise AttributeError(name)
        below = f"{self.__name__}.{name}"
        if is_module(below) or below in SHIMS or name == "keras":
            return importlib.import_module(below)
        path = below_tensorflow(self.__name__)
        return word_of("" if path in PACKAGES else path, name)

    def __dir__(self) -> list[str]:
        path = below_tensorflow(self.__name__)
        return [] if path in PACKAGES else words_at(path)


def below_tensorflow(name: str) -> str:
    """Of 'tensorflow.nn' and 'tensorflow.compat.v1.nn' 'nn', of 'tensorflow' ''."""
    path = name.partition(".")[2]
    return path.removeprefix(VERSION_1).removeprefix(".") if path.startswith(VERSION_1) else path


def is_module(name: str) -> bool:
    """Whether this is the name of a module of TensorFlow that is here, those of Keras apart."""
    path = below_tensorflow(name)
    return name.partition(".")[0] == "tensorflow" and (path in WORDS or path in PACKAGES)


def module_called(name: str) -> TensorflowModule:
    """The module of this name."""
    module = TensorflowModule(name, ())
    if below_tensorflow(name) == "":
        module.__dict__["__version__"] = VERSIONS.get(dialect().name, "1.4.0")
    return module

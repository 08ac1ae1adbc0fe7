"""Import hooks by which ``import keras`` and everything below it find this library, on request."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from jaxcnn.compat.modules import MODULES, NAMES, SHIMS, TENSORFLOW
from jaxcnn.runtime import config
from jaxcnn.runtime.hints import closest
from jaxcnn.runtime.types import PyTree
from jaxcnn.spellings.dialect import dialect, speak
from jaxcnn.spellings.tables import REMOVED
from jaxcnn.spellings.translate import removed

ROOTS = ("keras", "keras_applications", "keras_preprocessing")
IMPORT_SYSTEM = ("<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>")


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
        path = self.__name__
        if f"{path}.{name}" in (MODULES if path.partition(".")[0] in ROOTS else SHIMS):
            return importlib.import_module(f"{path}.{name}")
        if name in NAMES.get(path, {}):
            module_name, _, attribute = NAMES[path][name].partition(":")
            module = importlib.import_module(module_name)
            return getattr(module, attribute) if attribute else module
        for source in self._sources:
            module = importlib.import_module(source)
            if hasattr(module, name):
                return getattr(module, name)
        if name in REMOVED and path.startswith("keras"):
            raise ImportError(removed(name))
        if path.startswith("tensorflow"):
            raise AttributeError(f"There is no {path}.{name}: {TENSORFLOW}.")
        raise AttributeError(f"jaxcnn has no {path}.{name}.{closest(name, dir(self))}")

    def __dir__(self) -> list[str]:
        names = set(NAMES.get(self.__name__, ()))
        for source in self._sources:
            module = importlib.import_module(source)
            public = getattr(module, "__all__", None) or [
                n for n in dir(module) if not n.startswith("_")
            ]
            names.update(n for n in public if not isinstance(getattr(module, n), ModuleType))
        return sorted(names)

    def __call__(self, *args: PyTree, **kwargs: PyTree) -> PyTree:
        """`keras.layers.merge` was a module and, above it, a function."""
        if self.__name__ != "keras.layers.merge":
            raise TypeError(f"The module {self.__name__} cannot be called.")
        from jaxcnn.compat.keras1 import merge

        return merge(*args, **kwargs)


class KerasFinder(MetaPathFinder, Loader):
    """Finds `keras` and the modules below it, and the shims of `jaxcnn.compat.modules`."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname == "tensorflow" and not self._stands_in_for_tensorflow():
            return None
        if fullname == "scipy":
            return with_misc(PathFinder.find_spec(fullname, path))
        if fullname in SHIMS:
            return ModuleSpec(fullname, self, is_package=True)
        if fullname.partition(".")[0] not in ROOTS:
            return None
        if fullname not in MODULES:
            raise ModuleNotFoundError(
                f"Keras 1 and 2 have no module {fullname}.{closest(fullname, MODULES)}",
                name=fullname,
            )
        return ModuleSpec(fullname, self, origin="jaxcnn", is_package=True)

    def _stands_in_for_tensorflow(self) -> bool:
        """Whether to import the stand-in for `tensorflow`: never where the real one is installed.

        Its only contents are the path to a data set, so an import of anything else is refused at
        once.
        """
        if PathFinder.find_spec("tensorflow") is not None:
            return False
        imported = module_being_imported()
        if imported is None:  # somebody asks whether there is one, without importing it
            return False
        if not imported.startswith("tensorflow.examples"):
            raise ImportError(f"{TENSORFLOW}.", name="tensorflow")
        return True

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        same_name = "jaxcnn" + spec.name.removeprefix("keras")
        sources = MODULES.get(spec.name, SHIMS.get(spec.name)) or (
            (same_name,) if spec.name in MODULES else ()
        )
        installed = [source for source in sources if exists(source)]
        if sources and not installed:
            raise ModuleNotFoundError(
                f"{spec.name} needs {' or '.join(sources)}, which this installation does not have.",
                name=spec.name,
            )
        return KerasModule(spec.name, installed)

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ == "keras":
            module.__dict__["__version__"] = dialect().version
            sys.stderr.write("Using jaxcnn backend.\n")
        # An error about a missing name shows the file of the first source.
        for source in module.__dict__["_sources"][:1]:
            if (spec := importlib.util.find_spec(source)) is not None:
                module.__dict__["__file__"] = spec.origin


def with_misc(scipy: ModuleSpec | None) -> ModuleSpec | None:
    """SciPy with `scipy.misc` in it, which programs use without importing it."""
    if scipy is None or scipy.loader is None:
        return scipy
    execute = scipy.loader.exec_module

    def exec_module(module: ModuleType) -> None:
        execute(module)
        module.__dict__["misc"] = importlib.import_module("scipy.misc")

    scipy.loader.exec_module = exec_module  # type: ignore[method-assign]
    return scipy


def module_being_imported() -> str | None:
    """The module whose import led here, None outside of an import.

    A finder is only told the name of the top package, so this is read from the frames of the import
    system, the outermost of which has the whole name.
    """
    frame, name = inspect.currentframe(), None
    while frame is not None and frame.f_code.co_filename in (__file__, *IMPORT_SYSTEM):
        if frame.f_code.co_name == "_find_and_load":
            name = frame.f_locals["name"]
        frame = frame.f_back
    return name


def exists(module_name: str) -> bool:
    """Whether there is a module of that name."""
    try:
        return importlib.util.find_spec(module_name) is not None
    except ModuleNotFoundError:
        return False


def install(keras: str = "2.0") -> None:
    """From here on ``import keras`` and all paths below it mean this library, in this process.

    Nothing on the disk is touched. Calling it again changes nothing but the version.

    Args:
        keras: the version whose defaults and names hold: '0.3', '1.2', '2.0' or '2.2'.

    Raises:
        RuntimeError: another Keras has already been imported.
        ValueError: another version.
    """
    speak(keras)
    if (data_format := dialect().image_data_format) is not None:
        config.set_image_data_format(data_format)
    if any(isinstance(finder, KerasFinder) for finder in sys.meta_path):
        return
    if "keras" in sys.modules:
        raise RuntimeError(
            f"Another Keras ({getattr(sys.modules['keras'], '__file__', '?')}) is already "
            "imported; call jaxcnn.compat.install() before anything imports keras."
        )
    sys.modules.pop("scipy.misc", None)  # there is still one, without functions
    sys.meta_path.insert(0, KerasFinder())
    if "scipy" in sys.modules:
        sys.modules["scipy"].__dict__["misc"] = importlib.import_module("scipy.misc")


def uninstall() -> None:
    """Undo `install`: ``import keras`` finds what is installed under that name, if anything."""
    speak(None)
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, KerasFinder)]
    for name, module in list(sys.modules.items()):
        if isinstance(module, KerasModule):
            del sys.modules[name]
            parent, _, child = name.rpartition(".")
            if parent in sys.modules:
                sys.modules[parent].__dict__.pop(child, None)

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

from jaxcnn.compat.keras_module import ROOTS, KerasModule
from jaxcnn.compat.modules import MODULES, SHIMS, TENSORFLOW, keras_path
from jaxcnn.runtime import config
from jaxcnn.spellings.dialect import chosen, dialect, speak, uses_tensorflow
from jaxcnn.spellings.hints import closest

IMPORT_SYSTEM = ("<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>")

THEANO = (
    "There is no Theano here: write `from keras import backend as K` and the functions of K in "
    "place of Theano's, such as K.dot for T.dot and K.function for theano.function."
)


class KerasFinder(MetaPathFinder, Loader):
    """Finds `keras` and the modules below it, and the shims of `jaxcnn.compat.modules`.

    Attributes:
        tensorflow: whether it finds `tensorflow`, too.
    """

    tensorflow = False

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        root = fullname.partition(".")[0]
        if root == "tensorflow" and not self.tensorflow:
            if fullname == root and not self._stands_in_for_tensorflow():
                return None
            return ModuleSpec(fullname, self, is_package=True) if fullname in SHIMS else None
        if fullname == "scipy":
            return with_misc(PathFinder.find_spec(fullname, path))
        if fullname in SHIMS:
            return ModuleSpec(fullname, self, is_package=True)
        if root == "tensorflow":
            from jaxcnn.compat.tensorflow.modules import is_module

            if is_module(fullname):
                return ModuleSpec(fullname, self, origin="jaxcnn", is_package=True)
        if root == "theano" and path is None and PathFinder.find_spec(root) is None:
            raise ModuleNotFoundError(THEANO, name=root)
        if root not in (*ROOTS, "tensorflow"):
            return None
        path = keras_path(fullname)
        if path not in MODULES:
            library = "TensorFlow, as jaxcnn knows it," if root == "tensorflow" else "Keras 1 and 2"
            if root == "tensorflow":
                from jaxcnn.compat.tensorflow.words import INSTEAD

                if instead := INSTEAD.get(fullname.split(".")[1]):
                    raise ModuleNotFoundError(
                        f"{library} has no module {fullname}. Instead: {instead}.", name=fullname
                    )
            raise ModuleNotFoundError(
                f"{library} has no module {fullname}.{closest(path, MODULES)}".replace(
                    "2 has", "2 have"
                ),
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
        path = keras_path(spec.name)
        if path.partition(".")[0] == "tensorflow" and self.tensorflow:
            from jaxcnn.compat.tensorflow.modules import is_module, module_called

            if is_module(path):
                return module_called(path)
        same_name = "jaxcnn" + path.removeprefix("keras")
        sources = MODULES.get(path, SHIMS.get(path)) or ((same_name,) if path in MODULES else ())
        installed = [source for source in sources if exists(source)]
        if sources and not installed:
            raise ModuleNotFoundError(
                f"{spec.name} needs {' or '.join(sources)}, which this installation does not have.",
                name=spec.name,
            )
        return KerasModule(spec.name, installed)

    def exec_module(self, module: ModuleType) -> None:
        if keras_path(module.__name__) == "keras":
            inside = module.__name__ != "keras"
            module.__dict__["__version__"] = dialect().version + ("-tf" if inside else "")
            if inside:
                uses_tensorflow()
        if module.__name__ == "keras":
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


def install(keras: str = "2.0", tensorflow: bool = False) -> None:
    """From here on ``import keras`` and all paths below it mean this library, in this process.

    Nothing on the disk is touched. Calling it again changes nothing but the version, and whether
    it stands in for TensorFlow.

    Args:
        keras: the version whose defaults and names hold: '0.3', '1.2', '2.0', '2.2' or '2.3'.
            Default: '2.0'.
        tensorflow: whether ``import tensorflow`` means `jaxcnn.compat.tensorflow`, which has
            `tensorflow.keras` and some words of TensorFlow 1. Default: False.

    Raises:
        RuntimeError: another Keras has already been imported, or TensorFlow where this library
            should stand in for it.
        ValueError: another version.

    Examples:
        >>> jc.compat.install(keras="2.2")
        >>> from keras.layers.core import Dense
        >>> Dense is jc.layers.Dense
        True
        >>> jc.compat.uninstall()

    References:
        - van Rossum and Moore, "PEP 302: New Import Hooks", 2002,
          <https://peps.python.org/pep-0302/>
    """
    if tensorflow and "tensorflow" in sys.modules:
        present = sys.modules["tensorflow"]
        if isinstance(present, KerasModule):  # that has the data set alone
            forget("tensorflow")
        else:
            raise RuntimeError(
                f"TensorFlow ({getattr(present, '__file__', '?')}) is already imported, and is "
                "left alone; call jaxcnn.compat.install(tensorflow=True) before that."
            )
    speak(keras)
    of_1 = ("initializations", "metrics1") if dialect().of_keras_1 else ()
    of_2_3 = ("losses_of_2_3", "metrics_of_2_3") if dialect().name == "2.3" else ()
    for module in ("configurations", *of_1, *of_2_3) if chosen() else ():  # in force from now on
        importlib.import_module(f"jaxcnn.compat.{module}")
    if tensorflow:
        importlib.import_module("jaxcnn.compat.tensorflow.variables")  # which weights answer as
    if (data_format := dialect().image_data_format) is not None:
        config.set_image_data_format(data_format)
    for finder in sys.meta_path:
        if isinstance(finder, KerasFinder):
            finder.tensorflow = tensorflow or finder.tensorflow
            return
    if "keras" in sys.modules:
        raise RuntimeError(
            f"Another Keras ({getattr(sys.modules['keras'], '__file__', '?')}) is already "
            "imported; call jaxcnn.compat.install() before anything imports keras."
        )
    sys.modules.pop("scipy.misc", None)  # there is still one, without functions
    finder = KerasFinder()
    finder.tensorflow = tensorflow
    sys.meta_path.insert(0, finder)
    if "scipy" in sys.modules:
        sys.modules["scipy"].__dict__["misc"] = importlib.import_module("scipy.misc")


def stands_in_for_tensorflow() -> bool:
    """Whether ``import tensorflow`` means this library."""
    finders = [finder for finder in sys.meta_path if isinstance(finder, KerasFinder)]
    return any(finder.tensorflow for finder in finders)


def uninstall() -> None:
    """Undo `install`: ``import keras`` finds what is installed under that name, if anything.

    Examples:
        >>> jc.compat.install()
        >>> jc.compat.uninstall()

    References:
        - van Rossum and Moore, "PEP 302: New Import Hooks", 2002,
          <https://peps.python.org/pep-0302/>
    """
    speak(None)
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, KerasFinder)]
    forget("")


def forget(root: str) -> None:
    """Take the modules of this file below `root` out of those that have been imported."""
    for name, module in list(sys.modules.items()):
        if isinstance(module, KerasModule) and name.startswith(root):
            del sys.modules[name]
            parent, _, child = name.rpartition(".")
            if parent in sys.modules:
                sys.modules[parent].__dict__.pop(child, None)

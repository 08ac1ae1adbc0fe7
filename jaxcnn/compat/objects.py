"""Helpers of `keras.utils` on names, functions and predictions."""

from __future__ import annotations

import base64
import inspect
import marshal
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from jaxcnn.runtime.names import Registry, get_custom_objects
from jaxcnn.runtime.types import Config, Settings
from jaxcnn.saving.bytecode import code_in, function_of
from jaxcnn.saving.types import Json
from jaxcnn.spellings.hints import closest

Dumped = tuple[str, tuple[object, ...] | None, tuple[object, ...] | None]


def serialize_keras_object(instance: object) -> str | Config | None:
    """The configuration of an object, the name of a function, or None for None.

    Raises:
        ValueError: the object has neither.
    """
    any_object: Registry[Any] = Registry("object")
    return any_object.serialize(instance)


def deserialize_keras_object(
    identifier: str | Settings,
    module_objects: Settings | None = None,
    custom_objects: Settings | None = None,
    printable_module_name: str = "object",
) -> Any:
    """The function of a name, or the object of a configuration.

    Args:
        identifier: the name, or {'class_name': ..., 'config': ...}.
        module_objects: name -> object.
        custom_objects: name -> object, looked at first; then those of `get_custom_objects`.
        printable_module_name: the kind of object, for messages.

    Raises:
        ValueError: an unknown name, or a configuration without one.
    """
    known = {**(module_objects or {}), **get_custom_objects(), **(custom_objects or {})}
    described: Settings = {"class_name": identifier} if isinstance(identifier, str) else identifier
    if "class_name" not in described or (described is identifier and "config" not in described):
        raise ValueError(f"Improper config format: {identifier}")
    name = described["class_name"]
    if name not in known:
        raise ValueError(f"Unknown {printable_module_name}: {name}.{closest(str(name), known)}")
    if "config" not in described:
        return known[name]
    thing, settings = known[name], described["config"]
    if not hasattr(thing, "from_config"):
        return thing(**settings)
    if has_arg(thing.from_config, "custom_objects"):
        return thing.from_config(settings, custom_objects=dict(custom_objects or {}))
    return thing.from_config(settings)


def get_from_module(
    identifier: object,
    module_params: Settings,
    module_name: str,
    instantiate: bool = False,
    kwargs: Settings | None = None,
) -> Any:
    """The object of a name, as in Keras 1: made with `kwargs` where there are any."""
    if isinstance(identifier, Mapping):
        settings = dict(identifier)
        return module_params[settings.pop("name")](**settings)
    if not isinstance(identifier, str):
        return identifier
    if identifier not in module_params:
        raise ValueError(f"Invalid {module_name}: {identifier}{closest(identifier, module_params)}")
    thing = module_params[identifier]
    return thing(**(kwargs or {})) if instantiate or kwargs else thing


def has_arg(fn: Callable[..., Any], name: str, accept_all: bool = False) -> bool:
    """Whether a function takes this keyword; with `accept_all` ``**kwargs`` count, too."""
    parameters = inspect.signature(fn).parameters
    if name in parameters:
        return parameters[name].kind not in (
            inspect.Parameter.POSITIONAL_ONLY,
            inspect.Parameter.VAR_POSITIONAL,
        )
    return accept_all and any(
        parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters.values()
    )


def func_dump(func: Callable[..., Any]) -> Dumped:
    """(code as text, defaults, values of the closure) of a function."""
    cells = func.__closure__
    return (
        base64.encodebytes(marshal.dumps(func.__code__)).decode("ascii"),
        func.__defaults__,
        tuple(cell.cell_contents for cell in cells) if cells else None,
    )


def func_load(
    code: str | Sequence[Json],
    defaults: Sequence[Json] | None = None,
    closure: Sequence[Json] | None = None,
    globs: Settings | None = None,
) -> Callable[..., Any]:
    """The function that `func_dump` has described, by its three values or by a list of them.

    Args:
        globs: the names that it may use; by default those of NumPy and of `K`.
    """
    dumped = [code, defaults, closure] if isinstance(code, str) else list(code)
    stored, *others = [*dumped, None, None][:3]
    function = function_of(code_in(str(stored)), *others)
    function.__globals__.update(globs or {})
    return function


def unpack_singleton(x: Any) -> Any:
    """The element of a list of one; anything else as it is."""
    return x[0] if isinstance(x, list | tuple) and len(x) == 1 else x


def probas_to_classes(y_pred: np.ndarray) -> np.ndarray:
    """The most probable class of each row; of one column whether it is above a half."""
    if y_pred.ndim > 1 and y_pred.shape[1] > 1:
        classes: np.ndarray = np.argmax(y_pred, axis=1)
        return classes
    return (y_pred.ravel() > 0.5).astype(int)


def binary_logloss(p: np.ndarray, y: np.ndarray) -> float:
    """The mean cross-entropy of probabilities and labels of 0 and 1."""
    sure = np.clip(p, 1e-15, 1 - 1e-15)
    return float(-np.mean(y * np.log(sure) + (1 - np.asarray(y)) * np.log(1 - sure)))

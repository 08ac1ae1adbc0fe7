"""Anonymous functions stored as Python bytecode: refused, unless the user says otherwise."""

from __future__ import annotations

import base64
import builtins
import dis
import marshal
import types
from collections.abc import Callable, Mapping, Sequence

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.runtime.lazy import lazy_attributes
from jaxcnn.runtime.names import get_custom_objects
from jaxcnn.runtime.types import PyTree
from jaxcnn.saving.types import Json

NAMELESS = "<lambda>"
# The code, as text, of functions that this process has written, which is no risk to run -> the
# names around it.
WRITTEN: dict[str, Mapping[str, PyTree]] = {}
# Functions with a name that this process has written -> these; None for a name of several.
NAMED: dict[str, Callable[..., PyTree] | None] = {}
above = lazy_attributes(__name__, {"backend": "jaxcnn.backend"})  # the `K` of a stored function


def stored_function(stored: Json, safe_mode: bool) -> Callable[..., jax.Array]:
    """The function in a Lambda layer's configuration.

    Args:
        stored: [code, defaults, closure], or Keras 3's dict of these.
        safe_mode: whether to refuse what this process has not written itself; running a stored
            function runs whatever the file's author put there.

    Raises:
        ValueError: in safe mode, or the code is not of this version of Python, or it uses names
            that are neither here nor among the custom objects.
    """
    if given := get_custom_objects().get(NAMELESS):
        named: Callable[..., jax.Array] = given
        return named
    if isinstance(stored, Mapping):
        stored = stored.get("value", stored)
    if isinstance(stored, Mapping):
        stored = [stored["code"], stored.get("defaults"), stored.get("closure")]
    text, defaults, closure = [*stored, None, None][:3]
    around = WRITTEN.get(str(text))
    if safe_mode and around is None:
        raise ValueError(
            "The file contains a Lambda layer whose function is stored as Python bytecode, which "
            "could do anything. Build the model with a named function and use load_weights; or, "
            "if you trust the file's author, load it with safe_mode=False."
        )
    function = function_of(code_in(text), defaults, closure)
    names = function.__globals__
    names |= {**(around or {}), **get_custom_objects()}
    if missing := sorted(global_names(function.__code__) - names.keys() - vars(builtins).keys()):
        raise ValueError(
            f"The function of a Lambda layer uses {', '.join(missing)}, which the file does not "
            "hold: give it in custom_objects."
        )
    return function


def with_code(function: Callable[..., PyTree]) -> Json:
    """A function without a name as files hold it: its code, defaults and closure.

    Where these are no numbers, texts or arrays it is only its name, by which custom objects give it
    again.
    """
    parts = [function.__defaults__, *[cell.cell_contents for cell in function.__closure__ or ()]]
    parts = [marked(part) for part in parts]
    if not all(is_plain(part) for part in parts):
        return NAMELESS
    text = base64.encodebytes(marshal.dumps(function.__code__)).decode("ascii")
    WRITTEN[text] = function.__globals__
    return {
        "class_name": "__lambda__",
        "config": {"code": text, "defaults": parts[0], "closure": parts[1:] or None},
    }


def name_of(function: Callable[..., PyTree]) -> str:
    """The name by which files hold a function, and `named_function` finds it in this process."""
    name = function.__name__
    known = NAMED.setdefault(name, function)
    NAMED[name] = function if known is function else None
    return name


def named_function(name: Json) -> Json:
    """The function of this name among the custom objects, else that which this process has written;
    anything else as it is.
    """
    if not isinstance(name, str) or name in get_custom_objects():
        return name
    return NAMED.get(name) or name


def global_names(code: types.CodeType) -> set[str]:
    """The names outside of a function that its code reads."""
    names = {i.argval for i in dis.get_instructions(code) if i.opname == "LOAD_GLOBAL"}
    inner = [part for part in code.co_consts if isinstance(part, types.CodeType)]
    return names.union(*map(global_names, inner))


def marked(value: PyTree) -> PyTree:
    """An array as JSON holds it, marked as Keras 2.2 marks it; anything else as it is."""
    if isinstance(value, np.ndarray | jax.Array):
        return {"type": "ndarray", "value": np.asarray(value).tolist()}
    return value


def unmarked(value: Json) -> Json:
    """The array of such a mark; anything else as it is."""
    is_array = isinstance(value, Mapping) and value.get("type") == "ndarray"
    return np.array(value["value"]) if is_array else value


def is_plain(value: object) -> bool:
    """Whether JSON gives a value back as it was."""
    if isinstance(value, list | tuple):
        return all(is_plain(item) for item in value)
    if isinstance(value, Mapping):
        return value.get("type") == "ndarray" and is_plain(value["value"])
    return value is None or isinstance(value, bool | int | float | str)


def code_parts(described: Json) -> list[Json] | None:
    """[code, defaults, closure] of what `with_code` returned, as Keras 2 writes them, or None."""
    if isinstance(described, Mapping) and described.get("class_name") == "__lambda__":
        return [described["config"][key] for key in ("code", "defaults", "closure")]
    return None


def function_of(
    code: types.CodeType,
    defaults: Sequence[Json] | None = None,
    closure: Sequence[Json] | None = None,
) -> Callable[..., jax.Array]:
    """The function with this code, which may call NumPy's functions and those of `K`.

    Names of a closure whose values are not given are empty.
    """
    names = {"K": above("backend"), "np": jnp, "jnp": jnp}
    values = [types.CellType(unmarked(value)) for value in closure or ()]
    missing = len(code.co_freevars) - len(values)
    cells = (*values, *(types.CellType() for _ in range(missing)))
    given = tuple(defaults) if defaults is not None else None
    return types.FunctionType(code, names, code.co_name, given, cells or None)


def code_in(text: str) -> types.CodeType:
    """The code in base64, or escaped as Keras 2.0 wrote it."""
    problem: Exception | None = None
    for decode in (
        lambda: base64.decodebytes(text.encode("ascii")),
        lambda: text.encode("raw_unicode_escape"),
    ):
        try:
            code = marshal.loads(decode())
        except (ValueError, EOFError, TypeError) as error:  # base64's own are ValueErrors
            problem = problem or error
        else:
            if isinstance(code, types.CodeType):
                return code
    raise ValueError(
        f"The bytecode of a Lambda layer is not of this version of Python ({problem}): build the "
        "model with a named function and use load_weights."
    )

"""Anonymous functions that Keras stored as Python bytecode: refused, unless the user says
otherwise.
"""

from __future__ import annotations

import base64
import marshal
import types
from collections.abc import Callable, Mapping
from typing import Any


def stored_function(stored: Any, safe_mode: bool) -> Callable:
    """The function in a Lambda layer's configuration.

    Args:
        stored: [code, defaults, closure], or Keras 3's dict of these.
        safe_mode: whether to refuse; running a stored function runs whatever the file's author put
            there.

    Raises:
        ValueError: in safe mode, or the code is not of this version of Python.
    """
    if safe_mode:
        raise ValueError(
            "The file contains a Lambda layer whose function is stored as Python bytecode, which "
            "could do anything. "
            "Build the model with a named function and use load_weights; or, if you trust the "
            "file's author, load it "
            "with safe_mode=False."
        )
    if isinstance(stored, Mapping):
        stored = stored.get("value", stored)
    if isinstance(stored, Mapping):
        stored = [stored["code"], stored.get("defaults"), stored.get("closure")]
    text, defaults, closure = [*stored, None, None][:3]
    code = code_in(text)
    import jax.numpy as jnp

    from jaxcnn import backend

    cells = tuple(types.CellType(value) for value in closure or ())
    names = {"K": backend, "np": jnp, "jnp": jnp}
    return types.FunctionType(
        code, names, code.co_name, tuple(defaults) if defaults else None, cells or None
    )


def code_in(text: str) -> types.CodeType:
    """The code in base64, or escaped as Keras 2.0 wrote it."""
    problem: Exception | None = None
    for decode in (
        lambda: base64.decodebytes(text.encode("ascii")),
        lambda: text.encode("raw_unicode_escape"),
    ):
        try:
            code = marshal.loads(decode())
        except (
            ValueError,
            EOFError,
            TypeError,
        ) as error:  # those of base64 and of encodings are ValueErrors
            problem = problem or error
        else:
            if isinstance(code, types.CodeType):
                return code
    raise ValueError(
        f"The bytecode of a Lambda layer is not of this version of Python ({problem}): build the "
        "model with a named "
        "function and use load_weights."
    )

"""Functions of users in which sizes depend on values, as a part of an array by a mask.

No program can be compiled of them, but they run on arrays, operation by operation. Programs for an
old Keras are run so.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from contextvars import ContextVar

import jax
import jax.numpy as jnp

from jaxcnn.runtime.captures import computing_arrays
from jaxcnn.runtime.scoped import scoped
from jaxcnn.runtime.types import PyTree
from jaxcnn.spellings.dialect import chosen
from jaxcnn.spellings.stories import from_outside

# On how many ones, in place of inputs of unknown sizes, a function is called to see its shapes.
MOST_ONES = 2**24

_called: ContextVar[list[Callable[..., PyTree]] | None] = ContextVar(
    "called_on_arrays", default=None
)


class KnownLater(ValueError):
    """A number that must be known while a program is compiled is known when it runs."""


def depends_on_values(error: Exception) -> bool:
    """Whether a function was refused because a size or a count in it depends on values.

    A condition in a user's own code does not count: a tensor had no truth.
    """
    if isinstance(error, jax.errors.TracerBoolConversionError):
        return not from_outside(error)
    if isinstance(error, IndexError) and re.search("must (be|have) static", str(error)):
        return True
    return isinstance(
        error,
        KnownLater
        | jax.errors.ConcretizationTypeError
        | jax.errors.NonConcreteBooleanIndexError
        | jax.errors.TracerIntegerConversionError,
    )


def shapes_from(function: Callable[..., PyTree], *arguments: PyTree) -> PyTree:
    """The shapes and dtypes of what a function returns.

    In a program for an old Keras it is called on arrays where sizes in it depend on values: on
    those that are given, and on ones where only the shape is.

    Raises:
        KnownLater: that would be more than `MOST_ONES`.
    """
    try:
        # By another function each time, as JAX keeps a record of each call while that lives.
        return jax.eval_shape(lambda *values: function(*values), *arguments)
    except Exception as error:
        if not (chosen() and depends_on_values(error)):
            raise
        ones = [e.size for e in jax.tree.leaves(arguments) if isinstance(e, jax.ShapeDtypeStruct)]
        if sum(ones) > MOST_ONES:
            raise KnownLater(
                f"Sizes in it depend on values, and it was tried on {sum(ones):,} numbers: give "
                "the inputs' sizes."
            ) from error
    if (called := _called.get()) is not None:
        called.append(function)
    arrays = jax.tree.map(array_like, arguments)
    with jax.disable_jit(), computing_arrays():
        results = function(*arrays)
    return jax.tree.map(lambda x: jax.ShapeDtypeStruct(jnp.shape(x), jnp.result_type(x)), results)


def array_like(example: PyTree) -> PyTree:
    """An example as an array: ones where only its shape is known."""
    if isinstance(example, jax.ShapeDtypeStruct):
        return jnp.ones(example.shape, example.dtype)
    return jnp.asarray(example)


@contextlib.contextmanager
def noticing_calls() -> Iterator[list[Callable[..., PyTree]]]:
    """The functions that `shapes_from` calls on arrays within the block are listed."""
    called: list[Callable[..., PyTree]] = []
    with scoped(_called, called):
        yield called

"""``tf.py_func``: functions of NumPy arrays inside the graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.compat.tensorflow.dtypes import as_dtype
from jaxcnn.compat.tensorflow.operation import TensorOperation
from jaxcnn.compat.tensorflow.word import computes, numbered
from jaxcnn.layers.symbolic.saved_call import SavedCall, symbolic_arguments, with_slots
from jaxcnn.layers.trace_at_sizes import TensorSpec
from jaxcnn.runtime.by_value import KnownLater
from jaxcnn.runtime.types import PyTree

__all__ = ["py_func"]


def py_func(
    func: Callable[..., Any],
    inp: Sequence[PyTree],
    Tout: Any,
    stateful: bool = True,
    name: str | None = None,
) -> PyTree:
    """What a function returns for the values of `inp` as NumPy arrays, when the graph runs.

    Its shape is not known before, and it has no derivative. `Tout` is the number type of the
    result, or a list of them; with a list of one the result is a list. Each run calls the function,
    whether it is `stateful` or not.
    """
    several = isinstance(Tout, list | tuple)
    dtypes = [np.dtype(dtype) for dtype in (Tout if several else [Tout])]

    def compute(*values: PyTree) -> list[jax.Array]:
        arrays = [jax.lax.stop_gradient(jnp.asarray(value)) for value in values]
        if any(isinstance(array, jax.core.Tracer) for array in arrays):
            raise KnownLater(
                "tf.py_func is called on values, which a compiled program has only when it runs: "
                "compute by words of TensorFlow, or with NumPy between two runs of the session."
            )
        given = func(*map(np.asarray, arrays))
        results = list(given) if isinstance(given, list | tuple) else [given]
        if len(results) != len(dtypes):
            raise ValueError(
                f"tf.py_func: the function returned {len(results)} values, and `Tout` has "
                f"{len(dtypes)} number types."
            )
        return [checked(i, *pair) for i, pair in enumerate(zip(results, dtypes, strict=True))]

    if computes(list(inp)):
        outputs = compute(*inp)
    else:
        tensors = symbolic_arguments(list(inp))
        args, kwargs = with_slots((tuple(inp), {}), tensors)
        label = numbered("PyFunc", name)
        declared: PyTree = [TensorSpec((), as_dtype(dtype)) for dtype in dtypes]
        operation = TensorOperation(
            SavedCall(label, compute, args, kwargs), label, declared, by_value=True, any_shape=True
        )
        outputs = operation(tensors[0] if len(tensors) == 1 else tensors)
    return outputs if several else outputs[0]


def checked(number: int, value: PyTree, dtype: np.dtype) -> jax.Array:
    """A result of a function, which must have the number type that was said.

    Raises:
        ValueError: it has another.
    """
    array = np.asarray(value)
    if array.dtype != dtype:
        raise ValueError(
            f"{number}-th value returned by the function of tf.py_func is {array.dtype}, but "
            f"`Tout` says {dtype}."
        )
    return jnp.asarray(array)

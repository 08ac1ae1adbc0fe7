"""Variables, constants and placeholders: making them, asking about them, reading and setting
values.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.layers import naming
from jaxcnn.layers.input import Input
from jaxcnn.layers.symbolic.operation import Operation
from jaxcnn.layers.symbolic.saved_call import SavedCall
from jaxcnn.layers.symbolic.tensor import Size, SymbolicTensor
from jaxcnn.layers.variable import Variable
from jaxcnn.optimizers.base import HyperparameterValue
from jaxcnn.runtime import context
from jaxcnn.runtime.config import floatx


def variable(value: Any, dtype: Any = None, name: str | None = None) -> Variable:
    """An array that can be set (`set_value`); functions that use it see the value that it has when
    they run.

    Args:
        value: a number, nested lists or an array.
        dtype: by default `floatx`.
        name: by default 'variable_1', ...

    Raises:
        ValueError: the value is only known when a model runs.
    """
    if isinstance(value, jax.core.Tracer | SymbolicTensor):
        raise ValueError(
            "K.variable needs a value that is known now; what a layer computes needs no variable."
        )
    return Variable.holding(
        name or naming.unique_name("variable"), np.array(value, jnp.dtype(dtype or floatx()))
    )


def constant(
    value: Any, dtype: Any = None, shape: Any = None, name: str | None = None
) -> jax.Array:
    """An array of `value` in `floatx` or another dtype, filling `shape` when there is one; `name`
    is only a label.
    """
    array = jnp.asarray(np.asarray(value, jnp.dtype(dtype or floatx())))
    return array if shape is None else jnp.broadcast_to(array, tuple(shape))


def placeholder(
    shape: Sequence[int | None] | None = None,
    ndim: int | None = None,
    dtype: Any = None,
    sparse: bool = False,
    name: str | None = None,
) -> SymbolicTensor:
    """A symbolic tensor whose value `function` is given, as `Input` with the batch included.

    Args:
        shape: None where any size will do.
        ndim: the number of axes, instead of `shape`.
        dtype: by default `floatx`.
        sparse: must be False: there are no sparse arrays here.
        name: by default 'placeholder_1', ...

    Raises:
        ValueError: neither `shape` nor `ndim`, or `sparse`.
    """
    if sparse:
        raise ValueError(
            "K.placeholder: there are no sparse arrays here; leave `sparse` out and give dense "
            "values."
        )
    if shape is None and ndim is None:
        raise ValueError("K.placeholder needs `shape` or `ndim`.")
    sizes = (None,) * (ndim or 0) if shape is None else tuple(shape)
    return Input(batch_shape=sizes, dtype=dtype, name=name or naming.unique_name("placeholder"))


def zeros(shape: Sequence[int], dtype: Any = None, name: str | None = None) -> Variable:
    """A variable that starts with zeros."""
    return variable(np.zeros(tuple(shape)), dtype, name)


def ones(shape: Sequence[int], dtype: Any = None, name: str | None = None) -> Variable:
    """A variable that starts with ones."""
    return variable(np.ones(tuple(shape)), dtype, name)


def eye(size: int, dtype: Any = None, name: str | None = None) -> Variable:
    """A variable that starts with the identity matrix of `size` rows."""
    return variable(np.eye(size), dtype, name)


# -- questions -------------------------------------------------------------------------------------


def shape(x: Any) -> tuple[Any, ...]:
    """The sizes of `x`; those that are not known yet can stand in the arguments of other functions."""
    if isinstance(x, SymbolicTensor):
        return tuple(Size(x, axis) if n is None else n for axis, n in enumerate(x.shape))
    return jnp.shape(x)


def int_shape(x: Any) -> tuple[int | None, ...]:
    """The sizes of `x`, None where they are not known yet."""
    return x.shape if isinstance(x, SymbolicTensor | Variable) else jnp.shape(x)


get_variable_shape = int_shape


def ndim(x: Any) -> int:
    """The number of axes."""
    return len(int_shape(x))


def dtype(x: Any) -> str:
    """The name of the number type, such as 'float32'."""
    return np.dtype(x.dtype).name


def count_params(x: Any) -> int:
    """The number of elements."""
    return math.prod(int(n) for n in jnp.shape(x))


def is_keras_tensor(x: Any) -> bool:
    """Whether `x` is symbolic: a placeholder, an `Input`, or computed from them."""
    return isinstance(x, SymbolicTensor)


def is_sparse(tensor: Any) -> bool:
    """False: there are no sparse arrays here."""
    return False


def to_dense(tensor: Any) -> Any:
    """The tensor itself, which is dense."""
    return tensor


# -- reading and setting ---------------------------------------------------------------------------


def get_value(x: Any) -> Any:
    """The value of a variable, weight or array as a NumPy array, of an optimizer's number as a
    NumPy number.
    """
    return np.array(x, np.float32)[()] if isinstance(x, float) else np.array(x)


def set_value(x: Any, value: Any) -> None:
    """Set a variable, a layer's weight, or an optimizer's number, as in
    ``K.set_value(model.optimizer.lr, 0.01)``.

    Raises:
        TypeError: something that cannot be set.
        ValueError: a value of another shape.
    """
    if isinstance(x, Variable):
        x.assign(value)
    elif isinstance(x, HyperparameterValue):
        setattr(x.optimizer, x.name, float(np.asarray(value)))
    else:
        raise TypeError(
            "K.set_value takes a K.variable, a layer's weight or an optimizer's number such as "
            "model.optimizer.lr; "
            f"given {x!r} of type {type(x).__name__}."
        )


def batch_get_value(ops: Iterable[Any]) -> list[Any]:
    """`get_value` of each."""
    return [get_value(x) for x in ops]


def batch_set_value(tuples: Iterable[tuple[Any, Any]]) -> None:
    """`set_value` of each pair (what, value)."""
    for x, value in tuples:
        set_value(x, value)


# -- updates ---------------------------------------------------------------------------------------


def update(x: Any, new_x: Any) -> tuple[Any, Any]:
    """The update of `x` to `new_x`, for `Layer.add_update` or for `function`, which carry it out."""
    return x, new_x


def update_add(x: Any, increment: Any) -> tuple[Any, Any]:
    """The update of `x` to ``x + increment``."""
    return x, _when_run(x) + increment


def update_sub(x: Any, decrement: Any) -> tuple[Any, Any]:
    """The update of `x` to ``x - decrement``."""
    return x, _when_run(x) - decrement


def moving_average_update(x: Any, value: Any, momentum: float) -> tuple[Any, Any]:
    """The update of `x` to ``momentum * x + (1 - momentum) * value``."""
    return x, _when_run(x) * momentum + value * (1.0 - momentum)


def _when_run(x: Any) -> Any:
    """The value that a variable will have when the update is carried out."""
    if not isinstance(x, Variable) or context.training() is not None:
        return x
    return Operation(SavedCall("identity", jnp.asarray, (x,)))([])

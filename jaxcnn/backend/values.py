"""Variables, constants and placeholders: making, inspecting, reading and setting them."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from typing import Any, TypeVar, cast

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.backend.sparse import SparseTensor
from jaxcnn.layers import creation, naming
from jaxcnn.layers.base import Layer
from jaxcnn.layers.input import Input, InputLayer
from jaxcnn.layers.old_kernels import kernel_from_1, kernel_of_1
from jaxcnn.layers.symbolic.change import Change
from jaxcnn.layers.symbolic.operation import operation
from jaxcnn.layers.symbolic.operators import add, multiply, subtract
from jaxcnn.layers.symbolic.sizes import Size, Sizes, UnknownSize
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.types import SizesLike, Tensor, TensorLike
from jaxcnn.layers.symbolic.walk import upstream
from jaxcnn.layers.variable import Variable
from jaxcnn.optimizers.base import HyperparameterValue
from jaxcnn.runtime.arrays import dense
from jaxcnn.runtime.captures import notice
from jaxcnn.runtime.config import floatx
from jaxcnn.runtime.scoped import scoped
from jaxcnn.runtime.types import ArrayFunction, ArrayLike, DTypeLike, HostArray, PyTree, Shape
from jaxcnn.spellings.dialect import chosen, dialect
from jaxcnn.spellings.keywords import suggesting

T = TypeVar("T")


@suggesting
def variable(
    value: HostArray,
    dtype: DTypeLike | None = None,
    name: str | None = None,
    constraint: ArrayFunction | None = None,
) -> Variable:
    """An array that `set_value` sets; a function that uses it sees its value when it runs.

    Args:
        value: a number, nested lists or an array.
        dtype: by default `floatx`.
        name: by default 'variable_1', ...
        constraint: function of the value that an optimizer applies after each step. Default: None.

    Raises:
        ValueError: the value is only known when a model runs.

    Examples:
        >>> from jaxcnn import backend as K
        >>> weight = K.variable([1.0, 2.0])
        >>> K.eval(weight + 1)
        array([2., 3.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    if isinstance(value, SymbolicTensor) and not upstream([value], ())[1]:
        value = np.asarray(value)  # random numbers, drawn now
    if isinstance(value, jax.core.Tracer | SymbolicTensor):
        raise ValueError(
            "K.variable needs a value that is known now; what a layer computes needs no variable."
        )
    known = value.stored if isinstance(value, Variable) else dense(value)
    variable = Variable.holding(
        name or naming.unique_name("variable"), np.array(known, jnp.dtype(dtype or floatx()))
    )
    variable.constraint = constraint
    creation.note(variable)
    return variable


@suggesting
def constant(
    value: HostArray,
    dtype: DTypeLike | None = None,
    shape: Sequence[int] | None = None,
    name: str | None = None,
) -> Tensor:
    """An array of `value` in `floatx` or another dtype, filling `shape` when there is one.

    `name` is only a label. Made while a function is traced, as in a layer's `build`, it has its
    value all the same, and may be kept for other functions.

    Args:
        value: the value: a number, or an array or nested lists of numbers.
        dtype: name or type of the numbers; None for `floatx`.
        shape: sizes that the value fills; None for its own.
        name: only a label. Default: None.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.constant([1.0, 2.0]))
        array([1., 2.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    with jax.ensure_compile_time_eval():
        array = jnp.asarray(np.asarray(value, jnp.dtype(dtype or floatx())))
        return array if shape is None else jnp.broadcast_to(array, tuple(shape))


@suggesting
def placeholder(
    shape: Sequence[int | None] | None = None,
    ndim: int | None = None,
    dtype: DTypeLike | None = None,
    sparse: bool = False,
    name: str | None = None,
) -> SymbolicTensor:
    """A symbolic tensor whose value `function` is given, as `Input` with the batch included.

    Args:
        shape: None where any size will do.
        ndim: the number of axes, instead of `shape`. Default: None.
        dtype: by default `floatx`.
        sparse: whether it is meant for sparse matrices of SciPy, which are made dense. Default:
            False.
        name: by default 'placeholder_1', ...

    Raises:
        ValueError: neither `shape` nor `ndim`.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.placeholder((None, 3)).shape
        (None, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    if shape is None and ndim is None:
        raise ValueError("K.placeholder needs `shape` or `ndim`.")
    sizes = (None,) * (ndim or 0) if shape is None else tuple(shape)
    label = name or naming.unique_name("placeholder")
    return Input(batch_shape=sizes, dtype=dtype, name=label, sparse=sparse)


def filled(value: float, shape: SizesLike, dtype: DTypeLike | None, name: str | None) -> Variable:
    """A variable that starts with one number, or a tensor of it where a size is not known yet."""
    if isinstance(shape, int):
        shape = (shape,)
    if any(isinstance(size, UnknownSize) for size in shape):
        return cast(Variable, full(value, shape, dtype or floatx()))
    return variable(np.full(cast(tuple[int, ...], tuple(shape)), value), dtype, name)


@operation()
def full(value: float, shape: SizesLike, dtype: DTypeLike) -> Tensor:
    """An array of one number."""
    sizes = [int(cast(int, size)) for size in shape]
    return jnp.full(sizes, value, dtype)


@suggesting
def zeros(shape: SizesLike, dtype: DTypeLike | None = None, name: str | None = None) -> Variable:
    """A variable that starts with zeros; a tensor of zeros where a size is not known yet.

    Args:
        shape: sizes of the axes.
        dtype: name or type of the numbers; None for `floatx`.
        name: only a label. Default: None.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.get_value(K.zeros((2,)))
        array([0., 0.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return filled(0.0, shape, dtype, name)


@suggesting
def ones(shape: SizesLike, dtype: DTypeLike | None = None, name: str | None = None) -> Variable:
    """A variable that starts with ones; a tensor of ones where a size is not known yet.

    Args:
        shape: sizes of the axes.
        dtype: name or type of the numbers; None for `floatx`.
        name: only a label. Default: None.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.get_value(K.ones((2,)))
        array([1., 1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return filled(1.0, shape, dtype, name)


@suggesting
def eye(size: int, dtype: DTypeLike | None = None, name: str | None = None) -> Variable:
    """A variable that starts with the identity matrix of `size` rows.

    Args:
        size: number of rows.
        dtype: name or type of the numbers; None for `floatx`.
        name: only a label. Default: None.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.get_value(K.eye(2))
        array([[1., 0.],
               [0., 1.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return variable(np.eye(size), dtype, name)


# -- questions -------------------------------------------------------------------------------------


@suggesting
def shape(x: TensorLike) -> Sizes:
    """The sizes of `x`, for arithmetic and as arguments of other functions.

    Those that are not known yet will be integers when the model runs.

    Args:
        x: tensor, variable or array of any shape and dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> tuple(K.shape(np.ones((2, 3))))
        (2, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    if isinstance(x, SymbolicTensor):
        return Sizes(Size(x, axis) if n is None else n for axis, n in enumerate(x.shape))
    return Sizes(_array_shape(x))


# The traces in which functions of one element of a batch run.
_elements: ContextVar[tuple[object, ...]] = ContextVar("elements", default=())


def of_element(function: Callable[[PyTree], PyTree]) -> Callable[[PyTree], PyTree]:
    """A function of one element of a batch, whose arrays have no batch in front."""

    @functools.wraps(function)
    def call(element: PyTree) -> PyTree:
        traces = (trace_of(leaf) for leaf in jax.tree.leaves(element))
        with scoped(_elements, (*_elements.get(), *traces)):
            return function(element)

    return call


def trace_of(x: object) -> object:
    """The trace that made an array; None for one with a value."""
    return x._trace if isinstance(x, jax.core.Tracer) else None


class TracedShape(tuple[int, ...]):
    """The sizes of an array that is traced in place of a batch of any size.

    Asked for that size, the trace ends, and the function is evaluated on symbolic tensors, whose
    batch is None.
    """

    def __getitem__(self, index: Any) -> Any:
        if index == 0:
            notice("the size of a batch")
        return super().__getitem__(index)


@suggesting
def int_shape(x: TensorLike) -> Shape:
    """The sizes of `x`, None where they are not known yet.

    Args:
        x: tensor, variable or array of any shape and dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.get_variable_shape(K.variable(np.ones((2, 3))))
        (2, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    if isinstance(x, SymbolicTensor):
        return tuple(x.shape)
    sizes = _array_shape(x)
    trace = trace_of(x)
    plain = trace is None or any(trace is known for known in _elements.get())
    return sizes if plain or not chosen() else TracedShape(sizes)


get_variable_shape = int_shape


@suggesting
def ndim(x: TensorLike) -> int:
    """The number of axes.

    Args:
        x: tensor, variable or array of any shape and dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.ndim(K.variable(np.ones((2, 3))))
        2

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return len(int_shape(x))


@suggesting
def dtype(x: Tensor | np.ndarray | Variable | SymbolicTensor) -> str:
    """The name of the number type, such as 'float32'.

    Args:
        x: tensor, variable or array of any shape and dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.dtype(K.variable([1.0]))
        'float32'

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return str(np.dtype(x.dtype).name)


@suggesting
def count_params(x: TensorLike) -> int:
    """The number of elements.

    Args:
        x: tensor, variable or array of any shape and dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.count_params(K.variable(np.ones((2, 3))))
        6

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return math.prod(_array_shape(x))


@suggesting
def is_keras_tensor(x: object) -> bool:
    """Whether `x` is a placeholder, an `Input`, or computed from them.

    Args:
        x: tensor, variable or array of any shape and dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.is_keras_tensor(jc.layers.Input((3,)))
        True

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/common.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/common.py>
    """
    if not isinstance(x, SymbolicTensor):
        return False
    nodes, inputs = upstream([x], ())
    return bool(inputs) or any(isinstance(node.layer, InputLayer) for node in nodes)


@suggesting
def is_sparse(tensor: TensorLike | SparseTensor) -> bool:
    """Whether `tensor` is a sparse tensor; matrices that are fed to sparse inputs are dense here.

    Args:
        tensor: tensor, variable or array of any shape and dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.is_sparse(np.ones(3))
        False

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return isinstance(tensor, SparseTensor)


@suggesting
def to_dense(tensor: T) -> T:
    """A sparse tensor with 0 where it has no number; any other tensor is dense itself.

    Args:
        tensor: tensor, variable or array of any shape and dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.to_dense(np.array([1.0]))
        array([1.])

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return tensor.whole if isinstance(tensor, SparseTensor) else tensor  # type: ignore[return-value]


def _array_shape(x: TensorLike) -> tuple[int, ...]:
    return tuple(x.shape) if isinstance(x, Variable) else jnp.asarray(x).shape


# -- reading and setting ---------------------------------------------------------------------------


@suggesting
def get_value(x: Variable | Change | HostArray | float) -> np.ndarray:
    """The value as a NumPy array, without axes as a NumPy number.

    An update is carried out; the value is the new one.

    Args:
        x: tensor, variable or array of any shape and dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.get_value(K.variable([1.0]))
        array([1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    if isinstance(x, Change):
        return x.carry_out()
    known = x.stored if isinstance(x, Variable) else x
    value: np.ndarray = np.array(known, np.float32 if isinstance(x, float) else None)[()]
    if isinstance(x, Variable) and isinstance(x.owner, Layer) and dialect().of_keras_1:
        return kernel_of_1(x.owner, x.path, value)
    return value


@suggesting
def set_value(x: Variable | float, value: ArrayLike) -> None:
    """Set a variable, a layer's weight, or a hyperparameter such as ``model.optimizer.lr``.

    Args:
        x: variable, weight or hyperparameter.
        value: the new value, an array of the shape and dtype of `x`.

    Raises:
        TypeError: something that cannot be set.
        ValueError: a value of another shape.

    Examples:
        >>> from jaxcnn import backend as K
        >>> weight = K.variable([0.0])
        >>> K.set_value(weight, [1.0])
        >>> K.get_value(weight)
        array([1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    if isinstance(x, Variable):
        if isinstance(x.owner, Layer) and dialect().of_keras_1:
            value = kernel_from_1(x.owner, x.path, np.asarray(value), tuple(x.shape))
        x.set(value)
    elif isinstance(x, HyperparameterValue):
        x.set(float(np.asarray(value)))
    else:
        raise TypeError(
            "K.set_value takes a K.variable, a layer's weight or a hyperparameter such as "
            "model.optimizer.lr; given "
            f"{x!r} of type {type(x).__name__}."
        )


@suggesting
def batch_get_value(ops: Iterable[Variable | Change | HostArray | float]) -> list[np.ndarray]:
    """`get_value` of each; updates are carried out together.

    Args:
        ops: variables, updates or arrays of any shape and dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.batch_get_value([K.variable([1.0, 2.0])])
        [array([1., 2.], dtype=float32)]

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    values = [(x, np.asarray(x[1]) if isinstance(x, Change) else get_value(x)) for x in ops]
    for x, value in values:
        if isinstance(x, Change):
            x[0].set(value)
    return [value for _, value in values]


@suggesting
def batch_set_value(tuples: Iterable[tuple[Variable | float, ArrayLike]]) -> None:
    """`set_value` of each pair (variable, value).

    Args:
        tuples: pairs (variable, value); a value is an array of its variable's shape and dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> weight = K.variable([0.0, 0.0])
        >>> K.batch_set_value([(weight, [1.0, 2.0])])
        >>> K.get_value(weight)
        array([1., 2.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    for x, value in tuples:
        set_value(x, value)


# -- updates ---------------------------------------------------------------------------------------


@suggesting
def update(x: Variable | Tensor, new_x: TensorLike) -> Change:
    """The update of `x` to `new_x`, for `Layer.add_update` or `function`, which carry it out.

    It is a pair, and its value is the new one: what a layer computes from it needs it carried out.

    Args:
        x: the variable, of any shape and dtype.
        new_x: the new value, of the same shape and dtype.

    Examples:
        >>> from jaxcnn import backend as K
        >>> weight = K.variable([0.0])
        >>> K.get_value(K.update(weight, np.array([2.0])))
        array([2.])

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return Change(x, new_x)


@suggesting
def update_add(x: Variable | Tensor, increment: TensorLike) -> Change:
    """The update of `x` to ``x + increment``.

    Args:
        x: the variable, of any shape, of numbers.
        increment: what is added, of the same shape or a number.

    Examples:
        >>> from jaxcnn import backend as K
        >>> weight = K.variable([1.0])
        >>> K.get_value(K.update_add(weight, np.array([2.0])))
        array([3.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return Change(x, add(x, increment))


@suggesting
def update_sub(x: Variable | Tensor, decrement: TensorLike) -> Change:
    """The update of `x` to ``x - decrement``.

    Args:
        x: the variable, of any shape, of numbers.
        decrement: what is taken away, of the same shape or a number.

    Examples:
        >>> from jaxcnn import backend as K
        >>> weight = K.variable([1.0])
        >>> K.get_value(K.update_sub(weight, np.array([2.0])))
        array([-1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return Change(x, subtract(x, decrement))


@suggesting
def moving_average_update(x: Variable | Tensor, value: TensorLike, momentum: float) -> Change:
    """The update of `x` to ``momentum * x + (1 - momentum) * value``.

    Args:
        x: the variable, of any shape, of numbers.
        value: the new value, numbers of the same shape.
        momentum: how much of the old value stays, from 0 to 1.

    Examples:
        >>> from jaxcnn import backend as K
        >>> mean = K.variable([0.0])
        >>> K.get_value(K.moving_average_update(mean, np.array([1.0]), 0.75))
        array([0.25], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return Change(x, add(multiply(x, momentum), multiply(value, 1.0 - momentum)))

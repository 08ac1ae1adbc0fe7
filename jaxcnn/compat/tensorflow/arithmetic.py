"""Arithmetic, comparison and reduction, and the operators of tensors."""

from __future__ import annotations

import builtins
import functools
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn import losses
from jaxcnn.backend.reductions import greatest, least
from jaxcnn.backend.sparse import SparseTensor
from jaxcnn.compat.tensorflow.dtypes import as_dtype
from jaxcnn.compat.tensorflow.tensor import Tensor
from jaxcnn.compat.tensorflow.word import Word, word
from jaxcnn.layers.symbolic.operators import give_operators
from jaxcnn.layers.symbolic.sizes import Sizes, product
from jaxcnn.layers.symbolic.tensor import Index, SymbolicTensor
from jaxcnn.layers.variable import Variable
from jaxcnn.runtime import ties
from jaxcnn.runtime.types import ArrayFunction, ArrayLike, DTypeLike, PyTree

__all__ = [
    "abs",
    "add",
    "add_n",
    "argmax",
    "argmin",
    "cast",
    "ceil",
    "clip_by_value",
    "cos",
    "div",
    "divide",
    "equal",
    "exp",
    "floor",
    "floordiv",
    "greater",
    "greater_equal",
    "is_finite",
    "is_nan",
    "less",
    "less_equal",
    "log",
    "logical_and",
    "logical_not",
    "logical_or",
    "matmul",
    "maximum",
    "minimum",
    "mod",
    "multiply",
    "negative",
    "not_equal",
    "pow",
    "reduce_all",
    "reduce_any",
    "reduce_logsumexp",
    "reduce_max",
    "reduce_mean",
    "reduce_min",
    "reduce_prod",
    "reduce_sum",
    "round",
    "rsqrt",
    "sigmoid",
    "sign",
    "sin",
    "sqrt",
    "square",
    "squared_difference",
    "subtract",
    "tanh",
    "to_double",
    "to_float",
    "to_int32",
    "to_int64",
    "truediv",
]


def elementwise_word(label: str, function: ArrayFunction) -> Word:
    """A word of one tensor."""

    @word(label, sizes=True)
    def call(x: ArrayLike) -> jax.Array:
        return function(jnp.asarray(x))

    return call


def binary_word(label: str, function: ArrayFunction) -> Word:
    """A word of two tensors of one number type, or of a tensor and a value, which takes its type.

    Raises:
        TypeError: the types differ.
    """

    @word(label, sizes=True)
    def compute(x: ArrayLike, y: ArrayLike) -> jax.Array:
        return function(jnp.asarray(x), jnp.asarray(y))

    def call(x: PyTree, y: PyTree, name: str | None = None) -> PyTree:
        typed = [v for v in (x, y) if isinstance(v, SymbolicTensor | Variable | jax.Array)]
        types = [np.dtype(v.dtype) for v in typed]
        if len(typed) == 2 and types[0] != types[1]:
            raise TypeError(
                f"Input 'y' of '{label}' Op has type {types[1].name} that does not match type "
                f"{types[0].name} of argument 'x'. tf.cast makes them one."
            )
        if len(typed) == 1:
            x, y = (v if v is typed[0] else like(v, typed[0].dtype) for v in (x, y))
        return compute(x, y, name=name)

    return call


def like(value: PyTree, dtype: DTypeLike) -> PyTree:
    """A value that is no tensor as an array of this type; a size stays.

    Raises:
        TypeError: a fraction where the type has whole numbers.
    """
    if not isinstance(value, builtins.bool | int | float | list | tuple | np.ndarray | np.generic):
        return value
    array = np.asarray(value)
    if array.dtype.kind == "f" and np.dtype(dtype).kind in "iu":
        raise TypeError(f"{value!r} has a fraction; the tensor beside it is of {np.dtype(dtype)}.")
    return array.astype(dtype)


def reducing_word(label: str, function: ArrayFunction) -> Word:
    """A word that reduces along axes, by default all."""

    @word(label, at_once=("axis", "reduction_indices"), sizes=True)
    def call(
        input_tensor: ArrayLike,
        axis: int | Sequence[int] | None = None,
        keep_dims: builtins.bool = False,
        reduction_indices: int | Sequence[int] | None = None,
        keepdims: builtins.bool | None = None,
    ) -> jax.Array:
        axes = reduction_indices if axis is None else axis
        result = function(
            jnp.asarray(input_tensor),
            axis=tuple(axes) if isinstance(axes, list | tuple) else axes,
            keepdims=keep_dims if keepdims is None else keepdims,
        )
        dtype = jnp.asarray(input_tensor).dtype
        return result.astype(dtype) if function is jnp.mean else result

    return call


def reduce_prod(input_tensor: PyTree, *args: PyTree, **kwargs: PyTree) -> PyTree:
    """The product along axes, by default all; of a shape it may stand in another shape."""
    result = _reduce_prod(input_tensor, *args, **kwargs)
    if isinstance(input_tensor, Sizes) and isinstance(result, Tensor) and not result.shape:
        return result.with_known(product(input_tensor))
    return result


def _divide(x: jax.Array, y: jax.Array) -> jax.Array:
    """Without a fraction for whole numbers."""
    return jnp.floor_divide(x, y) if jnp.issubdtype(x.dtype, jnp.integer) else jnp.divide(x, y)


def _squared_difference(x: jax.Array, y: jax.Array) -> jax.Array:
    return jnp.square(x - y)


abs = elementwise_word("Abs", losses.absolute)
ceil = elementwise_word("Ceil", jnp.ceil)
cos = elementwise_word("Cos", jnp.cos)
exp = elementwise_word("Exp", jnp.exp)
floor = elementwise_word("Floor", jnp.floor)
is_finite = elementwise_word("IsFinite", jnp.isfinite)
is_nan = elementwise_word("IsNan", jnp.isnan)
log = elementwise_word("Log", jnp.log)
logical_not = elementwise_word("LogicalNot", jnp.logical_not)
negative = elementwise_word("Neg", jnp.negative)
round = elementwise_word("Round", jnp.round)
rsqrt = elementwise_word("Rsqrt", jax.lax.rsqrt)
sigmoid = elementwise_word("Sigmoid", jax.nn.sigmoid)
sign = elementwise_word("Sign", jnp.sign)
sin = elementwise_word("Sin", jnp.sin)
sqrt = elementwise_word("Sqrt", jnp.sqrt)
square = elementwise_word("Square", jnp.square)
tanh = elementwise_word("Tanh", jnp.tanh)

add = binary_word("Add", jnp.add)
div = binary_word("div", _divide)
divide = binary_word("truediv", jnp.true_divide)
equal = binary_word("Equal", jnp.equal)
floordiv = binary_word("floordiv", jnp.floor_divide)
greater = binary_word("Greater", jnp.greater)
greater_equal = binary_word("GreaterEqual", jnp.greater_equal)
less = binary_word("Less", jnp.less)
less_equal = binary_word("LessEqual", jnp.less_equal)
logical_and = binary_word("LogicalAnd", jnp.logical_and)
logical_or = binary_word("LogicalOr", jnp.logical_or)
maximum = binary_word("Maximum", ties.maximum)
minimum = binary_word("Minimum", ties.minimum)
mod = binary_word("FloorMod", jnp.remainder)
multiply = binary_word("Mul", jnp.multiply)
not_equal = binary_word("NotEqual", jnp.not_equal)
pow = binary_word("Pow", jnp.power)
squared_difference = binary_word("SquaredDifference", _squared_difference)
subtract = binary_word("Sub", jnp.subtract)
truediv = binary_word("truediv", jnp.true_divide)

reduce_all = reducing_word("All", jnp.all)
reduce_any = reducing_word("Any", jnp.any)
reduce_logsumexp = reducing_word("ReduceLogSumExp", jax.scipy.special.logsumexp)
reduce_max = reducing_word("Max", greatest)
reduce_mean = reducing_word("Mean", jnp.mean)
reduce_min = reducing_word("Min", least)
_reduce_prod = reducing_word("Prod", jnp.prod)
reduce_sum = reducing_word("Sum", jnp.sum)


@word("Cast", sizes=True)
def _cast(x: ArrayLike | SparseTensor, dtype: DTypeLike) -> jax.Array | SparseTensor:
    return x.astype(dtype) if isinstance(x, SparseTensor) else jnp.asarray(x).astype(dtype)


def cast(x: PyTree, dtype: DTypeLike, name: str | None = None) -> PyTree:
    """`x` in another number type; a tensor of that type stays itself."""
    dtype = as_dtype(dtype)
    same = isinstance(x, SymbolicTensor) and x.dtype == dtype
    return x if same else _cast(x, dtype, name=name)


def to_float(x: PyTree, name: str | None = None) -> PyTree:
    """`x` as float32."""
    return cast(x, np.float32, name)


def to_double(x: PyTree, name: str | None = None) -> PyTree:
    """`x` as float64."""
    return cast(x, np.float64, name)


def to_int64(x: PyTree, name: str | None = None) -> PyTree:
    """`x` as int64."""
    return cast(x, np.int64, name)


def to_int32(x: PyTree, name: str | None = None) -> PyTree:
    """`x` as int32."""
    return cast(x, np.int32, name)


@word("MatMul")
def matmul(
    a: ArrayLike,
    b: ArrayLike,
    transpose_a: builtins.bool = False,
    transpose_b: builtins.bool = False,
) -> jax.Array:
    """The product of matrices, or of stacks of them."""
    a, b = jnp.asarray(a), jnp.asarray(b)
    if min(a.ndim, b.ndim) < 2:
        raise ValueError(f"tf.matmul takes matrices; given arrays of {a.shape} and {b.shape}.")
    return jnp.matmul(a.mT if transpose_a else a, b.mT if transpose_b else b)


@word("AddN")
def add_n(inputs: Sequence[ArrayLike]) -> jax.Array:
    """The sum of a list of tensors of one shape."""
    return functools.reduce(jnp.add, [jnp.asarray(value) for value in inputs])


@word("clip_by_value")
def clip_by_value(t: ArrayLike, clip_value_min: ArrayLike, clip_value_max: ArrayLike) -> jax.Array:
    """`t` between two values."""
    return ties.clip(t, clip_value_min, clip_value_max)


def index_word(label: str, function: ArrayFunction) -> Word:
    """A word for an index along an axis, by default the first."""

    @word(label, at_once=("axis", "dimension"))
    def call(input: ArrayLike, axis: int | None = None, dimension: int | None = None) -> jax.Array:
        return function(jnp.asarray(input), axis=(dimension or 0) if axis is None else axis)

    return call


argmax = index_word("ArgMax", jnp.argmax)
argmin = index_word("ArgMin", jnp.argmin)


@word("strided_slice")
def _getitem(x: jax.Array, index: Index) -> jax.Array:
    return jnp.asarray(x)[index]


OPERATORS: dict[str, ArrayFunction] = {
    "add": jnp.add,
    "sub": jnp.subtract,
    "mul": jnp.multiply,
    "truediv": jnp.true_divide,
    "floordiv": jnp.floor_divide,
    "mod": jnp.remainder,
    "pow": jnp.power,
    "and": jnp.logical_and,
    "or": jnp.logical_or,
}

# Operators have names of their own in the graph; `==` stays identity.
give_operators(
    Tensor,
    binary={
        **{name: binary_word(name, function) for name, function in OPERATORS.items()},
        "matmul": matmul,
    },
    others={
        "lt": less,
        "le": less_equal,
        "gt": greater,
        "ge": greater_equal,
        "neg": negative,
        "abs": abs,
        "invert": logical_not,
        "getitem": _getitem,
    },
)

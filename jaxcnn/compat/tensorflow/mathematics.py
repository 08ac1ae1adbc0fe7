"""Further functions of numbers, and of matrices."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.compat.tensorflow.arithmetic import binary_word, cast, elementwise_word
from jaxcnn.compat.tensorflow.word import word
from jaxcnn.runtime.types import ArrayLike, PyTree

__all__ = [
    "acos",
    "asin",
    "atan",
    "atan2",
    "cosh",
    "count_nonzero",
    "cross",
    "cumprod",
    "diag",
    "diag_part",
    "digamma",
    "erf",
    "expm1",
    "floormod",
    "is_inf",
    "lgamma",
    "log1p",
    "log_sigmoid",
    "logical_xor",
    "matrix_band_part",
    "matrix_determinant",
    "matrix_diag",
    "matrix_diag_part",
    "matrix_inverse",
    "matrix_set_diag",
    "matrix_transpose",
    "reciprocal",
    "sinh",
    "tan",
    "to_double",
    "to_int64",
    "trace",
]

acos = elementwise_word("Acos", jnp.arccos)
asin = elementwise_word("Asin", jnp.arcsin)
atan = elementwise_word("Atan", jnp.arctan)
cosh = elementwise_word("Cosh", jnp.cosh)
diag = elementwise_word("Diag", jnp.diag)
diag_part = elementwise_word("DiagPart", jnp.diag)
digamma = elementwise_word("Digamma", jax.scipy.special.digamma)
erf = elementwise_word("Erf", jax.scipy.special.erf)
expm1 = elementwise_word("Expm1", jnp.expm1)
is_inf = elementwise_word("IsInf", jnp.isinf)
lgamma = elementwise_word("Lgamma", jax.scipy.special.gammaln)
log1p = elementwise_word("Log1p", jnp.log1p)
log_sigmoid = elementwise_word("LogSigmoid/Neg", jax.nn.log_sigmoid)
matrix_determinant = elementwise_word("MatrixDeterminant", jnp.linalg.det)
matrix_diag_part = elementwise_word(
    "MatrixDiagPart", functools.partial(jnp.diagonal, axis1=-2, axis2=-1)
)
matrix_inverse = elementwise_word("MatrixInverse", jnp.linalg.inv)
matrix_transpose = elementwise_word("matrix_transpose/transpose", jnp.matrix_transpose)
reciprocal = elementwise_word("Reciprocal", jnp.reciprocal)
sinh = elementwise_word("Sinh", jnp.sinh)
tan = elementwise_word("Tan", jnp.tan)
trace = elementwise_word("Trace/Sum", functools.partial(jnp.trace, axis1=-2, axis2=-1))

atan2 = binary_word("Atan2", jnp.arctan2)
cross = binary_word("Cross", jnp.cross)
floormod = binary_word("FloorMod", jnp.remainder)
logical_xor = binary_word("LogicalXor/LogicalAnd", jnp.logical_xor)


def to_double(x: PyTree, name: str | None = None) -> PyTree:
    """`x` as float64, where that is switched on in JAX; else as float32."""
    return cast(x, jax.dtypes.canonicalize_dtype(np.float64), name)


def to_int64(x: PyTree, name: str | None = None) -> PyTree:
    """`x` as int64, where that is switched on in JAX; else as int32."""
    return cast(x, jax.dtypes.canonicalize_dtype(np.int64), name)


@word("MatrixDiag")
def matrix_diag(diagonal: ArrayLike) -> jax.Array:
    """Matrices with these diagonals."""
    values = jnp.asarray(diagonal)
    return values[..., None] * jnp.eye(values.shape[-1], dtype=values.dtype)


@word("MatrixSetDiag")
def matrix_set_diag(input: ArrayLike, diagonal: ArrayLike) -> jax.Array:
    """Matrices with these numbers on their diagonals."""
    x = jnp.asarray(input)
    places = jnp.arange(min(x.shape[-2:]))
    return x.at[..., places, places].set(jnp.asarray(diagonal))


@word("MatrixBandPart", at_once=("num_lower", "num_upper"))
def matrix_band_part(input: ArrayLike, num_lower: int, num_upper: int) -> jax.Array:
    """Matrices with zeros beyond so many diagonals below and above the main one; -1 is all."""
    x = jnp.asarray(input)
    below = jnp.arange(x.shape[-2])[:, None] - jnp.arange(x.shape[-1])
    lower = (num_lower < 0) | (below <= num_lower)
    return jnp.where(lower & ((num_upper < 0) | (-below <= num_upper)), x, jnp.zeros_like(x))


@word("Cumprod", at_once=("axis",))
def cumprod(
    x: ArrayLike, axis: int = 0, exclusive: bool = False, reverse: bool = False
) -> jax.Array:
    """The products of all up to each along an axis, without itself where `exclusive`."""
    values = jnp.flip(jnp.asarray(x), axis) if reverse else jnp.asarray(x)
    products = jnp.cumprod(values, axis)
    if exclusive:
        products = jnp.roll(products, 1, axis)
        first = jnp.arange(products.shape[axis]) == 0
        shape = [1] * products.ndim
        shape[axis] = -1
        products = jnp.where(first.reshape(shape), 1, products)
    return jnp.flip(products, axis) if reverse else products


@word("count_nonzero/Sum", at_once=("axis",))
def count_nonzero(
    input_tensor: ArrayLike, axis: int | None = None, keepdims: bool = False
) -> jax.Array:
    """How many are not 0, along an axis or at all."""
    return jnp.count_nonzero(jnp.asarray(input_tensor), axis, keepdims=keepdims)

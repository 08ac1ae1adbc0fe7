"""Constants, and the shapes and parts of tensors."""

from __future__ import annotations

import builtins
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn import backend
from jaxcnn.compat.tensorflow.arithmetic import cast
from jaxcnn.compat.tensorflow.dtypes import as_dtype, float32
from jaxcnn.compat.tensorflow.tensor import Tensor
from jaxcnn.compat.tensorflow.word import computes, known_values, word
from jaxcnn.layers.symbolic.sizes import Sizes, UnknownSize, is_size, product
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.runtime.types import ArrayLike, DTypeLike, PyTree, Settings, Shape

__all__ = [
    "boolean_mask",
    "concat",
    "constant",
    "convert_to_tensor",
    "depth_to_space",
    "expand_dims",
    "eye",
    "fill",
    "gather",
    "identity",
    "linspace",
    "one_hot",
    "ones",
    "ones_like",
    "pad",
    "range",
    "rank",
    "reshape",
    "reverse",
    "shape",
    "size",
    "slice",
    "space_to_depth",
    "split",
    "squeeze",
    "stack",
    "stop_gradient",
    "tile",
    "transpose",
    "unstack",
    "where",
    "zeros",
    "zeros_like",
]


@word("Const", sizes=True)
def _constant(value: ArrayLike) -> jax.Array:
    return jnp.asarray(value)


def constant(
    value: PyTree,
    dtype: DTypeLike | None = None,
    shape: Sequence[int] | None = None,
    name: str | None = None,
    verify_shape: builtins.bool = False,
) -> PyTree:
    """A tensor of one value; with a `shape`, values repeat the last one until it is full.

    Raises:
        ValueError: more values than the shape holds, or with `verify_shape` another shape.
    """
    if computes(value):
        with known_values(value):
            array = jnp.asarray(value, None if dtype is None else as_dtype(dtype))
            return array if shape is None else jnp.broadcast_to(array, tuple(shape))
    given = np.asarray(value)
    number_type = as_dtype(given.dtype if dtype is None else dtype)
    if number_type.kind not in "biuf":
        raise TypeError(f"tf.constant holds numbers; given {value!r}.")
    given = given.astype(number_type)
    if shape is not None:
        given = in_shape(given, tuple(shape), verify_shape)
    return _constant(given, name=name).with_known(given)


def in_shape(array: np.ndarray, shape: tuple[int, ...], exact: builtins.bool) -> np.ndarray:
    """The values in this shape, the last of them repeated.

    Raises:
        ValueError: they do not fit.
    """
    count = int(np.prod(shape))
    if (exact and array.shape != shape) or array.size > count:
        raise ValueError(f"tf.constant: values of shape {array.shape} do not fill {shape}.")
    flat = array.ravel()
    return np.concatenate([flat, np.repeat(flat[-1:], count - flat.size)]).reshape(shape)


def convert_to_tensor(
    value: PyTree, dtype: DTypeLike | None = None, name: str | None = None
) -> PyTree:
    """`value` as a tensor; a list of tensors is stacked."""
    if isinstance(value, SymbolicTensor):
        return value if dtype is None else cast(value, dtype)
    if any(isinstance(leaf, SymbolicTensor | UnknownSize) for leaf in jax.tree.leaves(value)):
        return stack(value, name=name)
    return constant(value, dtype, name=name)


@word("Identity")
def identity(input: ArrayLike) -> jax.Array:
    """The same values."""
    return jnp.asarray(input)


@word("StopGradient")
def stop_gradient(input: ArrayLike) -> jax.Array:
    """The same values, constant to gradients."""
    return jax.lax.stop_gradient(jnp.asarray(input))


# -- filled ----------------------------------------------------------------------------------------


@word("Fill", at_once=("dims",))
def fill(dims: Sequence[int], value: ArrayLike) -> jax.Array:
    """`value` everywhere."""
    return jnp.full(tuple(dims), value)


@word("zeros", at_once=("shape",))
def zeros(shape: Sequence[int], dtype: DTypeLike = float32) -> jax.Array:
    """Zeros."""
    return jnp.zeros(shape, as_dtype(dtype))


@word("ones", at_once=("shape",))
def ones(shape: Sequence[int], dtype: DTypeLike = float32) -> jax.Array:
    """Ones."""
    return jnp.ones(shape, as_dtype(dtype))


@word("zeros_like")
def zeros_like(tensor: ArrayLike, dtype: DTypeLike | None = None) -> jax.Array:
    """Zeros in the shape of `tensor`."""
    return jnp.zeros_like(jnp.asarray(tensor), dtype=dtype)


@word("ones_like")
def ones_like(tensor: ArrayLike, dtype: DTypeLike | None = None) -> jax.Array:
    """Ones in the shape of `tensor`."""
    return jnp.ones_like(jnp.asarray(tensor), dtype=dtype)


@word("eye", at_once=("num_rows", "num_columns"))
def eye(num_rows: int, num_columns: int | None = None, dtype: DTypeLike = float32) -> jax.Array:
    """The identity matrix."""
    return jnp.eye(num_rows, num_columns, dtype=as_dtype(dtype))


@word("range", at_once=("start", "limit", "delta"))
def range(
    start: float,
    limit: float | None = None,
    delta: float = 1,
    dtype: DTypeLike | None = None,
) -> jax.Array:
    """Numbers from `start`, or 0, up to before the limit."""
    first, last = (0, start) if limit is None else (start, limit)
    return jnp.arange(first, last, delta, dtype=dtype and as_dtype(dtype))


@word("LinSpace", at_once=("start", "stop", "num"))
def linspace(start: float, stop: float, num: int) -> jax.Array:
    """`num` numbers from `start` to `stop`."""
    return jnp.linspace(start, stop, num, dtype=float32)


@word("one_hot", at_once=("depth",))
def one_hot(
    indices: ArrayLike,
    depth: int,
    on_value: float | None = None,
    off_value: float | None = None,
    axis: int | None = None,
    dtype: DTypeLike | None = None,
) -> jax.Array:
    """`on_value` (1) at each index along a new axis, by default the last, else `off_value` (0)."""
    hot = jax.nn.one_hot(jnp.asarray(indices), depth, axis=-1 if axis is None else axis) > 0
    given = [value for value in (on_value, off_value) if value is not None]
    guess = jnp.asarray(given[0]).dtype if given else float32
    on, off = (1 if on_value is None else on_value), (0 if off_value is None else off_value)
    return jnp.where(hot, on, off).astype(guess if dtype is None else as_dtype(dtype))


# -- shapes ----------------------------------------------------------------------------------------


def shape(input: PyTree, name: str | None = None, out_type: DTypeLike = np.int32) -> Sizes:
    """The sizes of `input`, for the words that take shapes."""
    if getattr(input, "any_shape", False):
        raise ValueError(f"tf.shape: give {input!r} a shape; with None for unknown sizes.")
    return backend.shape(input)


@word("Size")
def _size(input: ArrayLike, out_type: DTypeLike) -> jax.Array:
    with jax.ensure_compile_time_eval():  # known, although the values may not be
        return jnp.asarray(jnp.size(input), as_dtype(out_type))


def size(input: PyTree, name: str | None = None, out_type: DTypeLike = np.int32) -> PyTree:
    """The number of elements, also for the words that take sizes."""
    result = _size(input, out_type, name=name)
    if isinstance(result, Tensor) and isinstance(input, SymbolicTensor):
        return result.with_known(product(shape(input)))
    return result


@word("Rank")
def _rank(input: ArrayLike) -> jax.Array:
    with jax.ensure_compile_time_eval():
        return jnp.asarray(jnp.ndim(input), jnp.int32)


def rank(input: PyTree, name: str | None = None) -> PyTree:
    """The number of axes, also for the words that take sizes."""
    result = _rank(input, name=name)
    return result.with_known(len(shape(input))) if isinstance(result, Tensor) else result


@word("Reshape", at_once=("shape",))
def reshape(tensor: ArrayLike, shape: Sequence[int]) -> jax.Array:
    """The same values in another shape, of which one size may be -1."""
    return jnp.reshape(jnp.asarray(tensor), tuple(int(n) for n in shape))


@word("transpose", at_once=("perm",))
def transpose(a: ArrayLike, perm: Sequence[int] | None = None) -> jax.Array:
    """The axes in another order, by default reversed."""
    return jnp.transpose(jnp.asarray(a), perm)


@word("ExpandDims", at_once=("axis", "dim"))
def expand_dims(input: ArrayLike, axis: int | None = None, dim: int | None = None) -> jax.Array:
    """A new axis of size 1."""
    return jnp.expand_dims(jnp.asarray(input), (dim or 0) if axis is None else axis)


@word("Squeeze", at_once=("axis", "squeeze_dims"))
def squeeze(
    input: ArrayLike,
    axis: int | Sequence[int] | None = None,
    squeeze_dims: int | Sequence[int] | None = None,
) -> jax.Array:
    """Without axes of size 1: all, or those given."""
    axes = squeeze_dims if axis is None else axis
    return jnp.squeeze(jnp.asarray(input), tuple(axes) if isinstance(axes, list | tuple) else axes)


@word("Tile", at_once=("multiples",))
def tile(input: ArrayLike, multiples: Sequence[int]) -> jax.Array:
    """Repeated along each axis."""
    return jnp.tile(jnp.asarray(input), tuple(multiples))


@word("Pad", at_once=("paddings",))
def pad(
    tensor: ArrayLike,
    paddings: Sequence[Sequence[int]],
    mode: str = "CONSTANT",
    constant_values: float = 0,
) -> jax.Array:
    """With values before and after along each axis; `mode` CONSTANT, REFLECT or SYMMETRIC."""
    options = {"constant_values": constant_values} if mode.upper() == "CONSTANT" else {}
    return jnp.pad(jnp.asarray(tensor), paddings, mode.lower(), **options)


@word("ReverseV2", at_once=("axis",))
def reverse(tensor: ArrayLike, axis: Sequence[int]) -> jax.Array:
    """In reverse order along the axes."""
    return jnp.flip(jnp.asarray(tensor), tuple(axis))


# -- parts -----------------------------------------------------------------------------------------


@word("concat", at_once=("axis",), sizes=True)
def _concat(values: Sequence[ArrayLike], axis: int) -> jax.Array:
    return jnp.concatenate([jnp.asarray(value) for value in values], axis)


def concat(values: Sequence[PyTree], axis: int, name: str | None = None) -> PyTree:
    """Tensors joined along an axis.

    Raises:
        TypeError: `axis` and `values` in the order that they had before TensorFlow 1.
    """
    if isinstance(values, int):
        raise TypeError(f"tf.concat takes the tensors first: tf.concat(values, {values}).")
    joined = _concat(values, axis, name=name)
    parts = [part.known if isinstance(part, Tensor) else part for part in values]
    if isinstance(joined, Tensor) and all(map(is_shape, parts)):
        return joined.with_known([size for part in parts for size in part])
    return joined


def is_shape(value: object) -> builtins.bool:
    """Whether a value is a row of sizes."""
    if isinstance(value, np.ndarray):
        return value.ndim == 1 and value.dtype.kind == "i"
    return isinstance(value, list | tuple) and all(map(is_size, value))


@word("stack", sizes=True)
def _stack(values: Sequence[ArrayLike], axis: int = 0) -> jax.Array:
    return jnp.stack([jnp.asarray(value) for value in values], axis)


def stack(values: Sequence[PyTree], axis: int = 0, name: str | None = None) -> PyTree:
    """Tensors along a new axis; sizes stacked are a shape."""
    stacked = _stack(values, axis, name=name)
    if isinstance(stacked, Tensor) and all(map(is_size, values)):
        return stacked.with_known(list(values))
    return stacked


@word("unstack", at_once=("num", "axis"))
def _unstack(value: ArrayLike, num: int | None = None, axis: int = 0) -> list[jax.Array]:
    return list(jnp.moveaxis(jnp.asarray(value), axis, 0))


def unstack(
    value: PyTree, num: int | None = None, axis: int = 0, name: str | None = None
) -> list[PyTree]:
    """The list of the parts along an axis; of a shape its sizes."""
    return list(value) if isinstance(value, Sizes) else _unstack(value, num, axis, name=name)


@word("split", at_once=("num_or_size_splits", "axis"))
def split(
    value: ArrayLike, num_or_size_splits: int | Sequence[int], axis: int = 0
) -> list[jax.Array]:
    """Parts along an axis: so many equal ones, or of these sizes, of which one may be -1."""
    array, parts = jnp.asarray(value), num_or_size_splits
    if isinstance(parts, int):
        return list(jnp.split(array, parts, axis))
    rest = array.shape[axis] - sum(n for n in parts if n >= 0)
    sizes = [rest if n < 0 else n for n in parts]
    return list(jnp.split(array, np.cumsum(sizes)[:-1].tolist(), axis))


@word("Gather", at_once=("axis",), sizes=True)
def gather(params: ArrayLike, indices: ArrayLike, axis: int = 0) -> jax.Array:
    """The parts of `params` at `indices` along an axis."""
    return jnp.take(jnp.asarray(params), jnp.asarray(indices), axis)


@word("Slice", at_once=("begin", "size"), sizes=True)
def slice(input_: ArrayLike, begin: Sequence[int], size: Sequence[int]) -> jax.Array:
    """`size` elements from `begin` on along each axis; -1 for all that follow."""
    ends = [None if n == -1 else first + n for first, n in zip(begin, size, strict=True)]
    return jnp.asarray(input_)[tuple(map(builtins.slice, begin, ends))]


def _masked(arguments: Settings) -> tuple[Shape, DTypeLike]:
    tensor, mask = arguments["tensor"], arguments["mask"]
    return (None, *np.shape(tensor)[np.ndim(mask) :]), tensor.dtype


@word("boolean_mask/Gather", by_value=_masked)
def boolean_mask(tensor: ArrayLike, mask: ArrayLike) -> jax.Array:
    """The parts of `tensor` where the mask, over its first axes, is true."""
    return jnp.asarray(tensor)[jnp.asarray(mask)]


def _indices(arguments: Settings) -> tuple[Shape, DTypeLike]:
    return (None, np.ndim(arguments["condition"])), np.int32


@word("Where", by_value=_indices)
def _where(condition: ArrayLike) -> jax.Array:
    return jnp.argwhere(jnp.asarray(condition))


@word("Select")
def _select(condition: ArrayLike, x: ArrayLike, y: ArrayLike) -> jax.Array:
    condition, x, y = jnp.asarray(condition), jnp.asarray(x), jnp.asarray(y)
    return jnp.where(condition.reshape(*condition.shape, *(1,) * (x.ndim - condition.ndim)), x, y)


def where(condition: PyTree, x: PyTree = None, y: PyTree = None, name: str | None = None) -> PyTree:
    """`x` where `condition` is true, else `y`; without them the indices where it is true.

    Raises:
        ValueError: only one of them.
    """
    if (x is None) != (y is None):
        raise ValueError("x and y must both be non-None or both be None.")
    return _where(condition, name=name) if x is None else _select(condition, x, y, name=name)


@word("SpaceToDepth")
def space_to_depth(input: ArrayLike, block_size: int) -> jax.Array:
    """Images (batch, rows, columns, channels) with the pixels of each square as channels."""
    batch, rows, columns, channels = jnp.shape(input)
    size = block_size
    squares = jnp.reshape(input, (batch, rows // size, size, columns // size, size, channels))
    return jnp.swapaxes(squares, 2, 3).reshape(batch, rows // size, columns // size, -1)


@word("DepthToSpace")
def depth_to_space(input: ArrayLike, block_size: int) -> jax.Array:
    """The inverse of `space_to_depth`: channels become the pixels of squares."""
    batch, rows, columns, _ = jnp.shape(input)
    size = block_size
    squares = jnp.reshape(input, (batch, rows, columns, size, size, -1))
    return jnp.swapaxes(squares, 2, 3).reshape(batch, rows * size, columns * size, -1)

"""Loops over the parts of tensors, and those of a number of rounds that is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn import backend
from jaxcnn.compat.tensorflow.arrays import concat as joined
from jaxcnn.compat.tensorflow.arrays import convert_to_tensor, stack, unstack
from jaxcnn.compat.tensorflow.control import Branch, cond
from jaxcnn.compat.tensorflow.dtypes import as_dtype
from jaxcnn.compat.tensorflow.word import word
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.runtime.by_value import KnownLater
from jaxcnn.runtime.types import ArrayLike, DTypeLike, PyTree

__all__ = ["TensorArray", "case", "foldl", "foldr", "map_fn", "scan", "while_loop"]

# Rounds of a loop that are laid out one after the other.
MOST_ROUNDS = 10_000


def typed(structure: PyTree, dtype: PyTree) -> PyTree:
    """Tensors of one number type, or each of its own; None leaves them as they are."""
    if dtype is None:
        return structure
    if isinstance(dtype, list | tuple):
        return type(structure)(map(typed, structure, dtype))
    return jax.tree.map(lambda value: jnp.asarray(value, as_dtype(dtype)), structure)


def constant_unless(back_prop: bool, results: PyTree) -> PyTree:
    """The results of a loop, as constants to gradients where none go through it."""
    return results if back_prop else jax.tree.map(backend.stop_gradient, results)


@word("map/TensorArrayStack/TensorArrayGatherV3")
def map_fn(
    fn: Callable[[PyTree], PyTree],
    elems: PyTree,
    dtype: PyTree = None,
    parallel_iterations: int | None = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
) -> PyTree:
    """`fn` of the parts of `elems` along their first axis, stacked."""
    results = typed(jax.lax.map(fn, jax.tree.map(jnp.asarray, elems)), dtype)
    return constant_unless(back_prop, results)


@word("scan/TensorArrayStack/TensorArrayGatherV3")
def scan(
    fn: Callable[[PyTree, PyTree], PyTree],
    elems: PyTree,
    initializer: PyTree = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
) -> PyTree:
    """What ``fn(so far, part)`` returns for each part of `elems` along their first axis, stacked.

    Without an `initializer` the first part, or the last in reverse, is the first result.
    """
    parts = jax.tree.map(jnp.asarray, elems)
    first = None
    if initializer is None:
        initializer = first = jax.tree.map(lambda a: a[-1 if reverse else 0], parts)
        parts = jax.tree.map(lambda a: a[:-1] if reverse else a[1:], parts)

    def step(so_far: PyTree, part: PyTree) -> tuple[PyTree, PyTree]:
        new = fn(so_far, part)
        return jax.tree.map(lambda old, value: jnp.asarray(value, old.dtype), so_far, new), new

    start = jax.tree.map(jnp.asarray, initializer)
    _, results = jax.lax.scan(step, start, parts, reverse=reverse)
    results = constant_unless(back_prop, results)
    if first is None:
        return results
    ends = jax.tree.map(lambda a: a[None], first)
    pairs = (results, ends) if reverse else (ends, results)
    return jax.tree.map(lambda a, b: jnp.concatenate([a, b]), *pairs)


def foldl(
    fn: Callable[..., PyTree],
    elems: PyTree,
    initializer: PyTree = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> PyTree:
    """``fn(... fn(initializer, elems[0]) ..., elems[-1])``."""
    return constant_unless(back_prop, backend.foldl(fn, elems, initializer, name))


def foldr(
    fn: Callable[..., PyTree],
    elems: PyTree,
    initializer: PyTree = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> PyTree:
    """`foldl` from the last part to the first."""
    return constant_unless(back_prop, backend.foldr(fn, elems, initializer, name))


def case(
    pred_fn_pairs: Any,
    default: Branch | None = None,
    exclusive: bool = False,
    strict: bool = False,
    name: str | None = None,
) -> PyTree:
    """What the function returns whose condition is the first that is true, or else `default`."""
    pairs = list(pred_fn_pairs.items() if isinstance(pred_fn_pairs, dict) else pred_fn_pairs)
    if default is None:
        default = pairs.pop()[1]
    if not pairs:
        return default()
    (condition, function), *others = pairs
    return cond(condition, function, lambda: case(others, default))


def known_truth(condition: PyTree) -> bool:
    """Whether a loop goes on.

    Raises:
        ValueError: only the running graph knows.
    """
    try:
        return bool(np.asarray(condition))
    except (TypeError, jax.errors.JAXTypeError):
        raise KnownLater(
            "tf.while_loop: the number of rounds depends on values that are only known when the "
            "graph runs. Loop over the parts of a tensor by tf.scan, tf.map_fn or K.rnn, up to the "
            "greatest number and with tf.where for those that are done."
        ) from None


def while_loop(
    cond: Callable[..., PyTree],
    body: Callable[..., PyTree],
    loop_vars: Sequence[PyTree],
    shape_invariants: PyTree = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
    maximum_iterations: int | None = None,
    return_same_structure: bool = False,
) -> PyTree:
    """The `loop_vars` after rounds of `body`, as many as `cond` says.

    The rounds are laid out one after the other, so their number must be known when the graph is
    made.
    """
    values = [counting(value) for value in loop_vars]
    rounds = 0
    while rounds != maximum_iterations and known_truth(cond(*values)):
        new = body(*values)
        values = list(new) if isinstance(new, list | tuple) else [new]
        rounds += 1
        if rounds > MOST_ROUNDS:
            raise ValueError(f"tf.while_loop has more than {MOST_ROUNDS} rounds.")
    tensors = [
        v if isinstance(v, TensorArray) else constant_unless(back_prop, convert_to_tensor(v))
        for v in values
    ]
    return tensors[0] if len(tensors) == 1 and not return_same_structure else tensors


def counting(value: PyTree) -> PyTree:
    """A variable of a loop; an integer of Python as a number that stays known."""
    return np.int32(value) if isinstance(value, int) and not isinstance(value, bool) else value


class TensorArray:
    """Tensors by number, which rounds of a loop write and read.

    Args:
        dtype: of the tensors.
        size: how many there are at first.
        dynamic_size: whether more may be written.
    """

    def __init__(
        self,
        dtype: DTypeLike,
        size: PyTree = None,
        dynamic_size: bool | None = None,
        clear_after_read: bool | None = None,
        **options: object,
    ) -> None:
        self.dtype, self.dynamic = as_dtype(dtype), bool(dynamic_size)
        self.parts: tuple[PyTree, ...] = (None,) * (0 if size is None else number(size))

    def write(self, index: PyTree, value: PyTree, name: str | None = None) -> TensorArray:
        """The array with another tensor at a place.

        Raises:
            IndexError: a place beyond its size.
        """
        position, parts = number(index), list(self.parts)
        if self.dynamic and position >= len(parts):
            parts += [None] * (position + 1 - len(parts))
        parts[position] = value
        return self.holding(parts)

    def holding(self, parts: Sequence[PyTree]) -> TensorArray:
        """An array of the same kind with these tensors."""
        result = TensorArray(self.dtype, 0, self.dynamic)
        result.parts = tuple(parts)
        return result

    def read(self, index: PyTree, name: str | None = None) -> PyTree:
        """The tensor at a place."""
        return self.parts[number(index)]

    def size(self, name: str | None = None) -> int:
        """How many there are."""
        return len(self.parts)

    def stack(self, name: str | None = None) -> PyTree:
        """All of them along a new first axis."""
        return stack(list(self.parts), name=name)

    def concat(self, name: str | None = None) -> PyTree:
        """All of them joined along their first axis."""
        return joined(list(self.parts), 0, name=name)

    def gather(self, indices: ArrayLike, name: str | None = None) -> PyTree:
        """Some of them along a new first axis."""
        return stack([self.read(index) for index in np.asarray(indices)], name=name)

    def unstack(self, value: PyTree, name: str | None = None) -> TensorArray:
        """The array of the parts of a tensor along its first axis."""
        parts = unstack(value, name=name)
        return self.holding(parts if isinstance(parts, list | tuple) else [parts])

    def identity(self) -> TensorArray:
        """The same array."""
        return self


def number(index: PyTree) -> int:
    """A place or a number of tensors.

    Raises:
        ValueError: only the running graph knows it.
    """
    try:
        return int(np.asarray(index))
    except (TypeError, jax.errors.JAXTypeError):
        shown = index if isinstance(index, SymbolicTensor) else type(index).__name__
        raise KnownLater(
            f"tf.TensorArray: {shown!r} is only known when the graph runs; its places and size "
            "must be known when it is made. tf.scan and tf.map_fn stack the results of their "
            "rounds themselves."
        ) from None

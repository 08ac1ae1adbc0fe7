"""A call of a function with slots for the tensors, as an operation records and saves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.layers.symbolic.sizes import (
    Between,
    ComputedSize,
    SlotSize,
    UnknownSize,
    known,
    with_slot_sizes,
)
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.variable import Variable, is_variable
from jaxcnn.optimizers.hyper import HyperparameterValue
from jaxcnn.runtime.types import PyTree, Settings


@dataclass(frozen=True)
class Slot:
    """Stands among the arguments for an input of the call."""

    index: int


@dataclass(frozen=True, eq=False)
class SavedCall:
    """``function(*args, **kwargs)`` once there are arrays for the slots among its
    arguments.

    Attributes:
        name: of the function.
        rowwise: whether each row of the result depends on the same row of the inputs only.
    """

    name: str
    function: Callable[..., PyTree]
    args: tuple[PyTree, ...] = ()
    kwargs: Settings | None = None
    rowwise: bool = False

    def __call__(self, inputs: Sequence[jax.Array]) -> PyTree:
        shapes = [value.shape for value in inputs]

        def filled(leaf: PyTree) -> PyTree:
            if isinstance(leaf, Slot):
                return inputs[leaf.index]
            if is_variable(leaf):
                return leaf.value
            return known(leaf, shapes) if isinstance(leaf, UnknownSize) else leaf

        args, kwargs = jax.tree.map(
            filled, (self.args, dict(self.kwargs or {})), is_leaf=is_variable
        )
        return self.function(*args, **kwargs)

    def variables(self) -> list[Variable]:
        """The variables among the arguments."""
        return [
            leaf
            for leaf in jax.tree.leaves((self.args, self.kwargs), is_leaf=is_variable)
            if is_variable(leaf)
        ]


def symbolic_arguments(structure: PyTree) -> list[SymbolicTensor]:
    """The symbolic tensors that `structure` holds or takes a size of, each once, in order."""
    leaves = jax.tree.leaves(structure, is_leaf=is_variable)
    tensors: dict[int, SymbolicTensor] = {}
    for leaf in leaves:
        if isinstance(leaf, SymbolicTensor):
            tensors[id(leaf)] = leaf
        elif isinstance(leaf, UnknownSize):
            tensors |= {id(tensor): tensor for tensor in leaf.tensors}
    return list(tensors.values())


def with_slots(structure: PyTree, tensors: list[SymbolicTensor]) -> PyTree:
    """`structure` with the `Slot` among `tensors` in place of each of them."""
    indices = {id(tensor): i for i, tensor in enumerate(tensors)}

    def replaced(leaf: PyTree) -> PyTree:
        if isinstance(leaf, SymbolicTensor):
            return Slot(indices[id(leaf)])
        if isinstance(leaf, HyperparameterValue):
            return leaf.variable()
        return with_slot_sizes(leaf, indices) if isinstance(leaf, UnknownSize) else leaf

    return jax.tree.map(replaced, structure, is_leaf=is_variable)


def encoded(value: PyTree) -> PyTree:
    """An argument in a form that JSON can hold; `decoded` is its inverse.

    Raises:
        ValueError: a function, or something else that has no such form.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list):
        return [encoded(v) for v in value]
    if isinstance(value, Between):
        return {"between": [encoded(v) for v in value]}
    if isinstance(value, tuple):
        return {"tuple": [encoded(v) for v in value]}
    if isinstance(value, Mapping):
        return {"dict": {k: encoded(v) for k, v in value.items()}}
    if isinstance(value, Slot):
        return {"input": value.index}
    if isinstance(value, SlotSize):
        return {"input": value.index, "axis": value.axis}
    if isinstance(value, ComputedSize):
        return {"size": value.function, "of": [encoded(part) for part in value.parts]}
    if isinstance(value, slice):
        return {"slice": [encoded(v) for v in (value.start, value.stop, value.step)]}
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Variable):
        return {
            "variable": np.asarray(value).tolist(),
            "dtype": value.dtype.name,
            "name": value.name,
        }
    if isinstance(value, np.ndarray | jax.Array):
        return {"array": np.asarray(value).tolist(), "dtype": value.dtype.name}
    try:
        return str(np.dtype(value))
    except TypeError:
        raise ValueError(
            f"The argument {value!r} of an operation cannot be written into a configuration. Put "
            "the computation into "
            "a Lambda layer with a named function, or into a Layer of your own."
        ) from None


def decoded(value: PyTree) -> PyTree:
    """The argument that `encoded` described."""
    if isinstance(value, list):
        return [decoded(v) for v in value]
    if not isinstance(value, Mapping):
        return value
    if "tuple" in value:
        return tuple(decoded(v) for v in value["tuple"])
    if "dict" in value:
        return {k: decoded(v) for k, v in value["dict"].items()}
    if "input" in value:
        index = value["input"]
        return SlotSize(index, value["axis"]) if "axis" in value else Slot(index)
    if "size" in value:
        return ComputedSize(value["size"], tuple(decoded(part) for part in value["of"]))
    if "between" in value:
        return Between(*(decoded(v) for v in value["between"]))
    if "slice" in value:
        return slice(*(decoded(v) for v in value["slice"]))
    if "ellipsis" in value:
        return Ellipsis
    if "variable" in value:
        return Variable.holding(
            value["name"], np.asarray(value["variable"], jnp.dtype(value["dtype"]))
        )
    if "array" in value:
        return np.asarray(value["array"], jnp.dtype(value["dtype"]))
    raise ValueError(f"An operation's arguments hold {dict(value)!r}, which is no known form.")

"""What a word leaves in the graph: an operation with its tensors, or a group of operations."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax

from jaxcnn.compat.tensorflow.graph import dependencies, get_default_graph
from jaxcnn.compat.tensorflow.tensor import Tensor
from jaxcnn.layers.symbolic.change import Change
from jaxcnn.layers.symbolic.operation import Operation as SymbolicOperation
from jaxcnn.layers.symbolic.saved_call import SavedCall
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.trace_at_sizes import TensorSpec, Traced
from jaxcnn.layers.variable import Variable
from jaxcnn.runtime.types import Config, PyTree

__all__ = ["group", "no_op"]

# Tried in this order for a placeholder of any shape.
RANKS = (0, 1, 2, 4, 3)


class Operation:
    """Something that a session runs, by its name in the graph.

    Attributes:
        control: the operations that run with it.
        assigns: the variable whose new value its tensor is, or None.
    """

    name: str
    control: list[Any]
    assigns: Variable | None = None

    @property
    def outputs(self) -> list[Tensor]:
        """The tensors that it makes."""
        return []


class TensorOperation(SymbolicOperation, Operation):
    """An operation that makes tensors.

    Args:
        saved: the function and its other arguments.
        name: in the graph.
        declared: shape and dtype of the result, where they cannot be found by tracing.
        by_value: whether the size of the result depends on values, so that it cannot be compiled.
        any_shape: whether not even the number of axes of the result is known.

    Attributes:
        graph: that it is in.
    """

    def __init__(
        self,
        saved: SavedCall,
        name: str,
        declared: TensorSpec | None = None,
        by_value: bool = False,
        any_shape: bool = False,
    ) -> None:
        super().__init__(saved, name=name)
        self.declared, self.by_value = declared, by_value
        self.control = dependencies()
        self.graph = get_default_graph()
        self.graph.note(self)
        self._any_shape = any_shape

    def __call__(self, inputs: PyTree, *args: PyTree, **kwargs: PyTree) -> PyTree:
        result = super().__call__(inputs)
        self.inbound_nodes[-1].outputs = jax.tree.map(
            lambda tensor: Tensor.of(tensor, self._any_shape), result
        )
        return self.inbound_nodes[-1].outputs

    def _build(self, args: tuple[PyTree, ...], kwargs: Config) -> Traced:
        """As of any operation; what depends on a tensor of any shape is tried with several."""
        if self.declared is not None:
            self.weights_store.specs = ()
            return Traced(self.declared, None, ())
        try:
            if any(map(has_any_shape, jax.tree.leaves(args))):
                return self._with_any_shape(args, kwargs)
            return super()._build(args, kwargs)
        except TypeError as error:  # TensorFlow calls all shapes and types that do not fit so
            raise ValueError(str(error)) from None

    def _with_any_shape(self, args: tuple[PyTree, ...], kwargs: Config) -> Traced:
        """The trace with the first rank that fits; the result has any shape if it is a scalar for
        scalars only.
        """
        for rank in RANKS:
            with contextlib.suppress(ValueError, TypeError):
                traced = super()._build(jax.tree.map(of_rank(rank), args), kwargs)
                self._any_shape = rank > 0
                break
        else:
            return super()._build(args, kwargs)
        if rank == 0 and all(leaf.shape == () for leaf in jax.tree.leaves(traced.outputs)):
            self._any_shape = True
            with contextlib.suppress(ValueError, TypeError):
                other = super()._build(jax.tree.map(of_rank(1), args), kwargs)
                self._any_shape = any(leaf.shape for leaf in jax.tree.leaves(other.outputs))
        return traced

    @property
    def outputs(self) -> list[Tensor]:
        """The tensors that it makes."""
        return list(jax.tree.leaves(self.inbound_nodes[-1].outputs))


class Group(Operation):
    """Operations that run together."""

    def __init__(self, name: str, parts: Sequence[Any]) -> None:
        graph = get_default_graph()
        self.name = graph.unique_name(name)
        self.control = [*parts, *dependencies()]
        graph.note(self)


class Effect(Operation):
    """An operation that does something outside of the graph.

    Args:
        name: in the graph.
        perform: does it.
    """

    def __init__(self, name: str, perform: Callable[[], None]) -> None:
        graph = get_default_graph()
        self.name, self.perform = graph.unique_name(name), perform
        self.control = dependencies()
        graph.note(self)


def group(*inputs: Any, name: str = "group_deps") -> Group:
    """An operation that runs `inputs`."""
    return Group(name, inputs)


def no_op(name: str = "NoOp") -> Group:
    """An operation that does nothing."""
    return Group(name, [])


def has_any_shape(leaf: object) -> bool:
    """Whether not even the number of axes of `leaf` is known."""
    return isinstance(leaf, Tensor) and leaf.any_shape


def of_rank(rank: int) -> Any:
    """The function that takes a tensor of any shape for one of this many axes."""

    def tried(leaf: PyTree) -> PyTree:
        if not has_any_shape(leaf):
            return leaf
        return SymbolicTensor((None,) * rank, leaf.dtype, leaf.layer, 0, 0)

    return tried


def parts_of(operation: Operation | Change) -> Iterator[Operation | Change]:
    """An operation and those that run with it."""
    yield operation
    for part in operation.control:
        yield from parts_of(part if isinstance(part, Operation) else part.op)

"""Symbolic tensors and nodes: the record of which layer was called on what.

Arithmetic, comparison and indexing of a symbolic tensor make another one: each is a layer without
weights, see `jaxcnn.layers.symbolic.operators`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import FrozenInstanceError, dataclass, field
from types import EllipsisType
from typing import ClassVar, NoReturn, Protocol, TypeAlias
from weakref import WeakValueDictionary

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn.layers import symbolic
from jaxcnn.layers.symbolic.tensor_shape import StaticShape, TensorShape, UnknownDimension, shown
from jaxcnn.nn.traits import Traits
from jaxcnn.runtime.captures import inside_a_function
from jaxcnn.runtime.deferred import Deferred
from jaxcnn.runtime.gradient_rules import Rules, rules_in_force
from jaxcnn.runtime.types import Config, DTypeLike, PyTree, Shape

# What may stand in ``x[...]``.
AxisIndex: TypeAlias = int | slice | EllipsisType | jax.Array | None
Index: TypeAlias = AxisIndex | tuple[AxisIndex, ...]


class GraphLayer(Protocol):
    """A layer as the graph of calls knows it."""

    traits: ClassVar[Traits]
    name: str
    inbound_nodes: list[Node]
    calls_of_outputs: Calls

    @property
    def module(self) -> nn.Module: ...

    @property
    def children(self) -> Mapping[str, GraphLayer]: ...

    def all_layers(self) -> Iterator[GraphLayer]: ...

    def call_in_words(self, given: PyTree) -> str: ...


class Calls(WeakValueDictionary[int, "Node"]):
    """The calls on the outputs of a layer, by their ids, while they exist; copies have none."""

    def __reduce__(self) -> tuple[type[Calls], tuple[()]]:
        return Calls, ()

    def __deepcopy__(self, memo: object) -> Calls:
        return Calls()


@dataclass(frozen=True, eq=False)
class SymbolicTensor(Deferred):
    """A value that a model will compute: its shape, dtype, and the call that makes it.

    Args:
        shape: sizes of the axes, with None where any size will do.
        dtype: dtype of the values.
        layer: the layer whose output it is.
        node_index: which call of that layer makes it, from 0.
        tensor_index: which output of that call it is, from 0.
        mask_shape: shape of the mask that comes with it, or None without one.

    Attributes:
        any_shape: whether not even the number of its axes is known; `shape` is empty then.

    Examples:
        >>> x = jc.layers.Input((3,), name="x")
        >>> x.shape, x.layer.name
        ((None, 3), 'x')

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/topology.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/topology.py>
    """

    shape: Shape
    dtype: DTypeLike
    layer: GraphLayer
    node_index: int
    tensor_index: int
    mask_shape: Shape | None = None
    any_shape: ClassVar[bool] = False

    def __post_init__(self) -> None:
        sizes = (None if isinstance(n, UnknownDimension) else n for n in self.shape)
        object.__setattr__(self, "shape", TensorShape(sizes))
        object.__setattr__(self, "dtype", jnp.dtype(self.dtype))

    @property
    def name(self) -> str:
        stem = getattr(self.layer, "output_name", f"{self.layer.name}/output")
        return f"{stem}:{self.tensor_index}"

    @property
    def ndim(self) -> int:
        return len(self.shape)

    # -- as programs know it from Keras and TensorFlow ---------------------------------------------

    def get_shape(self) -> StaticShape:
        """The shape, with ``as_list()`` and sizes that have a ``value``."""
        return StaticShape(self.shape)

    def set_shape(self, shape: Shape) -> None:
        """Say sizes that are not known.

        Raises:
            ValueError: they differ from known ones.
        """
        sizes = tuple(shape)
        pairs = list(zip(sizes, self.shape, strict=False))
        if len(sizes) != self.ndim or any(
            None not in pair and pair[0] != pair[1] for pair in pairs
        ):
            raise ValueError(f"Shapes {shown(self.shape)} and {shown(sizes)} are not compatible")
        merged = (n if known is None else known for n, known in pairs)
        object.__setattr__(self, "shape", TensorShape(merged))

    @property
    def _keras_shape(self) -> Shape:
        return tuple(self.shape)

    @property
    def _keras_history(self) -> tuple[GraphLayer, int, int]:
        return self.layer, self.node_index, self.tensor_index

    def __repr__(self) -> str:
        return f"<SymbolicTensor of {self.layer.name!r} shape={self.shape} dtype={self.dtype}>"

    __array_priority__ = 100  # leaves ``numpy_array + tensor`` to the operators of this class

    def __iter__(self) -> NoReturn:
        raise TypeError(
            f"{self!r} cannot be iterated over; take its parts by index, as in x[:, 0]."
        )

    def __bool__(self) -> NoReturn:
        raise TypeError(
            f"{self!r} has no value yet, so it cannot decide an `if`; it is computed when the "
            "model runs."
        )


def state(tensor: SymbolicTensor, name: str, value: PyTree) -> None:
    """What programs say of a tensor by attributes of Keras: its shape, and that modes count.

    The latter is known of each tensor.

    Raises:
        FrozenInstanceError: another attribute.
    """
    if name == "_keras_shape":
        tensor.set_shape(value)
    elif name != "_uses_learning_phase":
        raise FrozenInstanceError(f"cannot assign to field {name!r}")


SymbolicTensor.__setattr__ = state  # type: ignore[method-assign, assignment]


@dataclass(frozen=True)
class Evaluated:
    """The result of a layer's function that was evaluated on symbolic tensors.

    Attributes:
        module: takes `arguments` and gives the outputs of the layer.
        arguments: hold the symbolic tensors that the function made.
    """

    module: nn.Module
    arguments: tuple[PyTree, ...]


@dataclass(eq=False)
class Node:
    """One symbolic call of a layer: `args` and `kwargs` hold the tensors it was called on.

    Attributes:
        inbound: those tensors.
        evaluated: where the layer's function was evaluated on symbolic tensors, which then may
            depend on others than those.
        hidden: whether the call is part of such a function, and so of no model by itself.
        updates: the new values of weights that the call makes, once they were asked for.
        rules: the derivatives that operations in the call have.
        settled: what computes the call, where settings of the layer have changed since; else None.
        resting: of the call of a model, the layers inside of it whose statistics it leaves as they
            are, where the call settles that.
    """

    layer: GraphLayer
    args: tuple[PyTree, ...]
    kwargs: Config
    outputs: PyTree = None
    evaluated: Evaluated | None = None
    resting: Collection[GraphLayer] | None = None
    inbound: list[SymbolicTensor] = field(init=False)
    hidden: bool = field(init=False, default_factory=inside_a_function)
    updates: list[PyTree] | None = field(init=False, default=None)
    rules: Rules = field(init=False, default_factory=rules_in_force)
    settled: nn.Module | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.inbound = symbolic_leaves((self.args, self.kwargs))
        for tensor in self.inbound:
            tensor.layer.calls_of_outputs[id(self)] = self

    @property
    def module(self) -> nn.Module:
        """What computes the call: the module that its layer had then."""
        return self.layer.module if self.settled is None else self.settled

    @property
    def sources(self) -> list[SymbolicTensor]:
        """The tensors that the outputs are computed from."""
        if self.evaluated is None:
            return self.inbound
        return symbolic_leaves(self.evaluated.arguments) + self.inbound

    @property
    def given(self) -> PyTree:
        """The tensor that the layer was called on, or the list of them."""
        return self.args[0] if self.args else None

    # -- as programs know it from Keras ------------------------------------------------------------

    @property
    def outbound_layer(self) -> GraphLayer:
        """The layer that is called."""
        return self.layer

    @property
    def input_tensors(self) -> list[SymbolicTensor]:
        """The tensors that the layer was called on; of an `Input` the input itself."""
        return self.inbound or self.output_tensors

    @property
    def output_tensors(self) -> list[SymbolicTensor]:
        """The outputs of the call."""
        return symbolic_leaves(self.outputs)

    @property
    def inbound_layers(self) -> list[GraphLayer]:
        """The layers whose outputs the layer was called on, one for each tensor."""
        return [tensor.layer for tensor in self.inbound]

    @property
    def node_indices(self) -> list[int]:
        """Which calls of the `inbound_layers` made the tensors."""
        return [tensor.node_index for tensor in self.inbound]

    @property
    def tensor_indices(self) -> list[int]:
        """Which outputs of these calls the tensors are."""
        return [tensor.tensor_index for tensor in self.inbound]

    @property
    def input_shapes(self) -> list[Shape]:
        """The shapes of the `input_tensors`."""
        return [tuple(tensor.shape) for tensor in self.input_tensors]

    @property
    def output_shapes(self) -> list[Shape]:
        """The shapes of the `output_tensors`."""
        return [tuple(tensor.shape) for tensor in self.output_tensors]

    @property
    def input_masks(self) -> list[SymbolicTensor | None]:
        """The masks of the `input_tensors`, None where there is none."""
        return [symbolic.masks_of(tensor) for tensor in self.input_tensors]

    @property
    def output_masks(self) -> list[SymbolicTensor | None]:
        """The masks of the `output_tensors`, None where there is none."""
        return [symbolic.masks_of(tensor) for tensor in self.output_tensors]

    @property
    def arguments(self) -> Config:
        """What else the layer was called with."""
        return self.kwargs

    def get_config(self) -> Config:
        """The layers and indices of the call."""
        return {
            "outbound_layer": self.layer.name,
            "inbound_layers": [layer.name for layer in self.inbound_layers],
            "node_indices": self.node_indices,
            "tensor_indices": self.tensor_indices,
        }


def symbolic_leaves(structure: PyTree) -> list[SymbolicTensor]:
    """The symbolic tensors in nested lists, tuples and dicts, in order."""
    return [leaf for leaf in jax.tree.leaves(structure) if isinstance(leaf, SymbolicTensor)]


def shapes(structure: PyTree) -> PyTree:
    """`structure` with each symbolic tensor replaced by its shape."""
    return jax.tree.map(
        lambda leaf: tuple(leaf.shape) if isinstance(leaf, SymbolicTensor) else leaf, structure
    )

"""Layers that users write in the Keras way: `build` makes weights, `call` computes.

They are traced into a pure module. While `call` is traced, the attributes that hold the layer's
`Variable` (``self.kernel``, also in lists and dicts) are replaced by the values given to the
module, and layers kept as attributes compute with the weights nested under their names. So the
user's code, written as if it had state, becomes a function of its variables.
"""

from __future__ import annotations

import contextlib
import contextvars
import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, TypeAlias, cast

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.layers import symbolic
from jaxcnn.layers.kept_tensors import drawn_once, without_trace
from jaxcnn.layers.listed import KeepsLayers, take_listed_layers
from jaxcnn.layers.replaced import restored
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.types import TensorLike
from jaxcnn.layers.trace_at_sizes import shape_for_build
from jaxcnn.layers.variable import Variable, extended, given_values
from jaxcnn.layers.weights import WeightOwner, WeightStore
from jaxcnn.nn.base import Layer as ModuleBase
from jaxcnn.nn.base import WeightSpec, penalties_count
from jaxcnn.nn.lambda_layer import alone
from jaxcnn.runtime.captures import building, is_of_library, layer_being_built
from jaxcnn.runtime.carrier import carried_by
from jaxcnn.runtime.context import running_module
from jaxcnn.runtime.types import Identifier, Path, PyTree

# (a weight made with trainable=False, its new value)
Update: TypeAlias = tuple[Variable, jax.Array]

NOT_AN_UPDATE = "add_update takes (a weight made with trainable=False, its new value)."

# The collections that a forward pass may move.
MOVING = ("batch_stats", "state")

_bound: contextvars.ContextVar[Mapping[int, nn.Module]] = contextvars.ContextVar(
    "bound_modules", default=MappingProxyType({})
)


@dataclass(frozen=True)
class AddedLoss:
    """A loss that was added outside of any `call`, and the inputs that it was said to depend on."""

    given: TensorLike
    tensor: SymbolicTensor
    inputs: PyTree


class Additions:
    """What a layer's `build` and `call` add besides weights: losses, and updates of weights.

    Attributes:
        losses: scalars that `call` adds to what training minimises.
        outside: symbolic scalars that were added outside of it.
        updates: the pairs (weight, new value).
        outside_updates: those that were added outside of `call`, with the inputs that were given.
        kept: the names of attributes that the last call which was traced has set to tensors.
        built: whether `build` has run.
        calling: whether `call` runs.
    """

    def __init__(self) -> None:
        self.losses: list[TensorLike] = []
        self.outside: list[AddedLoss] = []
        self.updates: list[Update] = []
        self.outside_updates: list[tuple[Update, PyTree]] = []
        self.kept: list[str] = []
        self.built = self.calling = False

    def add_loss(self, loss: TensorLike | Sequence[TensorLike], inputs: PyTree) -> None:
        """Add a scalar, or each of a list of them.

        Raises:
            ValueError: something else than scalars.
            TypeError: an array outside of `call`, where it would stay as it is.
        """
        values: Sequence[PyTree] = loss if isinstance(loss, list | tuple) else [loss]
        for value in values:
            if getattr(value, "ndim", 0):
                raise ValueError(
                    f"add_loss takes scalars; given {value!r}. Add its mean or its sum, such as "
                    "K.mean(loss)."
                )
            if self.calling:
                self.losses.append(value)
            elif isinstance(value, SymbolicTensor):
                self.outside.append(AddedLoss(value, value, inputs))
            elif isinstance(value, Variable | int | float | np.number) or (
                isinstance(value, jax.Array) and layer_being_built() is not None
            ):
                self.outside.append(AddedLoss(value, symbolic.scalar(value), inputs))
            else:
                raise TypeError(
                    "add_loss outside of `call` takes symbolic tensors and numbers; given "
                    f"{value!r}, which would stay as it is. Compute it by functions of K from "
                    "tensors and weights."
                )

    def add_update(self, updates: Update | list[Update]) -> None:
        """Add a pair, or each of a list of them, once."""
        for update in updates if isinstance(updates, list) else [updates]:
            if not any(update is known for known in self.updates):
                self.updates.append(update)

    @contextlib.contextmanager
    def recording(self) -> Iterator[None]:
        """Within the block there are those of `call` alone, after the updates of `build`."""
        outer = self.losses, self.updates, self.calling
        self.losses, self.updates, self.calling = [], list(self.updates), True
        try:
            with carried_by(self.add_update):
                yield
        finally:
            self.losses, self.updates, self.calling = outer


class UserLayer(Protocol):
    """A layer that a user wrote."""

    additions: Additions

    @property
    def children(self) -> Mapping[str, UserLayer]: ...

    @property
    def module(self) -> nn.Module: ...

    @property
    def weights_store(self) -> WeightStore: ...

    def placed_weights(self) -> Iterator[tuple[WeightOwner, WeightSpec, Path]]: ...

    def build(self, input_shape: PyTree) -> None: ...

    def call(self, inputs: PyTree, *args: PyTree, **kwargs: PyTree) -> PyTree: ...


def bound_module(layer: object) -> nn.Module | None:
    """The module that stands for `layer` inside a user layer being traced; None outside of one."""
    return _bound.get().get(id(layer))


class RunsCall(ModuleBase):
    """A module that runs the `call` of a user's class."""

    layer: UserLayer

    @property
    def mixes_rows(self) -> bool:
        return True  # nothing is known about what `call` does

    @property
    def supports_masking(self) -> bool:  # type: ignore[override]
        return bool(getattr(self.layer, "supports_masking", False))

    def compute_mask(self, inputs: PyTree, mask: PyTree) -> PyTree:
        compute = getattr(self.layer, "compute_mask", None)
        if compute is not None and not is_of_library(compute):
            return alone(compute(inputs, mask))
        return self.mask_of_base(inputs, mask)

    def mask_of_base(self, inputs: PyTree, mask: PyTree) -> PyTree:
        """The mask of the output where the user's class does not say it."""
        return super().compute_mask(inputs, mask)

    @nn.compact
    def __call__(
        self,
        inputs: PyTree,
        *args: PyTree,
        train: bool = False,
        mask: PyTree = None,
        **kwargs: PyTree,
    ) -> PyTree:
        accepted = inspect.signature(self.layer.call).parameters
        for name, value in (("mask", mask), ("training", train), ("train", train)):
            if name in accepted:
                kwargs.setdefault(name, value)
        return alone(self.run_call((inputs, *args), kwargs, train))

    def run_call(self, args: tuple[PyTree, ...], kwargs: dict[str, PyTree], train: bool) -> PyTree:
        """The result of `call` with these arguments."""
        raise NotImplementedError


class UserModule(RunsCall):
    """The pure form of a user's layer: a function of its variables that runs the layer's `call`."""

    @property
    def state_size(self) -> int | list[int]:
        """The width of a cell's state, or of each of its states."""
        size: int | list[int] = self.layer.state_size  # type: ignore[attr-defined]
        return size

    @property
    def takes_constants(self) -> bool:
        """Whether `call` of a cell takes `constants`."""
        return "constants" in inspect.signature(self.layer.call).parameters

    @property
    def draws_anyway(self) -> bool:
        return True

    @property
    def activity_regularizer(self) -> Identifier:
        """The regularizer of the outputs that the layer has as an attribute."""
        regularizer: Identifier = getattr(self.layer, "activity_regularizer", None)
        return regularizer

    def run_call(self, args: tuple[PyTree, ...], kwargs: dict[str, PyTree], train: bool) -> PyTree:
        layer, additions = self.layer, self.layer.additions
        if not additions.built:
            with building(layer), jax.ensure_compile_time_eval():
                constants = kwargs.get("constants") if hasattr(layer, "state_size") else None
                inputs = args[0] if constants is None else [args[0], *constants]
                layer.build(jax.tree.map(shape_for_build, inputs))
            for weight, constraint in layer.weights_store.constraints.items():
                weight.constraint = constraint
            take_listed_layers(cast(KeepsLayers, layer))
            additions.built = True
        declared = layer.weights_store.declared
        values = {id(variable): self.value_of(variable) for variable in declared}
        modules = {
            id(child): child.module.clone(parent=self, name=name)
            for name, child in layer.children.items()
        }
        stand_ins = self.own_modules(values)
        with (
            traced_values(layer, values),
            restored(layer.children.values()),
            given_values(values | self.values_inside()),
            bound_modules(modules | stand_ins),
            running_module(self, train),
            additions.recording(),
            without_trace(layer) as additions.kept,
            given_values(drawn_once(layer)),
        ):
            outputs = layer.call(*args, **kwargs)
            losses = additions.losses
            updates = [
                (old, new.value if isinstance(new, Variable) else new)
                for old, new in additions.updates
            ]
        known = {id(variable): variable for variable in declared}
        known |= {id(values[id(variable)]): variable for variable in declared}
        for old, new in updates:
            variable = known.get(id(old))
            if variable is None and layer.weights_store.keep_beside(old):
                variable = old
                self.value_of(old)
            if variable is None:
                raise ValueError(f"{self.label}: {NOT_AN_UPDATE}")
            self.carry_out(variable, new, train)
        for module in stand_ins.values():
            self.take_over(module)
        self.add_losses(losses)
        self.penalise_activity(self.activity_regularizer, first_of(outputs))
        return outputs

    def values_inside(self) -> dict[int, jax.Array]:
        """The values of the weights of layers inside, by the ids of their variables."""
        values: dict[int, jax.Array] = {}
        for name, child in self.layer.children.items():
            for owner, spec, path in child.placed_weights():
                tree: PyTree = self.variables.get(spec.collection, {})
                for key in (name, *path):
                    tree = tree.get(key, {})
                absent = isinstance(tree, Mapping)  # while they are declared, only shapes count
                value = jnp.zeros(spec.shape, spec.dtype) if absent else tree
                variable = owner.weights_store.variable((spec.collection, *spec.path))
                values[id(variable)] = value
        return values

    def own_modules(self, values: Mapping[int, jax.Array]) -> dict[int, nn.Module]:
        """What stands for the layer itself where its `call` calls that of its base."""
        return {}

    def take_over(self, module: nn.Module) -> None:
        """Keep the running statistics and states that a module has moved."""
        for collection in MOVING:
            for name, value in module.variables.get(collection, {}).items():
                self.update(collection, name, value)

    def carry_out(self, variable: Variable, value: jax.Array, train: bool) -> None:
        """Give a weight its new value, in inference only what a stateful layer remembers.

        Raises:
            ValueError: it is one that training moves.
        """
        if variable.trainable:
            raise ValueError(f"{self.label}: {NOT_AN_UPDATE}")
        remembered = variable.path[0] == "state" and getattr(self.layer, "stateful", False)
        if train or remembered:
            self.update(variable.path[0], variable.label, value)

    def add_losses(self, losses: Sequence[TensorLike]) -> None:
        """Add scalars to what training minimises."""
        if self.is_initializing() or not penalties_count():
            return
        for i, loss in enumerate(losses):
            self.sow(
                "losses", f"added_{i}", loss, reduce_fn=lambda a, b: a + b, init_fn=lambda: 0.0
            )

    def value_of(self, variable: Variable) -> jax.Array:
        """The value of the layer's variable in this trace."""
        return self.weight(
            variable.label,
            variable.start,
            variable.shape,
            regularizer=variable.regularizer,
            constraint=variable.constraint,
            collection=variable.path[0],
            dtype=variable.dtype,
        )


class EvaluatedModule(UserModule):
    """The pure form of a user's layer whose `call` was evaluated on symbolic tensors.

    It takes what `call` made: the outputs, the losses, and new values of the weights `updated`.
    """

    updated: tuple[Variable, ...] = ()

    def compute_mask(self, inputs: PyTree, mask: PyTree) -> PyTree:
        return mask  # which was found when `call` was evaluated

    @nn.compact
    def __call__(  # type: ignore[override]
        self, outputs: PyTree, losses: PyTree, updates: PyTree, *, train: bool = False
    ) -> PyTree:
        for variable in self.layer.weights_store.declared:
            self.value_of(variable)
        for variable, value in zip(self.updated, updates, strict=True):
            self.carry_out(variable, value, train)
        self.add_losses(losses)
        self.penalise_activity(self.activity_regularizer, first_of(outputs))
        return outputs


def first_of(outputs: PyTree) -> jax.Array:
    """The first of a layer's outputs."""
    return jnp.asarray(jax.tree.leaves(outputs)[0])


def bound_modules(modules: Mapping[int, nn.Module]) -> AbstractContextManager[object]:
    """Within the block the layers of these ids compute through these modules."""
    return extended(_bound, modules)


@contextlib.contextmanager
def traced_values(layer: object, values: Mapping[int, jax.Array]) -> Iterator[None]:
    """Within the block the attributes of `layer` have the values of this trace for variables."""

    def traced(attribute: PyTree) -> PyTree:
        return jax.tree.map(
            lambda leaf: values.get(id(leaf), leaf),
            attribute,
            is_leaf=lambda leaf: isinstance(leaf, Variable),
        )

    attributes = vars(layer)
    outer = {
        name: value
        for name, value in attributes.items()
        if not name.startswith("_") and holds_variable(value)
    }
    attributes.update({name: traced(value) for name, value in outer.items()})
    try:
        yield
    finally:
        attributes.update(outer)


def holds_variable(value: PyTree) -> bool:
    """Whether an attribute is a `Variable` or a list, tuple or dict with one inside."""
    if isinstance(value, Variable):
        return True
    if isinstance(value, Mapping):
        return any(map(holds_variable, value.values()))
    return isinstance(value, list | tuple) and any(map(holds_variable, value))

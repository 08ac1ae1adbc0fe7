"""The weights of one layer: declared shapes, arrays made on first use, and variables to read them.

`jaxcnn.layers.weight_tree` has what goes through a layer and those inside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import ClassVar, Protocol, Self, TypeAlias

import flax.linen as nn
import jax
import jax.numpy as jnp
from flax.traverse_util import flatten_dict

from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.trace_at_sizes import from_flax
from jaxcnn.layers.variable import Lender, Variable
from jaxcnn.nn.base import WeightSpec
from jaxcnn.nn.graph import run
from jaxcnn.nn.traits import Traits
from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import named_key
from jaxcnn.runtime.disk_cache import keep_programs
from jaxcnn.runtime.leaf_jit import LeafJit
from jaxcnn.runtime.types import ArrayFunction, ArrayLike, Config, Path, PyTree

# The positional and the keyword arguments of a call.
Arguments: TypeAlias = tuple[tuple[PyTree, ...], Config]


class Session(Protocol):
    """A running fit, which holds the newest arrays and hands them to the layers on request."""

    changed: bool

    @property
    def lock(self) -> AbstractContextManager[object]:
        """Held by the fit during a step."""

    def commit(self) -> None:
        """Give the layers the arrays as they are now."""


class HasModule(Protocol):
    """A layer or model: its name, whether it is trained and built, and what it computes."""

    name: str
    trainable: bool

    @property
    def module(self) -> nn.Module: ...

    @property
    def built(self) -> bool: ...


class WeightOwner(HasModule, Protocol):
    """A layer as its weights know it."""

    built_in: tuple[Self, str] | None
    traits: ClassVar[Traits]

    @property
    def children(self) -> Mapping[str, Self]: ...

    @property
    def listed_children(self) -> Mapping[str, Self]: ...

    @property
    def weights_store(self) -> WeightStore: ...

    def listed_paths(self) -> list[tuple[Self, Path]]: ...


class WeightStore:
    """The weights of `layer` that are not those of a layer inside it.

    Attributes:
        layer: whose weights they are.
        specs: the declared weights, or None before the layer is built.
        declared: the variables of a layer that a user wrote.
        constraints: weight -> constraint, where a layer says so.
        elsewhere: path -> the weight of another layer, or tensor, that is listed instead.
        put_in_lists: weights of other layers that the layer has put into its lists.
        session: the fit that is running, or None.
        initial: the weights that the constructor of the layer was given, until they are set.
        arguments: those of the call that the weights were found by.
        scope: of a program's graph, in which the layer was built.
    """

    scope = ""

    def __init__(self, layer: WeightOwner, initial: Sequence[ArrayLike] | None = None) -> None:
        self.layer = layer
        self.specs: tuple[WeightSpec, ...] | None = None
        self.declared: list[Variable] = []
        self.session: Session | None = None
        self.initial = initial
        self.arguments: Arguments = ((), {})
        self.constraints: dict[Variable, ArrayFunction] = {}
        self.elsewhere: dict[Path, Variable] = {}
        self.put_in_lists: list[Variable] = []
        self._arrays: dict[Path, jax.Array] | None = None
        self._variables: dict[Path, Variable] = {}

    # -- what is declared --------------------------------------------------------------------------

    def spec(self, path: Path) -> WeightSpec:
        """The declared weight at (collection, *path)."""
        return next(spec for spec in self.known() if (spec.collection, *spec.path) == path)

    def known(self) -> tuple[WeightSpec, ...]:
        """The declared weights, also those of a user's `build` before the layer is called."""
        if self.specs is None:
            return tuple(spec_of(variable) for variable in self.declared)
        return self.specs

    def paths(self, params: bool) -> list[Path]:
        """(collection, *path) of the parameters, or of the statistics."""
        return [
            (spec.collection, *spec.path)
            for spec in self.known()
            if (spec.collection == "params") == params and spec.collection != "state"
        ]

    def declare(self, variable: Variable) -> None:
        """Add the variable of a layer that a user wrote; its label must be new.

        Raises:
            ValueError: the layer has a weight of that name.
        """
        if variable.label in {known.label for known in self.declared}:
            raise ValueError(
                f"Layer '{self.layer.name}' already has a weight named '{variable.label}'."
            )
        self._add(variable)

    def adopt(self, variables: Iterable[Variable], trainable: bool) -> None:
        """Make variables without a layer weights of this one; others stay whose they are.

        A variable that a lender keeps, such as that of a session, is one without a layer.

        Raises:
            ValueError: something is no variable.
        """
        for thing in variables:
            variable = getattr(thing, "weight", thing)
            if not isinstance(variable, Variable):
                raise ValueError(
                    f"Layer '{self.layer.name}': a weight is made by add_weight or K.variable; "
                    f"given {variable!r}."
                )
            if isinstance(variable.owner, Lender):
                variable.owner.let_go(variable)
            if variable.owner is not None:
                self.put_in_lists.append(variable)
                continue
            if variable.label in {known.label for known in self.declared}:
                variable.label = self.next_label()
            variable.adopt(self.layer, trainable)
            self._add(variable)

    def _add(self, variable: Variable) -> None:
        """Have one more weight, also where the layer is built."""
        self.declared.append(variable)
        if self.specs is not None:
            self.specs += (spec_of(variable),)
            if self._arrays is not None:
                self._arrays |= self._drawn(self.specs[-1:])

    def keep_beside(self, thing: object) -> bool:
        """Keep a `K.variable` that `call` updates, if it is one, beside the layer's weights."""
        if not isinstance(thing, Variable) or thing.owner is not None or self.specs is not None:
            return False
        thing.adopt(self.layer, trainable=False, beside=True)
        self.declared.append(thing)
        return True

    def next_label(self) -> str:
        """The name of a weight that was given none: 'weight_1', ..."""
        return f"weight_{len(self.declared) + 1}"

    def variable(self, path: Path) -> Variable:
        """The weight at (collection, *path), always the same object."""
        for declared in self.declared:
            if declared.path == path:
                return declared
        if path not in self._variables:
            spec = self.spec(path)
            self._variables[path] = Variable.of(spec, self.layer, path)
        return self._variables[path]

    def listed(self, path: Path) -> Variable:
        """What is listed as the weight at (collection, *path)."""
        other = self.elsewhere.get(path)
        return self.variable(path) if other is None else other

    # -- arrays ------------------------------------------------------------------------------------

    @property
    def arrays(self) -> dict[Path, jax.Array]:
        """(collection, *path) -> array as it is now; drawn on first use.

        Raises:
            ValueError: the layer is not built.
        """
        if (session := self.session) is not None:
            session.commit()
        if self._arrays is None:
            if self.specs is None and not self.declared:
                raise ValueError(
                    f"Layer '{self.layer.name}' has no weights yet: call it on an input first."
                )
            with jax.ensure_compile_time_eval():  # a function that is being traced may ask first
                self._arrays = self._drawn(self.known())
        return self._arrays

    def replace(self, arrays: Mapping[Path, ArrayLike]) -> None:
        """Replace arrays by others of the same shapes; if all are given, none is drawn before."""
        self.note_change()
        dtypes = {(spec.collection, *spec.path): spec.dtype for spec in self.specs or ()}
        if self._arrays is None and dtypes.keys() == arrays.keys():
            self._arrays = {}
        self.arrays.update((path, jnp.array(value, dtypes[path])) for path, value in arrays.items())

    def put(self, arrays: Mapping[Path, jax.Array]) -> None:
        """`replace` by a running fit, which need not be told; other paths are left out."""
        if self._arrays:
            self._arrays = {path: arrays.get(path, old) for path, old in self._arrays.items()}

    def note_change(self) -> None:
        """Tell a running fit that its arrays are about to be replaced by somebody else."""
        if (session := self.session) is not None:
            session.commit()
            session.changed = True

    def _drawn(self, specs: Sequence[WeightSpec]) -> dict[Path, jax.Array]:
        """New weights: each from a key of the seed, the layer's name and the weight's path only."""
        keep_programs()
        arrays: dict[Path, jax.Array] = {}
        for spec in specs:
            if spec.initializer is from_flax:
                return self._drawn_by_module(specs)
            key = named_key(config.seed(), self.layer.name, *spec.path)
            value = jnp.asarray(spec.initializer(key, spec.shape, spec.dtype), spec.dtype)
            if value.shape != spec.shape:
                raise ValueError(
                    f"Layer '{self.layer.name}': the initializer of '{spec.path[-1]}' returned "
                    f"shape {value.shape} instead of {spec.shape}."
                )
            arrays[(spec.collection, *spec.path)] = value
        return arrays

    def _drawn_by_module(self, specs: Sequence[WeightSpec]) -> dict[Path, jax.Array]:
        """What the module's own `init` makes, compiled so that the forward pass costs nothing."""

        def zeros(leaf: PyTree) -> PyTree:
            if isinstance(leaf, SymbolicTensor):
                return jnp.zeros([size or 1 for size in leaf.shape], leaf.dtype)
            return leaf

        def init(key: jax.Array) -> dict[Path, jax.Array]:
            args, kwargs = jax.tree.map(zeros, self.arguments)
            forward = nn.init(
                lambda bound: run(bound, args, dict(kwargs), None, train=False), self.layer.module
            )
            drawn: dict[Path, jax.Array] = flatten_dict(forward({"params": key, "dropout": key}))
            return {path: value for path, value in drawn.items() if path[0] != "losses"}

        values = LeafJit(init)(named_key(config.seed(), self.layer.name))
        paths = [(spec.collection, *spec.path) for spec in specs]
        return {path: values[path] for path in paths}


def spec_of(variable: Variable) -> WeightSpec:
    """How a weight that a user declares is kept."""
    return WeightSpec(
        path=variable.path[1:],
        collection=variable.path[0],
        shape=tuple(variable.shape),
        dtype=variable.dtype,
        initializer=variable.start,
        constraint=variable.constraint,
        regularizer=variable.regularizer,
    )


class HasWeights(Protocol):
    """A layer with a store of weights."""

    @property
    def weights_store(self) -> WeightStore: ...


def put(values: Iterable[tuple[tuple[HasWeights, Path], ArrayLike]]) -> None:
    """Replace weights by checked arrays, given as ((owner, (collection, *path)), array)."""
    by_store: dict[WeightStore, dict[Path, ArrayLike]] = {}
    for (owner, path), value in values:
        by_store.setdefault(owner.weights_store, {})[path] = value
    for store, arrays in by_store.items():
        store.replace(arrays)

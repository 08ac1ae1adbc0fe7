"""The weights of a layer: declared shapes, arrays made on first use, and their order in Keras.

Weights live with the layer handle, so layers and models that are shared train the same arrays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from flax.traverse_util import flatten_dict, unflatten_dict

from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.tracing import from_flax
from jaxcnn.layers.variable import Variable
from jaxcnn.nn.base import WeightSpec
from jaxcnn.nn.graph import run
from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import named_key
from jaxcnn.runtime.disk_cache import keep_programs

Variables = dict[str, Any]


class Session(Protocol):
    """A running fit: it holds the newest arrays and hands them to the layers when somebody reads
    one.
    """

    changed: bool

    def commit(self) -> None:
        """Give the layers the arrays as they are now."""


class WeightOwner:
    """What holds weights, and other owners inside it: the part of `Layer` that is about arrays."""

    name: str
    trainable: bool
    declared: list[Variable]
    _module: nn.Module | None
    _specs: tuple[WeightSpec, ...] | None
    _traced_inputs: Any
    _variables: dict[tuple[str, ...], jax.Array] | None
    _session: Session | None
    _handles: dict[tuple[str, ...], Variable]
    _initial_weights: Sequence[np.ndarray] | None

    def make_module(self) -> nn.Module:
        """The Flax module of this layer; called once."""
        raise NotImplementedError

    @property
    def module(self) -> nn.Module:
        """The pure Flax module: ``layer.module.apply(layer.variables, x)``."""
        if self._module is None:
            self._module = self.make_module()
        return self._module

    @property
    def built(self) -> bool:
        """Whether the shapes of the weights are known."""
        return self._specs is not None

    @built.setter
    def built(self, value: bool) -> None:
        """Keras 2 layers say ``self.built = True`` in their `build`; here the traced weights
        decide.
        """

    @property
    def variables(self) -> Variables:
        """The variables of `module`: ``{"params": {...}, "batch_stats": {...}}``, arrays as they
        are now.
        """
        tree: Variables = unflatten_dict(self._own_variables())
        for name, child in self.children.items():
            for collection, values in child.variables.items():
                tree.setdefault(collection, {})[name] = values
        return tree

    def set_variables(self, variables: Mapping[str, Any]) -> None:
        """Replace arrays by those of `variables` (nested as in the property; absent ones stay as
        they are).

        Raises:
            ValueError: an unknown name or another shape; nothing is replaced then.
        """
        known = {(spec.collection, *spec.path): spec for spec in self.all_specs()}
        arrays = {}
        for path, value in flatten_dict(dict(variables)).items():
            if path not in known:
                raise ValueError(f"Layer '{self.name}' has no variable '{'/'.join(path)}'.")
            if np.shape(value) != known[path].shape:
                raise ValueError(
                    f"Layer '{self.name}': variable '{'/'.join(path)}' has shape "
                    f"{known[path].shape}; "
                    f"given {np.shape(value)}."
                )
            arrays[path] = jnp.asarray(value, known[path].dtype)
        self._note_changes()
        for layer in (self, *self.all_layers()):
            layer._own_variables()  # only what is there can be replaced
        self.store(unflatten_dict(arrays))

    def store(self, variables: Mapping[str, Any]) -> None:
        """`set_variables` for a running fit, which is the source of the arrays and need not be
        told.
        """
        for name, child in self.children.items():
            child.store({c: values[name] for c, values in variables.items() if name in values})
        if self._variables:
            flat = flatten_dict(dict(variables))
            self._variables = {
                path: flat.get(path, value) for path, value in self._variables.items()
            }

    @property
    def children(self) -> Mapping[str, Any]:
        """The layers directly inside this one, by the names under which `variables` nests theirs."""
        found: Mapping[str, Any] = self.__dict__["_children"]
        return found

    def all_layers(self) -> Iterator[Any]:
        """Every layer inside this one, at any depth."""
        for child in self.children.values():
            yield child
            yield from child.all_layers()

    def _own_variables(self) -> dict[tuple[str, ...], jax.Array]:
        """(collection, *path) -> array of the weights that are not a child's; made on first use."""
        if self._session is not None:
            self._session.commit()
        if self._variables is None:
            if self._specs is None:
                if not self.children:
                    raise ValueError(
                        f"Layer '{self.name}' has no weights yet: call it on an input first."
                    )
                return {}
            self._variables = self._initialise()
        return self._variables

    def _note_change(self) -> None:
        if self._session is not None:
            self._session.commit()
            self._session.changed = True

    def _note_changes(self) -> None:
        for layer in (self, *self.all_layers()):
            layer._note_change()

    def _initialise(self) -> dict[tuple[str, ...], jax.Array]:
        """Draw the weights: each from a key that depends on the seed, the layer's name and the
        weight's path only.
        """
        assert self._specs is not None
        keep_programs()
        drawn: dict[tuple[str, ...], jax.Array] = {}
        for spec in self._specs:
            if spec.initializer is from_flax:
                return self._initialise_from_module(named_key(config.seed(), self.name))
            key = named_key(config.seed(), self.name, *spec.path)
            value = jnp.asarray(spec.initializer(key, spec.shape, spec.dtype), spec.dtype)
            if value.shape != spec.shape:
                raise ValueError(
                    f"Layer '{self.name}': the initializer of '{spec.path[-1]}' gave shape "
                    f"{value.shape} "
                    f"instead of {spec.shape}."
                )
            drawn[(spec.collection, *spec.path)] = value
        return drawn

    def _initialise_from_module(self, key: jax.Array) -> dict[tuple[str, ...], jax.Array]:
        """The variables that the module's own `init` makes, compiled so that the forward pass costs
        nothing.
        """
        args, kwargs = self._traced_inputs

        def init(key: jax.Array) -> Any:
            zeros = jax.tree.map(
                lambda leaf: (
                    jnp.zeros([n or 1 for n in leaf.shape], leaf.dtype)
                    if isinstance(leaf, SymbolicTensor)
                    else leaf
                ),
                (args, kwargs),
            )
            forward = nn.init(
                lambda bound: run(bound, zeros[0], dict(zeros[1]), None, train=False), self.module
            )
            return {
                k: v
                for k, v in flatten_dict(forward({"params": key, "dropout": key})).items()
                if k[0] != "losses"
            }

        drawn = jax.jit(init)(key)
        assert self._specs is not None
        return {
            (spec.collection, *spec.path): drawn[(spec.collection, *spec.path)]
            for spec in self._specs
        }

    def weight_paths(self) -> list[tuple[Any, tuple[str, ...]]]:
        """(owner, (collection, *path)) of every weight in Keras order: params first, then
        statistics.
        """
        return [entry for wanted in (True, False) for entry in self._paths(wanted)]

    def _paths(self, params: bool) -> list[tuple[Any, tuple[str, ...]]]:
        own = [
            (self, (s.collection, *s.path))
            for s in self._specs or ()
            if (s.collection == "params") == params and s.collection != "state"
        ]
        return own + [entry for child in self.children.values() for entry in child._paths(params)]

    @property
    def weights(self) -> list[Variable]:
        """All weights, trainable first."""
        return [owner.variable(path) for owner, path in self.weight_paths()]

    def variable(self, path: tuple[str, ...]) -> Variable:
        """The weight at (collection, *path), always the same object: its array can be read and set."""
        for declared in self.declared:
            if declared.path == path:
                return declared
        if path not in self._handles:
            spec = next(spec for spec in self._specs or () if (spec.collection, *spec.path) == path)
            trainable = spec.collection == "params"
            self._handles[path] = Variable(
                spec.path[-1],
                spec.shape,
                spec.dtype,
                spec.initializer,
                trainable=trainable,
                constraint=spec.constraint,
                owner=self,
                path=path,
            )
        return self._handles[path]

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training would move, given the `trainable` flags as they are now."""
        return [owner.variable(path) for owner, path in self.trainable_paths()]

    @trainable_weights.setter
    def trainable_weights(self, variables: Sequence[Variable]) -> None:
        """In `build`, as older layers do: say which `K.variable`s training moves."""
        self._declare(variables, trainable=True)

    def _declare(self, variables: Sequence[Variable], trainable: bool) -> None:
        for variable in variables:
            if not any(variable is known for known in self.declared):
                if variable.label in {known.label for known in self.declared}:
                    variable.label = f"weight_{len(self.declared) + 1}"
                variable.adopt(self, trainable)
                self.declared.append(variable)

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """All other weights."""
        moved = {(id(owner), path) for owner, path in self.trainable_paths()}
        return [o.variable(path) for o, path in self.weight_paths() if (id(o), path) not in moved]

    @non_trainable_weights.setter
    def non_trainable_weights(self, variables: Sequence[Variable]) -> None:
        """In `build`: say which `K.variable`s belong to the layer but stay as they are, or change
        by `add_update`.
        """
        self._declare(variables, trainable=False)

    def trainable_paths(self) -> list[tuple[Any, tuple[str, ...]]]:
        """(owner, (collection, *path)) of the weights that training would move."""
        if not self.trainable:
            return []
        own = [
            (self, (s.collection, *s.path)) for s in self._specs or () if s.collection == "params"
        ]
        return own + [
            entry for child in self.children.values() for entry in child.trainable_paths()
        ]

    def trainable_mask(self, collection: str = "params") -> dict[str, Any]:
        """The tree of ``params`` (or ``batch_stats``) with True where training may move the array."""
        own = {s.path: self.trainable for s in self._specs or () if s.collection == collection}
        tree: dict[str, Any] = unflatten_dict(own)
        for name, child in self.children.items():
            mask = child.trainable_mask(collection)
            if mask:
                tree[name] = mask if self.trainable else jax.tree.map(lambda _: False, mask)
        return tree

    def constraints(self) -> dict[tuple[str, ...], Callable]:
        """Path within ``params`` -> the constraint to apply to that weight after each update."""
        found = {s.path: s.constraint for s in self._specs or () if s.constraint is not None}
        for name, child in self.children.items():
            found.update(
                {(name, *path): constraint for path, constraint in child.constraints().items()}
            )
        return found

    def get_weights(self) -> list[np.ndarray]:
        """Copies of the weights as NumPy arrays, in Keras order."""
        return [np.array(owner._own_variables()[path]) for owner, path in self._listed_paths()]

    def _listed_paths(self) -> list[tuple[Any, tuple[str, ...]]]:
        """The weights in the order of `get_weights`."""
        return self.weight_paths()

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Replace the weights by arrays of the same shapes, in the order of `get_weights`: all of
        them or none.
        """
        paths = self._listed_paths()
        if len(weights) != len(paths):
            names = (
                f" ({', '.join('/'.join(path[1:]) for _, path in paths)})"
                if len(paths) < 10
                else ""
            )
            raise ValueError(
                f"Layer '{self.name}' has {len(paths)} weights{names}; given {len(weights)}."
            )
        values = [np.asarray(w) for w in weights]
        for (owner, path), value in zip(paths, values, strict=True):
            shape = owner.weight_shape(path)
            if value.shape != shape:
                raise ValueError(
                    f"Layer '{owner.name}': weight '{'/'.join(path[1:])}' has shape {shape}; given "
                    f"{value.shape}."
                )
        put(zip(paths, values, strict=True))

    def _replace(self, arrays: Mapping[tuple[str, ...], np.ndarray]) -> None:
        """Put arrays in the place of own weights; where all of them are given, none is drawn
        before.
        """
        self._note_change()
        dtypes = {(spec.collection, *spec.path): spec.dtype for spec in self._specs or ()}
        if self._variables is None and dtypes.keys() == arrays.keys():
            self._variables = {}
        own = self._own_variables()
        own.update((path, jnp.array(value, dtypes[path])) for path, value in arrays.items())

    def count_params(self) -> int:
        """The number of values in all weights."""
        if not self.built:
            raise ValueError(
                f"Layer '{self.name}' is not built yet, so its parameters cannot be counted."
            )
        return sum(math.prod(owner.weight_shape(path)) for owner, path in self.weight_paths())

    def weight_shape(self, path: tuple[str, ...]) -> tuple[int, ...]:
        """The shape of the weight at (collection, *path), known before the weight is made."""
        return next(
            spec.shape for spec in self._specs or () if (spec.collection, *spec.path) == path
        )

    def all_specs(self) -> list[WeightSpec]:
        """The declared weights of the layer and of those inside it, with their paths from here."""
        return list(self._specs or ()) + [
            replace(spec, path=(name, *spec.path))
            for name, child in self.children.items()
            for spec in child.all_specs()
        ]

    def placed_weights(self) -> Iterator[tuple[Any, WeightSpec, tuple[str, ...]]]:
        """(owner, its weight, the weight's path from here), a shared weight once for each of its
        places.
        """
        for spec in self._specs or ():
            yield self, spec, spec.path
        for name, child in self.children.items():
            for owner, spec, path in child.placed_weights():
                yield owner, spec, (name, *path)

    def _adopt(self, specs: Sequence[WeightSpec]) -> None:
        """Give the children that are not built yet the weights which the trace found under their
        names.
        """
        for name, child in self.children.items():
            if child.built:
                continue
            inner = [replace(s, path=s.path[1:]) for s in specs if s.path[0] == name]
            child._specs = tuple(s for s in inner if s.path[0] not in child.children)
            child._adopt(inner)
            child._set_initial_weights()

    def _set_initial_weights(self) -> None:
        """Take over the weights that the constructor was given, now that their shapes can be
        checked.
        """
        if self._initial_weights is None:
            return
        try:
            self.set_weights(self._initial_weights)
        except ValueError:
            self._specs = (
                None  # not built after all: the next call must not go on with random weights
            )
            raise
        self._initial_weights = None


def put(values: Iterable[tuple[tuple[WeightOwner, tuple[str, ...]], np.ndarray]]) -> None:
    """Replace weights, given as ((owner, (collection, *path)), array), by arrays that were checked."""
    given: dict[int, tuple[WeightOwner, dict[tuple[str, ...], np.ndarray]]] = {}
    for (owner, path), value in values:
        given.setdefault(id(owner), (owner, {}))[1][path] = value
    for owner, arrays in given.values():
        owner._replace(arrays)

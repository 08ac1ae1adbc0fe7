"""The Keras half of a layer: a handle that holds a module, its name, its weights and the record of its calls.

The mathematics stands in the module (`jaxcnn.nn`); `keras_layer` derives the handle from it, signature included.
Weights live with the handle, so layers and models that are shared train the same arrays.
"""

from __future__ import annotations

import contextlib
import difflib
import inspect
import math
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Protocol

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from flax.traverse_util import flatten_dict, unflatten_dict

from jaxcnn import config, constraints, initializers, regularizers
from jaxcnn.layers import naming
from jaxcnn.layers.custom import Record, UserModule, bound_module
from jaxcnn.layers.tensor import Node, SymbolicTensor, shapes, symbolic_leaves
from jaxcnn.layers.tracing import Traced, from_flax, trace
from jaxcnn.layers.variable import Variable
from jaxcnn.nn.base import WeightSpec
from jaxcnn.nn.graph import run
from jaxcnn.registry import Registry, get_custom_objects

# Keyword arguments that every layer takes besides its own.
COMMON = (
    "name",
    "trainable",
    "dtype",
    "input_shape",
    "batch_input_shape",
    "batch_size",
    "input_dim",
    "input_length",
    "weights",
)

Variables = dict[str, Any]


class Session(Protocol):
    """A running fit: it holds the newest arrays and hands them to the layers when somebody reads one."""

    changed: bool

    def commit(self) -> None:
        """Give the layers the arrays as they are now."""


class Layer:
    """A layer as Keras users know it.

    Call it on symbolic tensors (`Input`, the output of another layer) to build a model, or on arrays to compute.
    ``layer.module`` is the pure Flax module and ``layer.variables`` its variables.

    Args:
        name: a name of its own; by default the class name in snake case with a counter.
        trainable: whether training may move its ``params``; read when a model is compiled.
        input_shape: shape of one sample (None where any size will do), for the first layer of a Sequential model.
        batch_input_shape: the same with the batch size in front.
        batch_size: a fixed batch size to go with `input_shape`.
        input_dim: short for ``input_shape=(input_dim,)``; with `input_length`, ``(input_length, input_dim)``.
        dtype: dtype of the input, for the first layer of a Sequential model.
        weights: initial weights, as `set_weights` takes them.
    """

    def __init__(self, *, name: str | None = None, trainable: bool = True, **kwargs: Any) -> None:
        if unknown := set(kwargs) - set(COMMON):
            raise TypeError(unknown_argument(type(self).__name__, sorted(unknown)[0], COMMON))
        if name is not None and (not isinstance(name, str) or not name):
            raise TypeError(f"{type(self).__name__}: `name` is {name!r}; it must be a non-empty string.")
        self.name = name or naming.unique_name(type(self).__name__)
        self.trainable = trainable
        self.inbound_nodes: list[Node] = []
        self._children = self.__dict__.get("_children", {})  # layers set as attributes before this ran
        self.dtype = kwargs.get("dtype") or config.floatx()
        self.batch_input_shape = self._declared_input_shape(kwargs)
        self._initial_weights: Sequence[np.ndarray] | None = kwargs.get("weights")
        self._specs: tuple[WeightSpec, ...] | None = None
        self._traced_inputs: Any = None
        self._variables: dict[tuple[str, ...], jax.Array] | None = None
        self._module: nn.Module | None = None
        self._session: Session | None = None
        self.declared: list[Variable] = []
        self._handles: dict[tuple[str, ...], Variable] = {}
        self._record = Record()
        self._user_built = False

    @staticmethod
    def _declared_input_shape(kwargs: Mapping[str, Any]) -> tuple[int | None, ...] | None:
        if (batch_shape := kwargs.get("batch_input_shape")) is not None:
            return tuple(batch_shape)
        shape = kwargs.get("input_shape")
        if shape is None and kwargs.get("input_dim") is not None:
            dim = kwargs["input_dim"]
            shape = (kwargs["input_length"], dim) if kwargs.get("input_length") is not None else (dim,)
        if shape is None:
            return None
        return (kwargs.get("batch_size"), *((shape,) if isinstance(shape, int) else shape))

    # -- the pure half ------------------------------------------------------------------------------------------------

    def make_module(self) -> nn.Module:
        """The Flax module of this layer, made once: here, of a layer that a user wrote with `build` and `call`."""
        return UserModule(self)

    @property
    def module(self) -> nn.Module:
        """The pure Flax module: ``layer.module.apply(layer.variables, x)``."""
        if self._module is None:
            self._module = self.make_module()
        return self._module

    @property
    def variables(self) -> Variables:
        """The variables of `module`: ``{"params": {...}, "batch_stats": {...}}``, arrays as they are now."""
        tree: Variables = unflatten_dict(self._own_variables())
        for name, child in self.children.items():
            for collection, values in child.variables.items():
                tree.setdefault(collection, {})[name] = values
        return tree

    def set_variables(self, variables: Mapping[str, Any]) -> None:
        """Replace arrays by those of `variables` (nested as in the property; absent ones stay as they are).

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
                    f"Layer '{self.name}': variable '{'/'.join(path)}' has shape {known[path].shape}; "
                    f"given {np.shape(value)}."
                )
            arrays[path] = jnp.asarray(value, known[path].dtype)
        self._note_changes()
        self.store(unflatten_dict(arrays))

    def store(self, variables: Mapping[str, Any]) -> None:
        """`set_variables` for a running fit, which is the source of the arrays and need not be told."""
        for name, child in self.children.items():
            child.store({c: values[name] for c, values in variables.items() if name in values})
        if self._variables:
            flat = flatten_dict(dict(variables))
            self._variables = {path: flat.get(path, value) for path, value in self._variables.items()}

    @property
    def children(self) -> Mapping[str, Layer]:
        """The layers directly inside this one, by the names under which `variables` nests theirs."""
        return self._children

    def all_layers(self) -> Iterator[Layer]:
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
                    raise ValueError(f"Layer '{self.name}' has no weights yet: call it on an input first.")
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
        """Draw the weights: each from a key that depends on the seed, the layer's name and the weight's path only."""
        assert self._specs is not None
        layer_key = jax.random.fold_in(jax.random.key(config.seed()), zlib.crc32(self.name.encode()))
        drawn: dict[tuple[str, ...], jax.Array] = {}
        for spec in self._specs:
            if spec.initializer is from_flax:
                return self._initialise_from_module(layer_key)
            key = jax.random.fold_in(layer_key, zlib.crc32("/".join(spec.path).encode()))
            value = jnp.asarray(spec.initializer(key, spec.shape, spec.dtype), spec.dtype)
            if value.shape != spec.shape:
                raise ValueError(
                    f"Layer '{self.name}': the initializer of '{spec.path[-1]}' gave shape {value.shape} "
                    f"instead of {spec.shape}."
                )
            drawn[(spec.collection, *spec.path)] = value
        return drawn

    def _initialise_from_module(self, key: jax.Array) -> dict[tuple[str, ...], jax.Array]:
        """The variables that the module's own `init` makes, compiled so that the forward pass costs nothing."""
        args, kwargs = self._traced_inputs

        def init(key: jax.Array) -> Any:
            zeros = jax.tree.map(
                lambda leaf: (
                    jnp.zeros([n or 1 for n in leaf.shape], leaf.dtype) if isinstance(leaf, SymbolicTensor) else leaf
                ),
                (args, kwargs),
            )
            forward = nn.init(lambda bound: run(bound, zeros[0], dict(zeros[1]), None, train=False), self.module)
            return {k: v for k, v in flatten_dict(forward({"params": key, "dropout": key})).items() if k[0] != "losses"}

        drawn = jax.jit(init)(key)
        assert self._specs is not None
        return {(spec.collection, *spec.path): drawn[(spec.collection, *spec.path)] for spec in self._specs}

    # -- for layers that users write ----------------------------------------------------------------------------------

    def build(self, input_shape: Any) -> None:
        """Make the weights with `add_weight`; `input_shape` has None for the batch.  Runs once."""

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Compute the output; may also take `mask` and `training`."""
        raise NotImplementedError(f"{type(self).__name__} must define call(inputs).")

    def add_weight(
        self,
        name: Any = None,
        shape: tuple[int, ...] | None = None,
        initializer: Any = "glorot_uniform",
        trainable: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        dtype: Any = None,
    ) -> Variable:
        """Declare a weight in `build`; keep the result as an attribute and use it in `call` like an array.

        Args:
            name: of the weight; ``weight_1``, ... when it is not given.
            shape: of the weight.
            initializer, regularizer, constraint: by name or function.
            trainable: False for values that training does not move and `add_update` may.
        """
        if isinstance(name, list | tuple):  # Keras 1 and later versions put the shape first
            name, shape = (shape if isinstance(shape, str) else None), tuple(name)
        if shape is None:
            raise ValueError(f"Layer '{self.name}': add_weight needs a `shape`.")
        name = name or f"weight_{len(self.declared) + 1}"
        if name in {variable.name for variable in self.declared}:
            raise ValueError(f"Layer '{self.name}' already has a weight named '{name}'.")
        variable = Variable(
            name,
            tuple(shape),
            dtype or config.floatx(),
            initializers.get(initializer),
            trainable=trainable,
            regularizer=regularizers.get(regularizer),
            constraint=constraints.get(constraint),
            owner=self,
        )
        self.declared.append(variable)
        return variable

    def add_loss(self, loss: Any, inputs: Any = None) -> None:
        """In `call`: add a scalar, or a list of them, to what training minimises."""
        self._record.losses.extend(loss if isinstance(loss, list | tuple) else [loss])

    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """In `call`: in training mode replace weights made with ``trainable=False``; (weight, new value) pairs."""
        pairs = updates if isinstance(updates, list) else [updates]
        self._record.updates.extend(pairs)

    @contextlib.contextmanager
    def recording(self) -> Iterator[Record]:
        """Within the block `add_loss` and `add_update` go into the yielded record."""
        outer, self._record = self._record, Record()
        try:
            yield self._record
        finally:
            self._record = outer

    def build_once(self, input_shape: Any) -> None:
        """Run the user's `build`, the first time."""
        if not self._user_built:
            self._user_built = True
            self.build(input_shape)

    def __setattr__(self, name: str, value: Any) -> None:
        """A layer kept as an attribute by a user's layer is part of it."""
        super().__setattr__(name, value)
        if (
            isinstance(value, Layer)
            and not name.startswith("_")
            and isinstance(self.__dict__.get("_module"), UserModule | None)
        ):
            self.__dict__.setdefault("_children", {})[value.name] = value

    # -- weights as Keras lists them ----------------------------------------------------------------------------------

    @property
    def built(self) -> bool:
        """Whether the shapes of the weights are known."""
        return self._specs is not None

    @built.setter
    def built(self, value: bool) -> None:
        """Keras 2 layers say ``self.built = True`` in their `build`; here the traced weights decide."""

    def weight_paths(self) -> list[tuple[Layer, tuple[str, ...]]]:
        """(owner, (collection, *path)) of every weight in Keras order: params first, then statistics."""
        return [entry for wanted in (True, False) for entry in self._paths(wanted)]

    def _paths(self, params: bool) -> list[tuple[Layer, tuple[str, ...]]]:
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
                if variable.name in {known.name for known in self.declared}:
                    variable.name = f"weight_{len(self.declared) + 1}"
                variable.adopt(self, trainable)
                self.declared.append(variable)

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """All other weights."""
        moved = {(id(owner), path) for owner, path in self.trainable_paths()}
        return [o.variable(path) for o, path in self.weight_paths() if (id(o), path) not in moved]

    @non_trainable_weights.setter
    def non_trainable_weights(self, variables: Sequence[Variable]) -> None:
        """In `build`: say which `K.variable`s belong to the layer but stay as they are, or change by `add_update`."""
        self._declare(variables, trainable=False)

    def trainable_paths(self) -> list[tuple[Layer, tuple[str, ...]]]:
        """(owner, (collection, *path)) of the weights that training would move."""
        if not self.trainable:
            return []
        own = [(self, (s.collection, *s.path)) for s in self._specs or () if s.collection == "params"]
        return own + [entry for child in self.children.values() for entry in child.trainable_paths()]

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
            found.update({(name, *path): constraint for path, constraint in child.constraints().items()})
        return found

    def get_weights(self) -> list[np.ndarray]:
        """Copies of the weights as NumPy arrays, in Keras order."""
        return [np.array(owner._own_variables()[path]) for owner, path in self._listed_paths()]

    def _listed_paths(self) -> list[tuple[Layer, tuple[str, ...]]]:
        """The weights in the order of `get_weights`."""
        return self.weight_paths()

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Replace the weights by arrays of the same shapes, in the order of `get_weights`: all of them or none."""
        paths = self._listed_paths()
        if len(weights) != len(paths):
            names = f" ({', '.join('/'.join(path[1:]) for _, path in paths)})" if len(paths) < 10 else ""
            raise ValueError(f"Layer '{self.name}' has {len(paths)} weights{names}; given {len(weights)}.")
        values = [np.asarray(w) for w in weights]
        for (owner, path), value in zip(paths, values, strict=True):
            shape = owner.weight_shape(path)
            if value.shape != shape:
                raise ValueError(
                    f"Layer '{owner.name}': weight '{'/'.join(path[1:])}' has shape {shape}; given {value.shape}."
                )
        for (owner, path), value in zip(paths, values, strict=True):
            owner._note_change()
            own = owner._own_variables()
            own[path] = jnp.array(value, own[path].dtype)

    def count_params(self) -> int:
        """The number of values in all weights."""
        if not self.built:
            raise ValueError(f"Layer '{self.name}' is not built yet, so its parameters cannot be counted.")
        return sum(math.prod(owner.weight_shape(path)) for owner, path in self.weight_paths())

    def weight_shape(self, path: tuple[str, ...]) -> tuple[int, ...]:
        """The shape of the weight at (collection, *path), known before the weight is made."""
        return next(spec.shape for spec in self._specs or () if (spec.collection, *spec.path) == path)

    # -- calls --------------------------------------------------------------------------------------------------------

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """On symbolic tensors: the symbolic output.  On arrays: the value, by the weights as they are now."""
        everything = (inputs, *args)
        if (bound := bound_module(self)) is not None:
            return run(bound, everything, kwargs, kwargs.pop("mask", None), bool(kwargs.pop("training", False)))[0]
        if symbolic_leaves((everything, kwargs)):
            return self._connect(everything, kwargs)
        if not self.built:
            self._build(everything, kwargs)
        train = bool(kwargs.pop("train", kwargs.pop("training", False)))

        def forward(bound: nn.Module) -> Any:
            return run(bound, everything, dict(kwargs), None, train)[0]

        rngs = {"dropout": jax.random.key(config.seed())}
        mutable = ["batch_stats", "state"] if train else ["state"]
        outputs, changed = nn.apply(forward, self.module, mutable=mutable)(self.variables, rngs=rngs)
        if jax.tree.leaves(changed):
            self.set_variables(changed)
        return outputs

    def _build(self, args: tuple, kwargs: dict[str, Any]) -> Traced:
        """Trace the module on the given inputs; on the first call this fixes the weights' shapes."""
        try:
            traced = trace(self.module, args, kwargs)
        except (ValueError, TypeError) as error:
            if isinstance(error, jax.errors.JAXTypeError):
                raise
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise kind(self._located(error, args)) from None
        if self._specs is None:
            own = tuple(s for s in traced.weights if s.path[0] not in self.children)
            self._traced_inputs = (args, kwargs)
            self._adopt(traced.weights)
            self._specs = own
            self._set_initial_weights()
        else:
            expected = {s.path: s.shape for s in self.all_specs()}
            for spec in traced.weights:
                if expected.get(spec.path, spec.shape) != spec.shape:
                    raise ValueError(
                        f"Layer '{self.name}': an input of shape {shapes(args[0])} needs '{'/'.join(spec.path)}' of "
                        f"shape {spec.shape}, but the layer was built with {expected[spec.path]}."
                    )
        return traced

    def all_specs(self) -> list[WeightSpec]:
        """The declared weights of the layer and of those inside it, with their paths from here."""
        return list(self._specs or ()) + [
            replace(spec, path=(name, *spec.path))
            for name, child in self.children.items()
            for spec in child.all_specs()
        ]

    def _adopt(self, specs: Sequence[WeightSpec]) -> None:
        """Give the children that are not built yet the weights which the trace found under their names."""
        for name, child in self.children.items():
            if child.built:
                continue
            inner = [replace(s, path=s.path[1:]) for s in specs if s.path[0] == name]
            child._specs = tuple(s for s in inner if s.path[0] not in child.children)
            child._adopt(inner)
            child._set_initial_weights()

    def _set_initial_weights(self) -> None:
        """Take over the weights that the constructor was given, now that their shapes can be checked."""
        if self._initial_weights is None:
            return
        try:
            self.set_weights(self._initial_weights)
        except ValueError:
            self._specs = None  # not built after all: the next call must not go on with random weights
            raise
        self._initial_weights = None

    def _located(self, error: Exception, args: tuple) -> str:
        text = str(error)
        if f"'{self.name}'" in text:
            return text
        given = shapes(args[0]) if symbolic_leaves(args) else jax.tree.map(jnp.shape, args[0])
        return f"Layer '{self.name}' ({type(self).__name__}), called on an input of shape {given}: {text}"

    def _connect(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        traced = self._build(args, kwargs)
        node = Node(self, args, kwargs)
        index = len(self.inbound_nodes)
        self.inbound_nodes.append(node)
        leaves, structure = jax.tree.flatten(traced.outputs)
        masks = jax.tree.leaves(traced.masks, is_leaf=lambda m: m is None)
        masks = masks if len(masks) == len(leaves) else [None] * len(leaves)
        tensors = [
            SymbolicTensor(tuple(leaf.shape), leaf.dtype, self, index, i, tuple(m.shape) if m is not None else None)
            for i, (leaf, m) in enumerate(zip(leaves, masks, strict=True))
        ]
        node.outputs = jax.tree.unflatten(structure, tensors)
        return node.outputs

    # -- nodes --------------------------------------------------------------------------------------------------------

    def _at(self, node_index: int, attribute: str) -> Any:
        if not 0 <= node_index < len(self.inbound_nodes):
            raise ValueError(
                f"Layer '{self.name}' has {len(self.inbound_nodes)} inbound nodes; node {node_index} does not exist."
            )
        return getattr(self.inbound_nodes[node_index], attribute)

    def get_input_at(self, node_index: int) -> Any:
        """The symbolic input of the layer's call number `node_index`."""
        return self._at(node_index, "input_tensors")

    def get_output_at(self, node_index: int) -> Any:
        """The symbolic output of the layer's call number `node_index`."""
        return self._at(node_index, "outputs")

    def get_input_shape_at(self, node_index: int) -> Any:
        """The input shape of the layer's call number `node_index`."""
        return shapes(self.get_input_at(node_index))

    def get_output_shape_at(self, node_index: int) -> Any:
        """The output shape of the layer's call number `node_index`."""
        return shapes(self.get_output_at(node_index))

    def _only(self, kind: str) -> Any:
        if not self.inbound_nodes:
            raise AttributeError(f"Layer {self.name} has never been called and thus has no defined {kind}.")
        if len(self.inbound_nodes) > 1:
            raise AttributeError(
                f'Layer {self.name} has multiple inbound nodes, hence the notion of "layer {kind}" is ill-defined. '
                f"Use `get_{kind}_at(node_index)` instead."
            )
        return self._at(0, "input_tensors" if kind == "input" else "outputs")

    def _agreed_shape(self, kind: str) -> Any:
        get = self.get_input_shape_at if kind == "input" else self.get_output_shape_at
        found = [get(i) for i in range(len(self.inbound_nodes))]
        if not found:
            raise AttributeError(f"Layer {self.name} has never been called and thus has no defined {kind} shape.")
        if any(shape != found[0] for shape in found):
            raise AttributeError(
                f"Layer {self.name} has multiple inbound nodes with different {kind} shapes; "
                f"use `get_{kind}_shape_at(node_index)` instead."
            )
        return found[0]

    @property
    def input(self) -> Any:
        """The symbolic input of a layer that was called once."""
        return self._only("input")

    @property
    def output(self) -> Any:
        """The symbolic output of a layer that was called once."""
        return self._only("output")

    @property
    def input_shape(self) -> Any:
        """The input shape, when all calls agree."""
        return self._agreed_shape("input")

    @property
    def output_shape(self) -> Any:
        """The output shape, when all calls agree."""
        return self._agreed_shape("output")

    # -- configuration ------------------------------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """The arguments that rebuild the layer without its weights."""
        settings: dict[str, Any] = {"name": self.name, "trainable": self.trainable}
        if self.batch_input_shape is not None:
            settings |= {"batch_input_shape": self.batch_input_shape, "dtype": str(self.dtype)}
        return settings

    @classmethod
    def from_config(cls, settings: Mapping[str, Any]) -> Layer:
        """A new layer from what `get_config` gave."""
        return cls(**settings)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"


class ModuleLayer(Layer):
    """A handle derived from a `jaxcnn.nn` module class: its arguments are the module's fields."""

    module_class: ClassVar[type[nn.Module]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        names = field_names(self.module_class)
        common = {k: kwargs.pop(k) for k in COMMON if k in kwargs and k not in names}
        if unknown := [k for k in kwargs if k not in names]:
            raise TypeError(unknown_argument(type(self).__name__, unknown[0], (*names, *COMMON)))
        super().__init__(**common)
        try:
            self._fields = dict(own_signature(self.module_class).bind(*args, **kwargs).arguments)
        except TypeError as error:
            raise TypeError(f"{type(self).__name__}: {error}.") from None
        self._children = nested_layers(self._fields)
        self.module  # noqa: B018  (building it checks the arguments here, where the mistake was written)

    def make_module(self) -> nn.Module:
        fields = {k: [c.module for c in v] if is_layer_list(v) else v for k, v in self._fields.items()}
        fields |= {k: v.module for k, v in self._fields.items() if isinstance(v, Layer)}
        try:
            return self.module_class(**fields)
        except ValueError as error:
            raise ValueError(f"Layer '{self.name}': {error}") from None

    def __getattr__(self, name: str) -> Any:
        """The module's settings (`layer.units`) and the weights (`layer.kernel`) by name."""
        if hasattr(type(self), name):  # a property raised AttributeError: let its own message through
            return object.__getattribute__(self, name)
        if name.startswith("_") or "_fields" not in self.__dict__:
            raise AttributeError(name)
        if name in field_names(self.module_class):
            return self._setting(name)
        for spec in self._specs or ():
            if spec.path[-1] == name:
                return self.variable((spec.collection, *spec.path))
        raise AttributeError(f"Layer '{self.name}' ({type(self).__name__}) has no attribute {name!r}.")

    def _setting(self, name: str) -> Any:
        """An argument as it is in force, also where the handle itself has an attribute of that name."""
        given = self._fields.get(name)
        return given if isinstance(given, Layer) or is_layer_list(given) else getattr(self.module, name)

    def get_config(self) -> dict[str, Any]:
        own = {name: serialized(name, self._setting(name)) for name in field_names(self.module_class)}
        return super().get_config() | own

    @classmethod
    def from_config(cls, settings: Mapping[str, Any]) -> Layer:
        return cls(**{name: rebuilt(value) for name, value in settings.items()})


class FlaxLayer(Layer):
    """Any `flax.linen.Module` as a layer: ``FlaxLayer(MyBlock(features=8))``.

    Its mode argument may be called train, training, deterministic or use_running_average.
    """

    def __init__(self, module: nn.Module, **kwargs: Any) -> None:
        if not isinstance(module, nn.Module):
            raise TypeError(f"FlaxLayer takes a flax.linen.Module; given {module!r}.")
        super().__init__(**{"name": kwargs.pop("name", None) or naming.unique_name(type(module).__name__), **kwargs})
        self._module = module


def is_layer_list(value: Any) -> bool:
    """Whether an argument is a list of layers."""
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(v, Layer) for v in value)


def nested_layers(fields: Mapping[str, Any]) -> dict[str, Layer]:
    """The layers among the arguments, by the names that Flax gives their modules."""
    found = {name: value for name, value in fields.items() if isinstance(value, Layer)}
    for name, value in fields.items():
        if is_layer_list(value):
            found |= {f"{name}_{i}": layer for i, layer in enumerate(value)}
    return found


def serialized(name: str, value: Any) -> Any:
    """A field as configuration: plain values stay, layers and functions become their names and settings."""
    if is_layer_list(value):
        return [serialized(name, layer) for layer in value]
    if isinstance(value, Layer):
        return {"class_name": type(value).__name__, "config": value.get_config()}
    if callable(value):
        return LAYERS.serialize(value)
    return value


def rebuilt(value: Any) -> Any:
    """A setting with the layers in it made again from their descriptions; other settings stay as they are."""
    if isinstance(value, list):
        return [rebuilt(item) for item in value]
    known = (*LAYERS.names(), *get_custom_objects())
    is_layer = isinstance(value, Mapping) and "config" in value and value.get("class_name") in known
    return LAYERS.deserialize(value) if is_layer else value


def field_names(module_class: type[nn.Module]) -> tuple[str, ...]:
    """The arguments of a module class, without Flax's own `parent` and `name`."""
    return tuple(own_signature(module_class).parameters)


def own_signature(module_class: type[nn.Module]) -> inspect.Signature:
    """The constructor signature of a module class, without Flax's own `parent` and `name`."""
    parameters = inspect.signature(module_class).parameters.values()
    return inspect.Signature([p.replace(annotation=p.empty) for p in parameters if p.name not in ("parent", "name")])


def unknown_argument(owner: str, name: str, known: Sequence[str]) -> str:
    """The message for a keyword that `owner` does not take, with the nearest that it does."""
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    return f"{owner} got an unknown argument `{name}`.{hint} It takes: {', '.join(known)}."


LAYERS = Registry("layer")


def keras_layer(module_class: type[nn.Module], handle_class: type[ModuleLayer] = ModuleLayer) -> type[ModuleLayer]:
    """The Keras handle of a module class: same name, same documentation, the same arguments and the common ones.

    `handle_class` adds what only the handle can do.
    """
    own = own_signature(module_class)
    common = inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD)
    handle = type(
        module_class.__name__,
        (handle_class,),
        {
            "module_class": module_class,
            "__doc__": module_class.__doc__,
            "__module__": "jaxcnn.layers",
            "__signature__": own.replace(parameters=[*own.parameters.values(), common]),
        },
    )
    LAYERS.register()(handle)
    return handle

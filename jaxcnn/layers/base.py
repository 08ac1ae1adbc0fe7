"""The Keras half of a layer: a handle with a module, a name, weights and a record of its calls.

The mathematics stands in the module (`jaxcnn.nn`); `keras_layer` derives the handle from it,
signature included. Weights live with the handle, so layers and models that are shared train the
same arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar, overload

import flax.linen as nn
import numpy as np

from jaxcnn.layers import calls, naming, symbolic, weight_lists, weight_tree
from jaxcnn.layers.arguments import COMMON, declared_input_shape, refuse_argument, with_dtype
from jaxcnn.layers.call_record import record_call
from jaxcnn.layers.config_words import in_our_words, in_words_of_program
from jaxcnn.layers.demands import Demands
from jaxcnn.layers.evaluation import evaluated
from jaxcnn.layers.input_spec import check_inputs
from jaxcnn.layers.listed import listed_children
from jaxcnn.layers.mode import is_mode
from jaxcnn.layers.replaced import with_replaced
from jaxcnn.layers.symbolic.tensor import Calls, Node, SymbolicTensor, symbolic_leaves
from jaxcnn.layers.symbolic.types import TensorLike
from jaxcnn.layers.symbolic_call import keep_tensors, require_training, symbolic_call
from jaxcnn.layers.trace_at_sizes import Traced
from jaxcnn.layers.tracing import output_shape, trace_layer
from jaxcnn.layers.user_layer import Additions, Update, UserModule, bound_module
from jaxcnn.layers.variable import Variable
from jaxcnn.layers.weights import WeightStore
from jaxcnn.nn.base import WeightSpec
from jaxcnn.nn.graph import run
from jaxcnn.nn.traits import Traits
from jaxcnn.runtime import captures, config, context
from jaxcnn.runtime.arrays import arrays_of_jax
from jaxcnn.runtime.names import Registry
from jaxcnn.runtime.types import (
    ArrayFunction,
    ArrayLike,
    Config,
    Path,
    PyTree,
    Settings,
)
from jaxcnn.spellings.dialect import chosen

LAYERS: Registry[Any] = Registry("layer")


class Layer:
    """A layer as Keras users know it.

    Call it on symbolic tensors (`Input`, the output of another layer) to build a model, or on
    arrays to compute. ``layer.module`` is the pure Flax module and ``layer.variables`` its
    variables. A layer of your own overrides `build`, `call` and, where it has arguments,
    `get_config`.

    Args:
        name: by default the class name in snake case with a counter.
        trainable: whether training may move its ``params``; read when a model is compiled. Default:
            True.
        input_shape: shape of one sample (None where any size will do), for the first layer of a
            Sequential model.
        batch_input_shape: the same with the batch size in front.
        batch_size: a fixed batch size to go with `input_shape`.
        input_dim: short for ``input_shape=(input_dim,)``; with `input_length`,
            ``(input_length, input_dim)``.
        dtype: dtype of the input, for the first layer of a Sequential model.
        weights: initial weights, as `set_weights` takes them.

    Attributes:
        inbound_nodes: the symbolic calls, one `Node` each.
        weights_store: holds the weights that are not those of a layer inside this one.
        traits: what other parts of the library must know of the class.
        additions: the losses and updates that `call` adds.

    Raises:
        TypeError: an argument that no layer takes, or a name that is no string.

    Examples:
        >>> class Scale(jc.layers.Layer):
        ...     def build(self, input_shape):
        ...         self.factor = self.add_weight("factor", (1,), initializer="ones")
        ...     def call(self, inputs):
        ...         return inputs * self.factor
        >>> Scale()(jnp.array([[2.0, 3.0]]))
        Array([[2., 3.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/topology.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/topology.py>
    """

    traits: ClassVar[Traits] = Traits()
    supports_masking: bool = False  # whether a mask of the input is passed on
    built_in: tuple[Layer, str] | None = (
        None  # the layer around it that built it, and its key there
    )
    # Attributes whose layers are listed in programs for any Keras.
    _lists: ClassVar[tuple[str, ...]] = ()
    _is_asked: bool = False  # whether a user's class is asked which weights it lists

    def __init__(self, *, name: str | None = None, trainable: bool = True, **kwargs: Any) -> None:
        kwargs = with_dtype(kwargs)
        if unknown := set(kwargs) - set(COMMON):
            refuse_argument(type(self).__name__, sorted(unknown)[0], COMMON)
        if name is not None and (not isinstance(name, str) or not name):
            raise TypeError(
                f"{type(self).__name__}: `name` is {name!r}; it must be a non-empty string."
            )
        self.name = name or naming.unique_name(type(self).__name__)
        self.trainable = trainable
        self.inbound_nodes: list[Node] = []
        self.calls_of_outputs = Calls()
        # Layers may have been set as attributes before this runs.
        self._children: dict[str, Layer] = self.__dict__.get("_children", {})
        self._attribute_children: set[str] = self.__dict__.get("_attribute_children", set())
        self.dtype = kwargs.get("dtype") or config.floatx()
        self.batch_input_shape = declared_input_shape(kwargs)
        self.weights_store = WeightStore(self, kwargs.get("weights"))
        self.additions = Additions()
        self._module: nn.Module | None = None

    def __setattr__(self, name: str, value: object) -> None:
        """A layer kept as an attribute by a user's layer is part of it."""
        super().__setattr__(name, value)
        if (
            isinstance(value, Layer)
            and not name.startswith("_")
            and isinstance(self.__dict__.get("_module"), UserModule | None)
        ):
            self.__dict__.setdefault("_children", {})[value.name] = value
            if name not in self._lists:
                self.__dict__.setdefault("_attribute_children", set()).add(value.name)

    # -- the pure half -----------------------------------------------------------------------------

    @property
    def module(self) -> nn.Module:
        """The pure Flax module: ``layer.module.apply(layer.variables, x)``."""
        if self._module is None:
            self._module = self.make_module()
        return self._module

    def make_module(self) -> nn.Module:
        """The Flax module, made once; here that of a layer with `build` and `call`."""
        return UserModule(self, parent=None)

    # -- for layers that users write ---------------------------------------------------------------

    def build(self, input_shape: PyTree) -> None:
        """Make the weights with `add_weight`; `input_shape` has None for the batch. Runs once.

        Args:
            input_shape: of the input, a list for several, a tuple with the batch size in front.
        """

    def call(self, inputs: PyTree, *args: PyTree, **kwargs: PyTree) -> PyTree:
        """Compute the output; may also take `mask` and `training`.

        In a program for an old Keras a layer without one passes its input on.

        Args:
            inputs: the input, or a list of them; arrays while a program is traced.
        """
        if chosen():
            return inputs
        raise NotImplementedError(f"{type(self).__name__} must define call(inputs).")

    add_weight = weight_lists.add_weight

    def add_loss(self, losses: TensorLike | Sequence[TensorLike], inputs: PyTree = None) -> None:
        """Add a scalar, or a list of them, to what training minimises.

        Args:
            losses: in `call` any scalar; outside of it a symbolic tensor.
            inputs: outside of `call`: the tensors that the loss depends on, for a layer that is
                called several times: it counts in models where the layer is called on these.
                Default: None.
        """
        self.additions.add_loss(losses, inputs)

    @property
    def losses(self) -> list[SymbolicTensor]:
        """What the layer adds to the loss: penalties and added losses, as symbolic tensors."""
        losses: list[SymbolicTensor] = symbolic.losses_of(self)
        return losses

    def add_update(self, updates: Update | list[Update], inputs: PyTree = None) -> None:
        """Replace weights in training mode, given as (weight, new value) pairs.

        In `call` the weights are made with ``trainable=False``. What is added outside of it is
        carried out by training where variables alone decide it; what depends on `inputs` only by
        ``K.function(..., updates=layer.updates)``.

        Args:
            updates: a pair (weight, new value), or a list of pairs.
            inputs: outside of `call`: the tensors that the values depend on. Default: None.
        """
        in_build = isinstance(self.module, UserModule) and not self.inbound_nodes
        if self.additions.calling or in_build:
            self.additions.add_update(updates)
        else:
            pairs = updates if isinstance(updates, list) else [updates]
            self.additions.outside_updates += [(pair, inputs) for pair in pairs]

    @property
    def updates(self) -> list[Update]:
        """The pairs (weight, new value) that calls of the layer carry out in training.

        In `call`, as in older layers: those so far, to be extended or set.
        """
        if self.additions.calling or not (self.inbound_nodes or self.children):
            return self.additions.updates
        updates: list[Update] = symbolic.updates_of(self)
        return updates

    @updates.setter
    def updates(self, pairs: Iterable[Update]) -> None:
        self.additions.updates = list(pairs)

    # -- calls -------------------------------------------------------------------------------------

    # Layers with several outputs return a list of tensors, which their callers know.
    @overload
    def __call__(
        self, inputs: SymbolicTensor | list[SymbolicTensor], *args: PyTree, **kwargs: PyTree
    ) -> SymbolicTensor: ...

    @overload
    def __call__(self, inputs: PyTree, *args: PyTree, **kwargs: PyTree) -> PyTree: ...

    def __call__(self, inputs: PyTree, *args: PyTree, **kwargs: PyTree) -> PyTree:
        """On symbolic tensors: the symbolic output; on arrays: the value by the present weights."""
        everything = (inputs, *args)
        if (bound := bound_module(self)) is not None:
            inside = bool(kwargs.pop("training", context.training()))
            with with_replaced(self, bound):
                return run(bound, everything, kwargs, kwargs.pop("mask", None), inside)[0]
        everything, kwargs = symbolic.of_variables((everything, kwargs))
        if tensors := symbolic_leaves((everything, kwargs)):
            captures.notice(tensors[0])
            return self._connect(everything, kwargs)
        everything, kwargs = arrays_of_jax((everything, kwargs))
        train = config.in_training(bool(kwargs.pop("train", kwargs.pop("training", False))))
        if not self.built:
            self._build(everything, kwargs)
        if self.weights_store.specs or self.children:
            captures.notice(self)
        return self.value_of_call(everything, kwargs, train)

    def value_of_call(self, args: tuple[PyTree, ...], kwargs: Config, train: bool) -> PyTree:
        """The outputs for arrays by the present weights; states and statistics move."""
        return evaluated(self, args, kwargs, train)

    def _connect(self, args: tuple[PyTree, ...], kwargs: Config) -> PyTree:
        if is_mode(kwargs.get("training")):
            kwargs.pop("training")  # a call without it goes by the mode as well
        try:
            traced = self._build(args, kwargs)
            require_training(self, args, kwargs)
            outputs = record_call(self, args, kwargs, traced)
        except (captures.Captured, ValueError, TypeError, AttributeError) as error:
            return symbolic_call(self, args, kwargs, error)
        keep_tensors(self, args, kwargs)
        return outputs

    def _build(self, args: tuple[PyTree, ...], kwargs: Config) -> Traced:
        """Trace the module on these inputs; the first call fixes the shapes of the weights."""
        traced = trace_layer(self, args, kwargs)
        if self.weights_store.specs is None:
            weight_tree.adopt(self, traced.weights, (args, kwargs))
        else:
            weight_tree.require_same_shapes(self, traced.weights, args[0])
        return traced

    def compute_output_shape(self, input_shape: PyTree) -> PyTree:
        """The shape of the output for an input of `input_shape`.

        The batch stands in front, and None where any size will do. Several inputs are a list of
        shapes, and so are several outputs. Nothing is computed, and no call is recorded.

        Raises:
            ValueError: the layer does not take such an input.
        """
        return output_shape(self, self.dtype, input_shape)

    input_spec = Demands()

    def call_in_words(self, given: PyTree) -> str:
        """A call on inputs of these shapes, as errors name it."""
        return f"Layer '{self.name}' ({type(self).__name__}), called on an input of shape {given}"

    def assert_input_compatibility(self, inputs: PyTree) -> None:
        """Check inputs against the layer's `input_spec`, if it has one.

        Raises:
            ValueError: another number of inputs, or one that is not as demanded.
        """
        check_inputs(self.name, self.input_spec, inputs)

    @property
    def _inbound_nodes(self) -> list[Node]:
        """`inbound_nodes` under the name that it has since Keras 2.1.3."""
        return self.inbound_nodes

    outbound_nodes = _outbound_nodes = property(calls.calls_on_outputs, calls.set_calls_on_outputs)
    get_input_at = calls.get_input_at
    get_output_at = calls.get_output_at
    get_input_shape_at = calls.get_input_shape_at
    get_output_shape_at = calls.get_output_shape_at
    get_input_mask_at = calls.get_input_mask_at
    get_output_mask_at = calls.get_output_mask_at
    input = property(calls.input_of)
    output = property(calls.output_of)
    input_shape = property(calls.input_shape_of)
    output_shape = property(calls.output_shape_of)
    input_mask = property(calls.input_mask_of)
    output_mask = property(calls.output_mask_of)
    compute_mask = calls.compute_mask
    get_updates_for = calls.get_updates_for
    get_losses_for = calls.get_losses_for

    # -- weights -----------------------------------------------------------------------------------

    @property
    def children(self) -> Mapping[str, Layer]:
        """The layers directly inside this one, by the names that `variables` has for them."""
        return self._children

    @property
    def listed_children(self) -> Mapping[str, Layer]:
        """The `children` whose weights are listed as those of this layer, and trained with it."""
        return listed_children(self)

    def all_layers(self) -> Iterator[Layer]:
        """Every layer inside this one, at any depth."""
        for child in self.children.values():
            yield from weight_tree.with_inner(child)

    @property
    def built(self) -> bool:
        """Whether the shapes of the weights are known."""
        return self.weights_store.specs is not None

    @built.setter
    def built(self, value: bool) -> None:
        """Keras 2 layers set it in their `build`; here the traced weights decide."""

    @property
    def variables(self) -> dict[str, PyTree]:
        """The variables of `module`, as they are now: ``{"params": ..., "batch_stats": ...}``."""
        return weight_tree.variables(self)

    def between_steps(self) -> AbstractContextManager[None]:
        """Within the block the weights are those after one step of a fit in another thread."""
        return weight_tree.between_steps(self)

    def set_variables(self, variables: Mapping[str, PyTree]) -> None:
        """Replace arrays by those of `variables`, nested as in the property; absent ones stay.

        Args:
            variables: collection ('params', 'batch_stats', ...) -> names -> array.

        Raises:
            ValueError: an unknown name or another shape; nothing is replaced then.
        """
        weight_tree.set_variables(self, variables)

    def store(self, variables: Mapping[str, PyTree]) -> None:
        """`set_variables` by a running fit, the source of the arrays, which need not be told."""
        weight_tree.store_variables(self, variables)

    def note_changes(self) -> None:
        """Tell a running fit that weights of the layer are about to be replaced by another."""
        weight_tree.note_changes(self)

    def get_weights(self) -> list[np.ndarray]:
        """Copies of the weights as NumPy arrays, in Keras order."""
        return weight_tree.get_weights(self)

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Replace the weights by arrays of the same shapes, in the order of `get_weights`.

        Args:
            weights: arrays of the shapes that `get_weights` returns.

        Raises:
            ValueError: another number of weights or another shape; nothing is replaced then.
        """
        weight_tree.set_weights(self, weights)

    def listed_paths(self) -> list[tuple[Layer, Path]]:
        """The weights in the order of `get_weights`."""
        return self.weight_paths()

    def weight_paths(self) -> list[tuple[Layer, Path]]:
        """(owner, (collection, *path)) of every weight: parameters first, then statistics."""
        return weight_tree.weight_paths(self)

    def trainable_paths(self) -> list[tuple[Layer, Path]]:
        """(owner, (collection, *path)) of the weights that training would move."""
        return weight_tree.trainable_paths(self)

    def variable(self, path: Path) -> Variable:
        """The weight at (collection, *path), always the same object, to be read and set."""
        return self.weights_store.variable(path)

    def weight_shape(self, path: Path) -> tuple[int, ...]:
        """The shape of the weight at (collection, *path), known before the weight is made."""
        return self.weights_store.spec(path).shape

    @property
    def weights(self) -> list[Variable]:
        """All weights, trainable first; in programs for an old Keras as they are frozen now."""
        if chosen():
            return [*self.trainable_weights, *self.non_trainable_weights]
        return [owner.variable(path) for owner, path in self.weight_paths()]

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training would move, given the `trainable` flags as they are now.

        In `build`, as older layers do, it is set or extended to say which `K.variable`s those are.
        """
        return weight_lists.weight_list(self, trainable=True)

    @trainable_weights.setter
    def trainable_weights(self, variables: Sequence[Variable]) -> None:
        self.weights_store.adopt(variables, trainable=True)

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """All other weights; in `build` it is set or extended like `trainable_weights`."""
        return weight_lists.weight_list(self, trainable=False)

    @non_trainable_weights.setter
    def non_trainable_weights(self, variables: Sequence[Variable]) -> None:
        self.weights_store.adopt(variables, trainable=False)

    _trainable_weights = weight_lists.own_weights(trainable=True)
    _non_trainable_weights = weight_lists.own_weights(trainable=False)

    def trainable_mask(self) -> dict[str, PyTree]:
        """The tree of ``params``, True where training may move the array."""
        return weight_tree.trainable_mask(self)

    def weight_constraints(self) -> dict[Path, ArrayFunction]:
        """Path within ``params`` -> the constraint to apply to that weight after each update."""
        return weight_tree.constraints(self)

    @property
    def constraints(self) -> dict[Variable, ArrayFunction]:
        """Weight -> what is applied to it after each update; `build` may add to it or set it."""
        return weight_tree.constraints_of_weights(self)

    @constraints.setter
    def constraints(self, constraints: dict[Variable, ArrayFunction]) -> None:
        self.weights_store.constraints = constraints

    def count_params(self) -> int:
        """The number of values in all weights."""
        return weight_tree.count_params(self)

    def all_specs(self) -> list[WeightSpec]:
        """The declared weights of the layer and of those inside it, with their paths from here."""
        return weight_tree.all_specs(self)

    def placed_weights(self) -> Iterator[tuple[Layer, WeightSpec, Path]]:
        """(owner, its weight, the weight's path from here), a shared weight once for each path."""
        return weight_tree.placed_weights(self)

    # -- configuration -----------------------------------------------------------------------------

    @in_words_of_program
    def get_config(self) -> Config:
        """The arguments that rebuild the layer without its weights."""
        settings: Config = {"name": self.name, "trainable": self.trainable}
        if self.batch_input_shape is not None:
            settings |= {"batch_input_shape": self.batch_input_shape, "dtype": str(self.dtype)}
        return settings

    @classmethod
    def from_config(cls, config: Settings) -> Layer:
        """A new layer from what `get_config` returned.

        Args:
            config: name -> argument of the class.
        """
        return cls(**in_our_words(cls, config))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"

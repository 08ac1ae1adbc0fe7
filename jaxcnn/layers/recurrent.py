"""The handles that do more than their modules: recurrent layers, `Bidirectional`, `Embedding`."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any, cast

import flax.linen as linen
import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn import nn
from jaxcnn.layers import naming, symbolic
from jaxcnn.layers.base import LAYERS, Layer
from jaxcnn.layers.config_words import config_in_our_words, in_words_of_program
from jaxcnn.layers.derived import ModuleLayer, field_names
from jaxcnn.layers.own_steps import STEPPING, StepsOfThen, part_of_gates, steps_of_its_own
from jaxcnn.layers.symbolic.operation import operation
from jaxcnn.layers.symbolic.tensor import SymbolicTensor, symbolic_leaves
from jaxcnn.layers.symbolic.types import TensorLike
from jaxcnn.layers.trace_at_sizes import Traced
from jaxcnn.layers.tracing import placeholders, trace
from jaxcnn.layers.user_layer import UserModule
from jaxcnn.layers.variable import Variable
from jaxcnn.nn.base import Layer as ModuleBase
from jaxcnn.nn.base import library_part
from jaxcnn.nn.recurrent.base import Recurrent
from jaxcnn.nn.recurrent.rnn import state_shapes
from jaxcnn.runtime import context
from jaxcnn.runtime.captures import is_of_library
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.runtime.types import ArrayLike, Config, PyTree, Settings
from jaxcnn.spellings.dialect import dialect


class RecurrentLayer(ModuleLayer):
    """The handle of a recurrent layer: initial states as in Keras, and states that can be reset.

    Attributes:
        num_constants: how many constants it was called with, None where it never was.
    """

    num_constants: int | None = None

    def __call__(
        self,
        inputs: PyTree,
        *args: PyTree,
        initial_state: PyTree = None,
        constants: PyTree = None,
        **kwargs: PyTree,
    ) -> PyTree:
        """As `Layer.__call__`.

        Args:
            inputs: one tensor, or a list of it, the initial states and as many constants as the
                layer was called with before.
            initial_state: an array or symbolic tensor, or a list of them.
            constants: the same for what the cell is given at each step.
        """
        if constants is None and self.num_constants and isinstance(inputs, list | tuple):
            inputs, constants = inputs[: -self.num_constants], inputs[-self.num_constants :]
            inputs = inputs[0] if len(inputs) == 1 else inputs
        if constants is not None:
            kwargs["constants"] = constants
            self.num_constants = len(constants) if isinstance(constants, list | tuple) else 1
        states = list(initial_state) if isinstance(initial_state, list | tuple) else [initial_state]
        if symbolic := symbolic_leaves(states):
            if len(symbolic) != len(states):
                raise ValueError(
                    f"Layer '{self.name}': `initial_state` mixes symbolic tensors with arrays; "
                    "give all of one kind."
                )
            inputs = [*(inputs if isinstance(inputs, list | tuple) else [inputs]), *states]
        elif initial_state is not None:
            kwargs["initial_state"] = states
        return super().__call__(inputs, *args, **kwargs)

    @classmethod
    def computes_itself(cls) -> bool:
        return super().computes_itself() or not is_of_library(cls.get_initial_state)

    def call(self, inputs: PyTree, *args: PyTree, mask: PyTree = None, **kwargs: PyTree) -> PyTree:
        """As `Layer.call`, from the states that the `get_initial_state` of a subclass returns."""
        args, mask, kwargs = self.in_order_of_call(args, mask, kwargs)
        given = isinstance(inputs, list | tuple) or kwargs.get("initial_state") is not None
        if not (given or is_of_library(type(self).get_initial_state) or self.stateful):
            kwargs["initial_state"] = self.get_initial_state(inputs)
        return super().call(inputs, *args, mask=mask, **kwargs)

    def _build(self, args: tuple[PyTree, ...], kwargs: Config) -> Traced:
        tensors = symbolic_leaves(args)
        module = library_part(self.module)
        recurrent = getattr(module, "recurrent", module)
        if recurrent.stateful and tensors and None in tuple(tensors[0].shape)[:1]:
            raise ValueError(
                "If a RNN is stateful, it needs to know its batch size: give `batch_input_shape` "
                "to the first layer of a Sequential model, or `batch_shape` to every Input of "
                f"'{self.name}'."
            )
        if getattr(recurrent, "unroll", False) and tensors and None in tuple(tensors[0].shape)[1:2]:
            raise ValueError(
                f"Layer '{self.name}': unroll=True needs the number of steps, which is None in the "
                "input."
            )
        return super()._build(args, kwargs)

    @in_words_of_program
    def get_config(self) -> Config:
        settings = super().get_config()
        if self.num_constants is not None:
            settings["num_constants"] = self.num_constants
        return settings

    @classmethod
    def from_config(
        cls, config: Settings, custom_objects: Mapping[str, object] | None = None
    ) -> Layer:
        rest = {name: value for name, value in config.items() if name != "num_constants"}
        layer = cast(RecurrentLayer, super().from_config(rest, custom_objects))
        layer.num_constants = config.get("num_constants")
        return layer

    def get_initial_state(self, inputs: SymbolicTensor) -> list[SymbolicTensor]:
        """Zeros for each state, as many as the input has samples.

        Args:
            inputs: the input of the layer.
        """
        K = symbolic.backend
        module = library_part(self.module)
        if hasattr(module, "cell"):
            sizes = state_shapes(module.cell)
        else:
            example = placeholders(self, self.dtype, tuple(inputs.shape))
            output = jax.tree.map(lambda spec: spec.shape, trace(module, (example,), {}).outputs)
            shape = output[0] if self.return_state else output
            sizes = [shape[2:] if self.return_sequences else shape[1:]] * module.state_total
        start = K.sum(K.zeros_like(inputs), axis=list(range(1, len(inputs.shape))))
        return [
            K.reshape(start, (-1, *[1] * len(size))) + np.zeros(size, np.float32) for size in sizes
        ]

    @property
    def states(self) -> list[Variable | None]:
        """The variables that hold the states of a stateful layer; None for each before."""
        paths = [(s.collection, *s.path) for s in self.weights_store.specs or ()]
        stored: list[Variable | None] = [self.variable(p) for p in paths if p[0] == "state"]
        return stored or [None] * library_part(self.module).state_total

    def reset_states(self, states: ArrayLike | Sequence[ArrayLike] | None = None) -> None:
        """Set the states of a stateful layer to zeros or to `states`, one (batch, width) for each.

        Args:
            states: one array (batch, width) for each state, or a single one; None for zeros.

        Raises:
            AttributeError: the layer is not stateful.
            ValueError: it is not built, or `states` have another number or other shapes.
        """
        if not self.stateful:
            raise AttributeError(
                f"Layer '{self.name}' must be stateful for its states to be reset."
            )
        specs = [s for s in self.weights_store.specs or () if s.collection == "state"]
        if not specs:
            raise ValueError(
                f"Layer '{self.name}' has no states yet: call it on an input with a batch size "
                "first."
            )
        if states is None:
            states = [np.zeros(spec.shape) for spec in specs]
        listed = states if isinstance(states, list | tuple) else [states]
        values = [np.asarray(state) for state in listed]
        expected, given = [spec.shape for spec in specs], [value.shape for value in values]
        if given != expected:
            raise ValueError(
                f"Layer '{self.name}': the states have shapes {expected}; given {given}."
            )
        named = {
            spec.path[-1]: jnp.asarray(value, spec.dtype)
            for spec, value in zip(specs, values, strict=True)
        }
        self.set_variables({"state": named})


class StackedCells(ModuleLayer):
    """The handle of `StackedRNNCells`."""

    @property
    def state_size(self) -> tuple[int | tuple[int, ...], ...]:
        """The width of each state, or its shape where it has several axes."""
        shapes: Sequence[tuple[int, ...]] = self.module.state_size
        return tuple(shape[0] if len(shape) == 1 else shape for shape in shapes)


@operation()
def one_step(
    cell: linen.Module,
    weights: Mapping[str, TensorLike],
    inputs: TensorLike,
    states: list[TensorLike],
    training: bool | None,
) -> tuple[jax.Array, list[jax.Array]]:
    """(the output, the new states) of a cell with these weights."""
    train = bool(context.training() if training is None else training)
    rngs = {"dropout": context.next_key()} if train else {}
    result: PyTree = cell.apply({"params": dict(weights)}, inputs, states, train=train, rngs=rngs)
    return cast(tuple[jax.Array, list[jax.Array]], result)


class CellOfLayer:
    """What computes one step of a layer, an object of its own in Keras from 2.1.3 on.

    Its attributes are those of the layer; only losses of calls are the layer's alone.
    """

    def __init__(self, layer: Layer) -> None:
        vars(self)["_layer"] = layer

    @property
    def losses(self) -> list[TensorLike]:
        """The penalties of the weights."""
        return self.get_losses_for(None)

    def get_losses_for(self, inputs: PyTree = None) -> list[TensorLike]:
        """The penalties of the weights, which depend on no inputs."""
        return [] if inputs is not None else cast(Layer, self._layer).get_losses_for(None)

    def call(
        self, inputs: PyTree, states: Sequence[PyTree], training: PyTree = None
    ) -> tuple[PyTree, list[PyTree]]:
        """(the output, the new states) of one step."""
        layer = cast(Any, self._layer)
        kind = getattr(nn, f"{layer.module_class.__name__}Cell")
        module = kind(**{name: layer._setting(name) for name in field_names(kind)})
        weights = {name: getattr(layer, name) for name in ("kernel", "recurrent_kernel", "bias")}
        given = {name: weight for name, weight in weights.items() if weight is not None}
        output, new = one_step(module, given, inputs, list(states), training)
        return output, list(new)

    def __getattr__(self, name: str) -> Any:
        return getattr(vars(self)["_layer"], name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._layer, name, value)


class GatedLayer(StepsOfThen, RecurrentLayer):
    """The handle of a layer whose steps are its own, rather than those of a cell inside it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kind = type(self)
        stepping = steps_of_its_own(kind, STEPPING)
        if dialect().cells and stepping and is_of_library(kind.call):
            raise TypeError(
                f"{kind.__name__}: its step would never be called, since in Keras 2.2 an LSTM, GRU "
                "or SimpleRNN is a cell and the loop over it. Write a cell and RNN(cell), or take "
                "keras.legacy.layers.Recurrent as its base."
            )
        super().__init__(*args, **kwargs)

    @classmethod
    def steps_itself(cls) -> bool:
        return not dialect().cells and steps_of_its_own(cls, (*STEPPING, "get_initial_state"))

    def call(self, inputs: PyTree, *args: PyTree, mask: PyTree = None, **kwargs: PyTree) -> PyTree:
        if not self.steps_itself():
            return super().call(inputs, *args, mask=mask, **kwargs)
        args, mask, kwargs = self.in_order_of_call(args, mask, kwargs)
        return self.run_own_steps(inputs, mask, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        """Also the parts of the weights that belong to a gate: ``kernel_i``, ``bias_f``."""
        try:
            return super().__getattr__(name)
        except AttributeError as error:
            if name.startswith("_") or hasattr(type(self), name):
                raise  # a property's own error says more
            with contextlib.suppress(AttributeError):
                return part_of_gates(self, name)
            raise error from None

    @property
    def cell(self) -> CellOfLayer:
        """The step as an object, with the layer's arguments and weights."""
        return CellOfLayer(self)

    @property
    def state_size(self) -> int | tuple[int, ...]:
        """The width of the state, or of each of them."""
        count: int = library_part(self.module).state_total
        return self.units if count == 1 else (self.units,) * count


class PlainCell(Layer):
    """A cell that is no layer: an object with `state_size` and ``call(inputs, states)``."""

    def __init__(self, cell: Any) -> None:
        super().__init__(name=naming.unique_name(type(cell).__name__))
        self.cell, self.state_size = cell, cell.state_size

    def call(self, inputs: PyTree, *args: PyTree, **kwargs: PyTree) -> PyTree:
        return self.cell.call(inputs, *args, **kwargs)


def as_layer(cell: Any) -> Any:
    """A cell as a layer; a layer, a module, or what is no cell, as it is."""
    plain = not isinstance(cell, Layer | linen.Module) and hasattr(cell, "state_size")
    return PlainCell(cell) if plain and hasattr(cell, "call") else cell


class StackingLayer(RecurrentLayer):
    """The handle of `RNN`, which stacks a list of cells."""

    def __init__(self, cell: Layer | Sequence[Layer], *args: Any, **kwargs: Any) -> None:
        if isinstance(cell, list | tuple):
            one = LAYERS.find("StackedRNNCells")([as_layer(part) for part in cell])
        else:
            one = as_layer(cell)
        super().__init__(one, *args, **kwargs)


class BothWays(nn.Bidirectional):
    """`nn.Bidirectional` of two modules, each of which holds a layer of its own.

    A layer that a user wrote has the names of a recurrent layer's settings on itself.
    """

    forward_layer: linen.Module | None = None
    backward_layer: linen.Module | None = None

    @property
    def recurrent(self) -> Recurrent:
        part = super().recurrent
        return cast(Recurrent, part.layer) if isinstance(part, UserModule) else part

    def direction(self, name: str, **changed: bool) -> ModuleBase:
        copy = getattr(self, name)
        return super().direction(name, **changed) if copy is None else copy


BothWays.__name__ = nn.Bidirectional.__name__  # in tables and errors


@LAYERS.register()
class Bidirectional(RecurrentLayer):
    """A recurrent layer, and a copy with other weights that goes backwards through the sequence.

    Args:
        layer: the recurrent layer, which is copied for each direction.
        merge_mode: how the outputs of both become one, step by step: 'sum', 'mul', 'ave', 'concat'
            along the last axis, or None for a list of the two. Default: 'concat'.
        weights: first weights, float arrays of the shapes of `get_weights()`: the forward layer's,
            then the backward layer's; None to draw them.
        **kwargs: `name`, `trainable`, `dtype`, and where the layer is the first of a Sequential
            model `input_shape` or one of its other forms; `jaxcnn.layers.Layer` explains them.

    Raises:
        ValueError: `layer` is no recurrent layer, or another `merge_mode`.

    Examples:
        >>> jc.layers.Bidirectional(jc.layers.LSTM(8))(jnp.ones((2, 10, 4))).shape
        (2, 16)

    References:
        - Schuster and Paliwal, "Bidirectional Recurrent Neural Networks", 1997,
          <https://doi.org/10.1109/78.650093>
    """

    module_class = nn.Bidirectional

    def __init__(
        self,
        layer: Layer,
        merge_mode: str | None = "concat",
        weights: Sequence[ArrayLike] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(layer, merge_mode, weights=weights, **kwargs)
        settings = config_in_our_words(layer)
        reverses = {"forward": settings["go_backwards"], "backward": not settings["go_backwards"]}
        with custom_object_scope({type(part).__name__: type(part) for part in layer.all_layers()}):
            self._children = {
                f"{direction}_layer": type(layer).from_config(
                    {**settings, "name": f"{direction}_{layer.name}", "go_backwards": reverse}
                )
                for direction, reverse in reverses.items()
            }
        self._module = None  # which is that of the copies from now on

    def bare_module(self, fields: Config) -> linen.Module:
        copies: Config = {k: copy.module for k, copy in self.children.items() if k != "layer"}
        return BothWays(**fields, **copies, parent=None)

    @property
    def forward_layer(self) -> RecurrentLayer:
        """The copy of the layer that goes forwards."""
        return cast(RecurrentLayer, self.children["forward_layer"])

    @property
    def backward_layer(self) -> RecurrentLayer:
        """The copy of the layer that goes the other way."""
        return cast(RecurrentLayer, self.children["backward_layer"])

    return_sequences = property(lambda self: self.forward_layer.return_sequences)
    return_state = property(lambda self: self.forward_layer.return_state)

    def reset_states(  # type: ignore[override]
        self, states: Sequence[ArrayLike] | None = None
    ) -> None:
        """Set the states of both directions to zeros or to `states`, the forward layer's first."""
        half = 0 if states is None else len(states) // 2
        self.forward_layer.reset_states(None if states is None else states[:half])
        self.backward_layer.reset_states(None if states is None else states[half:])


class EmbeddingLayer(ModuleLayer):
    """The handle of `Embedding`, whose input is integers, `input_length` of them or any number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dtype = "int32"
        if self.batch_input_shape is None:
            self.batch_input_shape = (kwargs.get("batch_size"), self.input_length)

"""Layers of Keras 1 and 2.0 that programs import or inherit from, as layers that users write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jaxcnn import activations, constraints, initializers, regularizers
from jaxcnn import backend as K
from jaxcnn.layers import Dense, Layer
from jaxcnn.layers.base import LAYERS
from jaxcnn.layers.config_words import in_words_of_program
from jaxcnn.layers.naming import unique_name
from jaxcnn.runtime.types import ArrayLike, Config, Identifier, PyTree, Settings
from jaxcnn.spellings.dialect import dialect

__all__ = ["Highway", "MaxoutDense", "Recurrent", "TimeDistributedDense", "Wrapper", "_Merge"]


class _Merge(Layer):
    """The base of layers that merge a list of tensors element by element, in `_merge_function`."""

    supports_masking = True

    def build(self, input_shape: PyTree) -> None:
        """Check that there are several inputs."""
        if not isinstance(input_shape, list) or len(input_shape) < 2:
            raise ValueError("A merge layer should be called on a list of at least 2 inputs.")

    def _merge_function(self, inputs: Sequence[PyTree]) -> PyTree:
        raise NotImplementedError(f"{type(self).__name__} needs a method `_merge_function`.")

    def call(self, inputs: Sequence[PyTree]) -> PyTree:
        """What `_merge_function` makes of the inputs, with axes of 1 after the batch as needed."""
        axes = max(K.ndim(x) for x in inputs)
        alike = []
        for x in inputs:
            while K.ndim(x) < axes:
                x = K.expand_dims(x, 1)
            alike.append(x)
        return self._merge_function(alike)

    def compute_mask(self, inputs: PyTree, mask: PyTree = None) -> PyTree:
        """The steps that none of the inputs masks."""
        masks = [one for one in mask or () if one is not None]
        if not masks:
            return None
        joined = masks[0]
        for one in masks[1:]:
            joined = joined & one
        return joined


class OldDense(Layer):
    """What the dense layers of Keras 1 share: their arguments."""

    def __init__(
        self,
        init: Identifier = "glorot_uniform",
        weights: Sequence[Any] | None = None,
        W_regularizer: Identifier = None,
        b_regularizer: Identifier = None,
        activity_regularizer: Identifier = None,
        W_constraint: Identifier = None,
        b_constraint: Identifier = None,
        bias: bool = True,
        input_dim: int | None = None,
        **kwargs: Any,
    ) -> None:
        if input_dim is not None:
            kwargs["input_shape"] = (input_dim,)
        if weights is not None:
            kwargs["weights"] = weights
        super().__init__(**kwargs)
        self.init = initializers.get(init)
        self.W_regularizer = regularizers.get(W_regularizer)
        self.b_regularizer = regularizers.get(b_regularizer)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.W_constraint = constraints.get(W_constraint)
        self.b_constraint = constraints.get(b_constraint)
        self.bias = bias
        self.input_dim = input_dim

    def weight(self, name: str, *shape: int, constant: str | None = None) -> PyTree:
        """A weight; one named W or b is regularized and constrained as the arguments say."""
        layer: Layer = self
        return layer.add_weight(
            name=name,
            shape=shape,
            initializer=constant or self.init,
            regularizer=getattr(self, f"{name}_regularizer", None),
            constraint=getattr(self, f"{name}_constraint", None),
        )

    @in_words_of_program
    def get_config(self) -> Config:
        """The arguments of the constructor."""
        return {
            **super().get_config(),
            "init": initializers.serialize(self.init),
            "W_regularizer": regularizers.serialize(self.W_regularizer),
            "b_regularizer": regularizers.serialize(self.b_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "W_constraint": constraints.serialize(self.W_constraint),
            "b_constraint": constraints.serialize(self.b_constraint),
            "bias": self.bias,
            "input_dim": self.input_dim,
        }


@LAYERS.register()
class MaxoutDense(OldDense):
    """The largest of `nb_feature` linear functions of the input, for each of `output_dim` units."""

    def __init__(
        self,
        output_dim: int,
        nb_feature: int = 4,
        init: Identifier = "glorot_uniform",
        weights: Sequence[Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(init=init, weights=weights, **kwargs)
        self.output_dim, self.nb_feature = output_dim, nb_feature

    def build(self, input_shape: PyTree) -> None:
        """Make the kernels (nb_feature, inputs, units) and biases (nb_feature, units)."""
        self.W = self.weight("W", self.nb_feature, input_shape[1], self.output_dim)
        self.b = (
            self.weight("b", self.nb_feature, self.output_dim, constant="zeros")
            if self.bias
            else None
        )

    def call(self, x: PyTree) -> PyTree:
        """(batch, inputs) to (batch, output_dim)."""
        lines = K.dot(x, self.W)
        return K.max(lines if self.b is None else lines + self.b, axis=1)

    def compute_output_shape(self, input_shape: PyTree) -> PyTree:
        """(batch, output_dim)."""
        return (input_shape[0], self.output_dim)

    @in_words_of_program
    def get_config(self) -> Config:
        """The arguments of the constructor."""
        sizes = {"output_dim": self.output_dim, "nb_feature": self.nb_feature}
        return {**super().get_config(), **sizes}


@LAYERS.register()
class Highway(OldDense):
    """A dense layer whose output a gate mixes with its input."""

    def __init__(
        self,
        init: Identifier = "glorot_uniform",
        activation: Identifier = None,
        weights: Sequence[Any] | None = None,
        transform_bias: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(init=init, weights=weights, **kwargs)
        self.activation = activations.get(activation)
        self.gate = activations.get("sigmoid")

    def build(self, input_shape: PyTree) -> None:
        """Make kernel and bias of the layer, then of its gate."""
        size = input_shape[1]
        gate_last = dialect().name == "0.3"  # its bias, too
        self.W = self.weight("W", size, size)
        if not gate_last:
            self.W_carry = self.weight("W_carry", size, size)
        if self.bias:
            self.b: PyTree = self.weight("b", size, constant="zeros")
        if gate_last:
            self.W_carry = self.weight("W_carry", size, size)
        if self.bias:
            self.b_carry: PyTree = self.weight("b_carry", size, constant="ones")

    def call(self, x: PyTree) -> PyTree:
        """(batch, inputs) to the same shape."""
        gate, layer = K.dot(x, self.W_carry), K.dot(x, self.W)
        if self.bias:
            gate, layer = gate + self.b_carry, layer + self.b
        gate = self.gate(gate)
        return self.activation(layer) * gate + (1 - gate) * x

    @in_words_of_program
    def get_config(self) -> Config:
        """The arguments of the constructor."""
        return {**super().get_config(), "activation": activations.serialize(self.activation)}


def TimeDistributedDense(output_dim: int, **kwargs: Any) -> Layer:
    """`Dense`, which today also takes sequences; `input_dim` and `input_length` say its input."""
    length, size = kwargs.pop("input_length", None), kwargs.pop("input_dim", None)
    if dialect().of_keras_1:
        kwargs["name"] = kwargs.get("name") or unique_name("TimeDistributedDense")
    if size is not None:
        kwargs["input_shape"] = (length, size)
    layer = Dense(output_dim, **kwargs)
    if dialect().of_keras_1:
        vars(layer)["class_then"] = "TimeDistributedDense"
    return layer


class Wrapper(Layer):
    """The base of layers around another one, `layer`, with whose weights they compute."""

    _lists = ("layer",)

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape: PyTree = None) -> None:
        """Nothing: the inner layer is built when it is called."""

    @in_words_of_program
    def get_config(self) -> Config:
        """The arguments of the constructor."""
        inner = {"class_name": type(self.layer).__name__, "config": self.layer.get_config()}
        return {**super().get_config(), "layer": inner}

    @classmethod
    def from_config(cls, config: Settings) -> Wrapper:
        """The layer with these settings, as `get_config` returned them."""
        return cls(**{**config, "layer": LAYERS.deserialize(config["layer"])})


class Recurrent(Layer):
    """The base of recurrent layers of 2016 and 2017: a subclass has a `step` on one time step.

    Its `build` sets `states`, a list with a None for each state, and `units` (`output_dim` in Keras
    1) is the size of each.
    """

    supports_masking = True
    return_state = passes_constants = False
    states: list[PyTree]

    def __init__(
        self,
        return_sequences: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        implementation: int = 0,
        weights: Sequence[Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.consume_less = kwargs.pop("consume_less", "cpu")
        self.input_dim, self.input_length = (
            kwargs.pop("input_dim", None),
            kwargs.pop("input_length", None),
        )
        if self.input_dim is not None:
            kwargs["input_shape"] = (self.input_length, self.input_dim)
        super().__init__(**kwargs if weights is None else {**kwargs, "weights": weights})
        self.initial_weights = weights
        self.return_sequences, self.go_backwards, self.unroll = (
            return_sequences,
            go_backwards,
            unroll,
        )
        self.stateful, self.implementation = stateful, implementation
        self.dropout = self.recurrent_dropout = 0.0

    @property
    def state_size(self) -> int:
        """The size of each state."""
        return int(vars(self)["units"] if "units" in vars(self) else vars(self)["output_dim"])

    def step(self, inputs: PyTree, states: list[PyTree]) -> tuple[PyTree, list[PyTree]]:
        """(output, new states) of one time step; `states` ends with the constants."""
        raise NotImplementedError(f"{type(self).__name__} needs a method `step`.")

    def get_constants(self, inputs: PyTree, training: bool | None = None) -> list[PyTree]:
        """What every step gets after the states."""
        return []

    def get_initial_state(self, inputs: PyTree) -> list[PyTree]:
        """Zeros for each state."""
        zeros = K.expand_dims(K.sum(K.zeros_like(inputs), axis=(1, 2)))
        return [K.tile(zeros, [1, self.state_size]) for _ in self.states]

    def get_initial_states(self, x: PyTree) -> list[PyTree]:
        """`get_initial_state` under its name in Keras 1."""
        return Recurrent.get_initial_state(self, x)

    def reset_states(self, states: Sequence[ArrayLike] | None = None) -> None:
        """Make the states of a stateful layer, or set them to zeros or to `states`.

        Raises:
            AttributeError: the layer is not stateful.
            ValueError: its `input_spec` has no batch size.
        """
        if not self.stateful:
            raise AttributeError(f"Layer '{self.name}' must be stateful for states to be reset.")
        spec = self.input_spec[0] if isinstance(self.input_spec, list) else self.input_spec
        batch = spec.shape[0] if spec is not None and spec.shape else None
        if batch is None:
            raise ValueError(
                f"Layer '{self.name}' is stateful: give `batch_input_shape`, and let `build` set "
                "`self.input_spec = [InputSpec(shape=input_shape)]`."
            )
        if any(state is None for state in self.states):
            self.states = [K.zeros((batch, self.state_size)) for _ in self.states]
            return
        values = (
            [np.zeros((batch, self.state_size))] * len(self.states) if states is None else states
        )
        for state, value in zip(self.states, values, strict=True):
            K.set_value(state, value)

    def preprocess_input(self, inputs: PyTree, training: bool | None = None) -> PyTree:
        """What the steps run over."""
        return inputs

    def call(
        self, inputs: PyTree, mask: PyTree = None, initial_state: Sequence[PyTree] | None = None
    ) -> PyTree:
        """(batch, steps, size) to the last output, or to all of them."""
        if isinstance(inputs, list | tuple):
            inputs, *initial_state = inputs
        if isinstance(mask, list | tuple):
            mask = mask[0]
        if initial_state is None and self.stateful:
            if any(state is None for state in self.states):
                raise ValueError(
                    f"{type(self).__name__}: `build` of a stateful layer makes its states by "
                    "`self.reset_states()`."
                )
            initial_state = self.states
        elif initial_state is None:
            older = type(self).get_initial_states is not Recurrent.get_initial_states
            initial_state = (
                self.get_initial_states(inputs) if older else self.get_initial_state(inputs)
            )
        last, outputs, states = K.rnn(
            self.step,
            self.preprocess_input(inputs),
            list(initial_state),
            go_backwards=self.go_backwards,
            mask=mask,
            constants=self.get_constants(inputs),
            unroll=self.unroll,
            input_length=K.int_shape(inputs)[1],
        )
        if self.stateful:
            self.add_update(list(zip(self.states, states, strict=True)), inputs)
        return outputs if self.return_sequences else last

    def compute_mask(self, inputs: PyTree, mask: PyTree = None) -> PyTree:
        """The mask of the steps, where all of them are returned."""
        if isinstance(mask, list | tuple):
            mask = mask[0]
        return mask if self.return_sequences else None

    @in_words_of_program
    def get_config(self) -> Config:
        """The arguments of the constructor."""
        names = ["return_sequences", "go_backwards", "stateful", "unroll", "implementation"]
        if dialect().of_keras_1:
            sizes = [] if self.stateful else ["input_dim", "input_length"]
            names[-1:] = ["consume_less", *sizes]
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}

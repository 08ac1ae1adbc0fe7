"""Arguments that several recurrent layers and cells share, declared once."""

from __future__ import annotations

from jaxcnn.nn.base import Layer
from jaxcnn.runtime.types import Identifier


class RecurrentFields(Layer):
    """Activations, and how the kernels and the bias start and are penalised and constrained."""

    activation: Identifier = "tanh"
    recurrent_activation: Identifier = "hard_sigmoid"
    use_bias: bool = True
    kernel_initializer: Identifier = "glorot_uniform"
    recurrent_initializer: Identifier = "orthogonal"
    bias_initializer: Identifier = "zeros"
    unit_forget_bias: bool = True
    kernel_regularizer: Identifier = None
    recurrent_regularizer: Identifier = None
    bias_regularizer: Identifier = None
    activity_regularizer: Identifier = None
    kernel_constraint: Identifier = None
    recurrent_constraint: Identifier = None
    bias_constraint: Identifier = None


class NoiseFields(Layer):
    dropout: float = 0.0
    recurrent_dropout: float = 0.0


class SequenceFields(Layer):
    """How a layer goes through a sequence, and what it returns."""

    return_sequences: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    implementation: int = 0
    return_state: bool = False


class SequenceArguments:
    """Fields of every recurrent layer, whose order differs between them."""

    return_sequences: bool
    go_backwards: bool
    stateful: bool
    unroll: bool
    return_state: bool


class GatedArguments:
    """Fields of every module with a gated recurrence, whose order differs between them."""

    units: int
    activation: Identifier
    recurrent_activation: Identifier
    use_bias: bool
    bias_initializer: Identifier
    bias_regularizer: Identifier
    bias_constraint: Identifier
    unit_forget_bias: bool
    dropout: float
    recurrent_dropout: float
    implementation: int

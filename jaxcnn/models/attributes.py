"""Attributes of compiled models as programs for Keras 2 read them."""

from __future__ import annotations

from collections.abc import Sequence

from jaxcnn.layers.mode import uses_learning_phase as depends_on_mode
from jaxcnn.runtime.types import Identifier, Settings
from jaxcnn.training.compile import require_objective
from jaxcnn.training.program import CompileArguments
from jaxcnn.training.trainable import Trainable


def arguments_of(model: Trainable) -> CompileArguments:
    """What `compile` was given; nothing before."""
    return model.program.arguments or CompileArguments()


def loss(model: Trainable) -> Identifier | Sequence[Identifier]:
    """What `compile` was given as the loss, or None before."""
    return arguments_of(model).loss


def metrics_names(model: Trainable) -> list[str]:
    """The names of what `evaluate` returns, in order."""
    return list(require_objective(model, model.program).names)


def metrics(model: Trainable) -> Sequence[Identifier] | Settings:
    """What `compile` was given as the metrics, an empty list without any."""
    return arguments_of(model).metrics or []


def loss_weights(model: Trainable) -> Sequence[float] | Settings | None:
    """What `compile` was given as the weights of the losses."""
    return arguments_of(model).loss_weights


def sample_weight_mode(model: Trainable) -> str | Sequence[str | None] | Settings | None:
    """What `compile` was given as the mode of the sample weights."""
    return arguments_of(model).sample_weight_mode


def stateful(model: Trainable) -> bool:
    """Whether a layer of the model carries states from batch to batch."""
    return any(getattr(layer, "stateful", False) for layer in model.all_layers())


def uses_learning_phase(model: Trainable) -> bool:
    """Whether an output is computed otherwise in training than in inference."""
    return depends_on_mode(model.outputs)

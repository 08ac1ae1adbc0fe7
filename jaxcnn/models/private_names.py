"""The names by which programs for an old Keras take a model apart, mostly to have gradients."""

from __future__ import annotations

import numpy as np

from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.losses import LossFunction
from jaxcnn.models import attributes
from jaxcnn.runtime import config
from jaxcnn.runtime.types import ArrayFunction, PyTree
from jaxcnn.training.compile import require_objective
from jaxcnn.training.input import Data
from jaxcnn.training.input.door import checked_arrays
from jaxcnn.training.trainable import Trainable


def trained_outputs(model: Trainable) -> list[tuple[str, SymbolicTensor]]:
    """Name and tensor of each output that has a loss."""
    named = zip(model.output_names, model.outputs, strict=True)
    functions = attributes.loss_functions(model)
    return [pair for pair, function in zip(named, functions, strict=True) if function is not None]


def standardized(
    model: Trainable,
    x: PyTree,
    y: PyTree = None,
    sample_weight: PyTree = None,
    class_weight: PyTree = None,
    check_array_lengths: bool = True,
    batch_size: int | None = None,
) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
    """(inputs, targets, sample weights) as lists, for `_feed_inputs` and what follows them."""
    arrays = checked_arrays(model, model.program, Data(x, y, sample_weight, class_weight))
    outputs = require_objective(model, model.program).outputs
    targets, weights = [], []
    for output, target, weight in zip(outputs, arrays.targets, arrays.weights, strict=True):
        if target is not None:
            equal = np.ones(target.shape[: 2 if output.temporal else 1], config.floatx())
            targets.append(target)
            weights.append(equal if weight is None else weight)
    return arrays.inputs, targets, weights


def names_of_trained(model: Trainable) -> list[str]:
    """The names of the outputs that have a loss."""
    return [name for name, _ in trained_outputs(model)]


def tensors_of_trained(model: Trainable) -> list[SymbolicTensor]:
    """The outputs that have a loss."""
    return [tensor for _, tensor in trained_outputs(model)]


def shapes_of_trained(model: Trainable) -> list[tuple[int | None, ...]]:
    """Their shapes."""
    return [tuple(tensor.shape) for tensor in tensors_of_trained(model)]


def losses_of_trained(model: Trainable) -> list[LossFunction]:
    """Their losses."""
    return [function for function in attributes.loss_functions(model) if function is not None]


def sample_weight_modes(model: Trainable) -> list[str | None]:
    """'temporal' or None for each output."""
    outputs = require_objective(model, model.program).outputs
    return ["temporal" if output.temporal else None for output in outputs]


def regularizers(model: Trainable) -> list[ArrayFunction]:
    """The penalties of the weights, as Keras 1 lists them."""
    all_of_them = [spec.regularizer for spec in model.all_specs()]
    return [penalty for penalty in all_of_them if penalty is not None]

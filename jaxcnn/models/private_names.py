"""The names by which programs for an old Keras take a compiled model apart."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.losses import LossFunction
from jaxcnn.models import attributes
from jaxcnn.runtime import config
from jaxcnn.runtime.types import ArrayFunction, PyTree
from jaxcnn.spellings.dialect import dialect
from jaxcnn.training.compile import require_objective
from jaxcnn.training.input import Data
from jaxcnn.training.input.door import checked_arrays, inputs_for
from jaxcnn.training.trainable import Trainable

Read: TypeAlias = Callable[[Any], PyTree]


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
    check_batch_axis: bool = True,
    batch_size: int | None = None,
) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
    """(inputs, targets, sample weights) as lists, for `_feed_inputs` and what follows them.

    Without `y` the inputs alone. Any number of samples is taken, whatever `check_batch_axis` says:
    a fixed batch size is checked where training or predicting needs it.
    """
    if y is None:
        return inputs_for(model, x), [], []
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
    """None, in programs for Keras 1.2, whose `losses` have the penalties.

    Raises:
        AttributeError: the program is for a later one, which has no such attribute.
    """
    if not dialect().of_keras_1:
        raise AttributeError(
            f"Model '{model.name}' has no attribute 'regularizers'; its penalties are `losses`."
        )
    return []


def of_each(kind: str, field: str) -> Read:
    """What reads a field of each of a model's symbolic inputs or outputs."""
    return lambda model: [getattr(tensor, field) for tensor in getattr(model, kind)]


# What there is not -> what to write instead.
WITHOUT: dict[str, str] = {
    **dict.fromkeys(("_output_tensor_cache", "_output_shape_cache"), "model(inputs)"),
    "_output_mask_cache": "model.compute_mask(inputs, mask)",
    "_per_input_losses": "model.get_losses_for(inputs)",
    "_per_input_updates": "model.get_updates_for(inputs)",
    "_get_node_attribute_at_index": "layer.get_input_at(i) or layer.get_output_at(i)",
    "_fit_loop": "model.fit(...)",
    "_test_loop": "model.evaluate(...)",
    "_predict_loop": "model.predict(...)",
}
# Name -> what it reads of a model.
READ: dict[str, Read] = {
    "loss_weights": attributes.loss_weights,
    "sample_weight_mode": attributes.sample_weight_mode,
    "weighted_metrics": lambda model: attributes.arguments_of(model).weighted_metrics,
    "targets": attributes.targets,
    "sample_weights": attributes.sample_weights,
    "loss_functions": attributes.loss_functions,
    "metrics_tensors": attributes.metrics_tensors,
    "metrics_updates": lambda model: model.program.further,
    "_function_kwargs": lambda model: {},
    "state_updates": attributes.state_updates,
    "sample_weight_modes": sample_weight_modes,
    "regularizers": regularizers,
    "load_weights_from_hdf5_group": lambda model: model.load_weights,
    "load_weights_from_hdf5_group_by_name": lambda model: functools.partial(
        model.load_weights, by_name=True
    ),
    "save_weights_to_hdf5_group": lambda model: model.save_weights,
    "_collected_trainable_weights": attributes.collected_trainable_weights,
    "_feed_inputs": lambda model: list(model.inputs),
    "_feed_input_names": lambda model: list(model.input_names),
    "_feed_input_shapes": of_each("inputs", "shape"),
    "_feed_outputs": tensors_of_trained,
    "_feed_output_names": names_of_trained,
    "_feed_output_shapes": shapes_of_trained,
    "_feed_loss_fns": losses_of_trained,
    "_feed_targets": attributes.feed_targets,
    "_feed_sample_weights": attributes.feed_sample_weights,
    **dict.fromkeys(("input_layers", "_input_layers"), of_each("inputs", "layer")),
    **dict.fromkeys(("output_layers", "_output_layers"), of_each("outputs", "layer")),
    **{
        f"{kind}_layers_{field}_indices": of_each(f"{kind}s", f"{field}_index")
        for kind in ("input", "output")
        for field in ("node", "tensor")
    },
    "internal_input_shapes": of_each("inputs", "shape"),
    "internal_output_shapes": of_each("outputs", "shape"),
    **dict.fromkeys(
        ("container_nodes", "_container_nodes", "_network_nodes"), attributes.container_nodes
    ),
    **dict.fromkeys(("layers_by_depth", "_layers_by_depth"), attributes.layers_by_depth),
    "get_output_shape_for": lambda model: model.compute_output_shape,
    "_is_compiled": lambda model: model.optimizer is not None,
    **dict.fromkeys(("nodes_by_depth", "_nodes_by_depth"), attributes.nodes_by_depth),
}

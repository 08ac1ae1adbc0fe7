"""Attributes of compiled models as programs for Keras 2 read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import jax

from jaxcnn.layers.base import Layer
from jaxcnn.layers.mode import uses_learning_phase as depends_on_mode
from jaxcnn.layers.symbolic.tensor import GraphLayer, Node, SymbolicTensor
from jaxcnn.layers.user_layer import Update
from jaxcnn.layers.variable import Variable
from jaxcnn.losses import LossFunction
from jaxcnn.metrics import FunctionMetric
from jaxcnn.models.network import Network
from jaxcnn.runtime.types import Identifier, PyTree, Settings
from jaxcnn.spellings.dialect import dialect
from jaxcnn.training.by_hand import trained_paths
from jaxcnn.training.compile import require_objective
from jaxcnn.training.loss_graph import loss_graph
from jaxcnn.training.program import CompileArguments, LossWeights, Metrics
from jaxcnn.training.trainable import Trainable


def set_inputs(model: Network, inputs: PyTree) -> None:
    """Let a model whose `inputs` were set to None begin with these tensors, as Keras 2.2 does.

    A Sequential that has no shape yet is built for a tensor, or for the first array.

    Raises:
        ValueError: the model has inputs.
    """
    if model.inputs:
        raise ValueError(f"Model '{model.name}' has its inputs already.")
    if model.outputs:
        model.set_graph(inputs, model.outputs)
    else:
        model.build((None, *jax.tree.leaves(inputs)[0].shape[1:]))


def arguments_of(model: Trainable) -> CompileArguments:
    """What `compile` was given; nothing before."""
    return model.program.arguments or CompileArguments()


def loss(model: Trainable) -> Identifier | Sequence[Identifier]:
    """What `compile` was given as the loss, or None before."""
    return arguments_of(model).loss


def metrics_names(model: Trainable) -> list[str]:
    """The names of what `evaluate` returns, in order."""
    objective = require_objective(model, model.program)
    return list(objective.listed or objective.names)


def metrics(model: Trainable) -> Metrics:
    """What `compile` was given as the metrics, an empty list without any.

    In programs for Keras 2.3 the objects that measure.
    """
    if dialect().names_of_metrics_stay and model.program.arguments is not None:
        objective = require_objective(model, model.program)
        pairs = [pair for output in objective.outputs for pair in output.all_metrics]
        pairs += [(name, metric) for name, _, metric in objective.observed]
        return [
            replace(metric, name=name)
            if isinstance(metric, FunctionMetric)
            else getattr(metric, "metric", metric)
            for name, metric in pairs
        ]
    return arguments_of(model).metrics or []


def loss_weights(model: Trainable) -> LossWeights:
    """What `compile` was given as the weights of the losses."""
    return arguments_of(model).loss_weights


def sample_weight_mode(model: Trainable) -> str | Sequence[str | None] | Settings | None:
    """What `compile` was given as the mode of the sample weights."""
    return arguments_of(model).sample_weight_mode


def loss_functions(model: Trainable) -> list[LossFunction | None]:
    """The loss of each output as a function, None where it has none."""
    return [output.loss for output in require_objective(model, model.program).outputs]


def collected_trainable_weights(model: Trainable) -> list[Variable]:
    """The weights that training moves, as they were chosen when the model was compiled."""
    require_objective(model, model.program)
    at = {
        path: owner.variable((spec.collection, *spec.path))
        for owner, spec, path in model.placed_weights()
        if spec.collection == "params"
    }
    return [at[path] for path in trained_paths(model, model.program)]


def state_updates(model: Layer) -> list[Update]:
    """The updates of the states that stateful layers carry from batch to batch."""
    return [pair for pair in model.updates if pair[0].path[0] == "state"]


def stateful(model: Trainable) -> bool:
    """Whether a layer of the model carries states from batch to batch."""
    return any(getattr(layer, "stateful", False) for layer in model.all_layers())


def uses_learning_phase(model: Trainable) -> bool:
    """Whether an output is computed otherwise in training than in inference."""
    return depends_on_mode(model.outputs)


def layers_by_depth(model: Network) -> dict[int, list[GraphLayer]]:
    """Depth -> its layers, where the depth of a layer is its longest distance to an output."""
    levels: dict[int, list[GraphLayer]] = {}
    met: set[int] = set()
    deepest = len(model.node_levels) - 1
    for i, nodes in enumerate(model.node_levels):
        new = {id(node.layer): node.layer for node in nodes if id(node.layer) not in met}
        met |= new.keys()
        levels[deepest - i] = list(new.values())
    return levels


def nodes_by_depth(model: Network) -> dict[int, list[Node]]:
    """Depth -> its calls of layers, where the outputs have depth 0."""
    return dict(enumerate(reversed(model.node_levels)))


def container_nodes(model: Network) -> set[str]:
    """The calls of layers in the model, each as the name of the layer and the number of the call
    there: 'dense_1_ib-0'.
    """
    nodes = [node for level in model.node_levels for node in level]
    return {
        f"{node.layer.name}_ib-{at}"
        for node in nodes
        for at, other in enumerate(node.layer.inbound_nodes)
        if other is node
    }


def feed_targets(model: Trainable) -> list[SymbolicTensor]:
    """Placeholders for what `fit` is given as targets."""
    return loss_graph(model, model.program).targets


def feed_sample_weights(model: Trainable) -> list[SymbolicTensor]:
    """Placeholders for what `fit` is given as sample weights."""
    return loss_graph(model, model.program).sample_weights


def targets(model: Trainable) -> list[SymbolicTensor | None]:
    """The placeholder for the targets of each output, None where it has no loss."""
    return for_each_output(model, feed_targets(model))


def sample_weights(model: Trainable) -> list[SymbolicTensor | None]:
    """The placeholder for the sample weights of each output, None where it has no loss."""
    return for_each_output(model, feed_sample_weights(model))


def for_each_output(
    model: Trainable, placeholders: Sequence[SymbolicTensor]
) -> list[SymbolicTensor | None]:
    """The placeholders, which are those of outputs with a loss, with None for the others."""
    listed = iter(placeholders)
    return [None if function is None else next(listed) for function in loss_functions(model)]


def total_loss(model: Trainable) -> SymbolicTensor:
    """The loss that training minimises, computed from inputs, targets and sample weights."""
    return loss_graph(model, model.program).total


def metrics_tensors(model: Trainable) -> list[SymbolicTensor]:
    """The losses of several outputs and the metrics, computed in the same way."""
    return loss_graph(model, model.program).reported

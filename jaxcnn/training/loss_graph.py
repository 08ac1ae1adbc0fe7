"""The loss of a compiled model as a symbolic tensor, and placeholders for what `fit` is given.

Programs for Keras 1 and 2 build their own training functions of these.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

import flax.linen as nn
import jax

from jaxcnn import losses
from jaxcnn.layers.added_losses import losses_of
from jaxcnn.layers.base import Layer
from jaxcnn.layers.input import Input
from jaxcnn.layers.symbolic.operators import add
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.trace_at_sizes import sized
from jaxcnn.layers.tracing import DEFAULT_SIZES
from jaxcnn.nn.base import Layer as Module
from jaxcnn.runtime.types import PyTree
from jaxcnn.training.build_objective import build_objective
from jaxcnn.training.captured import GraphValues
from jaxcnn.training.objective import Objective
from jaxcnn.training.program import LossGraph, NotCompiled, Program
from jaxcnn.training.steps import Batch
from jaxcnn.training.trainable import Trainable, shapes


class Reported(Module):
    """The loss and the metrics of a batch, in the order of their names, from a list of arrays.

    These are the outputs of the network, `trained` targets and as many sample weights.
    """

    objective: Objective
    trained: tuple[int, ...]

    @property
    def mixes_rows(self) -> bool:
        return True

    def compute_mask(self, inputs: PyTree, mask: PyTree) -> None:
        """A loss has no mask."""

    @nn.compact
    def __call__(self, inputs: Sequence[jax.Array], *, mask: PyTree = None) -> list[jax.Array]:
        outputs, count = len(self.objective.outputs), len(self.trained)
        predictions = inputs[: len(inputs) - 2 * count]
        targets: list[PyTree] = [None] * outputs
        weights: list[PyTree] = [None] * outputs
        for number, i in enumerate(self.trained):
            targets[i] = inputs[len(predictions) + number]
            weights[i] = inputs[len(predictions) + count + number]
        masks = [None] * outputs if mask is None else list(mask[:outputs])
        outcome = predictions, targets, weights, masks, None
        total, parts = self.objective.total(*outcome)
        values = {"loss": total, **parts}
        sums = self.objective.update(self.objective.init_metrics(), values, *outcome)
        logs = self.objective.results(sums)
        return [total, *(logs[name] for name in self.objective.names[1:])]


class ReportedLayer(Layer):
    """The call of `Reported` in the graph."""

    def __init__(self, objective: Objective, trained: tuple[int, ...]) -> None:
        super().__init__()
        self.objective, self.trained = objective, trained
        self.weights_store.specs = ()

    def make_module(self) -> nn.Module:
        return Reported(self.objective, self.trained)


def loss_graph(model: Trainable, program: Program) -> LossGraph:
    """The loss graph of a compiled model, made when it is first asked for.

    Raises:
        RuntimeError: the model is not compiled.
    """
    if program.graph is None:
        program.graph = make_loss_graph(model, program)
    return program.graph


def make_loss_graph(model: Trainable, program: Program) -> LossGraph:
    """The loss and the metrics of a compiled model as functions of placeholders."""
    if program.arguments is None:
        raise NotCompiled(f"Model '{model.name}' must be compiled before it has a loss.")
    with warnings.catch_warnings():  # of what compile has warned of
        warnings.simplefilter("ignore")
        objective = build_objective(model.output_names, shapes(model.outputs), program.arguments)
    trained = tuple(i for i, output in enumerate(objective.outputs) if output.loss is not None)
    targets = {}
    for i in trained:
        output = objective.outputs[i]
        given = program.targets.get(output.key)
        targets[i] = (
            given
            if isinstance(given, SymbolicTensor)
            else placeholder(f"{output.key}_target", target_shape(output.loss, model.outputs[i]))
        )
    sample_weights = [
        placeholder(
            f"{objective.outputs[i].key}_sample_weights",
            (None, None) if objective.outputs[i].temporal else (None,),
        )
        for i in trained
    ]
    example = [like(targets[i]) if i in targets else None for i in range(len(objective.outputs))]
    predictions = [like(tensor) for tensor in model.outputs]
    values = GraphValues(model, objective, Batch(None, example), predictions)
    values.targets = dict(targets)
    # What layers add is among the losses of the model.
    objective = replace(values.complete(objective, ()), added=(), inputs=())
    outputs = [*model.outputs, *values.tensors]
    objective = objective.bind(example, [like(tensor) for tensor in outputs])
    layer = ReportedLayer(objective, trained)
    reported: list[SymbolicTensor] = list(
        layer([*outputs, *targets.values(), *sample_weights])  # the total comes first
    )
    total = reported.pop(0)
    for loss in losses_of(cast(Layer, model)):
        total = cast(SymbolicTensor, add(total, loss))
    return LossGraph(list(targets.values()), sample_weights, total, reported)


def placeholder(name: str, shape: tuple[int | None, ...]) -> SymbolicTensor:
    """A symbolic tensor that a function is given the value of."""
    return Input(batch_shape=shape, name=name)


def target_shape(loss: Callable[..., PyTree] | None, output: SymbolicTensor) -> tuple:
    """The shape of the targets of an output: one number in place of the classes where so."""
    sparse = loss is losses.get("sparse_categorical_crossentropy")
    return (None, *output.shape[1:-1], 1) if sparse else (None, *output.shape[1:])


def like(tensor: SymbolicTensor) -> jax.ShapeDtypeStruct:
    """A shape that a symbolic tensor may have."""
    return sized(tuple(tensor.shape), tensor.dtype, DEFAULT_SIZES[0])

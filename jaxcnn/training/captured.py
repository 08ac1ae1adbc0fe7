"""Losses and metrics that close over tensors of the graph, and losses that are such tensors.

Their values are further outputs of the network that training runs, which then reaches from the
inputs and the targets to the outputs and these values. What a function closes over is not guessed:
it is called on symbolic tensors, and the graph shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import cast

import jax

from jaxcnn.layers.added_losses import added_losses, uses_graph
from jaxcnn.layers.base import Layer
from jaxcnn.layers.input import Input
from jaxcnn.layers.moved_variable import moved
from jaxcnn.layers.symbolic.operation import Operation, free_borrowed
from jaxcnn.layers.symbolic.operators import multiply
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.walk import upstream
from jaxcnn.layers.user_layer import AddedLoss
from jaxcnn.layers.variable import Variable
from jaxcnn.losses import LossFunction
from jaxcnn.metrics import FunctionMetric, Metric
from jaxcnn.runtime.by_value import shapes_from
from jaxcnn.runtime.captures import Captured, is_of_library, symbolically, with_arrays
from jaxcnn.runtime.carrier import carried_by
from jaxcnn.runtime.types import PyTree
from jaxcnn.training.objective import FromNetwork, Metrics, Objective, Weight
from jaxcnn.training.steps import Batch
from jaxcnn.training.target_tensors import is_computed
from jaxcnn.training.trainable import Trainable, WholeNetwork


def with_graph(
    model: Trainable,
    objective: Objective,
    example: Batch,
    predictions: Sequence[PyTree],
    *,
    added: Sequence[AddedLoss] = (),
    targets: Mapping[int, SymbolicTensor] | None = None,
) -> tuple[Objective, WholeNetwork]:
    """(the objective, the network that training runs) of a compiled model.

    Without anything that closes over the graph these are the objective and the model.

    Args:
        model: that was compiled.
        objective: its losses and metrics.
        example: a batch.
        predictions: shapes and dtypes of the model's outputs for it.
        added: the losses that were added to it.
        targets: placeholders of targets, or tensors that these are computed as, by the number of
            the output.

    Raises:
        ValueError: a loss or metric needs an input that the model does not have.
    """
    for spec in model.all_specs():
        if uses_graph(spec.constraint, jax.ShapeDtypeStruct(spec.shape, spec.dtype)):
            raise ValueError(
                f"The constraint of '{'/'.join(spec.path)}' uses a tensor of the graph, which is "
                "not there when weights are updated; use numbers, arrays or a K.variable in it."
            )
    values = GraphValues(model, objective, example, predictions)
    for i, target in (targets or {}).items():
        (values.computed if is_computed(target) else values.targets)[i] = target
    objective = values.complete(objective, added)
    if not values.tensors:
        return objective, model
    inputs = [*model.inputs, *values.targets.values()]
    _, missing = upstream(values.tensors, {id(tensor) for tensor in inputs})
    if missing:
        raise ValueError(
            f"A loss or metric of model '{model.name}' uses a tensor that is computed from the "
            f"input '{missing[0].layer.name}', which is not among the model's inputs. Build the "
            "model with that input, or compute the tensor from those that it has."
        )
    return objective, model.extended(inputs, [*model.outputs, *values.tensors])


def observed_in(model: Trainable) -> list[tuple[str, SymbolicTensor, Metric]]:
    """(name, tensor, metric) of what `add_metric` has added to a model."""
    listed: list[tuple[str, SymbolicTensor, Metric]] = vars(model).get("observed", [])
    return listed


class GraphValues:
    """The values that the network computes for an objective.

    Attributes:
        tensors: these values.
        targets: the symbolic targets that they need, by the number of the output.
        computed: the targets that are computed from other tensors.
        changes: the variables that functions set, with their new values.
    """

    def __init__(
        self,
        model: Trainable,
        objective: Objective,
        example: Batch,
        predictions: Sequence[PyTree],
    ) -> None:
        self.model, self.example, self.predictions = model, example, predictions
        self.names = [output.key for output in objective.outputs]
        self.observed = {name: tensor for name, tensor, _ in observed_in(model)}
        self.tensors: list[SymbolicTensor] = []
        self.targets: dict[int, SymbolicTensor] = {}
        self.computed: dict[int, SymbolicTensor] = {}
        self.changes: list[tuple[Variable, SymbolicTensor | Variable]] = []

    def complete(self, objective: Objective, given: Sequence[AddedLoss]) -> Objective:
        """The objective with the values in place of what closes over the graph."""
        outputs = tuple(
            replace(
                output,
                loss=output.loss and self.in_place_of(output.loss, i),
                weight=self.weight_in_place_of(output.weight),
                metrics=self.metrics_in_place_of(output.metrics, i),
                weighted_metrics=self.metrics_in_place_of(output.weighted_metrics, i),
            )
            for i, output in enumerate(objective.outputs)
        )
        losses = added_losses(cast(Layer, self.model), given)
        added = tuple(self.index_of(tensor) for tensor in losses)
        observed = tuple(
            (name, self.index_of(self.observed[name]), metric)
            for name, _, metric in objective.observed
        )
        self.keep_assigned()
        used, _ = upstream(self.tensors, ())
        read = {id(tensor) for node in used for tensor in node.sources}
        read |= {id(tensor) for tensor in self.tensors}
        self.targets = {i: t for i, t in self.targets.items() if id(t) in read}
        return replace(
            objective,
            outputs=outputs,
            added=added,
            observed=observed,
            inputs=tuple(self.targets),
        )

    def weight_in_place_of(self, weight: Weight) -> Weight:
        """The weight of a loss, or what stands for one of the graph."""
        if isinstance(weight, Variable):
            with symbolically():
                weight = cast(SymbolicTensor, multiply(weight, 1.0))
        if isinstance(weight, SymbolicTensor):
            return FromNetwork(self.index_of(weight), "loss_weight")
        return weight

    def metrics_in_place_of(self, metrics: Metrics, i: int) -> Metrics:
        """The metrics of output `i`.

        Raises:
            ValueError: one that cannot be computed from a tensor in place of the targets.
        """
        for name, metric in metrics if i in self.computed else ():
            if not isinstance(metric, FunctionMetric):
                raise ValueError(
                    f"The metric '{name}' cannot be taken of targets that are computed from other "
                    "tensors: give a function (y_true, y_pred)."
                )
        return tuple(
            (
                name,
                replace(metric, function=self.in_place_of(metric.function, i), name=metric.name)
                if isinstance(metric, FunctionMetric)
                else metric,
            )
            for name, metric in metrics
        )

    def in_place_of(self, function: Callable[..., PyTree], i: int) -> LossFunction:
        """A loss or metric of output `i`, or what stands for one that closes over the graph."""
        target, reason = self.computed.get(i), None
        if target is None:
            reason = self.reason_for_graph(function, i)
            if reason is None:
                return function
            if i not in self.targets:
                self.targets[i] = self.symbolic_target(i)
            target = self.targets[i]
        try:
            with symbolically(), carried_by(self.changes.append):
                value = function(target, self.model.outputs[i])
        except Exception:
            if reason is None or isinstance(reason, Captured):
                raise
            raise reason from None
        if not isinstance(value, SymbolicTensor):
            raise TypeError(
                f"The loss or metric {label(function)} must return a symbolic tensor, as it uses "
                f"some of the graph; it returned {value!r}."
            )
        return cast(LossFunction, FromNetwork(self.index_of(value), label(function)))

    def reason_for_graph(self, function: Callable[..., PyTree], i: int) -> Exception | None:
        """Why a function cannot be computed from targets and predictions alone, or None."""
        if is_of_library(function):
            return None
        try:
            with with_arrays():
                shapes_from(function, self.example.targets[i], self.predictions[i])
        except (Captured, ValueError, TypeError, AttributeError) as error:
            return error
        return None

    def symbolic_target(self, i: int) -> SymbolicTensor:
        """The symbolic targets of output `i`, of the data's shape and the output's batch size."""
        target = self.example.targets[i]
        batch, *_ = self.model.outputs[i].shape
        return Input(
            batch_shape=(batch, *target.shape[1:]),
            dtype=target.dtype,
            name=f"{self.names[i]}_target",
        )

    def keep_assigned(self) -> None:
        """Let the network give new values to the variables that functions set."""
        used, _ = upstream(self.tensors, ())
        free_borrowed(used)
        calls = [(node.layer, node.outputs) for node in used if isinstance(node.layer, Operation)]
        changes = [(layer.assigns, value) for layer, value in calls if layer.assigns is not None]
        for variable, value in [*self.changes, *changes]:
            self.tensors.append(moved(variable, value))

    def index_of(self, tensor: SymbolicTensor) -> int:
        """The place of a value among the outputs of the network."""
        self.tensors.append(tensor)
        return len(self.model.outputs) + len(self.tensors) - 1


def label(function: Callable[..., PyTree]) -> str:
    """The name of a function."""
    inner = getattr(function, "func", function)
    return str(getattr(function, "__name__", getattr(inner, "__name__", type(function).__name__)))

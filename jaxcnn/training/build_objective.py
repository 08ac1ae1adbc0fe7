"""The objective of a model from what `compile` was given: losses, weights and metrics by output, in
all their forms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from jaxcnn import losses, metrics
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.variable import Variable
from jaxcnn.losses import LossFunction
from jaxcnn.runtime.names import distinct
from jaxcnn.runtime.types import PyTree, Shape
from jaxcnn.runtime.warn import warn_user
from jaxcnn.spellings.dialect import chosen, dialect
from jaxcnn.spellings.hints import closest
from jaxcnn.training.objective import Objective, OutputObjective, Weight
from jaxcnn.training.per_output import per_output, require_one_each
from jaxcnn.training.program import CompileArguments
from jaxcnn.training.stateful_metric import (
    MetricOfVariables,
    StatefulMetric,
    is_stateful,
    keeps_variables,
)


def build_objective(
    names: Sequence[str], shapes: Sequence[Shape], arguments: CompileArguments
) -> Objective:
    """The objective of a model with outputs of these names and shapes.

    Raises:
        ValueError: arguments that do not fit the outputs, or unknown names.
    """
    loss = arguments.loss
    if chosen() and dialect().name == "2.0" and not loss:
        loss = None  # what is empty counted for nothing
    if isinstance(loss, list | tuple):
        require_one_each(loss, names, "loss")
    loss_functions = [of_samples(losses.get(v)) for v in per_output(loss, names, "loss")]
    if isinstance(loss, Mapping) and (absent := [name for name in names if name not in loss]):
        warn_user(
            f"compile(): `loss` names no loss for {', '.join(absent)}, which will not be trained "
            "and take no targets."
        )
    loss_weights = per_output(arguments.loss_weights, names, "loss_weights")
    mode = arguments.sample_weight_mode
    modes = per_output(mode, names, "sample_weight_mode")
    if isinstance(mode, Mapping) and chosen() and (absent := [n for n in names if n not in mode]):
        raise ValueError(
            f"sample_weight_mode: a dict has all outputs; write '{absent[0]}': None in it."
        )
    if bad := [mode for mode in modes if mode not in (None, "temporal")]:
        raise ValueError(f'`sample_weight_mode` is {bad[0]!r}; it must be None or "temporal".')
    plain = metrics_of(arguments.metrics, names, shapes, loss_functions)
    prefix = "weighted_" if arguments.metrics and not dialect().names_of_metrics_stay else ""
    weighted = metrics_of(arguments.weighted_metrics, names, shapes, loss_functions, prefix)
    return with_distinct_names(
        Objective(
            tuple(
                OutputObjective(
                    name,
                    loss_functions[i],
                    loss_weight(loss_weights[i]),
                    metrics=tuple(plain[i]),
                    weighted_metrics=tuple(weighted[i]),
                    temporal=modes[i] == "temporal",
                    by_loss_rule=chosen() and not dialect().weights_are_factors,
                )
                for i, name in enumerate(names)
            )
        )
    )


def with_distinct_names(objective: Objective) -> Objective:
    """The objective whose results have different names, and which knows how the version that a
    program is for lists and logs them where they repeat.

    Up to Keras 2.0 the list repeats them, and logs number all that repeat from 1 on. In 2.2 the
    losses of outputs of one name are all called alike, the metrics numbered from the second.
    """
    given = objective.names
    keys = distinct(output.name for output in objective.outputs)
    outputs = [replace(o, numbered=key) for o, key in zip(objective.outputs, keys, strict=True)]
    used = [*replace(objective, outputs=tuple(outputs)).loss_names]
    for i, output in enumerate(outputs):
        named: list[tuple[str, metrics.Metric]] = []
        for name, metric in output.all_metrics:
            label = output.key + name.removeprefix(output.name) if objective.several else name
            used += distinct([label], used)
            named.append((used[-1], metric))
        count = len(output.metrics)
        outputs[i] = replace(
            output, metrics=tuple(named[:count]), weighted_metrics=tuple(named[count:])
        )
    objective = replace(objective, outputs=tuple(outputs))
    if not chosen() or objective.names == given:
        return objective
    if dialect().numbers_repeated:
        numbered = {
            name: iter(range(1, given.count(name) + 1)) for name in given if given.count(name) > 1
        }
        logged = [f"{name}_{next(numbered[name])}" if name in numbered else name for name in given]
        return replace(objective, listed=given, logged=tuple(logged))
    losses_listed = given[: len(objective.loss_names)]
    metrics_listed = distinct(given[len(losses_listed) :], losses_listed)
    listed = (*losses_listed, *metrics_listed)
    return replace(objective, listed=listed, logged=listed)


def of_samples(loss: LossFunction | None) -> LossFunction | None:
    """A loss that gives the values of samples; objects of Keras 2.3 do so by their `call`."""
    return getattr(loss, "call") if hasattr(loss, "reduction") else loss  # noqa: B009


def loss_weight(given: PyTree) -> Weight:
    """A weight of `compile`: a number, or a variable or tensor whose value may change."""
    if isinstance(given, Variable | SymbolicTensor):
        return given
    return 1.0 if given is None else float(given)


def metrics_of(
    given: PyTree,
    names: Sequence[str],
    shapes: Sequence[Shape],
    loss_functions: Sequence[LossFunction | None],
    prefix: str = "",
) -> list[list[tuple[str, metrics.Metric]]]:
    """(reported name, metric) pairs for each output; with several outputs the output's name comes
    in front.
    """
    result = []
    for name, shape, loss, identifiers in zip(
        names, shapes, loss_functions, identifiers_of(given, names), strict=True
    ):
        pairs = []
        for identifier in identifiers if isinstance(identifiers, list | tuple) else [identifiers]:
            metric: metrics.Metric
            if isinstance(identifier, Mapping):
                identifier = metrics.registry.deserialize(identifier)
            if is_stateful(identifier):
                metric = StatefulMetric(identifier)
            elif keeps_variables(identifier):
                metric = MetricOfVariables(identifier)
            else:
                metric = metrics.get(identifier, shape, loss)
            stays = dialect().names_of_metrics_stay and isinstance(identifier, str)
            reported = prefix + (identifier if stays else metric.name)
            pairs.append((f"{name}_{reported}" if len(names) > 1 else reported, metric))
        result.append(pairs if loss is not None else [])
    return result


def identifiers_of(given: PyTree, names: Sequence[str]) -> list[PyTree]:
    """The metrics of each output, named for all of them, in a list of lists, or in a dict."""
    if given is not None and not isinstance(given, list | tuple | Mapping):
        raise TypeError(f"`metrics` must be a list, or a dict by output name; given {given!r}.")
    if isinstance(given, Mapping):
        if unknown := sorted(set(given) - set(names)):
            raise ValueError(
                f"`metrics`: unknown output '{unknown[0]}'; the model has {list(names)}."
                f"{closest(str(unknown[0]), names)}"
            )
        return [given.get(name) or [] for name in names]
    if len(names) > 1 and given and all(isinstance(part, list | tuple) for part in given):
        if len(given) != len(names):
            raise ValueError(
                f"`metrics` has lists for {len(given)} outputs; the model has {len(names)}: "
                f"{list(names)}."
            )
        return [list(part) for part in given]
    return [list(given or [])] * len(names)

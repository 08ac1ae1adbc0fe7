"""The objective of a model from what `compile` was given: losses, weights and metrics by output, in
all their forms.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from jaxcnn import losses, metrics
from jaxcnn.runtime.hints import closest
from jaxcnn.training.input.check import per_output
from jaxcnn.training.objective import Objective, OutputObjective


def build_objective(
    names: Sequence[str],
    shapes: Sequence[Sequence[int | None]],
    loss: Any,
    metrics: Any,
    loss_weights: Any,
    sample_weight_mode: Any,
    weighted_metrics: Any,
) -> Objective:
    """The `Objective` of a model with outputs of these names and shapes, from what `compile` was
    given.
    """
    found_losses = [losses.get(value) for value in per_output(loss, names, "loss")]
    if isinstance(loss, Mapping) and (absent := [name for name in names if name not in loss]):
        warnings.warn(
            f"compile(): `loss` names no loss for {', '.join(absent)}, which will not be trained "
            "and take no targets.",
            UserWarning,
            stacklevel=3,
        )
    weights = [
        1.0 if w is None else float(w) for w in per_output(loss_weights, names, "loss_weights")
    ]
    modes = per_output(sample_weight_mode, names, "sample_weight_mode")
    if bad := [mode for mode in modes if mode not in (None, "temporal")]:
        raise ValueError(f'`sample_weight_mode` is {bad[0]!r}; it must be None or "temporal".')
    plain = metrics_of(metrics, names, shapes, found_losses)
    weighted = metrics_of(
        weighted_metrics, names, shapes, found_losses, prefix="weighted_" if metrics else ""
    )
    return Objective(
        tuple(
            OutputObjective(
                name, function, weight, tuple(plain[i]), tuple(weighted[i]), mode == "temporal"
            )
            for i, (name, function, weight, mode) in enumerate(
                zip(names, found_losses, weights, modes, strict=True)
            )
        )
    )


def metrics_of(
    given: Any,
    names: Sequence[str],
    shapes: Sequence[Any],
    found_losses: Sequence[Any],
    prefix: str = "",
) -> list[list[tuple[str, Any]]]:
    """(reported name, metric) pairs for each output; with several outputs the output's name comes
    in front.
    """
    if given is not None and not isinstance(given, list | tuple | Mapping):
        raise TypeError(f"`metrics` must be a list, or a dict by output name; given {given!r}.")
    if isinstance(given, Mapping):
        if unknown := sorted(set(given) - set(names)):
            raise ValueError(
                f"`metrics`: unknown output '{unknown[0]}'; the model has {list(names)}."
                f"{closest(str(unknown[0]), names)}"
            )
        wanted = [given.get(name) or [] for name in names]
    elif len(names) > 1 and given and all(isinstance(part, list | tuple) for part in given):
        if len(given) != len(names):
            raise ValueError(
                f"`metrics` has lists for {len(given)} outputs; the model has {len(names)}: "
                f"{list(names)}."
            )
        wanted = [list(part) for part in given]
    else:
        wanted = [list(given or [])] * len(names)
    result = []
    for name, shape, loss, identifiers in zip(names, shapes, found_losses, wanted, strict=True):
        pairs = []
        for identifier in identifiers if isinstance(identifiers, list | tuple) else [identifiers]:
            metric = metrics.get(identifier, shape, loss)
            reported = prefix + metric.name
            pairs.append((f"{name}_{reported}" if len(names) > 1 else reported, metric))
        result.append(pairs if loss is not None else [])
    return result

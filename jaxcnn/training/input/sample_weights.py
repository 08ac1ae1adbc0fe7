"""The weight of each sample, from `sample_weight` and `class_weight`, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import SupportsFloat

import numpy as np

from jaxcnn.runtime.types import PyTree
from jaxcnn.runtime.warn import warn_user
from jaxcnn.spellings.dialect import chosen
from jaxcnn.spellings.stories import told_in
from jaxcnn.training.input.check import as_array
from jaxcnn.training.objective import Objective
from jaxcnn.training.per_output import per_output


@told_in("data")
def checked_weights(
    sample_weight: PyTree,
    class_weight: PyTree,
    objective: Objective,
    targets: Sequence[np.ndarray | None],
) -> list[np.ndarray | None]:
    """One array of sample weights an output, (samples,) or (samples, steps), or None where all
    count alike.

    Like targets, weights are given for the outputs with a loss only.
    """
    names = [output.name for output in objective.outputs if output.loss is not None]
    if isinstance(sample_weight, Mapping) and chosen():
        sample_weight = of_outputs(sample_weight, names)
    by_class_of = per_output(
        meaningful(class_weight, names), names, "class_weight", is_leaf=is_class_weight
    )
    given = zip(per_output(sample_weight, names, "sample_weight"), by_class_of, strict=True)
    result: list[np.ndarray | None] = []
    for output, target in zip(objective.outputs, targets, strict=True):
        if target is None:
            result.append(None)
            continue
        weight, by_class = next(given)
        if weight is not None:
            weight = as_array(weight, f"sample_weight of '{output.name}'").astype(np.float32)
            expected_shape = target.shape[: 2 if output.temporal else 1]
            if weight.shape != expected_shape:
                raise ValueError(other_weights(weight.shape, target.shape, output.temporal))
        if weight is not None and by_class is not None:
            warn_user(
                "Both sample_weight and class_weight are given: sample_weight counts, class_weight "
                "does not, as in Keras. Multiply them yourself to have both."
            )
        elif by_class is not None:
            weight = class_factors(output.name, by_class, target)
        result.append(weight)
    return result


def other_weights(given: tuple[int, ...], target: tuple[int, ...], temporal: bool) -> str:
    """The message for sample weights of another shape, in the words of Keras."""
    start = f"Found a sample_weight array with shape {given}"
    if len(given) > 1 and not temporal:
        return (
            f"{start}. In order to use timestep-wise sample weights, you should specify "
            'sample_weight_mode="temporal" in compile(). For sample-wise weights it is 1D.'
        )
    needed = target[: 2 if temporal else 1]
    return (
        f"{start} for an input with shape {target}. sample_weight cannot be broadcast; {needed} is "
        "needed."
    )


def meaningful(class_weight: PyTree, names: Sequence[str]) -> PyTree:
    """`class_weight`, or None with a warning where Keras takes it and it changes nothing."""
    if isinstance(class_weight, Mapping) and not class_weight:
        return None
    if len(names) > 1 and is_class_weight(class_weight):
        warn_user(
            f"class_weight={class_weight!r} changes nothing for {len(names)} outputs, as in Keras; "
            f"give a dict by output name: {{'{names[0]}': ...}}."
        )
        return None
    listed = isinstance(class_weight, list | tuple | np.ndarray) and len(names) == 1
    if not isinstance(class_weight, str) and not (
        listed and not (len(class_weight) == 1 and isinstance(class_weight[0], Mapping))
    ):
        return class_weight
    warn_user(
        f"class_weight={class_weight!r} changes nothing, as in Keras; give a dict from class to "
        "weight, of a list of weights dict(enumerate(weights))."
    )
    return None


def is_class_weight(value: PyTree) -> bool:
    """Whether `value` is a dict of weights by class, rather than one by output name."""
    return isinstance(value, Mapping) and all(not isinstance(k, str) for k in value)


def of_outputs(weights: Mapping[object, PyTree], names: Sequence[str]) -> dict[str, PyTree]:
    """Sample weights without those for outputs that the model does not have, with a warning."""
    others = [key for key in weights if not isinstance(key, str) or key not in names]
    if others:
        warn_user(
            f"sample_weight: the model has {names}, and no {', '.join(map(str, others))}, which is "
            "left out, as in Keras."
        )
    return {name: weights[name] for name in names if name in weights}


def class_factors(name: str, class_weight: Mapping[int, float], target: np.ndarray) -> np.ndarray:
    """The weight of each sample's class: the index of its one-hot target or its whole label.

    Raises:
        ValueError: a class without a weight, or labels that are not whole.
    """
    if not isinstance(class_weight, Mapping):
        raise ValueError(
            f"class_weight of '{name}' is {class_weight!r}; a dict from class to weight is needed."
        )
    if target.ndim > 2:
        raise ValueError(
            f"class_weight: target '{name}' has shape {target.shape}; it needs one class a sample."
        )
    hot = target.ndim == 2 and target.shape[1] > 1
    labels = target.argmax(axis=1) if hot else target.reshape(-1)
    present, positions = np.unique(labels, return_inverse=True)
    if fractional := [float(label) for label in present if label != np.floor(label)]:
        raise ValueError(
            f"class_weight: target '{name}' contains {fractional[0]:g}, which is no class; give "
            "sample_weight where labels are not whole numbers."
        )
    classes = [int(label) for label in present]
    if missing := [k for k in classes if class_weight.get(k) is None]:
        raise ValueError(
            f"class_weight has no weight for the classes {missing}, which target '{name}' contains."
        )
    weights = [class_weight[k] for k in classes]
    if wrong := [w for w in weights if not isinstance(w, SupportsFloat) or not np.isfinite(w)]:
        raise ValueError(
            f"class_weight of '{name}' contains {wrong[0]!r}; the weight of a class is a number."
        )
    factors = np.array(weights, np.float32)
    return factors[positions.reshape(-1)]

"""The targets of a model as tensors, given to `compile`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from jaxcnn.layers.input import InputLayer, needs_nothing
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.runtime.types import PyTree


def target_tensors(names: Sequence[str], given: PyTree) -> dict[str, PyTree]:
    """The target tensors by the names of the outputs.

    Args:
        names: of all outputs.
        given: a tensor for a model of one output, a list with one an output, or a dict by name.

    Raises:
        ValueError: more or fewer than the outputs, or unknown names.
        TypeError: something else.
    """
    if given is None:
        return {}
    if isinstance(given, Mapping):
        if unknown := sorted(set(given) - set(names)):
            raise ValueError(
                f"target_tensors: unknown outputs {', '.join(unknown)}; the model has "
                f"{list(names)}."
            )
        tensors = {name: tensor for name, tensor in given.items() if tensor is not None}
    elif isinstance(given, list):
        if len(given) != len(names):
            raise ValueError(
                "When passing a list as `target_tensors`, it should have one entry per model "
                f"output. The model has {len(names)} outputs, but you passed target_tensors={given}"
            )
        tensors = dict(zip(names, given, strict=True))
    elif not hasattr(given, "shape"):
        raise TypeError(
            f"`target_tensors` is {given!r}; it must be a tensor, a list or a dict of tensors."
        )
    elif len(names) > 1:
        raise ValueError(
            f"The model has {len(names)} outputs, but you passed a single tensor as "
            "`target_tensors`. Expected a list or a dict of tensors."
        )
    else:
        tensors = {names[0]: given}
    return tensors


def is_fixed(tensor: PyTree) -> bool:
    """Whether a target tensor has a value, and is not given one by `y`."""
    return not isinstance(tensor, SymbolicTensor) or needs_nothing(tensor)


def is_computed(tensor: PyTree) -> bool:
    """Whether a target tensor is computed from others, so that `y` has no place for it."""
    return not is_fixed(tensor) and not isinstance(tensor.layer, InputLayer)


def arrays_of(
    tensors: Mapping[str, PyTree], fixed: Mapping[str, np.ndarray], samples: int
) -> dict[str, np.ndarray]:
    """The arrays of the targets that are not among `y`: `fixed`, and zeros for computed ones."""
    arrays = dict(fixed)
    for name, tensor in tensors.items():
        if is_computed(tensor):
            sizes = [size or 1 for size in tuple(tensor.shape)[1:]]
            arrays[name] = np.zeros((samples, *sizes), tensor.dtype)
    return arrays

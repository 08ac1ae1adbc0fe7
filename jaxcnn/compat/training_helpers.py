"""Small functions of Keras's files of training, as programs import them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.runtime.types import PyTree
from jaxcnn.utils import Sequence as Batches


def standardize_single_array(x: np.ndarray | None) -> np.ndarray | None:
    """An array of at least two axes."""
    return x[:, None] if x is not None and x.ndim == 1 else x


def standardize_sample_or_class_weights(
    x_weight: PyTree, output_names: Sequence[str], weight_type: str
) -> list[PyTree]:
    """The weights of each output, None where it has none.

    Raises:
        ValueError: a list of another length.
        TypeError: several outputs, and neither a list nor a dict by their names.
    """
    if x_weight is None or len(x_weight) == 0:
        return [None] * len(output_names)
    if len(output_names) == 1:
        if isinstance(x_weight, list) and len(x_weight) == 1:
            return x_weight
        named = isinstance(x_weight, dict) and output_names[0] in x_weight
        return [x_weight[output_names[0]] if named else x_weight]
    if isinstance(x_weight, list):
        if len(x_weight) != len(output_names):
            raise ValueError(
                f"Provided `{weight_type}` was a list of {len(x_weight)} elements, but the model "
                f"has {len(output_names)} outputs. You should provide one `{weight_type}` array "
                "per model output."
            )
        return x_weight
    if isinstance(x_weight, Mapping):
        return [x_weight.get(name) for name in output_names]
    raise TypeError(
        f"The model has multiple outputs, so `{weight_type}` should be either a list or a dict. "
        f"Provided `{weight_type}` type not understood: {x_weight}"
    )


def standardize_class_weights(class_weight: PyTree, output_names: Sequence[str]) -> list[PyTree]:
    """The weights of the classes of each output."""
    return standardize_sample_or_class_weights(class_weight, output_names, "class_weight")


def standardize_sample_weights(sample_weight: PyTree, output_names: Sequence[str]) -> list[PyTree]:
    """The weights of the samples of each output."""
    return standardize_sample_or_class_weights(sample_weight, output_names, "sample_weight")


def check_num_samples(
    ins: Sequence[Any],
    batch_size: int | None = None,
    steps: int | None = None,
    steps_name: str = "steps",
) -> int | None:
    """How many samples arrays have; None where `steps` say how long a pass is.

    Raises:
        ValueError: both a batch size and steps, or nothing that tells.
    """
    if steps is not None:
        if batch_size is not None:
            raise ValueError(f"If {steps_name} is set, the `batch_size` must be None.")
        return None
    if not ins or any(isinstance(array, SymbolicTensor) for array in ins):
        raise ValueError(
            "If your data is in the form of symbolic tensors, you should specify the "
            f"`{steps_name}` argument (instead of the `batch_size` argument, because symbolic "
            "tensors are expected to produce batches of input data)."
        )
    return int(ins[0].shape[0]) if hasattr(ins[0], "shape") else None


def iter_sequence_infinite(seq: Batches) -> Iterator[PyTree]:
    """The batches of a sequence, again and again."""
    while True:
        for i in range(len(seq)):
            yield seq[i]


def is_sequence(seq: object) -> bool:
    """Whether this is a `Sequence` of batches."""
    return isinstance(seq, Batches)


def is_generator_or_sequence(x: object) -> bool:
    """Whether this makes batches."""
    return is_sequence(x) or hasattr(x, "__next__")


def should_run_validation(validation_freq: int | Sequence[int], epoch: int) -> bool:
    """Whether an epoch, from 0, ends with validation: every so many, or those listed.

    Raises:
        ValueError: a frequency below 1.
    """
    if isinstance(validation_freq, int):
        if validation_freq < 1:
            raise ValueError("`validation_freq` can not be less than 1.")
        return (epoch + 1) % validation_freq == 0
    return epoch + 1 in validation_freq

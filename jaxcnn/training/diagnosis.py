"""Where a loss stopped being finite."""

from __future__ import annotations

from collections.abc import Mapping

import flax.linen as nn
import jax
import numpy as np

from jaxcnn.layers.base import Layer
from jaxcnn.nn.batch import valid_rows
from jaxcnn.nn.graph import run
from jaxcnn.runtime import config
from jaxcnn.runtime.types import PyTree
from jaxcnn.training.state import TrainState
from jaxcnn.training.steps import MUTABLE, Augment, Batch, augmented, step_key
from jaxcnn.training.trainable import Trainable


def first_bad_layer(
    model: Trainable, state: TrainState, batch: Batch, augment: Augment | None = None
) -> str:
    """Where NaN or infinity first appears when `batch` goes through the model, in words."""
    real = slice(None) if batch.rows is None else np.asarray(batch.rows) > 0
    for name, array in zip(model.input_names, jax.tree.leaves(batch.inputs), strict=True):
        if not finite(np.asarray(array)[real]):
            return f"the input '{name}' holds values that are not finite"
    for name, array in zip(model.output_names, batch.targets, strict=True):
        if array is not None and not finite(np.asarray(array)[real]):
            return f"the target '{name}' holds values that are not finite"
    key = step_key(state)
    batch = augmented(batch, key, augment)
    if augment is not None and not all(
        finite(np.asarray(array)[real]) for array in jax.tree.leaves(batch.inputs)
    ):
        return "`augment` gives inputs that are not finite"
    with valid_rows(batch.rows):
        apply = nn.apply(
            lambda m: run(m, (batch.inputs,), {}, None, config.in_training(True)),
            model.module,
            mutable=[*MUTABLE, "intermediates"],
            capture_intermediates=True,
        )
        _, changed = apply(state.variables, rngs={"dropout": key})
    if (layer := first_with_bad_output(model, changed["intermediates"], real)) is not None:
        return f"it first appears in the output of layer '{layer.name}' ({type(layer).__name__})"
    return "all layers give finite outputs; it appears in the loss or in its gradient"


def first_with_bad_output(
    model: Trainable | Layer, captured: Mapping[str, PyTree], real: slice | np.ndarray
) -> Layer | None:
    """The first layer, also inside nested models, with an output that is not finite.

    Args:
        model: whose layers are looked at in order.
        captured: their outputs by name, as Flax captures intermediates.
        real: the rows that are not padding.
    """
    for name, layer in model.children.items():
        inside = captured.get(name, {})
        if "__call__" in inside:
            if not all(
                finite(np.asarray(output)[real]) for output in jax.tree.leaves(inside["__call__"])
            ):
                return layer
        elif (bad := first_with_bad_output(layer, inside, real)) is not None:  # a nested model
            return bad
    return None


def finite(array: np.ndarray) -> bool:
    """Whether all values of a floating-point array are finite; other arrays always are."""
    return array.dtype.kind not in "fV" or bool(np.all(np.isfinite(array.astype(np.float32))))

"""The validation data of a `fit`: given apart, or the last part of the training arrays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jax
import numpy as np

from jaxcnn.layers.mode import uses_learning_phase as depends_on_mode
from jaxcnn.runtime import config
from jaxcnn.runtime.types import DataLike
from jaxcnn.spellings.dialect import chosen, dialect
from jaxcnn.training.input.check import Arrays
from jaxcnn.training.input.door import Data, FeedSettings, checked_arrays, refuse_with_source
from jaxcnn.training.input.feed import Feed
from jaxcnn.training.input.sources import is_stream
from jaxcnn.training.program import Program
from jaxcnn.training.trainable import Trainable


def split_off(
    model: Trainable, program: Program, data: Data, fraction: float, validation_data: DataLike
) -> tuple[Data | Arrays, Arrays | None]:
    """(the data to train on, the part of it to validate on or None).

    The part is taken from the end, before any shuffling; `validation_data` takes its place.
    """
    if data.is_source:
        refuse_with_source(
            data.x,
            y=data.y,
            sample_weight=data.sample_weight,
            validation_split=fraction or None,
        )
        return data, None
    if data.x is None and not fraction:
        return data, None  # the inputs hold their values
    arrays = checked_arrays(model, program, data)
    if validation_data is not None or not fraction:
        return arrays, None
    at = int(len(arrays) * (1.0 - fraction))
    if not 0.0 < fraction < 1.0 or not 0 < at < len(arrays):
        raise ValueError(
            f"`validation_split` is {fraction}, of {len(arrays)} samples; both parts must get some."
        )
    return arrays.slice(0, at), arrays.slice(at, len(arrays))


def given_validation(model: Trainable, program: Program, data: DataLike) -> Data | Arrays:
    """`validation_data`: a source, or the arrays of (x, y) or (x, y, sample_weights)."""
    if is_stream(data):
        return Data(data)
    if not isinstance(data, list | tuple) or len(data) not in (2, 3):
        several = isinstance(data, list | tuple)
        described = f"{len(data)} items" if several else f"a {type(data).__name__}"
        raise ValueError(
            "When passing validation_data, it must contain 2 (x_val, y_val) or 3 (x_val, y_val, "
            f"val_sample_weights) items, or give batches itself; given {described}."
        )
    return checked_arrays(model, program, Data(*data))


def listed(
    model: Trainable, training: Data | Arrays, validation: Data | Arrays | None
) -> list[Any] | None:
    """Validation arrays as callbacks see them: inputs, targets and sample weights in one list.

    In programs of old Keras weights that were not given are 1, and the learning phase of
    validation, 0.0, is the last item where a layer asks for it. Before 2.2 `fit_generator` gave
    the targets and the weights as lists of their own.
    """
    if not isinstance(validation, Arrays):
        return None
    weights = validation.weights
    if chosen():
        ones = np.ones(len(validation), config.floatx())
        weights = [ones if weight is None else weight for weight in weights]
        if isinstance(training, Data) and training.is_source and not dialect().since_2_2:
            return [*validation.inputs, list(validation.targets), list(weights)]
    phase = [0.0] if chosen() and depends_on_mode(model.outputs) else []
    return [*validation.inputs, *validation.targets, *weights, *phase]


def feed_settings(
    training: Feed, validation: Data | Arrays, settings: FeedSettings
) -> FeedSettings:
    """How the validation is cut into batches.

    In a program for an old Keras arrays beside a generator are read whole, by the size of its
    batches.
    """
    if not chosen() or training.batch_size is not None or not isinstance(validation, Arrays):
        return settings
    rows = len(jax.tree.leaves(training.example().inputs)[0])
    return replace(settings, batch_size=rows, steps=None)

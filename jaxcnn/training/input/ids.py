"""Integers that select rows of an Embedding: those that select none would give NaN."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jaxcnn.layers import Embedding
from jaxcnn.layers.base import Layer
from jaxcnn.training.input.stored import Rows
from jaxcnn.training.trainable import Trainable


def check_ids(model: Trainable, arrays: Sequence[np.ndarray]) -> None:
    """Raise ValueError for inputs of an Embedding that are outside of its rows."""
    program = model.program
    if program.embedded is None or program.embedded[0] is not model.module:
        program.embedded = model.module, embedded_inputs(model)
    for index, layer in program.embedded[1]:
        array, rows = arrays[index], layer.module.input_dim
        if isinstance(array, Rows) or not array.size:
            continue
        least, most = array.min(), array.max()
        if least < 0 or most >= rows:
            raise ValueError(
                f"Input '{model.input_names[index]}' contains {(least if least < 0 else most):g}, "
                f"which is not in [0, {rows}), the rows of the Embedding layer "
                f"'{layer.name}'."
            )


def embedded_inputs(model: Trainable) -> list[tuple[int, Layer]]:
    """(number of an input, the Embedding layer that takes it) of all that go into one directly."""
    numbers = {id(tensor): number for number, tensor in enumerate(model.inputs)}
    return [
        (numbers[id(tensor)], layer)
        for layer in model.all_layers()
        if isinstance(layer, Embedding)
        for node in layer.inbound_nodes
        for tensor in node.inbound
        if id(tensor) in numbers
    ]

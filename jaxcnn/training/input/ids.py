"""Integers that select rows of an Embedding: those that select none give NaN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from jaxcnn.nn.embedding import Embedding
from jaxcnn.nn.graph import Graph, Topology, refs
from jaxcnn.nn.wrappers import TimeDistributed
from jaxcnn.runtime.warn import warn_user
from jaxcnn.training.input.stored import Rows
from jaxcnn.training.program import Embedded
from jaxcnn.training.trainable import Trainable


def check_ids(model: Trainable, arrays: Sequence[np.ndarray]) -> None:
    """Raise ValueError for inputs of an Embedding that are outside of its rows."""
    for index, name, rows in embedded(model):
        if index is None or isinstance(arrays[index], Rows) or not arrays[index].size:
            continue
        least, most = arrays[index].min(), arrays[index].max()
        if not (least >= 0 and most < rows):
            raise ValueError(
                f"Input '{model.input_names[index]}' contains {(most if least >= 0 else least):g}, "
                f"which is not in [0, {rows}), the rows of the Embedding layer '{name}'."
            )


def warn_of_nan(model: Trainable, outputs: Sequence[np.ndarray]) -> None:
    """Say that NaN may come from an index that another layer gives to an Embedding."""
    names = [name for index, name, _ in embedded(model) if index is None]
    if names and any(a.dtype.kind == "f" and np.isnan(a).any() for a in outputs):
        warn_user(
            "The outputs contain NaN, which is what an Embedding gives for an index outside of its "
            f"rows: look at what other layers give to {', '.join(names)}."
        )


def embedded(model: Trainable) -> Embedded:
    """(number of the model's input, name, rows) of each Embedding; the number is None where another
    layer gives the indices.
    """
    program, module = model.program, model.module
    if program.embedded is None or program.embedded[0] is not module:
        numbers = {number: number for number in range(len(model.inputs))}
        program.embedded = module, embeddings_in(module.topology, numbers)
    return program.embedded[1]


def embeddings_in(topology: Topology, numbers: Mapping[int, int]) -> Embedded:
    """As `embedded`, where values of a topology are inputs of the model by these `numbers`."""
    listed: list[tuple[int | None, str, int]] = []
    for call in topology.calls:
        given = [numbers.get(ref.index) for ref in refs(call.args)]
        module = call.module
        if isinstance(module, TimeDistributed):
            module = module.layer
        if isinstance(module, Graph):
            inside = {at: number for at, number in enumerate(given) if number is not None}
            listed += embeddings_in(module.topology, inside)
        elif isinstance(module, Embedding):
            listed += [(number, call.name, module.input_dim) for number in given]
    return listed

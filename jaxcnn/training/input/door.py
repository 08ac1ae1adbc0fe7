"""The one door for data: arrays and sources of every form become a `Feed`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import jax
import numpy as np

from jaxcnn.layers.symbolic.values import values_of_one_run
from jaxcnn.runtime import config
from jaxcnn.runtime.types import DataLike, DTypeLike, PyTree
from jaxcnn.runtime.warn import warn_user
from jaxcnn.spellings.dialect import chosen
from jaxcnn.training.compile import functions_for, require_objective
from jaxcnn.training.input.array_feed import ArrayFeed
from jaxcnn.training.input.check import (
    Arrays,
    Lengths,
    batch_of,
    checked_inputs,
    checked_targets,
    with_values,
)
from jaxcnn.training.input.feed import Feed, Position
from jaxcnn.training.input.ids import check_ids
from jaxcnn.training.input.lengths import note_sizes
from jaxcnn.training.input.sample_weights import checked_weights
from jaxcnn.training.input.sources import is_stream, raw_inputs, raw_parts, stream_of
from jaxcnn.training.input.stream_feed import StreamFeed
from jaxcnn.training.input.workers import Workers
from jaxcnn.training.program import Program
from jaxcnn.training.steps import Batch
from jaxcnn.training.target_tensors import arrays_of, is_fixed
from jaxcnn.training.trainable import Trainable, shapes

BATCH_SIZE = 32  # where none is given


@dataclass(frozen=True)
class Data:
    """What a user hands over: arrays, or a source of batches as `x` alone.

    Attributes:
        x, y, sample_weight, class_weight: as for `Model.fit`.
        labelled: whether there are targets; `predict` needs none.
    """

    x: DataLike
    y: DataLike = None
    sample_weight: DataLike = None
    class_weight: DataLike = None
    labelled: bool = True

    @property
    def is_source(self) -> bool:
        """Whether `x` yields batches or examples itself."""
        return is_stream(self.x)


@dataclass(frozen=True)
class FeedSettings:
    """How data is cut into batches.

    Attributes:
        batch_size: None means 32.
        steps: batches an epoch; None takes all there are.
        workers: how the batches of a source are made.
        restarts: whether each pass of `steps` starts over, so that no batch after it is made.
    """

    batch_size: int | None = BATCH_SIZE
    steps: int | None = None
    workers: Workers = field(default_factory=Workers)
    restarts: bool = True


def open_feed(
    model: Trainable,
    program: Program,
    data: Data | Arrays,
    settings: FeedSettings,
    position: Position | None = None,
) -> Feed:
    """The feed of data in any form.

    The first data builds a model without an input shape, and the compiled steps of a program that
    has none.

    Args:
        model: which takes the data.
        program: what it was compiled to.
        data: as a user gave it, or arrays that were checked already.
        settings: how it is cut into batches.
        position: where a source begins; it then makes its first batch at once, in this thread. None
            leaves that for later, for a model that is built.

    Raises:
        ValueError: data that does not fit the model or is empty, or settings that do not fit it.
        TypeError: arrays of something else than numbers.
    """
    if isinstance(data, Data) and chosen() and data.x is None and data.y is None:
        require_steps(model, settings)
    if isinstance(data, Data) and data.x is None and settings.steps is not None:
        data = whole_steps(data)
        # No value is drawn ahead, since others may draw from the same iterator between two calls.
        settings = replace(settings, workers=Workers(count=0))
    if isinstance(data, Data) and data.is_source:
        return _open_source(model, program, data, settings, position)
    if isinstance(data, Data) and not data.labelled:
        return _open_inputs(model, program, data, settings)
    arrays = data if isinstance(data, Arrays) else checked_arrays(model, program, data)
    size = checked_batch_size(settings.batch_size)
    check_stateful(model, len(arrays), size)
    functions_for(model, program, batch_of(arrays.slice(0, size), input_dtypes(model)))
    pad = program.rowwise and len(arrays) > size
    return ArrayFeed(arrays, input_dtypes(model), size, pad, settings.steps, parted=parted(program))


def parted(program: Program) -> bool:
    """Whether several processes share each batch."""
    return program.distribution is not None and jax.process_count() > 1


def require_steps(model: Trainable, settings: FeedSettings) -> None:
    """Check that the number of steps is said, where inputs hold their values, as in old Keras.

    Raises:
        ValueError: it is not.
    """
    if settings.steps is None and model.built and held_by_inputs(model):
        raise ValueError(
            f"The inputs of model '{model.name}' hold their values, so it runs by steps: give "
            "`steps_per_epoch`, or `steps`, instead of `batch_size`."
        )


def whole_steps(data: Data) -> Data:
    """Data of a model all of whose inputs hold their values: each step is of all of them."""
    return Data(
        itertools.repeat((None, data.y, data.sample_weight)),
        class_weight=data.class_weight,
        labelled=data.labelled,
    )


def _open_inputs(
    model: Trainable, program: Program, data: Data, settings: FeedSettings
) -> ArrayFeed:
    """Arrays without targets."""
    arrays = Arrays(inputs_for(model, data.x, "cut"), [], [])
    size = checked_batch_size(settings.batch_size)
    if len(arrays) > size:
        check_stateful(model, len(arrays), size)
    in_training = bool(config.learning_phase())  # statistics of batches
    pad = not (in_training or is_stateful(model)) and model.module.topology.pads_in_inference
    if len(arrays) < size:
        # Up to a power of two, so that calls with few samples share their compiled programs.
        size = min(size, 1 << (len(arrays) - 1).bit_length()) if pad else len(arrays)
    return ArrayFeed(arrays, input_dtypes(model), size, pad, settings.steps, parted=parted(program))


def _open_source(
    model: Trainable,
    program: Program,
    data: Data,
    settings: FeedSettings,
    position: Position | None,
) -> StreamFeed:
    """A source of batches or of examples."""
    refuse_with_source(data.x, y=data.y, sample_weight=data.sample_weight)
    size = checked_batch_size(settings.batch_size)
    ranks = [len(tensor.shape) for tensor in model.inputs] if model.built else None
    stream = stream_of(data.x, size, ranks, model.input_names if model.built else ())
    if stream.samples is None and size != BATCH_SIZE:
        raise ValueError(
            f"`batch_size` is {settings.batch_size}, but a {type(data.x).__name__} gives whole "
            "batches: leave it out."
        )

    if copies_batches(data.x, settings.workers):
        warn_user(
            f"Each of the {settings.workers.count} processes walks through a copy of the "
            "generator, so every batch comes as often: give a jaxcnn.utils.Sequence, or threads "
            "(use_multiprocessing=False)."
        )

    def prepare(raw: DataLike) -> Batch:
        if not data.labelled:
            arrays = Arrays(inputs_for(model, raw_inputs(raw)), [], [])
        else:
            part = Data(*raw_parts(raw), class_weight=data.class_weight)
            arrays = checked_arrays(model, program, part)
            note_sizes(program, arrays.inputs)
        return batch_of(arrays, input_dtypes(model))

    feed = StreamFeed(stream, settings.steps, prepare, settings.workers, program.distribution)
    feed.restarts = settings.restarts
    if position is not None:
        try:
            first = feed.start(position)
            if data.labelled:
                functions_for(model, program, first)
        except BaseException:
            feed.close()
            raise
    return feed


def copies_batches(x: DataLike, workers: Workers) -> bool:
    """Whether several processes would each give all batches of a source."""
    walked = isinstance(x, Iterator) and not hasattr(x, "on_epoch_end")
    return workers.processes and workers.count > 1 and walked


def refuse_copies(x: DataLike, workers: Workers) -> None:
    """Raise ValueError where results would be wrong, because batches come more than once."""
    if copies_batches(x, workers):
        raise ValueError(
            f"Each of {workers.count} processes would walk through a copy of the generator, so "
            "every batch would count as often: give a jaxcnn.utils.Sequence, threads "
            "(use_multiprocessing=False), or one process (workers=1)."
        )


def checked_arrays(model: Trainable, program: Program, data: Data) -> Arrays:
    """The arrays of `data` as the model takes them, checked against its inputs and outputs."""
    held, fixed = present_values(model, program) if model.built else ({}, {})
    inputs = inputs_for(model, data.x, held=held)
    objective = require_objective(model, program)
    y = data.y
    if given := arrays_of(program.targets, fixed, len(inputs[0])):
        keys = [output.key for output in objective.outputs if output.loss]
        y = with_values(y, keys, given, "target")
        y = None if y is None else [y[key] for key in keys]
    targets = checked_targets(y, objective, shapes(model.outputs), len(inputs[0]))
    weights = checked_weights(data.sample_weight, data.class_weight, objective, targets)
    return Arrays(inputs, targets, weights)


def whole_batch(model: Trainable, program: Program, data: Data) -> Batch:
    """All of `data` as one batch."""
    arrays = checked_arrays(model, program, data)
    note_sizes(program, arrays.inputs)
    return batch_of(arrays, input_dtypes(model))


def present_values(
    model: Trainable, program: Program
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """What inputs and targets hold in this run, by their names."""
    require_objective(model, program)
    held = held_by_inputs(model)
    fixed = {name: tensor for name, tensor in program.targets.items() if is_fixed(tensor)}
    values = values_of_one_run([*held.values(), *fixed.values()])
    of_targets = values[len(held) :]
    return dict(zip(held, values, strict=False)), dict(zip(fixed, of_targets, strict=True))


def inputs_for(
    model: Trainable,
    x: DataLike,
    lengths: Lengths = "equal",
    held: Mapping[str, np.ndarray] | None = None,
) -> list[np.ndarray]:
    """The arrays for the inputs of a model, which is built by them where it has no shape yet.

    With `lengths` 'cut' the first one says how many samples there are, as for `predict` in Keras.
    What inputs hold themselves is computed, unless it is given.
    """
    if held is None:
        tensors = held_by_inputs(model) if model.built else {}
        held = dict(zip(tensors, values_of_one_run(list(tensors.values())), strict=True))
    if held:
        x = with_values(x, model.input_names, held, "input")
    if x is None:
        raise ValueError("`x` is None; input arrays are needed.")
    model.build_for(x)
    arrays = checked_inputs(x, model.input_names, shapes(model.inputs), lengths)
    check_ids(model, arrays)
    return arrays


def held_by_inputs(model: Trainable) -> dict[str, PyTree]:
    """The variables, arrays and tensors whose values inputs have themselves, by their names."""
    held = [getattr(tensor.layer, "held", None) for tensor in model.inputs]
    return {n: v for n, v in zip(model.input_names, held, strict=True) if v is not None}


def input_dtypes(model: Trainable) -> list[DTypeLike]:
    """The dtypes that the inputs of a model have."""
    return [tensor.dtype for tensor in model.inputs]


def refuse_with_source(x: DataLike, **others: DataLike) -> None:
    """Raise ValueError for arguments that make no sense where `x` gives whole batches."""
    for name, value in others.items():
        if value is not None:
            reason = (
                "the last samples of it are not known"
                if name == "validation_split"
                else "it gives them itself"
            )
            raise ValueError(f"`{name}` does not go with a {type(x).__name__} as `x`: {reason}.")


def is_stateful(model: Trainable) -> bool:
    """Whether a layer goes on from batch to batch, sample by sample."""
    return any(getattr(layer, "stateful", False) for layer in model.all_layers())


def check_stateful(model: Trainable, samples: int, batch_size: int) -> None:
    """Raise ValueError where stateful layers would get a batch of another size."""
    if is_stateful(model) and samples % batch_size:
        raise ValueError(
            f"Model '{model.name}' has stateful layers, so every batch must have the same size: "
            f"{samples} samples cannot be divided by batches of {batch_size}."
        )


def checked_batch_size(batch_size: int | None) -> int:
    """The batch size; None means 32."""
    size = BATCH_SIZE if batch_size is None else batch_size
    if not isinstance(size, int | np.integer) or size < 1:
        raise ValueError(f"`batch_size` is {batch_size!r}; it must be a positive integer.")
    return int(size)

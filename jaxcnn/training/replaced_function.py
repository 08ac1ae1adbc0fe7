"""Training by a function that a program has put in place of a model's train function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import jax
import numpy as np

from jaxcnn.callbacks.callback_list import CallbackList
from jaxcnn.layers.mode import uses_learning_phase
from jaxcnn.runtime import config
from jaxcnn.runtime.types import PyTree
from jaxcnn.training.evaluate import evaluated
from jaxcnn.training.input.feed import Feed, Position, never
from jaxcnn.training.nan_policy import IN_THE_STEP
from jaxcnn.training.program import Program
from jaxcnn.training.settings import FitSettings
from jaxcnn.training.steps import Batch
from jaxcnn.training.trainable import Trainable, whole_network


@dataclass(frozen=True)
class Opened:
    """What `fit` has opened for a run: the data and the callbacks."""

    model: Trainable
    program: Program
    settings: FitSettings
    feed: Feed
    held_out: Feed | None
    callbacks: CallbackList


def arrays_of(batch: Batch, size: int) -> list[np.ndarray]:
    """Inputs, targets and sample weights of the real rows of a batch, as Keras passes them."""
    inputs = jax.tree.leaves(batch.inputs)
    pairs = zip(batch.targets, batch.weights, strict=True)
    trained = [(target, weight) for target, weight in pairs if target is not None]
    equal = np.ones(size, config.floatx())
    weights = [equal if weight is None else weight for _, weight in trained]
    return [np.asarray(a)[:size] for a in (*inputs, *(target for target, _ in trained), *weights)]


def values_of(model: Trainable, program: Program, batch: Batch, size: int) -> dict[str, float]:
    """What the function that stands for the train function returns for a batch, by name."""
    assert program.train_function is not None and program.objective is not None
    phase = [1.0] if uses_learning_phase(model.outputs) else []
    results = program.train_function([*arrays_of(batch, size), *phase])
    listed: Sequence[PyTree] = results if isinstance(results, list | tuple) else [results]
    program.step += 1
    names = program.objective.names
    return {name: float(value) for name, value in zip(names, listed, strict=True)}


def train_by_function(run: Opened) -> None:
    """All epochs, batch by batch, with the callbacks.

    Raises:
        ValueError: a setting that asks for steps of the library.
    """
    settings, callbacks, model = run.settings, run.callbacks, run.model
    asked = {
        "`checkpoint_dir`": settings.checkpoint_dir is not None,
        "`augment`": settings.augment is not None,
        f"nan={settings.nan!r}": settings.nan in IN_THE_STEP,
    }
    if any(asked.values()):
        raise ValueError(
            f"Model '{model.name}' trains by a function that stands for its train_function: leave "
            f"{' and '.join(name for name, given in asked.items() if given)} out."
        )
    model.stop_training = False
    callbacks.on_train_begin({})
    for epoch in range(settings.initial_epoch, settings.epochs):
        if model.stop_training:
            break
        callbacks.on_epoch_begin(epoch, {})
        logs = one_epoch(run, epoch)
        if run.held_out is not None and settings.validates_after(epoch + 1):
            assert run.program.functions is not None
            network = whole_network(model, run.program)
            values, _ = evaluated(
                run.program, run.program.functions, run.held_out, network.variables
            )
            logs |= {f"val_{name}": value for name, value in values.items()}
        callbacks.on_epoch_end(epoch, logs)
    callbacks.on_train_end({})


def one_epoch(run: Opened, epoch: int) -> dict[str, float]:
    """The averages of an epoch by name, in proportion to the samples of each batch."""
    settings, callbacks = run.settings, run.callbacks
    assert run.program.objective is not None
    logs = run.program.objective.logs
    sums: dict[str, float] = {}
    samples = 0
    began = run.program.step
    position = Position(epoch - settings.initial_epoch, 0, began, config.seed(), settings.shuffle)

    def averages() -> dict[str, float]:
        return logs({name: value / samples for name, value in sums.items()})

    for step, portion in enumerate(run.feed.batches(position, never)):
        facts = {"batch": step, "size": portion.size}
        callbacks.on_batch_begin(step, dict(facts))
        values = values_of(run.model, run.program, portion.batch, portion.size)
        samples += portion.size
        for name, value in values.items():
            sums[name] = sums.get(name, 0.0) + value * portion.size
        callbacks.on_batch_end(step, {**facts, **logs(values)})
        callbacks.update(run.feed.seen(step + 1), averages)
        if run.model.stop_training:
            break
    return averages()

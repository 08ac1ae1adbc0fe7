"""predict: the outputs for inputs, in inference mode."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import jax
import numpy as np

from jaxcnn.nn.graph import draws_anyway
from jaxcnn.runtime import config, context
from jaxcnn.runtime.disk_cache import keep_programs
from jaxcnn.runtime.types import DataLike, PyTree
from jaxcnn.training.dispatch import eagerly
from jaxcnn.training.evaluate import keep_states, progress_bar
from jaxcnn.training.input import Data, FeedSettings, open_feed
from jaxcnn.training.input.door import inputs_for, refuse_copies
from jaxcnn.training.input.feed import Position, never
from jaxcnn.training.program import Program
from jaxcnn.training.state import Tree
from jaxcnn.training.steps import stateful_predict_step
from jaxcnn.training.trainable import Trainable


def predict(
    model: Trainable, program: Program, x: DataLike, settings: FeedSettings, verbose: int
) -> np.ndarray | list[np.ndarray]:
    """The outputs for `x`: an array, or a list of them."""
    refuse_copies(x, settings.workers)
    feed = open_feed(model, program, Data(x, labelled=False), settings, Position())
    with contextlib.closing(feed):
        bar = progress_bar(feed, verbose)
        variables, step = program.placed(model.variables), predict_function(model, program)
        collected: list[list[np.ndarray]] = []
        pending: list[tuple[list[jax.Array], int]] = []
        for i, portion in enumerate(feed.batches(Position(), never)):
            outputs, states = step(variables, program.cut(portion.batch.inputs))
            variables = {**variables, **states}
            if jax.process_count() > 1:  # each process computes a part
                outputs = program.gathered(outputs)
            pending.append((jax.tree.leaves(outputs), portion.size))
            if len(pending) > 2:  # fetched while the next ones are computed
                collected.append(fetched(*pending.pop(0)))
            bar.draw(feed.seen(i + 1), dict)
        keep_states(model, program, variables.get("state", {}))
    collected += [fetched(*batch) for batch in pending]
    results = [np.concatenate(parts) for parts in zip(*collected, strict=True)]
    return results[0] if len(results) == 1 else results


def predict_on_batch(
    model: Trainable, program: Program, x: DataLike
) -> np.ndarray | list[np.ndarray]:
    """The outputs for one batch."""
    inputs = inputs_for(model, x)
    settings = FeedSettings(batch_size=len(inputs[0]))
    return predict(model, program, inputs if len(inputs) > 1 else inputs[0], settings, verbose=0)


def predict_function(
    model: Trainable, program: Program
) -> Callable[[Tree, PyTree], tuple[PyTree, Tree]]:
    """The compiled forward pass of the model as it is now, for the learning phase as it is now."""
    phase, prediction = config.learning_phase(), program.prediction
    if prediction is None or prediction[0] is not model.module or prediction[1] != phase:
        keep_programs()
        module, dtype, train = model.module, program.compute_dtype, bool(phase)

        def step(
            variables: Tree, inputs: PyTree, key: jax.Array | None = None
        ) -> tuple[PyTree, Tree]:
            forward = stateful_predict_step(module, compute_dtype=dtype, key=key, train=train)
            return forward(variables, inputs)

        compiled = jax.jit(step)
        predicted = with_new_keys(compiled) if train or draws_anyway(module) else compiled
        program.prediction = prediction = module, phase, predicted
    return eagerly(prediction[2]) if program.execution.eager else prediction[2]


def with_new_keys(
    compiled: Callable[[Tree, PyTree, jax.Array], tuple[PyTree, Tree]],
) -> Callable[[Tree, PyTree], tuple[PyTree, Tree]]:
    """A forward pass with random layers, which draws other numbers each time, as in Keras."""
    return lambda variables, inputs: compiled(variables, inputs, context.next_key())


def fetched(outputs: list[jax.Array], size: int) -> list[np.ndarray]:
    """The real rows of the outputs of a batch, from the device."""
    return [np.asarray(output)[:size] for output in outputs]

"""predict: the outputs for inputs, in inference mode."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Sequence

import jax
import numpy as np

from jaxcnn.nn.graph import draws_anyway
from jaxcnn.runtime import config, context
from jaxcnn.runtime.by_value import depends_on_values
from jaxcnn.runtime.disk_cache import keep_programs
from jaxcnn.runtime.leaf_jit import LeafJit, Options
from jaxcnn.runtime.types import DataLike, PyTree
from jaxcnn.spellings.dialect import chosen
from jaxcnn.training.compile import run_eagerly
from jaxcnn.training.dispatch import eagerly
from jaxcnn.training.evaluate import keep_states, progress_bar
from jaxcnn.training.input import Data, FeedSettings, open_feed
from jaxcnn.training.input.check import Arrays, batch_of
from jaxcnn.training.input.door import held_by_inputs, input_dtypes, inputs_for, refuse_copies
from jaxcnn.training.input.feed import Position, never
from jaxcnn.training.input.ids import warn_of_nan
from jaxcnn.training.input.lengths import StepPadding, note_sizes
from jaxcnn.training.program import Forwards, Program
from jaxcnn.training.state import Tree
from jaxcnn.training.steps import stateful_predict_step
from jaxcnn.training.trainable import Trainable

# How XLA compiles for CPU where a model gets inputs of more than one length: in a third of the time
# and, of recurrent layers, to programs that are as fast.
QUICK: Options = {
    "xla_backend_optimization_level": 1,
    "xla_cpu_parallel_codegen_split_count": 1,
}
if jax.__version_info__ < (0, 11):  # which has two ways of making kernels
    QUICK["xla_cpu_use_fusion_emitters"] = False


def predict(
    model: Trainable,
    program: Program,
    x: DataLike,
    settings: FeedSettings,
    verbose: int = 0,
    *,
    pad_to_multiple: int | None = None,
) -> np.ndarray | list[np.ndarray]:
    """The outputs for `x`: an array, or a list of them."""
    refuse_copies(x, settings.workers)
    feed = open_feed(model, program, Data(x, labelled=False), settings, Position())
    with contextlib.closing(feed):
        bar = progress_bar(feed, verbose)
        padding = None if pad_to_multiple is None else StepPadding(model, pad_to_multiple)
        variables = program.placed(model.variables)
        collected: list[list[np.ndarray]] = []
        pending: list[tuple[list[jax.Array], int, Sequence[int | None]]] = []
        for i, portion in enumerate(feed.batches(Position(), never)):
            inputs, cuts = portion.batch.inputs, list[int | None]()
            if padding is not None:
                inputs, cuts = padding.padded(inputs)
            step = predict_function(model, program, quick=not note_sizes(program, inputs))
            outputs, states = step(variables, program.cut(inputs))
            variables = {**variables, **states}
            if jax.process_count() > 1:  # each process computes a part
                outputs = program.gathered(outputs)
            pending.append((jax.tree.leaves(outputs), portion.size, cuts))
            if len(pending) > 2:  # fetched while the next ones are computed
                collected.append(fetched(*pending.pop(0)))
            bar.draw(feed.seen(i + 1), dict)
        keep_states(model, program, variables.get("state", {}))
    collected += [fetched(*batch) for batch in pending]
    results = [np.concatenate(parts) for parts in zip(*collected, strict=True)]
    warn_of_nan(model, results)
    return results[0] if len(results) == 1 else results


def predict_on_batch(
    model: Trainable, program: Program, x: DataLike
) -> np.ndarray | list[np.ndarray]:
    """The outputs for one batch, whose arrays may differ in length in a program for Keras 2."""
    inputs = inputs_for(model, x, "any" if chosen() else "equal")
    if len(set(map(len, inputs))) > 1 or held_by_inputs(model):
        return whole(model, program, inputs)
    settings = FeedSettings(batch_size=len(inputs[0]))
    return predict(model, program, inputs if len(inputs) > 1 else inputs[0], settings)


def whole(
    model: Trainable, program: Program, inputs: list[np.ndarray]
) -> np.ndarray | list[np.ndarray]:
    """The outputs for inputs as they are, of whatever lengths."""
    batch = batch_of(Arrays(inputs, [], []), input_dtypes(model))
    step = predict_function(model, program)
    outputs, states = step(program.placed(model.variables), batch.inputs)
    keep_states(model, program, states.get("state", {}))
    results = [np.asarray(output) for output in jax.tree.leaves(outputs)]
    return results[0] if len(results) == 1 else results


def can_compile(model: Trainable, program: Program, inputs: PyTree) -> bool:
    """Whether a call of the model on `inputs` may run its compiled forward pass.

    Functions that users wrote see arrays instead, and so do they where calls are differentiated.
    """
    return (
        program.compute_dtype is None
        and program.distribution is None
        and not program.execution.eager
        and model.module.topology.of_library
        and not model.module.topology.draws_anyway
        and all(is_value(leaf) for leaf in jax.tree.leaves(inputs))
    )


def is_value(leaf: PyTree) -> bool:
    """Whether an input is an array of numbers that are there."""
    if isinstance(leaf, np.ndarray):
        return leaf.dtype.kind in "fiub"
    return isinstance(leaf, jax.Array) and not isinstance(leaf, jax.core.Tracer)


def value_of_call(model: Trainable, program: Program, inputs: PyTree) -> PyTree:
    """The outputs of a call of the model on arrays, which `can_compile`."""
    step = predict_function(model, program, quick=not note_sizes(program, inputs))
    outputs, states = step(model.variables, inputs)
    keep_states(model, program, states.get("state", {}))
    return outputs


def predict_function(
    model: Trainable, program: Program, *, quick: bool = False
) -> Callable[[Tree, PyTree], tuple[PyTree, Tree]]:
    """The compiled forward pass of the model as it is now, for the learning phase as it is now.

    A `quick` one is compiled in a third of the time. Where the program runs eagerly none is.
    """
    phase, prediction, module = config.learning_phase(), program.prediction, model.module
    if prediction is None or prediction[0] is not module or prediction[1] != phase:
        keep_programs()
        dtype, train = program.compute_dtype, bool(phase)

        def step(
            variables: Tree, inputs: PyTree, key: jax.Array | None = None
        ) -> tuple[PyTree, Tree]:
            forward = stateful_predict_step(module, compute_dtype=dtype, key=key, train=train)
            return forward(variables, inputs)

        options = [None, QUICK if jax.default_backend() == "cpu" else None]
        ways: list[Callable[..., tuple[PyTree, Tree]]] = [
            *(LeafJit(step, options=compiled) for compiled in options),
            eagerly(step),
        ]
        noisy = train or draws_anyway(module)
        functions: Forwards = [with_new_keys(way) if noisy else way for way in ways]
        program.prediction = prediction = module, phase, functions
    *compiled_ways, eager = prediction[2]
    if program.execution.eager:
        return eager
    function = compiled_ways[quick]

    def compiled_or_eager(variables: Tree, inputs: PyTree) -> tuple[PyTree, Tree]:
        try:
            return function(variables, inputs)
        except Exception as error:
            if not depends_on_values(error):
                raise
        run_eagerly(model, program)
        return eager(variables, inputs)

    return compiled_or_eager if chosen() else function


def with_new_keys(
    compiled: Callable[[Tree, PyTree, jax.Array], tuple[PyTree, Tree]],
) -> Callable[[Tree, PyTree], tuple[PyTree, Tree]]:
    """A forward pass with random layers, which draws other numbers each time, as in Keras."""
    return lambda variables, inputs: compiled(variables, inputs, context.next_key())


def fetched(
    outputs: list[jax.Array], size: int, cuts: Sequence[int | None] = ()
) -> list[np.ndarray]:
    """The real rows of the outputs of a batch, from the device, and their real steps."""
    rows = [np.asarray(output)[:size] for output in outputs]
    return [row if cut is None else row[:, :cut] for row, cut in itertools.zip_longest(rows, cuts)]

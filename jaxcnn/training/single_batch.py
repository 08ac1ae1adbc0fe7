"""Training and testing on single batches."""

from __future__ import annotations

from collections.abc import Mapping

import jax
import numpy as np

from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import fresh
from jaxcnn.spellings.dialect import dialect
from jaxcnn.training.compile import functions_for, require_objective, warn_if_changed
from jaxcnn.training.evaluate import carried, keep_states, number_or_list
from jaxcnn.training.functions import Functions
from jaxcnn.training.input import Data, whole_batch
from jaxcnn.training.objective import Sums
from jaxcnn.training.program import Program
from jaxcnn.training.replaced_function import values_of
from jaxcnn.training.session import initial_state, store_trained
from jaxcnn.training.trainable import Trainable, whole_network


def train_by_function(model: Trainable, program: Program, data: Data) -> float | list[float]:
    """What the function in place of a model's train function returns for a batch."""
    batch = whole_batch(model, program, data)
    size = len(jax.tree.leaves(batch.inputs)[0])
    return number_or_list([*values_of(model, program, batch, size).values()], np.float32)


def train_on_batch(
    model: Trainable, program: Program, data: Data, reset_metrics: bool = True
) -> float | list[float]:
    """One update; returns the loss and metrics of the batch before the update.

    Without `reset_metrics` the next call counts its metrics on from those of this one.
    """
    batch = whole_batch(model, program, data)
    warn_if_changed(model, program)
    functions = functions_for(model, program, batch)
    sums = sums_so_far(program, functions, reset_metrics)
    state = initial_state(model, program, config.seed(), sums)
    new, logs = functions.train.logged(state, batch)
    program.measured = None if reset_metrics else new.metrics
    model.note_changes()
    store_trained(model, program, new.variables, new.opt_state)
    program.step += 1
    program.unfinished = None
    return listed(model, program, functions.averages(new.metrics) if sums else logs)


def test_on_batch(
    model: Trainable, program: Program, data: Data, reset_metrics: bool = True
) -> float | list[float]:
    """The loss and metrics of one batch; `reset_metrics` as for `train_on_batch`."""
    batch = whole_batch(model, program, data)
    functions = functions_for(model, program, batch)
    network = whole_network(model, program)
    variables = program.placed(network.variables)
    before = sums_so_far(program, functions, reset_metrics)
    carry = fresh(before or functions.objective.init_metrics()), carried(variables)
    sums, states = functions.evaluate.run(carry, batch, None, variables)
    program.measured = None if reset_metrics else sums
    keep_states(network, program, states)
    return listed(model, program, functions.averages(sums))


def sums_so_far(program: Program, functions: Functions, reset_metrics: bool) -> Sums | None:
    """The running sums that a batch is added to, where it is not the only one that counts.

    The loss is always that of the batch alone.
    """
    if program.measured is None and reset_metrics:
        return None
    empty = functions.objective.init_metrics()
    return {**(program.measured or empty), "loss": empty["loss"]}


def listed(
    model: Trainable, program: Program, logs: Mapping[str, jax.Array | float]
) -> float | list[float]:
    """The values of `logs` in the order of the reported names."""
    values = jax.device_get(logs)
    names = require_objective(model, program).names
    numbers = [float(values[name]) for name in names]
    result = number_or_list(numbers, np.float32)
    return [result] if dialect().name == "0.3" and not isinstance(result, list) else result

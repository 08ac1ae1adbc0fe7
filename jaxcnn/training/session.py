"""The state of a running `fit`, and how it reaches the layers."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from types import TracebackType
from typing import cast

import jax
import numpy as np

from jaxcnn.distributed.peers import returning_soon
from jaxcnn.layers.base import Layer
from jaxcnn.optimizers import Optimizer
from jaxcnn.runtime.arrays import copied, filled, fresh
from jaxcnn.runtime.types import PyTree
from jaxcnn.spellings.dialect import chosen, dialect
from jaxcnn.training.clock import Clock
from jaxcnn.training.program import Program
from jaxcnn.training.state import TrainState, Tree, from_variables
from jaxcnn.training.steps import AtNaN, Augment, Batch
from jaxcnn.training.trainable import Trainable, whole_network

# After so many seconds at most the layers get the newest arrays, in case the device fails.
COMMIT_SECONDS = 10.0


class TrainingSession:
    """The state of one `fit`, which hands the newest arrays to the layers when they are read.

    The state is donated from step to step, so the layers never hold its arrays while it runs; they
    get copies. A callback may compile the model again; the session keeps the program it began with.

    Args:
        model: the network that is trained.
        program: what it was compiled to, with its compiled steps.
        seed: of all that is random.
        at_nan: how a step answers a loss that is not finite.
        augment: changes the inputs of each step.
    """

    def __init__(
        self,
        model: Trainable,
        program: Program,
        seed: int,
        at_nan: AtNaN | None = None,
        augment: Augment | None = None,
    ) -> None:
        assert program.optimizer is not None and program.functions is not None
        # A step donates the state, which other threads must not read meanwhile.
        self._lock = threading.RLock()
        self.model, self.program, self.functions = model, program, program.functions
        self.optimizer, self.augment, self.clock = program.rule, augment, Clock()
        self.calls = self.functions.training(at_nan, augment)
        self.names = self.functions.objective.names
        self.empty_sums: Tree = jax.device_get(self.functions.objective.init_metrics())
        self.changed = False  # set by layers whose weights a callback has set
        self.seed = seed
        self._version = self.optimizer.version
        self.state = self._owned_state(self.empty_sums)
        self._dirty = False
        self._committed = time.monotonic()
        # A callback may train a model that shares layers with the one that is being trained.
        self._outer_sessions = [
            (layer, layer.weights_store.session)
            for layer in (*whole_network(model, program).all_layers(), *other_owners(program))
        ]
        for layer, _ in self._outer_sessions:
            layer.weights_store.session = self

    def __enter__(self) -> TrainingSession:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with returning_soon(error):  # weights that are cut over the processes are put together
            self.close()

    @property
    def lock(self) -> AbstractContextManager[object]:
        """Held while a step is on its way, and by other threads while they read weights."""
        return self._lock

    @property
    def step(self) -> int:
        """Updates done."""
        return int(self.state.step)

    def averages(self) -> dict[str, float]:
        """The loss and metrics since the epoch began, as logs, fetched from the device."""
        with self.clock.running("device"):
            return self.functions.objective.logs(self.functions.averages(self.state.metrics))

    def _owned_state(self, sums: Tree) -> TrainState:
        """A state of arrays that nobody else holds, so that donating them harms nobody."""
        state = initial_state(self.model, self.program, self.seed, sums)
        owned: TrainState = self.program.placed(copied(state))
        return owned

    def commit(self) -> None:
        """Give the layers copies of the newest arrays."""
        with self.lock:
            if self._dirty:
                # This raises when a step failed, which must not reach the layers.
                jax.block_until_ready(self.state)
                self._dirty = False
                self._store(copied((self.state.variables, self.state.opt_state)))

    def _store(self, arrays: tuple[Tree, PyTree]) -> None:
        variables, opt_state = arrays
        store_trained(self.model, self.program, variables, opt_state)
        self.program.step = self.step
        self._committed = time.monotonic()

    def close(self) -> None:
        """Leave the newest finished state in the layers, whatever happened."""
        if dialect().metrics_go_on and self.program.measured is None:
            self.program.measured = self.state.metrics
        with self.lock:
            for layer, outer in self._outer_sessions:
                layer.weights_store.session = outer
                if outer is not None:
                    outer.changed = True
            if self._dirty:
                self._dirty = False
                # If the device failed in the middle of a step the state is lost; the layers then
                # keep the last commit.
                with contextlib.suppress(RuntimeError, ValueError):
                    jax.block_until_ready(self.state)
                    self._store((self.state.variables, self.state.opt_state))

    def refresh(self) -> None:
        """Take over what callbacks have changed: hyperparameters, or weights that they have set."""
        if self.optimizer.version != self._version:
            self._version = self.optimizer.version
            opt_state = with_hyperparameters_of(self.optimizer, self.state.opt_state)
            self.state = replace(self.state, opt_state=opt_state)
        if self.changed:
            self.changed = False
            changed = self._owned_state(self.state.metrics)
            unchanged = {name: getattr(self.state, name) for name in ("step", "skipped")}
            opt_state = with_other_weights(self.program, self.state.opt_state)
            self.state = replace(changed, opt_state=opt_state, **unchanged)

    def train_on(self, batch: Batch, many: int | None = None) -> None:
        """One call to the device: a step on one batch, or `many` steps on stacked batches."""
        with self.lock:
            self._before_a_call()
            self.state = self.calls.dispatcher.run(self.state, batch, many)
            self._dirty = True

    def train_on_one(self, batch: Batch) -> dict[str, jax.Array]:
        """A step on one batch; returns the loss and metrics of this batch."""
        with self.lock:
            self._before_a_call()
            self.state, logs = self.calls.logged(self.state, batch)
            self._dirty = True
        return logs

    def _before_a_call(self) -> None:
        self.refresh()
        # Several processes commit when their programs say so, not by their clocks.
        if time.monotonic() - self._committed > COMMIT_SECONDS and jax.process_count() == 1:
            self.commit()

    def keep_states(self, states: Tree) -> None:
        """Continue with the states that stateful layers have after a validation."""
        if states:
            collections = {**self.state.collections, "state": states}
            self.state = replace(self.state, collections=collections)
            self._dirty = True

    def reset_metrics(self) -> None:
        """Start new running sums, and a new count of the steps that changed nothing."""
        sums, self.program.measured = fresh(self.empty_sums), None
        self.state = replace(self.state, metrics=sums, skipped=filled((), 0, np.int32))

    def set_state(self, state: TrainState, seed: int, hyperparameters: Mapping[str, float]) -> None:
        """Continue from a restored state, its seed and the optimizer's hyperparameters."""
        self.optimizer.restore_hyper(hyperparameters)
        opt_state = with_hyperparameters_of(self.optimizer, state.opt_state)
        self.state, self.seed = replace(state, opt_state=opt_state), seed
        self._dirty = True


def initial_state(
    model: Trainable, program: Program, seed: int, sums: Tree | None = None
) -> TrainState:
    """The state from which training continues: the weights and the optimizer as they are now."""
    opt_state = with_hyperparameters_of(program.rule, program.opt_state)
    state = from_variables(
        whole_network(model, program).variables,
        program.rule,
        trainable=program.trained,
        opt_state=with_other_weights(program, opt_state),
        metrics=sums,
        step=program.step,
        seed=seed,
        ties=program.ties,
    )
    if program.rule.shared_count is None:
        return state
    return replace(state, opt_state=program.rule.with_shared(state.opt_state))


def with_hyperparameters_of(optimizer: Optimizer, opt_state: PyTree) -> PyTree:
    """`opt_state` with the hyperparameters that the optimizer has now, such as a learning rate."""
    if opt_state is None:
        return None
    return opt_state._replace(hyper=optimizer.hyper_arrays())


def with_other_weights(program: Program, opt_state: PyTree) -> PyTree:
    """`opt_state` with the weights of other models, which the optimizer moves, as they are now."""
    if opt_state is None or program.by_hand is None:
        return opt_state
    return program.by_hand.with_others(opt_state)


def other_owners(program: Program) -> list[Layer]:
    """The layers of other models whose weights the optimizer moves."""
    moved = program.by_hand.others.values() if program.by_hand else ()
    return list({id(v.owner): cast(Layer, v.owner) for v in moved}.values())


def store_trained(model: Trainable, program: Program, variables: Tree, opt_state: PyTree) -> None:
    """Give the layers and the program the newest arrays."""
    whole_network(model, program).store(program.gathered(variables))
    program.opt_state = program.gathered(opt_state)
    if program.by_hand is not None:
        program.by_hand.hand_over(program.opt_state)
    elif chosen():
        program.rule.note_shared(program.opt_state)

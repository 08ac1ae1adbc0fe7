"""The loop of `fit`: epochs over a feed, the state on the device, callbacks at their moments."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

import jax
import numpy as np

from jaxcnn.callbacks.callback_list import CallbackList
from jaxcnn.distributed.preemption import Preempted, preemption
from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import copied, filled, fresh
from jaxcnn.training.checkpoint import layout
from jaxcnn.training.clock import Clock
from jaxcnn.training.dispatch import TrainCalls
from jaxcnn.training.input.array_feed import Feed, Place, Portion
from jaxcnn.training.state import TrainState, Tree, from_variables
from jaxcnn.training.steps import Augment

if TYPE_CHECKING:
    from jaxcnn.training.checkpoint import Checkpoints
    from jaxcnn.training.trainer import Trainer


COMMIT_SECONDS = (
    10.0  # after so long at most the layers get the newest arrays, in case the device fails
)


class NonFiniteLossError(FloatingPointError):
    """The loss became NaN or infinite and `fit` was asked to stop there."""


def with_hyperparameters_of(optimizer: Any, opt_state: Any) -> Any:
    """`opt_state` with the adjustable hyperparameters (the learning rate, ...) that the optimizer
    object has now.
    """
    if opt_state is None:
        return None
    return opt_state._replace(
        hyper={name: filled((), value) for name, value in optimizer.hyper().items()}
    )


class Fit:
    """One running `fit`: owns the newest state and hands it to the layers when somebody reads a
    weight.

    The state is donated from step to step, so the layers never hold its arrays while it runs; they
    get copies.
    """

    def __init__(
        self, model: Trainer, calls: TrainCalls, metrics: Tree, augment: Augment | None = None
    ) -> None:
        self.augment = augment
        # A callback may compile the model anew; this run goes on with what it began with.
        self.model, self.calls, self.optimizer, self.trainable = (
            model,
            calls,
            model.optimizer,
            model.compiled_mask,
        )
        self.names, self.averages = model.metrics_names, model.functions.averages
        self.changed = False
        self._dirty = False
        self.seed = config.seed()
        self._version = self.optimizer.version
        self.state = self._fresh_state(metrics)
        self._committed = time.monotonic()
        # A callback may train a model that shares layers with the one that is being trained.
        self._outer = [(layer, layer.weights_store.session) for layer in model.all_layers()]
        for layer, _ in self._outer:
            layer.weights_store.session = self

    def _fresh_state(self, metrics: Tree) -> TrainState:
        """A state of arrays that nobody else holds, so that donating them harms nobody."""
        model = self.model
        state = from_variables(
            model.variables,
            self.optimizer,
            trainable=self.trainable,
            opt_state=with_hyperparameters_of(self.optimizer, model._opt_state),
            metrics=metrics,
            step=model._step,
            seed=self.seed,
            ties=model.ties,
        )
        owned: TrainState = model._placed(copied(state))
        return owned

    def commit(self) -> None:
        """Give the layers copies of the newest arrays."""
        if self._dirty:
            jax.block_until_ready(
                self.state
            )  # raises when a step failed, which must not reach the layers
            self._dirty = False
            self._store(copied((self.state.variables, self.state.opt_state)))

    def _store(self, arrays: tuple[Tree, Any]) -> None:
        variables, opt_state = arrays
        if self.model.optimizer is self.optimizer:
            self.model._store_trained(variables, opt_state)
            self.model._step = int(self.state.step)
        else:
            self.model._store_trained(variables)
        self._committed = time.monotonic()

    def close(self) -> None:
        """Leave the newest finished state in the layers, whatever happened."""
        for layer, session in self._outer:
            layer.weights_store.session = session
            if session is not None:
                session.changed = True
        if self._dirty:
            # If the device failed in the middle of a step the state is lost; the layers then keep
            # the last commit.
            with contextlib.suppress(RuntimeError, ValueError):
                jax.block_until_ready(self.state)
                self._store((self.state.variables, self.state.opt_state))

    def refresh(self) -> None:
        """Take over what callbacks have changed: the learning rate, or weights that they have set."""
        if self.optimizer.version != self._version:
            self._version = self.optimizer.version
            self.state = replace(
                self.state, opt_state=with_hyperparameters_of(self.optimizer, self.state.opt_state)
            )
        if self.changed:
            self.changed = False
            fresh = self._fresh_state(self.state.metrics)
            kept = {name: getattr(self.state, name) for name in ("opt_state", "step", "skipped")}
            self.state = replace(fresh, **kept)

    def advance(self, run: Callable[[TrainState], TrainState]) -> None:
        """Replace the state by that after some steps."""
        self.refresh()
        # Several processes commit when their programs say so, not by their clocks.
        if time.monotonic() - self._committed > COMMIT_SECONDS and jax.process_count() == 1:
            self.commit()
        self.state = run(self.state)
        self._dirty = True

    def keep_state(self, state: Tree) -> None:
        """Go on with the states that stateful layers have after a validation."""
        if state:
            self.state = replace(self.state, collections={**self.state.collections, "state": state})
            self._dirty = True

    def reset_metrics(self, metrics: Tree) -> None:
        """Start new running sums, and a new count of the steps that changed nothing."""
        self.state = replace(self.state, metrics=fresh(metrics), skipped=filled((), 0, np.int32))

    def set_state(self, state: TrainState, seed: int, hyperparameters: Mapping[str, float]) -> None:
        """Continue from a restored state, its seed and the optimizer's hyperparameters."""
        self.state, self.seed = state, seed
        self.optimizer.hyperparameters.update(hyperparameters)
        self._dirty = True


class Epochs:
    """The epochs of one `fit`.

    Args:
        fit: the running state.
        feed: the training batches.
        metrics: empty running sums.
        callbacks: called at their moments.
        validate: gives the validation logs of the newest state for an epoch number, empty where
            there is nothing.
        shuffle: True, False or "batch".
        nan: "ignore", "warn", "raise", "skip" or "rollback", what to do when the loss is not
            finite.
        checkpoints: where to save the state, or None.
        clock: told where the time goes.
    """

    def __init__(
        self,
        fit: Fit,
        feed: Feed,
        metrics: Tree,
        callbacks: CallbackList,
        validate: Callable[[int], dict[str, float]],
        shuffle: bool | str,
        nan: str,
        checkpoints: Checkpoints | None,
        clock: Clock,
    ) -> None:
        self.fit, self.feed, self.metrics = fit, feed, metrics
        self.callbacks, self.validate, self.shuffle = callbacks, validate, shuffle
        self.nan, self.checkpoints, self.clock = nan, checkpoints, clock
        clock.step_flops = lambda: fit.calls.dispatcher.flops(fit.state, feed.example())

    def run(self, first: int, last: int) -> None:
        """Epochs `first` to `last` (exclusive), or on from a checkpoint where there is one."""
        try:
            self._run(first, last)
        except BaseException as error:
            self.callbacks.on_interruption(error)
            raise

    def _run(self, first: int, last: int) -> None:
        model, done, began = self.fit.model, 0, first
        model.stop_training = False
        self.callbacks.on_train_begin({})
        if self.checkpoints is not None:
            first, done = self.checkpoints.restore(self.fit, self.callbacks, self.feed, first)
            if (
                self.nan == "rollback" and self.checkpoints.newest is None
            ):  # there is something to go back to
                self.checkpoints.save(self.fit, self.callbacks, self.feed, first, done)
        if model._parallel is not None:
            plan = (
                layout(self.fit.state),
                self.feed.samples,
                self.feed.batch_size,
                first,
                done,
                last,
                self.fit.seed,
            )
            model._parallel.agree("the model, the data or the epochs", plan)
        with (
            deferred_interrupt() as interrupted,
            preemption(self.checkpoints is not None) as self._must_leave,
        ):
            for epoch in range(first, last):
                if model.stop_training:
                    break
                place = Place(
                    epoch - began,
                    done,
                    int(self.fit.state.step) - done,
                    self.fit.seed,
                    self.shuffle,
                )
                self._epoch(epoch, place, interrupted)
                done = 0
        self.callbacks.on_train_end({})

    def _epoch(self, epoch: int, place: Place, interrupted: Callable[[], None]) -> None:
        fit, feed, reached = self.fit, self.feed, place.done
        self.callbacks.on_epoch_begin(epoch, {})
        fit.refresh()
        if place.done == 0:
            fit.reset_metrics(self.metrics)
        steps = self._batch_by_batch if self.callbacks.needs_batches else self._in_chunks
        with self.clock.running("total"):
            for portion in steps(place, interrupted):
                before, reached = reached, reached + portion.steps
                self.clock.steps, self.clock.samples = (
                    self.clock.steps + portion.steps,
                    self.clock.samples + portion.size,
                )
                interrupted()
                if self.nan in ("raise", "rollback"):
                    self._watch_for_nan(portion, before, place.began)
                if fit.model.stop_training:
                    break
                self.callbacks.update(feed.seen(reached), self._averages)
                if self.checkpoints is not None and reached != feed.steps:
                    self.checkpoints.maybe_save(fit, self.callbacks, feed, epoch, reached)
                    self._leave_if_asked(epoch, reached)
            self.callbacks.update(feed.seen(feed.steps or reached), self._averages)
            logs = self._averages()
        if self.nan == "warn" and not np.isfinite(logs["loss"]):
            warnings.warn(
                f"The loss of epoch {epoch + 1} is {logs['loss']}; fit(nan='raise') stops there "
                "and names the layer.",
                RuntimeWarning,
                stacklevel=5,
            )
        if self.nan in ("skip", "rollback"):
            logs["skipped"] = self._skipped(epoch)
        logs |= self.validate(epoch)
        if jax.process_count() > 1:
            fit.commit()  # by all processes together, before callbacks of one of them read weights
        self.callbacks.on_epoch_end(epoch, logs)
        fit.refresh()
        if self.checkpoints is not None:
            self.checkpoints.save(fit, self.callbacks, feed, epoch + 1, 0)
            self._leave_if_asked(epoch + 1, 0)

    def _leave_if_asked(self, epoch: int, done: int) -> None:
        """Save and end the process where it has been asked to end."""
        step = int(self.fit.state.step)
        if self.checkpoints is None or not self._must_leave():
            return
        if self.checkpoints.saved_at != step:
            self.checkpoints.save(self.fit, self.callbacks, self.feed, epoch, done)
        where = self.checkpoints.directory
        if jax.process_index() == 0:
            print(
                f"\nAsked to end: the state after step {step} is in {where}; the same command goes "
                "on from it."
            )
        raise Preempted(f"asked to end after step {step}; the state is in {where}")

    def _averages(self) -> dict[str, float]:
        """The averages since the epoch began, fetched from the device."""
        with self.clock.running("device"):
            return self.fit.averages(self.fit.state.metrics)

    def _batch_by_batch(self, place: Place, interrupted: Callable[[], None]) -> Iterator[Portion]:
        """One step a call, with the batch hooks around it."""
        for step, portion in enumerate(
            self.clock.inputs(self.feed.batches(place, interrupted)), place.done
        ):
            about = {"batch": step, "size": portion.size}
            self.callbacks.on_batch_begin(step, dict(about))
            logs: dict[str, Any] = {}

            def run(
                state: TrainState, batch: Any = portion.batch, logs: dict[str, Any] = logs
            ) -> TrainState:
                new, values = self.fit.calls.logged(state, batch)
                logs.update(values)
                return new

            self.fit.advance(run)
            with self.clock.running("device"):
                found = jax.device_get(logs)
            self.callbacks.on_batch_end(
                step, {**about, **{name: float(found[name]) for name in self.fit.names}}
            )
            yield portion

    def _in_chunks(self, place: Place, interrupted: Callable[[], None]) -> Iterator[Portion]:
        """As many steps a call as the device policy allows."""
        fit, feed, dispatcher = self.fit, self.feed, self.fit.calls.dispatcher
        loops = dispatcher.loops(fit.state, feed.example())
        for portion in self.clock.inputs(feed.portions(place, dispatcher, loops, interrupted)):
            before = dispatcher.waited
            fit.advance(lambda state, p=portion: dispatcher.run(state, p.batch, p.many))  # type: ignore[misc]
            self.clock.device += dispatcher.waited - before
            yield portion

    def _watch_for_nan(self, portion: Portion, before: int, began: int) -> None:
        """Do what is to be done where the steps of a portion have halted: stop, or go back and on."""
        with self.clock.running("device"):
            bad = int(self.fit.state.nan_step)
        while bad >= 0:
            self.fit.state = replace(self.fit.state, nan_step=filled((), -1, np.int32))
            if self.nan == "raise":
                self._stop(portion, bad, before, began)
            self._roll_back(bad, began)
            bad = self._rest(portion, bad + 1 - began - before)

    def _roll_back(self, bad: int, began: int) -> None:
        """The state of the newest checkpoint, but at the step behind the bad one; the running sums
        stay.
        """
        assert self.checkpoints is not None
        fit = self.fit
        saved, at = self.checkpoints.newest_state(fit.state)
        fit.state = replace(
            saved,
            opt_state=with_hyperparameters_of(fit.optimizer, saved.opt_state),
            step=filled((), bad + 1, np.int32),
            metrics=fit.state.metrics,
            skipped=fit.state.skipped + 1,
        )
        warnings.warn(
            f"The loss is not finite at step {bad} (step {bad - began + 1} of its epoch): back to "
            "the weights and the "
            f"optimizer of the checkpoint of step {at}, and on with the batch behind the bad one.",
            RuntimeWarning,
            stacklevel=6,
        )

    def _rest(self, portion: Portion, first: int) -> int:
        """Train on the batches of a portion from number `first` on; the step that is not finite
        there, or -1.
        """
        bad, dispatcher = -1, self.fit.calls.dispatcher
        for number in range(first, portion.steps):
            batch = portion.batch_at(number)
            self.fit.advance(lambda state, batch=batch: dispatcher.run(state, batch, None))  # type: ignore[misc]
            if (bad := int(self.fit.state.nan_step)) >= 0:
                break
        return bad

    def _skipped(self, epoch: int) -> int:
        """How many steps of the epoch changed nothing, warned of where there are some."""
        found = int(self.fit.state.skipped)
        if found and self.nan == "skip":
            warnings.warn(
                f"The loss or its gradient was not finite at {found} steps of epoch {epoch + 1}; "
                "they were skipped.",
                RuntimeWarning,
                stacklevel=6,
            )
        return found

    def _stop(self, portion: Portion, bad: int, before: int, began: int) -> NoReturn:
        from jaxcnn.training.diagnosis import first_bad_layer

        where = first_bad_layer(
            self.fit.model, self.fit.state, portion.batch_at(bad - began - before), self.fit.augment
        )
        raise NonFiniteLossError(
            f"The loss is not finite at step {bad} (step {bad - began + 1} of its epoch): {where}. "
            "The weights are those from before this step."
        )


@contextlib.contextmanager
def deferred_interrupt() -> Iterator[Callable[[], None]]:
    """Within the block Ctrl-C waits for the next call of the yielded function, so that no step is
    torn in two.

    A second Ctrl-C interrupts at once.
    """
    if threading.current_thread() is not threading.main_thread() or (
        signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield lambda: None
        return
    asked = False

    def remember(number: int, frame: Any) -> None:
        nonlocal asked
        if asked:
            signal.default_int_handler(number, frame)
        asked = True

    def check() -> None:
        if asked:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, remember)
    try:
        yield check
        check()
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)

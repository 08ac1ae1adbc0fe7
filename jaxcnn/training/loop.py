"""The training loop: epochs, steps, logs, checkpoints and validation, from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import jax

from jaxcnn.callbacks.callback_list import CallbackList
from jaxcnn.callbacks.stopping import TerminateOnNaN
from jaxcnn.spellings.dialect import chosen, dialect
from jaxcnn.training.evaluate import evaluated
from jaxcnn.training.input.array_feed import ArrayFeed
from jaxcnn.training.input.feed import Feed, Portion, Position
from jaxcnn.training.input.workers import Waiting
from jaxcnn.training.interrupt import deferred_interrupt
from jaxcnn.training.nan_policy import NaNPolicy
from jaxcnn.training.saves import Saves
from jaxcnn.training.session import TrainingSession
from jaxcnn.training.settings import FitSettings
from jaxcnn.training.structure import Structure


@dataclass(frozen=True)
class Run:
    """All that takes part in one `fit`.

    Attributes:
        settings: as the user gave them.
        session: the newest state.
        feed: the training batches.
        held_out: the validation batches, or None.
        callbacks: called at their moments.
        saves: when the state is saved.
        nan: what to do when the loss is not finite.
    """

    settings: FitSettings
    session: TrainingSession
    feed: Feed
    held_out: Feed | None
    callbacks: CallbackList
    saves: Saves
    nan: NaNPolicy


def train(run: Run) -> None:
    """All epochs, or those after the newest checkpoint; callbacks hear when it goes wrong."""
    clock = run.session.clock
    clock.step_flops = lambda: run.session.calls.dispatcher.flops(
        run.session.state, run.feed.example()
    )
    try:
        run_epochs(run)
    except BaseException as error:
        run.callbacks.on_interruption(error)
        raise
    finally:
        clock.step_flops = None  # it holds the state and the data


def run_epochs(run: Run) -> None:
    """The loop itself."""
    settings, session, feed, callbacks = run.settings, run.session, run.feed, run.callbacks
    model, clock = session.model, session.clock
    steps = batch_by_batch if callbacks.needs_batches else in_chunks
    stops_at_once = stops_within_epochs(callbacks)
    model.stop_training = False
    callbacks.on_train_begin({})
    first, done = run.saves.begin(settings.initial_epoch, at_once=settings.nan == "rollback")
    check_agreement(run, first, done)
    with run.saves.watching(), deferred_interrupt() as check_interrupt:
        for epoch in range(first, settings.epochs):
            if model.stop_training:
                break
            callbacks.on_epoch_begin(epoch, {})
            session.refresh()
            if done == 0:
                session.reset_metrics()
            began = session.step - done
            position = Position(
                epoch - settings.initial_epoch, done, began, session.seed, settings.shuffle
            )
            with clock.running("total"):
                for portion in steps(run, position, check_interrupt):
                    before, done = done, done + portion.steps
                    clock.count(portion.steps, portion.size)
                    run.nan.after_call(portion, before, began)
                    run.saves.position = epoch, done
                    check_interrupt()
                    if model.stop_training and stops_at_once:
                        break
                    callbacks.update(feed.seen(done), session.averages)
                    if done != feed.steps:
                        run.saves.within_epoch(epoch, done)
                callbacks.update(feed.seen(feed.steps or done), session.averages)
                logs = session.averages()
            run.nan.after_epoch(epoch, logs)
            validates = settings.validates_after(epoch + 1) and not was_cut_short(run, done)
            if run.held_out is not None and validates:
                logs |= validated(session, run.held_out)
            if jax.process_count() > 1:
                session.commit()  # by all processes, before callbacks of one of them read weights
            callbacks.on_epoch_end(epoch, logs)
            session.refresh()
            run.saves.after_epoch(epoch)
            done = 0
    callbacks.on_train_end({})
    run.saves.finished()


def stops_within_epochs(callbacks: CallbackList) -> bool:
    """Whether `stop_training` ends an epoch before its last batch.

    In Keras 2.0.4 it does not. TerminateOnNaN came after it, with such a stop.
    """
    if not chosen() or dialect().stops_within_epochs:
        return True
    return any(isinstance(callback, TerminateOnNaN) for callback in callbacks.callbacks)


def was_cut_short(run: Run, done: int) -> bool:
    """Whether a stop within this epoch leaves its validation out.

    In old Kerases it does, but for batches that come one by one after the last of them.
    """
    stopped = run.session.model.stop_training and stops_within_epochs(run.callbacks)
    if not stopped or not chosen():
        return False
    return isinstance(run.feed, ArrayFeed) or done != run.feed.steps


def batch_by_batch(run: Run, position: Position, waiting: Waiting) -> Iterator[Portion]:
    """One step a call, with the batch hooks around it."""
    session, callbacks, clock = run.session, run.callbacks, run.session.clock
    batches = clock.inputs(run.feed.batches(position, waiting))
    for step, portion in enumerate(batches, position.done):
        facts = {"batch": step, "size": portion.size}
        callbacks.on_batch_begin(step, dict(facts))
        with clock.running("device"):
            values = jax.device_get(session.train_on_one(portion.batch))
        numbers = {name: float(values[name]) for name in session.names}
        callbacks.on_batch_end(step, {**facts, **session.functions.objective.logs(numbers)})
        yield portion


def in_chunks(run: Run, position: Position, waiting: Waiting) -> Iterator[Portion]:
    """As many steps a call as the device policy allows."""
    session, clock = run.session, run.session.clock
    dispatcher = session.calls.dispatcher
    loops = dispatcher.loops(session.state, run.feed.example())
    for portion in clock.inputs(run.feed.portions(position, dispatcher, loops, waiting)):
        waited = dispatcher.waited
        session.train_on(portion.batch, portion.many)
        clock.device += dispatcher.waited - waited
        yield portion


def validated(session: TrainingSession, held_out: Feed) -> dict[str, float]:
    """The loss and metrics over the validation data, by the newest weights."""
    values, states = evaluated(
        session.program, session.functions, held_out, session.state.variables
    )
    session.keep_states(states)
    logs = session.functions.objective.logs(values)
    return {f"val_{name}": value for name, value in logs.items()}


def check_agreement(run: Run, first: int, done: int) -> None:
    """Raise ValueError where the processes of a job are about to do different things."""
    distribution = run.session.program.distribution
    if distribution is not None:
        distribution.agree(
            "the model, the data or the epochs",
            (
                Structure.of(run.session.model, run.session.program).layout(run.session.state),
                run.feed.samples,
                run.feed.batch_size,
                first,
                done,
                run.settings.epochs,
                run.session.seed,
            ),
        )

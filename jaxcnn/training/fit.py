"""fit: data, callbacks and settings become one training run."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import jax

from jaxcnn.callbacks import Callback, History
from jaxcnn.callbacks.callback_list import CallbackList
from jaxcnn.runtime import config
from jaxcnn.runtime.types import DataLike
from jaxcnn.spellings.dialect import chosen, dialect
from jaxcnn.training.checkpoint import Checkpoints
from jaxcnn.training.compile import warn_if_changed
from jaxcnn.training.input import Data, open_feed
from jaxcnn.training.input.check import Arrays
from jaxcnn.training.input.feed import Feed, Position
from jaxcnn.training.input.validation import feed_settings, given_validation, listed, split_off
from jaxcnn.training.loop import Run, train
from jaxcnn.training.nan_policy import IN_THE_STEP, NaNPolicy
from jaxcnn.training.program import Program
from jaxcnn.training.replaced_function import Opened, train_by_function
from jaxcnn.training.resume import Resumption
from jaxcnn.training.saves import Saves
from jaxcnn.training.session import TrainingSession
from jaxcnn.training.settings import FitSettings
from jaxcnn.training.trainable import Trainable


def fit(
    model: Trainable,
    program: Program,
    data: Data,
    settings: FitSettings,
    validation_data: DataLike = None,
    *,
    callbacks: Sequence[Callback] | None = None,
) -> History:
    """Train a model; `Model.fit` says what the arguments mean."""
    with contextlib.ExitStack() as opened:
        validation: Data | Arrays | None
        training, validation = split_off(
            model, program, data, settings.validation_split, validation_data
        )
        seed = config.seed()  # once: without one that was set it may change on the way
        start = Position(began=program.step, seed=seed, shuffle=settings.shuffle)
        feed = open_feed(model, program, training, settings.feed, start)
        opened.enter_context(contextlib.closing(feed))
        held_out = None
        if validation_data is not None:
            validation = given_validation(model, program, validation_data)
        if validation is not None:
            held_out = open_feed(
                model,
                program,
                validation,
                feed_settings(feed, validation, settings.validation_feed),
            )
            opened.enter_context(contextlib.closing(held_out))
        warn_if_changed(model, program)
        called = CallbackList(
            callbacks,
            model,
            params(program, feed, held_out, settings),
            listed(model, training, validation),
        )
        model.history = called.history
        if program.train_function is not None:
            train_by_function(
                Opened(model, program, settings, feed=feed, held_out=held_out, callbacks=called)
            )
            return called.history
        checkpoints = None
        if settings.checkpoint_dir is not None:
            checkpoints = Checkpoints(settings.checkpoint_dir, settings.checkpoint_every)
            opened.enter_context(contextlib.closing(checkpoints))
        if program.distribution is not None:
            program.distribution.check_batch(len(jax.tree.leaves(feed.example().inputs)[0]))
        at_nan = IN_THE_STEP.get(settings.nan)
        session = TrainingSession(model, program, seed, at_nan, settings.augment)
        opened.enter_context(session)
        model.clock = session.clock
        resumption = None
        if checkpoints is not None:
            resumption = Resumption(settings, checkpoints, session, called, feed)
        saves = Saves(resumption, session)
        train(
            Run(
                settings,
                session,
                feed,
                held_out=held_out,
                callbacks=called,
                saves=saves,
                nan=NaNPolicy(settings.nan, session, saves),
            )
        )
    return called.history


def params(
    program: Program, feed: Feed, held_out: Feed | None, settings: FitSettings
) -> dict[str, object]:
    """What callbacks are told about the run; see `Callback.params`."""
    assert program.objective is not None
    names = program.objective.logged or program.objective.names
    validated = held_out is not None or feed.samples is None  # of generators always, as in Keras
    of_1 = {"nb_epoch": settings.epochs, "nb_sample": feed.samples}
    told: dict[str, object] = {
        **(of_1 if dialect().of_keras_1 else {}),
        "epochs": settings.epochs,
        "batch_size": feed.batch_size,
        "samples": feed.samples,
        "steps": feed.steps,
        "verbose": settings.verbose,
        "do_validation": held_out is not None,
        "validation_samples": (held_out.samples or 0) if held_out is not None else 0,
        "metrics": [*names, *(f"val_{name}" for name in names if validated)],
    }
    # Callbacks of that time ask which of `samples` and `steps` there is.
    return {k: v for k, v in told.items() if v is not None} if chosen() else told

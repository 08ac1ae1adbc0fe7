"""fit_generator, evaluate_generator and predict_generator: training from batches in Keras 2.0.4.

They are methods of `Model`: `fit`, `evaluate` and `predict` under the names and with the arguments
that Keras 2.0.4 has for generators. `max_queue_size` is the later name of `max_q_size`, and
`use_multiprocessing` of `pickle_safe`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

import numpy as np

from jaxcnn.callbacks import Callback, History
from jaxcnn.runtime.types import Config, DataLike
from jaxcnn.training.input.sources import is_stream


class KerasModel(Protocol):
    """A model with the training methods of Keras."""

    fit: Callable[..., History]
    evaluate: Callable[..., float | list[float]]
    predict: Callable[..., np.ndarray | list[np.ndarray]]


def fit_generator(
    self: KerasModel,
    generator: DataLike,
    steps_per_epoch: int | None = None,
    epochs: int = 1,
    verbose: int = 1,
    callbacks: Sequence[Callback] | None = None,
    validation_data: DataLike = None,
    validation_steps: int | None = None,
    class_weight: DataLike = None,
    max_q_size: int = 10,
    workers: int = 1,
    pickle_safe: bool = False,
    initial_epoch: int = 0,
    *,
    shuffle: bool = True,
    validation_freq: int | Collection[int] = 1,
    max_queue_size: int | None = None,
    use_multiprocessing: bool | None = None,
) -> History:
    """`fit` on a generator, a `jaxcnn.utils.Sequence` or another source of batches.

    Args:
        generator: yields (inputs, targets) or (inputs, targets, sample_weights).
        steps_per_epoch: batches an epoch; a Sequence knows it. Default: None.
        epochs, verbose, callbacks, class_weight, initial_epoch, validation_freq: as for `fit`.
            Default: 1, 1, None, None, 0 and 1.
        validation_data: a source like `generator`, with `validation_steps`, or (x, y) or (x, y,
            sample_weights). Default: None.
        validation_steps: batches of a validation. Default: None.
        max_q_size: batches that may lie ready. Default: 10.
        workers: threads or processes that make batches; a generator is pulled by one thread.
            Default: 1.
        pickle_safe: whether they are processes; each walks through its own copy of a generator.
            Default: False.
        shuffle: whether the batches of a Sequence come in another order in each pass. Default:
            True.
        max_queue_size, use_multiprocessing: later names of `max_q_size` and `pickle_safe`. Default:
            None.
    """
    require_source("fit_generator", generator)
    return self.fit(
        generator,
        batch_size=None,  # the generator's own, also where an old `fit` has another default
        epochs=epochs,
        verbose=verbose,
        callbacks=callbacks,
        validation_data=validation_data,
        shuffle=shuffle,
        class_weight=class_weight,
        initial_epoch=initial_epoch,
        steps_per_epoch=steps_per_epoch,
        validation_steps=validation_steps,
        validation_freq=validation_freq,
        **later_names(max_q_size, workers, pickle_safe, max_queue_size, use_multiprocessing),
    )


def evaluate_generator(
    self: KerasModel,
    generator: DataLike,
    steps: int | None = None,
    max_q_size: int = 10,
    workers: int = 1,
    pickle_safe: bool = False,
    *,
    verbose: int = 0,
    max_queue_size: int | None = None,
    use_multiprocessing: bool | None = None,
) -> float | list[float]:
    """`evaluate` on a source of batches.

    Args:
        generator: gives (inputs, targets) or (inputs, targets, sample weights).
        steps: number of batches; by default all of a generator that has a length.
        max_q_size: number of batches that are kept ready. Default: 10.
        workers: number of threads, or processes, that ask for batches ahead. Default: 1.
        pickle_safe: whether the workers are processes. Default: False.
        verbose: 1 for a progress bar. Default: 0.
        max_queue_size, use_multiprocessing: later names of `max_q_size` and `pickle_safe`. Default:
            None.

    Returns:
        The loss, or a list of it and the metrics as in `metrics_names`.

    Raises:
        TypeError: arrays in place of a source.
    """
    require_source("evaluate_generator", generator)
    arguments = later_names(max_q_size, workers, pickle_safe, max_queue_size, use_multiprocessing)
    return self.evaluate(generator, steps=steps, verbose=verbose, **arguments)


def predict_generator(
    self: KerasModel,
    generator: DataLike,
    steps: int | None = None,
    max_q_size: int = 10,
    workers: int = 1,
    pickle_safe: bool = False,
    verbose: int = 0,
    *,
    max_queue_size: int | None = None,
    use_multiprocessing: bool | None = None,
) -> np.ndarray | list[np.ndarray]:
    """`predict` on a source of batches.

    Args:
        generator: gives inputs, or tuples whose first entry they are.
        steps: number of batches; by default all of a generator that has a length.
        max_q_size: number of batches that are kept ready. Default: 10.
        workers: number of threads, or processes, that ask for batches ahead. Default: 1.
        pickle_safe: whether the workers are processes. Default: False.
        verbose: 1 for a progress bar. Default: 0.
        max_queue_size, use_multiprocessing: later names of `max_q_size` and `pickle_safe`. Default:
            None.

    Returns:
        The outputs for all samples, (samples, ...), or a list of them.

    Raises:
        TypeError: arrays in place of a source.
    """
    require_source("predict_generator", generator)
    arguments = later_names(max_q_size, workers, pickle_safe, max_queue_size, use_multiprocessing)
    return self.predict(generator, steps=steps, verbose=verbose, **arguments)


def require_source(method: str, generator: DataLike) -> None:
    """Raise TypeError for arrays."""
    if not is_stream(generator):
        raise TypeError(
            f"{method} needs something that gives batches; given a {type(generator).__name__}. "
            f"Arrays go to {method.removesuffix('_generator')}."
        )


def later_names(
    max_q_size: int,
    workers: int,
    pickle_safe: bool,
    max_queue_size: int | None,
    use_multiprocessing: bool | None,
) -> Config:
    """The workers' arguments under their later names."""
    if max_queue_size is not None and max_q_size != 10:
        raise ValueError("max_q_size and max_queue_size are the same argument; give one of them.")
    return {
        "max_queue_size": max_q_size if max_queue_size is None else max_queue_size,
        "workers": workers,
        "use_multiprocessing": pickle_safe if use_multiprocessing is None else use_multiprocessing,
    }

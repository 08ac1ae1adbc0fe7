"""fit: the Keras word for what the pure training step does, over data of every form."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np

from jaxcnn.callbacks import Callback, History
from jaxcnn.callbacks.callback_list import CallbackList
from jaxcnn.runtime import config
from jaxcnn.training.clock import Clock
from jaxcnn.training.fitting import Epochs, Fit
from jaxcnn.training.generator_methods import GeneratorMethods
from jaxcnn.training.inference import Feeds, Inference, refuse_beside_stream
from jaxcnn.training.input.array_feed import Feed, Place
from jaxcnn.training.input.check import Arrays
from jaxcnn.training.input.sources import is_stream
from jaxcnn.training.input.workers import TIMEOUT, Workers
from jaxcnn.training.steps import AtNaN, Augment

# Of the words for `nan` those that a step must know.
AT_NAN: dict[str, AtNaN] = {"raise": "halt", "rollback": "halt", "skip": "skip"}


class Trainer(GeneratorMethods, Inference):
    """What a `Network` needs to be trained; `Model` and `Sequential` are both.  `Inference` says
    what data may be.
    """

    # -- fit ---------------------------------------------------------------------------------------

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = 32,
        epochs: int = 1,
        verbose: int = 1,
        callbacks: Sequence[Callback] | None = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool | str = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        *,
        validation_freq: int | Collection[int] = 1,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        batch_timeout: float = TIMEOUT,
        augment: Augment | None = None,
        nan: str = "warn",
        checkpoint_dir: str | Path | None = None,
        checkpoint_every: int | None = None,
    ) -> History:
        """Train for a number of epochs.

        Args:
            x: input array (samples, ...), or a list or dict by name for several inputs; or a source
                of whole batches or examples with their targets, see `Inference`.
            y: target array, or a list or dict by output name.
            batch_size: samples an update; None means 32.
            epochs: number of the last epoch; with `initial_epoch` 0 the number of epochs.
            verbose: 0 silent, 1 progress bar, 2 one line an epoch.
            callbacks: `jaxcnn.callbacks.Callback` objects.
            validation_split: fraction in [0, 1) of the samples, the last ones before any shuffling,
                kept apart for validation; of arrays only.
            validation_data: (x, y) or (x, y, sample_weights), or a source like `x`, instead of a
                split.
            shuffle: whether each epoch has an order of its own; "batch" moves whole batches only,
                which arrays on disk need to be read fast. Generators and iterables come in their
                own order.
            class_weight: class -> weight of its samples in the loss.
            sample_weight: (samples,), or (samples, steps) with ``sample_weight_mode="temporal"``.
            initial_epoch: the first epoch's number, from 0, when resuming by hand.
            steps_per_epoch: batches an epoch; by default all there are. A source then goes on in
                the next epoch where the last one ended.
            validation_steps: batches of a validation; by default all there are.
            validation_freq: validate after every so many epochs, or after the epochs in this
                collection, from 1.
            max_queue_size: batches of a source that may lie ready.
            workers: threads or processes that make the batches of a source; 0 makes them in this
                thread.
            use_multiprocessing: whether they are processes.
            batch_timeout: seconds; when the next batch of a source takes longer, its workers hang
                and `fit` ends.
            augment: ``(key, inputs) -> inputs``, changes the inputs of each update at random on the
                device, such as ``jaxcnn.preprocessing.image.Augmentation(horizontal_flip=True)``;
                validation data stays as it is.
            nan: what to do when the loss or its gradient is not finite: "warn" (of the loss) at the
                end of the epoch; "ignore"; "raise", which stops before the step that would spoil
                the weights and names the layer; "skip", which leaves that step out; "rollback",
                which goes back to the weights and the optimizer of the last checkpoint and on with
                the batch behind the bad one. The last two report ``skipped`` steps an epoch.
            checkpoint_dir: where whole training states are saved at the end of each epoch; the same
                call after a kill goes on from there and ends as if it had not been interrupted
                (with a generator: from its beginning).
            checkpoint_every: also save each time this many updates have passed.

        Returns:
            The `History`: ``history.history["loss"]`` and the metrics, a value an epoch.

        An exception or Ctrl-C leaves the weights as they were after the last finished call to the
        device.

        Raises:
            ValueError: data that does not fit the model or is empty, or a generator that ends too
                early.
            NonFiniteLossError: with ``nan="raise"``.
            WorkerError: the workers of a source have died, or hang.
        """
        if nan not in ("warn", "ignore", "raise", "skip", "rollback"):
            raise ValueError(
                f'`nan` is {nan!r}; it must be "warn", "ignore", "raise", "skip" or "rollback".'
            )
        if nan == "rollback" and checkpoint_dir is None:
            raise ValueError(
                'nan="rollback" goes back to a checkpoint; say where to save them: '
                "`checkpoint_dir`."
            )
        if shuffle not in (True, False, "batch"):
            raise ValueError(f'`shuffle` is {shuffle!r}; it must be True, False or "batch".')
        for name, value in (("epochs", epochs), ("initial_epoch", initial_epoch)):
            if not isinstance(value, int | np.integer) or value < 0:
                raise ValueError(f"`{name}` is {value!r}; it must be an integer from 0.")
        how = Workers(max_queue_size, workers, use_multiprocessing, batch_timeout)
        with Feeds() as feeds:
            if is_stream(x):
                refuse_beside_stream(
                    x, y=y, sample_weight=sample_weight, validation_split=validation_split or None
                )
                opened = feeds.add(
                    self._training_feed(x, batch_size, steps_per_epoch, how, class_weight)
                )
                feed: Feed = self._started(
                    opened, Place(began=self._step, seed=config.seed(), shuffle=shuffle)
                )
                held_out, arrays = self._validation_feed(
                    validation_data, None, batch_size, validation_steps, how
                )
            else:
                given, kept = self._split(
                    self._arrays(x, y, sample_weight, class_weight),
                    validation_split,
                    validation_data,
                )
                feed = self._array_feed(given, batch_size, steps_per_epoch)
                held_out, arrays = self._validation_feed(
                    validation_data, kept, batch_size, validation_steps, how
                )
            if held_out is not None:
                feeds.add(held_out)
            self._warn_if_trainable_changed()
            return self._run_fit(
                feed, held_out, arrays, callbacks, verbose, epochs, initial_epoch, shuffle, augment, nan,
                validates(validation_freq), checkpoint_dir, checkpoint_every,
            )  # fmt: skip

    def _run_fit(
        self,
        feed: Feed,
        held_out: Feed | None,
        validation: Arrays | None,
        callbacks: Sequence[Callback] | None,
        verbose: int,
        epochs: int,
        initial_epoch: int,
        shuffle: bool | str,
        augment: Augment | None,
        nan: str,
        wanted: Callable[[int], bool],
        checkpoint_dir: str | Path | None,
        checkpoint_every: int | None,
    ) -> History:
        objective, functions = self._require_compiled(), self.functions
        params = {
            "epochs": epochs,
            "batch_size": feed.batch_size,
            "samples": feed.samples,
            "steps": feed.steps,
            "verbose": verbose,
            "do_validation": held_out is not None,
            "validation_samples": (held_out.samples or 0) if held_out is not None else 0,
            "metrics": [*objective.names, *(f"val_{name}" for name in objective.names)],
        }
        called = CallbackList(callbacks, self, params, validation_arrays(validation))
        self.history = called.history
        checkpoints = None
        if checkpoint_dir is not None:
            from jaxcnn.training.checkpoint import Checkpoints

            checkpoints = Checkpoints(checkpoint_dir, checkpoint_every)
        if self._parallel is not None:
            self._parallel.check_batch(len(jax.tree.leaves(feed.example().inputs)[0]))
        self.clock = Clock()
        empty = jax.device_get(objective.init_metrics())
        running = Fit(self, functions.training(AT_NAN.get(nan), augment), empty, augment)

        def validate(epoch: int) -> dict[str, float]:
            if held_out is None or not wanted(epoch + 1):
                return {}
            found, state = self._evaluate(held_out, running.state.variables)
            running.keep_state(state)
            return {f"val_{name}": value for name, value in found.items()}

        try:
            run = Epochs(
                running, feed, empty, called, validate, shuffle, nan, checkpoints, self.clock
            )
            run.run(initial_epoch, epochs)
        finally:
            running.close()
            if checkpoints is not None:
                checkpoints.close()
        return called.history

    def _split(
        self, arrays: Arrays, fraction: float, validation_data: Any
    ) -> tuple[Arrays, Arrays | None]:
        """(what to train on, what to validate on); the split is taken from the end, before any
        shuffling.
        """
        if validation_data is not None or not fraction:
            return arrays, None
        at = int(len(arrays) * (1.0 - fraction))
        if not 0.0 < fraction < 1.0 or not 0 < at < len(arrays):
            raise ValueError(
                f"`validation_split` is {fraction}, of {len(arrays)} samples; both parts must get "
                "some."
            )
        return arrays.slice(0, at), arrays.slice(at, len(arrays))

    def _validation_feed(
        self,
        data: Any,
        kept: Arrays | None,
        batch_size: int | None,
        steps: int | None,
        workers: Workers,
    ) -> tuple[Feed | None, Arrays | None]:
        """The feed of the validation data, and its arrays where it has some."""
        if is_stream(data):
            return self._training_feed(data, batch_size, steps, workers), None
        if data is not None:
            if not isinstance(data, list | tuple) or len(data) not in (2, 3):
                raise ValueError(
                    "`validation_data` must be (x, y) or (x, y, sample_weights), or give batches "
                    "itself."
                )
            kept = self._arrays(*data)
        return (None, None) if kept is None else (self._array_feed(kept, batch_size, steps), kept)


def validates(frequency: int | Collection[int]) -> Callable[[int], bool]:
    """Whether to validate after an epoch, counted from 1."""
    if isinstance(frequency, Collection):
        return frequency.__contains__
    if not isinstance(frequency, int | np.integer) or frequency < 1:
        raise ValueError(
            f"`validation_freq` is {frequency!r}; it must be a positive integer or a list of "
            "epochs."
        )
    return lambda epoch: epoch % frequency == 0


def validation_arrays(validation: Arrays | None) -> list[Any] | None:
    """The validation arrays as callbacks see them: inputs, targets and sample weights in one list."""
    return (
        None
        if validation is None
        else [*validation.inputs, *validation.targets, *validation.weights]
    )

"""fit, evaluate and predict: the Keras words for what the pure steps do, over data of every form."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np

from jaxcnn import config
from jaxcnn.arrays import fresh
from jaxcnn.callbacks import Callback, History
from jaxcnn.callbacks.callback_list import CallbackList
from jaxcnn.compilation import keep_programs
from jaxcnn.nn.graph import mixes_rows
from jaxcnn.training.data import Arrays, batch_of
from jaxcnn.training.dispatch import eagerly
from jaxcnn.training.feeds import ArrayFeed, Feed, Place, never
from jaxcnn.training.fitting import Epochs, Fit
from jaxcnn.training.generator_methods import GeneratorMethods
from jaxcnn.training.single_batches import BatchTrainer, carried
from jaxcnn.training.state import Tree
from jaxcnn.training.steps import Augment, Batch, stateful_predict_step
from jaxcnn.training.stream_feed import StreamFeed
from jaxcnn.training.streams import is_stream, raw_inputs, raw_parts, stream_of
from jaxcnn.training.workers import Workers
from jaxcnn.utils.progbar import Progbar

SEQUENTIAL_ONLY = {"predict_classes": "model.predict(x).argmax(axis=-1)", "predict_proba": "model.predict(x)"}


class Trainer(GeneratorMethods, BatchTrainer):
    """What a `Network` needs to be trained; `Model` and `Sequential` are both.

    **Data.** `x` may be arrays (of NumPy, JAX, pandas, PyTorch, or anything that `numpy.asarray` takes), a list or dict
    of them, an array on disk (`h5py.Dataset`, `HDF5Matrix`), which is read batch by batch, or something that gives
    ``(inputs, targets)`` or ``(inputs, targets, sample_weights)`` (for `predict` perhaps only inputs) by itself:

    * a generator or other iterator of batches, which goes on from epoch to epoch; it needs a number of steps;
    * a `jaxcnn.utils.Sequence` of batches by number, shuffled anew for each pass where `shuffle` is true;
    * an iterable of batches (a tf.data or grain dataset, a loader), begun anew for each pass;
    * a source with ``__len__`` and ``__getitem__`` of single examples (tensorflow-datasets, grain, PyTorch), which are
      shuffled and put together to batches of `batch_size`; of batches, where their inputs have a batch axis.

    These are pulled and made ready by a thread beside the training; `workers` threads or processes make the batches of
    Sequences and sources, in an order that does not depend on them.  At most ``max_queue_size + workers`` batches are
    pulled before they are needed.
    """

    # -- feeds --------------------------------------------------------------------------------------------------------

    def _array_feed(self, arrays: Arrays, batch_size: int | None, steps: int | None = None) -> ArrayFeed:
        size = checked_batch_size(batch_size)
        self._check_stateful(len(arrays), size)
        if self._functions is None:
            self._prepare(self._batch(arrays.slice(0, size)))
        return ArrayFeed(arrays, self._input_dtypes, size, self._rowwise and len(arrays) > size, steps)

    def _stream_feed(
        self, data: Any, batch_size: int | None, steps: int | None, workers: Workers, prepare: Callable[[Any], Batch]
    ) -> StreamFeed:
        ranks = [len(t.shape) for t in self.inputs] if self.built else None
        stream = stream_of(data, checked_batch_size(batch_size), ranks, self.input_names if self.built else ())
        if getattr(stream, "samples", None) is None and batch_size not in (None, 32):
            raise ValueError(
                f"`batch_size` is {batch_size}, but a {type(data).__name__} gives whole batches: leave it out."
            )
        return StreamFeed(stream, steps, prepare, workers)

    def _training_feed(
        self, data: Any, batch_size: int | None, steps: int | None, workers: Workers, class_weight: Any = None
    ) -> StreamFeed:
        """A feed of inputs, targets and weights."""

        def prepare(raw: Any) -> Batch:
            return self._batch(self._arrays(*raw_parts(raw), class_weight))

        return self._stream_feed(data, batch_size, steps, workers, prepare)

    def _started(self, feed: StreamFeed, place: Place) -> StreamFeed:
        """The feed with its first batch there, for which the steps are made if there are none yet."""
        first = feed.start(place)
        if self._functions is None:
            self._prepare(first)
        return feed

    def _check_stateful(self, samples: int, batch_size: int) -> None:
        if samples % batch_size and any(getattr(layer, "stateful", False) for layer in self.all_layers()):
            raise ValueError(
                f"Model '{self.name}' has stateful layers, so every batch must have the same size: {samples} samples "
                f"cannot be divided by batches of {batch_size}."
            )

    # -- fit ----------------------------------------------------------------------------------------------------------

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
        augment: Augment | None = None,
        nan: str = "warn",
        checkpoint_dir: str | Path | None = None,
        checkpoint_every: int | None = None,
    ) -> History:
        """Train for a number of epochs.

        Args:
            x: input array (samples, ...), or a list or dict by name for several inputs; or a source of whole batches
                or examples with their targets, see the class.
            y: target array, or a list or dict by output name.
            batch_size: samples an update; None means 32.
            epochs: number of the last epoch; with `initial_epoch` 0 the number of epochs.
            verbose: 0 silent, 1 progress bar, 2 one line an epoch.
            callbacks: `jaxcnn.callbacks.Callback` objects.
            validation_split: fraction in [0, 1) of the samples, the last ones before any shuffling, kept apart for
                validation; of arrays only.
            validation_data: (x, y) or (x, y, sample_weights), or a source like `x`, instead of a split.
            shuffle: whether each epoch has an order of its own; "batch" moves whole batches only, which arrays on disk
                need to be read fast.  Generators and iterables come in their own order.
            class_weight: class -> weight of its samples in the loss.
            sample_weight: (samples,), or (samples, steps) with ``sample_weight_mode="temporal"``.
            initial_epoch: the first epoch's number, from 0, when resuming by hand.
            steps_per_epoch: batches an epoch; by default all there are.  A source then goes on in the next epoch where
                the last one ended.
            validation_steps: batches of a validation; by default all there are.
            validation_freq: validate after every so many epochs, or after the epochs in this collection, from 1.
            max_queue_size: batches of a source that may lie ready.
            workers: threads or processes that make the batches of a source; 0 makes them in this thread.
            use_multiprocessing: whether they are processes.
            augment: ``(key, inputs) -> inputs``, changes the inputs of each update at random on the device, such as
                ``jaxcnn.preprocessing.image.Augmentation(horizontal_flip=True)``; validation data stays as it is.
            nan: what to do when the loss is not finite: "warn", "ignore", or "raise", which stops before the step that
                would spoil the weights and names the layer.
            checkpoint_dir: where whole training states are saved at the end of each epoch; the same call after a kill
                goes on from there and ends as if it had not been interrupted (with a generator: from its beginning).
            checkpoint_every: also save each time this many updates have passed.

        Returns:
            The `History`: ``history.history["loss"]`` and the metrics, a value an epoch.

        An exception or Ctrl-C leaves the weights as they were after the last finished call to the device.

        Raises:
            ValueError: data that does not fit the model or is empty, or a generator that ends too early.
            NonFiniteLossError: with ``nan="raise"``.
        """
        if nan not in ("warn", "ignore", "raise"):
            raise ValueError(f'`nan` is {nan!r}; it must be "warn", "ignore" or "raise".')
        if shuffle not in (True, False, "batch"):
            raise ValueError(f'`shuffle` is {shuffle!r}; it must be True, False or "batch".')
        for name, value in (("epochs", epochs), ("initial_epoch", initial_epoch)):
            if not isinstance(value, int | np.integer) or value < 0:
                raise ValueError(f"`{name}` is {value!r}; it must be an integer from 0.")
        how = Workers(max_queue_size, workers, use_multiprocessing)
        with Feeds() as feeds:
            if is_stream(x):
                refuse_beside_stream(x, y=y, sample_weight=sample_weight, validation_split=validation_split or None)
                opened = feeds.add(self._training_feed(x, batch_size, steps_per_epoch, how, class_weight))
                feed: Feed = self._started(opened, Place(began=self._step, seed=config.seed(), shuffle=shuffle))
                held_out, arrays = self._validation_feed(validation_data, None, batch_size, validation_steps, how)
            else:
                given, kept = self._split(
                    self._arrays(x, y, sample_weight, class_weight), validation_split, validation_data
                )
                feed = self._array_feed(given, batch_size, steps_per_epoch)
                held_out, arrays = self._validation_feed(validation_data, kept, batch_size, validation_steps, how)
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
        empty = jax.device_get(objective.init_metrics())
        running = Fit(self, functions.training(nan == "raise", augment), empty, augment)

        def validate(epoch: int) -> dict[str, float]:
            if held_out is None or not wanted(epoch + 1):
                return {}
            found, state = self._evaluate(held_out, running.state.variables)
            running.keep_state(state)
            return {f"val_{name}": value for name, value in found.items()}

        try:
            Epochs(running, feed, empty, called, validate, shuffle, nan, checkpoints).run(initial_epoch, epochs)
        finally:
            running.close()
            if checkpoints is not None:
                checkpoints.close()
        return called.history

    def _split(self, arrays: Arrays, fraction: float, validation_data: Any) -> tuple[Arrays, Arrays | None]:
        """(what to train on, what to validate on); the split is taken from the end, before any shuffling."""
        if validation_data is not None or not fraction:
            return arrays, None
        at = int(len(arrays) * (1.0 - fraction))
        if not 0.0 < fraction < 1.0 or not 0 < at < len(arrays):
            raise ValueError(f"`validation_split` is {fraction}, of {len(arrays)} samples; both parts must get some.")
        return arrays.slice(0, at), arrays.slice(at, len(arrays))

    def _validation_feed(
        self, data: Any, kept: Arrays | None, batch_size: int | None, steps: int | None, workers: Workers
    ) -> tuple[Feed | None, Arrays | None]:
        """The feed of the validation data, and its arrays where it has some."""
        if is_stream(data):
            return self._training_feed(data, batch_size, steps, workers), None
        if data is not None:
            if not isinstance(data, list | tuple) or len(data) not in (2, 3):
                raise ValueError("`validation_data` must be (x, y) or (x, y, sample_weights), or give batches itself.")
            kept = self._arrays(*data)
        return (None, None) if kept is None else (self._array_feed(kept, batch_size, steps), kept)

    # -- evaluate and predict -----------------------------------------------------------------------------------------

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = 32,
        verbose: int = 1,
        sample_weight: Any = None,
        steps: int | None = None,
        *,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
    ) -> float | list[float]:
        """The loss and metrics over the data: a number, or a list in the order of `metrics_names`.

        Args:
            x, y, batch_size, sample_weight: as for `fit`.
            verbose: 0 silent, 1 progress bar.
            steps: batches; by default all there are.
            max_queue_size, workers, use_multiprocessing: as for `fit`.
        """
        with Feeds() as feeds:
            if is_stream(x):
                refuse_beside_stream(x, y=y, sample_weight=sample_weight)
                how = Workers(max_queue_size, workers, use_multiprocessing)
                opened = feeds.add(self._training_feed(x, batch_size, steps, how))
                feed: Feed = self._started(opened, Place())
            else:
                feed = self._array_feed(self._arrays(x, y, sample_weight), batch_size, steps)
            bar = Progbar(feed.samples if feed.samples is not None else feed.steps, verbose=verbose)
            found, state = self._evaluate(feed, self.variables, lambda seen: bar.draw(seen, dict))
            self._keep_state(state)
        values = list(found.values())
        return values[0] if len(values) == 1 else values

    def _evaluate(
        self, feed: Feed, variables: Tree, seen: Callable[[int], Any] = lambda count: None
    ) -> tuple[dict[str, float], Tree]:
        """(loss and metrics, the states that stateful layers end with)."""
        carry = fresh(self._require_compiled().init_metrics()), carried(variables)
        calls, steps = self.functions.evaluate, 0
        variables = self._everywhere(variables)
        loops = calls.loops(carry, feed.example(), variables)
        for portion in feed.portions(Place(), calls, loops, never):
            carry = calls.run(carry, portion.batch, portion.many, variables)
            steps += portion.steps
            seen(feed.seen(steps))
        return self.functions.averages(carry[0]), carry[1]

    def predict(
        self,
        x: Any,
        batch_size: int | None = 32,
        verbose: int = 0,
        steps: int | None = None,
        *,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
    ) -> Any:
        """The outputs for `x` in inference mode, as a NumPy array, or a list of them; needs no compile.

        Stateful recurrent layers go on from the states that the previous call, or batch, ended with.

        Args:
            x: as for `fit`; of batches that are tuples, the first part is taken.
            batch_size: samples at a time.
            verbose: 0 silent, 1 progress bar.
            steps: batches; by default all there are.
            max_queue_size, workers, use_multiprocessing: as for `fit`.
        """
        with Feeds() as feeds:
            if is_stream(x):
                how = Workers(max_queue_size, workers, use_multiprocessing)
                feed: Feed = feeds.add(self._stream_feed(x, batch_size, steps, how, self._prepared_inputs))
            else:
                feed = self._input_feed(x, batch_size, steps)
            return self._predicted(feed, verbose)

    def _prepared_inputs(self, raw: Any) -> Batch:
        return batch_of(Arrays(self._checked_inputs(raw_inputs(raw)), [], []), self._input_dtypes)

    def _input_feed(self, x: Any, batch_size: int | None, steps: int | None) -> ArrayFeed:
        arrays = Arrays(self._checked_inputs(x), [], [])
        wanted = checked_batch_size(batch_size)
        size = min(wanted, len(arrays))
        self._check_stateful(len(arrays), wanted if len(arrays) > wanted else size)
        pad = not mixes_rows(self.module)
        if pad:  # up to a power of two, so that calls with few samples share their compiled programs
            size = min(wanted, 1 << (size - 1).bit_length())
        return ArrayFeed(arrays, self._input_dtypes, size, pad, steps)

    def _predicted(self, feed: Feed, verbose: int) -> Any:
        if isinstance(feed, StreamFeed):
            feed.start(Place())  # builds a model without a shape
        bar = Progbar(feed.samples if feed.samples is not None else feed.steps, verbose=verbose)
        variables, step = self._everywhere(self.variables), self._predict_function()
        collected: list[list[np.ndarray]] = []
        pending: list[Any] = []
        for i, portion in enumerate(feed.batches(Place(), never)):
            outputs, states = step(variables, self._cut(portion.batch.inputs))
            variables = {**variables, **states}
            pending.append((jax.tree.leaves(outputs), portion.size))
            if len(pending) > 2:  # fetched while the next ones are computed
                collected.append(fetched(*pending.pop(0)))
            bar.draw(feed.seen(i + 1), dict)
        self._keep_state(variables.get("state", {}))
        collected += [fetched(*each) for each in pending]
        results = [np.concatenate(parts) for parts in zip(*collected, strict=True)]
        return results[0] if len(results) == 1 else results

    def _predict_function(self) -> Callable[[Tree, Any], tuple[Any, dict[str, Any]]]:
        if self._predict is None or self._predict[0] is not self.module:
            keep_programs()
            step = stateful_predict_step(self.module, compute_dtype=self._compute_dtype)
            self._predict = self.module, jax.jit(step)
        return eagerly(self._predict[1]) if self._execution.get("eager") else self._predict[1]

    def __getattr__(self, name: str) -> Any:
        if name in SEQUENTIAL_ONLY:
            raise AttributeError(
                f"Only Sequential models have {name}; for model '{self.name}' write {SEQUENTIAL_ONLY[name]}."
            )
        return object.__getattribute__(self, name)  # which raises, as it has before

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch."""
        inputs = self._checked_inputs(x)
        return self.predict(inputs if len(inputs) > 1 else inputs[0], batch_size=len(inputs[0]))


class Feeds:
    """The feeds of a call, closed when it ends, however it ends."""

    def __init__(self) -> None:
        self._open: list[Feed] = []

    def add(self, feed: Any) -> Any:
        self._open.append(feed)
        return feed

    def __enter__(self) -> Feeds:
        return self

    def __exit__(self, *error: Any) -> None:
        for feed in self._open:
            feed.close()


def refuse_beside_stream(x: Any, **others: Any) -> None:
    """Raise for arguments that make no sense where `x` gives whole batches."""
    for name, value in others.items():
        if value is not None:
            what = "the last samples of it are not known" if name == "validation_split" else "it gives them itself"
            raise ValueError(f"`{name}` does not go with a {type(x).__name__} as `x`: {what}.")


def validates(frequency: int | Collection[int]) -> Callable[[int], bool]:
    """Whether to validate after an epoch, counted from 1."""
    if isinstance(frequency, Collection):
        return frequency.__contains__
    if not isinstance(frequency, int | np.integer) or frequency < 1:
        raise ValueError(f"`validation_freq` is {frequency!r}; it must be a positive integer or a list of epochs.")
    return lambda epoch: epoch % frequency == 0


def fetched(outputs: list[Any], size: int) -> list[np.ndarray]:
    """The real rows of the outputs of a batch, from the device."""
    return [np.asarray(a)[:size] for a in outputs]


def checked_batch_size(batch_size: int | None) -> int:
    """The batch size; None means 32."""
    size = 32 if batch_size is None else batch_size
    if not isinstance(size, int | np.integer) or size < 1:
        raise ValueError(f"`batch_size` is {batch_size!r}; it must be a positive integer.")
    return int(size)


def validation_arrays(validation: Arrays | None) -> list[Any] | None:
    """The validation arrays as callbacks see them: inputs, targets and sample weights in one list."""
    return None if validation is None else [*validation.inputs, *validation.targets, *validation.weights]

"""evaluate and predict, and the feeds that they and `fit` make of data of every form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from jaxcnn.nn.graph import mixes_rows
from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import fresh
from jaxcnn.runtime.disk_cache import keep_programs
from jaxcnn.training.dispatch import eagerly
from jaxcnn.training.input.array_feed import ArrayFeed, Feed, Place, never
from jaxcnn.training.input.check import Arrays, batch_of
from jaxcnn.training.input.sources import is_stream, raw_inputs, raw_parts, stream_of
from jaxcnn.training.input.stream_feed import StreamFeed
from jaxcnn.training.input.workers import Workers
from jaxcnn.training.single_batches import BatchTrainer, carried
from jaxcnn.training.state import Tree
from jaxcnn.training.steps import Batch, stateful_predict_step
from jaxcnn.utils.progbar import Progbar

SEQUENTIAL_ONLY = {
    "predict_classes": "model.predict(x).argmax(axis=-1)",
    "predict_proba": "model.predict(x)",
}


class Inference(BatchTrainer):
    """The part of `Trainer` that looks at data without learning from it.

    **Data.** `x` may be arrays (of NumPy, JAX, pandas, PyTorch, or anything that `numpy.asarray`
    takes), a list or dict of them, an array on disk (`h5py.Dataset`, `HDF5Matrix`), which is read
    batch by batch, or something that gives ``(inputs, targets)`` or
    ``(inputs, targets, sample_weights)`` (for `predict` perhaps only inputs) by itself:

    * a generator or other iterator of batches, which goes on from epoch to epoch; it needs a number
      of steps;
    * a `jaxcnn.utils.Sequence` of batches by number, shuffled anew for each pass where `shuffle` is
      true;
    * an iterable of batches (a tf.data or grain dataset, a loader), begun anew for each pass;
    * a source with ``__len__`` and ``__getitem__`` of single examples (tensorflow-datasets, grain,
      PyTorch), which are shuffled and put together to batches of `batch_size`; of batches, where
      their inputs have a batch axis.

    These are pulled and made ready by a thread beside the training; `workers` threads or processes
    make the batches of Sequences and sources, in an order that does not depend on them. At most
    ``max_queue_size + workers`` batches are pulled before they are needed.
    """

    # -- feeds -------------------------------------------------------------------------------------

    def _array_feed(
        self, arrays: Arrays, batch_size: int | None, steps: int | None = None
    ) -> ArrayFeed:
        size = checked_batch_size(batch_size)
        self._check_stateful(len(arrays), size)
        if not self._prepared:
            self._prepare(self._batch(arrays.slice(0, size)))
        return ArrayFeed(
            arrays, self._input_dtypes, size, self._rowwise and len(arrays) > size, steps
        )

    def _stream_feed(
        self,
        data: Any,
        batch_size: int | None,
        steps: int | None,
        workers: Workers,
        prepare: Callable[[Any], Batch],
    ) -> StreamFeed:
        ranks = [len(t.shape) for t in self.inputs] if self.built else None
        stream = stream_of(
            data, checked_batch_size(batch_size), ranks, self.input_names if self.built else ()
        )
        if getattr(stream, "samples", None) is None and batch_size not in (None, 32):
            raise ValueError(
                f"`batch_size` is {batch_size}, but a {type(data).__name__} gives whole batches: "
                "leave it out."
            )
        return StreamFeed(stream, steps, prepare, workers, self._parallel)

    def _training_feed(
        self,
        data: Any,
        batch_size: int | None,
        steps: int | None,
        workers: Workers,
        class_weight: Any = None,
    ) -> StreamFeed:
        """A feed of inputs, targets and weights."""

        def prepare(raw: Any) -> Batch:
            return self._batch(self._arrays(*raw_parts(raw), class_weight))

        return self._stream_feed(data, batch_size, steps, workers, prepare)

    def _started(self, feed: StreamFeed, place: Place) -> StreamFeed:
        """The feed with its first batch there, for which the steps are made if there are none yet."""
        first = feed.start(place)
        if not self._prepared:
            self._prepare(first)
        return feed

    def _check_stateful(self, samples: int, batch_size: int) -> None:
        if samples % batch_size and any(
            getattr(layer, "stateful", False) for layer in self.all_layers()
        ):
            raise ValueError(
                f"Model '{self.name}' has stateful layers, so every batch must have the same size: "
                f"{samples} samples "
                f"cannot be divided by batches of {batch_size}."
            )

    # -- evaluate and predict ----------------------------------------------------------------------

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
        variables = self._placed(variables)
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
        """The outputs for `x` in inference mode, as a NumPy array, or a list of them; needs no
        compile.

        Stateful recurrent layers go on from the states that the previous call, or batch, ended
        with.

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
                feed: Feed = feeds.add(
                    self._stream_feed(x, batch_size, steps, how, self._prepared_inputs)
                )
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
        if (
            pad
        ):  # up to a power of two, so that calls with few samples share their compiled programs
            size = min(wanted, 1 << (size - 1).bit_length())
        return ArrayFeed(arrays, self._input_dtypes, size, pad, steps)

    def _predicted(self, feed: Feed, verbose: int) -> Any:
        if isinstance(feed, StreamFeed):
            feed.start(Place())  # builds a model without a shape
        bar = Progbar(feed.samples if feed.samples is not None else feed.steps, verbose=verbose)
        variables, step = self._placed(self.variables), self._predict_function()
        collected: list[list[np.ndarray]] = []
        pending: list[Any] = []
        for i, portion in enumerate(feed.batches(Place(), never)):
            outputs, states = step(variables, self._cut(portion.batch.inputs))
            variables = {**variables, **states}
            if (
                self._parallel is not None and jax.process_count() > 1
            ):  # each process computes a part
                outputs = self._parallel.gathered(outputs)
            pending.append((jax.tree.leaves(outputs), portion.size))
            if len(pending) > 2:  # fetched while the next ones are computed
                collected.append(fetched(*pending.pop(0)))
            bar.draw(feed.seen(i + 1), dict)
        self._keep_state(variables.get("state", {}))
        collected += [fetched(*each) for each in pending]
        results = [np.concatenate(parts) for parts in zip(*collected, strict=True)]
        return results[0] if len(results) == 1 else results

    def _predict_function(self) -> Callable[[Tree, Any], tuple[Any, dict[str, Any]]]:
        phase = config.learning_phase()
        if (
            self._predict is None
            or self._predict[0] is not self.module
            or self._predict[1] != phase
        ):
            keep_programs()
            key = jax.random.key(config.seed()) if phase else None
            step = stateful_predict_step(self.module, compute_dtype=self._compute_dtype, key=key)
            self._predict = self.module, phase, jax.jit(step)
        return eagerly(self._predict[2]) if self._execution.get("eager") else self._predict[2]

    def __getattr__(self, name: str) -> Any:
        if name in SEQUENTIAL_ONLY:
            raise AttributeError(
                f"Only Sequential models have {name}; for model '{self.name}' write "
                f"{SEQUENTIAL_ONLY[name]}."
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
            what = (
                "the last samples of it are not known"
                if name == "validation_split"
                else "it gives them itself"
            )
            raise ValueError(f"`{name}` does not go with a {type(x).__name__} as `x`: {what}.")


def fetched(outputs: list[Any], size: int) -> list[np.ndarray]:
    """The real rows of the outputs of a batch, from the device."""
    return [np.asarray(a)[:size] for a in outputs]


def checked_batch_size(batch_size: int | None) -> int:
    """The batch size; None means 32."""
    size = 32 if batch_size is None else batch_size
    if not isinstance(size, int | np.integer) or size < 1:
        raise ValueError(f"`batch_size` is {batch_size!r}; it must be a positive integer.")
    return int(size)

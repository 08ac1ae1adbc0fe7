"""compile, fit, evaluate and predict: the Keras words for what the pure steps do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from jaxcnn.training.compiled import Compiled
from jaxcnn.training.data import (
    ArrayFeed,
    Arrays,
    batch_of,
    checked_inputs,
    checked_targets,
    checked_weights,
)
from jaxcnn.training.fitting import Epochs, Fit, with_numbers_of
from jaxcnn.training.state import Tree, from_variables
from jaxcnn.training.steps import Batch, stateful_predict_step
from jaxcnn.utils.progbar import Progbar


class Trainer(Compiled):
    """What a `Network` needs to be trained; `Model` and `Sequential` are both."""

    # -- data ---------------------------------------------------------------------------------------------------------

    def _require_built(self, inputs: Any) -> None:
        """Sequential models without an input shape are built by the first data they see."""

    def _checked_inputs(self, x: Any) -> list[np.ndarray]:
        if x is None:
            raise ValueError("`x` is None; input arrays are needed.")
        self._require_built(x)
        return checked_inputs(x, self.input_names, [t.shape for t in self.inputs])

    def _arrays(self, x: Any, y: Any, sample_weight: Any = None, class_weight: Any = None) -> Arrays:
        inputs = self._checked_inputs(x)
        objective = self._require_compiled()
        targets = checked_targets(y, objective, [t.shape for t in self.outputs], len(inputs[0]))
        return Arrays(inputs, targets, checked_weights(sample_weight, class_weight, objective, targets))

    def _feed(self, arrays: Arrays, batch_size: int | None) -> ArrayFeed:
        size = checked_batch_size(batch_size)
        if self._functions is None:
            self._prepare(self._batch(arrays.slice(0, size)))
        return ArrayFeed(arrays, self._input_dtypes, size, self._rowwise and len(arrays) > size)

    def _batch(self, arrays: Arrays) -> Batch:
        return batch_of(arrays, self._input_dtypes)

    @property
    def _input_dtypes(self) -> list[Any]:
        return [t.dtype for t in self.inputs]

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
        *,
        nan: str = "warn",
        checkpoint_dir: str | Path | None = None,
        checkpoint_every: int | None = None,
    ) -> History:
        """Train for a number of epochs.

        Args:
            x: input array (samples, ...), or a list or dict by name for several inputs.
            y: target array, or a list or dict by output name.
            batch_size: samples an update; None means 32.
            epochs: number of the last epoch; with `initial_epoch` 0 the number of epochs.
            verbose: 0 silent, 1 progress bar, 2 one line an epoch.
            callbacks: `jaxcnn.callbacks.Callback` objects.
            validation_split: fraction in [0, 1) of the samples, the last ones before any shuffling, kept apart for
                validation.
            validation_data: (x, y) or (x, y, sample_weights), instead of a split.
            shuffle: whether each epoch has an order of its own; "batch" moves whole batches only.
            class_weight: class -> weight of its samples in the loss.
            sample_weight: (samples,), or (samples, steps) with ``sample_weight_mode="temporal"``.
            initial_epoch: the first epoch's number, from 0, when resuming by hand.
            nan: what to do when the loss is not finite: "warn", "ignore", or "raise", which stops before the step that
                would spoil the weights and names the layer.
            checkpoint_dir: where whole training states are saved at the end of each epoch; the same call after a kill
                goes on from there and ends as if it had not been interrupted.
            checkpoint_every: also save each time this many updates have passed.

        Returns:
            The `History`: ``history.history["loss"]`` and the metrics, a value an epoch.

        An exception or Ctrl-C leaves the weights as they were after the last finished call to the device.
        """
        if nan not in ("warn", "ignore", "raise"):
            raise ValueError(f'`nan` is {nan!r}; it must be "warn", "ignore" or "raise".')
        if shuffle not in (True, False, "batch"):
            raise ValueError(f'`shuffle` is {shuffle!r}; it must be True, False or "batch".')
        for name, value in (("epochs", epochs), ("initial_epoch", initial_epoch)):
            if not isinstance(value, int | np.integer) or value < 0:
                raise ValueError(f"`{name}` is {value!r}; it must be an integer from 0.")
        arrays = self._arrays(x, y, sample_weight, class_weight)
        arrays, validation = self._validation(arrays, validation_split, validation_data)
        self._warn_if_trainable_changed()
        feed = self._feed(arrays, batch_size)
        held_out = self._feed(validation, batch_size) if validation is not None else None
        objective, functions = self._require_compiled(), self.functions
        names = [*objective.names, *(f"val_{name}" for name in objective.names)]
        params = {
            "epochs": epochs,
            "batch_size": feed.batch_size,
            "samples": feed.samples,
            "steps": feed.steps,
            "verbose": verbose,
            "do_validation": held_out is not None,
            "validation_samples": held_out.samples if held_out is not None else 0,
            "metrics": names,
        }
        called = CallbackList(callbacks, self, params, validation_arrays(validation))
        self.history = called.history
        checkpoints = None
        if checkpoint_dir is not None:
            from jaxcnn.training.checkpoint import Checkpoints

            checkpoints = Checkpoints(checkpoint_dir, checkpoint_every)
        empty = jax.device_get(objective.init_metrics())
        running = Fit(self, functions.train_until_nan if nan == "raise" else functions.train, empty)

        def validate() -> dict[str, float]:
            assert held_out is not None
            found = self._evaluate(held_out, running.state.variables)
            return {f"val_{name}": value for name, value in found.items()}

        try:
            epoch_loop = Epochs(
                running, feed, empty, called, validate if held_out is not None else None, shuffle, nan, checkpoints
            )
            epoch_loop.run(initial_epoch, epochs)
        finally:
            running.close()
            if checkpoints is not None:
                checkpoints.close()
        return called.history

    def _validation(self, arrays: Arrays, split: float, data: Any) -> tuple[Arrays, Arrays | None]:
        """(what to train on, what to validate on); the split is taken from the end, before any shuffling."""
        if data is not None:
            if not isinstance(data, list | tuple) or len(data) not in (2, 3):
                raise ValueError("`validation_data` must be (x, y) or (x, y, sample_weights).")
            return arrays, self._arrays(*data)
        if not split:
            return arrays, None
        at = int(len(arrays) * (1.0 - split))
        if not 0.0 < split < 1.0 or not 0 < at < len(arrays):
            raise ValueError(f"`validation_split` is {split}, of {len(arrays)} samples; both parts must get some.")
        return arrays.slice(0, at), arrays.slice(at, len(arrays))

    # -- evaluate and predict -----------------------------------------------------------------------------------------

    def evaluate(
        self, x: Any, y: Any, batch_size: int | None = 32, verbose: int = 1, sample_weight: Any = None
    ) -> float | list[float]:
        """The loss and metrics over the data: a number, or a list in the order of `metrics_names`."""
        feed = self._feed(self._arrays(x, y, sample_weight), batch_size)
        bar = Progbar(feed.samples, verbose=verbose)
        found = list(self._evaluate(feed, self.variables, lambda seen: bar.draw(seen, dict)).values())
        return found[0] if len(found) == 1 else found

    def _evaluate(
        self, feed: ArrayFeed, variables: Tree, seen: Callable[[int], Any] = lambda count: None
    ) -> dict[str, float]:
        functions, objective = self.functions, self._require_compiled()
        order = np.arange(feed.samples)
        sums = fresh(objective.init_metrics())
        calls = functions.evaluate
        if calls.loops(sums, feed.batch(order, 0), variables) and (feed.pad or not feed.short):
            for first, count, capacity in calls.chunks(feed.steps, 0, feed.bytes_per_batch):
                sums = calls.run(sums, feed.stacked(order, first, count, capacity), count, variables)
                seen(min((first + count) * feed.batch_size, feed.samples))
        else:
            for step in range(feed.steps):
                sums = calls.single(sums, feed.batch(order, step), variables)
                seen(min((step + 1) * feed.batch_size, feed.samples))
        return functions.averages(sums)

    def predict(self, x: Any, batch_size: int | None = 32, verbose: int = 0) -> Any:
        """The outputs for `x` in inference mode, as a NumPy array, or a list of them; needs no compile.

        Stateful recurrent layers go on from the states that the previous call, or batch, ended with.
        """
        arrays = Arrays(self._checked_inputs(x), [], [])
        size = min(checked_batch_size(batch_size), len(arrays))
        pad = not mixes_rows(self.module)
        if pad:  # up to a power of two, so that calls with few samples share their compiled programs
            size = min(checked_batch_size(batch_size), 1 << (size - 1).bit_length())
        feed = ArrayFeed(arrays, self._input_dtypes, size, pad)
        bar = Progbar(feed.samples, verbose=verbose)
        order, variables, step = np.arange(feed.samples), self.variables, self._predict_function()
        collected: list[list[np.ndarray]] = []
        pending: list[Any] = []
        for i in range(feed.steps):
            outputs, states = step(variables, feed.batch(order, i).inputs)
            variables = {**variables, **states}
            pending.append(jax.tree.leaves(outputs))
            if len(pending) > 2:  # fetched while the next ones are computed
                collected.append([np.asarray(a) for a in pending.pop(0)])
            bar.draw(min((i + 1) * size, feed.samples), dict)
        collected += [[np.asarray(a) for a in outputs] for outputs in pending]
        if "state" in variables:
            self.store(variables)
        results = [np.concatenate(parts)[: feed.samples] for parts in zip(*collected, strict=True)]
        return results[0] if len(results) == 1 else results

    def _predict_function(self) -> Callable[[Tree, Any], tuple[Any, dict[str, Any]]]:
        if self._predict is None or self._predict[0] is not self.module:
            keep_programs()
            self._predict = self.module, jax.jit(stateful_predict_step(self.module))
        return self._predict[1]

    # -- single batches -----------------------------------------------------------------------------------------------

    def train_on_batch(
        self, x: Any, y: Any, sample_weight: Any = None, class_weight: Any = None
    ) -> float | list[float]:
        """One update on one batch; returns the loss and metrics of the batch before the update."""
        arrays = self._arrays(x, y, sample_weight, class_weight)
        self._warn_if_trainable_changed()
        batch = self._whole(arrays)
        state = from_variables(
            self.variables,
            self.optimizer,
            trainable=self.compiled_mask,
            opt_state=with_numbers_of(self.optimizer, self._opt_state),
            step=self._step,
            seed=config.seed(),
        )
        new, logs = self.functions.train.logged(state, batch)
        self._note_changes()
        self.store(new.variables)
        self._opt_state, self._step = new.opt_state, self._step + 1
        return self._listed(logs)

    def test_on_batch(self, x: Any, y: Any, sample_weight: Any = None) -> float | list[float]:
        """The loss and metrics of one batch."""
        arrays = self._arrays(x, y, sample_weight)
        batch = self._whole(arrays)
        sums = self.functions.evaluate.single(fresh(self._require_compiled().init_metrics()), batch, self.variables)
        return self._listed(self.functions.averages(sums))

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch."""
        inputs = self._checked_inputs(x)
        return self.predict(inputs if len(inputs) > 1 else inputs[0], batch_size=len(inputs[0]))

    def _whole(self, arrays: Arrays) -> Batch:
        batch = self._batch(arrays)
        if self._functions is None:
            self._prepare(batch)
        return batch

    def _listed(self, logs: Mapping[str, Any]) -> float | list[float]:
        found = jax.device_get(logs)
        values = [float(found[name]) for name in self._require_compiled().names]
        return values[0] if len(values) == 1 else values


def checked_batch_size(batch_size: int | None) -> int:
    """The batch size; None means 32."""
    size = 32 if batch_size is None else batch_size
    if not isinstance(size, int | np.integer) or size < 1:
        raise ValueError(f"`batch_size` is {batch_size!r}; it must be a positive integer.")
    return int(size)


def validation_arrays(validation: Arrays | None) -> list[Any] | None:
    """The validation arrays as callbacks see them: inputs, targets and sample weights in one list."""
    return None if validation is None else [*validation.inputs, *validation.targets, *validation.weights]

"""compile, fit, evaluate and predict: the Keras words for what the pure steps do."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import flax.linen as nn
import jax
import numpy as np
from flax.traverse_util import flatten_dict

from jaxcnn import config, losses, metrics, optimizers
from jaxcnn.arrays import fresh
from jaxcnn.callbacks import Callback, History
from jaxcnn.callbacks.callback_list import CallbackList
from jaxcnn.compilation import keep_programs
from jaxcnn.layers.base import Layer
from jaxcnn.nn.graph import mixes_rows
from jaxcnn.registry import custom_object_scope
from jaxcnn.training.data import (
    ArrayFeed,
    Arrays,
    batch_of,
    checked_inputs,
    checked_targets,
    checked_weights,
    per_output,
)
from jaxcnn.training.dispatch import Dispatcher, TrainCalls
from jaxcnn.training.fitting import Epochs, Fit, with_numbers_of
from jaxcnn.training.objective import Objective, OutputObjective
from jaxcnn.training.optimizer_state import named_arrays, with_arrays
from jaxcnn.training.state import Tree, from_variables, split
from jaxcnn.training.steps import Batch, eval_step, forward, predict_step, train_step
from jaxcnn.utils.progbar import Progbar


class Functions:
    """The compiled steps of a compiled model, each made when it is first needed."""

    def __init__(self, module: nn.Module, objective: Objective, step: Callable[..., Callable], dtype: Any) -> None:
        self.module, self.objective, self.dtype, self._step = module, objective, dtype, step

    @cached_property
    def train(self) -> TrainCalls:
        return TrainCalls(self._step())

    @cached_property
    def train_until_nan(self) -> TrainCalls:
        return TrainCalls(self._step(stop_at_nan=True))

    @cached_property
    def evaluate(self) -> Dispatcher:
        step = eval_step(self.module, self.objective, compute_dtype=self.dtype)
        return Dispatcher(lambda sums, batch, variables: step(variables, sums, batch), donate=True)

    @cached_property
    def _results(self) -> Callable[[Tree], dict[str, jax.Array]]:
        return jax.jit(self.objective.results)

    def averages(self, sums: Tree) -> dict[str, float]:
        """The averages behind running sums, fetched from the device, in the order of the reported names."""
        found = jax.device_get(self._results(sums))
        return {name: float(found[name]) for name in sorted(found, key=self.objective.names.index)}


class Trainer(Layer):
    """What a `Network` needs to be trained; `Model` and `Sequential` are both."""

    inputs: list[Any]
    outputs: list[Any]
    input_names: list[str]
    output_names: list[str]
    layers: list[Layer]
    stop_training: bool
    _predict: tuple[nn.Module, Callable[[Tree, Any], Any]] | None = None

    def _reset_training(self) -> None:
        """Forget what `compile` made."""
        self.optimizer: Any = None
        self.objective: Objective | None = None
        self.compiled_mask: dict[str, Any] | None = None
        self._fixed_statistics: list[tuple[str, ...]] = []
        self._compiled_module: nn.Module | None = None
        self.history: History | None = None
        self.stop_training = False
        self._compile_arguments: dict[str, Any] | None = None
        self._functions: Functions | None = None
        self._opt_state: Any = None
        self._step = 0

    # -- compile ------------------------------------------------------------------------------------------------------

    def compile(
        self,
        optimizer: Any,
        loss: Any,
        metrics: Any = None,
        loss_weights: Any = None,
        sample_weight_mode: Any = None,
        weighted_metrics: Any = None,
    ) -> None:
        """Say how the model learns.

        Args:
            optimizer: a name ('adam'), a `jaxcnn.optimizers` object or any optax transformation.
            loss: a name, a function ``(y_true, y_pred)`` or a loss object; with several outputs also a list or a dict
                by output name (None or absent: that output is not trained, and takes no targets); None where the
                layers add all the loss there is.
            metrics: a list of names, functions or metric objects; with several outputs also a dict by output name.
            loss_weights: list or dict of numbers by which the outputs' losses are weighted.
            sample_weight_mode: "temporal" where sample weights are one a timestep; list or dict by output.
            weighted_metrics: like `metrics`, but weighted by the sample weights.

        The layers' `trainable` flags are read here: neither the weights nor the running statistics of a layer that is
        not trainable will move.  Weights are kept, the optimizer's state starts anew.
        """
        arguments = {
            "loss": loss,
            "metrics": metrics,
            "loss_weights": loss_weights,
            "sample_weight_mode": sample_weight_mode,
            "weighted_metrics": weighted_metrics,
        }
        found = optimizers.get(optimizer)
        objective = None
        if self.built:
            objective = build_objective(self.output_names, [t.shape for t in self.outputs], **arguments)
        else:  # names are checked now even where the shapes are not known yet
            for name in jax.tree.leaves(loss):
                losses.get(name)
        self._reset_training()
        self.optimizer, self._compile_arguments = found, arguments
        if objective is not None:
            self._finish_compile(objective)

    def training_config(self) -> dict[str, Any]:
        """The arguments of `compile` in a form that can be written into a file.

        Raises:
            ValueError: the optimizer or a function has no description.
        """

        def described(value: Any) -> Any:
            if isinstance(value, Mapping):
                return {k: described(v) for k, v in value.items()}
            if isinstance(value, list | tuple):
                return [described(v) for v in value]
            return losses.serialize(value) if callable(value) or hasattr(value, "get_config") else value

        return {
            "optimizer_config": optimizers.serialize(self.optimizer),
            **{name: described(value) for name, value in (self._compile_arguments or {}).items()},
        }

    def compile_from(self, settings: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> None:
        """`compile` with what `training_config` gave."""
        names = ("loss", "metrics", "loss_weights", "sample_weight_mode", "weighted_metrics")
        with custom_object_scope(custom_objects):
            self.compile(
                optimizers.deserialize(settings["optimizer_config"]), **{name: settings.get(name) for name in names}
            )

    @property
    def opt_state(self) -> Any:
        """The optimizer's state as it is now, or None before the first update."""
        session = next((layer._session for layer in self.all_layers()), None)
        if session is not None:
            session.commit()
        return self._opt_state

    def _trained_paths(self) -> list[tuple[str, ...]]:
        mask = flatten_dict(self.compiled_mask or {})
        return [s.path for s in self.all_specs() if s.collection == "params" and mask.get(s.path)]

    def optimizer_arrays(self) -> list[tuple[str, jax.Array]]:
        """(name, array) of all that the optimizer remembers, in the order of Keras files."""
        return named_arrays(self.opt_state, self._trained_paths())

    def set_optimizer_arrays(self, values: Sequence[Any]) -> None:
        """Put back what `optimizer_arrays` gave."""
        self._require_compiled()
        params, _ = split(self.variables["params"], self.compiled_mask)
        self._opt_state = with_arrays(self.optimizer.init(params), self._trained_paths(), values)
        self._step = int(self._opt_state.count)

    def _finish_compile(self, objective: Objective) -> None:
        moved = [(id(owner), path) for owner, path in self.trainable_paths()]
        if twice := [owner.name for owner, path in self.trainable_paths() if moved.count((id(owner), path)) > 1]:
            raise ValueError(
                f"Model '{self.name}' reaches layer '{twice[0]}' through several of its models, so it cannot train it. "
                "Use one model around the shared layers and call that several times."
            )
        self.objective, self.compiled_mask = objective, self.trainable_mask()
        statistics = flatten_dict(self.trainable_mask("batch_stats"))
        self._fixed_statistics = [path for path, moves in statistics.items() if not moves]
        self._compiled_module = self.module

    def _require_compiled(self) -> Objective:
        if self._compile_arguments is None:
            raise RuntimeError(
                f"Model '{self.name}' must be compiled before training or evaluation: call compile() first."
            )
        if self.objective is None:
            shapes = [t.shape for t in self.outputs]
            self._finish_compile(build_objective(self.output_names, shapes, **self._compile_arguments))
        if self._compiled_module is not self.module:
            raise RuntimeError(
                f"Layers of model '{self.name}' were renamed after it was compiled: call compile() again."
            )
        assert self.objective is not None
        return self.objective

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns, in order."""
        return list(self._require_compiled().names)

    @property
    def functions(self) -> Functions:
        """The compiled steps."""
        assert self._functions is not None
        return self._functions

    def _prepare(self, example: Batch) -> None:
        """Make the steps for data like `example`."""
        objective = self._require_compiled()
        variables = self.variables
        outputs, _, changed = jax.eval_shape(
            lambda batch: forward(self.module, variables, batch, None, None), example._replace(targets=None)
        )
        if all(output.loss is None for output in objective.outputs) and not changed.get("losses"):
            raise ValueError(f"Model '{self.name}' was compiled without a loss, and none of its layers adds one.")
        self.objective = objective = objective.bind(example.targets, outputs)
        self._rowwise = not mixes_rows(self.module) and objective.exact_when_padded(example.targets, outputs)
        step = partial(
            train_step,
            self.module,
            objective,
            self.optimizer,
            constraints=self.constraints(),
            fixed_statistics=self._fixed_statistics,
        )
        self._functions = Functions(self.module, objective, step, None)

    def _warn_if_trainable_changed(self) -> None:
        now, then = flatten_dict(self.trainable_mask()), flatten_dict(self.compiled_mask or {})
        if now != then:
            changed = sorted({"/".join(path[:-1]) for path in now if now[path] != then.get(path)})
            warnings.warn(
                f"`trainable` has changed since model '{self.name}' was compiled (layers {', '.join(changed)}). "
                "Training goes on as compiled; call compile() again to apply the change.",
                UserWarning,
                stacklevel=3,
            )

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
        """The outputs for `x` in inference mode, as a NumPy array, or a list of them; needs no compile."""
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
            pending.append(jax.tree.leaves(step(variables, feed.batch(order, i).inputs)))
            if len(pending) > 2:  # fetched while the next ones are computed
                collected.append([np.asarray(a) for a in pending.pop(0)])
            bar.draw(min((i + 1) * size, feed.samples), dict)
        collected += [[np.asarray(a) for a in outputs] for outputs in pending]
        results = [np.concatenate(parts)[: feed.samples] for parts in zip(*collected, strict=True)]
        return results[0] if len(results) == 1 else results

    def _predict_function(self) -> Callable[[Tree, Any], Any]:
        if self._predict is None or self._predict[0] is not self.module:
            keep_programs()
            self._predict = self.module, jax.jit(predict_step(self.module))
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


def build_objective(
    names: Sequence[str],
    shapes: Sequence[Sequence[int | None]],
    loss: Any,
    metrics: Any,
    loss_weights: Any,
    sample_weight_mode: Any,
    weighted_metrics: Any,
) -> Objective:
    """The `Objective` of a model with outputs of these names and shapes, from what `compile` was given."""
    found_losses = [losses.get(value) for value in per_output(loss, names, "loss")]
    if isinstance(loss, Mapping) and (absent := [name for name in names if name not in loss]):
        warnings.warn(
            f"compile(): `loss` names no loss for {', '.join(absent)}, which will not be trained and take no targets.",
            UserWarning,
            stacklevel=3,
        )
    weights = [1.0 if w is None else float(w) for w in per_output(loss_weights, names, "loss_weights")]
    modes = per_output(sample_weight_mode, names, "sample_weight_mode")
    if bad := [mode for mode in modes if mode not in (None, "temporal")]:
        raise ValueError(f'`sample_weight_mode` is {bad[0]!r}; it must be None or "temporal".')
    plain = metrics_of(metrics, names, shapes, found_losses)
    weighted = metrics_of(weighted_metrics, names, shapes, found_losses, prefix="weighted_" if metrics else "")
    return Objective(
        tuple(
            OutputObjective(name, function, weight, tuple(plain[i]), tuple(weighted[i]), mode == "temporal")
            for i, (name, function, weight, mode) in enumerate(zip(names, found_losses, weights, modes, strict=True))
        )
    )


def metrics_of(
    given: Any, names: Sequence[str], shapes: Sequence[Any], found_losses: Sequence[Any], prefix: str = ""
) -> list[list[tuple[str, Any]]]:
    """(reported name, metric) pairs for each output; with several outputs the output's name comes in front."""
    if given is not None and not isinstance(given, list | tuple | Mapping):
        raise TypeError(f"`metrics` must be a list, or a dict by output name; given {given!r}.")
    if isinstance(given, Mapping):
        if unknown := sorted(set(given) - set(names)):
            near = difflib.get_close_matches(str(unknown[0]), names, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise ValueError(f"`metrics`: unknown output '{unknown[0]}'; the model has {list(names)}.{hint}")
        wanted = [given.get(name) or [] for name in names]
    else:
        wanted = [list(given or [])] * len(names)
    result = []
    for name, shape, loss, identifiers in zip(names, shapes, found_losses, wanted, strict=True):
        pairs = []
        for identifier in identifiers if isinstance(identifiers, list | tuple) else [identifiers]:
            metric = metrics.get(identifier, shape, loss)
            reported = prefix + metric.name
            pairs.append((f"{name}_{reported}" if len(names) > 1 else reported, metric))
        result.append(pairs if loss is not None else [])
    return result

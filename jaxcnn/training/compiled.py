"""What `compile` makes of its arguments: an objective, the trained part of the weights, and the
compiled steps.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

import flax.linen as nn
import jax
from flax.traverse_util import flatten_dict

from jaxcnn import losses, optimizers
from jaxcnn.callbacks import History
from jaxcnn.distributed import context
from jaxcnn.distributed.placement import Distribution
from jaxcnn.layers.base import Layer
from jaxcnn.nn.graph import mixes_rows
from jaxcnn.runtime import config
from jaxcnn.runtime.arrays import copied
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.training.build_objective import build_objective
from jaxcnn.training.clock import Clock
from jaxcnn.training.dispatch import Dispatcher, TrainCalls
from jaxcnn.training.objective import Objective
from jaxcnn.training.optimizer_state import named_arrays, with_arrays
from jaxcnn.training.state import Path, Ties, Tree, merge, split
from jaxcnn.training.steps import AtNaN, Augment, Batch, eval_step, forward, train_step


class Functions:
    """The compiled steps of a compiled model, each made when it is first needed.

    `count` is the number of steps in a call to the device, None for a good one; `eager` leaves out
    the compiling; `parallel` says which devices share the work, None that one does it; `dtype` what
    is computed in, if not in that of the weights. `phase` is the learning phase that the steps
    obey.
    """

    def __init__(
        self,
        module: nn.Module,
        objective: Objective,
        step: Callable[..., Callable],
        count: int | None = None,
        eager: bool = False,
        parallel: Distribution | None = None,
        dtype: str | None = None,
        phase: int | None = None,
    ) -> None:
        self.module, self.objective, self.dtype, self._step = module, objective, dtype, step
        self.phase = phase
        self._training: dict[tuple[AtNaN | None, Augment | None], TrainCalls] = {}
        self._how: dict[str, Any] = {"count": count, "eager": eager, "parallel": parallel}

    @property
    def train(self) -> TrainCalls:
        return self.training()

    def training(self, at_nan: AtNaN | None = None, augment: Augment | None = None) -> TrainCalls:
        """The training step that `train_step` makes with these arguments; the same one for equal
        arguments.
        """
        wanted = at_nan, augment
        if wanted not in self._training:
            step = self._step(at_nan=at_nan, augment=augment)
            self._training[wanted] = TrainCalls(step, **self._how)
        return self._training[wanted]

    @cached_property
    def evaluate(self) -> Dispatcher:
        """``(sums, state), batch, variables -> (sums, state)``."""
        key = jax.random.key(config.seed()) if self.phase else None
        step = eval_step(self.module, self.objective, compute_dtype=self.dtype, key=key)

        def run(carry: tuple[Tree, Tree], batch: Batch, variables: Tree) -> tuple[Tree, Tree]:
            sums, state = carry
            return step({**variables, "state": state} if state else variables, sums, batch)

        return Dispatcher(run, donate=True, **self._how)

    @cached_property
    def _results(self) -> Callable[[Tree], dict[str, jax.Array]]:
        return jax.jit(self.objective.results)

    def averages(self, sums: Tree) -> dict[str, float]:
        """The averages behind running sums, fetched from the device, in the order of the reported
        names.
        """
        found = jax.device_get(self._results(sums))
        return {name: float(found[name]) for name in sorted(found, key=self.objective.names.index)}


class Compiled(Layer):
    """A network that can be told how it learns: the part of `Trainer` that is about `compile`."""

    inputs: list[Any]
    outputs: list[Any]
    input_names: list[str]
    output_names: list[str]
    layers: list[Layer]
    stop_training: bool
    _parallel: Distribution | None = None
    _predict: tuple[nn.Module, int | None, Callable[[Tree, Any], Any]] | None = None

    def _reset_training(self) -> None:
        """Forget what `compile` made."""
        self.optimizer: Any = None
        self.objective: Objective | None = None
        self.compiled_mask: dict[str, Any] | None = None
        self.ties: Ties = ()
        self._fixed_statistics: list[tuple[str, ...]] = []
        self._compiled_module: nn.Module | None = None
        self.history: History | None = None
        self.clock = Clock()
        self.stop_training = False
        self._compile_arguments: dict[str, Any] | None = None
        self._functions: Functions | None = None
        self._execution: dict[str, Any] = {}
        self._opt_state: Any = None
        self._step = 0
        self._compute_dtype = config.compute_dtype()
        self._predict = None

    def compile(
        self,
        optimizer: Any,
        loss: Any,
        metrics: Any = None,
        loss_weights: Any = None,
        sample_weight_mode: Any = None,
        weighted_metrics: Any = None,
        *,
        steps_per_execution: int | None = None,
        run_eagerly: bool = False,
    ) -> None:
        """Say how the model learns.

        Args:
            optimizer: a name ('adam'), a `jaxcnn.optimizers` object or any optax transformation.
            loss: a name, a function ``(y_true, y_pred)`` or a loss object; with several outputs
                also a list or a dict by output name (None or absent: that output is not trained,
                and takes no targets); None where the layers add all the loss there is.
            metrics: a list of names, functions or metric objects, for every output; with several
                outputs also a list of such lists or a dict by output name.
            loss_weights: list or dict of numbers by which the outputs' losses are weighted.
            sample_weight_mode: "temporal" where sample weights are one a timestep; list or dict by
                output.
            weighted_metrics: like `metrics`, but weighted by the sample weights.
            steps_per_execution: training or evaluation steps in one call to the device; None finds
                a good number by how long they take. It changes no result. Callbacks with batch
                hooks always get each batch.
            run_eagerly: run operation by operation instead of compiled, so that `print` and
                debuggers inside layers, losses and metrics work; slow.

        The layers' `trainable` flags are read here: neither the weights nor the running statistics
        of a layer that is not trainable will move. Weights are kept, the optimizer's state starts
        anew.
        """
        arguments = {
            "loss": loss,
            "metrics": metrics,
            "loss_weights": loss_weights,
            "sample_weight_mode": sample_weight_mode,
            "weighted_metrics": weighted_metrics,
        }
        if steps_per_execution is not None and (
            not isinstance(steps_per_execution, int) or steps_per_execution < 1
        ):
            raise ValueError(
                f"`steps_per_execution` is {steps_per_execution!r}; it must be a positive integer."
            )
        found = optimizers.get(optimizer)
        objective = None
        if self.built:
            objective = build_objective(
                self.output_names, [t.shape for t in self.outputs], **arguments
            )
        else:  # names are checked now even where the shapes are not known yet
            for name in jax.tree.leaves(loss):
                losses.get(name)
        self._reset_training()
        self._parallel = context.current() or self._parallel
        if self._parallel is not None and self._parallel.alone:
            self._parallel = None
        self.optimizer, self._compile_arguments = found, arguments
        self._execution = {"count": steps_per_execution, "eager": bool(run_eagerly)}
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
            return (
                losses.serialize(value)
                if callable(value) or hasattr(value, "get_config")
                else value
            )

        return {
            "optimizer_config": optimizers.serialize(self.optimizer),
            **{name: described(value) for name, value in (self._compile_arguments or {}).items()},
        }

    def compile_from(
        self, settings: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> None:
        """`compile` with what `training_config` gave."""
        names = ("loss", "metrics", "loss_weights", "sample_weight_mode", "weighted_metrics")
        with custom_object_scope(custom_objects):
            arguments: dict[str, Any] = {name: settings.get(name) for name in names}
            self.compile(optimizers.deserialize(settings["optimizer_config"]), **arguments)

    @property
    def loss(self) -> Any:
        """What `compile` was given as the loss, or None before."""
        return (self._compile_arguments or {}).get("loss")

    @property
    def opt_state(self) -> Any:
        """The optimizer's state as it is now, or None before the first update."""
        session = next((layer.weights_store.session for layer in self.all_layers()), None)
        if session is not None:
            session.commit()
        return self._opt_state

    def _store_trained(self, variables: Tree, opt_state: Any = None) -> None:
        """Give the layers, and where there is one the optimizer, their newest arrays."""
        self.store(self._gathered(variables))
        if opt_state is not None:
            self._opt_state = self._gathered(opt_state)

    def _placed(self, tree: Any) -> Any:
        return tree if self._parallel is None else self._parallel.placed(tree)

    def _gathered(self, tree: Any) -> Any:
        return tree if self._parallel is None else self._parallel.gathered(tree)

    @contextlib.contextmanager
    def averaged(self) -> Iterator[None]:
        """Within the block the trained weights are their running averages, for evaluation,
        prediction or saving.

        Raises:
            ValueError: the optimizer keeps no averages (it was made without ``ema``), or nothing
                was trained yet.
        """
        slots = getattr(self.opt_state, "slots", None)
        if not isinstance(slots, dict) or "average" not in slots:
            raise ValueError(
                f"Model '{self.name}' has no averaged weights: compile it with an optimizer with "
                "an average, such as "
                "Adam(ema=0.999), and train it."
            )
        trained = self.variables
        _, frozen = split(trained["params"], self.compiled_mask, self.ties)
        self.store({**trained, "params": merge(copied(slots["average"]), frozen)})
        try:
            yield
        finally:
            self.store(trained)

    def trained_paths(self) -> list[tuple[str, ...]]:
        mask = {**flatten_dict(self.compiled_mask or {}), **dict.fromkeys(dict(self.ties), False)}
        return [s.path for s in self.all_specs() if s.collection == "params" and mask.get(s.path)]

    def optimizer_arrays(self) -> list[tuple[str, jax.Array]]:
        """(name, array) of all that the optimizer remembers, in the order of Keras files."""
        return named_arrays(self.opt_state, self.trained_paths())

    def set_optimizer_arrays(self, values: Sequence[Any]) -> None:
        """Put back what `optimizer_arrays` gave."""
        self._require_compiled()
        params, _ = split(self.variables["params"], self.compiled_mask, self.ties)
        self._opt_state = with_arrays(self.optimizer.init(params), self.trained_paths(), values)
        self._step = int(self._opt_state.count)

    def _finish_compile(self, objective: Objective) -> None:
        self.objective, self.compiled_mask = objective, self.trainable_mask()
        self.ties = self._find_ties()
        statistics = flatten_dict(self.trainable_mask("batch_stats"))
        self._fixed_statistics = [path for path, moves in statistics.items() if not moves]
        self._compiled_module = self.module

    def _find_ties(self) -> Ties:
        """The further paths of the parameters of layers that are reached through several of the
        model's models.
        """
        mask = flatten_dict(self.compiled_mask or {})
        found: dict[tuple[int, str, Path], list[Path]] = {}
        for owner, spec, path in self.placed_weights():
            places = found.setdefault((id(owner), spec.collection, spec.path), [])
            places.append(path)
            if spec.collection != "params" and len(places) > 1:
                raise ValueError(
                    f"Model '{self.name}' reaches layer '{owner.name}', which keeps "
                    f"'{spec.path[-1]}' from step to "
                    "step, through several of its models, so it cannot train it. Use one model "
                    "around the shared "
                    "layers and call that several times."
                )
        ties = []
        for paths in found.values():
            kept = next((path for path in paths if mask.get(path)), paths[0])
            ties += [(path, kept) for path in paths if path != kept]
        return tuple(ties)

    def _require_compiled(self) -> Objective:
        if self._compile_arguments is None:
            raise RuntimeError(
                f"Model '{self.name}' must be compiled before training or evaluation: call "
                "compile() first."
            )
        if self.objective is None:
            shapes = [t.shape for t in self.outputs]
            self._finish_compile(
                build_objective(self.output_names, shapes, **self._compile_arguments)
            )
        if self._compiled_module is not self.module:
            raise RuntimeError(
                f"Model '{self.name}' was changed after it was compiled (layers renamed, or "
                "`remat` set): call "
                "compile() again."
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

    @property
    def _prepared(self) -> bool:
        """Whether there are steps, for the learning phase as it is now."""
        return self._functions is not None and self._functions.phase == config.learning_phase()

    def _prepare(self, example: Batch) -> None:
        """Make the steps for data like `example`."""
        objective = self._require_compiled()
        variables = self.variables
        outputs, _, changed = jax.eval_shape(
            lambda batch: forward(
                self.module, variables, batch, key=None, compute_dtype=None, train=False
            ),
            example._replace(targets=None),
        )
        if all(output.loss is None for output in objective.outputs) and not changed.get("losses"):
            raise ValueError(
                f"Model '{self.name}' was compiled without a loss, and none of its layers adds one."
            )
        self.objective = objective = objective.bind(example.targets, outputs)
        self._rowwise = not mixes_rows(self.module) and objective.exact_when_padded(
            example.targets, outputs
        )
        step = partial(
            train_step,
            self.module,
            objective,
            self.optimizer,
            constraints=self.constraints(),
            fixed_statistics=self._fixed_statistics,
            compute_dtype=self._compute_dtype,
            train=config.in_training(True),
        )
        how = {
            "phase": config.learning_phase(),
            "dtype": self._compute_dtype,
            "parallel": self._parallel,
            **self._execution,
        }
        self._functions = Functions(self.module, objective, step, **how)

    def _warn_if_trainable_changed(self) -> None:
        now, then = flatten_dict(self.trainable_mask()), flatten_dict(self.compiled_mask or {})
        if now != then:
            changed = sorted({"/".join(path[:-1]) for path in now if now[path] != then.get(path)})
            warnings.warn(
                f"`trainable` has changed since model '{self.name}' was compiled (layers "
                f"{', '.join(changed)}). "
                "Training goes on as compiled; call compile() again to apply the change.",
                UserWarning,
                stacklevel=3,
            )

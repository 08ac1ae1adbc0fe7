"""The functional model."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from jaxcnn import saving
from jaxcnn.callbacks import Callback, History
from jaxcnn.layers.base import LAYERS, Layer
from jaxcnn.layers.call_record import earlier_outputs
from jaxcnn.layers.config_words import in_words_of_program, reading
from jaxcnn.layers.old_attributes import method_of_0_3
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.user_layer import bound_module
from jaxcnn.models import attributes, batch_functions, private_names, subclassed
from jaxcnn.models.network import Network
from jaxcnn.optimizers import Optimizer
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.runtime.types import Config, DataLike, Identifier, PyTree, Settings
from jaxcnn.spellings.dialect import chosen
from jaxcnn.spellings.keywords import suggesting
from jaxcnn.spellings.translate import old_spellings
from jaxcnn.training import averages, evaluate, fit, generators, optimizer_state, predict
from jaxcnn.training import single_batch as batches
from jaxcnn.training.clock import Clock
from jaxcnn.training.compile import arguments_in, compiled, training_config, with_accuracy
from jaxcnn.training.functions import Functions
from jaxcnn.training.input import Data, FeedSettings
from jaxcnn.training.input.workers import TIMEOUT, Workers
from jaxcnn.training.program import (
    CompileArguments,
    Execution,
    Losses,
    LossWeights,
    Metrics,
    Modes,
    Program,
)
from jaxcnn.training.settings import FitSettings
from jaxcnn.training.state import AnyOptimizer
from jaxcnn.training.stateful_metric import observing
from jaxcnn.training.steps import Augment

if TYPE_CHECKING:
    from jaxcnn.saving.foreign.loading import Mapped
    from jaxcnn.saving.foreign.modules import Report

SEQUENTIAL_ONLY = {
    "predict_classes": "model.predict(x).argmax(axis=-1)",
    "predict_proba": "model.predict(x)",
}


@LAYERS.register("Functional")
@old_spellings
class Model(Network):
    """A model from symbolic `inputs` to symbolic `outputs`, each one tensor or a list.

    ``model.module`` and ``model.variables`` are the pure half:
    ``model.module.apply(model.variables, x)``. ``model.program`` is what `compile` made.

    Args:
        inputs: from `Input`. A subclass that defines `call(inputs)` goes without inputs and
            outputs: it is built by the first data it sees, or by `build`. Default: None.
        outputs: symbolic tensor, or a list of them, from calling layers. Default: None.
        name: by default 'model_1', ...

    Examples:
        >>> image = jc.layers.Input((28, 28, 1))
        >>> features = jc.layers.Flatten()(jc.layers.Conv2D(4, 3, activation="relu")(image))
        >>> network = jc.Model(image, jc.layers.Dense(10, activation="softmax")(features))
        >>> network.output_shape, network.count_params()
        ((None, 10), 27090)

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/training.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/training.py>
    """

    def __init__(
        self,
        inputs: SymbolicTensor | Sequence[SymbolicTensor] | None = None,
        outputs: SymbolicTensor | Sequence[SymbolicTensor] | None = None,
        name: str | None = None,
    ) -> None:
        if inputs is None and outputs is None:
            Layer.__init__(self, name=name)
            subclassed.begin(self)
        else:
            super().__init__(inputs, outputs, name=name)
        self.reset_training(Program())

    def reset_training(self, program: Program) -> None:
        """Forget the training so far, and take over a new program."""
        self.program = program
        vars(self).pop("_train_function", None)
        self.history: History | None = None
        self.clock = Clock()
        self.stop_training = False

    def __setstate__(self, state: Settings) -> None:
        """A copy, whose optimizer is one of its own."""
        vars(self).update(state)
        if self.program.optimizer is not None:
            self.program.optimizer.trains(self)

    # -- training ----------------------------------------------------------------------------------

    def compile(
        self,
        optimizer: Identifier | AnyOptimizer,
        loss: Losses = None,
        metrics: Metrics = None,
        loss_weights: LossWeights = None,
        sample_weight_mode: Modes = None,
        weighted_metrics: Metrics = None,
        *,
        steps_per_execution: int | None = None,
        run_eagerly: bool = False,
        target_tensors: PyTree = None,
    ) -> None:
        """Say how the model learns.

        Args:
            optimizer: a name ('adam'), a `jaxcnn.optimizers` object or any optax transformation.
            loss: a name, a function ``(y_true, y_pred)`` or a loss object; with several outputs
                also a list or a dict by output name (None or absent: that output is not trained,
                and takes no targets); None where the layers add all the loss there is.
            metrics: a list of names, functions or metric objects, for every output; with several
                outputs also a list of such lists or a dict by output name. Default: None.
            loss_weights: list or dict of numbers, or of variables whose value may change, by which
                the losses of the outputs are weighted. Default: None.
            sample_weight_mode: "temporal" for sample weights by timestep; list or dict by output.
                Default: None.
            weighted_metrics: like `metrics`, but weighted by the sample weights. Default: None.
            steps_per_execution: training or evaluation steps in one call to the device; None finds
                a good number by how long they take. It changes no result. Callbacks with batch
                hooks always get each batch.
            run_eagerly: run operation by operation instead of compiled, so that `print` and
                debuggers inside layers, losses and metrics work; slow. Default: False.
            target_tensors: for an output a variable, an array or a tensor computed from others that
                its targets are, in place of `y`; or a K.placeholder that stands for `y` in losses;
                a list or a dict by output. Default: None.

        The layers' `trainable` flags are read here: neither the weights nor the running statistics
        of a layer that is not trainable will move. Weights are kept; the optimizer's state starts
        again.
        """
        arguments = CompileArguments(
            loss, metrics, loss_weights, sample_weight_mode, weighted_metrics
        )
        execution = Execution(steps_per_execution, bool(run_eagerly))
        self.reset_training(compiled(self, optimizer, arguments, execution, target_tensors))

    def report_accuracy(self, shown: bool) -> None:
        """Report the accuracy besides the loss, or no longer; metrics given to `compile` stay.

        This is how Keras 0.3 had it, where each call of `fit` or `evaluate` says so.
        """
        self.program = with_accuracy(self.program, shown)

    def fit(
        self,
        x: DataLike = None,
        y: DataLike = None,
        batch_size: int | None = 32,
        epochs: int = 1,
        verbose: int = 1,
        callbacks: Sequence[Callback] | None = None,
        validation_split: float = 0.0,
        validation_data: DataLike = None,
        shuffle: bool | str = True,
        class_weight: DataLike = None,
        sample_weight: DataLike = None,
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
        resume: bool | str = "auto",
    ) -> History:
        """Train for a number of epochs.

        Args:
            x: input array (samples, ...), or a list or dict by name for several inputs; or a source
                of whole batches or examples with their targets, see `jaxcnn.training.input`.
                Default: None.
            y: target array, or a list or dict by output name. Default: None.
            batch_size: samples an update; None means 32. Default: 32.
            epochs: number of the last epoch; with `initial_epoch` 0 the number of epochs. Default:
                1.
            verbose: 0 silent, 1 progress bar, 2 one line an epoch. Default: 1.
            callbacks: `jaxcnn.callbacks.Callback` objects. Default: None.
            validation_split: fraction in [0, 1) of the samples, the last ones before any shuffling,
                kept apart for validation; of arrays only. Default: 0.0.
            validation_data: (x, y) or (x, y, sample_weights), or a source, instead of a split.
                Default: None.
            shuffle: whether each epoch has another order; "batch" moves whole batches only, which
                arrays on disk need to be read fast. Generators and iterables keep their order.
                Default: True.
            class_weight: class -> weight of its samples in the loss; it counts in ``val_loss`` with
                `validation_split`, and not with `validation_data`, as in Keras 2.0.4. Default:
                None.
            sample_weight: (samples,), or (samples, steps) with ``sample_weight_mode="temporal"``.
                Default: None.
            initial_epoch: the first epoch's number, from 0, when resuming by hand. Default: 0.
            steps_per_epoch: batches an epoch; by default all there are. A source then continues in
                the next epoch where the last one ended.
            validation_steps: batches of a validation; by default all there are.
            validation_freq: validate after every so many epochs, or after the epochs in this
                collection, from 1. Default: 1.
            max_queue_size: batches of a source that may lie ready. Default: 10.
            workers: threads or processes that make the batches; 0 makes them in this thread.
                Default: 1.
            use_multiprocessing: whether they are processes. Default: False.
            batch_timeout: seconds without a batch after which its workers hang and `fit` ends.
                Default: 600.0.
            augment: ``(key, inputs) -> inputs``, changes the inputs of each update at random on the
                device, such as ``jaxcnn.preprocessing.image.Augmentation(horizontal_flip=True)``;
                validation data stays as it is. Default: None.
            nan: what to do when the loss or its gradient is not finite: "warn" (of the loss) at the
                end of the epoch; "ignore"; "raise", which stops before the step that would spoil
                the weights and names the layer; "skip", which leaves that step out; "rollback",
                which restores the weights and the optimizer of the last checkpoint and continues
                with the batch after the bad one. The last two report ``skipped`` steps an epoch.
                Default: 'warn'.
            checkpoint_dir: where whole training states are saved at the end of each epoch, and at
                Ctrl-C or SIGTERM; the same call after a kill continues from there and ends as if it
                had not been interrupted (with a generator: from its beginning). Default: None.
            checkpoint_every: also save each time this many updates have passed. Default: None.
            resume: "auto" continues an interrupted run of the same model, data length and settings,
                with the hyperparameters as compiled now where these were changed; True continues
                whatever run of this model the folder holds, a finished one too, with the run's
                hyperparameters; False starts a new run in its place. Default: 'auto'.

        Returns:
            The `History`: ``history.history["loss"]`` and the metrics, a value an epoch.

        An exception or Ctrl-C leaves the weights as they were after the last finished steps.

        Raises:
            ValueError: data that does not fit the model or is empty, or a generator that ends too
                early.
            NonFiniteLossError: with ``nan="raise"``.
            WorkerError: the workers of a source have died, or hang.
        """
        making = Workers(max_queue_size, workers, use_multiprocessing, batch_timeout)
        settings = FitSettings(
            feed=FeedSettings(batch_size, steps_per_epoch, making, restarts=False),
            validation_feed=FeedSettings(batch_size, validation_steps, making),
            epochs=epochs,
            initial_epoch=initial_epoch,
            verbose=verbose,
            shuffle=shuffle,
            validation_split=validation_split,
            validation_freq=validation_freq,
            augment=augment,
            nan=nan,
            checkpoint_dir=checkpoint_dir,
            checkpoint_every=checkpoint_every,
            resume=resume,
        )
        data = Data(x, y, sample_weight, class_weight)
        return fit.fit(self, self.program, data, settings, validation_data, callbacks=callbacks)

    def evaluate(
        self,
        x: DataLike = None,
        y: DataLike = None,
        batch_size: int | None = 32,
        verbose: int = 1,
        sample_weight: DataLike = None,
        steps: int | None = None,
        *,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
    ) -> float | list[float]:
        """The loss and metrics over the data: a number, or a list in the order of `metrics_names`.

        Args:
            x, y, batch_size, sample_weight: as for `fit`. Default: None, None, 32 and None.
            verbose: 0 silent, 1 progress bar. Default: 1.
            steps: batches; by default all there are.
            max_queue_size, workers, use_multiprocessing: as for `fit`. Default: 10, 1 and False.
        """
        making = Workers(max_queue_size, workers, use_multiprocessing)
        settings = FeedSettings(batch_size, steps, making)
        return evaluate.evaluate(self, self.program, Data(x, y, sample_weight), settings, verbose)

    def predict(
        self,
        x: DataLike,
        batch_size: int | None = 32,
        verbose: int = 0,
        steps: int | None = None,
        *,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        pad_to_multiple: int | None = None,
    ) -> PyTree:
        """The outputs for `x` in inference mode, as an array or a list of them; needs no compile.

        Stateful recurrent layers continue from the states of the previous call, or batch.

        Args:
            x: as for `fit`; of batches that are tuples, the first part is taken.
            batch_size: samples at a time. Default: 32.
            verbose: 0 silent, 1 progress bar. Default: 0.
            steps: batches; by default all there are.
            max_queue_size, workers, use_multiprocessing: as for `fit`. Default: 10, 1 and False.
            pad_to_multiple: append steps to sequences, up to a multiple of this number, so that
                many lengths share few compiled programs, and give the answers of the real steps.
                Default: None.

        Raises:
            ValueError: with `pad_to_multiple` a model of which it is not known that this changes no
                answer: sequences must be masked (`Masking`, ``Embedding(mask_zero=True)``) before
                layers that mix steps backwards or return only the last one.
        """
        making = Workers(max_queue_size, workers, use_multiprocessing)
        settings = FeedSettings(batch_size, steps, making)
        return predict.predict(
            self, self.program, x, settings, verbose, pad_to_multiple=pad_to_multiple
        )

    def train_on_batch(
        self,
        x: DataLike,
        y: DataLike = None,
        sample_weight: DataLike = None,
        class_weight: DataLike = None,
        reset_metrics: bool = True,
    ) -> float | list[float]:
        """One update on one batch; returns the loss and metrics of the batch before the update.

        Args:
            x: inputs (batch, ...), or a list or dict by name of them.
            y: targets (batch, ...), alike; None where the losses need none.
            sample_weight: weights of the samples (batch,), or of steps (batch, steps). Default:
                None.
            class_weight: class -> weight of its samples. Default: None.
            reset_metrics: whether the next batch begins the metrics again; else they go on, until
                `reset_metrics()`. Default: True.

        Returns:
            The loss, or a list of the loss and the metrics as in `metrics_names`.
        """
        data = Data(x, y, sample_weight, class_weight)
        if self.program.train_function is not None:
            return batches.train_by_function(self, self.program, data)
        return batches.train_on_batch(self, self.program, data, reset_metrics)

    def test_on_batch(
        self,
        x: DataLike,
        y: DataLike = None,
        sample_weight: DataLike = None,
        reset_metrics: bool = True,
    ) -> float | list[float]:
        """The loss and metrics of one batch.

        Args:
            x: inputs (batch, ...), or a list or dict by name of them.
            y: targets (batch, ...), alike. Default: None.
            sample_weight: weights of the samples (batch,), or of steps (batch, steps). Default:
                None.
            reset_metrics: as for `train_on_batch`. Default: True.

        Returns:
            The loss, or a list of the loss and the metrics as in `metrics_names`.
        """
        data = Data(x, y, sample_weight)
        return batches.test_on_batch(self, self.program, data, reset_metrics)

    def add_metric(self, value: SymbolicTensor, name: str | None = None) -> None:
        """Measure the mean of a tensor that is computed from the inputs; `compile` comes later.

        Args:
            value: the tensor.
            name: name in the logs; by default that of the tensor's layer.

        Raises:
            TypeError: something else than a symbolic tensor.
        """
        if not isinstance(value, SymbolicTensor):
            raise TypeError(
                f"add_metric takes a tensor that is computed from the model's inputs; given "
                f"{value!r}. In a layer's `call` there is none: write model.add_metric(tensor, "
                "name) after the model is made."
            )
        metric = observing(value, name or value.layer.name)
        vars(self).setdefault("observed", []).append((metric.name, value, metric))

    def reset_metrics(self) -> None:
        """Let the next single batch begin the metrics, whatever was measured before."""
        self.program.measured = None

    def predict_on_batch(self, x: DataLike) -> PyTree:
        """The outputs for one batch.

        Args:
            x: inputs (batch, ...), or a list or dict by name of them.

        Returns:
            An array (batch, ...), or a list of them.
        """
        return predict.predict_on_batch(self, self.program, x)

    def value_of_call(self, args: tuple[PyTree, ...], kwargs: Config, train: bool) -> PyTree:
        if train or kwargs or len(args) > 1 or not predict.can_compile(self, self.program, args):
            return super().value_of_call(args, kwargs, train)
        return predict.value_of_call(self, self.program, args[0])

    fit_generator = generators.fit_generator
    evaluate_generator = generators.evaluate_generator
    predict_generator = generators.predict_generator

    def build_for(self, x: DataLike) -> None:
        """Fix the input shapes by the first data; a functional model has them from the start."""
        subclassed.build_for(self, x)

    def build(self, input_shape: PyTree = None) -> None:
        """Fix the shapes, batch size in front, of a subclass that has a `call`, one or a list.

        Args:
            input_shape: (batch size or None, ...), or a list of such shapes.
        """
        if not self.built and input_shape is not None:
            subclassed.build(self, input_shape)

    def require_built(self) -> None:
        subclassed.require_built(self)

    @property
    def output_names(self) -> list[str]:
        """The names of the layers that make the outputs; 'output_1', ... where `call` does."""
        return subclassed.output_names(self) or super().output_names

    def __call__(self, inputs: PyTree, *args: PyTree, **kwargs: PyTree) -> PyTree:
        if not self.built and bound_module(self) is None and subclassed.has_call(self):
            subclassed.build_by_call(self, inputs)
        again = earlier_outputs(self, (inputs, *args)) if chosen() and not kwargs else None
        if again is not None:
            return again
        return super().__call__(inputs, *args, **kwargs)

    if not TYPE_CHECKING:  # to which every name would be right

        def __getattr__(self, name: str) -> PyTree:
            if name in private_names.READ:
                return private_names.READ[name](self)
            if method := method_of_0_3(self, name):
                return method
            if name in private_names.WITHOUT:
                raise AttributeError(
                    f"Model '{self.name}' has no {name}, which Keras kept for itself; write "
                    f"{private_names.WITHOUT[name]}."
                )
            if name in SEQUENTIAL_ONLY:
                raise AttributeError(
                    f"Only Sequential models have {name}; for model '{self.name}' write "
                    f"{SEQUENTIAL_ONLY[name]}."
                )
            return object.__getattribute__(self, name)  # which raises, as it has before

    # -- what was compiled -------------------------------------------------------------------------

    @property
    def optimizer(self) -> Optimizer | None:
        """What `compile` was given as the optimizer, or None before."""
        return self.program.optimizer

    @optimizer.setter
    def optimizer(self, optimizer: Optimizer) -> None:
        self.program.take_optimizer(optimizer)

    @property
    def functions(self) -> Functions:
        """The compiled steps, which the first data makes."""
        assert self.program.functions is not None
        return self.program.functions

    @property
    def opt_state(self) -> PyTree:
        """The optimizer's state as it is now, or None before the first update."""
        with self.between_steps():
            return self.program.opt_state

    loss = property(attributes.loss)
    total_loss = property(attributes.total_loss)
    metrics = property(attributes.metrics)
    metrics_names = property(attributes.metrics_names)
    _standardize_user_data = private_names.standardized
    stateful = property(attributes.stateful)
    uses_learning_phase = property(attributes.uses_learning_phase)
    train_function = batch_functions.Replaceable()
    test_function = batch_functions.Replaceable()
    predict_function = batch_functions.Replaceable()
    _make_train_function = batch_functions.make_train_function
    _make_test_function = batch_functions.make_test_function
    _make_predict_function = batch_functions.make_predict_function
    warn_of_changes = _check_trainable_weights_consistency = batch_functions.check_trainable_weights
    _set_inputs = attributes.set_inputs
    trained_paths = optimizer_state.trained_paths
    optimizer_arrays = optimizer_state.optimizer_arrays
    set_optimizer_arrays = optimizer_state.set_optimizer_arrays
    training_config = training_config

    def averaged(self) -> AbstractContextManager[None]:
        """Within the block the trained weights are their running averages, if there are some."""
        return averages.averaged(self)

    def compile_from(
        self, settings: Settings, custom_objects: Mapping[str, object] | None = None
    ) -> None:
        """`compile` with what `training_config` returned."""
        with custom_object_scope(custom_objects):
            self.compile(**arguments_in(settings))

    # -- files -------------------------------------------------------------------------------------

    @in_words_of_program
    def get_config(self) -> Config:
        """The layers, their settings and connections; not the weights.

        Raises:
            NotImplementedError: the class of the model has a `call`.
        """
        subclassed.refuse_config(self)
        return saving.graph_config(self)

    @classmethod
    def from_config(
        cls, config: Settings, custom_objects: Mapping[str, object] | None = None
    ) -> Model:
        """A new model, with new weights, from what `get_config` returned.

        Args:
            config: what `get_config` returned.
            custom_objects: the names of classes and functions of your own -> these. Default: None.
        """
        with custom_object_scope(custom_objects), reading(cls, config) as config:
            inputs, outputs = saving.build_graph(config)
        model = cls(inputs, outputs, name=config.get("name"))
        model.trainable = config.get("trainable", True)
        return model

    def to_json(self, **options: PyTree) -> str:
        """The structure as JSON text; `options` go to ``json.dumps``."""
        return saving.to_json(self, **options)

    def to_yaml(self, **options: PyTree) -> str:
        """The structure as YAML text; `options` go to ``yaml.safe_dump``."""
        return saving.to_yaml(self, **options)

    @suggesting
    def save(
        self,
        filepath: str | Path,
        overwrite: bool = True,
        include_optimizer: bool = True,
        *,
        keras: str | None = None,
    ) -> None:
        """Write structure, weights, training configuration and optimizer state into one file.

        It is HDF5 as Keras 2 writes it, or what Keras 3 writes where the name ends in '.keras'.
        The file appears whole or not at all; `models.load_model` reads it.

        Args:
            filepath: where to; the suffix .keras decides the format.
            overwrite: whether a file that is there may be replaced. Default: True.
            include_optimizer: whether training can go on from the file. Default: True.
            keras: '2.0', '2.2' or '3' for a file that this version reads, or is refused; None for
                what later ones read.

        Raises:
            FileExistsError: there is a file that must not be replaced.
            ValueError: that version cannot say what the model is.
        """
        saving.save_model(self, filepath, overwrite, include_optimizer, keras=keras)

    @suggesting
    def save_weights(
        self, filepath: str | Path, overwrite: bool = True, save_format: str | None = None
    ) -> None:
        """Write the weights as Keras 2 does, or as Keras 3 into a file named '.weights.h5'.

        Into one named '.safetensors' they go under the names that Flax gives them.

        Args:
            filepath: where to.
            overwrite: whether a file that is there may be replaced. Default: True.
            save_format: for programs of tf.keras: 'h5', which is the only one. Default: None.

        Raises:
            ValueError: another `save_format`.
        """
        if save_format not in (None, "h5", "hdf5", "keras"):
            raise ValueError(
                f"save_weights writes HDF5; given save_format={save_format!r}. Leave it out, or "
                "write 'h5'."
            )
        saving.save_weights(self, filepath, overwrite)

    @suggesting
    def load_weights(
        self,
        filepath: str | Path,
        by_name: bool = False,
        skip_mismatch: bool = False,
        reshape: bool = False,
        *,
        by: str | None = None,
        mapping: Mapped | None = None,
    ) -> Report | None:
        """Read weights from a file of any Keras, PyTorch, TensorFlow.js or ONNX.

        All that fit are read, or after an error none; `jaxcnn.saving.load_weights` tells more.

        Args:
            filepath: any name; the content decides.
            by_name: whether to load into layers of the same names, instead of in order. Default:
                False.
            skip_mismatch: whether to leave out layers of other shapes, with a warning. Default:
                False.
            reshape: whether an array of another shape fits where it has as many numbers. Default:
                False.
            by: 'order' or 'name', the same as `by_name`. Default: None.
            mapping: layer -> name in a file of another framework. Default: None.

        Returns:
            What went where, of such a file.
        """
        return saving.load_weights(
            self, filepath, by_name, skip_mismatch, reshape, by=by, mapping=mapping
        )

    @suggesting
    def export(
        self, filepath: str | Path, platforms: Sequence[str] = ("cpu", "cuda", "tpu")
    ) -> None:
        """Write the inference function as a StableHLO program with its weights, for any batch size.

        `jaxcnn.saving.load_exported` makes a function of it, anywhere where JAX is, without this
        model's code.

        Args:
            filepath: where to.
            platforms: where the program shall run: of 'cpu', 'cuda', 'rocm' and 'tpu'. Default:
                ('cpu', 'cuda', 'tpu').
        """
        saving.export_model(self, filepath, platforms)

    @suggesting
    def export_onnx(self, filepath: str | Path, batch_size: int | None = None) -> None:
        """Write the inference function with its weights as ONNX.

        It takes any number of samples at a time, or `batch_size` of them.
        """
        saving.export_onnx(self, filepath, batch_size)

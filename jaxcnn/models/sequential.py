"""A stack of layers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import flax.linen as nn
import numpy as np

from jaxcnn import saving
from jaxcnn.callbacks import History
from jaxcnn.layers.base import LAYERS, Layer
from jaxcnn.layers.config_words import in_words_of_program, reading
from jaxcnn.layers.derived import FlaxLayer
from jaxcnn.layers.input import Input, InputLayer
from jaxcnn.layers.naming import input_name_for
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.user_layer import bound_module
from jaxcnn.layers.weight_tree import each_once
from jaxcnn.models.merged import MergedModels
from jaxcnn.models.model import Model
from jaxcnn.models.network import Network
from jaxcnn.nn.graph import Call, Graph, Ref, Topology
from jaxcnn.nn.traits import Traits
from jaxcnn.runtime.docstrings import entries, sections, with_arguments
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.runtime.types import Config, DataLike, DTypeLike, Identifier, PyTree, Settings
from jaxcnn.runtime.warn import warn_user
from jaxcnn.spellings.dialect import dialect, lists_inputs
from jaxcnn.spellings.keywords import suggesting
from jaxcnn.spellings.translate import old_spellings
from jaxcnn.training.input.check import by_name
from jaxcnn.training.program import Losses, LossWeights, Metrics, Modes, Program
from jaxcnn.training.state import AnyOptimizer

NOT_BUILT = (
    "Sequential '{}' does not know its input shape yet: give the first layer an `input_shape`, "
    "call build((None, ...)), or train it once."
)

EPOCHS = 10  # of `fit`
Stackable: TypeAlias = Layer | nn.Module | SymbolicTensor  # the last one from `Input`


def with_default(function: Callable[..., object], name: str, value: object) -> inspect.Signature:
    """The signature of `function` with another default."""
    signature = inspect.signature(function)
    changed = [
        p.replace(default=value) if p.name == name else p for p in signature.parameters.values()
    ]
    return signature.replace(parameters=changed)


@LAYERS.register()
@old_spellings
class Sequential(Model):
    """Layers run one after another; a model can be one of them.

    The first layer says its input shape (`input_shape`, `batch_input_shape`, `input_dim`), or is an
    `Input`, or is a model. Without any of these the model is built by the first data it sees, or by
    `build`.

    Args:
        layers: layers to add, in order. Default: None.
        name: by default 'sequential_1', ...

    Examples:
        >>> network = jc.Sequential([jc.layers.Dense(8, input_shape=(4,)), jc.layers.Dense(2)])
        >>> network.predict(np.ones((5, 4))).shape
        (5, 2)

    References:
        - Chollet et al., "Keras 2.0.4: keras/models.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/models.py>
    """

    traits = Traits(network="stack")

    @suggesting
    def __init__(self, layers: Sequence[Stackable] | None = None, name: str | None = None) -> None:
        Layer.__init__(self, name=name)
        self._stack: list[Layer] = []
        self._input: SymbolicTensor | list[SymbolicTensor] | None = None
        self._input_given: InputLayer | None = None  # where the first layer does not say it
        self._tops: list[SymbolicTensor] = []
        self.reset_training(Program())
        self._refresh()
        for layer in layers or ():
            self.add(layer)

    @suggesting
    def add(self, layer: Stackable) -> None:
        """Put a layer (a handle, a model, or a plain Flax module) on top of the stack.

        Args:
            layer: what comes next, or an `Input` first of all.

        Raises:
            TypeError: something else, or a layer of several outputs.
            ValueError: a name that is used already, or an `Input` that does not come first.
        """
        if isinstance(layer, SymbolicTensor) and isinstance(layer.layer, InputLayer):
            layer = layer.layer
        if isinstance(layer, nn.Module):
            layer = FlaxLayer(layer)
        if not isinstance(layer, Layer):
            raise TypeError(
                f"The added layer must be an instance of class Layer. Found: {layer!r} of type "
                f"{type(layer).__name__}."
            )
        if isinstance(layer, InputLayer):
            if self._input is not None or self._stack:
                raise ValueError(f"Sequential '{self.name}': an Input can only come first.")
            self._input, self._input_given = layer.output, layer
            self._refresh()
            return
        if any(layer.name == other.name and layer is not other for other in self._stack):
            raise ValueError(
                f'The name "{layer.name}" is used 2 times in the model. All layer names should be '
                "unique."
            )
        source = first_input(layer) if self._input is None and not self._stack else self._input
        if source is not None:
            self._tops.append(self._called(layer, self._tops[-1] if self._tops else source))
        self._input = source
        self._stack.append(layer)
        self.reset_training(Program(distribution=self.program.distribution))
        self._refresh()

    def _called(self, layer: Layer, inputs: PyTree) -> SymbolicTensor:
        """The one output of `layer` on `inputs`."""
        output = layer(inputs)
        if not isinstance(output, SymbolicTensor):
            layer.inbound_nodes.pop()
            raise TypeError(
                f"Sequential '{self.name}': layer '{layer.name}' gives several outputs; one is "
                "needed."
            )
        return output

    @property
    def model(self) -> Sequential:
        """The model itself, which Keras kept in here as another one."""
        return self

    @property
    def layers(self) -> list[Layer]:
        """The layers in order, in Keras 2.2 as a list of the caller's own."""
        listed: list[Layer] = vars(self)["_listed"]
        return list(listed) if dialect().since_2_2 else listed

    @layers.setter
    def layers(self, layers: list[Layer]) -> None:
        vars(self)["_listed"] = layers

    @property
    def flattened_layers(self) -> list[Layer]:
        if not self.layers or not isinstance(self.layers[0], MergedModels):
            return super().flattened_layers
        return [*self.layers[0].flattened_layers, *self.layers[1:]]

    @property
    def listed_children(self) -> dict[str, Layer]:
        """Of models that are merged first, those of one after those of another."""
        first = self._stack[0] if self._stack else None
        merged = first.listed_children if isinstance(first, MergedModels) else {}
        return {**merged, **super().listed_children}

    @property
    def outputs(self) -> list[SymbolicTensor]:
        """The output in a list; set to that of an earlier layer, it leaves out those after it."""
        listed: list[SymbolicTensor] = vars(self).get("_outputs", [])
        return listed

    @outputs.setter
    def outputs(self, outputs: Sequence[SymbolicTensor]) -> None:
        vars(self)["_outputs"] = list(outputs)
        tops = [top for top in vars(self).get("_tops", ()) if any(top is o for o in outputs)]
        if tops and tops[0] is not self._tops[-1]:
            self._shorten(1 + next(i for i, top in enumerate(self._tops) if top is tops[0]))

    def pop(self) -> None:
        """Remove the last layer, of those that a program has left in the list of layers."""
        listed = [layer for layer in vars(self)["_listed"] if not isinstance(layer, InputLayer)]
        count = min(len(self._stack), len(listed))
        if not count:
            raise TypeError("There are no layers in the model.")
        self._shorten(count - 1)

    def _shorten(self, count: int) -> None:
        """Keep the first layers of the stack."""
        while len(self._stack) > count:
            layer = self._stack.pop()
            if self._tops:
                top = self._tops.pop()
                if top.node_index == len(layer.inbound_nodes) - 1:
                    layer.inbound_nodes.pop()
        if not self._stack and not self._input_given:
            self._input = None
        self.reset_training(Program(distribution=self.program.distribution))
        self._refresh()

    def build(
        self, input_shape: Sequence[int | None] | None = None, dtype: DTypeLike | None = None
    ) -> None:
        """Fix the input shape, batch size in front, of a model that was not given one.

        Args:
            input_shape: (batch size or None, ...).
            dtype: of the input; by default that of the first layer.

        Raises:
            ValueError: there are no layers, or no shape is known.
        """
        if not self._stack:
            raise ValueError(f"Sequential '{self.name}' has no layers; add some first.")
        if self._input is not None:
            return
        if input_shape is None:
            self.require_built()
            return
        source = Input(
            batch_shape=tuple(input_shape),
            name=input_name_for(self._stack[0]),
            dtype=dtype or first_dtype(self._stack[0]),
        )
        tops = [source]
        for layer in self._stack:
            tops.append(self._called(layer, tops[-1]))
        self._input, self._tops = source, tops[1:]
        self._refresh()

    def __call__(self, inputs: PyTree, *args: PyTree, **kwargs: PyTree) -> PyTree:
        if not self.built and bound_module(self) is None:
            if isinstance(inputs, SymbolicTensor):
                self.build(inputs.shape, inputs.dtype)
            else:
                self.build((None, *np.shape(inputs)[1:]))
        return super().__call__(inputs, *args, **kwargs)

    @property
    def built(self) -> bool:
        """Whether the input shape is known and there is a layer."""
        return self._input is not None and bool(self._stack)

    @built.setter
    def built(self, value: bool) -> None:
        pass

    def _refresh(self) -> None:
        """Bring the graph up to date with the stack."""
        if self.built:
            self.weights_store.specs = ()
            self.set_graph(self._input, self._tops[-1])
        else:
            self.inputs, self.outputs, self.members, self._module = (
                [],
                [],
                tuple(self._stack),
                None,
            )
        source = [self._input_given] if self._input_given and lists_inputs() else []
        self.layers = [*source, *self._stack]

    def make_module(self) -> nn.Module:
        if self.built:
            return super().make_module()
        # Inside a layer that a user wrote the input shape comes with the data.
        calls = tuple(
            Call(layer.name, layer.module, (Ref(i),), {}, Ref(i + 1))
            for i, layer in enumerate(self._stack)
        )
        return Graph(Topology(("input",), calls, Ref(len(calls))))

    def listed_paths(self) -> list[tuple[Layer, tuple[str, ...]]]:
        if any(layer.weights_store.specs is None for layer in self.all_layers()):
            raise ValueError(NOT_BUILT.format(self.name))
        if dialect().of_keras_1:  # of a stack inside, too, layer by layer
            return each_once(entry for layer in self._stack for entry in layer.listed_paths())
        return super().listed_paths()

    def require_built(self) -> None:
        if not self.built:
            raise ValueError(NOT_BUILT.format(self.name))

    @in_words_of_program
    def get_config(self) -> Config:
        """The name and, in order, the class and settings of each layer; not the weights."""
        return saving.sequential_config(self)

    @classmethod
    def from_config(
        cls,
        config: Settings | Sequence[Settings],
        custom_objects: Mapping[str, object] | None = None,
    ) -> Sequential:
        """A new model, with new weights, from what `get_config` gave, or from the bare list of
        older files.

        Args:
            config: what `get_config` returned.
            custom_objects: the names of classes and functions of your own -> these. Default: None.
        """
        with custom_object_scope(custom_objects), reading(cls, config) as config:
            described = config["layers"] if isinstance(config, Mapping) else config
            layers = [LAYERS.deserialize(entry) for entry in described]
        whole = config if isinstance(config, Mapping) else {}
        model = cls(layers, name=whole.get("name"))
        model.trainable = whole.get("trainable", True)
        return model

    # Keras 2.0.4 has other orders and defaults here than for `Model`: a script that passes
    # arguments by position depends on them.

    def compile(  # type: ignore[override]
        self,
        optimizer: Identifier | AnyOptimizer,
        loss: Losses = None,
        metrics: Metrics = None,
        sample_weight_mode: Modes = None,
        weighted_metrics: Metrics = None,
        *,
        loss_weights: LossWeights = None,
        steps_per_execution: int | None = None,
        run_eagerly: bool = False,
        target_tensors: PyTree = None,
    ) -> None:
        """As `Model.compile`, in the order without `loss_weights` that Keras 2.0.4 has here."""
        super().compile(
            optimizer,
            loss,
            metrics,
            loss_weights=loss_weights,
            sample_weight_mode=sample_weight_mode,
            weighted_metrics=weighted_metrics,
            steps_per_execution=steps_per_execution,
            run_eagerly=run_eagerly,
            target_tensors=target_tensors,
        )

    def fit(
        self,
        x: DataLike = None,
        y: DataLike = None,
        batch_size: int | None = 32,
        epochs: int = EPOCHS,
        *args: PyTree,
        **kwargs: PyTree,
    ) -> History:
        """As `Model.fit`, with the 10 epochs by default that Keras 2.0.4 has here.

        Args:
            epochs: number of the last epoch; with `initial_epoch` 0 the number of epochs. Default:
                10.
        """
        return super().fit(x, y, batch_size, epochs, *args, **kwargs)

    fit.__signature__ = with_default(Model.fit, "epochs", EPOCHS)  # type: ignore[attr-defined]

    def train_on_batch(  # type: ignore[override]
        self,
        x: DataLike,
        y: DataLike = None,
        class_weight: DataLike = None,
        sample_weight: DataLike = None,
        reset_metrics: bool = True,
    ) -> float | list[float]:
        """As `Model.train_on_batch`, with `class_weight` first as Keras 2.0.4 has it here.

        In programs for Keras 2.2 `sample_weight` comes first, as in other models.
        """
        return super().train_on_batch(x, y, sample_weight, class_weight, reset_metrics)

    @old_spellings
    def predict_proba(
        self, x: DataLike, batch_size: int | None = 32, verbose: int = 1
    ) -> np.ndarray:
        """`predict` of a model that gives probabilities; warns about outputs outside of [0, 1].

        Args:
            x: inputs (samples, ...).
            batch_size: samples in one dispatch. Default: 32.
            verbose: 1 for a progress bar. Default: 1.
        """
        probabilities: np.ndarray = self.predict(x, batch_size, verbose)
        if np.min(probabilities) < 0.0 or np.max(probabilities) > 1.0:
            warn_user(
                f"The outputs of model '{self.name}' lie outside of [0, 1], so they are no "
                "probabilities: its last layer needs a softmax or sigmoid activation."
            )
        return probabilities

    @old_spellings
    def predict_classes(
        self, x: DataLike, batch_size: int | None = 32, verbose: int = 1
    ) -> np.ndarray:
        """The class of each sample: the index of the largest output, (samples,), or of a single
        output whether it is above 0.5, (samples, 1).

        Args:
            x: inputs (samples, ...).
            batch_size: samples in one dispatch. Default: 32.
            verbose: 1 for a progress bar. Default: 1.
        """
        outputs: np.ndarray = self.predict(x, batch_size, verbose)
        if outputs.shape[-1] > 1:
            return np.asarray(outputs.argmax(axis=-1))
        return np.asarray(outputs > 0.5, "int32")

    def build_for(self, x: DataLike) -> None:
        """Fix the input shape by the first data."""
        if self.built:
            return
        (value,) = x.values() if isinstance(x, Mapping) else by_name(x, ["input"], "input")
        self.build((None, *(np.shape(value)[1:] or (1,))))


# Their arguments mean what they mean for `Model`.
for _method in (Sequential.compile, Sequential.fit, Sequential.train_on_batch):
    _model_method = getattr(Model, _method.__name__)
    _arguments = [name for name in inspect.signature(_method).parameters if name != "self"]
    _shared = entries(sections(_model_method.__doc__).get("Args", ""))  # none under python -OO
    _method.__doc__ = with_arguments(_method.__doc__, _arguments, _shared)


def first_input(layer: Layer) -> SymbolicTensor | list[SymbolicTensor] | None:
    """The input, or the inputs of a model of several, that the first layer asks for; None when it
    does not say.
    """
    if isinstance(layer, Network):
        if not layer.built:
            return None
        if dialect().own_inputs:
            return layer.inputs[0] if len(layer.inputs) == 1 else list(layer.inputs)
        names = (
            [f"{layer.name}_input"]
            if len(layer.inputs) == 1
            else [f"{n}_input" for n in layer.input_names]
        )
        sources = [
            Input(batch_shape=source.shape, dtype=source.dtype, name=name)
            for source, name in zip(layer.inputs, names, strict=True)
        ]
        return sources[0] if len(sources) == 1 else sources
    if layer.batch_input_shape is None:
        return None
    name = input_name_for(layer)
    return Input(batch_shape=layer.batch_input_shape, dtype=layer.dtype, name=name)


def first_dtype(layer: Layer) -> DTypeLike:
    """The dtype that a stack's first layer, or the first one inside it, takes."""
    while isinstance(layer, Sequential) and layer.layers:
        layer = layer.layers[0]
    return layer.dtype

"""What the applications share: one signature, the input, the head, the weights, and a registry of
all of them.

An application is written as a function ``body(image, options, ...)`` that calls layers on the
symbolic picture and returns the output; `application` makes the public function from it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jaxcnn import activations
from jaxcnn.applications import imagenet_utils, pretrained
from jaxcnn.applications.pretrained import WeightFile
from jaxcnn.layers import (
    Dense,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Input,
    InputLayer,
    SymbolicTensor,
)
from jaxcnn.layers.base import unknown_argument
from jaxcnn.models import Model
from jaxcnn.runtime import config
from jaxcnn.runtime.names import Registry

APPLICATIONS = Registry("application", builders=True)

IMAGENET_CLASSES = 1000
TOP_FIRST = (
    "include_top",
    "weights",
    "input_tensor",
    "input_shape",
    "pooling",
    "classes",
    "classifier_activation",
)
SHAPE_FIRST = ("input_shape", "*", "include_top", "weights", "input_tensor", "pooling", "classes")
DEFAULTS = {
    "include_top": True,
    "weights": "imagenet",
    "classes": IMAGENET_CLASSES,
    "classifier_activation": "softmax",
}


@dataclass(frozen=True)
class Options:
    """The arguments that every application has.

    Attributes:
        include_top: whether the network ends in its classifier.
        weights: None, "imagenet" or the path of a weight file.
        pooling: without the classifier: None for the maps, "avg" or "max" for a vector.
        classes: the number of classes of the classifier.
        classifier_activation: its activation; None gives logits.
    """

    include_top: bool
    weights: Any
    pooling: str | None
    classes: int
    classifier_activation: Any

    def predictions(self, x: SymbolicTensor, **arguments: Any) -> SymbolicTensor:
        """The dense layer 'predictions' with the chosen number of classes and activation."""
        activation = self.classifier_activation
        return Dense(self.classes, activation=activation, **{"name": "predictions", **arguments})(x)

    def head(
        self, x: SymbolicTensor, average: str | None = None, largest: str | None = None
    ) -> SymbolicTensor:
        """Global average and predictions, or without the classifier the chosen pooling; the pools'
        names are given.
        """
        if self.include_top:
            return self.predictions(GlobalAveragePooling2D(name=average)(x))
        return self.pooled(x, average, largest)

    def pooled(
        self, x: SymbolicTensor, average: str | None = None, largest: str | None = None
    ) -> SymbolicTensor:
        """The maps as `pooling` wants them."""
        if self.pooling == "avg":
            return GlobalAveragePooling2D(name=average)(x)
        if self.pooling == "max":
            return GlobalMaxPooling2D(name=largest)(x)
        return x

    def check(self, application: str) -> None:
        """Raise ValueError for choices that exclude each other or do not exist."""
        if self.pooling not in (None, "avg", "max"):
            raise ValueError(
                f"{application}: `pooling` is {self.pooling!r}; it is None, 'avg' or 'max'."
            )
        if not isinstance(self.classes, int) or self.classes < 1:
            raise ValueError(
                f"{application}: `classes` is {self.classes!r}; it must be a positive integer."
            )
        if self.weights == "imagenet" and self.include_top:
            if self.classes != IMAGENET_CLASSES:
                raise ValueError(
                    f"{application}: the ImageNet classifier has {IMAGENET_CLASSES} classes, but "
                    "`classes` is "
                    f"{self.classes}; use weights=None, or include_top=False and a classifier of "
                    "your own."
                )
            activation = activations.get(self.classifier_activation)
            if activation not in (activations.softmax, activations.linear):
                raise ValueError(
                    f"{application}: with ImageNet weights `classifier_activation` is 'softmax' or "
                    "None; given "
                    f"{self.classifier_activation!r}."
                )


class Application:
    """A network that is built by calling it, as a model with its weights.

    Attributes:
        size: height and width of the pictures that it was designed for.
        smallest: the least height and width.
        mode: how pictures are preprocessed, see `imagenet_utils.preprocess_input`.
    """

    def __init__(
        self,
        body: Callable[..., SymbolicTensor],
        model_name: str | Callable[..., str],
        size: int,
        smallest: int,
        mode: str,
        files: Callable[..., WeightFile] | None,
        order: Sequence[str],
        fixed_size: bool,
    ) -> None:
        self.__name__, self.__doc__, self.__module__ = body.__name__, body.__doc__, body.__module__
        self.body, self.model_name, self.files = body, model_name, files
        self.size, self.smallest, self.mode, self.fixed_size = size, smallest, mode, fixed_size
        own = list(inspect.signature(body).parameters.values())[2:]
        parameters = []
        for name in (*order, *(n for n in TOP_FIRST if n not in order)):
            kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
            common = (
                inspect.Parameter(name, kind, default=DEFAULTS.get(name)) if name != "*" else None
            )
            parameters += own if common is None else [common]
        if "*" not in order:
            parameters += own
        parameters.append(inspect.Parameter("name", inspect.Parameter.KEYWORD_ONLY, default=None))
        self.__signature__ = inspect.Signature(parameters, return_annotation=Model)
        self.own = [p.name for p in own]

    def __repr__(self) -> str:
        return f"<application {self.__name__}{self.__signature__}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Model:
        if unknown := [name for name in kwargs if name not in self.__signature__.parameters]:
            raise TypeError(
                unknown_argument(self.__name__, unknown[0], list(self.__signature__.parameters))
            )
        bound = self.__signature__.bind(*args, **kwargs)
        bound.apply_defaults()
        given = bound.arguments
        own = {name: given[name] for name in self.own}
        options = Options(**{name: given[name] for name in Options.__dataclass_fields__})
        options.check(self.__name__)
        weights = options.weights
        if weights not in (None, "imagenet") and not Path(weights).is_file():
            raise FileNotFoundError(
                f"{self.__name__}: `weights` is {str(weights)!r}, and there is no such file; it is "
                "None, 'imagenet' or "
                "the path of a weight file."
            )
        image = self.image(given["input_tensor"], given["input_shape"], options)
        output = self.body(image, options, **own)
        name = given["name"] or (
            self.model_name if isinstance(self.model_name, str) else self.model_name(image, **own)
        )
        model = Model(source_inputs(image), output, name=name)
        if weights == "imagenet":
            weights = self.imagenet_file(image, options, own)
        if weights is not None:
            pretrained.load(model, weights)
        return model

    def imagenet_file(self, image: SymbolicTensor, options: Options, own: dict[str, Any]) -> Path:
        """The file with the ImageNet weights for these arguments, from this machine or fetched."""
        if self.files is None:
            raise ValueError(
                f"{self.__name__}: no ImageNet weights are known for this network; use "
                "weights=None or the path of a "
                "weight file."
            )
        return pretrained.find_or_fetch(self.files(image, options.include_top, **own))

    def image(self, input_tensor: Any, input_shape: Any, options: Options) -> SymbolicTensor:
        """The symbolic picture, checked: 3 channels for ImageNet weights, not too small, of known
        size for the top.
        """
        name, first = self.__name__, config.image_data_format() == "channels_first"
        if input_tensor is not None and not isinstance(input_tensor, SymbolicTensor):
            raise TypeError(
                f"{name}: `input_tensor` must be symbolic, from Input or from calling layers; "
                f"given {input_tensor!r}."
            )
        if input_tensor is not None:
            shape = tuple(input_tensor.shape[1:])
            if input_shape is not None and tuple(input_shape) != shape:
                raise ValueError(
                    f"{name}: `input_shape` is {tuple(input_shape)}, but `input_tensor` has "
                    f"{shape}."
                )
        elif input_shape is not None:
            shape = tuple(input_shape) if isinstance(input_shape, list | tuple) else ()
        else:
            sizes: tuple[int | None, ...] = (
                (self.size, self.size) if options.include_top else (None, None)
            )
            shape = (3, *sizes) if first else (*sizes, 3)
        if len(shape) != 3:
            order = "(channels, height, width)" if first else "(height, width, channels)"
            raise ValueError(f"{name}: `input_shape` is {input_shape!r}; it must be {order}.")
        channels, sizes = (shape[0], shape[1:]) if first else (shape[2], shape[:2])
        if channels is None or (options.weights == "imagenet" and channels != 3):
            needed = "3 for ImageNet weights" if channels else "known"
            raise ValueError(
                f"{name}: the input has shape {shape}; its number of channels must be {needed}."
            )
        if any(n is not None and n < self.smallest for n in sizes):
            raise ValueError(
                f"{name}: the input has shape {shape}; height and width must be at least "
                f"{self.smallest}."
            )
        if options.include_top and None in sizes:
            raise ValueError(
                f"{name}: with include_top=True height and width must be known; given {shape}."
            )
        if (
            options.include_top
            and options.weights == "imagenet"
            and self.fixed_size
            and sizes != (self.size,) * 2
        ):
            raise ValueError(
                f"{name}: the ImageNet classifier needs pictures of {self.size} x {self.size}; "
                f"given {shape}. Use "
                "include_top=False or weights=None."
            )
        return input_tensor if input_tensor is not None else Input(shape)

    def preprocess_input(self, x: Any, data_format: str | None = None) -> Any:
        """Pictures with values 0 to 255, in RGB, as this network wants them."""
        return imagenet_utils.preprocess_input(x, data_format, self.mode)


def application(
    model_name: str | Callable[..., str],
    *,
    size: int,
    smallest: int = 32,
    mode: str,
    files: Callable[..., WeightFile] | None = None,
    order: Sequence[str] = TOP_FIRST,
    fixed_size: bool = True,
) -> Callable[[Callable[..., SymbolicTensor]], Application]:
    """Decorator: make the public function of an application from its body, and register it.

    Args:
        model_name: the name of the model, or a function of the picture and the body's own arguments
            that tells it.
        size: height and width for which the network was designed.
        smallest: the least height and width.
        mode: how its pictures are preprocessed.
        files: (picture, include_top, own arguments) -> where the ImageNet weights are.
        order: the order of the arguments; "*" stands for the body's own, which otherwise come last.
        fixed_size: whether the ImageNet classifier takes only pictures of `size`.
    """

    def make(body: Callable[..., SymbolicTensor]) -> Application:
        made = Application(body, model_name, size, smallest, mode, files, order, fixed_size)
        APPLICATIONS.register()(made)
        return made

    return make


def keras_files(path: str, with_top: str, without_top: str) -> Callable[..., WeightFile]:
    """`files` for a network with two published files, of these MD5 sums: ``PATH.h5`` and
    ``PATH_notop.h5``.
    """

    def choose(image: SymbolicTensor, include_top: bool, **own: Any) -> WeightFile:
        return pretrained.keras_file(
            f"{path}{'' if include_top else '_notop'}.h5", with_top if include_top else without_top
        )

    return choose


def channel_axis() -> int:
    """The axis of the channels in the data format in force, of an array with a batch axis."""
    return 1 if config.image_data_format() == "channels_first" else 3


def image_size(x: SymbolicTensor) -> tuple[int | None, ...]:
    """Height and width of maps, None where any will do."""
    return x.shape[2:] if channel_axis() == 1 else x.shape[1:3]


def halving_padding(x: SymbolicTensor, window: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The zeros around maps after which a 'valid' window with stride 2 gives what "same" gives in
    TensorFlow.
    """
    sizes = image_size(x)
    half = window // 2
    before = [
        half - (1 if n is None or n % 2 == 0 else 0)
        for n in (sizes if None not in sizes else (None, None))
    ]
    return (before[0], half), (before[1], half)


def source_inputs(tensor: SymbolicTensor) -> list[SymbolicTensor]:
    """The `Input`s from which a symbolic tensor is computed."""
    found: dict[int, SymbolicTensor] = {}
    seen: set[int] = set()
    waiting = [tensor]
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if isinstance(current.layer, InputLayer):
            found[id(current)] = current
        waiting += current.layer.inbound_nodes[current.node_index].inbound
    return list(found.values())

"""The public functions of architectures: one signature, input and weights, and their registry.

An architecture is written as a function ``body(image, options, ...)`` that calls layers on the
symbolic image and returns the output; `application` makes the public function from it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jaxcnn.applications import imagenet_utils, pretrained
from jaxcnn.applications.options import IMAGENET_CLASSES, Options
from jaxcnn.applications.pretrained import WeightFile
from jaxcnn.layers import Input, SymbolicTensor
from jaxcnn.layers.arguments import refuse_argument
from jaxcnn.models import Model
from jaxcnn.models.network import source_inputs, source_node
from jaxcnn.runtime import config
from jaxcnn.runtime.docstrings import joined, sections, with_arguments
from jaxcnn.runtime.names import Registry
from jaxcnn.runtime.types import Config, Shape
from jaxcnn.spellings.translate import old_spellings

APPLICATIONS: Registry[Any] = Registry("application", builders=True, advice="")

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
EXPLAINED = {
    "include_top": "whether the network ends in its classifier. Default: True.",
    "weights": "None for random weights, 'imagenet' for the published ones, or the path of a "
    "weight file. Default: 'imagenet'.",
    "input_tensor": "symbolic tensor of float images (batch, rows, columns, channels) that the "
    "network begins with; None for a new input.",
    "input_shape": "shape of one image, channels last unless the image data format says otherwise; "
    "None for the usual one with the classifier, and for any size without it.",
    "pooling": "without the classifier: None for the maps, 'avg' or 'max' for a vector.",
    "classes": "number of classes of the classifier, a positive integer. Default: 1000.",
    "classifier_activation": "activation of the classifier, by name or function; None for logits. "
    "Default: 'softmax'.",
    "name": "name of the model; None for the usual one.",
}
RAISES = (
    "FileNotFoundError: `weights` is a path where there is no file.\n"
    "ValueError: an argument, or arguments together, that the network cannot have."
)
TYPES = {
    **Options.__annotations__,
    "input_tensor": "SymbolicTensor | None",
    "input_shape": "Shape | None",
    "name": "str | None",
}
DEFAULTS = {
    "include_top": True,
    "weights": "imagenet",
    "classes": IMAGENET_CLASSES,
    "classifier_activation": "softmax",
}


def parameter(name: str, kind: inspect._ParameterKind, default: object) -> inspect.Parameter:
    """A parameter that every application has."""
    return inspect.Parameter(name, kind, default=default, annotation=TYPES[name])


class Application:
    """A network that is built by calling it, as a model with its weights.

    Args:
        body: builds the network from the symbolic image, the `Options` and further arguments, the
            body's own.
        model_name: the name of the model, or a function of the image and the body's own arguments
            that returns it.
        size: height and width of the images that it was designed for.
        smallest: the least height and width.
        mode: how images are preprocessed, see `imagenet_utils.preprocess_input`.
        files: (image, include_top, own arguments) -> where the ImageNet weights are.
        order: the order of the arguments; "*" stands for the body's own, which otherwise come last.
        fixed_size: whether the ImageNet classifier takes only images of `size`.

    Raises:
        FileNotFoundError: when it is called: `weights` is a path where there is no file.

    Examples:
        >>> jc.applications.MobileNet.size, jc.applications.MobileNet.smallest
        (224, 32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/applications/vgg16.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/applications/vgg16.py>
    """

    def __init__(
        self,
        body: Callable[..., SymbolicTensor],
        model_name: str | Callable[..., str],
        *,
        size: int,
        smallest: int,
        mode: str,
        files: Callable[..., WeightFile] | None,
        order: Sequence[str],
        fixed_size: bool,
    ) -> None:
        self.__name__, self.__module__ = body.__name__, body.__module__
        self.body, self.model_name, self.files = body, model_name, files
        self.size, self.smallest, self.mode, self.fixed_size = size, smallest, mode, fixed_size
        body_parameters = list(inspect.signature(body).parameters.values())[2:]
        self.body_arguments = [parameter.name for parameter in body_parameters]
        parameters = []
        for name in (*order, *(n for n in TOP_FIRST if n not in order)):
            if name == "*":
                parameters += body_parameters
            else:
                kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
                parameters.append(parameter(name, kind, DEFAULTS.get(name)))
        if "*" not in order:
            parameters += body_parameters
        parameters.append(parameter("name", inspect.Parameter.KEYWORD_ONLY, None))
        self.__signature__ = inspect.Signature(parameters, return_annotation=Model)
        self.__doc__ = self.documented(body.__doc__)

    def documented(self, doc: str | None) -> str:
        """The docstring of the body with the arguments of the public function, and an example."""
        parts = sections(with_arguments(doc, list(self.__signature__.parameters), EXPLAINED))
        parts.setdefault("Raises", RAISES)
        side = max(self.smallest, 64)
        call = f"jc.applications.{self.__name__}"
        shape = f"input_shape=({side}, {side}, 3)"
        example = (
            f">>> model = {call}(weights=None, include_top=False, {shape})\n"
            f">>> model.input_shape\n(None, {side}, {side}, 3)"
        )
        return joined({"Examples": example, **parts})

    def __repr__(self) -> str:
        bare = [p.replace(annotation=p.empty) for p in self.__signature__.parameters.values()]
        return f"<application {self.__name__}{inspect.Signature(bare)}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Model:
        if unknown := [name for name in kwargs if name not in self.__signature__.parameters]:
            refuse_argument(self.__name__, unknown[0], list(self.__signature__.parameters))
        bound = self.__signature__.bind(*args, **kwargs)
        bound.apply_defaults()
        given = bound.arguments
        body_arguments = {name: given[name] for name in self.body_arguments}
        options = Options(**{name: given[name] for name in Options.__dataclass_fields__})
        options.check(self.__name__)
        weights = options.weights
        if weights not in (None, "imagenet") and not Path(weights).is_file():
            raise FileNotFoundError(
                f"{self.__name__}: `weights` is {str(weights)!r}, and there is no such file; it is "
                "None, 'imagenet' or the path of a weight file."
            )
        image = self.image(given["input_tensor"], given["input_shape"], options)
        if weights == "imagenet":  # said before the network is built, which takes seconds
            weights = self.imagenet_file(image, options, body_arguments)
        output = self.body(image, options, **body_arguments)
        name = given["name"] or (
            self.model_name
            if isinstance(self.model_name, str)
            else self.model_name(image, **body_arguments)
        )
        model = Model(source_inputs(source_node(image)), output, name=name)
        if weights is not None:
            pretrained.load(model, weights)
        return model

    def imagenet_file(self, image: SymbolicTensor, options: Options, arguments: Config) -> Path:
        """The file with the ImageNet weights for these arguments, from this machine or downloaded.

        Raises:
            ValueError: none is known.
            WeightsNotFoundError: it is not here, and the download failed.
        """
        if self.files is None:
            raise ValueError(
                f"{self.__name__}: no ImageNet weights are known for this network; use "
                "weights=None or the path of a weight file."
            )
        return pretrained.find_or_fetch(self.files(image, options.include_top, **arguments))

    def image(self, input_tensor: Any, input_shape: Any, options: Options) -> SymbolicTensor:
        """The symbolic image: the given tensor, or an input of the given or the usual shape.

        Raises:
            TypeError: the tensor is not symbolic.
            ValueError: the shape is none that the network can have with these options.
        """
        name, first = self.__name__, config.image_data_format() == "channels_first"
        if input_tensor is not None:
            if not isinstance(input_tensor, SymbolicTensor):
                raise TypeError(
                    f"{name}: `input_tensor` must be symbolic, from Input or from calling layers; "
                    f"given {input_tensor!r}."
                )
            shape = tuple(input_tensor.shape[1:])
            if input_shape is not None and tuple(input_shape) != shape:
                raise ValueError(
                    f"{name}: `input_shape` is {tuple(input_shape)}, but `input_tensor` has "
                    f"{shape}."
                )
        elif input_shape is not None:
            shape = tuple(input_shape) if isinstance(input_shape, list | tuple) else ()
        else:
            side = self.size if options.include_top else None
            shape = (3, side, side) if first else (side, side, 3)
        if len(shape) != 3:
            order = "(channels, height, width)" if first else "(height, width, channels)"
            raise ValueError(f"{name}: `input_shape` is {input_shape!r}; it must be {order}.")
        self.check_shape(shape, options)
        return input_tensor if input_tensor is not None else Input(shape)

    def check_shape(self, shape: Shape, options: Options) -> None:
        """Refuse an image of another size or number of channels than the network can have.

        Raises:
            ValueError: what is wrong with `shape`, that of one image.
        """
        first = config.image_data_format() == "channels_first"
        channels, sizes = (shape[0], shape[1:]) if first else (shape[2], shape[:2])
        published = options.weights == "imagenet"
        if channels is None or (published and channels != 3):
            needed = "3 for ImageNet weights" if channels else "known"
            problem = f"the input has shape {shape}; its number of channels must be {needed}."
        elif any(n is not None and n < self.smallest for n in sizes):
            problem = (
                f"the input has shape {shape}; height and width must be at least {self.smallest}."
            )
        elif options.include_top and None in sizes:
            problem = f"with include_top=True height and width must be known; given {shape}."
        elif options.include_top and published and self.fixed_size and set(sizes) != {self.size}:
            problem = (
                f"the ImageNet classifier needs images of {self.size} x {self.size}; given "
                f"{shape}. Use include_top=False or weights=None."
            )
        else:
            return
        raise ValueError(f"{self.__name__}: {problem}")

    @old_spellings
    def preprocess_input(self, x: Any, data_format: str | None = None) -> Any:
        """Images with values 0 to 255, in RGB, as this network wants them."""
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
    """Decorator: make an architecture's public function from its body, and register it.

    The arguments are those of `Application`.

    Args:
        model_name: the name of the model, or a function of the image and the body's arguments.
        size: height and width of the images that it was designed for.
        smallest: the least height and width.
        mode: how images are preprocessed, see `imagenet_utils.preprocess_input`.
        files: (image, include_top, the body's arguments) -> where the ImageNet weights are; None
            for none.
        order: the order of the arguments; "*" stands for the body's, which otherwise come last.
        fixed_size: whether the ImageNet classifier takes only images of `size`.
    """

    def make(body: Callable[..., SymbolicTensor]) -> Application:
        network = Application(
            body,
            model_name,
            size=size,
            smallest=smallest,
            mode=mode,
            files=files,
            order=order,
            fixed_size=fixed_size,
        )
        APPLICATIONS.register()(network)
        return network

    return make

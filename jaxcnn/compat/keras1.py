"""Names of Keras 1 alone: merging by a mode, and the classes that others have absorbed."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from jaxcnn.layers import (
    Conv1D,
    Conv2D,
    Conv2DTranspose,
    Conv3DTranspose,
    Lambda,
    Layer,
    SeparableConv1D,
    SeparableConv2D,
)
from jaxcnn.layers.base import LAYERS
from jaxcnn.layers.naming import unique_name
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.types import Tensor
from jaxcnn.models import Network
from jaxcnn.models.merged import MergedModels
from jaxcnn.ops import conv_transpose_output_length
from jaxcnn.runtime import config
from jaxcnn.runtime.types import Config, PyTree, Shape
from jaxcnn.spellings.dialect import dialect
from jaxcnn.spellings.merging import merging
from jaxcnn.spellings.translate import call, warn

MakesLayer: TypeAlias = Callable[..., Layer]

AtrousConvolution1D = AtrousConv1D = Conv1D
AtrousConvolution2D = AtrousConv2D = Conv2D
SeparableConvolution1D, SeparableConvolution2D = SeparableConv1D, SeparableConv2D
Convolution2DTranspose, Convolution3DTranspose = Conv2DTranspose, Conv3DTranspose


@dataclasses.dataclass(frozen=True)
class Merging:
    """The arguments by which Keras 1 merged tensors; the last three are those of a function."""

    mode: str | Callable[..., Tensor]
    concat_axis: int
    dot_axes: int | Sequence[int]
    output_shape: Shape | Callable[..., Shape] | None
    output_mask: Tensor | Callable[..., Tensor] | None
    arguments: Config | None

    def replacement(self, name: str | None) -> tuple[str, type[Layer], Config]:
        """(today's function, today's class, its arguments)."""
        if name is None and dialect().of_keras_1:
            name = unique_name("Merge")
        label = {"name": name} if name else {}
        if not callable(self.mode):
            function, layer, settings = merging(self.mode, self.concat_axis, self.dot_axes)
            return function, LAYERS.find(layer), {**settings, **label}
        optional = {
            "output_shape": self.output_shape,
            "mask": self.output_mask,
            "arguments": self.arguments,
        }
        given = {word: value for word, value in optional.items() if value is not None}
        return "Lambda", Lambda, {"function": self.mode, **given, **label}


def merge(
    inputs: Sequence[SymbolicTensor],
    mode: str | Callable[..., Tensor] = "sum",
    concat_axis: int = -1,
    dot_axes: int | Sequence[int] = -1,
    output_shape: Shape | Callable[..., Shape] | None = None,
    output_mask: Tensor | Callable[..., Tensor] | None = None,
    arguments: Config | None = None,
    name: str | None = None,
) -> PyTree:
    """Keras 1's merging of tensors.

    Args:
        mode: 'sum', 'mul', 'ave', 'max', 'concat', 'dot', 'cos' or a function of the list.
    """
    function, layer, settings = Merging(
        mode,
        concat_axis,
        dot_axes,
        output_shape=output_shape,
        output_mask=output_mask,
        arguments=arguments,
    ).replacement(name)
    new = (
        f"{call('Lambda', (), settings)}([...])"
        if function == "Lambda"
        else call(function, ("[...]",), settings)
    )
    warn(f"merge: Keras 1 spelling. The call is now {new.replace(repr('[...]'), '[...]')}")
    return said_to_merge(layer(**settings))(list(inputs))


def said_to_merge(layer: Layer) -> Layer:
    """The layer, which programs for Keras 1 see as a Merge, also where it is a Lambda."""
    if dialect().of_keras_1:
        vars(layer)["class_then"] = "Merge"
    return layer


def Merge(
    layers: Sequence[Network] | None = None,
    mode: str | Callable[..., Tensor] = "sum",
    concat_axis: int = -1,
    dot_axes: int | Sequence[int] = -1,
    output_shape: Shape | Callable[..., Shape] | None = None,
    output_mask: Tensor | Callable[..., Tensor] | None = None,
    arguments: Config | None = None,
    name: str | None = None,
) -> Layer:
    """Keras 1's merging layer; with models as `layers`, a model that merges their outputs.

    Such a model comes first in a Sequential model, which then takes a list with an array for each
    input.

    Raises:
        TypeError: one of `layers` does not know its input shape.
    """
    _, layer, settings = Merging(
        mode,
        concat_axis,
        dot_axes,
        output_shape=output_shape,
        output_mask=output_mask,
        arguments=arguments,
    ).replacement(name)
    if layers is None:
        warn(f"Merge: Keras 1 spelling. The call is now {call(layer.__name__, (), settings)}")
        return said_to_merge(layer(**settings))
    new = f"{call(layer.__name__, (), settings)}([a.output, b.output])"
    warn(f"Merge: Keras 1 spelling. The call is now Model([a.input, b.input], {new})")
    for part in layers:
        if not getattr(part, "inputs", None):
            raise TypeError(
                f"Merge: models that know their input shape are expected; given {part!r}."
            )
    inputs = list({id(tensor): tensor for part in layers for tensor in part.inputs}.values())
    merging = layer(**settings)
    label = {"name": merging.name} if dialect().of_keras_1 else {}
    whole = MergedModels(inputs, merging([part.output for part in layers]), **label)
    whole.parts, whole.merging = list(layers), merging
    whole.mode, whole.concat_axis, whole.dot_axes = mode, concat_axis, dot_axes
    whole.list_by_parts()
    return whole


class StatedShape(Layer if TYPE_CHECKING else object):  # type: ignore[misc]
    """A transposed convolution whose output must have the stated shape, batch included."""

    stated: Shape = ()
    padding: str
    strides: tuple[int, ...]

    def __call__(self, inputs: PyTree, *args: PyTree, **kwargs: PyTree) -> PyTree:
        outputs = super().__call__(inputs, *args, **kwargs)
        stated = self.stated or outputs.shape  # those of a configuration are not
        if any(
            s is not None and s != n for s, n in zip(stated[1:], outputs.shape[1:], strict=True)
        ):
            raise ValueError(
                f"Layer '{self.name}': `output_shape` says {self.stated}, but padding "
                f"{self.padding!r} and strides {self.strides} give {outputs.shape}; "
                f"{type(self).__name__} has `output_padding` for the difference."
            )
        return outputs


def _with_stated_shape(layer: type[Layer]) -> type[StatedShape]:
    """The same class with the check; also by name, for summaries and files."""
    return type(layer.__name__, (StatedShape, layer), {"__module__": layer.__module__})


_DECONVOLUTION_2D = _with_stated_shape(Conv2DTranspose)
_DECONVOLUTION_3D = _with_stated_shape(Conv3DTranspose)


def output_padding(kernel: Sequence[int], stated: Sequence[int | None], others: Config) -> Config:
    """`output_padding` of a transposed convolution, where the stated shape is not its usual one.

    Args:
        kernel: its size along each axis.
        stated: the shape, batch included.
        others: the other arguments of the layer.
    """
    channels = others.get("dim_ordering", others.get("data_format")) or config.image_data_format()
    sizes = stated[2:] if channels in ("th", "channels_first") else stated[1:-1]
    given: Any = others.get("subsample") or others.get("strides") or 1
    strides = (given,) * len(kernel) if isinstance(given, int) else tuple(given)
    padding: str = others.get("border_mode") or others.get("padding") or "valid"
    if len(sizes) != len(kernel):  # which calling the layer will show
        return {}
    needed, usual = [], []
    for n, k, s in zip(sizes, kernel, strides, strict=True):
        if n is None:
            return {}
        length = -(-n // s) if padding == "same" else (n - k) // s + 1
        usual.append(conv_transpose_output_length(length, k, padding, stride=s))
        least = conv_transpose_output_length(length, k, padding, stride=s, output_padding=0) or 0
        needed.append(n - least)
    return {} if usual == list(sizes) else {"output_padding": tuple(needed)}


def or_in_words_of(layer: type[Layer]) -> Callable[[MakesLayer], MakesLayer]:
    """For a name of Keras 1 that programs for Keras 2 also use, with the arguments of `layer`."""

    def understanding(function: MakesLayer) -> MakesLayer:
        @functools.wraps(function)
        def either(*args: Any, **kwargs: Any) -> Layer:
            if {"filters", "kernel_size"} & kwargs.keys():
                return layer(*args, **kwargs)
            return function(*args, **kwargs)

        vars(either)["from_config"] = layer.from_config  # as of the class that it stands for
        return either

    return understanding


@or_in_words_of(Conv2DTranspose)
def Deconvolution2D(
    nb_filter: int, nb_row: int, nb_col: int, output_shape: Sequence[int | None], **kwargs: object
) -> StatedShape:
    """`Conv2DTranspose` with its output shape stated beforehand, batch included.

    Called on an input that has another output shape it raises a ValueError.
    """
    extra = output_padding((nb_row, nb_col), output_shape, kwargs)
    layer = _DECONVOLUTION_2D(nb_filter, nb_row, nb_col, **extra, **kwargs)
    layer.stated = tuple(output_shape)
    return layer


@or_in_words_of(Conv3DTranspose)
def Deconvolution3D(
    nb_filter: int,
    kernel_dim1: int,
    kernel_dim2: int,
    kernel_dim3: int,
    output_shape: Sequence[int | None],
    **kwargs: object,
) -> StatedShape:
    """`Conv3DTranspose` with the output shape stated beforehand, as `Conv2DTranspose`."""
    extra = output_padding((kernel_dim1, kernel_dim2, kernel_dim3), output_shape, kwargs)
    layer = _DECONVOLUTION_3D(nb_filter, kernel_dim1, kernel_dim2, kernel_dim3, **extra, **kwargs)
    layer.stated = tuple(output_shape)
    return layer


Deconv2D, Deconv3D = Deconvolution2D, Deconvolution3D

"""What Keras 1 had under names of its own: merging by a mode, and the classes that others have
absorbed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

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
from jaxcnn.models import Model
from jaxcnn.spellings import merging as modes
from jaxcnn.spellings.translate import call, warn

AtrousConvolution1D = AtrousConv1D = Conv1D
AtrousConvolution2D = AtrousConv2D = Conv2D
SeparableConvolution1D, SeparableConvolution2D = SeparableConv1D, SeparableConv2D
Convolution2DTranspose, Convolution3DTranspose = Conv2DTranspose, Conv3DTranspose


def merging(
    mode: str | Callable[..., Any],
    concat_axis: int,
    dot_axes: int | Sequence[int],
    output_shape: Any,
    output_mask: Any,
    arguments: dict[str, Any] | None,
) -> tuple[str, type[Layer], dict[str, Any]]:
    """(today's function, today's class, its arguments) for a Keras 1 mode of merging."""
    if callable(mode):
        settings = {"output_shape": output_shape, "mask": output_mask, "arguments": arguments}
        return (
            "Lambda",
            Lambda,
            {"function": mode, **{k: v for k, v in settings.items() if v is not None}},
        )
    function, name, settings = modes.merging(mode, concat_axis, dot_axes)
    return function, LAYERS.find(name), settings


def merge(
    inputs: Sequence[Any],
    mode: str | Callable[..., Any] = "sum",
    concat_axis: int = -1,
    dot_axes: int | Sequence[int] = -1,
    output_shape: Any = None,
    output_mask: Any = None,
    arguments: dict[str, Any] | None = None,
    name: str | None = None,
) -> Any:
    """Keras 1's merging of tensors by a mode: 'sum', 'mul', 'ave', 'max', 'concat', 'dot', 'cos' or
    a function.
    """
    function, layer, own = merging(
        mode, concat_axis, dot_axes, output_shape, output_mask, arguments
    )
    named = {**own, **({"name": name} if name else {})}
    new = (
        f"{call('Lambda', (), named)}([...])"
        if function == "Lambda"
        else call(function, ("[...]",), named)
    )
    warn(f"merge: Keras 1 spelling. The call is now {new.replace(repr('[...]'), '[...]')}")
    return layer(**named)(list(inputs))


def Merge(
    layers: Sequence[Any] | None = None,
    mode: str | Callable[..., Any] = "sum",
    concat_axis: int = -1,
    dot_axes: int | Sequence[int] = -1,
    output_shape: Any = None,
    output_mask: Any = None,
    arguments: dict[str, Any] | None = None,
    name: str | None = None,
) -> Layer:
    """Keras 1's merging layer: without `layers` one to call on tensors; with models, a model that
    merges their outputs.

    The latter comes first in a Sequential model, which then takes a list with an array for each
    input.
    """
    _, layer, own = merging(mode, concat_axis, dot_axes, output_shape, output_mask, arguments)
    named = {**own, **({"name": name} if name else {})}
    if layers is None:
        warn(f"Merge: Keras 1 spelling. The call is now {call(layer.__name__, (), named)}")
        return layer(**named)
    new = f"{call(layer.__name__, (), named)}([a.output, b.output])"
    warn(f"Merge: Keras 1 spelling. The call is now Model([a.input, b.input], {new})")
    for part in layers:
        if not getattr(part, "inputs", None):
            raise TypeError(
                f"Merge: models that know their input shape are expected; given {part!r}."
            )
    inputs = list({id(tensor): tensor for part in layers for tensor in part.inputs}.values())
    return Model(inputs, layer(**named)([part.output for part in layers]))


class StatedShape:
    """A transposed convolution that was told its output shape, batch in front: it must come out so."""

    stated: tuple[int | None, ...]

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        outputs = super().__call__(inputs, *args, **kwargs)  # type: ignore[misc]
        if any(
            s is not None and s != n
            for s, n in zip(self.stated[1:], outputs.shape[1:], strict=True)
        ):
            layer: Any = self
            raise ValueError(
                f"Layer '{layer.name}': `output_shape` says {self.stated}, but padding "
                f"{layer.padding!r} and strides "
                f"{layer.strides} give {outputs.shape}; {type(self).__name__} has `output_padding` "
                "for the difference."
            )
        return outputs


def _with_stated_shape(layer: type[Layer]) -> type[Any]:
    """The same class with the check; also by name, for summaries and files."""
    return type(layer.__name__, (StatedShape, layer), {"__module__": layer.__module__})


_DECONVOLUTION_2D, _DECONVOLUTION_3D = (
    _with_stated_shape(Conv2DTranspose),
    _with_stated_shape(Conv3DTranspose),
)


def Deconvolution2D(
    nb_filter: int, nb_row: int, nb_col: int, output_shape: Sequence[int | None], **kwargs: Any
) -> Any:
    """`Conv2DTranspose` with the output shape stated beforehand, batch in front, as Keras 1 asked
    for it.

    Raises ValueError when called on an input for which that shape does not come out.
    """
    layer = _DECONVOLUTION_2D(nb_filter, nb_row, nb_col, **kwargs)
    layer.stated = tuple(output_shape)
    return layer


def Deconvolution3D(
    nb_filter: int,
    kernel_dim1: int,
    kernel_dim2: int,
    kernel_dim3: int,
    output_shape: Sequence[int | None],
    **kwargs: Any,
) -> Any:
    """`Conv3DTranspose` with the output shape stated beforehand, as `Deconvolution2D`."""
    layer = _DECONVOLUTION_3D(nb_filter, kernel_dim1, kernel_dim2, kernel_dim3, **kwargs)
    layer.stated = tuple(output_shape)
    return layer


Deconv2D, Deconv3D = Deconvolution2D, Deconvolution3D

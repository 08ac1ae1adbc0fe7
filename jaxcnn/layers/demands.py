"""What the library's layers demand of their inputs, as programs for Keras 2 ask them."""

from __future__ import annotations

from typing import TypeAlias, overload

from jaxcnn import nn
from jaxcnn.layers.input_spec import InputSpec
from jaxcnn.layers.symbolic.tensor import GraphLayer
from jaxcnn.nn.base import library_part
from jaxcnn.nn.fields import as_tuple
from jaxcnn.runtime.types import Shape
from jaxcnn.spellings.dialect import dialect

Demanded: TypeAlias = InputSpec | list[InputSpec | None] | None


class Demands:
    """The attribute ``input_spec`` of a layer, until the layer has one of its own."""

    @overload
    def __get__(self, layer: None, owner: type | None = None) -> Demands: ...

    @overload
    def __get__(self, layer: GraphLayer, owner: type | None = None) -> Demanded: ...

    def __get__(self, layer: GraphLayer | None, owner: type | None = None) -> Demanded | Demands:
        return self if layer is None else demanded(layer)


def demanded(layer: GraphLayer) -> Demanded:
    """The number of axes that a layer needs, and the sizes that its first call has fixed.

    Of a network, it is a list for its inputs, which demand nothing.
    """
    inputs = getattr(layer, "inputs", None)
    if inputs is not None:
        return [None] * len(inputs) if len(inputs) > 1 else None
    module = library_part(layer.module)
    shapes = layer.inbound_nodes[0].input_shapes if layer.inbound_nodes else []
    shape = shapes[0] if shapes else vars(layer).get("declared_for")
    if dialect().of_keras_1:
        return demanded_in_keras_1(module, shape)
    if is_sequence(module):
        batch = shape[0] if shape and module.stateful else None
        return [InputSpec(ndim=3, shape=shape and (batch, None, *shape[2:]))]
    if isinstance(module, nn.TimeDistributed | nn.ConvLSTM2D | nn.ConvRNN2D) and shape is not None:
        return InputSpec(ndim=len(shape), shape=shape)
    rank = rank_of(module)
    fixed = {axis: shape[axis] for axis in fixed_axes(module, shape)} if shape else None
    if isinstance(module, nn.Dense | nn.Flatten):
        return InputSpec(min_ndim=2 if isinstance(module, nn.Dense) else 3, axes=fixed)
    if rank is None and not fixed:
        return None
    return InputSpec(ndim=rank or len(shape or ()), axes=fixed)


def is_sequence(module: object) -> bool:
    """Whether a module is a recurrent layer of (batch, steps, features)."""
    of_images = isinstance(module, nn.ConvLSTM2D | nn.ConvRNN2D)
    return isinstance(module, nn.recurrent.base.Recurrent | nn.RNN) and not of_images


def demanded_in_keras_1(module: object, shape: Shape | None) -> list[InputSpec | None] | None:
    """A list of one demand: the whole shape of what its layers were built for, or the number of
    axes.
    """
    whole = isinstance(module, nn.TimeDistributed | nn.BatchNormalization | nn.ConvLSTM2D)
    if is_sequence(module) or whole:
        if shape is not None:
            return [InputSpec(ndim=len(shape), shape=shape)]
        return [InputSpec(ndim=3)] if is_sequence(module) else None
    if isinstance(module, nn.Dense | nn.Flatten):
        return [InputSpec(min_ndim=2 if isinstance(module, nn.Dense) else 3)]
    rank = rank_of(module)
    return None if rank is None else [InputSpec(ndim=rank)]


def rank_of(module: object) -> int | None:
    """The number of axes of a module's input, None where any will do."""
    if isinstance(module, nn.Permute):
        return len(module.dims) + 1
    if isinstance(module, nn.RepeatVector):
        return 2
    if isinstance(module, nn.ConvLSTM2D | nn.ConvRNN2D):
        return 5
    return module.spatial_rank + 2 if isinstance(module, nn.spatial.SpatialLayer) else None


def fixed_axes(module: object, shape: Shape | None) -> list[int]:
    """The axes whose sizes the weights of a module fix."""
    if isinstance(module, nn.Dense):
        return [-1]
    if isinstance(module, nn.BatchNormalization):
        return [module.axis]
    if isinstance(module, nn.PReLU):
        shared = as_tuple(module.shared_axes or ())
        return [axis for axis in range(1, len(shape or ())) if axis not in shared]
    if isinstance(module, nn.convolution.Convolution):
        return [1 if module.channels_first else -1]
    return []

"""Layers of Keras 0.3, and the way in which programs for it wrote their own.

There a layer was told what stands before it and was asked for its output: `build(self)` made
weights for `self.input_shape`, and `get_output(self, train)` computed with `self.get_input(train)`.
"""

from __future__ import annotations

import contextvars
import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jaxcnn import backend as K
from jaxcnn.compat.keras1 import Merge
from jaxcnn.layers import Lambda
from jaxcnn.layers import Layer as LayerOfToday
from jaxcnn.layers.base import LAYERS
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.types import Tensor
from jaxcnn.models import Network
from jaxcnn.runtime.types import Config, PyTree, Shape
from jaxcnn.spellings.merging import merging

# (layer, its input, the mask of that) while its `get_output` runs.
_computed: contextvars.ContextVar[tuple[LayerOfToday, Tensor, Tensor | None] | None] = (
    contextvars.ContextVar("computed_layer", default=None)
)


def _with_shape(build: Callable[[Any], None]) -> Callable[[Any, PyTree], None]:
    """A `build` of Keras 0.3 that takes the shape, as later ones do."""

    @functools.wraps(build)
    def with_shape(self: Any, input_shape: PyTree = None) -> None:
        if input_shape is not None:
            vars(self)["_shape_then"] = tuple(input_shape)
        build(self)
        listed = vars(self).get("regularizers", ())
        for weight in self.trainable_weights:  # only these count, whatever weight they were set to
            if all(weight.regularizer is not regularizer for regularizer in listed):
                weight.regularizer = None
        constraints = vars(self).pop("constraints_then", None)
        if constraints:
            pairs = zip(self.trainable_weights, constraints, strict=False)
            self.constraints = {weight: constraint for weight, constraint in pairs if constraint}

    return with_shape


def _by_get_output(self: Any, inputs: Tensor, mask: Tensor | None = None) -> Tensor:
    """The value of `get_output`, in training and else."""

    def output(train: bool) -> Tensor:
        token = _computed.set((self, inputs, mask))
        try:
            result: Tensor = self.get_output(train=train)
            return result
        finally:
            _computed.reset(token)

    return K.in_train_phase(lambda: output(True), lambda: output(False))


def _by_get_output_mask(self: Any, inputs: Tensor, mask: Tensor | None = None) -> Tensor | None:
    token = _computed.set((self, inputs, mask))
    try:
        result: Tensor | None = self.get_output_mask(False)
        return result
    finally:
        _computed.reset(token)


class Layer(LayerOfToday):
    """A layer as programs for Keras 0.3 wrote it.

    Its subclasses define `build(self)`, the property `output_shape` and
    `get_output(self, train=False)`, and read `self.input_shape` and `self.get_input(train)`.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        build = vars(cls).get("build")
        if build is not None and len(inspect.signature(build).parameters) == 1:
            cls.build = _with_shape(build)  # type: ignore[assignment]
        if "get_output" in vars(cls):
            cls.call = _by_get_output  # type: ignore[method-assign]
        if "get_output_mask" in vars(cls):
            cls.compute_mask = _by_get_output_mask

    def build(self, input_shape: PyTree = None) -> None:
        """Make weights; a class without any has none."""

    @property
    def input_shape(self) -> Shape:
        """The shape of the input, with the batch size or None in front."""
        given: Shape | None = vars(self).get("_shape_then") or self.batch_input_shape
        shape: Shape = super().input_shape if given is None else given
        return shape

    def __setattr__(self, name: str, value: object) -> None:
        """The list of constraints, one for each weight, counts once these are known."""
        if name == "constraints" and isinstance(value, list):
            vars(self)["constraints_then"] = value
        else:
            super().__setattr__(name, value)

    def get_input(self, train: bool = False) -> Any:
        """The input: within `get_output` its value, elsewhere the symbolic tensor."""
        computed = _computed.get()
        return computed[1] if computed and computed[0] is self else self.input

    def get_input_mask(self, train: bool = False) -> Any:
        """The mask of the input, None where there is none."""
        computed = _computed.get()
        return computed[2] if computed and computed[0] is self else self.input_mask

    def get_output(self, train: bool = False) -> Any:
        """The output: the input, where a class does not say otherwise."""
        return self.get_input(train) if _computed.get() else self.output


class MaskedLayer(Layer):
    """A layer whose mask is that of its input, as long as its `get_output_mask` says no other."""

    supports_masking = True

    def get_output_mask(self, train: bool = False) -> Any:
        """The mask of the output."""
        return self.get_input_mask(train)


def merged(
    tensors: Sequence[SymbolicTensor],
    mode: str,
    concat_axis: int = -1,
    dot_axes: int | Sequence[int] = -1,
) -> SymbolicTensor:
    """What Keras 1's modes of merging make of tensors.

    Args:
        tensors: two or more.
        mode: 'concat', 'sum', 'mul', 'ave', 'max', 'dot' or 'cos'.
        concat_axis: the axis along which 'concat' joins. Default: -1.
        dot_axes: the axes of 'dot' and 'cos'. Default: -1.
    """
    _, layer, settings = merging(mode, concat_axis, dot_axes)
    result: SymbolicTensor = LAYERS.find(layer)(**settings)(list(tensors))
    return result


def identity() -> Callable[[Tensor], Tensor]:
    """The constraint that leaves a weight as it is."""
    return lambda weight: weight


class AutoEncoder(Layer):
    """An encoder and a decoder, of which only the first is computed where a program says so.

    Attributes:
        output_reconstruction: whether the output is that of the decoder; to be set before the model
            is compiled.

    References:
        - Chollet et al., "Keras 0.3.3: keras/layers/core.py", 2016,
          <https://github.com/keras-team/keras/blob/0.3.3/keras/layers/core.py>
    """

    _lists = ("encoder", "decoder")

    def __init__(
        self,
        encoder: LayerOfToday,
        decoder: LayerOfToday,
        output_reconstruction: bool = True,
        weights: Sequence[np.ndarray] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.encoder, self.decoder = encoder, decoder
        self.batch_input_shape = self.batch_input_shape or input_shape_of(encoder)
        self._reconstructs = output_reconstruction
        self.weights_store.initial = weights

    @property
    def output_reconstruction(self) -> bool:
        """Whether the output is that of the decoder."""
        return self._reconstructs

    @output_reconstruction.setter
    def output_reconstruction(self, value: bool) -> None:
        self._reconstructs = value
        for node in self.inbound_nodes:  # whose outputs have the size of the other part now
            part = self.decoder if value else self.encoder
            for tensor in node.output_tensors:
                object.__setattr__(tensor, "shape", tuple(part.output_shape))

    def call(self, inputs: Any) -> Any:
        """(samples, ...) to the shape of the encoder's or decoder's output."""
        code = self.encoder(inputs)
        reconstruction = self.decoder(code)
        return reconstruction if self._reconstructs else code


def LambdaMerge(
    layers: Sequence[Network],
    function: Callable[..., Tensor],
    output_shape: Shape | Callable[..., Shape] | None = None,
    arguments: Config | None = None,
) -> LayerOfToday:
    """Models whose outputs a function of their list merges, the first of a stack.

    Args:
        layers: two or more models.
        function: of the list of their outputs.
        output_shape: its shape without the batch, or a function of the list of shapes. Default:
            None.
        arguments: further arguments of the function. Default: None.
    """
    return Merge(layers, function, output_shape=output_shape, arguments=arguments)


def Siamese(
    layer: LayerOfToday,
    inputs: Sequence[Network],
    merge_mode: str = "concat",
    concat_axis: int = 1,
    dot_axes: int | Sequence[int] = -1,
) -> LayerOfToday:
    """One layer on the outputs of several models, whose results are merged, the first of a stack.

    Args:
        layer: the layer.
        inputs: the models.
        merge_mode: 'concat', 'sum', 'mul', 'ave', 'dot' or 'cos'. Default: 'concat'.
        concat_axis: the axis along which 'concat' joins. Default: 1.
        dot_axes: the axes of 'dot' and 'cos'. Default: -1.
    """
    add_shared_layer(layer, inputs)
    return Merge(inputs, merge_mode, concat_axis=concat_axis, dot_axes=dot_axes)


def add_shared_layer(layer: LayerOfToday, inputs: Sequence[Any]) -> None:
    """Put one layer on top of several stacks.

    Args:
        layer: the layer.
        inputs: the Sequential models.
    """
    for stack in inputs:
        stack.add(layer)


def TimeDistributedMerge(mode: str = "sum", **kwargs: Any) -> LayerOfToday:
    """The sum, mean or product over the steps of a sequence.

    Args:
        mode: 'sum', 'ave' or 'mul'. Default: 'sum'.
        **kwargs: what all layers take.
    """
    reductions = {"sum": K.sum, "ave": K.mean, "mul": K.prod}
    if mode not in reductions:
        raise ValueError(f"TimeDistributedMerge: the mode is {mode!r}; known are sum, ave and mul.")
    return Lambda(
        reductions[mode],
        output_shape=lambda shape: (shape[0], *shape[2:]),
        arguments={"axis": 1},
        **kwargs,
    )


def input_shape_of(layer: LayerOfToday) -> Shape | None:
    """The input shape that a layer or a stack of layers was given."""
    if layer.batch_input_shape is not None or not isinstance(layer, Network):
        return layer.batch_input_shape
    return tuple(layer.inputs[0].shape) if layer.inputs else None

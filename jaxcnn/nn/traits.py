"""Properties of whole classes of layers that others ask for, instead of comparing class names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Traits:
    """Properties of a class of layers; a class derived from it has the same.

    Attributes:
        has_cell: whether the layer repeats a cell, in which Keras 3 keeps the weights.
        gates: the gates whose kernels stand side by side in one array, in order: 'ifco' of an LSTM.
        kernel: the last two axes of a convolution's kernel, input and output channels or the
            reverse; empty where the layer is no convolution.
        pointwise: whether each output feature is computed from the input feature at its place.
        by_step: whether each step of a sequence is computed from that step alone, unless an `axis`
            says otherwise.
        network: how the layers inside are connected, of a model; empty for other layers.
    """

    has_cell: bool = False
    gates: str = ""
    kernel: Literal["", "in-out", "out-in"] = ""
    pointwise: bool = False
    by_step: bool = False
    network: Literal["", "stack", "graph"] = ""


POINTWISE = Traits(pointwise=True)
BY_STEP = Traits(by_step=True)

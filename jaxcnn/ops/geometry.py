"""The static side of the operations: everything about them but the arrays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

# Which of the three arrays of a convolution is computed from the two others.
Target: TypeAlias = Literal["output", "input", "kernel"]
Shape: TypeAlias = tuple[int, ...]


@dataclass(frozen=True)
class Geometry:
    """How ``kernel`` (*window, C_in // groups, C_out) slides over images (N, *lengths, C_in).

    ``padding`` holds (before, after) for each spatial axis; ``after`` is negative where trailing
    elements of the input are not reached by any window.
    """

    lengths: Shape
    window: Shape
    strides: Shape
    dilation: Shape
    padding: tuple[tuple[int, int], ...]
    groups: int = 1

    @property
    def rank(self) -> int:
        return len(self.lengths)

    @property
    def positions(self) -> Shape:
        """Spatial shape of the output."""
        axes = zip(
            self.lengths, self.padding, self.window, self.dilation, self.strides, strict=True
        )
        return tuple(max((n + sum(pad) - (k - 1) * d - 1) // s + 1, 0) for n, pad, k, d, s in axes)

    @property
    def taps(self) -> int:
        """Elements of the window."""
        return math.prod(self.window)

    def shape(self, target: Target, a: Shape, b: Shape) -> Shape:
        """Shape of the target from those of the two others, in the order of `convolve`."""
        if target == "output":
            return (a[0], *self.positions, b[-1])
        if target == "input":
            return (a[0], *self.lengths, b[-2] * self.groups)
        return (*self.window, a[-1] // self.groups, b[-1])


@dataclass(frozen=True)
class StepSettings:
    """How an LSTM or a GRU goes over a sequence.

    Attributes:
        hard: the gates are hard sigmoids, not sigmoids.
        reverse: go from the last step to the first.
        saving: also return what the gates are taken of, for the gradient.
    """

    hard: bool
    reverse: bool
    saving: bool = False

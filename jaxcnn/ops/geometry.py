"""The static side of a convolution: everything about it but the arrays."""

import math
from dataclasses import dataclass
from typing import Literal

Wanted = Literal["output", "input", "kernel"]
Shape = tuple[int, ...]


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

    def shape(self, wanted: Wanted, a: Shape, b: Shape) -> Shape:
        """Shape of what is wanted from the two others; see :func:`jaxcnn.ops.primitive.convolve`
        for their order.
        """
        if wanted == "output":
            return (a[0], *self.positions, b[-1])
        if wanted == "input":
            return (a[0], *self.lengths, b[-2] * self.groups)
        return (*self.window, a[-1] // self.groups, b[-1])

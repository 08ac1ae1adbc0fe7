"""The layer of YOLOv2 that brings a fine map to the size of a coarse one."""

from __future__ import annotations

from typing import Any

import jax

from jaxcnn.layers.derived import keras_layer
from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer


class ReorganiseModule(Layer):
    """(batch, h, w, c) to (batch, h/stride, w/stride, c * stride^2), in the order of [reorg].

    Darknet's layer of that name reads the (c, h, w) numbers of an image as if they were
    (c/stride^2, h*stride, w*stride), moves blocks of stride x stride pixels into channels, and
    reads the result as (c*stride^2, h/stride, w/stride). Trained weights rely on it, so the order
    is kept although a plain space-to-depth was meant.
    """

    stride: Any = 2

    def checked(self) -> dict[str, Any]:
        return {"stride": arguments.integers(self.label, "stride", self.stride, 1)[0]}

    def __call__(self, x: jax.Array) -> jax.Array:
        batch, height, width, channels = x.shape
        s = self.stride
        if height % s or width % s or channels % (s * s):
            raise ValueError(
                f"{self.label}: height and width must be multiples of {s}, channels of {s * s}; "
                f"given {x.shape}."
            )
        groups = channels // (s * s)
        x = x.transpose(0, 3, 1, 2).reshape((batch, groups, height, s, width, s))
        # (batch, row in block, column in block, group, height, width)
        x = x.transpose((0, 3, 5, 1, 2, 4))
        x = x.reshape(batch, channels * s * s, height // s, width // s)
        return x.transpose(0, 2, 3, 1)


Reorganise = keras_layer(ReorganiseModule)

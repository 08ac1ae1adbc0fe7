"""The few array operations worth owning: channels last, pure, the same on every device."""

from jaxcnn.ops.convolution import (
    conv,
    conv_output_length,
    conv_relu,
    conv_transpose,
    conv_transpose_output_length,
)
from jaxcnn.ops.onednn import accelerated, why_not
from jaxcnn.ops.pooling import avg_pool, largest, max_pool
from jaxcnn.ops.product import dot

__all__ = [
    "accelerated",
    "avg_pool",
    "conv",
    "conv_output_length",
    "conv_relu",
    "conv_transpose",
    "conv_transpose_output_length",
    "dot",
    "largest",
    "max_pool",
    "why_not",
]

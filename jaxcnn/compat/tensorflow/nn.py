"""``tf.nn``: activations, normalization and losses; `windows` has convolutions and pools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from jaxcnn import backend, nn
from jaxcnn.backend.modules import applied
from jaxcnn.backend.random import random_key
from jaxcnn.compat.tensorflow.arithmetic import elementwise_word, sigmoid, tanh
from jaxcnn.compat.tensorflow.windows import FORMATS
from jaxcnn.compat.tensorflow.word import Word, word
from jaxcnn.runtime import ties
from jaxcnn.runtime.types import ArrayLike, PyTree

__all__ = [
    "batch_normalization",
    "bias_add",
    "crelu",
    "dropout",
    "elu",
    "embedding_lookup",
    "in_top_k",
    "l2_loss",
    "l2_normalize",
    "leaky_relu",
    "local_response_normalization",
    "log_softmax",
    "lrn",
    "moments",
    "relu",
    "relu6",
    "relu_layer",
    "selu",
    "sigmoid",
    "sigmoid_cross_entropy_with_logits",
    "softmax",
    "softmax_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits_v2",
    "softplus",
    "softsign",
    "sparse_softmax_cross_entropy_with_logits",
    "swish",
    "tanh",
    "top_k",
    "xw_plus_b",
    "zero_fraction",
]

# -- normalization -------------------------------------------------------------------------------


@word("LRN")
def local_response_normalization(
    input: ArrayLike, depth_radius: int = 5, bias: float = 1, alpha: float = 1, beta: float = 0.5
) -> jax.Array:
    """Each number over ``(bias + alpha * sum of squares of the channels around it) ** beta``."""
    module = nn.LocalResponseNormalization(
        depth_radius=depth_radius,
        alpha=alpha,
        beta=beta,
        bias=bias,
        data_format="channels_last",
        parent=None,
    )
    return applied(module, input)


lrn = local_response_normalization


# -- layers of numbers -----------------------------------------------------------------------------


@word("BiasAdd")
def bias_add(value: ArrayLike, bias: ArrayLike, data_format: str = "NHWC") -> jax.Array:
    """`value` with a number of `bias` added to each channel."""
    return backend.bias_add(value, bias, FORMATS[data_format])


@word("xw_plus_b")
def xw_plus_b(x: ArrayLike, weights: ArrayLike, biases: ArrayLike) -> jax.Array:
    """``x @ weights + biases``."""
    return jnp.matmul(jnp.asarray(x), jnp.asarray(weights)) + jnp.asarray(biases)


@word("relu_layer")
def relu_layer(x: ArrayLike, weights: ArrayLike, biases: ArrayLike) -> jax.Array:
    """``relu(x @ weights + biases)``."""
    return jax.nn.relu(jnp.matmul(jnp.asarray(x), jnp.asarray(weights)) + jnp.asarray(biases))


@word("dropout/mul")
def dropout(
    x: ArrayLike,
    keep_prob: ArrayLike,
    noise_shape: Sequence[int] | None = None,
    seed: int | None = None,
) -> jax.Array:
    """Each number kept with the chance `keep_prob` and divided by it, else 0."""
    x = jnp.asarray(x)
    chance = jnp.asarray(keep_prob, x.dtype)
    drawn = jax.random.uniform(random_key(seed), tuple(noise_shape or x.shape), x.dtype)
    return x / chance * jnp.floor(chance + drawn)


@word("embedding_lookup")
def embedding_lookup(params: ArrayLike, ids: ArrayLike) -> jax.Array:
    """The rows of `params` at `ids`."""
    return jnp.take(jnp.asarray(params), jnp.asarray(ids), 0)


@word("moments/Squeeze", at_once=("axes",))
def moments(
    x: ArrayLike, axes: Sequence[int], shift: None = None, keep_dims: bool = False
) -> list[jax.Array]:
    """Mean and variance along axes."""
    x = jnp.asarray(x)
    along = tuple(axes)
    return [jnp.mean(x, along, keepdims=keep_dims), jnp.var(x, along, keepdims=keep_dims)]


@word("batchnorm/add_1")
def batch_normalization(
    x: ArrayLike,
    mean: ArrayLike,
    variance: ArrayLike,
    offset: ArrayLike | None,
    scale: ArrayLike | None,
    variance_epsilon: float,
) -> jax.Array:
    """`x` with this mean and variance taken away, then scaled and moved."""
    factor = jax.lax.rsqrt(jnp.asarray(variance) + variance_epsilon)
    factor = factor if scale is None else factor * scale
    moved = (jnp.asarray(x) - mean) * factor
    return moved if offset is None else moved + offset


# -- activations -----------------------------------------------------------------------------------


def scaled_elu(x: jax.Array) -> jax.Array:
    """SELU, whose derivative at 0 is that of the numbers above it."""
    return jnp.where(x == 0, SELU_SCALE * x, jax.nn.selu(x))


SELU_SCALE = 1.0507009873554805
relu = elementwise_word("Relu", jax.nn.relu)
relu6 = elementwise_word("Relu6", lambda x: jnp.where(x >= 6, 6, jax.nn.relu(x)))
elu = elementwise_word("Elu", jax.nn.elu)
selu = elementwise_word("Selu", scaled_elu)
softplus = elementwise_word("Softplus", jax.nn.softplus)
softsign = elementwise_word("Softsign", jax.nn.soft_sign)
swish = elementwise_word("swish_f32", jax.nn.silu)
zero_fraction = elementwise_word(
    "zero_fraction/fraction", lambda x: jnp.mean((x == 0).astype(jnp.float32))
)


@word("CRelu/concat", at_once=("axis",))
def crelu(features: ArrayLike, axis: int = -1) -> jax.Array:
    """The positive parts of `features` and, after them along an axis, of their negatives."""
    x = jnp.asarray(features)
    return jax.nn.relu(jnp.concatenate([x, -x], axis))


@word("LeakyRelu/Maximum")
def leaky_relu(features: ArrayLike, alpha: float = 0.2) -> jax.Array:
    """`features`, times `alpha` where negative."""
    x = jnp.asarray(features)
    return ties.maximum(alpha * x, x)


@word("Softmax", at_once=("dim", "axis"))
def softmax(logits: ArrayLike, dim: int = -1, axis: int | None = None) -> jax.Array:
    """Exponentials over their sum along an axis."""
    return jax.nn.softmax(jnp.asarray(logits), dim if axis is None else axis)


@word("LogSoftmax", at_once=("dim", "axis"))
def log_softmax(logits: ArrayLike, dim: int = -1, axis: int | None = None) -> jax.Array:
    """The logarithms of `softmax`."""
    return jax.nn.log_softmax(jnp.asarray(logits), dim if axis is None else axis)


@word("l2_normalize", at_once=("dim", "axis"))
def l2_normalize(
    x: ArrayLike, dim: int | Sequence[int] = 0, epsilon: float = 1e-12, axis: Any = None
) -> jax.Array:
    """`x` over its length along an axis."""
    x = jnp.asarray(x)
    along = dim if axis is None else axis
    squares = jnp.sum(
        jnp.square(x), tuple(along) if isinstance(along, list) else along, keepdims=True
    )
    return x * jax.lax.rsqrt(jnp.maximum(squares, epsilon))


# -- losses and scores -----------------------------------------------------------------------------


@word("L2Loss")
def l2_loss(t: ArrayLike) -> jax.Array:
    """Half the sum of squares."""
    return jnp.sum(jnp.square(jnp.asarray(t))) / 2


@word("SoftmaxCrossEntropyWithLogits", at_once=("dim",))
def _softmax_cross_entropy(labels: ArrayLike, logits: ArrayLike, dim: int = -1) -> jax.Array:
    logits = jnp.asarray(logits)
    return -jnp.sum(jnp.asarray(labels, logits.dtype) * jax.nn.log_softmax(logits, dim), dim)


@word("SparseSoftmaxCrossEntropyWithLogits/SparseSoftmaxCrossEntropyWithLogits")
def _sparse_cross_entropy(labels: ArrayLike, logits: ArrayLike) -> jax.Array:
    rows = jax.nn.log_softmax(jnp.asarray(logits))
    return -jnp.take_along_axis(rows, jnp.asarray(labels)[..., None], -1)[..., 0]


@word("logistic_loss")
def _sigmoid_cross_entropy(labels: ArrayLike, logits: ArrayLike) -> jax.Array:
    x = jnp.asarray(logits)
    positive = x >= 0  # at 0 the parts have derivatives whose sum is that of the loss
    negative = jnp.where(positive, -x, x)
    return jnp.where(positive, x, 0) - x * jnp.asarray(labels) + jnp.log1p(jnp.exp(negative))


def by_name(function: Word, name: str) -> Word:
    """A loss that takes its arguments by name only, because their order has changed."""

    def call(
        _sentinel: PyTree = None,
        labels: PyTree = None,
        logits: PyTree = None,
        **options: PyTree,
    ) -> PyTree:
        if _sentinel is not None:
            raise ValueError(
                f"Only call `{name}` with named arguments (labels=..., logits=..., ...)"
            )
        if labels is None or logits is None:
            raise ValueError("Both labels and logits must be provided.")
        return function(labels, logits, **options)

    return call


softmax_cross_entropy_with_logits = by_name(
    _softmax_cross_entropy, "softmax_cross_entropy_with_logits"
)
softmax_cross_entropy_with_logits_v2 = softmax_cross_entropy_with_logits
sparse_softmax_cross_entropy_with_logits = by_name(
    _sparse_cross_entropy, "sparse_softmax_cross_entropy_with_logits"
)
sigmoid_cross_entropy_with_logits = by_name(
    _sigmoid_cross_entropy, "sigmoid_cross_entropy_with_logits"
)


@word("in_top_k/InTopKV2", at_once=("k",))
def in_top_k(predictions: ArrayLike, targets: ArrayLike, k: int) -> jax.Array:
    """Whether each row's number at its target is among the `k` greatest."""
    return backend.in_top_k(predictions, targets, k)


class TopK(NamedTuple):
    """The greatest numbers and their indices."""

    values: jax.Array
    indices: jax.Array


@word("TopKV2", at_once=("k",))
def top_k(input: ArrayLike, k: int = 1, sorted: bool = True) -> TopK:
    """The `k` greatest along the last axis, and their indices."""
    return TopK(*jax.lax.top_k(jnp.asarray(input), k))

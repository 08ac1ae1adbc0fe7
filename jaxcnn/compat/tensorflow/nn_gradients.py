"""What TensorFlow computes of `tf.nn` on the way back, as programs call it by hand."""

from __future__ import annotations

import inspect
from collections.abc import Sequence

import jax
import jax.numpy as jnp

from jaxcnn import activations
from jaxcnn.compat.tensorflow.windows import avg_pool, max_pool
from jaxcnn.compat.tensorflow.word import Word, word
from jaxcnn.runtime.types import ArrayFunction, ArrayLike

__all__ = [
    "avg_pool_grad",
    "max_pool_grad",
    "relu6_grad",
    "relu_grad",
    "softplus_grad",
    "softsign_grad",
]


def back(function: ArrayFunction, x: jax.Array, grad: ArrayLike) -> jax.Array:
    """The derivative by `x` of the sum of ``function(x) * grad``."""
    _, pullback = jax.vjp(function, x)
    by_x: jax.Array = pullback(jnp.asarray(grad))[0]
    return by_x


@word("MaxPoolGrad")
def max_pool_grad(
    orig_input: ArrayLike,
    orig_output: ArrayLike,
    grad: ArrayLike,
    ksize: Sequence[int],
    strides: Sequence[int],
    padding: str,
    data_format: str = "NHWC",
) -> jax.Array:
    """`grad` of a max pool at the first greatest number of each window."""
    pool = inspect.unwrap(max_pool)
    return back(
        lambda x: pool(x, ksize, strides, padding, data_format), jnp.asarray(orig_input), grad
    )


@word("AvgPoolGrad", at_once=("orig_input_shape",))
def avg_pool_grad(
    orig_input_shape: Sequence[int],
    grad: ArrayLike,
    ksize: Sequence[int],
    strides: Sequence[int],
    padding: str,
    data_format: str = "NHWC",
) -> jax.Array:
    """`grad` of a mean pool in equal parts for each window, for an input of this shape."""
    pool = inspect.unwrap(avg_pool)
    zeros = jnp.zeros(tuple(orig_input_shape), jnp.asarray(grad).dtype)
    return back(lambda x: pool(x, ksize, strides, padding, data_format), zeros, grad)


def activation_word(label: str, function: ArrayFunction) -> Word:
    """The word for an activation's derivative at `features`, times `gradients`."""

    @word(label)
    def call(gradients: ArrayLike, features: ArrayLike) -> jax.Array:
        return back(function, jnp.asarray(features), gradients)

    return call


relu_grad = activation_word("ReluGrad", activations.relu)
relu6_grad = activation_word("Relu6Grad", lambda x: activations.relu(x, max_value=6.0))
softplus_grad = activation_word("SoftplusGrad", activations.softplus)
softsign_grad = activation_word("SoftsignGrad", activations.softsign)

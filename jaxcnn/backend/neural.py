"""Softmax, cross-entropies and normalization.

The cross-entropies take (output, target), the order of Keras 2.0; `jaxcnn.losses` take (target,
output).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from jaxcnn import losses
from jaxcnn.layers.symbolic.operation import along_axis, along_axis_or, operation
from jaxcnn.layers.symbolic.tensor import SymbolicTensor


def _all_by_sample(tensors: list[SymbolicTensor], arguments: Mapping[str, Any]) -> bool:
    return all(tensor.ndim > 1 for tensor in tensors)


@operation(along_axis_or(-1))
def softmax(x: Any, axis: int = -1) -> Any:
    """``exp(x) / sum(exp(x))`` along `axis`."""
    return jax.nn.softmax(x, axis)


@operation(_all_by_sample)
def categorical_crossentropy(output: Any, target: Any, from_logits: bool = False) -> Any:
    """``-sum(target * log(output))`` over the last axis; see
    `jaxcnn.losses.categorical_crossentropy`.
    """
    return losses.categorical_crossentropy(target, output, from_logits)


@operation(_all_by_sample)
def sparse_categorical_crossentropy(output: Any, target: Any, from_logits: bool = False) -> Any:
    """`categorical_crossentropy` for targets that are class numbers."""
    return losses.sparse_categorical_crossentropy(target, output, from_logits)


@operation(_all_by_sample)
def binary_crossentropy(output: Any, target: Any, from_logits: bool = False) -> Any:
    """``-(target * log(output) + (1 - target) * log(1 - output))`` of each element."""
    return losses.binary_crossentropy(
        jnp.expand_dims(target, -1), jnp.expand_dims(output, -1), from_logits
    )


@operation()
def in_top_k(predictions: Any, targets: Any, k: int) -> Any:
    """Booleans (batch,): whether fewer than `k` classes score higher than the right one.

    `predictions` are scores (batch, classes), `targets` class numbers (batch,).
    """
    from jaxcnn.metrics import sparse_top_k_categorical_accuracy

    return sparse_top_k_categorical_accuracy(targets, predictions, k) > 0


@operation(along_axis)
def l2_normalize(x: Any, axis: Any = None) -> Any:
    """`x` divided by its Euclidean length along `axis`, the squared length counting as at least
    1e-12.
    """
    return losses.l2_normalize(jnp.asarray(x), axis)


@operation()
def batch_normalization(
    x: Any, mean: Any, var: Any, beta: Any, gamma: Any, epsilon: float = 1e-3
) -> Any:
    """``gamma * (x - mean) / sqrt(var + epsilon) + beta``; `beta` and `gamma` may be None."""
    scale = jax.lax.rsqrt(jnp.asarray(var) + epsilon)
    scale = scale if gamma is None else scale * gamma
    shift = -mean * scale if beta is None else beta - mean * scale
    return x * scale + shift


@operation()
def normalize_batch_in_training(
    x: Any, gamma: Any, beta: Any, reduction_axes: Sequence[int], epsilon: float = 1e-3
) -> tuple[Any, Any, Any]:
    """`x` normalized by its own mean and variance over `reduction_axes`: (normalized, mean,
    variance).
    """
    axes = tuple(reduction_axes)
    mean, variance = jnp.mean(x, axes), jnp.var(x, axes)

    def along(values: Any) -> Any:
        return None if values is None else jnp.expand_dims(jnp.asarray(values), axes)

    normalized = batch_normalization(
        x, along(mean), along(variance), along(beta), along(gamma), epsilon
    )
    return normalized, mean, variance

"""One JAX primitive for the product of two matrices.

Like convolution (:mod:`jaxcnn.ops.primitive`) it is differentiated by itself: the gradients of a
product are products. XLA computes it, but for one case: on CPU the product over the first axes of
both, which the gradient of every kernel is, takes oneDNN two thirds of XLA's time, because it need
not lay one of them out again.
"""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
from jax import lax
from jax.core import ShapedArray
from jax.extend.core import Primitive
from jax.interpreters import ad
from jax.sharding import PartitionSpec

from jaxcnn.ops import onednn
from jaxcnn.ops.tracing import (
    is_spelled_out,
    lower_on_one_cpu,
    map_as,
    updated,
    varying_alike,
)
from jaxcnn.runtime.types import ArrayFunction

# Multiplications below which a call costs more than it saves.
_LEAST_WORK = 2**20

_product_p = Primitive("jaxcnn_product")


def dot(x: jax.Array, kernel: jax.Array) -> jax.Array:
    """``x`` (..., k) times ``kernel`` (k, n): (..., n), in the dtype that the two promote to.

    Args:
        x: float array (..., k).
        kernel: float array (k, n).

    Examples:
        >>> jc.ops.dot(jnp.ones((2, 3)), jnp.ones((3, 4))).shape
        (2, 4)

    References:
        - Bradbury et al., "JAX 0.10.2: jax/_src/lax/lax.py", 2026,
          <https://github.com/jax-ml/jax/blob/jax-v0.10.2/jax/_src/lax/lax.py>
    """
    dtype = common_dtype(x, kernel)
    rows = x.astype(dtype).reshape(math.prod(x.shape[:-1]), x.shape[-1])  # (rows, k)
    return product(rows, kernel.astype(dtype), 1, 0).reshape(*x.shape[:-1], kernel.shape[-1])


def common_dtype(a: jax.Array, b: jax.Array) -> jnp.dtype:
    """The dtype that two arrays promote to, also where JAX may promote nothing by itself."""
    with jax.numpy_dtype_promotion("standard"):
        return jnp.promote_types(a.dtype, b.dtype)


def product(a: jax.Array, b: jax.Array, a_axis: int, b_axis: int) -> jax.Array:
    """The product of two matrices over these axes of theirs: (a's other axis, b's other axis)."""
    form: ArrayFunction = _by_xla if is_spelled_out() else _product_p.bind
    return form(*varying_alike(a, b), a_axis=a_axis, b_axis=b_axis)


def _by_xla(a: jax.Array, b: jax.Array, *, a_axis: int, b_axis: int) -> jax.Array:
    return lax.dot_general(a, b, (((a_axis,), (b_axis,)), ((), ())))


def _on_cpu(a: jax.Array, b: jax.Array, *, a_axis: int, b_axis: int) -> jax.Array:
    if a_axis == b_axis == 0 and a.size * b.shape[1] >= _LEAST_WORK:
        result = onednn.multiply(a, b, a_axis, b_axis)
        if result is not None:
            return result
    return _by_xla(a, b, a_axis=a_axis, b_axis=b_axis)


@_product_p.def_abstract_eval
def _abstract(a: ShapedArray, b: ShapedArray, *, a_axis: int, b_axis: int) -> ShapedArray:
    spec = PartitionSpec(a.sharding.spec[1 - a_axis], b.sharding.spec[1 - b_axis])
    shape = a.shape[1 - a_axis], b.shape[1 - b_axis]
    return updated(a, shape, spec)


def _transpose_a(
    cotangent: jax.Array, a: jax.Array, b: jax.Array, *, a_axis: int, b_axis: int
) -> jax.Array:
    if a_axis == 1:
        return product(cotangent, b, 1, 1 - b_axis)
    return product(b, cotangent, 1 - b_axis, 1)


def _transpose_b(
    cotangent: jax.Array, a: jax.Array, b: jax.Array, *, a_axis: int, b_axis: int
) -> jax.Array:
    if b_axis == 0:
        return product(a, cotangent, 1 - a_axis, 0)
    return product(cotangent, a, 0, 1 - a_axis)


ad.defbilinear(_product_p, _transpose_a, _transpose_b)


map_as(_product_p, _by_xla)
lower_on_one_cpu(_product_p, _by_xla, _on_cpu)

"""One JAX primitive for convolution and its gradients.

A convolution is linear in its input and in its kernel, and each of its two gradients is linear in
its two arguments as well: all three are faces of one trilinear form of (input, kernel, output),
each computing one of the three arrays from the two others. So one primitive is differentiated by
itself, in both modes and to any order.

How it is computed is decided when a program is lowered for a platform: XLA's convolution on GPU and
TPU; on CPU oneDNN (:mod:`jaxcnn.ops.onednn`), else matrix products (:mod:`jaxcnn.ops.xla`).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import jax
import jax.numpy as jnp
from jax import lax
from jax.core import ShapedArray
from jax.experimental.custom_partitioning import custom_partitioning
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir, xla
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from jaxcnn.ops import onednn
from jaxcnn.ops.geometry import Geometry, Target
from jaxcnn.ops.tracing import (
    Static,
    is_spelled_out,
    lower_on_one_cpu,
    lower_when_devices_are_known,
    lowered,
    map_as,
    updated,
    varying_alike,
)
from jaxcnn.ops.xla import blocked, direct, exported_for_cpu, portable
from jaxcnn.runtime.arrays import on_last_axes
from jaxcnn.runtime.types import ArrayFunction

_convolution_p, _relu_p = Primitive("jaxcnn_convolution"), Primitive("jaxcnn_convolution_relu")


def convolve(target: Target, a: jax.Array, b: jax.Array, geometry: Geometry) -> jax.Array:
    """'output' of (input, kernel), 'input' of (output, kernel), 'kernel' of (input, output).

    The last two are the gradients of the first: 'input' is also known as transposed convolution.
    """
    if is_spelled_out():
        return portable(target, a, b, geometry)
    form: ArrayFunction = _convolution_p.bind
    return form(*varying_alike(a, b), target=target, geometry=geometry, stacked=False)


_convolution_p.def_impl(functools.partial(xla.apply_primitive, _convolution_p))


def _abstract(
    a: ShapedArray, b: ShapedArray, *, target: Target, geometry: Geometry, stacked: bool
) -> ShapedArray:
    # Of a stack of convolutions, (stack, ...), the first axis stays; else there is none.
    stack, a_shape, b_shape = a.shape[:stacked], a.shape[stacked:], b.shape[stacked:]
    shape = stack + geometry.shape(target, a_shape, b_shape)
    # On a mesh with explicit axes: images lie as the given ones do, kernels everywhere (see
    # `_partition`).
    batch = a.sharding.spec[: 1 + stacked] if target != "kernel" else a.sharding.spec[:stacked]
    spec = PartitionSpec(*batch, *[None] * (len(shape) - len(batch)))
    return updated(a, shape, spec)


_convolution_p.def_abstract_eval(_abstract)


def _bind(target: Target, a: jax.Array, b: jax.Array, **rest: Static) -> jax.Array:
    result: jax.Array = _convolution_p.bind(a, b, target=target, **rest)
    return result


# Which of the three arrays each transposition computes, from the two others in their order.
def _transpose_a(
    cotangent: jax.Array, a: jax.Array, b: jax.Array, *, target: Target, **rest: Static
) -> jax.Array:
    if target == "kernel":
        return _bind("input", b, cotangent, **rest)
    return _bind("input" if target == "output" else "output", cotangent, b, **rest)


def _transpose_b(
    cotangent: jax.Array, a: jax.Array, b: jax.Array, *, target: Target, **rest: Static
) -> jax.Array:
    if target == "kernel":
        return _bind("output", a, cotangent, **rest)
    return _bind("kernel", *((a, cotangent) if target == "output" else (cotangent, a)), **rest)


ad.defbilinear(_convolution_p, _transpose_a, _transpose_b)


def _batch(
    arguments: Sequence[jax.Array],
    dims: Sequence[int | None],
    *,
    target: Target,
    geometry: Geometry,
    stacked: bool,
) -> tuple[jax.Array, int]:
    """A mapped axis of the images alone joins the batch, others a stack of convolutions."""
    size = next(x.shape[d] for x, d in zip(arguments, dims, strict=True) if d is not None)

    def front(x: jax.Array, d: int | None) -> jax.Array:
        return jnp.broadcast_to(x, (size, *x.shape)) if d is None else jnp.moveaxis(x, d, 0)

    a, b = arguments
    if not stacked and dims[1] is None and target != "kernel":
        images = front(a, dims[0])  # (size, batch, ...)
        result = convolve(target, images.reshape(-1, *images.shape[2:]), b, geometry)
        return result.reshape(size, -1, *result.shape[1:]), 0
    a, b = front(a, dims[0]), front(b, dims[1])
    if stacked:
        a, b = (x.reshape(-1, *x.shape[2:]) for x in (a, b))  # (size * stack, ...)
    result = _bind(target, a, b, geometry=geometry, stacked=True)
    return (result.reshape(size, -1, *result.shape[1:]) if stacked else result), 0


batching.primitive_batchers[_convolution_p] = _batch
lower_when_devices_are_known(_convolution_p)


def _everywhere(
    a: jax.Array, b: jax.Array, *, target: Target, geometry: Geometry, stacked: bool
) -> jax.Array:
    if not stacked:
        return direct(target, a, b, geometry)
    results: jax.Array = jax.vmap(functools.partial(direct, target, geometry=geometry))(a, b)
    return results


def _exported_for_cpu(
    a: jax.Array, b: jax.Array, *, target: Target, geometry: Geometry, stacked: bool
) -> jax.Array:
    if stacked:
        return _everywhere(a, b, target=target, geometry=geometry, stacked=True)
    return exported_for_cpu(target, a, b, geometry)


def _on_cpu(
    a: jax.Array, b: jax.Array, *, target: Target, geometry: Geometry, stacked: bool
) -> jax.Array:
    if stacked:
        result: jax.Array = lax.map(
            lambda pair: convolve(target, pair[0], pair[1], geometry), (a, b)
        )
    else:
        result = _partitioned(a, b, target, geometry)
    return result


def _choose(a: jax.Array, b: jax.Array, target: Target, geometry: Geometry) -> jax.Array:
    """The fastest way on CPU for arrays of these shapes, by a rule that was measured."""
    shape = geometry.shape(target, a.shape, b.shape)
    if 0 in (*a.shape, *b.shape, *shape):
        return jnp.zeros(shape, a.dtype)
    if _suits_onednn(target, a, b, geometry):
        result = onednn.convolve(target, a, b, geometry)
        if result is not None:
            return result
    return blocked(target, a, b, geometry)


def _suits_onednn(target: Target, a: jax.Array, b: jax.Array, geometry: Geometry) -> bool:
    """Whether oneDNN is faster than cutting out patches.

    oneDNN first lays the kernel out in its own way, which takes longer than to cut out the patches
    where there are fewer of them than output channels: late layers of deep networks, on small
    images.
    """
    patches = a.shape[0] * math.prod(geometry.positions)
    channels_out = (a if target == "input" else b).shape[-1]
    return geometry.groups > 1 or channels_out < patches


# Over several devices the batch is shared out; the kernel is everywhere, and its gradient is the
# sum over devices.
_partitioned = custom_partitioning(_choose, static_argnums=(2, 3))


def _partition(
    target: Target,
    geometry: Geometry,
    mesh: Mesh,
    argument_shapes: Sequence[jax.ShapeDtypeStruct],
    result_shape: jax.ShapeDtypeStruct,
) -> tuple[Mesh, ArrayFunction, NamedSharding, tuple[NamedSharding, ...]]:
    batch = argument_shapes[0].sharding.spec[:1] or (None,)
    images, everywhere = (NamedSharding(mesh, PartitionSpec(*spec)) for spec in (batch, ()))

    def local(a: jax.Array, b: jax.Array) -> jax.Array:
        result = _choose(a, b, target, geometry)
        return lax.psum(result, batch[0]) if target == "kernel" and batch[0] else result

    if target == "kernel":
        return mesh, local, everywhere, (images, images)
    return mesh, local, images, (images, everywhere)


def _sharding_rule(
    target: Target,
    geometry: Geometry,
    mesh: Mesh,
    arguments: Sequence[mlir.Value],
    results: Sequence[mlir.Value],
) -> tuple[str, dict[str, tuple[str, ...]]]:
    """The axes by name, in Shardy's notation: the batch is ``n``, all others are whole anywhere."""
    others = [f"f{i}" for i in range(3 * (geometry.rank + 2))]
    fresh = iter(others)

    def axes(images: bool) -> str:
        return " ".join(
            ["n" if images and axis == 0 else next(fresh) for axis in range(geometry.rank + 2)]
        )

    a, b, result = axes(True), axes(target == "kernel"), axes(target != "kernel")
    used = {name for axis in (a, b, result) for name in axis.split()} - {"n"}
    options = {
        "need_replication_factors": tuple(sorted(used)),
        "reduction_factors": ("n",) * (target == "kernel"),
    }
    return f"{a}, {b} -> {result}", options


_partitioned.def_partition(_partition, sharding_rule=_sharding_rule)

mlir.register_lowering(_convolution_p, mlir.lower_fun(_everywhere, multiple_results=False))


def _lower_on_cpu(
    context: mlir.LoweringRuleContext, a: mlir.Value, b: mlir.Value, **static: Static
) -> Sequence[mlir.Value]:
    # An exported program must run where this process's oneDNN is not.
    exported = context.module_context.lowering_parameters.for_export
    way = _exported_for_cpu if exported else _on_cpu
    return lowered(way, context, a, b, **static)


mlir.register_lowering(_convolution_p, _lower_on_cpu, platform="cpu")


def convolve_relu(
    x: jax.Array, kernel: jax.Array, bias: jax.Array, geometry: Geometry
) -> jax.Array:
    """``relu(convolve("output", x, kernel, geometry) + bias)``, all of one dtype.

    A separate primitive: oneDNN goes over the output once, where XLA would write it, read it and
    write it again.
    """
    form: ArrayFunction = _relu_everywhere if is_spelled_out() else _relu_p.bind
    return form(*varying_alike(x, kernel, bias), geometry=geometry)


def _relu_jvp(
    arguments: Sequence[jax.Array], tangents: Sequence[jax.Array | ad.Zero], *, geometry: Geometry
) -> tuple[jax.Array, jax.Array]:
    (x, kernel, bias), (d_x, d_kernel, d_bias) = arguments, tangents
    y = _relu_p.bind(x, kernel, bias, geometry=geometry)
    parts = []
    if not isinstance(d_x, ad.Zero):
        parts.append(convolve("output", d_x, kernel, geometry))
    if not isinstance(d_kernel, ad.Zero):
        parts.append(convolve("output", x, d_kernel, geometry))
    if not isinstance(d_bias, ad.Zero):
        parts.append(jnp.broadcast_to(d_bias, y.shape))
    return y, jnp.where(y > 0, sum(parts[1:], parts[0]), jnp.zeros((), y.dtype))


def _relu_everywhere(
    x: jax.Array, kernel: jax.Array, bias: jax.Array, *, geometry: Geometry
) -> jax.Array:
    y = convolve("output", x, kernel, geometry)
    return jax.nn.relu(y + on_last_axes(bias, y))


def _relu_on_cpu(
    x: jax.Array, kernel: jax.Array, bias: jax.Array, *, geometry: Geometry
) -> jax.Array:
    empty = 0 in (*x.shape, *kernel.shape, *geometry.positions)
    if not empty and _suits_onednn("output", x, kernel, geometry):
        result = onednn.convolve_relu(x, kernel, bias, geometry)
        if result is not None:
            return result
    return _relu_everywhere(x, kernel, bias, geometry=geometry)


@_relu_p.def_abstract_eval
def _relu_abstract(
    x: ShapedArray, kernel: ShapedArray, bias: ShapedArray, *, geometry: Geometry
) -> ShapedArray:
    return _abstract(x, kernel, target="output", geometry=geometry, stacked=False)


ad.primitive_jvps[_relu_p] = _relu_jvp
map_as(_relu_p, _relu_everywhere)
lower_on_one_cpu(_relu_p, _relu_everywhere, _relu_on_cpu)

"""One JAX primitive for convolution and its gradients.

A convolution is linear in its input and in its kernel, and each of its two gradients is linear in
its two arguments as well: all three are faces of one trilinear form of (input, kernel, output),
each computing one of the three arrays from the two others. So one primitive is differentiated by
itself, in both modes and to any order.

How it is computed is decided when a program is lowered for a platform: XLA's convolution on GPU and
TPU; on CPU oneDNN (:mod:`jaxcnn.ops.onednn`), else matrix products (:mod:`jaxcnn.ops.xla`).
"""

import functools
import math

import jax
import jax.numpy as jnp
from jax import lax
from jax.experimental.custom_partitioning import custom_partitioning
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir, xla
from jax.sharding import NamedSharding, PartitionSpec

from jaxcnn.ops import onednn
from jaxcnn.ops.geometry import Geometry, Wanted
from jaxcnn.ops.tracing import (
    is_spelled_out,
    lower_on_one_cpu,
    lower_when_devices_are_known,
    map_as,
    varying_alike,
)
from jaxcnn.ops.xla import blocked, direct

_convolution_p, _relu_p = Primitive("jaxcnn_convolution"), Primitive("jaxcnn_convolution_relu")


def convolve(wanted: Wanted, a: jax.Array, b: jax.Array, geometry: Geometry) -> jax.Array:
    """'output' of (input, kernel), 'input' of (output, kernel) or 'kernel' of (input, output).

    The last two are the gradients of the first: 'input' is also known as transposed convolution.
    """
    form = _everywhere if is_spelled_out() else _convolution_p.bind
    return form(*varying_alike(a, b), wanted=wanted, geometry=geometry, stacked=False)


_convolution_p.def_impl(functools.partial(xla.apply_primitive, _convolution_p))


@_convolution_p.def_abstract_eval
def _abstract(a, b, *, wanted, geometry, stacked):
    stack, a_shape, b_shape = (
        ((a.shape[:1], a.shape[1:], b.shape[1:])) if stacked else ((), a.shape, b.shape)
    )
    shape = stack + geometry.shape(wanted, a_shape, b_shape)
    # On a mesh with explicit axes: images lie as the given ones do, kernels everywhere (see
    # `_partition`).
    batch = a.sharding.spec[: 1 + stacked] if wanted != "kernel" else a.sharding.spec[:stacked]
    spec = PartitionSpec(*batch, *[None] * (len(shape) - len(batch)))
    return a.update(shape=shape, weak_type=False, sharding=NamedSharding(a.sharding.mesh, spec))


# What a transposition computes, and from which of (cotangent, other argument) in which order.
def _transpose_a(cotangent, a, b, *, wanted, **rest):
    if wanted == "output":
        return _convolution_p.bind(cotangent, b, wanted="input", **rest)
    if wanted == "input":
        return _convolution_p.bind(cotangent, b, wanted="output", **rest)
    return _convolution_p.bind(b, cotangent, wanted="input", **rest)


def _transpose_b(cotangent, a, b, *, wanted, **rest):
    if wanted == "output":
        return _convolution_p.bind(a, cotangent, wanted="kernel", **rest)
    if wanted == "input":
        return _convolution_p.bind(cotangent, a, wanted="kernel", **rest)
    return _convolution_p.bind(a, cotangent, wanted="output", **rest)


ad.defbilinear(_convolution_p, _transpose_a, _transpose_b)


def _batch(arguments, dims, *, wanted, geometry, stacked):
    """A mapped axis of the images alone joins the batch; otherwise it becomes (part of) a stack of
    convolutions.
    """
    size = next(x.shape[d] for x, d in zip(arguments, dims, strict=True) if d is not None)

    def front(x, d):
        return jnp.broadcast_to(x, (size, *x.shape)) if d is None else jnp.moveaxis(x, d, 0)

    a, b = arguments
    if not stacked and dims[1] is None and wanted != "kernel":
        images = front(a, dims[0])
        result = convolve(wanted, images.reshape(-1, *images.shape[2:]), b, geometry)
        return result.reshape(size, -1, *result.shape[1:]), 0
    a, b = front(a, dims[0]), front(b, dims[1])
    if stacked:
        a, b = (x.reshape(-1, *x.shape[2:]) for x in (a, b))
    result = _convolution_p.bind(a, b, wanted=wanted, geometry=geometry, stacked=True)
    return (result.reshape(size, -1, *result.shape[1:]) if stacked else result), 0


batching.primitive_batchers[_convolution_p] = _batch
lower_when_devices_are_known(_convolution_p)


def _everywhere(a, b, *, wanted, geometry, stacked):
    one = functools.partial(direct, wanted, geometry=geometry)
    return jax.vmap(one)(a, b) if stacked else one(a, b)


def _on_cpu(a, b, *, wanted, geometry, stacked):
    if stacked:
        return lax.map(lambda pair: convolve(wanted, pair[0], pair[1], geometry), (a, b))
    return _partitioned(a, b, wanted, geometry)


def _choose(a, b, wanted, geometry):
    """The fastest way on CPU for arrays of these shapes, by a rule that was measured."""
    shape = geometry.shape(wanted, a.shape, b.shape)
    if 0 in (*a.shape, *b.shape, *shape):
        return jnp.zeros(shape, a.dtype)
    if _suits_onednn(wanted, a, b, geometry):
        result = onednn.convolve(wanted, a, b, geometry)
        if result is not None:
            return result
    return blocked(wanted, a, b, geometry)


def _suits_onednn(wanted, a, b, geometry):
    """oneDNN first lays the kernel out anew, which takes longer than to cut out the patches where
    there are fewer of them than output channels: late layers of deep networks, on small images.
    """
    patches, channels_out = (
        a.shape[0] * math.prod(geometry.positions),
        (a if wanted == "input" else b).shape[-1],
    )
    return geometry.groups > 1 or channels_out < patches


# Over several devices the batch is shared out; the kernel is everywhere, and its gradient is the
# sum over devices.
_partitioned = custom_partitioning(_choose, static_argnums=(2, 3))


def _partition(wanted, geometry, mesh, argument_shapes, result_shape):
    batch = argument_shapes[0].sharding.spec[:1] or (None,)
    images, everywhere = (NamedSharding(mesh, PartitionSpec(*spec)) for spec in (batch, ()))

    def local(a, b):
        result = _choose(a, b, wanted, geometry)
        return lax.psum(result, batch[0]) if wanted == "kernel" and batch[0] else result

    if wanted == "kernel":
        return mesh, local, everywhere, (images, images)
    return mesh, local, images, (images, everywhere)


def _sharding_rule(wanted, geometry, mesh, arguments, results):
    others = [f"f{i}" for i in range(3 * (geometry.rank + 2))]
    fresh = iter(others)

    def axes(images):
        return " ".join(
            ["n" if images and axis == 0 else next(fresh) for axis in range(geometry.rank + 2)]
        )

    a, b, result = axes(True), axes(wanted == "kernel"), axes(wanted != "kernel")
    used = {name for axis in (a, b, result) for name in axis.split()} - {"n"}
    options = {
        "need_replication_factors": tuple(sorted(used)),
        "reduction_factors": ("n",) * (wanted == "kernel"),
    }
    return f"{a}, {b} -> {result}", options


_partitioned.def_partition(_partition, sharding_rule=_sharding_rule)

mlir.register_lowering(_convolution_p, mlir.lower_fun(_everywhere, multiple_results=False))


def _lower_on_cpu(context, a, b, **static):
    # An exported program must run where this process's oneDNN is not.
    way = _everywhere if context.module_context.lowering_parameters.for_export else _on_cpu
    return mlir.lower_fun(way, multiple_results=False)(context, a, b, **static)


mlir.register_lowering(_convolution_p, _lower_on_cpu, platform="cpu")


def convolve_relu(
    x: jax.Array, kernel: jax.Array, bias: jax.Array, geometry: Geometry
) -> jax.Array:
    """``relu(convolve("output", x, kernel, geometry) + bias)``, all of one dtype.

    A primitive of its own: oneDNN goes over the output once, where XLA would write it, read it and
    write it again.
    """
    form = _relu_everywhere if is_spelled_out() else _relu_p.bind
    return form(*varying_alike(x, kernel, bias), geometry=geometry)


def _relu_jvp(arguments, tangents, *, geometry):
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


def _relu_everywhere(x, kernel, bias, *, geometry):
    return jax.nn.relu(convolve("output", x, kernel, geometry) + bias)


def _relu_on_cpu(x, kernel, bias, *, geometry):
    result = None
    if 0 not in (*x.shape, *kernel.shape, *geometry.positions) and _suits_onednn(
        "output", x, kernel, geometry
    ):
        result = onednn.convolve_relu(x, kernel, bias, geometry)
    return _relu_everywhere(x, kernel, bias, geometry=geometry) if result is None else result


@_relu_p.def_abstract_eval
def _relu_abstract(x, kernel, bias, *, geometry):
    return _abstract(x, kernel, wanted="output", geometry=geometry, stacked=False)


ad.primitive_jvps[_relu_p] = _relu_jvp
map_as(_relu_p, _relu_everywhere)
lower_on_one_cpu(_relu_p, _relu_everywhere, _relu_on_cpu)

"""The initializations of Keras 1: functions of a shape that return a variable.

Where a computation is being traced, and the values are not known yet, they return these.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import jax
import numpy as np

from jaxcnn import backend, initializers
from jaxcnn.layers.variable import Variable
from jaxcnn.runtime.names import Registry
from jaxcnn.runtime.types import ArrayFunction, Identifier

Initialization: TypeAlias = Callable[..., Variable | jax.Array]

registry: Registry[Initialization] = Registry("initialization")


def compute_fans(shape: Sequence[int], data_format: str = "channels_last") -> tuple[float, float]:
    """The numbers of input and output units of a kernel; 'channels_first' has the outputs first.

    Raises:
        ValueError: another `data_format`.
    """
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError(f"Invalid data_format: {data_format}")
    if data_format == "channels_first" and 2 < len(shape) < 6:
        outputs, inputs, *window = shape
        return initializers.fans((*window, inputs, outputs))
    return initializers.fans(shape)


def get_fans(shape: Sequence[int], dim_ordering: str = "th") -> tuple[float, float]:
    """`compute_fans` in the words of Keras 1, where an array of three axes is no kernel."""
    if len(shape) == 3:
        return initializers.fans((int(np.prod(shape)),))
    formats = {"th": "channels_first", "tf": "channels_last"}
    return compute_fans(shape, formats.get(dim_ordering, dim_ordering))


@registry.register()
def uniform(
    shape: Sequence[int], scale: float = 0.05, name: str | None = None, dim_ordering: str = "th"
) -> Variable | jax.Array:
    """Uniform on [-scale, scale)."""
    return _variable(initializers.RandomUniform(-scale, scale), shape, name)


@registry.register()
def normal(
    shape: Sequence[int], scale: float = 0.05, name: str | None = None, dim_ordering: str = "th"
) -> Variable | jax.Array:
    """Normal of standard deviation `scale`."""
    return _variable(initializers.RandomNormal(0.0, scale), shape, name)


def _scaled(
    name: str, draw: Initialization, doc: str, square: Callable[[float, float], float]
) -> Initialization:
    """The function of that name, whose scale is the root of what `square` has of the fans."""

    def scaled(
        shape: Sequence[int], name: str | None = None, dim_ordering: str = "th"
    ) -> Variable | jax.Array:
        return draw(shape, square(*get_fans(shape, dim_ordering)) ** 0.5, name)

    scaled.__name__, scaled.__doc__ = name, doc
    return registry.register()(scaled)


lecun_uniform = _scaled(
    "lecun_uniform", uniform, "Uniform, limits ``±sqrt(3 / inputs)``.", lambda i, o: 3.0 / i
)
glorot_normal = _scaled(
    "glorot_normal",
    normal,
    "Normal of standard deviation ``sqrt(2 / (inputs + outputs))``.",
    lambda i, o: 2.0 / (i + o),
)
glorot_uniform = _scaled(
    "glorot_uniform",
    uniform,
    "Uniform, limits ``±sqrt(6 / (inputs + outputs))``.",
    lambda i, o: 6.0 / (i + o),
)
he_normal = _scaled(
    "he_normal", normal, "Normal of standard deviation ``sqrt(2 / inputs)``.", lambda i, o: 2.0 / i
)
he_uniform = _scaled(
    "he_uniform", uniform, "Uniform, limits ``±sqrt(6 / inputs)``.", lambda i, o: 6.0 / i
)


@registry.register()
def orthogonal(
    shape: Sequence[int], scale: float = 1.1, name: str | None = None, dim_ordering: str = "th"
) -> Variable | jax.Array:
    """Orthonormal rows or columns times `scale`; a row is what follows the first axis."""
    flat = initializers.Orthogonal(scale)((shape[0], math.prod(shape[1:])))
    return _variable(lambda _: flat.reshape(shape), shape, name)


@registry.register()
def identity(
    shape: Sequence[int], scale: float = 1.0, name: str | None = None, dim_ordering: str = "th"
) -> Variable | jax.Array:
    """The identity matrix times `scale`."""
    return _variable(initializers.Identity(scale), shape, name)


@registry.register()
def zero(
    shape: Sequence[int], name: str | None = None, dim_ordering: str = "th"
) -> Variable | jax.Array:
    """All zeros."""
    return _variable(initializers.Zeros(), shape, name)


@registry.register()
def one(
    shape: Sequence[int], name: str | None = None, dim_ordering: str = "th"
) -> Variable | jax.Array:
    """All ones."""
    return _variable(initializers.Ones(), shape, name)


def get(identifier: Identifier, **kwargs: object) -> Initialization:
    """The function of a name, or a function itself, with these arguments.

    Raises:
        ValueError: an unknown name.
    """
    function: Initialization = registry.get(identifier)
    return functools.partial(function, **kwargs) if kwargs else function


def _of_layers(name: str, initializer: initializers.Initializer) -> None:
    """Make it what the name means as an argument of layers."""

    def build() -> initializers.Initializer:
        return initializer

    build.__name__ = name
    initializers.registry.register_old()(build)


_of_layers("orthogonal", initializers.Orthogonal(1.1))
for _name, _scale, _mode in (("glorot_normal", 1.0, "fan_avg"), ("he_normal", 2.0, "fan_in")):
    _of_layers(_name, initializers.VarianceScaling(_scale, _mode, "untruncated_normal"))


def _variable(
    initializer: ArrayFunction, shape: Sequence[int], name: str | None
) -> Variable | jax.Array:
    values = initializer(shape)
    return values if isinstance(values, jax.core.Tracer) else backend.variable(values, name=name)

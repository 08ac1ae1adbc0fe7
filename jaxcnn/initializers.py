"""Initial weights: ``initializer(key, shape, dtype)`` as in Flax, ``(shape, dtype)`` as in Keras.

Without a key the library's seed decides.

Kernels are laid out channels-last, ``(..., inputs, outputs)``. ``seed=`` fixes the values whatever
key is passed, so two layers with equal seed and shape start equal. Numbers are drawn in float32 and
then cast; see ``jaxcnn.runtime.arrays``.
"""

import dataclasses
import inspect
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from jaxcnn.runtime.arrays import filled, on_device, standard_draw
from jaxcnn.runtime.config import floatx
from jaxcnn.runtime.context import next_key, running
from jaxcnn.runtime.lazy import lazy_attributes
from jaxcnn.runtime.names import Configurable, Registry
from jaxcnn.runtime.types import ArrayFunction, ArrayLike, Config, DTypeLike, Identifier, Settings
from jaxcnn.spellings.keywords import suggesting

Shape: TypeAlias = Sequence[int]

registry: Registry[ArrayFunction] = Registry("initializer", builders=True)

# A normal distribution cut at two standard deviations keeps this part of its standard deviation.
_TRUNCATED_STDDEV = 0.87962566103423978


class Initializer(Configurable):
    """Base class: subclasses define ``draw(key, shape, dtype)``, or ``__call__(shape, dtype)``.

    Examples:
        >>> class Ramp(jc.initializers.Initializer):
        ...     def draw(self, key, shape, dtype):
        ...         return jnp.arange(jnp.array(shape).prod(), dtype=dtype).reshape(shape)
        >>> Ramp()((2, 3), "float32")
        Array([[0., 1., 2.],
               [3., 4., 5.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/initializers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/initializers.py>
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Array:
        """The values, for the arguments ``(key, shape, dtype)`` or ``(shape, dtype)``."""
        return drawn(self.draw, args, kwargs)

    def draw(self, key: Array, shape: Shape, dtype: DTypeLike) -> Array:
        """The values as a function of a random key."""
        raise NotImplementedError(f"{type(self).__name__} must define draw().")


@registry.register("zero")
@dataclasses.dataclass(frozen=True)
class Zeros(Initializer):
    """All zeros.

    Examples:
        >>> jc.initializers.Zeros()((2, 3))
        Array([[0., 0., 0.],
               [0., 0., 0.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/initializers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/initializers.py>
    """

    def draw(self, key: Array, shape: Shape, dtype: DTypeLike) -> Array:
        return _filled(key, shape, 0, dtype)


@registry.register("one")
@dataclasses.dataclass(frozen=True)
class Ones(Initializer):
    """All ones.

    Examples:
        >>> jc.initializers.Ones()((2, 3))
        Array([[1., 1., 1.],
               [1., 1., 1.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/initializers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/initializers.py>
    """

    def draw(self, key: Array, shape: Shape, dtype: DTypeLike) -> Array:
        return _filled(key, shape, 1, dtype)


@registry.register()
@dataclasses.dataclass(frozen=True)
class Constant(Initializer):
    """The number ``value`` everywhere.

    Args:
        value: a number, or an array that broadcasts to the shape. Default: 0.

    Examples:
        >>> jc.initializers.Constant(0.5)((2, 3))
        Array([[0.5, 0.5, 0.5],
               [0.5, 0.5, 0.5]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/initializers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/initializers.py>
    """

    value: float | Sequence[float] = 0

    def draw(self, key: Array, shape: Shape, dtype: DTypeLike) -> Array:
        return _filled(key, shape, np.array(self.value), dtype)


@dataclasses.dataclass(frozen=True)
class _Normal(Initializer):
    """Numbers of one of the standard distributions, moved and stretched.

    Args:
        mean: mean of the distribution.
        stddev: standard deviation of the distribution.
        seed: an integer fixes the values whatever key is passed; None for values that follow from
            the key.
    """

    mean: float = 0.0
    stddev: float = 0.05
    seed: int | None = None

    standard: ClassVar[str]

    def draw(self, key: Array, shape: Shape, dtype: DTypeLike) -> Array:
        values = standard_draw(self.standard, _seeded(key, self.seed), shape)
        return on_device(self.mean + self.stddev * values, dtype)


@registry.register("normal")
class RandomNormal(_Normal):
    """Normal distribution.

    Args:
        mean: mean of the distribution. Default: 0.0.
        stddev: standard deviation of the distribution. Default: 0.05.
        seed: an integer fixes the values whatever key is passed; None for values that follow from
            the key.

    Examples:
        >>> jc.initializers.RandomNormal(stddev=2.0)(jax.random.key(0), (10_000,)).std().round(1)
        Array(2., dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/initializers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/initializers.py>
    """

    standard = "normal"


@registry.register("uniform")
@dataclasses.dataclass(frozen=True)
class RandomUniform(Initializer):
    """Uniform distribution on [minval, maxval).

    Args:
        minval: lower limit. Default: -0.05.
        maxval: upper limit. Default: 0.05.
        seed: an integer fixes the values whatever key is passed; None for values that follow from
            the key.

    Examples:
        >>> values = jc.initializers.RandomUniform(0.0, 1.0)(jax.random.key(0), (10_000,))
        >>> values.min().round(1), values.max().round(1)
        (Array(0., dtype=float32), Array(1., dtype=float32))

    References:
        - Chollet et al., "Keras 2.0.4: keras/initializers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/initializers.py>
    """

    minval: float = -0.05
    maxval: float = 0.05
    seed: int | None = None

    def draw(self, key: Array, shape: Shape, dtype: DTypeLike) -> Array:
        values = standard_draw("uniform", _seeded(key, self.seed), shape)
        return on_device(self.minval + (self.maxval - self.minval) * values, dtype)


@registry.register()
@dataclasses.dataclass(frozen=True)
class RandomSigns(Initializer):
    """1 or -1 with equal probability: the centres of LeNet-5's output (LeCun et al., 1998).

    Args:
        seed: an integer fixes the values whatever key is passed; None for values that follow from
            the key.

    Examples:
        >>> bool((abs(jc.initializers.RandomSigns()((10, 3))) == 1).all())
        True

    References:
        - LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998,
          <http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf>
    """

    seed: int | None = None

    def draw(self, key: Array, shape: Shape, dtype: DTypeLike) -> Array:
        values = standard_draw("uniform", _seeded(key, self.seed), shape)
        return on_device(2.0 * (values < 0.5).astype(np.float32) - 1.0, dtype)


@registry.register()
class TruncatedNormal(_Normal):
    """Normal distribution whose values beyond two standard deviations are drawn again.

    The result is not rescaled: its own standard deviation is 0.88 ``stddev``.

    Args:
        mean: mean of the distribution. Default: 0.0.
        stddev: standard deviation of the distribution before it is cut. Default: 0.05.
        seed: an integer fixes the values whatever key is passed; None for values that follow from
            the key.

    Examples:
        >>> bool((abs(jc.initializers.TruncatedNormal(stddev=0.5)((10_000,))) <= 1).all())
        True

    References:
        - Chollet et al., "Keras 2.0.4: keras/initializers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/initializers.py>
    """

    standard = "truncated_normal"


@registry.register()
@dataclasses.dataclass(frozen=True)
class VarianceScaling(Initializer):
    """Random numbers whose variance is ``scale / n``.

    ``n`` is the number of input units (mode 'fan_in'), of output units ('fan_out') or their mean
    ('fan_avg'). Distribution 'normal' is a normal distribution of standard deviation
    ``sqrt(scale / n)`` truncated at two of them and not rescaled, as Keras 2.0 has it;
    'truncated_normal' is the same rescaled to the full variance, as later Keras versions have it;
    'untruncated_normal' is not truncated; 'uniform' has the limits ``±sqrt(3 scale / n)``.

    Args:
        scale: factor of the variance, above 0. Default: 1.0.
        mode: 'fan_in', 'fan_out' or 'fan_avg'. Default: 'fan_in'.
        distribution: 'normal', 'truncated_normal', 'untruncated_normal' or 'uniform'. Default:
            'normal'.
        seed: an integer fixes the values whatever key is passed; None for values that follow from
            the key.

    Raises:
        ValueError: scale not positive, unknown mode or distribution.

    Examples:
        >>> he = jc.initializers.VarianceScaling(2.0, "fan_in", "untruncated_normal")
        >>> round(he(jax.random.key(0), (200, 100)).std().item(), 2)  # the square root of 2 / 200
        0.1

    References:
        - He et al., "Delving Deep into Rectifiers", 2015, <https://arxiv.org/abs/1502.01852>
    """

    scale: float = 1.0
    mode: str = "fan_in"
    distribution: str = "normal"
    seed: int | None = None

    def __post_init__(self) -> None:
        if not self.scale > 0:
            raise ValueError(f"VarianceScaling: scale must be positive, got {self.scale!r}.")
        choices = {
            "mode": ("fan_in", "fan_out", "fan_avg"),
            "distribution": ("normal", "uniform", "truncated_normal", "untruncated_normal"),
        }
        for name, allowed in choices.items():
            value = str(getattr(self, name)).lower()
            if value not in allowed:
                raise ValueError(
                    f"VarianceScaling: {name} must be one of {', '.join(allowed)}, got {value!r}."
                )
            object.__setattr__(self, name, value)

    def draw(self, key: Array, shape: Shape, dtype: DTypeLike) -> Array:
        key = _seeded(key, self.seed)
        fan_in, fan_out = fans(shape)
        units = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        stddev = math.sqrt(self.scale / max(1.0, units))
        if self.distribution == "uniform":
            limit = math.sqrt(3.0) * stddev
            return RandomUniform(-limit, limit)(key, shape, dtype)
        if self.distribution == "untruncated_normal":
            return RandomNormal(0.0, stddev)(key, shape, dtype)
        if self.distribution == "truncated_normal":
            stddev /= _TRUNCATED_STDDEV
        return TruncatedNormal(0.0, stddev)(key, shape, dtype)


@registry.register("OrthogonalInitializer")
@dataclasses.dataclass(frozen=True)
class Orthogonal(Initializer):
    """A random orthogonal matrix times ``gain`` (Saxe et al., 2013).

    The array is seen as a matrix of shape ``(product of all but the last, last)``, whose rows or
    columns, whichever are fewer, are orthonormal.

    Args:
        gain: factor of the matrix. Default: 1.0.
        seed: an integer fixes the values whatever key is passed; None for values that follow from
            the key.

    Raises:
        ValueError: fewer than two dimensions.

    Examples:
        >>> matrix = jc.initializers.Orthogonal()(jax.random.key(0), (3, 3))
        >>> bool(jnp.allclose(matrix @ matrix.T, jnp.eye(3), atol=1e-6))
        True

    References:
        - Saxe, McClelland and Ganguli, "Exact Solutions to the Nonlinear Dynamics of Learning in
          Deep Linear Neural Networks", 2013, <https://arxiv.org/abs/1312.6120>
    """

    gain: float = 1.0
    seed: int | None = None

    def draw(self, key: Array, shape: Shape, dtype: DTypeLike) -> Array:
        if len(shape) < 2:
            raise ValueError(
                f"Orthogonal needs a shape of at least two dimensions, got {tuple(shape)}."
            )
        rows, columns = math.prod(shape[:-1]), shape[-1]
        values = standard_draw(
            "normal", _seeded(key, self.seed), (max(rows, columns), min(rows, columns))
        )
        xp: Any = np if isinstance(values, np.ndarray) else jnp
        q, r = xp.linalg.qr(values)
        # Without these signs the matrices would not be uniformly distributed.
        q = q * xp.where(xp.diagonal(r) < 0, -1.0, 1.0).astype(q.dtype)[None]
        return on_device(self.gain * (q if rows >= columns else q.T).reshape(tuple(shape)), dtype)


@registry.register("IdentityInitializer")
@dataclasses.dataclass(frozen=True)
class Identity(Initializer):
    """The identity matrix times ``gain``, repeated along the longer side of the shape.

    Args:
        gain: factor of the matrix. Default: 1.0.

    Raises:
        ValueError: there are not two sides, or the longer one is no multiple of the other.

    Examples:
        >>> jc.initializers.Identity(2.0)((2, 2))
        Array([[2., 0.],
               [0., 2.]], dtype=float32)

    References:
        - Le, Jaitly and Hinton, "A Simple Way to Initialize Recurrent Networks of Rectified Linear
          Units", 2015, <https://arxiv.org/abs/1504.00941>
    """

    gain: float = 1.0

    def draw(self, key: Array, shape: Shape, dtype: DTypeLike) -> Array:
        if len(shape) != 2 or max(shape) % min(shape):
            raise ValueError(f"Identity needs square matrices in a row, got {tuple(shape)}.")
        times = [n // min(shape) for n in shape]
        return on_device(self.gain * np.tile(np.eye(min(shape)), times), dtype)


@registry.register()
@suggesting
def lecun_uniform(seed: int | None = None) -> VarianceScaling:
    """Uniform with limits ``±sqrt(3 / fan_in)``.

    Args:
        seed: an integer fixes the values whatever key is passed; None for values that follow from
            the key.

    Examples:
        >>> jc.initializers.lecun_uniform(seed=1)((2, 3)).shape
        (2, 3)

    References:
        - LeCun et al., "Efficient BackProp", 1998,
          <http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf>
    """
    return VarianceScaling(1.0, "fan_in", "uniform", seed)


@registry.register()
@suggesting
def lecun_normal(seed: int | None = None) -> VarianceScaling:
    """Truncated normal of standard deviation ``sqrt(1 / fan_in)``.

    Args:
        seed: an integer fixes the values whatever key is passed; None for values that follow from
            the key.

    Examples:
        >>> jc.initializers.lecun_normal(seed=1)((2, 3)).shape
        (2, 3)

    References:
        - LeCun et al., "Efficient BackProp", 1998,
          <http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf>
    """
    return VarianceScaling(1.0, "fan_in", "normal", seed)


@registry.register()
@suggesting
def glorot_uniform(seed: int | None = None) -> VarianceScaling:
    """Uniform with limits ``±sqrt(6 / (fan_in + fan_out))``.

    Args:
        seed: an integer fixes the values whatever key is passed; None for values that follow from
            the key.

    Examples:
        >>> jc.initializers.glorot_uniform(seed=1)((2, 3)).shape
        (2, 3)

    References:
        - Glorot and Bengio, "Understanding the Difficulty of Training Deep Feedforward Neural
          Networks", 2010, <https://proceedings.mlr.press/v9/glorot10a.html>
    """
    return VarianceScaling(1.0, "fan_avg", "uniform", seed)


@registry.register()
@suggesting
def glorot_normal(seed: int | None = None) -> VarianceScaling:
    """Truncated normal of standard deviation ``sqrt(2 / (fan_in + fan_out))``.

    Args:
        seed: an integer fixes the values whatever key is passed; None for values that follow from
            the key.

    Examples:
        >>> jc.initializers.glorot_normal(seed=1)((2, 3)).shape
        (2, 3)

    References:
        - Glorot and Bengio, "Understanding the Difficulty of Training Deep Feedforward Neural
          Networks", 2010, <https://proceedings.mlr.press/v9/glorot10a.html>
    """
    return VarianceScaling(1.0, "fan_avg", "normal", seed)


@registry.register()
@suggesting
def he_uniform(seed: int | None = None) -> VarianceScaling:
    """Uniform with limits ``±sqrt(6 / fan_in)``.

    Args:
        seed: an integer fixes the values whatever key is passed; None for values that follow from
            the key.

    Examples:
        >>> jc.initializers.he_uniform(seed=1)((2, 3)).shape
        (2, 3)

    References:
        - He et al., "Delving Deep into Rectifiers", 2015, <https://arxiv.org/abs/1502.01852>
    """
    return VarianceScaling(2.0, "fan_in", "uniform", seed)


@registry.register()
@suggesting
def he_normal(seed: int | None = None) -> VarianceScaling:
    """Truncated normal of standard deviation ``sqrt(2 / fan_in)``.

    Args:
        seed: an integer fixes the values whatever key is passed; None for values that follow from
            the key.

    Examples:
        >>> jc.initializers.he_normal(seed=1)((2, 3)).shape
        (2, 3)

    References:
        - He et al., "Delving Deep into Rectifiers", 2015, <https://arxiv.org/abs/1502.01852>
    """
    return VarianceScaling(2.0, "fan_in", "normal", seed)


# Those that can make an array of every shape.
_OF_ANY_SHAPE = (Zeros, Ones, RandomNormal, RandomUniform, TruncatedNormal, VarianceScaling)


def blank(initializer: ArrayFunction) -> ArrayFunction:
    """What stands for an initializer where shapes alone are asked for: zeros, if they may be.

    Args:
        initializer: an initializer.

    Examples:
        >>> jc.initializers.blank(jc.initializers.RandomNormal())(None, (2,), "float32")
        Array([0., 0.], dtype=float32)
    """
    return _blank if type(initializer) in _OF_ANY_SHAPE else initializer


def _blank(key: Array, shape: Shape, dtype: DTypeLike) -> Array:
    return jnp.zeros(shape, dtype)


zero = zeros = Zeros
one = ones = Ones
constant = Constant
normal = random_normal = RandomNormal
uniform = random_uniform = RandomUniform
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
orthogonal = Orthogonal
identity = Identity


@dataclasses.dataclass(frozen=True)
class KerasStyle:
    """A user's ``function(shape, dtype=None)`` or ``function(shape)``, with or without a key.

    Random functions of `jaxcnn.backend` and initializers that it calls draw from the key.

    Args:
        function: function of the shape, and of `dtype` where it has such a parameter, that returns
            an array.

    Examples:
        >>> jc.initializers.KerasStyle(lambda shape: np.full(shape, 0.5))((2,))
        Array([0.5, 0.5], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/initializers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/initializers.py>
    """

    function: Callable[..., ArrayLike]

    @property
    def __name__(self) -> str:  # by which configurations know it
        return str(getattr(self.function, "__name__", type(self.function).__name__))

    def __call__(self, *args: Any, **kwargs: Any) -> Array:
        return drawn(self.draw, args, kwargs)

    def draw(self, key: Array, shape: Shape, dtype: DTypeLike) -> Array:
        keywords: Config = {}
        parameters = _parameters(self.function)
        if "dtype" in parameters:
            keywords["dtype"] = dtype
        if "name" in parameters:  # Keras 1 gives one to the variable that the function returns
            keywords["name"] = None
        with running(lambda number: jax.random.fold_in(key, number)):
            values = jnp.asarray(self.function(tuple(shape), **keywords), dtype)
        if values.shape != tuple(shape):
            raise ValueError(
                f"The initializer {self.function} returned shape {values.shape}, expected "
                f"{tuple(shape)}."
            )
        return values


def drawn(draw: ArrayFunction, args: tuple[Any, ...], kwargs: Config) -> Array:
    """What ``draw(key, shape, dtype)`` returns for the arguments of a call with or without a key.

    Without one the values are known at once, also where a computation is being traced.

    Args:
        draw: function of (key, shape, dtype).
        args: the arguments of the call by position.
        kwargs: those by name.

    Raises:
        TypeError: arguments that are neither ``(key, shape, dtype)`` nor ``(shape, dtype)``.

    Examples:
        >>> jc.initializers.drawn(jc.initializers.Ones().draw, ((2,),), {})
        Array([1., 1.], dtype=float32)
    """
    keyed = "key" in kwargs or bool(args and _is_key(args[0]))
    names = ("key", "shape", "dtype") if keyed else ("shape", "dtype")
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    if len(args) > len(names) or "shape" not in given or set(given) - set(names):
        raise TypeError(
            "An initializer is called as initializer(shape, dtype) or initializer(key, shape, "
            f"dtype); given {args} and {kwargs}."
        )
    shape = given["shape"]
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    if keyed:
        return draw(given["key"], sizes, given.get("dtype") or jnp.float32)
    with jax.ensure_compile_time_eval():
        return draw(next_key(), sizes, given.get("dtype") or floatx())


def fans(shape: Shape) -> tuple[float, float]:
    """The numbers of input and output units of a kernel ``(*window, inputs, outputs)``.

    Other arrays, which have no such meaning, count the square root of their size twice.

    Args:
        shape: shape of a kernel, (*window, inputs, outputs).

    Examples:
        >>> jc.initializers.fans((3, 3, 16, 32))
        (144, 288)

    References:
        - Chollet et al., "Keras 2.0.4: keras/initializers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/initializers.py>
    """
    if len(shape) < 2:
        side = math.sqrt(math.prod(shape))
        return side, side
    window = math.prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window


def get(identifier: Identifier) -> ArrayFunction:
    """The initializer meant by a name, configuration, object or function.

    An :class:`Initializer` that defines ``draw``, and a function whose first parameter is called
    ``key``, ``rng`` or ``prng_key``, are taken as they are; any other callable is a Keras one,
    called with the shape (and the dtype when it has such a parameter).

    Args:
        identifier: a name such as 'he_normal', a configuration, an object or a function.

    Raises:
        ValueError: None, an unknown name, or something else that is no initializer.

    Examples:
        >>> jc.initializers.get("ones")((2,))
        Array([1., 1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/initializers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/initializers.py>
    """
    if identifier is None:
        raise ValueError(
            "An initializer is needed: give a name such as 'glorot_uniform', an object or a "
            "function."
        )
    initializer: ArrayFunction = registry.get(identifier)
    ready = isinstance(initializer, KerasStyle) or (
        isinstance(initializer, Initializer) and type(initializer).__call__ is Initializer.__call__
    )
    if ready or _parameters(initializer)[:1] in (["key"], ["rng"], ["prng_key"]):
        return initializer
    return KerasStyle(initializer)


def serialize(initializer: ArrayFunction) -> str | Config | None:
    """The configuration of an initializer, or the name of a user's function.

    Args:
        initializer: an object of this module, or a function of `custom_objects`.

    Examples:
        >>> jc.initializers.serialize(jc.initializers.Constant(0.5))
        {'class_name': 'Constant', 'config': {'value': 0.5}}

    References:
        - Chollet et al., "Keras 2.0.4: keras/initializers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/initializers.py>
    """
    return registry.serialize(
        initializer.function if isinstance(initializer, KerasStyle) else initializer
    )


def deserialize(config: Identifier, custom_objects: Settings | None = None) -> ArrayFunction:
    """The inverse of :func:`serialize`.

    Args:
        config: what `serialize` returned.
        custom_objects: further classes and functions by name; None for none.

    Examples:
        >>> jc.initializers.deserialize({"class_name": "Constant", "config": {"value": 0.5}})
        Constant(value=0.5)

    References:
        - Chollet et al., "Keras 2.0.4: keras/initializers.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/initializers.py>
    """
    return get(registry.deserialize(config, custom_objects))


def _is_key(value: object) -> bool:
    if not isinstance(value, np.ndarray | Array):
        return False
    return value.dtype == np.uint32 or jnp.issubdtype(value.dtype, jax.dtypes.prng_key)


def _seeded(key: Array, seed: int | None) -> Array:
    return key if seed is None else jax.random.key(seed)


def _filled(key: Array, shape: Shape, value: ArrayLike, dtype: DTypeLike) -> Array:
    if isinstance(key, jax.core.Tracer):
        # Made on the host it would become a part of the compiled program.
        return jnp.full(tuple(shape), value, dtype)
    return filled(shape, value, dtype)


def _parameters(function: Callable[..., object]) -> list[str]:
    try:
        return list(inspect.signature(function).parameters)
    except ValueError:  # some functions written in C, such as numpy.zeros, have none
        return []


if not TYPE_CHECKING:  # to which every name would be right
    __getattr__ = lazy_attributes(__name__, {})

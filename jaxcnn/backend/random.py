"""Random arrays.

With a `seed` the same numbers come each time. Without one they come from a stream: inside a layer
that of the layer, which is new in every training step; in an initializer that of the weight;
elsewhere one that starts with `jaxcnn.runtime.config.set_random_seed` and advances at every call.

Outside of any function random numbers are a tensor of the graph, which each run of a model or of
`function` draws anew; NumPy sees the numbers of one draw.
"""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from jaxcnn import initializers
from jaxcnn.backend.elementwise import cast
from jaxcnn.backend.shapes import sizes
from jaxcnn.backend.values import variable
from jaxcnn.layers.symbolic import values  # noqa: F401  (random tensors as arrays)
from jaxcnn.layers.symbolic.operation import operation
from jaxcnn.layers.symbolic.types import SizesLike, Tensor, TensorLike
from jaxcnn.layers.variable import Variable
from jaxcnn.nn.dropout import drop
from jaxcnn.runtime import context
from jaxcnn.runtime.config import floatx
from jaxcnn.runtime.types import ArrayFunction, DTypeLike
from jaxcnn.spellings.keywords import suggesting
from jaxcnn.spellings.translate import old_spellings


def random_key(seed: int | None) -> jax.Array:
    """A key for one draw. Inside a layer each seed has its own stream, which advances as well."""
    if seed is None:
        return context.next_key()
    if context.training() is None:
        return jax.random.key(seed)
    return jax.random.fold_in(context.next_key(), seed)


def _drawn(
    initializer: ArrayFunction, shape: SizesLike, dtype: DTypeLike | None, seed: int | None
) -> jax.Array:
    return initializer(random_key(seed), sizes(shape), dtype or floatx())


@old_spellings
@operation(random=True)
def random_normal(
    shape: SizesLike,
    mean: float = 0.0,
    stddev: float = 1.0,
    dtype: DTypeLike | None = None,
    seed: int | None = None,
) -> Tensor:
    """Normally distributed numbers.

    Args:
        shape: sizes of the axes.
        mean: mean. Default: 0.0.
        stddev: standard deviation. Default: 1.0.
        dtype: name or type of the numbers; None for `floatx`.
        seed: an integer for equal numbers at each call; None for new ones.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.random_normal((2, 3)).shape
        (2, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return _drawn(initializers.RandomNormal(mean, stddev), shape, dtype, seed)


@old_spellings
@operation(random=True)
def random_uniform(
    shape: SizesLike,
    minval: float = 0.0,
    maxval: float = 1.0,
    dtype: DTypeLike | None = None,
    seed: int | None = None,
) -> Tensor:
    """Numbers spread evenly over [minval, maxval).

    Args:
        shape: sizes of the axes.
        minval: lower limit. Default: 0.0.
        maxval: upper limit, excluded. Default: 1.0.
        dtype: name or type of the numbers; None for `floatx`.
        seed: an integer for equal numbers at each call; None for new ones.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.random_uniform((2, 3)).shape
        (2, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return _drawn(initializers.RandomUniform(minval, maxval), shape, dtype, seed)


@operation(random=True)
def random_binomial(
    shape: SizesLike, p: float = 0.0, dtype: DTypeLike | None = None, seed: int | None = None
) -> Tensor:
    """Ones with the chance `p`, else zeros.

    Args:
        shape: sizes of the axes.
        p: chance of a one. Default: 0.0.
        dtype: name or type of the numbers; None for `floatx`.
        seed: an integer for equal numbers at each call; None for new ones.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.random_binomial((2, 3), p=0.5).shape
        (2, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    uniform = _drawn(initializers.RandomUniform(0.0, 1.0), shape, "float32", seed)
    return cast(uniform < p, dtype or floatx())


@operation(random=True)
def truncated_normal(
    shape: SizesLike,
    mean: float = 0.0,
    stddev: float = 1.0,
    dtype: DTypeLike | None = None,
    seed: int | None = None,
) -> Tensor:
    """Normally distributed numbers; those beyond two standard deviations are drawn again.

    Args:
        shape: sizes of the axes.
        mean: mean. Default: 0.0.
        stddev: standard deviation. Default: 1.0.
        dtype: name or type of the numbers; None for `floatx`.
        seed: an integer for equal numbers at each call; None for new ones.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.truncated_normal((2, 3)).shape
        (2, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return _drawn(initializers.TruncatedNormal(mean, stddev), shape, dtype, seed)


@suggesting
def random_normal_variable(
    shape: SizesLike,
    mean: float,
    scale: float,
    dtype: DTypeLike | None = None,
    name: str | None = None,
    seed: int | None = None,
) -> Variable:
    """A variable of normally distributed numbers with standard deviation `scale`.

    Args:
        shape: sizes of the axes.
        mean: mean.
        scale: standard deviation.
        dtype: name or type of the numbers; None for `floatx`.
        name: only a label. Default: None.
        seed: an integer for equal numbers at each call; None for new ones.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.random_normal_variable((2, 3), 0.0, 1.0).shape
        (2, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    normal = initializers.RandomNormal(mean, scale)
    # It may be made in the `build` of a layer, which runs while a program is being compiled.
    with jax.ensure_compile_time_eval():
        return variable(_drawn(normal, shape, dtype, seed), dtype, name)


@suggesting
def random_uniform_variable(
    shape: SizesLike,
    low: float,
    high: float,
    dtype: DTypeLike | None = None,
    name: str | None = None,
    seed: int | None = None,
) -> Variable:
    """A variable of numbers spread evenly over [low, high).

    Args:
        shape: sizes of the axes.
        low: lower limit.
        high: upper limit, excluded.
        dtype: name or type of the numbers; None for `floatx`.
        name: only a label. Default: None.
        seed: an integer for equal numbers at each call; None for new ones.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.random_uniform_variable((2, 3), 0.0, 1.0).shape
        (2, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    uniform = initializers.RandomUniform(low, high)
    with jax.ensure_compile_time_eval():
        return variable(_drawn(uniform, shape, dtype, seed), dtype, name)


@operation(random=True)
def dropout(
    x: TensorLike,
    level: float,
    noise_shape: Sequence[int | None] | None = None,
    seed: int | None = None,
) -> Tensor:
    """`x` with a fraction `level` of its elements zeroed, in any mode.

    The others are scaled by ``1 / (1 - level)``. `noise_shape` has 1 where an axis shares its mask,
    and None or the size elsewhere.

    Args:
        x: tensor, variable or array of any shape and a float dtype.
        level: fraction that is zeroed, from 0 to below 1.
        noise_shape: shape of the mask; None for that of `x`.
        seed: an integer for equal numbers at each call; None for new ones.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.dropout(np.ones((2, 3)), 0.5, seed=1).shape
        (2, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    x = jnp.asarray(x)
    pairs = zip(x.shape, noise_shape or x.shape, strict=True)
    mask_shape = tuple(n if shared is None else int(shared) for n, shared in pairs)
    return drop(random_key(seed), x, level, mask_shape)

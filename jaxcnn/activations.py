"""Activation functions, array to array of the same shape and dtype, and their names."""

from collections.abc import Callable
from typing import TypeAlias

import jax
import jax.numpy as jnp
from jax import Array

from jaxcnn.runtime.deferred import deferrable
from jaxcnn.runtime.gradient_rules import by_rule
from jaxcnn.runtime.names import Registry
from jaxcnn.runtime.ties import clip, minimum
from jaxcnn.runtime.types import Config, Identifier
from jaxcnn.runtime.warn import warn_user
from jaxcnn.spellings.dialect import chosen, dialect

Activation: TypeAlias = Callable[[Array], Array]

registry: Registry[Activation] = Registry("activation")


@registry.register()
@deferrable
def softmax(x: Array, axis: int = -1) -> Array:
    """Positive numbers that sum to one along ``axis``: ``exp(x) / sum(exp(x))``.

    Args:
        x: array of at least two dimensions and a float dtype.
        axis: the axis along which the results sum to 1. Default: -1.

    Raises:
        ValueError: ``x`` has fewer than two dimensions, so no axis but the batch.

    Examples:
        >>> jc.activations.softmax(jnp.array([[0.0, 0.0]]))
        Array([[0.5, 0.5]], dtype=float32)

    References:
        - Bridle, "Probabilistic Interpretation of Feedforward Classification Network Outputs",
          1990, <https://doi.org/10.1007/978-3-642-76153-9_28>
    """
    if jnp.ndim(x) < 2:
        raise ValueError(
            f"softmax needs an array of at least two dimensions, got shape {jnp.shape(x)}."
        )
    return by_rule("Softmax", jax.nn.softmax)(x, axis=axis)


@registry.register()
@deferrable
def elu(x: Array, alpha: float = 1.0) -> Array:
    """Exponential linear unit: ``x`` where positive, else ``alpha * (exp(x) - 1)``.

    Args:
        x: array of any shape and float dtype.
        alpha: minus the value for very negative inputs. Default: 1.0.

    Examples:
        >>> jc.activations.elu(jnp.array([-1.0, 2.0])).round(3)
        Array([-0.632,  2.   ], dtype=float32)

    References:
        - Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by
          Exponential Linear Units", 2015, <https://arxiv.org/abs/1511.07289>
    """
    return by_rule("Elu", jax.nn.elu)(x, alpha)


@registry.register()
@deferrable
def selu(x: Array) -> Array:
    """Scaled exponential linear unit with the fixed point of Klambauer et al., 2017.

    Args:
        x: array of any shape and float dtype.

    Examples:
        >>> jc.activations.selu(jnp.array([0.0, 1.0])).round(3)
        Array([0.   , 1.051], dtype=float32)

    References:
        - Klambauer et al., "Self-Normalizing Neural Networks", 2017,
          <https://arxiv.org/abs/1706.02515>
    """
    return by_rule("Selu", jax.nn.selu)(x)


@registry.register()
@deferrable
def softplus(x: Array) -> Array:
    """``log(exp(x) + 1)``.

    Args:
        x: array of any shape and float dtype.

    Examples:
        >>> jc.activations.softplus(jnp.array([0.0])).round(3)
        Array([0.693], dtype=float32)

    References:
        - Glorot, Bordes and Bengio, "Deep Sparse Rectifier Neural Networks", 2011,
          <https://proceedings.mlr.press/v15/glorot11a.html>
    """
    return by_rule("Softplus", jax.nn.softplus)(x)


@registry.register()
@deferrable
def softsign(x: Array) -> Array:
    """``x / (1 + |x|)``.

    Args:
        x: array of any shape and float dtype.

    Examples:
        >>> jc.activations.softsign(jnp.array([-1.0, 3.0]))
        Array([-0.5 ,  0.75], dtype=float32)

    References:
        - Glorot and Bengio, "Understanding the Difficulty of Training Deep Feedforward Neural
          Networks", 2010, <https://proceedings.mlr.press/v9/glorot10a.html>
    """
    return by_rule("Softsign", jax.nn.soft_sign)(x)


@registry.register()
@deferrable
def relu(
    x: Array,
    alpha: float | Array = 0.0,
    max_value: float | None = None,
    threshold: float = 0.0,
) -> Array:
    """Rectified linear unit: ``min(max(x, 0), max_value)``, with slope ``alpha`` below zero.

    Args:
        x: array of any shape and float dtype.
        alpha: slope below zero, a number or an array that broadcasts against `x`. Default: 0.0.
        max_value: largest value of the result; None for no limit.
        threshold: below it the result is ``alpha * (x - threshold)``. Default: 0.0.

    Examples:
        >>> jc.activations.relu(jnp.array([-1.0, 3.0, 9.0]), max_value=6.0)
        Array([0., 3., 6.], dtype=float32)

    References:
        - Nair and Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", 2010,
          <https://www.cs.toronto.edu/~hinton/absps/reluICML.pdf>
    """
    if threshold:
        above = jnp.where(x > threshold, x, 0)
        above = above if max_value is None else minimum(above, max_value)
        return above + alpha * jnp.minimum(x - threshold, 0)
    number = isinstance(alpha, int | float)
    plain = number and alpha == 0
    if plain and max_value == 6:
        return by_rule("Relu6", relu6)(x)
    positive = by_rule("Relu", jax.nn.relu)(x) if plain else jax.nn.relu(x)
    if max_value is not None:
        positive = minimum(positive, max_value)
    if plain:
        return positive
    if number and max_value is None and dialect().leaky_at_zero:
        return jnp.where(x > 0, x, alpha * x)
    return positive - alpha * jax.nn.relu(-x)


def relu6(x: Array) -> Array:
    """``min(max(x, 0), 6)``.

    Args:
        x: array of any shape and float dtype.

    Examples:
        >>> jc.activations.relu6(jnp.array([-1.0, 3.0, 9.0]))
        Array([0., 3., 6.], dtype=float32)

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/activations/activations.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/activations/activations.py>
    """
    return minimum(jax.nn.relu(x), 6)


@registry.register()
@deferrable
def tanh(x: Array) -> Array:
    """Hyperbolic tangent.

    Args:
        x: array of any shape and float dtype.

    Examples:
        >>> jc.activations.tanh(jnp.array([0.0, 1.0])).round(3)
        Array([0.   , 0.762], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/activations.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/activations.py>
    """
    return by_rule("Tanh", jnp.tanh)(x)


@registry.register()
@deferrable
def scaled_tanh(x: Array) -> Array:
    """``1.7159 tanh(2 x / 3)``, which maps 1 to 1 and -1 to -1.

    Args:
        x: array of any shape and float dtype.

    Examples:
        >>> jc.activations.scaled_tanh(jnp.array([-1.0, 1.0])).round(3)
        Array([-1.,  1.], dtype=float32)

    References:
        - LeCun et al., "Efficient BackProp", 1998,
          <http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf>
    """
    return 1.7159 * jnp.tanh(2.0 / 3.0 * x)


@registry.register()
@deferrable
def sigmoid(x: Array) -> Array:
    """``1 / (1 + exp(-x))``.

    Args:
        x: array of any shape and float dtype.

    Examples:
        >>> jc.activations.sigmoid(jnp.array([0.0, 100.0]))
        Array([0.5, 1. ], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/activations.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/activations.py>
    """
    return by_rule("Sigmoid", jax.nn.sigmoid)(x)


@registry.register()
@deferrable
def hard_sigmoid(x: Array) -> Array:
    """``0.2 x + 0.5`` cut to [0, 1]: the slope with which weights of Keras 1 and 2 were trained.

    Args:
        x: array of any shape and float dtype.

    Examples:
        >>> jc.activations.hard_sigmoid(jnp.array([-3.0, 0.0, 1.0]))
        Array([0. , 0.5, 0.7], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/activations.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/activations.py>
    """
    return clip(0.2 * x + 0.5, 0, 1)


@registry.register()
@deferrable
def piecewise_sigmoid(x: Array) -> Array:
    """``x / 6 + 0.5`` cut to [0, 1]: the `hard_sigmoid` of Keras 3.

    Args:
        x: array of any shape and float dtype.

    Examples:
        >>> jc.activations.piecewise_sigmoid(jnp.array([-3.0, 0.0, 1.5]))
        Array([0.  , 0.5 , 0.75], dtype=float32)

    References:
        - Chollet et al., "Keras 3.15.1: keras/src/activations/activations.py", 2026,
          <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/activations/activations.py>
    """
    return clip(x / 6 + 0.5, 0, 1)


@registry.register()
def linear(x: Array) -> Array:
    """The input itself.

    Args:
        x: array of any shape and float dtype.

    Examples:
        >>> jc.activations.linear(jnp.array([-3.0, 1.0]))
        Array([-3.,  1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/activations.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/activations.py>
    """
    return x


@registry.register()
@deferrable
def exponential(x: Array) -> Array:
    """``exp(x)``.

    Args:
        x: array of any shape and float dtype.

    Examples:
        >>> jc.activations.exponential(jnp.array([0.0, -jnp.inf]))
        Array([1., 0.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.2.4: keras/activations.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/activations.py>
    """
    return by_rule("Exp", jnp.exp)(x)


@registry.register()
@deferrable
def gelu(x: Array, approximate: bool = False) -> Array:
    """``x`` times the normal distribution function at ``x`` (Hendrycks and Gimpel, 2016).

    Args:
        x: array of any shape and float dtype.
        approximate: whether a formula with tanh stands for the distribution function. Default:
            False.

    Examples:
        >>> jc.activations.gelu(jnp.array([0.0, 1.0])).round(3)
        Array([0.   , 0.841], dtype=float32)

    References:
        - Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016,
          <https://arxiv.org/abs/1606.08415>
    """
    return jax.nn.gelu(x, approximate=approximate)


@registry.register("silu")
@deferrable
def swish(x: Array) -> Array:
    """``x * sigmoid(x)`` (Ramachandran et al., 2017).

    Args:
        x: array of any shape and float dtype.

    Examples:
        >>> jc.activations.swish(jnp.array([0.0, 1.0])).round(3)
        Array([0.   , 0.731], dtype=float32)

    References:
        - Ramachandran, Zoph and Le, "Searching for Activation Functions", 2017,
          <https://arxiv.org/abs/1710.05941>
    """
    return jax.nn.silu(x)


silu = swish


def get(identifier: Identifier) -> Activation:
    """The activation meant by a name or callable (a layer, too); None means ``linear``.

    In programs of old Keras, which had no use for a layer here, there is a warning.

    Args:
        identifier: a name such as 'relu', a function of an array, a layer, or None.

    Raises:
        ValueError: unknown name, or neither name nor callable.

    Examples:
        >>> jc.activations.get("relu")(jnp.array([-1.0, 2.0]))
        Array([0., 2.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/activations.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/activations.py>
    """
    if chosen() and hasattr(identifier, "get_weights"):
        warn_user(
            f"{identifier!r} is a layer given as the activation of another one, in whose weights "
            "and summary it does not appear. Add it after that layer."
        )
    activation: Activation = linear if identifier is None else registry.get(identifier)
    return activation


def serialize(activation: Activation) -> str | Config | None:
    """The name of a function, or the configuration of an object that has one.

    Args:
        activation: a function of this module or of `custom_objects`, or an object with
            `get_config`.

    Examples:
        >>> jc.activations.serialize(jc.activations.relu)
        'relu'

    References:
        - Chollet et al., "Keras 2.0.4: keras/activations.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/activations.py>
    """
    return registry.serialize(activation)


deserialize = registry.deserialize

"""Layers that put the elements of each sample into another shape."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp

from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.runtime.types import Config


class Flatten(Layer):
    """(batch, ...) to (batch, features).

    With ``data_format="channels_first"`` the channels move last before flattening, so that the
    weights of what follows do not depend on the data format; None leaves the order of the axes as
    it is.

    Args:
        data_format: of the input: 'channels_last', 'channels_first', or None for the order of the
            axes as it is.

    Examples:
        >>> jc.layers.Flatten()(jnp.ones((2, 7, 7, 3))).shape
        (2, 147)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/core.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/core.py>
    """

    data_format: str | None = None

    def checked(self) -> Config:
        if self.data_format is None:
            return {}
        return {"data_format": arguments.data_format(self.label, self.data_format)}

    def __call__(self, x: jax.Array) -> jax.Array:
        if self.data_format == "channels_first" and x.ndim > 2:
            x = jnp.moveaxis(x, 1, -1)
        return x.reshape(x.shape[0], math.prod(x.shape[1:]))


class Reshape(Layer):
    """(batch, ...) to (batch, *target_shape); one entry of `target_shape` may be -1.

    Args:
        target_shape: sizes of the axes after the batch: positive integers, one of them may be -1
            for what is left.

    Examples:
        >>> jc.layers.Reshape((4, -1))(jnp.ones((2, 12))).shape
        (2, 4, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/core.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/core.py>
    """

    target_shape: tuple[int, ...]

    def checked(self) -> Config:
        shape = arguments.whole_numbers(self.target_shape)
        if shape is None or any(n < -1 or n == 0 for n in shape) or shape.count(-1) > 1:
            raise ValueError(
                f"{self.label}: `target_shape` is {self.target_shape!r}; it must hold positive "
                "integers and at most one -1."
            )
        return {"target_shape": shape}

    def __call__(self, x: jax.Array) -> jax.Array:
        size, known = math.prod(x.shape[1:]), math.prod(n for n in self.target_shape if n != -1)
        if size % known if -1 in self.target_shape else size != known:
            raise ValueError(
                f"{self.label}: total size of new array must be unchanged; an input of shape "
                f"{x.shape} has {size} values a sample, which do not fill `target_shape` "
                f"{self.target_shape}."
            )
        return x.reshape(x.shape[0], *(size // known if n == -1 else n for n in self.target_shape))


class Permute(Layer):
    """Reorder the axes after the batch: `dims` counts from 1, so (2, 1) swaps the first two.

    Args:
        dims: the axes after the batch, counted from 1, in their new order.

    Examples:
        >>> jc.layers.Permute((2, 1))(jnp.ones((5, 3, 4))).shape
        (5, 4, 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/core.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/core.py>
    """

    dims: tuple[int, ...]

    def checked(self) -> Config:
        dims = arguments.whole_numbers(self.dims) or ()
        if not dims or sorted(dims) != list(range(1, len(dims) + 1)):
            count = len(dims) or "the number of axes"
            raise ValueError(
                f"{self.label}: `dims` is {self.dims!r}; it must be an ordering of 1 to {count}."
            )
        return {"dims": dims}

    def __call__(self, x: jax.Array) -> jax.Array:
        arguments.rank(self.label, x, len(self.dims) + 1, f"for `dims` {self.dims}")
        return x.transpose(0, *self.dims)


class RepeatVector(Layer):
    """(batch, features) to (batch, n, features).

    Args:
        n: number of repetitions, a positive integer.

    Examples:
        >>> jc.layers.RepeatVector(2)(jnp.array([[1.0, 2.0]]))
        Array([[[1., 2.],
                [1., 2.]]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/core.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/core.py>
    """

    n: int

    def checked(self) -> Config:
        return {"n": arguments.positive_integer(self.label, "n", self.n)}

    def __call__(self, x: jax.Array) -> jax.Array:
        arguments.rank(self.label, x, 2, "(batch, features)")
        return jnp.repeat(x[:, None], self.n, axis=1)

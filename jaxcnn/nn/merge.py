"""Layers from several arrays to one: sums, products, extremes, concatenation, dot products."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import jax
import jax.numpy as jnp

from jaxcnn.nn import arguments
from jaxcnn.nn.base import Layer
from jaxcnn.nn.traits import BY_STEP, Traits
from jaxcnn.runtime import ties
from jaxcnn.runtime.types import Config, Mask


class Merge(Layer):
    """An elementwise combination of two or more arrays whose shapes broadcast."""

    traits = BY_STEP
    supports_masking = True

    def combine(self, inputs: list[jax.Array]) -> jax.Array:
        raise NotImplementedError

    def __call__(self, inputs: Sequence[jax.Array]) -> jax.Array:
        arrays = self.several(inputs)
        rank = max(x.ndim for x in arrays)
        # Shapes line up after the batch axis: (batch, 3) meets (batch, 5, 3) as (batch, 1, 3).
        arrays = [x.reshape(x.shape[0], *(1,) * (rank - x.ndim), *x.shape[1:]) for x in arrays]
        try:
            jnp.broadcast_shapes(*(x.shape for x in arrays))
        except ValueError:
            shapes = ", ".join(str(tuple(x.shape)) for x in inputs)
            raise ValueError(
                f"{self.label}: Operands could not be broadcast together with shapes {shapes}."
            ) from None
        return self.combine(arrays)

    def several(self, inputs: Sequence[jax.Array]) -> list[jax.Array]:
        """The inputs as a list; raises when there are not at least two."""
        if not isinstance(inputs, list | tuple) or len(inputs) < 2:
            count = f"Got {len(inputs)} inputs" if isinstance(inputs, list | tuple) else "Got one"
            raise ValueError(
                f"{self.label}: A merge layer should be called on a list of at least 2 inputs. "
                f"{count}."
            )
        return list(inputs)

    def compute_mask(self, inputs: Sequence[jax.Array], mask: Mask | Sequence[Mask]) -> Mask:
        """The steps that every masked input keeps."""
        masks = [m for m in self.several_masks(inputs, mask) if m is not None]
        return reduce(jnp.logical_and, masks) if masks else None

    def several_masks(
        self, inputs: Sequence[jax.Array], mask: Mask | Sequence[Mask]
    ) -> Sequence[Mask]:
        """The mask of each input, None without one.

        Raises:
            ValueError: there are not as many masks as inputs.
        """
        if mask is None:
            return []
        if isinstance(inputs, list | tuple) and isinstance(mask, list | tuple):
            masks: list[Mask] = list(mask)
            if len(masks) == len(inputs):
                return masks
        raise ValueError(f"{self.label}: `mask` must be a list with a mask or None for each input.")


class Add(Merge):
    """The sum of the inputs.

    Examples:
        >>> jc.layers.Add()([jnp.array([[1.0]]), jnp.array([[2.0]]), jnp.array([[3.0]])])
        Array([[6.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/merge.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/merge.py>
    """

    def combine(self, inputs: list[jax.Array]) -> jax.Array:
        return reduce(jnp.add, inputs)


class Subtract(Merge):
    """The first of two inputs minus the second.

    Examples:
        >>> jc.layers.Subtract()([jnp.array([[5.0]]), jnp.array([[2.0]])])
        Array([[3.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.2.4: keras/layers/merge.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/layers/merge.py>
    """

    def combine(self, inputs: list[jax.Array]) -> jax.Array:
        if len(inputs) != 2:
            raise ValueError(
                f"{self.label}: it subtracts the second of exactly 2 inputs; given {len(inputs)}."
            )
        return inputs[0] - inputs[1]


class CustomScaleLayer(Merge):
    """The first of two inputs plus `scale` times the second, as Inception-ResNet adds residuals.

    Args:
        scale: factor of the second input.

    Examples:
        >>> jc.layers.CustomScaleLayer(0.25)([jnp.array([[1.0]]), jnp.array([[2.0]])])
        Array([[1.5]], dtype=float32)

    References:
        - Szegedy et al., "Inception-v4, Inception-ResNet and the Impact of Residual Connections on
          Learning", 2016, <https://arxiv.org/abs/1602.07261>
    """

    scale: float

    def checked(self) -> Config:
        return {"scale": arguments.number(self.label, "scale", self.scale)}

    def combine(self, inputs: list[jax.Array]) -> jax.Array:
        if len(inputs) != 2:
            raise ValueError(
                f"{self.label}: it adds the second of exactly 2 inputs; given {len(inputs)}."
            )
        return inputs[0] + self.scale * inputs[1]


class Multiply(Merge):
    """The product of the inputs.

    Examples:
        >>> jc.layers.Multiply()([jnp.array([[5.0]]), jnp.array([[2.0]])])
        Array([[10.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/merge.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/merge.py>
    """

    def combine(self, inputs: list[jax.Array]) -> jax.Array:
        return reduce(jnp.multiply, inputs)


class Average(Merge):
    """The mean of the inputs.

    Examples:
        >>> jc.layers.Average()([jnp.array([[5.0]]), jnp.array([[2.0]])])
        Array([[3.5]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/merge.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/merge.py>
    """

    def combine(self, inputs: list[jax.Array]) -> jax.Array:
        return reduce(jnp.add, inputs) / len(inputs)


class Maximum(Merge):
    """The largest of the inputs, element by element.

    Examples:
        >>> jc.layers.Maximum()([jnp.array([[5.0, 1.0]]), jnp.array([[2.0, 2.0]])])
        Array([[5., 2.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/merge.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/merge.py>
    """

    def combine(self, inputs: list[jax.Array]) -> jax.Array:
        return reduce(ties.maximum, inputs)


class Minimum(Merge):
    """The smallest of the inputs, element by element.

    Examples:
        >>> jc.layers.Minimum()([jnp.array([[5.0, 1.0]]), jnp.array([[2.0, 2.0]])])
        Array([[2., 1.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.2.4: keras/layers/merge.py", 2018,
          <https://github.com/keras-team/keras/blob/2.2.4/keras/layers/merge.py>
    """

    def combine(self, inputs: list[jax.Array]) -> jax.Array:
        return reduce(ties.minimum, inputs)


class Concatenate(Merge):
    """The inputs one after another along `axis`; the other axes must agree.

    Args:
        axis: the axis along which the inputs are joined, counted with the batch as 0.

    Examples:
        >>> jc.layers.Concatenate()([jnp.ones((2, 3)), jnp.ones((2, 4))]).shape
        (2, 7)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/merge.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/merge.py>
    """

    axis: int = -1

    def checked(self) -> Config:
        if not isinstance(self.axis, int):
            raise ValueError(f"{self.label}: `axis` is {self.axis!r}; it must be an integer.")
        return {}

    def __call__(self, inputs: Sequence[jax.Array]) -> jax.Array:
        arrays = self.several(inputs)
        shapes = [x.shape for x in arrays]
        fits = len({len(s) for s in shapes}) == 1 and -len(shapes[0]) <= self.axis < len(shapes[0])
        axis = self.axis % len(shapes[0]) if fits else 0
        if not fits or len({s[:axis] + s[axis + 1 :] for s in shapes}) > 1:
            raise ValueError(
                f"{self.label}: A `{self.label}` layer requires inputs with matching shapes except "
                f"for the concat axis {self.axis}. Got inputs shapes: {shapes}."
            )
        return jnp.concatenate(arrays, axis)

    def compute_mask(self, inputs: Sequence[jax.Array], mask: Mask | Sequence[Mask]) -> Mask:
        """The masks joined as the inputs are, where an input without a mask keeps all its steps."""
        mask = self.several_masks(inputs, mask)
        if all(m is None for m in mask):
            return None
        axis = self.axis % inputs[0].ndim
        full = [
            jnp.ones(x.shape[:-1], bool) if m is None else jnp.broadcast_to(m, x.shape[: m.ndim])
            for x, m in zip(inputs, mask, strict=True)
        ]
        if axis < full[0].ndim:
            return jnp.concatenate(full, axis)
        return reduce(jnp.logical_and, full)


class Dot(Merge):
    """Dot products along `axes` of two inputs, sample by sample; the cosine with `normalize`.

    `axes` is one axis for both or one each, counting the batch as 0: two (batch, n) inputs with
    axes 1 become (batch, 1).

    Args:
        axes: the axis of both inputs, or one for each, counted with the batch as 0; not 0.
        normalize: whether the vectors are scaled to length 1 first, which gives the cosine.

    Examples:
        >>> jc.layers.Dot(1)([jnp.array([[1.0, 2.0]]), jnp.array([[3.0, 4.0]])])
        Array([[11.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/merge.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/merge.py>
    """

    axes: int | Sequence[int]
    normalize: bool = False

    traits = Traits()
    supports_masking = False

    def checked(self) -> Config:
        axes = arguments.whole_numbers(self.axes)
        if axes is None or len(axes) not in (1, 2) or 0 in axes:
            raise ValueError(
                f"{self.label}: `axes` is {self.axes!r}; it must be an integer or two, none of "
                "them 0."
            )
        return {"axes": axes if len(axes) == 2 else axes[0]}

    def __call__(self, inputs: Sequence[jax.Array]) -> jax.Array:
        arrays = self.several(inputs)
        if len(arrays) != 2:
            raise ValueError(f"{self.label}: it takes exactly 2 inputs; given {len(arrays)}.")
        a, b = arrays
        pair = (self.axes,) * 2 if isinstance(self.axes, int) else self.axes
        if any(not -x.ndim < axis < x.ndim for x, axis in zip(arrays, pair, strict=True)):
            raise ValueError(
                f"{self.label}: `axes` {self.axes} does not exist in shapes {a.shape} and "
                f"{b.shape}."
            )
        i, j = pair[0] % a.ndim, pair[1] % b.ndim
        if a.shape[i] != b.shape[j]:
            raise ValueError(
                f"{self.label}: shapes {a.shape} and {b.shape} differ along `axes` {self.axes}."
            )
        if self.normalize:
            a, b = unit_norm(a, i), unit_norm(b, j)
        y = jax.lax.dot_general(a, b, (((i,), (j,)), ((0,), (0,))))
        return y[:, None] if y.ndim == 1 else y

    def compute_mask(self, inputs: Sequence[jax.Array], mask: Mask | Sequence[Mask]) -> None:
        return None


def unit_norm(x: jax.Array, axis: int) -> jax.Array:
    """`x` divided by its norm along `axis`; a zero vector stays zero, with a finite gradient."""
    return x * jax.lax.rsqrt(jnp.maximum(jnp.sum(jnp.square(x), axis, keepdims=True), 1e-12))

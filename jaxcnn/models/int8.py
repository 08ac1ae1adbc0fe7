"""Predicting with weights of eight bits."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.models.model import Model
from jaxcnn.runtime.types import PyTree
from jaxcnn.training.steps import predict_step

LARGEST = 127


class Rounded(NamedTuple):
    """An array as whole numbers of eight bits, and what each column of its last axis is times."""

    values: jax.Array
    scales: jax.Array


class Int8Model:
    """A model as it is now, whose kernels are kept as int8, a quarter of the memory.

    Arrays of two axes and more are rounded, each column of the last axis (the units of a dense
    layer, the filters of a convolution) to 127 steps either side of zero; biases and what
    normalisation needs stay as they are. The computation is in the model's own dtype: kernels are
    multiplied out inside the compiled program, layer by layer.

    Args:
        model: a built model; later changes of its weights are not seen.
        batch_size: how many samples one call of the program takes. Default: 32.

    Raises:
        ValueError: the model has no weights yet.

    Examples:
        >>> small = jc.models.Int8Model(model)
        >>> np.allclose(small.predict(x), model.predict(x), atol=0.02)
        True

    References:
        - Jacob et al., "Quantization and Training of Neural Networks for Efficient
          Integer-Arithmetic-Only Inference", 2017, <https://arxiv.org/abs/1712.05877>
    """

    def __init__(self, model: Model, batch_size: int = 32) -> None:
        model.require_built()
        self.batch_size = batch_size
        self.variables: PyTree = {
            collection: jax.tree.map(rounded, arrays) if collection == "params" else arrays
            for collection, arrays in model.variables.items()
        }
        step = predict_step(model.module)
        self.step = jax.jit(lambda variables, inputs: step(multiplied_out(variables), inputs))

    @property
    def nbytes(self) -> int:
        """The bytes of all weights."""
        return sum(array.nbytes for array in jax.tree.leaves(self.variables))

    def predict(self, x: PyTree) -> np.ndarray | list[np.ndarray]:
        """The outputs for all samples of `x`: an array, or a list of them.

        Args:
            x: an array, or a list of one for each input.

        Raises:
            ValueError: there are no samples.
        """
        arrays = [np.asarray(array) for array in (x if isinstance(x, list) else [x])]
        if not len(arrays[0]):
            raise ValueError("Int8Model.predict: `x` has no samples; give it at least one.")
        parts: list[list[np.ndarray]] = []
        for begin in range(0, len(arrays[0]), self.batch_size):
            batch = [array[begin : begin + self.batch_size] for array in arrays]
            outputs = self.step(self.variables, batch if isinstance(x, list) else batch[0])
            parts.append([np.asarray(output) for output in jax.tree.leaves(outputs)])
        joined = [np.concatenate(outputs) for outputs in zip(*parts, strict=True)]
        return joined if len(joined) > 1 else joined[0]


def rounded(array: jax.Array) -> jax.Array | Rounded:
    """A kernel in eight bits; other arrays as they are."""
    if array.ndim < 2 or not jnp.issubdtype(array.dtype, jnp.floating):
        return array
    largest = jnp.max(jnp.abs(array), axis=tuple(range(array.ndim - 1)))
    scales = jnp.where(largest == 0, 1, largest / LARGEST).astype(array.dtype)
    return Rounded(jnp.round(array / scales).astype(jnp.int8), scales)


def multiplied_out(variables: PyTree) -> PyTree:
    """The variables that a module takes."""

    def is_rounded(leaf: object) -> bool:
        return isinstance(leaf, Rounded)

    def value(leaf: jax.Array | Rounded) -> jax.Array:
        return leaf.values * leaf.scales if isinstance(leaf, Rounded) else leaf

    return jax.tree.map(value, variables, is_leaf=is_rounded)

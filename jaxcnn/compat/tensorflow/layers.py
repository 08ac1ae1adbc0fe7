"""``tf.layers``: functions of this library's modules, whose weights are variables of the graph.

The weights are made by `get_variable`, so that scopes share and name them, sessions hold them and
the initializer of the graph draws them again.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import flax.linen
import jax
import jax.numpy as jnp

from jaxcnn import nn
from jaxcnn.compat.tensorflow.arrays import where
from jaxcnn.compat.tensorflow.nn import dropout as dropped
from jaxcnn.compat.tensorflow.scopes import get_variable, variable_scope, zeros_initializer
from jaxcnn.compat.tensorflow.word import Word, word
from jaxcnn.runtime.types import PyTree

__all__ = [
    "average_pooling2d",
    "conv2d",
    "conv2d_transpose",
    "dense",
    "dropout",
    "flatten",
    "max_pooling2d",
]

WEIGHTS = ("kernel", "bias")
UNKNOWN = 256  # a size that may be any, larger than a window
REFUSED = ("activity_regularizer", "kernel_constraint", "bias_constraint")


def function_of(kind: type[flax.linen.Module], label: str, operation: str, **defaults: Any) -> Word:
    """The function that makes a module of this class, its weights, and the tensor it computes.

    Args:
        kind: the class.
        label: of the scope, where the call says none.
        operation: the name of the last operation in it, where no bias is added.
        defaults: of arguments of the class.
    """
    signature = inspect.signature(kind)

    def call(
        inputs: PyTree,
        *args: Any,
        trainable: bool = True,
        name: str | None = None,
        reuse: bool | str | None = None,
        **kwargs: Any,
    ) -> PyTree:
        try:
            given = {**defaults, **signature.bind_partial(*args, **kwargs).arguments}
        except TypeError as error:
            raise TypeError(f"tf.layers.{label}() {error}") from None
        options = {key: value for key, value in given.items() if value is not None}
        for refused in REFUSED:
            if refused in options:
                raise ValueError(
                    f"tf.layers.{label} has no `{refused}` here: add the penalty to the loss, or "
                    "assign the constrained value after each step."
                )
        activation = options.pop("activation", None)
        firsts = {w: options.pop(f"{w}_initializer", None) for w in WEIGHTS}
        firsts["bias"] = firsts["bias"] or zeros_initializer()
        penalties = {w: options.pop(f"{w}_regularizer", None) for w in WEIGHTS}
        if "padding" in options:
            options["padding"] = options["padding"].lower()
        module = kind(**options)
        with variable_scope(name or (label if reuse is True else None), label, reuse=reuse):
            weights = {
                weight: get_variable(
                    weight,
                    shape,
                    initializer=firsts[weight],
                    regularizer=penalties[weight],
                    trainable=trainable,
                )
                for weight, shape in shapes_of(module, inputs).items()
            }

            @word("BiasAdd" if "bias" in weights else operation)
            def compute(x: PyTree, weights: Mapping[str, PyTree]) -> PyTree:
                values = {weight: jnp.asarray(value) for weight, value in weights.items()}
                return module.apply({"params": values} if values else {}, jnp.asarray(x))

            output = compute(inputs, weights)
            return output if activation is None else activation(output)

    return call


def shapes_of(module: flax.linen.Module, inputs: PyTree) -> dict[str, tuple[int, ...]]:
    """Weight -> its shape for such inputs, of which sizes that may be any change nothing."""
    sizes = [UNKNOWN if size is None else int(size) for size in inputs.shape]
    x = jax.ShapeDtypeStruct(sizes, inputs.dtype)
    params = jax.eval_shape(module.init, jax.random.key(0), x).get("params", {})
    return {weight: params[weight].shape for weight in WEIGHTS if weight in params}


conv2d = function_of(nn.Conv2D, "conv2d", "Conv2D", data_format="channels_last")
conv2d_transpose = function_of(
    nn.Conv2DTranspose, "conv2d_transpose", "conv2d_transpose", data_format="channels_last"
)
dense = function_of(nn.Dense, "dense", "MatMul")
flatten = function_of(nn.Flatten, "flatten", "Reshape")
max_pooling2d = function_of(
    nn.MaxPooling2D, "max_pooling2d", "MaxPool", data_format="channels_last"
)
average_pooling2d = function_of(
    nn.AveragePooling2D, "average_pooling2d", "AvgPool", data_format="channels_last"
)


def dropout(
    inputs: PyTree, rate: float = 0.5, training: PyTree = False, name: str | None = None
) -> PyTree:
    """In training a fraction `rate` of the inputs is zeroed; `training` may be a tensor."""
    if training is False:
        return inputs
    noisy = dropped(inputs, 1 - rate, name=name)
    return noisy if training is True else where(training, noisy, inputs)

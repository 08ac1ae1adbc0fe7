"""Any function as a layer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn.nn.base import Layer
from jaxcnn.runtime.captures import is_of_library
from jaxcnn.runtime.context import running_module
from jaxcnn.runtime.names import get_custom_objects
from jaxcnn.runtime.types import Config, PyTree, Settings, Shape
from jaxcnn.spellings.dialect import chosen


class Lambda(Layer):
    """``function(inputs, **arguments)``: any function of arrays that JAX can trace.

    A function with a parameter called ``mask`` is given the mask of the inputs. The shape of the
    output is found by tracing; when `output_shape` is given (without the batch, or as a function of
    the input's whole shape) it must agree. The output's mask is `mask`, or
    ``mask(inputs, input_mask)`` where that is a function (of one argument: ``mask(input_mask)``);
    by default there is none.

    In a configuration the functions stand by their names, which custom objects resolve.

    Args:
        function: function of the inputs, and of `arguments`; a name means one of `custom_objects`.
        output_shape: shape of the output without the batch, or a function from the shape of the
            input, batch in front, to that of the output; None for what tracing finds.
        mask: mask of the output, or a function that returns it; None for none.
        arguments: further keywords of `function`, by name; None for none.

    Examples:
        >>> jc.layers.Lambda(lambda x: x**2)(jnp.array([[1.0, 2.0, 3.0]]))
        Array([[1., 4., 9.]], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/layers/core.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/layers/core.py>
    """

    function: str | Callable[..., PyTree]
    output_shape: Shape | str | Callable[[PyTree], Shape] | None = None
    mask: str | Callable[[PyTree, PyTree], PyTree] | jax.Array | None = None
    arguments: Settings | None = None

    @property
    def mixes_rows(self) -> bool:
        return True

    @property
    def draws_anyway(self) -> bool:
        return not is_of_library(self.function)

    def checked(self) -> Config:
        values = {
            "function": function_named(self.label, "function", self.function),
            "arguments": self.arguments or {},
        }
        if not isinstance(values["arguments"], Mapping):
            raise ValueError(
                f"{self.label}: `arguments` is {self.arguments!r}; it must be a dict of keywords."
            )
        if isinstance(self.output_shape, list | tuple):
            values["output_shape"] = tuple(self.output_shape)
        elif self.output_shape is not None:
            values["output_shape"] = function_named(
                self.label, "output_shape", self.output_shape, "a tuple or "
            )
        if isinstance(self.mask, str):
            values["mask"] = function_named(self.label, "mask", self.mask)
        return values

    @nn.compact
    def __call__(self, inputs: PyTree, *, train: bool = False, mask: PyTree = None) -> PyTree:
        function = function_named(self.label, "function", self.function)
        keywords = dict(self.arguments or {})
        if takes_mask(function):
            keywords["mask"] = mask
        with running_module(self, train):
            outputs = alone(function(inputs, **keywords))
        self.check_shape(inputs, outputs)
        return outputs

    def check_shape(self, inputs: PyTree, outputs: PyTree) -> None:
        """Raise when the output does not have `output_shape`, in which None stands for any size.

        Keras itself, and so a program for an old one, asks no questions.
        """
        if self.output_shape is None or not hasattr(outputs, "shape") or chosen():
            return
        if callable(self.output_shape):
            declared = tuple(self.output_shape(jax.tree.map(jnp.shape, inputs)))
        else:
            declared = (None, *self.output_shape)
        fits = len(declared) == outputs.ndim
        if not fits or any(
            n is not None and n != m for n, m in zip(declared, outputs.shape, strict=True)
        ):
            raise ValueError(
                f"{self.label}: the function returned shape {outputs.shape}, but `output_shape` "
                f"says {declared}."
            )

    def compute_mask(self, inputs: PyTree, mask: PyTree) -> PyTree:
        if not callable(self.mask):
            return self.mask
        arguments = (mask,) if takes_one(self.mask) else (inputs, mask)
        return alone(self.mask(*arguments))


def alone(results: PyTree) -> PyTree:
    """What a user's function returned, without a list around a single one, as Keras takes it."""
    return results[0] if isinstance(results, list | tuple) and len(results) == 1 else results


def function_named(
    label: str, field: str, value: str | Callable[..., PyTree], otherwise: str = ""
) -> Callable[..., PyTree]:
    """`value`, a function or the name of one among the custom objects."""
    function = get_custom_objects().get(value) if isinstance(value, str) else value
    if callable(function):
        return function
    raise ValueError(
        f"{label}: `{field}` is {value!r}; it must be {otherwise}a function, or the name of one "
        "given in custom_objects (an anonymous function has no name to find it by: define it with "
        "def)."
    )


def takes_mask(function: Callable[..., PyTree]) -> bool:
    """Whether a function has a parameter called ``mask``, as far as its parameters can be seen."""
    try:
        return "mask" in inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False


def takes_one(function: Callable[..., PyTree]) -> bool:
    """Whether a function has a single parameter, as far as its parameters can be seen."""
    try:
        return len(inspect.signature(function).parameters) == 1
    except (TypeError, ValueError):
        return False

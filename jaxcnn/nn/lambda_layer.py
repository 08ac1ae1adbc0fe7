"""Any function as a layer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxcnn.nn.base import Layer
from jaxcnn.runtime.context import running_module
from jaxcnn.runtime.names import get_custom_objects


class Lambda(Layer):
    """``function(inputs, **arguments)``: any function of arrays that JAX can trace.

    A function with a parameter called ``mask`` is given the mask of the inputs. The shape of the
    output is found by tracing; when `output_shape` is given (without the batch, or as a function of
    the input's whole shape) it must agree. The output's mask is `mask`, or
    ``mask(inputs, input_mask)`` where that is a function; by default there is none.

    In a configuration the functions stand by their names, which custom objects resolve.
    """

    function: Any
    output_shape: Any = None
    mask: Any = None
    arguments: Any = None

    @property
    def mixes_rows(self) -> bool:
        return True

    def checked(self) -> dict[str, Any]:
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
    def __call__(self, inputs: Any, *, train: bool = False, mask: Any = None) -> Any:
        keywords = (
            {**self.arguments, "mask": mask} if takes_mask(self.function) else dict(self.arguments)
        )
        with running_module(self, train):
            outputs = self.function(inputs, **keywords)
        self.check_shape(inputs, outputs)
        return outputs

    def check_shape(self, inputs: Any, outputs: Any) -> None:
        """Raise when `output_shape` says something else than the function did; None in it stands
        for any size.
        """
        if self.output_shape is None or not hasattr(outputs, "shape"):
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
                f"{self.label}: the function gave shape {outputs.shape}, but `output_shape` says "
                f"{declared}."
            )

    def compute_mask(self, inputs: Any, mask: Any) -> Any:
        return self.mask(inputs, mask) if callable(self.mask) else self.mask


def function_named(label: str, field: str, value: Any, otherwise: str = "") -> Callable:
    """`value`, a function or the name of one among the custom objects."""
    found = get_custom_objects().get(value) if isinstance(value, str) else value
    if not callable(found):
        raise ValueError(
            f"{label}: `{field}` is {value!r}; it must be {otherwise}a function, or the name of "
            "one given in "
            "custom_objects (an anonymous function has no name to find it by: define it with def)."
        )
    return found


def takes_mask(function: Callable) -> bool:
    """Whether a function has a parameter called ``mask``; of one that hides its parameters, assume
    not.
    """
    try:
        return "mask" in inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False

"""A named array with a value that can be read and set: what `add_weight` and ``K.variable`` give."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


class Variable:
    """An array that is looked up when it is used.

    It works where an array does (``jnp.dot(x, v)``, ``v * 2``, ``v[0]``).  A layer's weight reads and writes the
    layer's array; a variable on its own keeps its value itself.

    Attributes:
        name, shape, dtype: as declared.
        initializer: called as ``initializer(key, shape, dtype)``.
        trainable, regularizer, constraint: as `Layer.add_weight` takes them.
    """

    def __init__(
        self,
        name: str,
        shape: tuple[int, ...],
        dtype: Any,
        initializer: Callable[..., jax.Array],
        *,
        trainable: bool = True,
        regularizer: Callable | None = None,
        constraint: Callable | None = None,
        owner: Any = None,
    ) -> None:
        self.name, self.shape, self.dtype, self.initializer = name, tuple(shape), np.dtype(dtype), initializer
        self.trainable, self.regularizer, self.constraint = trainable, regularizer, constraint
        self._owner = owner
        self._value: jax.Array | None = None

    def adopt(self, owner: Any, trainable: bool) -> None:
        """Make a variable that stood on its own the weight of a layer, which starts from its value."""
        value = self.value
        self.initializer = lambda key, shape, dtype: jnp.asarray(value, dtype)
        self._owner, self.trainable = owner, trainable

    @property
    def value(self) -> jax.Array:
        """The array as it is now."""
        if self._owner is not None:
            collection = "params" if self.trainable else "batch_stats"
            found: jax.Array = self._owner.variables[collection][self.name]
            return found
        if self._value is None:
            self._value = self.initializer(jax.random.key(0), self.shape, self.dtype)
        return self._value

    def assign(self, value: Any) -> None:
        """Replace the value by an array of the same shape."""
        array = jnp.asarray(value, self.dtype)
        if array.shape != self.shape:
            raise ValueError(f"Variable '{self.name}' has shape {self.shape}; given {array.shape}.")
        if self._owner is not None:
            self._owner.set_variables({"params" if self.trainable else "batch_stats": {self.name: array}})
        else:
            self._value = array

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def __jax_array__(self) -> jax.Array:
        return self.value

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.value, dtype)

    def __getitem__(self, index: Any) -> jax.Array:
        return self.value[index]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "value":
            raise AttributeError(name)
        return getattr(self.value, name)

    def __repr__(self) -> str:
        return f"<Variable {self.name!r} shape={self.shape} dtype={self.dtype.name}>"


def _binary(function: Callable, reflected: bool = False) -> Callable:
    def method(self: Variable, other: Any) -> Any:
        other = jnp.asarray(other)
        return function(other, self.value) if reflected else function(self.value, other)

    return method


# Arithmetic and comparison as arrays have them; `==` stays identity, so that variables can be kept in sets.
for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):
    setattr(Variable, f"__{_name}__", _binary(getattr(operator, _name)))
    setattr(Variable, f"__r{_name}__", _binary(getattr(operator, _name), reflected=True))
for _name in ("lt", "le", "gt", "ge"):
    setattr(Variable, f"__{_name}__", _binary(getattr(operator, _name)))
Variable.__neg__ = lambda self: -self.value  # type: ignore[attr-defined]
Variable.__abs__ = lambda self: abs(self.value)  # type: ignore[attr-defined]

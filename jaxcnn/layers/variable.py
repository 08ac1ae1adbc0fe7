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


def _install_operators() -> None:
    """Arithmetic and comparison as arrays have them; `==` stays identity, so that variables can be kept in sets."""
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):
        function = getattr(operator, name)
        setattr(Variable, f"__{name}__", lambda self, other, f=function: f(self.value, jnp.asarray(other)))
        setattr(Variable, f"__r{name}__", lambda self, other, f=function: f(jnp.asarray(other), self.value))
    for name in ("lt", "le", "gt", "ge"):
        setattr(
            Variable, f"__{name}__", lambda self, other, f=getattr(operator, name): f(self.value, jnp.asarray(other))
        )
    for name in ("neg", "abs"):
        setattr(Variable, f"__{name}__", lambda self, f=getattr(operator, name): f(self.value))


_install_operators()

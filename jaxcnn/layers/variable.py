"""A named array with a value that can be read and set: what a layer's weights and ``K.variable``
are.
"""

from __future__ import annotations

import contextlib
import contextvars
import operator
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax.traverse_util import unflatten_dict

from jaxcnn.layers.symbolic.tensor import SymbolicTensor

_given: contextvars.ContextVar[Mapping[int, Any]] = contextvars.ContextVar(
    "given_values", default=MappingProxyType({})
)


class Variable:
    """An array that is looked up when it is used.

    It works where an array does (``jnp.dot(x, v)``, ``v * 2``, ``v[0]``, an argument of a jitted
    function). A layer's weight reads and writes the layer's array; a variable on its own keeps its
    value itself, and a compiled function that uses it sees the value that it has when the function
    runs.

    Attributes:
        label, shape, dtype: as declared; `name` is what Keras shows.
        initializer: called as ``initializer(key, shape, dtype)``.
        trainable, regularizer, constraint: as `Layer.add_weight` takes them.
        owner: the layer whose weight it is, or None.
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
        path: tuple[str, ...] | None = None,
    ) -> None:
        self.label, self.shape, self.dtype, self.initializer = (
            name,
            tuple(shape),
            np.dtype(dtype),
            initializer,
        )
        self.trainable, self.regularizer, self.constraint = trainable, regularizer, constraint
        self.owner = owner
        self._path = path
        self._value: np.ndarray | None = None  # on the host, where a running program may fetch it

    @classmethod
    def holding(cls, name: str, value: np.ndarray) -> Variable:
        """A variable on its own with this value."""
        made = cls(
            name, value.shape, value.dtype, lambda key, shape, dtype: jnp.asarray(value, dtype)
        )
        made.assign(value)
        return made

    def adopt(self, owner: Any, trainable: bool) -> None:
        """Make a variable that stood on its own the weight of a layer, which starts from its value."""
        value = self._kept()
        self.initializer = lambda key, shape, dtype: jnp.asarray(value, dtype)
        self.owner, self.trainable = owner, trainable

    @property
    def name(self) -> str:
        """Of a layer's weight the layer and its own name, as in 'dense_1/kernel:0'; of another
        variable its own.
        """
        return (
            self.label if self.owner is None else "/".join((self.owner.name, *self.path[1:])) + ":0"
        )

    @property
    def path(self) -> tuple[str, ...]:
        """Where the owner keeps it: (collection, *path)."""
        return self._path or ("params" if self.trainable else "batch_stats", self.label)

    @property
    def value(self) -> jax.Array:
        """The array as it is now.

        Raises:
            RuntimeError: a layer's weight read inside a compiled function, outside of the layer's
                own `call`.
        """
        given = _given.get().get(id(self))
        if given is not None:
            return given
        if self.owner is not None:
            if being_compiled():
                raise RuntimeError(
                    f"The weight '{self.label}' of layer '{self.owner.name}' is read inside a "
                    "function that is being "
                    "compiled; its value would be frozen there and get no gradient. Call the layer "
                    "itself, or write a "
                    "Layer that keeps it as an attribute."
                )
            found: jax.Array = self.owner._own_variables()[self.path]
            return found
        if being_compiled():
            return jax.pure_callback(self._kept, jax.ShapeDtypeStruct(self.shape, self.dtype))
        return jnp.asarray(self._kept())

    def _kept(self) -> np.ndarray:
        """The value of a variable on its own."""
        if self._value is None:
            with jax.ensure_compile_time_eval():
                self._value = np.asarray(
                    self.initializer(jax.random.key(0), self.shape, self.dtype)
                )
        return self._value

    def assign(self, value: Any) -> None:
        """Replace the value by an array of the same shape."""
        if np.shape(value) != self.shape:
            raise ValueError(
                f"Variable '{self.name}' has shape {self.shape}; given {np.shape(value)}."
            )
        if self.owner is not None:
            array = jnp.asarray(value, self.dtype)
            self.owner.set_variables(unflatten_dict({self.path: array}))
        else:
            self._value = np.array(value, self.dtype)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def __jax_array__(self) -> jax.Array:
        return self.value

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.value, dtype)

    def __len__(self) -> int:
        return len(self.value)

    def __getitem__(self, index: Any) -> jax.Array:
        return self.value[index]

    def __neg__(self) -> jax.Array:
        return -self.value

    def __abs__(self) -> jax.Array:
        return abs(self.value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "value":
            raise AttributeError(name)
        return getattr(self.value, name)

    def __repr__(self) -> str:
        return f"<Variable {self.name!r} shape={self.shape} dtype={self.dtype.name}>"


# JAX's transformations take a variable for its array.
jax.tree_util.register_pytree_node(
    Variable, lambda v: ((v.value,), None), lambda _, children: children[0]
)


@contextlib.contextmanager
def given_values(values: Mapping[int, Any]) -> Iterator[None]:
    """Within the block the variables of these ids have these values."""
    token = _given.set({**_given.get(), **values})
    try:
        yield
    finally:
        _given.reset(token)


def being_compiled() -> bool:
    """Whether what is computed now becomes part of a compiled program."""
    return isinstance(jnp.zeros(()), jax.core.Tracer)


def is_variable(value: Any) -> bool:
    """For ``is_leaf=``, where a structure's variables are wanted rather than their arrays."""
    return isinstance(value, Variable)


def _binary(function: Callable, reflected: bool = False) -> Callable:
    def method(self: Variable, other: Any) -> Any:
        if isinstance(other, SymbolicTensor):
            return NotImplemented
        other = jnp.asarray(other)
        return function(other, self.value) if reflected else function(self.value, other)

    return method


# Arithmetic and comparison as arrays have them; `==` stays identity, so that variables can be kept
# in sets.
for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):
    setattr(Variable, f"__{_name}__", _binary(getattr(operator, _name)))
    setattr(Variable, f"__r{_name}__", _binary(getattr(operator, _name), reflected=True))
for _name in ("lt", "le", "gt", "ge"):
    setattr(Variable, f"__{_name}__", _binary(getattr(operator, _name)))

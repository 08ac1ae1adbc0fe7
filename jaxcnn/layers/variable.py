"""A named array whose value can be read and set: a layer's weight, or a ``K.variable``."""

from __future__ import annotations

import contextvars
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from types import MappingProxyType
from typing import Any, Protocol, TypeVar, cast, runtime_checkable

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.layers.scopes import weight_name
from jaxcnn.layers.symbolic.tensor_shape import TensorShape
from jaxcnn.nn.base import WeightSpec
from jaxcnn.runtime import context
from jaxcnn.runtime.captures import computes_arrays, inside_a_function, layer_being_built, notice
from jaxcnn.runtime.deferred import Deferred
from jaxcnn.runtime.scoped import scoped
from jaxcnn.runtime.types import ArrayFunction, ArrayLike, DTypeLike, Path

T = TypeVar("T")

_given: contextvars.ContextVar[Mapping[int, jax.Array]] = contextvars.ContextVar(
    "given_values", default=MappingProxyType({})
)


# What is told of each variable that `Variable.holding` makes, and may give another for it.
_making: contextvars.ContextVar[Callable[[Variable], Variable] | None] = contextvars.ContextVar(
    "making_variables", default=None
)


# What is told of each variable without a layer that a compiled function reads without having it.
_reading: contextvars.ContextVar[Callable[[Variable], None] | None] = contextvars.ContextVar(
    "reading_variables", default=None
)


class Keeper(Protocol):
    """Training that holds the newest value of a variable on its own."""

    def value_of(self, variable: Variable) -> np.ndarray | None:
        """The value as it is now, None where the variable still has it."""

    def set_value(self, variable: Variable, value: np.ndarray) -> None:
        """Go on from another value."""


class Store(Protocol):
    """What keeps the arrays of a layer's weights, by (collection, *path).

    Attributes:
        scope: of a program's graph, in which the layer was built.
    """

    scope: str

    @property
    def arrays(self) -> Mapping[Path, jax.Array]: ...

    def replace(self, arrays: Mapping[Path, ArrayLike]) -> None: ...

    def put(self, arrays: Mapping[Path, jax.Array]) -> None: ...


class Owner(Protocol):
    """The layer whose weight a variable is."""

    name: str

    @property
    def weights_store(self) -> Store: ...


@runtime_checkable
class Lender(Protocol):
    """What keeps the value of a variable only until a model computes with it."""

    def let_go(self, variable: Variable) -> None:
        """Make it a variable on its own, by `Variable.leave`."""


class Variable(Deferred):
    """An array that is looked up when it is used.

    It works where an array does (``jnp.dot(x, v)``, ``np.abs(v)``, an argument of a jitted
    function), with its present value. Its operators (``v * 2``, ``v[0]``) and the functions of K
    are symbolic outside of the functions that layers and models compute: they are evaluated with
    the values of later, as Keras does. A layer's weight reads and writes the layer's array; a
    variable on its own keeps its value itself, and a compiled function that uses it sees the value
    that it has when the function runs.

    Attributes:
        label, shape, dtype: as declared; `name` is what Keras shows.
        start: makes the first value, called as ``start(key, shape, dtype)``.
        trainable, regularizer, constraint: as `Layer.add_weight` takes them.
        owner: the layer whose weight it is, or None.
        keeper: the training that moves it, where it is the state of an optimizer.
        changes: how often it was set.
        scope: that of a program's graph in which a variable on its own was created.
    """

    keeper: Keeper | None = None
    changes = 0
    scope = ""

    def __init__(
        self,
        name: str,
        shape: tuple[int, ...],
        dtype: DTypeLike,
        initializer: ArrayFunction,
        *,
        trainable: bool = True,
        regularizer: ArrayFunction | None = None,
        constraint: ArrayFunction | None = None,
        owner: Owner | None = None,
        path: Path | None = None,
    ) -> None:
        self.label, self.shape, self.dtype = name, TensorShape(shape), np.dtype(dtype)
        self.start = initializer
        self.trainable, self.regularizer, self.constraint = trainable, regularizer, constraint
        self.owner = owner
        self._path = path
        self._value: np.ndarray | None = None  # on the host, where a running program may fetch it

    @classmethod
    def of(cls, spec: WeightSpec, owner: Owner, path: Path | None = None) -> Variable:
        """The weight of a layer that its module declares so; `path` if it is in the module."""
        variable = cls(spec.path[-1], spec.shape, spec.dtype, spec.initializer)
        variable.trainable, variable.constraint = spec.collection == "params", spec.constraint
        variable.owner, variable._path = owner, path
        return variable

    @classmethod
    def holding(cls, name: str, value: np.ndarray) -> Variable:
        """A variable on its own with this value."""
        variable = cls(name, value.shape, value.dtype, constantly(value))
        variable.set(value)
        making = _making.get()
        return variable if making is None else making(variable)

    def adopt(self, owner: Owner, trainable: bool, beside: bool = False) -> None:
        """Make a variable without a layer the weight of `owner`, which starts from its value.

        One that is kept `beside` the weights is not among those of `get_weights`.
        """
        self.start = constantly(self._host_value())
        self.owner, self.trainable = owner, trainable
        self._path = ("state", self.label) if beside else None

    def leave(self, value: ArrayLike) -> None:
        """Make the weight of an owner a variable on its own, with this value."""
        self.owner = self._path = None
        self.set(value)

    @property
    def name(self) -> str:
        """'dense_1/kernel:0' for a layer's weight; otherwise the label alone.

        Both come behind the name of the scope in which a program has created them.
        """
        if self.owner is None:
            return self.scope + self.label
        inside = weight_name(self.owner, self.owner.name, self.path[1:])
        return self.owner.weights_store.scope + inside

    @property
    def path(self) -> Path:
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
                notice(self)
                raise RuntimeError(
                    f"The weight '{self.label}' of layer '{self.owner.name}' is read inside a "
                    "function that is being compiled; its value would be frozen there and get no "
                    "gradient. Call the layer itself, or write a Layer that keeps it as an "
                    "attribute."
                )
            return self.owner.weights_store.arrays[self.path]
        if being_compiled():
            if (reading := _reading.get()) is not None:
                reading(self)
            result = jax.ShapeDtypeStruct(self.shape, jax.dtypes.canonicalize_dtype(self.dtype))
            value: jax.Array = jax.pure_callback(
                lambda: np.asarray(self._host_value(), result.dtype), result
            )
            return value
        return jnp.asarray(self._host_value())

    @property
    def stored(self) -> np.ndarray:
        """The value outside of any function that is being computed."""
        if self.owner is not None:
            return np.asarray(self.owner.weights_store.arrays[self.path])
        return self._host_value()

    @property
    def known_later(self) -> bool:  # type: ignore[override]
        """Whether no function is being computed that has a value for it."""
        in_build = layer_being_built() is not None
        symbolic = in_build or inside_a_function() or not being_computed()
        return id(self) not in _given.get() and symbolic

    def _host_value(self) -> np.ndarray:
        """The value of a variable without a layer."""
        if self.keeper is not None and (newest := self.keeper.value_of(self)) is not None:
            return newest
        if self._value is None:
            with jax.ensure_compile_time_eval():
                value = self.start(jax.random.key(0), self.shape, self.dtype)
                self._value = np.asarray(value)
        return self._value

    def set(self, value: ArrayLike) -> None:
        """Replace the value by an array of the same shape."""
        if np.shape(value) != self.shape:
            raise ValueError(
                f"Variable '{self.name}' has shape {self.shape}; given {np.shape(value)}."
            )
        if self.owner is not None:
            if layer_being_built() is self.owner:
                self.start = constantly(np.asarray(value))
            else:
                self.owner.weights_store.replace({self.path: value})
            return
        self._value = np.array(value, self.dtype)
        self.changes += 1
        if self.keeper is not None:
            self.keeper.set_value(self, self._value)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def get_shape(self) -> TensorShape:
        """The shape as programs ask TensorFlow for it, with ``as_list()``."""
        return self.shape

    _keras_shape = property(lambda self: tuple(self.shape))
    _uses_learning_phase = False

    def __jax_array__(self) -> jax.Array | Variable:
        """The value; in ``array * v`` itself where that is symbolic, so that it does the work."""
        if sys._getframe(1).f_code.co_name.startswith("_operator_") and self.known_later:
            return self
        return self.value

    __array_priority__ = 100  # leaves ``numpy_array * v`` to the operators of this class

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.value, dtype)

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Any]:
        return (cast(Any, self)[i] for i in range(len(self)))

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


def constantly(value: ArrayLike) -> ArrayFunction:
    """The initializer that returns `value` whatever the key."""
    return lambda key, shape, dtype: jnp.asarray(value, dtype)


def extended(
    table: contextvars.ContextVar[Mapping[int, T]], entries: Mapping[int, T]
) -> AbstractContextManager[Mapping[int, T]]:
    """Within the block the table has these entries, too."""
    return scoped(table, {**table.get(), **entries})


def given_values(
    values: Mapping[int, jax.Array],
) -> AbstractContextManager[Mapping[int, jax.Array]]:
    """Within the block the variables, or tensors, of these ids have these values."""
    return extended(_given, values)


def made_as(making: Callable[[Variable], Variable]) -> AbstractContextManager[object]:
    """Within the block a new variable on its own is what `making` gives for it."""
    return scoped(_making, making)


def read_by(reading: Callable[[Variable], None]) -> AbstractContextManager[object]:
    """Within the block `reading` is told what variables without a layer are read."""
    return scoped(_reading, reading)


def being_compiled() -> bool:
    """Whether arrays computed now become part of a compiled program."""
    return isinstance(jnp.zeros(()), jax.core.Tracer)


def being_computed() -> bool:
    """Whether a function of arrays runs now, so that variables have the values of this moment."""
    return computes_arrays() or context.is_running() or being_compiled()


def given_value(thing: object) -> jax.Array | None:
    """The value that the function which runs has for a variable or tensor, or None."""
    return _given.get().get(id(thing))


def is_given(variable: Variable) -> bool:
    """Whether the function that runs has a value for a variable."""
    return id(variable) in _given.get()


def is_variable(value: object) -> bool:
    """For ``is_leaf=``, to keep the variables in a structure rather than their arrays."""
    return isinstance(value, Variable)

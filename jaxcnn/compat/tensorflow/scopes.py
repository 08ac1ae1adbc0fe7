"""Variables by name, and the scopes that share them."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from jaxcnn.compat.tensorflow import graph
from jaxcnn.compat.tensorflow.arrays import constant, ones, zeros
from jaxcnn.compat.tensorflow.random import random_normal, random_uniform, truncated_normal
from jaxcnn.compat.tensorflow.variables import Variable
from jaxcnn.runtime.types import DTypeLike

__all__ = [
    "AUTO_REUSE",
    "constant_initializer",
    "get_variable",
    "get_variable_scope",
    "glorot_uniform_initializer",
    "ones_initializer",
    "random_normal_initializer",
    "random_uniform_initializer",
    "truncated_normal_initializer",
    "variable_scope",
    "zeros_initializer",
]

AUTO_REUSE = "AUTO_REUSE"
# (shape, dtype) -> the first value of a variable
Initializer = Callable[..., Any]
# a variable -> its penalty
Regularizer = Callable[[Any], Any]


@dataclass
class VariableScope:
    """A scope of `get_variable`.

    Attributes:
        name: of the scope, without a slash at its end.
        reuse: whether its variables must be there (True), must not (False), or may.
        initializer: of variables that have none, or None.
        regularizer: of variables that have none, or None.
    """

    name: str
    reuse: bool | str | None = False
    initializer: Initializer | None = None
    regularizer: Regularizer | None = None

    def reuse_variables(self) -> None:
        """From here on the variables must be there."""
        self.reuse = True


_scopes = [VariableScope("")]


def get_variable_scope() -> VariableScope:
    """The scope in force."""
    return _scopes[-1]


@contextlib.contextmanager
def variable_scope(
    name_or_scope: str | VariableScope | None,
    default_name: str | None = None,
    values: object = None,
    initializer: Initializer | None = None,
    regularizer: Regularizer | None = None,
    reuse: bool | str | None = None,
) -> Iterator[VariableScope]:
    """Within the block names of variables and operations begin with that of the scope.

    Args:
        name_or_scope: the last part of the name, or a scope that is entered again; None for
            `default_name`, with a number where the scope around has had one of that name since it
            was begun.
        default_name: where the other is None.
        values: the tensors that are computed with, which change nothing.
        initializer, regularizer: of its variables that have none of their own.
        reuse: whether the variables must be there; None as in the scope around.
    """
    outer, here = _scopes[-1], graph.get_default_graph()
    if isinstance(name_or_scope, VariableScope):
        whole, last = name_or_scope.name, name_or_scope.name.rpartition("/")[2]
        outer = name_or_scope
    else:
        before = f"{outer.name}/" if outer.name else ""
        last = name_or_scope or not_used(before, default_name or "")
        whole = before + last
    scope = VariableScope(
        whole,
        reuse or outer.reuse,
        initializer or outer.initializer,
        regularizer or outer.regularizer,
    )
    here.scope_uses[whole] += 1
    _scopes.append(scope)
    try:
        with graph.name_scope(last):
            yield scope
    finally:
        _scopes.pop()
        for inner in [name for name in here.scope_uses if name.startswith(f"{whole}/")]:
            del here.scope_uses[inner]


def not_used(before: str, name: str) -> str:
    """`name`, with _1, _2, ... where a scope of that name was begun in the one around."""
    uses = graph.get_default_graph().scope_uses
    if not uses[before + name]:
        return name
    return next(
        f"{name}_{number}" for number in itertools.count(1) if not uses[f"{before}{name}_{number}"]
    )


def get_variable(
    name: str,
    shape: Sequence[int] | None = None,
    dtype: DTypeLike = np.float32,
    initializer: Any = None,
    regularizer: Regularizer | None = None,
    trainable: bool = True,
    collections: Sequence[str] | None = None,
) -> Variable:
    """The variable of this name in the scope, made by the first call.

    Args:
        name: without that of the scope.
        shape: left out where `initializer` is a value.
        dtype: of the variable.
        initializer: a value or tensor, or called with shape and dtype; by default
            `glorot_uniform_initializer`.
        regularizer: its value goes into the collection of regularization losses.
        trainable, collections: as of `Variable`.

    Raises:
        ValueError: the scope says that it must be there and it is not, or the reverse.
    """
    scope, here = get_variable_scope(), graph.get_default_graph()
    whole = f"{scope.name}/{name}" if scope.name else name
    if whole in here.variables and not scope.reuse:
        raise ValueError(
            f"Variable {whole} already exists, disallowed. Did you mean to set reuse=True or "
            "reuse=tf.AUTO_REUSE in VarScope?"
        )
    if whole not in here.variables:
        if scope.reuse is True:
            raise ValueError(
                f"Variable {whole} does not exist, or was not created with tf.get_variable(). Did "
                "you mean to set reuse=tf.AUTO_REUSE in VarScope?"
            )
        chosen = scope.initializer if initializer is None else initializer
        first = initial(whole, shape, dtype, chosen)
        with graph.name_scope(None):
            variable = Variable(first, trainable, collections, name=whole, dtype=dtype)
            if (penalty := regularizer or scope.regularizer) is not None:
                key = graph.GraphKeys.REGULARIZATION_LOSSES
                here.add_to_collection(key, penalty(variable))
        here.variables[whole] = variable
    result: Variable = here.variables[whole]
    if shape is not None and tuple(shape) != tuple(result.shape):
        raise ValueError(
            f"Trying to share variable {whole}, but specified shape {tuple(shape)} and found "
            f"shape {tuple(result.shape)}."
        )
    return result


def initial(name: str, shape: Sequence[int] | None, dtype: DTypeLike, initializer: Any) -> Any:
    """The first value of a variable.

    Raises:
        ValueError: no shape for an initializer that needs one.
    """
    function = glorot_uniform_initializer() if initializer is None else initializer
    if isinstance(function, type) or function in MAKERS:
        function = function()
    if not callable(function):
        return initializer
    if shape is None:
        raise ValueError(
            f"Shape of a new variable ({name}) must be fully defined, but instead was <unknown>."
        )
    sizes = [int(n) for n in shape]
    return lambda: function(sizes, dtype=dtype)


# -- initializers ----------------------------------------------------------------------------------


def zeros_initializer(dtype: DTypeLike = np.float32) -> Initializer:
    """Zeros."""
    return lambda shape, dtype=dtype: zeros(shape, dtype)


def ones_initializer(dtype: DTypeLike = np.float32) -> Initializer:
    """Ones."""
    return lambda shape, dtype=dtype: ones(shape, dtype)


def constant_initializer(value: Any = 0, dtype: DTypeLike = np.float32) -> Initializer:
    """`value`, of which the last number is repeated."""
    return lambda shape, dtype=dtype: constant(value, dtype, shape)


def normal_initializer(draw: Initializer) -> Callable[..., Initializer]:
    """The initializer of numbers that a word draws around a mean."""

    def make(
        mean: float = 0.0,
        stddev: float = 1.0,
        seed: int | None = None,
        dtype: DTypeLike = np.float32,
    ) -> Initializer:
        return lambda shape, dtype=dtype: draw(shape, mean, stddev, dtype, seed)

    return make


random_normal_initializer = normal_initializer(random_normal)
truncated_normal_initializer = normal_initializer(truncated_normal)


def random_uniform_initializer(
    minval: float = 0,
    maxval: float | None = None,
    seed: int | None = None,
    dtype: DTypeLike = np.float32,
) -> Initializer:
    """Numbers spread evenly over [minval, maxval)."""
    return lambda shape, dtype=dtype: random_uniform(shape, minval, maxval, dtype, seed)


def glorot_uniform_initializer(
    seed: int | None = None, dtype: DTypeLike = np.float32
) -> Initializer:
    """Numbers spread evenly up to ``sqrt(6 / (inputs + outputs))`` on either side of 0."""

    def first_value(shape: Sequence[int], dtype: DTypeLike = dtype) -> Any:
        window = int(np.prod(shape[:-2])) if len(shape) > 2 else 1
        fan_in, fan_out = (shape[0], shape[0]) if len(shape) == 1 else (shape[-2], shape[-1])
        limit = float(np.sqrt(6 / (window * (fan_in + fan_out)))) if shape else 3**0.5
        return random_uniform(shape, -limit, limit, dtype, seed)

    return first_value


# Programs also name one without calling it.
MAKERS = (
    glorot_uniform_initializer,
    ones_initializer,
    random_normal_initializer,
    truncated_normal_initializer,
    zeros_initializer,
)

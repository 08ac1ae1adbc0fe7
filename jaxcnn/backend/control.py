"""Choices, loops over arrays, and what depends on the learning phase."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from jaxcnn.backend.settings import learning_phase
from jaxcnn.layers.symbolic.operation import operation
from jaxcnn.layers.symbolic.tensor import SymbolicTensor


def _value(expression: Any) -> Any:
    return expression() if callable(expression) else expression


@operation()
def select(condition: Any, chosen: Any, other: Any) -> Any:
    condition = jnp.asarray(condition).astype(bool)
    rank = max(jnp.ndim(chosen), jnp.ndim(other))
    return jnp.where(
        condition.reshape(*condition.shape, *(1,) * (rank - condition.ndim)), chosen, other
    )


def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """`then_expression` where `condition` is true, `else_expression` where it is not.

    Args:
        condition: one boolean or number, or an array of them whose axes are the first ones of the
            expressions.
        then_expression, else_expression: arrays or functions without arguments that give them.
    """
    if isinstance(condition, bool | int):
        return _value(then_expression if condition else else_expression)
    return select(condition, _value(then_expression), _value(else_expression))


def in_train_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """`x` in training mode, `alt` in inference mode; either may be a function without arguments.

    Args:
        training: the mode, by default `learning_phase`.

    Raises:
        ValueError: outside of any layer, where the mode of computed arrays is not known.
    """
    phase = learning_phase() if training is None else training
    if isinstance(phase, SymbolicTensor):
        x, alt = _value(x), _value(alt)
        if any(isinstance(leaf, jax.core.Tracer) for leaf in jax.tree.leaves((x, alt))):
            raise ValueError(
                "K.in_train_phase outside of a layer does not know the mode: pass `training`."
            )
    return switch(phase, x, alt)


def in_test_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """`x` in inference mode, `alt` in training mode."""
    return in_train_phase(alt, x, training)


@operation()
def stop_gradient(variables: Any) -> Any:
    """The array, or the list of arrays, as a constant to gradients."""
    return jax.lax.stop_gradient(variables)


@operation()
def print_tensor(x: Any, message: str = "") -> Any:
    """`x`, printed after `message` each time it is computed."""
    jax.debug.print("{message}{x}", message=message, x=x)
    return x


@operation()
def rnn(
    step_function: Callable[[Any, list[Any]], tuple[Any, Sequence[Any]]],
    inputs: Any,
    initial_states: Sequence[Any],
    go_backwards: bool = False,
    mask: Any = None,
    constants: Sequence[Any] | None = None,
    unroll: bool = False,
    input_length: int | None = None,
) -> tuple[Any, Any, list[Any]]:
    """Run ``step_function(input, states + constants) -> (output, new states)`` over the steps of
    `inputs`.

    Args:
        inputs: (batch, steps, ...).
        initial_states: the states before the first step, each (batch, ...).
        go_backwards: from the last step to the first; the outputs are in that order, too.
        mask: (batch, steps) or (batch, steps, 1); where it is zero the states stay and the output
            is repeated.
        constants: what each step is given after the states.
        unroll: lay the steps out one after the other instead of looping.
        input_length: the number of steps, which `inputs` must have.

    Returns:
        (last output, all outputs (batch, steps, ...), final states).

    Raises:
        ValueError: fewer than three axes, another number of steps, or a mask without states.
    """
    from jaxcnn.nn.recurrent.scan import step_scan

    inputs = jnp.asarray(inputs)
    if inputs.ndim < 3:
        raise ValueError(
            f"K.rnn needs inputs of at least three axes (batch, steps, ...); given {inputs.shape}."
        )
    if input_length not in (None, inputs.shape[1]):
        raise ValueError(
            f"K.rnn: `input_length` is {input_length}, but the inputs have {inputs.shape[1]} steps."
        )
    if mask is not None and not initial_states:
        raise ValueError(
            "K.rnn with a mask needs states, the first of which is the output of the step before."
        )
    keep = None if mask is None else jnp.reshape(mask, inputs.shape[:2]).astype(bool).T
    outputs, last, states = step_scan(
        lambda x, states: step_function(x, [*states, *(constants or [])]),
        jnp.swapaxes(inputs, 0, 1),
        [jnp.asarray(state) for state in initial_states],
        keep=keep,
        reverse=go_backwards,
        unroll=unroll,
    )
    outputs = jnp.swapaxes(outputs, 0, 1)
    return last, jnp.flip(outputs, 1) if go_backwards else outputs, list(states)


@operation()
def map_fn(fn: Callable[[Any], Any], elems: Any, name: str | None = None, dtype: Any = None) -> Any:
    """`fn` of each element along the first axis of `elems`, put together again; `name` is only a
    label.
    """
    result = jax.lax.map(fn, jax.tree.map(jnp.asarray, elems))
    return result if dtype is None else jax.tree.map(lambda a: a.astype(dtype), result)


@operation()
def foldl(
    fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None
) -> Any:
    """``fn(... fn(fn(initializer, elems[0]), elems[1]) ..., elems[-1])``; by default it starts with
    ``elems[0]``.
    """
    return _folded(fn, jnp.asarray(elems), initializer)


@operation()
def foldr(
    fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None
) -> Any:
    """`foldl` from the last element to the first."""
    return _folded(fn, jnp.flip(jnp.asarray(elems), 0), initializer)


def _folded(fn: Callable[[Any, Any], Any], elems: jax.Array, initializer: Any) -> Any:
    start, rest = (
        (elems[0], elems[1:]) if initializer is None else (jnp.asarray(initializer), elems)
    )
    result, _ = jax.lax.scan(lambda so_far, x: (fn(so_far, x), None), start, rest)
    return result

"""Choices, loops over arrays, and what depends on the learning phase."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar, cast

import jax
import jax.numpy as jnp

from jaxcnn.backend.settings import learning_phase
from jaxcnn.backend.values import of_element
from jaxcnn.layers.symbolic.change import Change
from jaxcnn.layers.symbolic.inner_graph import answering
from jaxcnn.layers.symbolic.operation import operation
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.types import Tensor, TensorLike
from jaxcnn.layers.variable import is_variable
from jaxcnn.runtime.carrier import carried_by
from jaxcnn.runtime.types import ArrayFunction, DTypeLike, PyTree
from jaxcnn.spellings.keywords import suggesting

T = TypeVar("T")
# A tensor, or a function without arguments that returns it.
Expression: TypeAlias = TensorLike | Callable[[], TensorLike]


def _value(expression: Expression) -> Tensor:
    return cast(Tensor, expression() if callable(expression) else expression)


@operation()
def select(condition: TensorLike, chosen: TensorLike, other: TensorLike) -> Tensor:
    """`chosen` where `condition` is true; its axes are the first ones of the other two."""
    condition, chosen, other = jnp.asarray(condition), jnp.asarray(chosen), jnp.asarray(other)
    further_axes = max(chosen.ndim, other.ndim) - condition.ndim
    condition = condition.astype(bool).reshape(*condition.shape, *(1,) * further_axes)
    return jnp.where(condition, chosen, other)


def branches(
    condition: TensorLike, then_expression: PyTree, else_expression: PyTree
) -> tuple[PyTree, PyTree]:
    """What two expressions are; variables that a function changes keep their values where the
    `condition` is for the other one.
    """
    results: list[PyTree] = []
    changed: dict[int, list[PyTree]] = {}  # of a variable: itself, its value after each branch
    for number, expression in enumerate((then_expression, else_expression), start=1):
        changes: list[Change] = []
        with carried_by(changes.append):
            results.append(expression() if callable(expression) else expression)
        for variable, value in changes:
            changed.setdefault(id(variable), [variable] * 3)[number] = value
    for variable, chosen, other in changed.values():
        Change(variable, select(condition, chosen, other)).demand()
    return results[0], results[1]


def chosen_change(condition: TensorLike, chosen: PyTree, other: PyTree) -> Change | Tensor:
    """The update that is `chosen` where `condition` is true and else `other`, at least one of them
    an update; the other one may be the variable itself, or another value to compute with.

    Raises:
        ValueError: they are updates of two variables.
    """
    variables = [each[0] for each in (chosen, other) if isinstance(each, Change)]
    if any(variable is not variables[0] for variable in variables):
        raise ValueError(
            "K.switch: its functions return updates of two variables. Give each variable an update "
            "of its own, to K.switch(condition, new_value, variable)."
        )
    values = [each[1] if isinstance(each, Change) else each for each in (chosen, other)]
    after = [each[1] if isinstance(each, Change) else variables[0] for each in (chosen, other)]
    change = Change(variables[0], select(condition, *after))
    if all(value is new for value, new in zip(values, after, strict=True)):
        return change
    change.demand()
    return select(condition, *values)


@suggesting
def switch(
    condition: TensorLike, then_expression: Expression, else_expression: Expression
) -> Tensor:
    """`then_expression` where `condition` is true, `else_expression` where it is not.

    Both are computed. Variables that a function changes are changed where it is chosen only.

    Args:
        condition: one boolean or number, or an array of them whose axes are the first ones of the
            expressions.
        then_expression, else_expression: tensors, or functions without arguments that return
            them.

    Examples:
        >>> from jaxcnn import backend as K
        >>> float(K.eval(K.switch(np.array(True), np.array(1.0), np.array(2.0))))
        1.0

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    if isinstance(condition, bool | int):
        return _value(then_expression if condition else else_expression)
    chosen, other = branches(condition, then_expression, else_expression)
    if isinstance(chosen, Change) or isinstance(other, Change):
        return cast(Tensor, chosen_change(condition, chosen, other))
    return select(condition, chosen, other)


@suggesting
def in_train_phase(x: Expression, alt: Expression, training: TensorLike | None = None) -> Tensor:
    """`x` in training mode, `alt` in inference mode; either may be a function without arguments.

    Args:
        x: the one for training mode, a tensor or a function without arguments.
        alt: the other one, a tensor or a function without arguments.
        training: one number, 1 in training mode, 0 else; by default `learning_phase`.

    Raises:
        ValueError: outside of any layer, where the mode of computed arrays is not known.

    Examples:
        >>> from jaxcnn import backend as K
        >>> float(K.eval(K.in_train_phase(np.array(1.0), np.array(2.0), training=0)))
        2.0

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    phase = learning_phase() if training is None else training
    if isinstance(phase, SymbolicTensor):
        x, alt = _value(x), _value(alt)
        leaves = jax.tree.leaves((x, alt), is_leaf=is_variable)
        if any(isinstance(leaf, jax.core.Tracer) for leaf in leaves):
            raise ValueError(
                "K.in_train_phase outside of a layer does not know the mode: pass `training`."
            )
    return switch(phase, x, alt)


@suggesting
def in_test_phase(x: Expression, alt: Expression, training: TensorLike | None = None) -> Tensor:
    """`x` in inference mode, `alt` in training mode.

    Args:
        x: the one for inference mode, a tensor or a function without arguments.
        alt: the other one, a tensor or a function without arguments.
        training: one number, 1 in training mode, 0 else; None for the mode that is in force.

    Examples:
        >>> from jaxcnn import backend as K
        >>> float(K.eval(K.in_test_phase(np.array(1.0), np.array(2.0), training=0)))
        1.0

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return in_train_phase(alt, x, training)


@operation()
def stop_gradient(variables: T) -> T:
    """The array, or the list of arrays, as a constant to gradients.

    Args:
        variables: tensor of any shape and a float dtype, or list of tensors.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.stop_gradient(np.array([1.0])))
        array([1.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return jax.lax.stop_gradient(variables)


@operation()
def print_tensor(x: T, message: str = "") -> T:
    """`x`, printed after `message` each time it is computed.

    Args:
        x: tensor or array of any shape and dtype.
        message: what is printed before it. Default: ''.

    Examples:
        >>> from jaxcnn import backend as K
        >>> float(K.print_tensor(np.float32(2.0)))
        2.0
        2.0

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    jax.debug.print("{message}{x}", message=message, x=x)
    return x


@operation()
def rnn(
    step_function: Callable[[Tensor, list[PyTree]], tuple[Tensor, Sequence[Tensor]]],
    inputs: TensorLike,
    initial_states: Sequence[TensorLike],
    go_backwards: bool = False,
    mask: TensorLike | None = None,
    constants: Sequence[PyTree] | None = None,
    unroll: bool = False,
    input_length: int | None = None,
) -> tuple[Tensor, Tensor, list[Tensor]]:
    """Run ``step_function(input, states + constants)`` over the steps of `inputs`.

    Args:
        step_function: returns (output, new states).
        inputs: tensor (batch, steps, ...) of any dtype.
        initial_states: the states before the first step, each (batch, ...), in float.
        go_backwards: from the last step to the first; the outputs are in that order, too. Default:
            False.
        mask: (batch, steps) or (batch, steps, 1), bool or numbers; where it is zero the states stay
            and the output is the first state or, with `unroll`, the output of the step before.
            Default: None.
        constants: tensors of any shape and dtype, or lists of them, passed to each step after the
            states. Default: None.
        unroll: lay the steps out one after the other instead of looping. Default: False.
        input_length: the number of steps, which `inputs` must have. Default: None.

    Returns:
        (last output, all outputs (batch, steps, ...), final states).

    Raises:
        ValueError: fewer than three axes, another number of steps, or a mask without states.

    Examples:
        >>> from jaxcnn import backend as K
        >>> def add(x, states):
        ...     total = x + states[0]
        ...     return total, [total]
        >>> steps = np.array([[[1.0], [2.0], [3.0]]])
        >>> last, outputs, states = K.rnn(add, steps, [np.zeros((1, 1))])
        >>> K.eval(outputs)[0, :, 0]
        array([1., 3., 6.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    from jaxcnn.nn.recurrent.scan import step_scan
    from jaxcnn.ops.recurrence import where_kept

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
            "K.rnn with a mask needs states: the first is the output where the mask is zero."
        )
    keep = None if mask is None else jnp.asarray(mask).reshape(inputs.shape[:2]).astype(bool).T

    answer = answering(step_function)

    def step(
        now: tuple[Tensor, Tensor | None], states: list[Tensor]
    ) -> tuple[Tensor, list[Tensor]]:
        x, mask_now = now
        output, new_states = answer(x, [*states, *(constants or [])])
        before = [output, *states] if unroll else [states[0], *states] if states else []
        output, *new = where_kept(mask_now, [output, *new_states], before)
        return output, new

    outputs, last, states = step_scan(
        step,
        (jnp.swapaxes(inputs, 0, 1), keep),
        [jnp.asarray(state) for state in initial_states],
        keep=keep if unroll else None,
        reverse=go_backwards,
        unroll=unroll,
    )
    outputs = jnp.swapaxes(outputs, 0, 1)
    return last, jnp.flip(outputs, 1) if go_backwards else outputs, list(states)


@operation()
def map_fn(
    fn: Callable[[PyTree], PyTree],
    elems: PyTree,
    name: str | None = None,
    dtype: DTypeLike | None = None,
) -> PyTree:
    """`fn` of each element along the first axis of `elems`, stacked; `name` is only a label.

    Args:
        fn: function of an element.
        elems: array (rows, ...) of any dtype, or a list of such, whose rows are the elements.
        name: only a label. Default: None.
        dtype: type of the result; None for what `fn` returns.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.eval(K.map_fn(lambda row: row * 2, np.array([1.0, 2.0])))
        array([2., 4.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    result = jax.lax.map(of_element(answering(fn)), jax.tree.map(jnp.asarray, elems))
    return result if dtype is None else jax.tree.map(lambda a: a.astype(dtype), result)


@operation()
def foldl(
    fn: ArrayFunction,
    elems: TensorLike,
    initializer: TensorLike | None = None,
    name: str | None = None,
) -> Tensor:
    """``fn(... fn(fn(initializer, elems[0]), elems[1]) ..., elems[-1])``; `name` is only a label.

    Without an `initializer` it starts with ``elems[0]``.

    Args:
        fn: function of the value so far and an element.
        elems: array (rows, ...) of any dtype, whose rows are the elements.
        initializer: array of the shape and dtype of an element, the first value; None for the first
            element.
        name: only a label. Default: None.

    Examples:
        >>> from jaxcnn import backend as K
        >>> float(K.eval(K.foldl(lambda total, row: total + row, np.array([1.0, 2.0, 3.0]))))
        6.0

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return _folded(fn, jnp.asarray(elems), initializer)


@operation()
def foldr(
    fn: ArrayFunction,
    elems: TensorLike,
    initializer: TensorLike | None = None,
    name: str | None = None,
) -> Tensor:
    """`foldl` from the last element to the first.

    Args:
        fn: function of the value so far and an element.
        elems: array (rows, ...) of any dtype, whose rows are the elements.
        initializer: array of the shape and dtype of an element, the first value; None for the last
            element.
        name: only a label. Default: None.

    Examples:
        >>> from jaxcnn import backend as K
        >>> float(K.eval(K.foldr(lambda total, row: total - row, np.array([1.0, 2.0, 3.0]))))
        0.0

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    return _folded(fn, jnp.flip(jnp.asarray(elems), 0), initializer)


def _folded(fn: ArrayFunction, elems: jax.Array, initializer: TensorLike | None) -> jax.Array:
    if initializer is None:
        initializer, elems = elems[0], elems[1:]
    answer = answering(fn)
    result, _ = jax.lax.scan(
        lambda so_far, x: (answer(so_far, x), None), jnp.asarray(initializer), elems
    )
    return result

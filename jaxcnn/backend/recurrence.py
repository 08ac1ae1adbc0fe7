"""`rnn` over step functions that use tensors or weights of the graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from jaxcnn.backend.control import rnn as scanned
from jaxcnn.backend.control import select
from jaxcnn.backend.shapes import stack
from jaxcnn.layers.symbolic.saved_call import symbolic_arguments
from jaxcnn.layers.symbolic.types import Tensor, TensorLike
from jaxcnn.runtime.captures import Captured
from jaxcnn.runtime.types import PyTree

StepFunction = Callable[[Tensor, list[PyTree]], tuple[Tensor, Sequence[Tensor]]]


def rnn(
    step_function: StepFunction,
    inputs: TensorLike,
    initial_states: Sequence[TensorLike],
    go_backwards: bool = False,
    mask: TensorLike | None = None,
    constants: Sequence[PyTree] | None = None,
    unroll: bool = False,
    input_length: int | None = None,
) -> tuple[Tensor, Tensor, list[Tensor]]:
    try:
        return scanned(
            step_function,
            inputs,
            initial_states,
            go_backwards=go_backwards,
            mask=mask,
            constants=constants,
            unroll=unroll,
            input_length=input_length,
        )
    except Captured:
        if not symbolic_arguments((inputs, initial_states)):
            raise
    return unrolled(step_function, inputs, initial_states, go_backwards, (mask, constants))


rnn.__doc__ = scanned.__doc__


def unrolled(
    step_function: StepFunction,
    inputs: PyTree,
    states: Sequence[PyTree],
    go_backwards: bool,
    others: tuple[PyTree, Sequence[PyTree] | None],
) -> tuple[Tensor, Tensor, list[Tensor]]:
    """What a loop would compute, one step after the other; `others` are mask and constants.

    Raises:
        ValueError: the number of steps is not known.
    """
    steps, (mask, constants) = tuple(inputs.shape)[1], others
    if steps is None:
        raise ValueError(
            "K.rnn with a step function that uses tensors or weights of the graph needs a known "
            "number of steps: give it to Input, or pass the tensors as `constants`."
        )
    outputs: list[Any] = []
    for i in reversed(range(steps)) if go_backwards else range(steps):
        output, new = step_function(inputs[:, i], [*states, *(constants or [])])
        if mask is not None:
            keep = cast(Any, mask)[:, i]
            before = outputs[-1] if outputs else states[0]
            output = select(keep, output, before)
            new = [select(keep, after, state) for after, state in zip(new, states, strict=True)]
        outputs.append(output)
        states = list(new)
    return outputs[-1], stack(outputs, axis=1), list(states)

"""`rnn` and `map_fn` with functions that use tensors or weights of the graph."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, cast

import jax

from jaxcnn.backend.control import map_fn as mapped
from jaxcnn.backend.control import rnn as scanned
from jaxcnn.backend.control import select
from jaxcnn.backend.elementwise import cast as as_type
from jaxcnn.backend.shapes import stack
from jaxcnn.layers.symbolic.saved_call import symbolic_arguments
from jaxcnn.layers.symbolic.types import Tensor
from jaxcnn.runtime.captures import Captured
from jaxcnn.runtime.types import PyTree

StepFunction = Callable[[Tensor, list[PyTree]], tuple[Tensor, Sequence[Tensor]]]


@functools.wraps(scanned)
def rnn(*args: PyTree, **kwargs: PyTree) -> tuple[Tensor, Tensor, list[Tensor]]:
    try:
        return scanned(*args, **kwargs)
    except Captured:
        call = inspect.signature(scanned).bind(*args, **kwargs)
        call.apply_defaults()
        step_function, inputs, states, go_backwards, mask, constants, *_ = call.arguments.values()
        if not symbolic_arguments((inputs, states)):
            raise
    return unrolled(step_function, inputs, states, go_backwards, (mask, constants))


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


@functools.wraps(mapped)
def map_fn(*args: PyTree, **kwargs: PyTree) -> PyTree:
    try:
        return mapped(*args, **kwargs)
    except Captured:
        call = inspect.signature(mapped).bind(*args, **kwargs).arguments
        fn, elems, dtype = call["fn"], call["elems"], call.get("dtype")
        if not symbolic_arguments(elems):
            raise
    count, *_ = tuple(jax.tree.leaves(elems)[0].shape)
    if count is None:
        raise ValueError(
            "K.map_fn with a function that uses tensors or weights of the graph needs a known "
            "number of elements: give the batch size to Input, or the tensors as further `elems`."
        )
    results = [fn(jax.tree.map(lambda tensor, i=i: tensor[i], elems)) for i in range(count)]
    whole = jax.tree.map(lambda *parts: stack(list(parts), axis=0), *results)
    return whole if dtype is None else jax.tree.map(lambda part: as_type(part, dtype), whole)

"""`rnn` and `map_fn` with functions that use tensors or weights of the graph."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import cast

import jax

from jaxcnn.backend.control import map_fn as mapped
from jaxcnn.backend.control import rnn as scanned
from jaxcnn.backend.control import select
from jaxcnn.backend.elementwise import cast as as_type
from jaxcnn.backend.shapes import stack
from jaxcnn.backend.values import placeholder
from jaxcnn.layers.symbolic.inner_graph import computed, inner_part
from jaxcnn.layers.symbolic.operation import Operation
from jaxcnn.layers.symbolic.saved_call import symbolic_arguments
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.symbolic.types import Tensor
from jaxcnn.runtime.captures import Captured, symbolically
from jaxcnn.runtime.types import PyTree

StepFunction = Callable[[Tensor, list[PyTree]], tuple[Tensor, Sequence[Tensor]]]


@functools.wraps(scanned)
def rnn(*args: PyTree, **kwargs: PyTree) -> tuple[Tensor, Tensor, list[Tensor]]:
    try:
        return scanned(*args, **kwargs)
    except Captured:
        call = inspect.signature(scanned).bind(*args, **kwargs)
        call.apply_defaults()
        step_function, inputs, states, go_backwards, mask, constants, unroll, _ = (
            call.arguments.values()
        )
        if not symbolic_arguments((inputs, states)):
            raise
    graph = StepOverGraph(step_function, (inputs, list(states), list(constants or [])))
    if graph.layers:
        if inputs.shape[1] is None:
            raise ValueError(
                f"K.rnn: the step function calls the layer {graph.layers[0].name!r}, so that the "
                "number of steps must be known: give it to Input. Or use the layer's weights, as "
                "K.dot(x, layer.kernel)."
            )
        return unrolled(step_function, inputs, states, go_backwards, (mask, constants, unroll))
    call.arguments.update(step_function=graph.step, constants=[graph.outer, graph.variables])
    return scanned(**call.arguments)


def unrolled(
    step_function: StepFunction,
    inputs: PyTree,
    states: Sequence[PyTree],
    go_backwards: bool,
    others: tuple[PyTree, Sequence[PyTree] | None, bool],
) -> tuple[Tensor, Tensor, list[Tensor]]:
    """What a loop would compute, one step after the other; `others` are mask, constants, unroll."""
    steps, (mask, constants, unroll) = tuple(inputs.shape)[1], others
    outputs: list[PyTree] = []
    for i in reversed(range(steps)) if go_backwards else range(steps):
        output, new = step_function(inputs[:, i], [*states, *(constants or [])])
        if mask is not None:
            keep = cast(PyTree, mask)[:, i]
            before = outputs[-1] if unroll and outputs else states[0]
            output = select(keep, output, before)
            new = [select(keep, after, state) for after, state in zip(new, states, strict=True)]
        outputs.append(output)
        states = list(new)
    return outputs[-1], stack(outputs, axis=1), list(states)


class StepOverGraph:
    """A step function that uses tensors or weights of the graph, as a function of arrays.

    Args:
        function: the step function.
        arguments: (inputs, initial states, constants).

    Attributes:
        nodes: the calls that each step makes anew.
        outer: the tensors of the graph that they use.
        layers: those among the calls that are no operations.
        variables: the weights that the others use.
    """

    def __init__(
        self, function: StepFunction, arguments: tuple[PyTree, list[PyTree], list[PyTree]]
    ) -> None:
        inputs, states, constants = arguments
        self._given: list[PyTree] = [
            _one_step(inputs),
            *(_as_input(state.shape, state) for state in states),
        ]
        with symbolically():
            output, new = function(self._given[0], [*self._given[1:], *constants])
        self._results = [output, *new]
        self.nodes, self.outer = inner_part(self._results, self._given)
        called = [node.layer for node in self.nodes]
        self.layers = [layer for layer in called if not isinstance(layer, Operation)]
        saved = [layer.saved for layer in called if isinstance(layer, Operation)]
        self.variables = [variable for call in saved for variable in call.variables()]

    def step(self, x: jax.Array, others: list[PyTree]) -> tuple[PyTree, list[PyTree]]:
        """(the output, the new states) of the inputs of a step and [states, outer, weights]."""
        *states, outer, _ = others
        arrays = zip([*self._given, *self.outer], [x, *states, *outer], strict=True)
        values = {id(tensor): array for tensor, array in arrays}
        output, *new = computed(self.nodes, values, self._results)
        return output, new


def _one_step(inputs: PyTree) -> SymbolicTensor:
    batch, _, *rest = inputs.shape
    return _as_input((batch, *rest), inputs)


def _as_input(shape: Sequence[int | None], tensor: PyTree) -> SymbolicTensor:
    return placeholder(tuple(shape), dtype=tensor.dtype)


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

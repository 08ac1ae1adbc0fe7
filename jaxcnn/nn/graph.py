"""A graph of modules as one module, which every network of layers becomes.

``Graph(topology).apply(variables, x, train=True)`` is a pure function like any other module's; its
variables are nested under the names of its layers, a layer that is called twice being stored once.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import flax.linen as nn
import jax
import jax.numpy as jnp
from flax.core.scope import Scope

from jaxcnn.nn.base import Layer, any_mask, without_penalties
from jaxcnn.nn.functions import Derivatives
from jaxcnn.runtime.arrays import widened
from jaxcnn.runtime.captures import is_of_library
from jaxcnn.runtime.gradient_rules import Rules, with_rules
from jaxcnn.runtime.types import Config, DTypeLike, Path, PyTree, Settings

# What the modules of a graph may change while it runs.
CHANGING = ("batch_stats", "state", "losses")


@dataclass(frozen=True)
class Ref:
    """A value by its number among those that the graph computes."""

    index: int


@dataclass(frozen=True)
class WeightRef:
    """A weight by its path in the variables of the graph, (collection, *path)."""

    path: Path
    shape: tuple[int, ...]
    dtype: DTypeLike


@dataclass(frozen=True, eq=False)
class Call:
    """One call of a module: `args` and `kwargs` hold a `Ref` where a computed value goes.

    `outputs` has the structure of what the call returns, with the `Ref` of each value. A module
    that takes `weights` is given those of others, by any key. A `hidden` call is part of a function
    that a user wrote, which adds nothing to the loss. A `wide` one computes in at least float32.
    Operations in it have derivatives by `rules`.
    """

    name: str
    module: nn.Module
    args: tuple[PyTree, ...]
    kwargs: Settings
    outputs: PyTree
    weights: Mapping[int, WeightRef] = field(default_factory=dict)
    hidden: bool = False
    wide: bool = False
    rules: Rules = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Topology:
    """Which modules run on what: inputs are numbered first, then the outputs of each call in order.

    `outputs` has the structure of what the graph returns, with the `Ref` of each value.
    """

    input_names: tuple[str, ...]
    calls: tuple[Call, ...]
    outputs: PyTree

    @functools.cached_property
    def draws_anyway(self) -> bool:
        """Whether random numbers may be drawn in inference mode, too."""
        return any(
            bool(dict(call.kwargs).get("training")) or draws_anyway(call.module)
            for call in self.calls
        )

    @functools.cached_property
    def pads_in_inference(self) -> bool:
        """Whether a short batch may be padded in inference mode without changing a result."""
        return not self.draws_anyway and not any(mixes_rows(call.module) for call in self.calls)

    @functools.cached_property
    def of_library(self) -> bool:
        """Whether no function or module that a user wrote takes part."""
        return all(of_library(call.module) for call in self.calls)


@dataclass
class Values:
    """The arrays computed so far and their masks, by the numbers of their `Ref`."""

    arrays: dict[int, PyTree]
    masks: dict[int, jax.Array | None]


@dataclass(frozen=True)
class Run:
    """One run of a graph.

    Attributes:
        topology: what is run.
        train: the mode.
        offsets: what is added to the values of these numbers; derivatives are by them.
        inputs, masks: of the graph.
        variables: of the graph before the run, where derivatives need them.
    """

    topology: Topology
    train: bool
    offsets: Mapping[int, jax.Array] = field(default_factory=dict)
    inputs: Sequence[PyTree] = ()
    masks: Sequence[PyTree] = ()
    variables: Config = field(default_factory=dict)


class Graph(Layer):
    """The modules of a topology, run in order.

    Inputs: one array, a list in the order of the topology's inputs, or a dict by their names.
    Outputs: one array, or a list where the model has several. With `remat` the backward pass
    computes the values within each of the `blocks` again instead of keeping them.

    Args:
        topology: which layers are called on what, as a model has it.
        remat: whether the forward pass is computed again for the backward pass, which saves memory.

    Examples:
        >>> model = jc.Sequential([jc.layers.Dense(2, input_shape=(3,))])
        >>> type(model.module).__name__
        'Graph'

    References:
        - Chollet et al., "Keras 2.0.4: keras/engine/topology.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/engine/topology.py>
    """

    topology: Topology
    remat: bool = False

    supports_masking = True

    @property
    def mixes_rows(self) -> bool:
        return any(mixes_rows(call.module) for call in self.topology.calls)

    def __call__(self, inputs: PyTree, *, train: bool = False, mask: PyTree = None) -> PyTree:
        return self.with_masks(inputs, mask, train=train)[0]

    @nn.compact
    def with_masks(
        self, inputs: PyTree, mask: PyTree = None, *, train: bool = False, again: Run | None = None
    ) -> tuple[PyTree, PyTree]:
        """(outputs, masks of the outputs); a mask is (batch, steps) or None.

        A run for derivatives is the same `again`, of another topology and with offsets.
        """
        arrays = self.ordered(inputs)
        masks = [None] * len(arrays) if mask is None else self.ordered(mask)
        now = again or Run(self.topology, train)
        values = Values(dict(enumerate(moved(arrays, now.offsets))), dict(enumerate(masks)))
        derived = any(isinstance(call.module, Derivatives) for call in now.topology.calls)
        if self.remat and train and not derived and not self.is_initializing():
            for calls, read_later in blocks(self.topology):
                self.run_again(calls, read_later, values, train)
        else:
            if derived:
                now = replace(now, inputs=arrays, masks=masks, variables=dict(self.variables))
            self.run_calls(now.topology.calls, values, now)
        outputs = now.topology.outputs
        return fill(outputs, values.arrays), fill(outputs, values.masks)

    def run_calls(self, calls: Sequence[Call], values: Values, now: Run) -> None:
        """Run `calls` and add their outputs and masks to `values`; a module is bound once."""
        bound: dict[str, nn.Module] = {}
        for call in calls:
            if isinstance(call.module, Derivatives):
                outputs, out_masks = self.derivatives(call, values, now), None
            else:
                if call.name not in bound:
                    bound[call.name] = call.module.clone(parent=self, name=call.name)
                outputs, out_masks = self.run_call(call, bound[call.name], values, now.train)
            numbers = [ref.index for ref in refs(call.outputs)]
            flat_masks = jax.tree.leaves(out_masks, is_leaf=lambda m: m is None)
            if len(flat_masks) != len(numbers):
                flat_masks = [None] * len(numbers)
            values.arrays.update(zip(numbers, jax.tree.leaves(outputs), strict=True))
            values.masks.update(zip(numbers, flat_masks, strict=True))
            for number in now.offsets.keys() & set(numbers):
                values.arrays[number] = values.arrays[number] + now.offsets[number]

    def run_call(
        self, call: Call, module: nn.Module, values: Values, train: bool
    ) -> tuple[PyTree, PyTree]:
        """(outputs, their masks) of one call of a bound module."""
        args, kwargs = fill((call.args, dict(call.kwargs)), values.arrays)
        if call.weights:
            kwargs["weights"] = {key: self.weight_at(ref) for key, ref in call.weights.items()}
        if call.wide:
            args, kwargs = jax.tree.map(widened_float, (args, kwargs))
        mask = fill(call.args[0], values.masks)
        with contextlib.ExitStack() as block:
            if call.hidden:
                block.enter_context(without_penalties())
            if call.rules:
                block.enter_context(with_rules(call.rules))
            return run(module, args, kwargs, mask, train)

    def weight_at(self, ref: WeightRef) -> jax.Array:
        """The value of a weight, which may not be there while the graph is initialized."""
        value: PyTree = self.variables
        for name in ref.path:
            if name not in value:
                return jnp.zeros(ref.shape, ref.dtype)
            value = value[name]
        array: jax.Array = value
        return array

    def derivatives(self, call: Call, values: Values, now: Run) -> list[jax.Array]:
        """The derivatives of the sum of ``args[0]`` by each of ``args[1]``.

        What lies before is computed again as a function of the sources; the compiler sees that
        this repeats what the rest of the program computes.
        """
        losses, sources = call.args
        zeros = [jnp.zeros_like(values.arrays[ref.index]) for ref in sources]
        if self.is_initializing():
            return zeros
        calls = now.topology.calls
        before = needed(calls[: calls.index(call)], losses)
        topology = replace(now.topology, calls=before, outputs=losses)
        assert self.scope is not None
        noise = self.scope.rngs  # the same as in the rest of the program

        def total(offsets: list[jax.Array]) -> jax.Array:
            added = dict(now.offsets)
            for ref, offset in zip(sources, offsets, strict=True):
                added[ref.index] = added.get(ref.index, 0) + offset
            variables = jax.tree.map(lambda array: array, now.variables)  # the dicts are copied
            scope = Scope(variables, rngs=noise, mutable=CHANGING)
            with scope.temporary() as root:
                results, _ = self.clone(parent=root).with_masks(
                    now.inputs, now.masks, again=replace(now, topology=topology, offsets=added)
                )
            return sum((jnp.sum(result) for result in results), jnp.zeros(()))

        gradients: list[jax.Array] = jax.grad(total)(zeros)
        return gradients

    def run_again(
        self, calls: Sequence[Call], read_later: Sequence[int], values: Values, train: bool
    ) -> None:
        """As `run_calls`, but the backward pass keeps only those values that are `read_later`."""
        read = {ref.index for call in calls for ref in refs((call.args, call.kwargs))}
        before = [number for number in read if number in values.arrays]

        def block(graph: Graph, arrays: dict, masks: dict) -> tuple[dict, dict]:
            inner = Values(dict(arrays), dict(masks))
            graph.run_calls(calls, inner, Run(graph.topology, train))
            return select(inner.arrays, read_later), select(inner.masks, read_later)

        arrays, masks = nn.remat(block)(
            self, select(values.arrays, before), select(values.masks, before)
        )
        values.arrays.update(arrays)
        values.masks.update(masks)

    def ordered(self, inputs: PyTree) -> list[PyTree]:
        """The inputs as a list in the topology's order."""
        names = self.topology.input_names
        if isinstance(inputs, Mapping):
            missing, unknown = set(names) - set(inputs), set(inputs) - set(names)
            if missing or unknown:
                raise ValueError(
                    f"The model's inputs are named {list(names)}; given {sorted(inputs)}."
                )
            return [inputs[name] for name in names]
        values = list(inputs) if isinstance(inputs, list | tuple) else [inputs]
        if len(values) != len(names):
            raise ValueError(
                f"The model has {len(names)} inputs ({', '.join(names)}); given {len(values)}."
            )
        return values


def moved(arrays: Sequence[PyTree], offsets: Mapping[int, jax.Array]) -> list[PyTree]:
    """`arrays` with the offset of its number added to each that has one."""
    return [array + offsets[i] if i in offsets else array for i, array in enumerate(arrays)]


def needed(calls: Sequence[Call], outputs: PyTree) -> tuple[Call, ...]:
    """`calls` without the derivatives that `outputs` do not depend on, nor what comes of those.

    Other calls stay, so that a layer that is called several times draws the same noise in each.
    """
    read = {ref.index for ref in refs(outputs)}
    for call in reversed(calls):
        if read & {ref.index for ref in refs(call.outputs)}:
            read |= {ref.index for ref in refs((call.args, dict(call.kwargs)))}
    left_out: set[int] = set()
    chosen = []
    for call in calls:
        results = {ref.index for ref in refs(call.outputs)}
        inputs = {ref.index for ref in refs((call.args, dict(call.kwargs)))}
        if not results & read and (isinstance(call.module, Derivatives) or inputs & left_out):
            left_out |= results
        else:
            chosen.append(call)
    return tuple(chosen)


def widened_float(value: PyTree) -> PyTree:
    """An array of narrow floats as float32; anything else as it is."""
    narrow = isinstance(value, jax.Array) and jnp.issubdtype(value.dtype, jnp.floating)
    return widened(value) if narrow else value


def select(values: Mapping[int, PyTree], numbers: Iterable[int]) -> dict[int, PyTree]:
    """The values that have these numbers."""
    return {number: values[number] for number in numbers}


def refs(structure: PyTree) -> list[Ref]:
    """The `Ref`s in a structure."""
    return [leaf for leaf in jax.tree.leaves(structure) if isinstance(leaf, Ref)]


def blocks(topology: Topology) -> list[tuple[tuple[Call, ...], list[int]]]:
    """The calls in about sqrt(n) consecutive blocks: (calls, numbers of values read after them).

    Blocks end where the fewest values are on their way, as between the blocks of a residual
    network. Source: Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016.
    """
    calls = topology.calls
    last_read = {
        ref.index: i for i, call in enumerate(calls) for ref in refs((call.args, call.kwargs))
    }
    last_read |= {ref.index: len(calls) for ref in refs(topology.outputs)}
    computed_by = {ref.index: i for i, call in enumerate(calls) for ref in refs(call.outputs)}

    def alive(end: int, start: int = 0) -> list[int]:
        """The values that the calls from `start` compute and calls from `end` on read."""
        return [
            number
            for number, i in computed_by.items()
            if start <= i < end <= last_read.get(number, -1)
        ]

    counts = [len(alive(end)) for end in range(1, len(calls))]
    length, start = math.isqrt(len(calls)), 0
    parts = []
    for end, count in enumerate(counts, start=1):
        if end - start >= length and count == min(counts):
            parts.append((calls[start:end], alive(end, start)))
            start = end
    return [*parts, (calls[start:], alive(len(calls), start))]


def fill(structure: PyTree, values: Mapping[int, PyTree]) -> PyTree:
    """`structure` with every `Ref` replaced by the value that has its number."""
    return jax.tree.map(
        lambda leaf: values[leaf.index] if isinstance(leaf, Ref) else leaf, structure
    )


def run(
    module: nn.Module, args: tuple[PyTree, ...], kwargs: Config, mask: PyTree, train: bool
) -> tuple[PyTree, PyTree]:
    """Call a bound module with what its ``__call__`` takes: (outputs, their masks).

    `train` and the inputs' `mask` are handed to modules whose ``__call__`` has such a parameter;
    the spellings that plain Flax modules use for the mode (training, deterministic,
    use_running_average) are understood. A keyword `training` overrides the mode.
    """
    if (training := kwargs.pop("training", None)) is not None:
        train = bool(training)  # this call has a mode of its own
    if isinstance(module, Graph):
        return module.with_masks(args[0], mask, train=train, **kwargs)
    parameters = call_parameters(type(module).__call__)
    mode = {
        "train": train,
        "training": train,
        "is_training": train,
        "deterministic": not train,
        "use_running_average": not train,
    }
    for name, value in mode.items():
        if name in parameters and name not in kwargs and not getattr(module, name, None):
            kwargs[name] = value
    masked = any_mask(mask)
    if "mask" in parameters and "mask" not in kwargs and masked:
        kwargs["mask"] = mask
    outputs = module(*args, **kwargs)
    if isinstance(module, Layer) and (masked or computes_masks(module)):
        return outputs, module.compute_mask(args[0], mask)
    return outputs, None


@functools.cache
def call_parameters(call: Callable[..., PyTree]) -> frozenset[str]:
    """The parameter names of the ``__call__`` of a class of modules."""
    return frozenset(inspect.signature(call).parameters)


def computes_masks(layer: Layer) -> bool:
    """Whether a layer computes masks rather than passing them on."""
    return type(layer).compute_mask is not Layer.compute_mask


def mixes_rows(module: nn.Module) -> bool:
    """Whether padding rows could change the other rows; of modules we do not know, assume so."""
    return module.mixes_rows if isinstance(module, Layer) else True


def draws_anyway(module: PyTree) -> bool:
    """Whether a network may draw random numbers in inference mode, too.

    It may where it calls a layer with ``training=True``, or has functions that users wrote.
    """
    topology: Topology | None = getattr(module, "topology", None)
    if topology is None:
        inner = getattr(module, "layer", None)
        draws = isinstance(module, Layer) and module.draws_anyway
        return draws or (isinstance(inner, nn.Module) and draws_anyway(inner))
    return topology.draws_anyway


def of_library(part: PyTree) -> bool:
    """Whether a module, or what it has as a field, is no code that a user wrote."""
    if isinstance(part, Graph):
        return part.topology.of_library
    if isinstance(part, nn.Module):
        names = (name for name in part.__dataclass_fields__ if name not in ("name", "parent"))
        return is_of_library(type(part)) and all(of_library(getattr(part, n)) for n in names)
    if isinstance(part, list | tuple):
        return all(map(of_library, part))
    known = is_of_library(part) or getattr(part, "__module__", "").startswith("jax.")
    return known or not callable(part)

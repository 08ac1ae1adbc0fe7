"""A graph of modules as one module: what Sequential and functional models compile to.

``Graph(topology).apply(variables, x, train=True)`` is a pure function like any other module's; its
variables are nested under the names of its layers, a layer that is called twice being stored once.
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import flax.linen as nn
import jax

from jaxcnn.nn.base import Layer


@dataclass(frozen=True)
class Ref:
    """The place of a value among those the graph has computed so far."""

    index: int


@dataclass(frozen=True, eq=False)
class Call:
    """One call of a module: `args` and `kwargs` hold `Ref` where a computed value goes; `outputs`
    are its places.
    """

    name: str
    module: nn.Module
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    outputs: Any


@dataclass(frozen=True, eq=False)
class Topology:
    """Which modules run on what: inputs take the first places, then each call in order; `outputs`
    are what is given.
    """

    input_names: tuple[str, ...]
    calls: tuple[Call, ...]
    outputs: Any


class Graph(Layer):
    """The modules of a topology, run in order.

    Inputs: one array, a list in the order of the topology's inputs, or a dict by their names.
    Outputs: one array, or a list where the model has several.
    """

    topology: Topology
    remat: bool = (
        False  # in the backward pass, compute the values within each of the `blocks` again
    )

    supports_masking = True

    @property
    def mixes_rows(self) -> bool:
        return any(mixes_rows(call.module) for call in self.topology.calls)

    def __call__(self, inputs: Any, *, train: bool = False, mask: Any = None) -> Any:
        return self.with_masks(inputs, mask, train=train)[0]

    @nn.compact
    def with_masks(self, inputs: Any, mask: Any = None, *, train: bool = False) -> tuple[Any, Any]:
        """(outputs, masks of the outputs); a mask is (batch, steps) or None."""
        values = self.ordered(inputs)
        masks: list[Any] = list(self.ordered(mask)) if mask is not None else [None] * len(values)
        place = dict(enumerate(values))
        mask_at = dict(enumerate(masks))
        bound: dict[str, nn.Module] = {}
        if self.remat and train and not self.is_initializing():
            for calls, wanted in blocks(self.topology):
                self.run_again(calls, wanted, place, mask_at, train)
        else:
            self.run_calls(self.topology.calls, place, mask_at, train, bound)
        return fill(self.topology.outputs, place), fill(self.topology.outputs, mask_at)

    def run_calls(
        self,
        calls: Iterable[Call],
        place: dict,
        mask_at: dict,
        train: bool,
        bound: dict[str, nn.Module],
    ) -> None:
        """Run `calls`, and add what they give to `place` and its masks to `mask_at`; a module is
        `bound` once.
        """
        for call in calls:
            if call.name not in bound:
                bound[call.name] = call.module.clone(parent=self, name=call.name)
            args, kwargs = fill((call.args, dict(call.kwargs)), place)
            outputs, out_masks = run(
                bound[call.name], args, kwargs, fill(call.args[0], mask_at), train
            )
            flat_places = jax.tree.leaves(call.outputs)
            flat_masks = jax.tree.leaves(out_masks, is_leaf=lambda m: m is None)
            if len(flat_masks) != len(flat_places):
                flat_masks = [None] * len(flat_places)
            for ref, value, m in zip(
                flat_places, jax.tree.leaves(outputs), flat_masks, strict=True
            ):
                place[ref.index], mask_at[ref.index] = value, m

    def run_again(
        self, calls: Sequence[Call], wanted: Sequence[int], place: dict, mask_at: dict, train: bool
    ) -> None:
        """As `run_calls`, but of what is computed only the places `wanted` are kept for the
        backward pass.
        """
        read = {ref.index for call in calls for ref in refs((call.args, call.kwargs))} & set(place)

        def block(graph: Graph, values: dict, masks: dict) -> tuple[dict, dict]:
            values, masks = dict(values), dict(masks)
            graph.run_calls(calls, values, masks, train, {})
            return {i: values[i] for i in wanted}, {i: masks[i] for i in wanted}

        results = nn.remat(block)(self, {i: place[i] for i in read}, {i: mask_at[i] for i in read})
        place.update(results[0])
        mask_at.update(results[1])

    def ordered(self, inputs: Any) -> list[Any]:
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


def refs(structure: Any) -> list[Ref]:
    """The `Ref`s in a structure."""
    return [leaf for leaf in jax.tree.leaves(structure) if isinstance(leaf, Ref)]


def blocks(topology: Topology) -> list[tuple[tuple[Call, ...], list[int]]]:
    """The calls in about sqrt(n) consecutive blocks: (calls, places that are read after them).

    Blocks end where the fewest values are on their way, as between the blocks of a residual
    network. Source: Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016.
    """
    calls = topology.calls
    last_read = {
        ref.index: i for i, call in enumerate(calls) for ref in refs((call.args, call.kwargs))
    }
    last_read |= {ref.index: len(calls) for ref in refs(topology.outputs)}
    made = {ref.index: i for i, call in enumerate(calls) for ref in refs(call.outputs)}

    def alive(end: int) -> list[int]:
        return [place for place, i in made.items() if i < end <= last_read.get(place, -1)]

    counts = [len(alive(end)) for end in range(1, len(calls))]
    length, found, start = math.isqrt(len(calls)), [], 0
    for end, count in enumerate(counts, start=1):
        if end - start >= length and count == min(counts):
            found.append(
                (calls[start:end], [place for place in alive(end) if made[place] >= start])
            )
            start = end
    return [*found, (calls[start:], [place for place in alive(len(calls)) if made[place] >= start])]


def fill(structure: Any, values: Mapping[int, Any]) -> Any:
    """`structure` with every `Ref` replaced by the value at its place."""
    return jax.tree.map(
        lambda leaf: values[leaf.index] if isinstance(leaf, Ref) else leaf, structure
    )


def run(
    module: nn.Module, args: tuple, kwargs: dict[str, Any], mask: Any, train: bool
) -> tuple[Any, Any]:
    """Call a bound module the way it wants to be called: (outputs, their masks).

    `train` and the inputs' `mask` are handed to modules whose ``__call__`` has such a parameter;
    the spellings that plain Flax modules use for the mode (training, deterministic,
    use_running_average) are understood.
    """
    if isinstance(module, Graph):
        return module.with_masks(args[0], mask, train=train, **kwargs)
    kind: Any = type(module)  # hashable, which mypy does not see in classes of Flax modules
    wanted = call_parameters(kind)
    mode = {
        "train": train,
        "training": train,
        "is_training": train,
        "deterministic": not train,
        "use_running_average": not train,
    }
    for name, value in mode.items():
        if name in wanted and name not in kwargs and not getattr(module, name, None):
            kwargs[name] = value
    some_mask = any(m is not None for m in jax.tree.leaves(mask, is_leaf=lambda m: m is None))
    if "mask" in wanted and "mask" not in kwargs and some_mask:
        kwargs["mask"] = mask
    outputs = module(*args, **kwargs)
    if not isinstance(module, Layer):
        return outputs, None
    return outputs, module.compute_mask(args[0], mask) if some_mask or overrides_mask(
        kind
    ) else None


@functools.cache
def call_parameters(module_class: Any) -> frozenset[str]:
    """The parameter names of a module class's ``__call__``."""
    return frozenset(inspect.signature(module_class.__call__).parameters)


@functools.cache
def overrides_mask(module_class: Any) -> bool:
    """Whether a module class makes masks of its own rather than passing them on."""
    return issubclass(module_class, Layer) and module_class.compute_mask is not Layer.compute_mask


def mixes_rows(module: nn.Module) -> bool:
    """Whether padding rows could change the other rows' results; of modules we do not know, assume
    so.
    """
    return module.mixes_rows if isinstance(module, Layer) else True

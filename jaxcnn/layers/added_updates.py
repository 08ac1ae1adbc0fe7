"""Updates of layers and models: what calls do to statistics and states, and what was added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

import flax.linen as nn
import jax
from flax.traverse_util import flatten_dict, unflatten_dict

from jaxcnn.layers.base import Layer
from jaxcnn.layers.resting import goes_on, resting
from jaxcnn.layers.symbolic.tensor import Node, SymbolicTensor, symbolic_leaves
from jaxcnn.layers.trace_at_sizes import sized
from jaxcnn.layers.tracing import DEFAULT_SIZES
from jaxcnn.layers.user_layer import EvaluatedModule, Update
from jaxcnn.layers.variable import Variable
from jaxcnn.layers.weight_tree import with_inner
from jaxcnn.nn.functions import Derivatives
from jaxcnn.nn.graph import run
from jaxcnn.runtime.captures import with_arrays
from jaxcnn.runtime.types import Path, PyTree

MOVING = ("batch_stats", "state")


class Changes(Layer):
    """The layer that gives the new values of the statistics and states that a call changes.

    Args:
        call: the call, whose layer then computes as in training.
        paths: of the weights, from its layer: (collection, *path).
        variables: these weights.

    Attributes:
        unlisted: the pairs (variable, new value) that come along with any other pair of the call.
    """

    def __init__(self, call: Node, paths: Sequence[Path], variables: Sequence[Variable]) -> None:
        super().__init__()
        self.call_of_layer, self.paths = call, list(paths)
        outputs = [
            SymbolicTensor(tuple(v.shape), v.dtype, self, 0, tensor_index=i)
            for i, v in enumerate(variables)
        ]
        self.inbound_nodes = [Node(self, call.args, call.kwargs, outputs=outputs)]
        self.weights_store.specs = ()
        self.unlisted = [
            (variable, tensor)
            for variable, tensor in zip(variables, outputs, strict=True)
            if comes_along(variable)
        ]

    def make_module(self) -> nn.Module:
        raise ValueError(
            "The updates of a layer are computed by K.function only; inside a model the layer "
            "carries them out itself."
        )

    def all_layers(self) -> Iterator[Layer]:
        """The layer that is called, and those inside it."""
        return with_inner(cast(Layer, self.call_of_layer.layer))


def comes_along(variable: Variable) -> bool:
    """Whether a variable is what a layer of the library computes its statistics from."""
    if not isinstance(variable.owner, Layer) or variable.path[0] != "state":
        return False
    of_user = variable in variable.owner.weights_store.declared
    return not of_user and not getattr(variable.owner, "stateful", False)


def coming_along(values: Iterable[object]) -> list[tuple[Variable, SymbolicTensor]]:
    """The pairs that come along with updates to these new values."""
    layers = [value.layer for value in values if isinstance(value, SymbolicTensor)]
    calls = {id(layer): layer for layer in layers if isinstance(layer, Changes)}
    return [pair for call in calls.values() for pair in call.unlisted]


def updates_of(layer: Layer) -> list[Update]:
    """The pairs (variable, new value) of all calls of a layer, or of those in a model."""
    if not goes_on(layer):
        return []
    levels = getattr(layer, "node_levels", None)
    nodes = layer.inbound_nodes if levels is None else [node for level in levels for node in level]
    updates = [update for node in nodes for update in updates_of_call(node)]
    return [*updates, *(pair for pair, _ in added_outside(layer))]


def added_outside(layer: Layer) -> Iterator[tuple[Update, PyTree]]:
    """What was added to a layer and those inside it outside of `call`, with the inputs stated."""
    for part in (*layer.all_layers(), layer):
        yield from part.additions.outside_updates


def updates_for(layer: Layer, inputs: PyTree) -> list[Update]:
    """The updates of the call on these inputs; for None those that depend on no inputs."""
    given = symbolic_leaves(inputs)
    calls = [node for node in layer.inbound_nodes if given and node.inbound == given]
    added = [pair for pair, stated in added_outside(layer) if symbolic_leaves(stated) == given]
    return [*(update for node in calls for update in updates_of_call(node)), *added]


def updates_of_call(node: Node) -> list[Update]:
    """The pairs (variable, new value) of one call, always the same ones, but for what rests."""
    layer = cast(Layer, node.layer)
    if not goes_on(layer):
        return []
    if node.updates is None:
        node.updates = made_updates(node)
    still = resting(layer) if node.resting is None else node.resting
    ids = {id(part) for part in still}
    updates = cast(list[Update], node.updates)
    return [update for update in updates if id(update[0].owner) not in ids]


def made_updates(node: Node) -> list[Update]:
    """The pairs (variable, new value) of one call."""
    if node.evaluated is not None:
        module = node.evaluated.module
        updated = module.updated if isinstance(module, EvaluatedModule) else ()
        return list(zip(updated, node.evaluated.arguments[2] if updated else (), strict=True))
    layer = cast(Layer, node.layer)
    moving = {
        (spec.collection, *path): owner.variable((spec.collection, *spec.path))
        for owner, spec, path in layer.placed_weights()
        if spec.collection in MOVING
    }
    if not moving or isinstance(layer.module, Derivatives):
        return []
    paths = changed_paths(node, list(moving))
    variables = [moving[path] for path in paths]
    tensors = Changes(node, paths, variables).inbound_nodes[0].outputs if paths else []
    pairs = zip(variables, tensors, strict=True)
    return [pair for pair in pairs if not comes_along(pair[0])]


def changed_paths(node: Node, paths: Sequence[Path]) -> list[Path]:
    """Those of the weights at these paths that a call changes in training."""
    layer = cast(Layer, node.layer)
    weights = {
        (spec.collection, *path): jax.ShapeDtypeStruct(spec.shape, spec.dtype)
        for _, spec, path in layer.placed_weights()
    }
    leaves, structure = jax.tree.flatten((node.args, node.kwargs))
    symbolic = [i for i, leaf in enumerate(leaves) if isinstance(leaf, SymbolicTensor)]

    def compute(arrays: list[jax.Array], values: list[jax.Array], key: jax.Array) -> list:
        filled = list(leaves)
        for i, value in zip(symbolic, values, strict=True):
            filled[i] = value
        args, kwargs = jax.tree.unflatten(structure, filled)
        apply = nn.apply(
            lambda bound: run(bound, args, dict(kwargs), None, train=True)[0],
            node.module,
            mutable=MOVING,
        )
        variables = unflatten_dict(dict(zip(weights, arrays, strict=True)))
        changed = flatten_dict(apply(variables, rngs={"dropout": key})[1])
        return [changed[path] for path in paths]

    inputs = [sized(leaves[i].shape, leaves[i].dtype, DEFAULT_SIZES[0]) for i in symbolic]
    with with_arrays(False):
        program = jax.make_jaxpr(compute)(list(weights.values()), inputs, jax.random.key(0)).jaxpr
    before = dict(zip(weights, program.invars, strict=False))
    after = zip(paths, program.outvars, strict=True)
    return [path for path, value in after if value is not before[path]]

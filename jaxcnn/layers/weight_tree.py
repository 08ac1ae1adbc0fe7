"""The weights of a layer and of the layers inside it: as a tree, as a list, and which are trained.

A layer inside another is a child under a name, under which the tree nests its weights.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar, cast

import jax
import jax.numpy as jnp
import numpy as np
from flax.traverse_util import flatten_dict, unflatten_dict

from jaxcnn.layers.creation import note
from jaxcnn.layers.gates import from_list_of_keras_1, to_list_of_keras_1
from jaxcnn.layers.symbolic.tensor import SymbolicTensor, shapes
from jaxcnn.layers.variable import Variable
from jaxcnn.layers.weights import Arguments, WeightOwner, put, spec_of
from jaxcnn.nn.base import WeightSpec
from jaxcnn.runtime.types import ArrayFunction, ArrayLike, Path, PyTree
from jaxcnn.spellings.dialect import chosen, dialect
from jaxcnn.spellings.stories import told_in

L = TypeVar("L", bound=WeightOwner)

# -- the tree of variables -------------------------------------------------------------------------


def with_inner(layer: L) -> Iterator[L]:
    """The layer, and every layer inside it at any depth."""
    waiting = [layer]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += [*part.children.values()][::-1]


def with_listed(layer: L) -> Iterator[L]:
    """`with_inner` without the layers whose weights are not listed."""
    yield layer
    for child in layer.listed_children.values():
        yield from with_listed(child)


@contextlib.contextmanager
def between_steps(layer: WeightOwner) -> Iterator[None]:
    """Within the block the weights are those after one finished step of a fit in another thread."""
    sessions = (part.weights_store.session for part in with_inner(layer))
    session = next((running for running in sessions if running is not None), None)
    if session is None:
        yield
        return
    with session.lock:
        session.commit()
        yield


def arrays_of(layer: WeightOwner) -> dict[Path, jax.Array]:
    """The layer's own arrays; none yet where only the layers inside it are built."""
    store = layer.weights_store
    return {} if store.specs is None and layer.children else store.arrays


def variables(layer: WeightOwner) -> dict[str, PyTree]:
    """The arrays as they are now, nested: collection, names of layers, name of the weight."""
    with between_steps(layer):
        return tree_of(layer)


def tree_of(layer: WeightOwner) -> dict[str, PyTree]:
    """`variables`, where no step of a fit can come between."""
    tree: dict[str, PyTree] = {}
    for path, array in arrays_of(layer).items():
        branch = tree
        for name in path[:-1]:
            branch = branch.setdefault(name, {})
        branch[path[-1]] = array
    for name, child in layer.children.items():
        for collection, values in tree_of(child).items():
            tree.setdefault(collection, {})[name] = values
    return tree


def set_variables(layer: WeightOwner, values: Mapping[str, PyTree]) -> None:
    """Replace arrays by those of `values`, nested as by `variables`; absent ones stay.

    Raises:
        ValueError: an unknown name or another shape; nothing is replaced then.
    """
    known = {(spec.collection, *spec.path): spec for spec in all_specs(layer)}
    arrays = {}
    for path, value in flatten_dict(dict(values)).items():
        if path not in known:
            raise ValueError(f"Layer '{layer.name}' has no variable '{'/'.join(path)}'.")
        if np.shape(value) != known[path].shape:
            raise ValueError(
                f"Layer '{layer.name}': variable '{'/'.join(path)}' has shape "
                f"{known[path].shape}; given {np.shape(value)}."
            )
        arrays[path] = jnp.asarray(value, known[path].dtype)
    note_changes(layer)
    for part in with_inner(layer):
        arrays_of(part)  # only an array that is there can be replaced
    store_variables(layer, unflatten_dict(arrays))


def store_variables(layer: WeightOwner, values: Mapping[str, PyTree]) -> None:
    """`set_variables` by a running fit, which is the source of the arrays and need not be told."""
    for name, child in layer.children.items():
        store_variables(child, {c: nested[name] for c, nested in values.items() if name in nested})
    layer.weights_store.put(flatten_dict(dict(values)))


def note_changes(layer: WeightOwner) -> None:
    """Tell a running fit that arrays of the layer are about to be replaced by somebody else."""
    for part in with_inner(layer):
        part.weights_store.note_change()


# -- declared weights ------------------------------------------------------------------------------


def all_specs(layer: WeightOwner) -> list[WeightSpec]:
    """The declared weights of the layer and of those inside it, with their paths from here."""
    return list(layer.weights_store.specs or ()) + [
        replace(spec, path=(name, *spec.path))
        for name, child in layer.children.items()
        for spec in all_specs(child)
    ]


def placed_weights(layer: L) -> Iterator[tuple[L, WeightSpec, Path]]:
    """(owner, its weight, the weight's path from here); a shared weight once for each path."""
    for spec in layer.weights_store.specs or ():
        yield layer, spec, spec.path
    for name, child in layer.children.items():
        for owner, spec, path in placed_weights(child):
            yield owner, spec, (name, *path)


def adopt(layer: WeightOwner, specs: Sequence[WeightSpec], arguments: Arguments = ((), {})) -> None:
    """Build the layer, and those inside it that are not built yet, with the weights of a trace.

    What a user's `build` has declared is a weight also where the trace met it as a tensor only.
    """
    for name, child in layer.children.items():
        if not child.built:
            child.built_in = layer, name
            adopt(child, [replace(s, path=s.path[1:]) for s in specs if s.path[0] == name])
    store = layer.weights_store
    of_trace = tuple(s for s in specs if s.path[0] not in layer.children)
    met = {(s.collection, *s.path) for s in of_trace}
    store.specs = of_trace + tuple(spec_of(v) for v in store.declared if v.path not in met)
    store.arguments = arguments
    note(store)
    if store.initial is not None:
        try:
            set_weights(layer, store.initial)
        except ValueError:
            store.specs = None  # so that the next call does not continue with random weights
            raise
        store.initial = None


@told_in("shapes")
def require_same_shapes(layer: WeightOwner, specs: Sequence[WeightSpec], inputs: PyTree) -> None:
    """Check the weights that a trace on `inputs` found against those that the layer was built with.

    Raises:
        ValueError: another shape.
    """
    expected = {spec.path: spec.shape for spec in all_specs(layer)}
    for spec in specs:
        if expected.get(spec.path, spec.shape) != spec.shape:
            raise ValueError(
                f"{other_size(layer, inputs)}Layer '{layer.name}': an input of shape "
                f"{shapes(inputs)} needs '{'/'.join(spec.path)}' of shape {spec.shape}, but the "
                f"layer was built with {expected[spec.path]}."
            )


def other_size(layer: WeightOwner, inputs: PyTree) -> str:
    """What Keras says of a tensor that differs from the first input of a layer, if it is one."""
    nodes = getattr(layer, "inbound_nodes", None)
    first = nodes[0].given if nodes else None
    if not (isinstance(first, SymbolicTensor) and isinstance(inputs, SymbolicTensor)):
        return ""
    for axis in range(-1, -len(first.shape), -1):
        known = first.shape[axis]
        if first.ndim == inputs.ndim and None is not known != inputs.shape[axis]:
            return (
                f"Input 0 is incompatible with layer {layer.name}: expected axis {axis} of input "
                f"shape to have value {known} but got shape {tuple(inputs.shape)}. "
            )
    return ""


# -- the list of weights ---------------------------------------------------------------------------


def weight_paths(layer: L) -> list[tuple[L, Path]]:
    """(owner, (collection, *path)) of every weight in Keras order: parameters, then statistics."""
    return each_once(_paths(layer, params=True) + _paths(layer, params=False))


def each_once(entries: Iterable[tuple[L, Path]]) -> list[tuple[L, Path]]:
    """The weights without those that stand before; a layer may be in a model and inside another."""
    return list({(id(owner), path): (owner, path) for owner, path in entries}.values())


def _paths(layer: L, params: bool) -> list[tuple[L, Path]]:
    return [entry for part in with_listed(layer) for entry in own_entries(part, params)]


def own_entries(layer: L, params: bool) -> list[tuple[L, Path]]:
    """(owner, path) of a layer's parameters or other weights, without those of layers inside."""
    store = layer.weights_store
    weights = [store.listed(path) for path in store.paths(params)]
    return [(cast(L, v.owner), v.path) for v in weights if isinstance(v, Variable)]


def trainable_paths(layer: L) -> list[tuple[L, Path]]:
    """(owner, (collection, *path)) of the weights that training would move."""
    if not layer.trainable:
        return []
    entries = own_entries(layer, params=True)
    for child in layer.listed_children.values():
        entries += trainable_paths(child)
    return each_once(entries)


def non_trainable_paths(layer: L) -> list[tuple[L, Path]]:
    """(owner, (collection, *path)) of all other weights."""
    moved = {(id(owner), path) for owner, path in trainable_paths(layer)}
    listed = fixed_first(layer) if chosen() else weight_paths(layer)
    return [entry for entry in listed if (id(entry[0]), entry[1]) not in moved]


def fixed_first(layer: L) -> list[tuple[L, Path]]:
    """All weights in the order in which an old Keras lists those that training leaves alone: what
    is frozen as a whole with its parameters in front, else layer by layer.
    """
    if not layer.trainable:
        return weight_paths(layer)
    entries = own_entries(layer, params=True) + own_entries(layer, params=False)
    return each_once(
        entries + [e for child in layer.listed_children.values() for e in fixed_first(child)]
    )


def trainable_mask(layer: WeightOwner) -> dict[str, PyTree]:
    """The tree of ``params`` with True where training may move the array."""
    specs = layer.weights_store.specs or ()
    tree: dict[str, PyTree] = unflatten_dict(
        {spec.path: layer.trainable for spec in specs if spec.collection == "params"}
    )
    for name, child in layer.children.items():
        if mask := trainable_mask(child):
            moves = layer.trainable and name in layer.listed_children
            tree[name] = mask if moves else jax.tree.map(lambda _: False, mask)
    return tree


def constraints_of_weights(layer: WeightOwner) -> dict[Variable, ArrayFunction]:
    """Weight -> its constraint, as the layer has them: the very dict, which may be added to."""
    constraints_of_layer = layer.weights_store.constraints
    for owner, spec, _ in placed_weights(layer):
        if spec.constraint is not None:
            variable = owner.weights_store.variable((spec.collection, *spec.path))
            constraints_of_layer.setdefault(variable, spec.constraint)
    return constraints_of_layer


def constraints(layer: WeightOwner) -> dict[Path, ArrayFunction]:
    """Path within ``params`` -> the constraint to apply to that weight after each update."""
    return {spec.path: spec.constraint for spec in all_specs(layer) if spec.constraint is not None}


def get_weights(layer: WeightOwner) -> list[np.ndarray]:
    """Copies of the weights as NumPy arrays, in Keras order."""
    entries = layer.listed_paths()
    with between_steps(layer):
        arrays = [np.array(owner.weights_store.arrays[path]) for owner, path in entries]
    return to_list_of_keras_1(entries, arrays) if dialect().of_keras_1 else arrays


@told_in("weights")
def set_weights(layer: WeightOwner, weights: Sequence[ArrayLike]) -> None:
    """Replace the weights by arrays of the same shapes, in the order of `get_weights`.

    Raises:
        ValueError: another number of weights or another shape; nothing is replaced then.
    """
    store = layer.weights_store
    if store.specs is None and store.declared:  # in `build`
        store.initial = weights
        return
    entries = layer.listed_paths()
    if dialect().of_keras_1:
        weights = from_list_of_keras_1(entries, [np.asarray(weight) for weight in weights])
    if len(weights) != len(entries):
        names = ", ".join("/".join(path[1:]) for _, path in entries)
        listed = f" ({names})" if len(entries) < 10 else ""
        raise ValueError(
            f'You called `set_weights(weights)` on layer "{layer.name}" with a weight list of '
            f"length {len(weights)}, but the layer was expecting {len(entries)} weights{listed}."
        )
    values = [np.asarray(weight) for weight in weights]
    for (owner, path), value in zip(entries, values, strict=True):
        shape = owner.weights_store.spec(path).shape
        if value.shape != shape:
            raise ValueError(
                f"Layer weight shape {shape} not compatible with provided weight shape "
                f"{value.shape}: '{'/'.join(path[1:])}' of layer '{owner.name}'."
                f"{theano_hint(shape, value.shape)}"
            )
    put(zip(entries, values, strict=True))


def theano_hint(expected: Sequence[int], given: Sequence[int]) -> str:
    """What to do with a kernel whose axes are in the order of Theano; else nothing."""
    if len(expected) < 3 or list(given) != [*expected[:-3:-1], *expected[:-2]]:
        return ""
    return " Its axes are in Theano's order; `model.load_weights(path)` reads such files."


def count_params(layer: WeightOwner) -> int:
    """The number of values in all weights.

    Raises:
        ValueError: the layer is not built.
    """
    if not layer.built:
        raise ValueError(
            f"Layer '{layer.name}' is not built yet, so its parameters cannot be counted."
        )
    return sum(
        math.prod(owner.weights_store.spec(path).shape) for owner, path in weight_paths(layer)
    )

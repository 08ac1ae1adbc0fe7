"""The variables of a model in a file of safetensors, under the names that Flax gives them.

``'params/dense_1/kernel'`` is what ``model.variables["params"]["dense_1"]["kernel"]`` is, so that
``flax.traverse_util.unflatten_dict(arrays, sep="/")`` of a file is what ``model.module.apply``
takes.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np

from jaxcnn.layers.base import Layer
from jaxcnn.layers.weight_tree import placed_weights
from jaxcnn.layers.weights import put
from jaxcnn.saving.assignment import Matching, Mismatch, Stored, paired
from jaxcnn.saving.containers.hdf5 import check_free
from jaxcnn.saving.foreign.safetensors import DTYPES, is_safetensors, read_safetensors
from jaxcnn.saving.types import Entry, Filename, Network
from jaxcnn.utils.files import atomic_write

ALIGNMENT = 8
NAMES = {np.dtype(kind): name for name, kind in DTYPES.items()}


def save_variables(model: Network, path: Filename, overwrite: bool) -> None:
    """Write the weights of every layer, in the order of the layers.

    Raises:
        ValueError: weights of a type that safetensors does not know.
    """
    check_free(path, overwrite)
    header: dict[str, dict[str, object]] = {"__metadata__": {"format": "flax"}}
    arrays: list[np.ndarray] = []
    end = 0
    for layer in model.layers:
        for name, (owner, own_path) in named_weights(layer).items():
            array = np.ascontiguousarray(owner.variable(own_path))
            begin, end = end, end + array.nbytes
            header[with_layer(name, layer.name)] = {
                "dtype": "BF16" if array.dtype.name == "bfloat16" else dtype_name(array),
                "shape": list(np.shape(array)),
                "data_offsets": [begin, end],
            }
            arrays.append(array)
    content = json.dumps(header, separators=(",", ":")).encode()
    content += b" " * (-len(content) % ALIGNMENT)
    with atomic_write(path) as file:
        file.write(len(content).to_bytes(8, "little") + content)
        for array in arrays:
            file.write(array.tobytes())


def dtype_name(array: np.ndarray) -> str:
    """What safetensors calls the type of an array."""
    if array.dtype not in NAMES:
        raise ValueError(f"A file of safetensors holds no weights of type {array.dtype}.")
    return NAMES[array.dtype]


def named_weights(layer: Layer) -> dict[tuple[str, ...], Entry]:
    """(collection, path from the layer) -> (whose it is, its path there)."""
    return {
        (spec.collection, *path): (owner, (spec.collection, *spec.path))
        for owner, spec, path in placed_weights(layer)
    }


def with_layer(name: tuple[str, ...], layer: str) -> str:
    """The name in the file of a weight of a layer."""
    return "/".join([name[0], layer, *name[1:]])


def read_variables(path: Path) -> list[Stored] | None:
    """The arrays of each layer, in the order of the file; None for other files."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        if not is_safetensors(file.read(9), path.stat().st_size):
            return None
    layers: dict[str, Stored] = {}
    for name, array in read_safetensors(path).items():
        collection, *rest = name.split("/")
        if not rest or "." in collection:
            return None
        layer = layers.setdefault(rest[0], Stored(rest[0]))
        layer.names.append("/".join([collection, *rest[1:]]))
        layer.arrays.append(array)
    return list(layers.values())


def load_variables(
    model: Network, stored: list[Stored], source: Filename, matching: Matching
) -> None:
    """Put the arrays into a model: into layers of the same names, or one after another.

    One after another only where the names differ, and not `by_name`: as in a model that was built
    again, whose layers have other numbers.

    Raises:
        ValueError: layers, names or shapes that do not fit; the model is as it was then.
    """
    same = {x.name for x in model.layers if x.weight_paths()} == {s.name for s in stored}
    by_name = matching.by_name or same
    in_order = not all(s.names == sorted(s.names) for s in stored)  # else another program sorted it
    if not (by_name or in_order):
        raise ValueError(
            f"{source} has its arrays sorted by name, and the layers of model '{model.name}' have "
            "other names: name them as in the file."
        )
    values: list[tuple[Entry, np.ndarray]] = []
    for layer, s in paired(model, stored, source, by_name):
        try:
            values += fitted(layer, s, in_order, matching.reshape)
        except Mismatch as error:
            matching.refuse(f"{source}: layer '{layer.name}' {error}")
    put(values)


def fitted(
    layer: Layer, stored: Stored, in_order: bool, reshape: bool
) -> list[tuple[Entry, np.ndarray]]:
    """Each weight of a layer with its array; of a model inside with other names, in order.

    Raises:
        Mismatch: other names or shapes.
    """
    weights = {"/".join(name): entry for name, entry in named_weights(layer).items()}
    arrays = dict(zip(stored.names, stored.arrays, strict=True))
    if set(arrays) != set(weights):
        ends = [[name.rpartition("/")[2] for name in names] for names in (arrays, weights)]
        if ends[0] != ends[1] or not in_order:
            raise Mismatch(f"has {', '.join(weights)}; the file has {', '.join(arrays)}.")
        arrays = dict(zip(weights, stored.arrays, strict=True))
    pairs = []
    for name, (owner, path) in weights.items():
        array, shape = arrays[name], owner.weight_shape(path)
        if array.shape != shape and not (reshape and array.size == math.prod(shape)):
            raise Mismatch(f"has {name} of shape {shape}; the file has {array.shape}.")
        pairs.append(((owner, path), array.reshape(shape)))
    return pairs

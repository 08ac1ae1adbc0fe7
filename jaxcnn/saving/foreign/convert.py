"""Arrays of PyTorch in our layouts: by the traits of the layer that takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from jaxcnn import activations
from jaxcnn.layers import BatchNormalization, Layer
from jaxcnn.runtime.types import Path
from jaxcnn.saving.assignment import Mismatch, direct_weights
from jaxcnn.saving.dialects.old_weights import Sizes, rows_channels_last
from jaxcnn.saving.foreign.modules import Module
from jaxcnn.saving.types import Entry

# Our names of weights -> those of PyTorch.
ROLES: Mapping[str, str] = {
    "kernel": "weight",
    "depthwise_kernel": "weight",
    "pointwise_kernel": "weight",
    "embeddings": "weight",
    "alpha": "weight",
    "gamma": "weight",
    "bias": "bias",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}
RECURRENT: Mapping[str, str] = {"kernel": "weight_ih", "recurrent_kernel": "weight_hh"}
# Our gates -> the order in which PyTorch has them.
GATES: Mapping[str, str] = {"ifco": "ifco", "zrh": "rzh", "": ""}
EPSILON = 1e-5  # of PyTorch's normalization, unless it was told otherwise


def modules_needed(layer: Layer) -> int:
    """How many modules of PyTorch make one of our layers."""
    return 2 if "pointwise_kernel" in (path[-1] for _, path in direct_weights(layer)) else 1


def fit_modules(
    layer: Layer, modules: Sequence[Module], image: Sizes | None = None
) -> list[tuple[Entry, np.ndarray]]:
    """The weights of a layer from modules.

    Args:
        layer: that holds weights itself.
        modules: as many as `modules_needed` says.
        image: (rows, columns, ..., channels) that were flattened channels first before the layer.

    Raises:
        Mismatch: they do not fit; the message says which.
    """
    rest = [(module, role) for module in modules for role in module.arrays]
    fitted = []
    for entry in direct_weights(layer):
        name = entry[1][-1]
        last = len(modules) > 1 and name in ("pointwise_kernel", "bias")
        module = modules[-1 if last else 0]
        is_recurrent = "weight_ih" in module.arrays
        array = recurrent(*entry, module) if is_recurrent else feedforward(*entry, module)
        if image is not None and array.shape and array.shape[0] == np.prod(image):
            array = rows_channels_last(array, image)
        shape = layer.weight_shape(entry[1])
        if array.shape != shape:
            raise Mismatch(f"needs '{name}' of shape {shape}; '{module.name}' gives {array.shape}.")
        fitted.append((entry, array))
        used = {RECURRENT.get(name, ROLES.get(name, name))} if is_recurrent else {ROLES[name]}
        used |= {"bias_ih", "bias_hh"} if is_recurrent and name == "bias" else set()
        rest = [(m, role) for m, role in rest if m is not module or role not in used]
    further = [f"{m.name}.{role}" for m, role in rest if np.any(m.arrays[role])]
    if further:
        raise Mismatch(f"has no weight for '{', '.join(further)}' of the file.")
    return fitted


def role_of(module: Module, role: str, name: str) -> np.ndarray:
    """An array of a module.

    Raises:
        Mismatch: it has none of this name.
    """
    if role not in module.arrays:
        held = ", ".join(module.arrays)
        raise Mismatch(f"needs '{name}'; '{module.name}' has {held} and no {role}.")
    return module.arrays[role]


def feedforward(owner: Layer, path: Path, module: Module) -> np.ndarray:
    """A weight of a layer without gates."""
    name = path[-1]
    if name not in ROLES:
        raise Mismatch(f"has the weight '{name}', which no module of PyTorch has.")
    array = role_of(module, ROLES[name], name)
    shape = owner.weight_shape(path)
    if name == "depthwise_kernel" and array.ndim == len(shape) and array.shape[1] == 1:
        array = array.reshape(-1, shape[-1], *array.shape[2:])
        return np.moveaxis(array, (0, 1), (-2, -1))
    if name in ("kernel", "pointwise_kernel") and array.ndim == len(shape):
        # (out, in, *window), or (in, out, *window) of a transposed convolution, which ours turns
        return np.moveaxis(array, (1, 0), (-2, -1))
    if name == "alpha" and array.size in (1, np.prod(shape)):
        return np.broadcast_to(array.reshape(shape if array.size > 1 else ()), shape)
    return array


def recurrent(owner: Layer, path: Path, module: Module) -> np.ndarray:
    """A weight of a recurrent layer: gates in our order, biases as the layer has them."""
    name, gates = path[-1], owner.traits.gates
    if gates == "zrh" and bool(getattr(owner, "reset_after", True)) != module.reset_after:
        raise Mismatch(
            f"was built with reset_after={not module.reset_after}; '{module.name}' resets "
            f"{'after' if module.reset_after else 'before'} the recurrent product."
        )
    if name in RECURRENT:
        return ordered(role_of(module, RECURRENT[name], name), gates).T
    shape = owner.weight_shape(path)
    biases = [role_of(module, role, name) for role in ("bias_ih", "bias_hh")]
    both = np.stack([ordered(bias, gates) for bias in biases])
    if both.size == np.prod(shape):
        return both.reshape(shape)
    return np.asarray(both.sum(0))


def ordered(rows: np.ndarray, gates: str) -> np.ndarray:
    """Rows in the order of our gates."""
    if gates not in GATES or not gates or len(rows) % len(gates):
        return rows
    parts = np.split(rows, len(gates))
    return np.concatenate([parts[GATES[gates].index(gate)] for gate in gates])


def not_in_files(layers: Sequence[Layer]) -> list[str]:
    """What layers compute otherwise than PyTorch by default, which its files do not say."""
    differing = []
    for layer in layers:
        gate = getattr(layer, "recurrent_activation", None)
        if gate is activations.hard_sigmoid:
            differing.append(f"'{layer.name}' has hard_sigmoid gates, PyTorch sigmoid")
        if isinstance(layer, BatchNormalization) and layer.epsilon != EPSILON:
            differing.append(f"'{layer.name}' has epsilon={layer.epsilon}, PyTorch {EPSILON}")
    return differing

"""Layers as Keras 1 described them, by the tables that also read its calls
(`jaxcnn.spellings.tables`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jaxcnn.spellings.tables import CLASSES, LAYERS, REMOVED


def from_keras1(name: str, settings: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """(class, arguments) of a layer from those of Keras 1; those of later versions pass unchanged.

    Raises:
        ValueError: the layer did something that no layer does here; the message says what does.
    """
    own = dict(settings)
    label = f"Layer '{own.get('name')}' ({name})"
    if name == "Merge":
        return merge(own)
    if name == "TimeDistributedDense":
        kept: dict[str, Any] = {
            k: own.pop(k)
            for k in ("name", "trainable", "batch_input_shape", "input_dtype")
            if k in own
        }
        _, inner = from_keras1("Dense", own)
        inner["name"] = f"{kept['name']}_dense"
        return "TimeDistributed", {
            **with_dtype(kept),
            "layer": {"class_name": "Dense", "config": inner},
        }
    if name in REMOVED:
        raise ValueError(f"{label} is of a class that there is no more: {REMOVED[name]}.")
    current = CLASSES.get(name, name)
    row = LAYERS.get(current)
    if row is None or not (name in CLASSES or row.old_words() & set(own)):
        return name, own
    for word, (neutral, instead) in row.dropped.items():
        if own.pop(word, neutral) != neutral:
            raise ValueError(f"{label} was saved with a `{word}` that there is no more: {instead}.")
    if set(row.kernel) <= set(own) and row.kernel:
        own["kernel_size"] = tuple(own.pop(word) for word in row.kernel)
    if current != "Embedding":  # the sizes that a layer found when it was built
        for word in ("input_dim", "input_length"):
            own.pop(word, None)
    if current == "Conv2DTranspose":
        own.pop("output_shape", None)
    if row.rewrite is not None:
        _, own = row.rewrite((), own)
    found: dict[str, Any] = {}
    for word, value in with_dtype(own).items():
        new = row.renames.get(word, word)
        meaning = row.values.get(word, {})
        value = meaning.get(value, value) if meaning else value
        found |= dict.fromkeys((new,) if isinstance(new, str) else new, value)
    if (
        current == "ZeroPadding2D"
        and isinstance(found.get("padding"), list | tuple)
        and len(found["padding"]) == 4
    ):
        top, bottom, left, right = found["padding"]
        found["padding"] = [[top, bottom], [left, right]]
    return current, found


def with_dtype(own: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments with the input's dtype under its later name."""
    return {("dtype" if key == "input_dtype" else key): value for key, value in own.items()}


def merge(own: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The layer that does what a Merge did."""
    from jaxcnn.compat.keras1 import merging  # which stands on the models

    axes = own.get("dot_axes", -1)
    # Keras 1 wrapped the axes of the two inputs in lists of one.
    axes = [a[0] if isinstance(a, list) else a for a in axes] if isinstance(axes, list) else axes
    _, layer, arguments = merging(
        own.get("mode", "sum"), own.get("concat_axis", -1), axes, None, None, None
    )
    return layer.__name__, {**({"name": own["name"]} if own.get("name") else {}), **arguments}

"""How Keras 1 merged tensors by a mode, and the function and layer that do so now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jaxcnn.spellings.rewrites import Keywords

# mode -> (today's function, today's class)
MODES: Mapping[str, tuple[str, str]] = {
    "sum": ("add", "Add"),
    "mul": ("multiply", "Multiply"),
    "ave": ("average", "Average"),
    "max": ("maximum", "Maximum"),
    "concat": ("concatenate", "Concatenate"),
    "dot": ("dot", "Dot"),
    "cos": ("dot", "Dot"),
}


def merging(
    mode: str, concat_axis: int = -1, dot_axes: int | Sequence[int] = -1
) -> tuple[str, str, Keywords]:
    """(today's function, today's class, its arguments) for a mode of merging.

    Raises:
        ValueError: Keras 1 had no such mode.
    """
    if mode not in MODES:
        raise ValueError(
            f"merge: the mode is {mode!r}; known are {', '.join(MODES)}, or a function of the "
            "inputs."
        )
    axes = dot_axes if isinstance(dot_axes, int) else tuple(dot_axes)
    arguments: dict[str, Keywords] = {
        "concat": {"axis": concat_axis},
        "dot": {"axes": axes},
        "cos": {"axes": axes, "normalize": True},
    }
    return (*MODES[mode], arguments.get(mode, {}))

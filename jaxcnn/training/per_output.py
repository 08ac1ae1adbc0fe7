"""One value for each output of a model, from the forms in which users give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from jaxcnn.runtime.types import PyTree
from jaxcnn.spellings.dialect import chosen


def per_output(
    value: PyTree,
    names: Sequence[str],
    label: str,
    is_leaf: Callable[[PyTree], bool] | None = None,
) -> list[PyTree]:
    """One value an output from None, one value, a list, or a dict by output name.

    A tuple is taken for a list, but in programs for an old Keras, which takes none.

    Args:
        value: as the user gave it; outputs that are absent from a dict get None.
        names: of the outputs.
        label: the argument's name, for messages.
        is_leaf: whether a mapping is one value, rather than values by output name.
    """
    if value is None:
        return [None] * len(names)
    if is_leaf is not None and is_leaf(value):
        return [value] * len(names)
    if isinstance(value, Mapping):
        if unknown := sorted(set(value) - set(names)):
            raise ValueError(
                f'Unknown entry in {label} dictionary: "{unknown[0]}". Only expected the '
                f"following keys: {list(names)}"
            )
        return [value.get(n) for n in names]
    if isinstance(value, tuple) and len(names) > 1 and chosen():
        raise TypeError(
            f"{label} is a tuple; for several outputs it is a list, or a dict by the names "
            f"{list(names)}."
        )
    if isinstance(value, list | tuple) and (len(names) > 1 or len(value) == 1):
        require_one_each(value, names, label)
        return list(value)
    return [value] * len(names)


def require_one_each(value: Sequence[PyTree], names: Sequence[str], label: str) -> None:
    """Check that a list has one entry for each of the outputs.

    Raises:
        ValueError: it has more or fewer.
    """
    if len(value) != len(names):
        raise ValueError(
            f"When passing a list as {label}, it should have one entry per model outputs. The "
            f"model has {len(names)} outputs, but you passed a list of {len(value)}."
        )

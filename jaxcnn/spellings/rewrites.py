"""What an old call means where no table of words can say it: functions of its arguments."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from jaxcnn.spellings.dialect import dialect

# The arguments of a call, by position and by keyword.
Positional: TypeAlias = tuple[Any, ...]
Keywords: TypeAlias = dict[str, Any]
Arguments: TypeAlias = tuple[Positional, Keywords]


def shape_of_steps(args: Positional, kwargs: Keywords) -> Arguments:
    """`input_dim` and `input_length`, which may be left open, as the input shape of a sequence."""
    rest = {
        name: value for name, value in kwargs.items() if name not in ("input_dim", "input_length")
    }
    if kwargs.get("input_dim") is None:
        return args, rest
    return args, {**rest, "input_shape": (kwargs.get("input_length"), kwargs["input_dim"])}


def sides_of_padding(layer: str, *sides: str) -> Callable[[Positional, Keywords], Arguments]:
    """A dict of sides, or one number for each of four, as pairs: ((top, bottom), (left, right))."""

    def rewrite(args: Positional, kwargs: Keywords) -> Arguments:
        given = args[0] if args else kwargs.get("padding")
        if isinstance(given, list | tuple) and len(given) == len(sides) == 4:
            given = dict(zip(sides, given, strict=True))
        if not isinstance(given, Mapping):
            return args, kwargs
        if unknown := set(given) - set(sides):
            raise ValueError(
                f"{layer}: `padding` has {sorted(unknown)}; a dict of sides takes "
                f"{', '.join(sides)}."
            )
        before, after = ([given.get(side, 0) for side in sides[i::2]] for i in (0, 1))
        pairs = tuple(zip(before, after, strict=True))
        padding = pairs if len(pairs) > 1 else pairs[0]
        return ((padding, *args[1:]), kwargs) if args else (args, {**kwargs, "padding": padding})

    return rewrite


def batches_of_samples(*order: str) -> Callable[[Positional, Keywords], Arguments]:
    """Numbers of samples as numbers of batches, where the generator has a `batch_size`.

    An epoch has as many whole batches as Keras 2.0.4 makes of `samples_per_epoch`; for the other
    two, which it took for numbers of batches, as many as are needed to see every sample. Without a
    batch size the numbers stay, but in programs of Keras 1, which counts samples: there the first
    batch is looked at.

    Args:
        order: the arguments that Keras 1 took by position.
    """

    def rewrite(args: Positional, kwargs: Keywords) -> Arguments:
        counts_samples = dialect().of_keras_1
        names = order if counts_samples else order[:1]
        given = {**kwargs, **dict(zip(names, args, strict=False))}
        for old, new, source in (
            ("samples_per_epoch", "steps_per_epoch", "generator"),
            ("val_samples", "steps", "generator"),
            ("nb_val_samples", "validation_steps", "validation_data"),
        ):
            if given.get(old) is None:
                continue
            size = getattr(given.get(source), "batch_size", None)
            if size is None and counts_samples and isinstance(given.get(source), Iterator):
                size, given[source] = looked_at(given[source])
            samples, size = given.pop(old), size or 1
            whole = old == "samples_per_epoch" and not counts_samples
            given[new] = max(1, samples // size) if whole else -(-samples // size)
        first = (given.pop("generator"),) if "generator" in given else ()
        return (*first, *args[len(names) :]), given

    return rewrite


def looked_at(batches: Iterator[Any]) -> tuple[int, Iterator[Any]]:
    """(the samples in the first batch, all batches)."""
    first = next(batches, None)
    if first is None:
        return 1, iter(())  # `fit` says that there was nothing
    inputs = first[0] if isinstance(first, tuple) else first
    while isinstance(inputs, list | dict):
        inputs = next(iter(inputs.values() if isinstance(inputs, dict) else inputs))
    return len(inputs), itertools.chain([first], batches)

"""Arrays as a model takes them: checked against its inputs and outputs, then cut into batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

import numpy as np

from jaxcnn import losses
from jaxcnn.losses import LossFunction
from jaxcnn.runtime.rows import ChosenRows
from jaxcnn.runtime.types import DTypeLike, HostArray, PyTree, Shape
from jaxcnn.spellings.dialect import dialect
from jaxcnn.spellings.stories import from_outside, told_in
from jaxcnn.training.input.stored import Rows, SparseRows, is_column, is_stored, of_datasets
from jaxcnn.training.objective import Objective
from jaxcnn.training.steps import Batch

Lengths: TypeAlias = Literal["equal", "cut", "any"]


@dataclass(frozen=True)
class Arrays:
    """Checked data: one array an input, one an output (None where it is not trained), one of sample
    weights an output (None where all samples count alike).
    """

    inputs: list[np.ndarray]
    targets: list[np.ndarray | None]
    weights: list[np.ndarray | None]

    def __len__(self) -> int:
        return len(self.inputs[0])

    def slice(self, start: int, stop: int) -> Arrays:
        """The samples from `start` to `stop`."""

        def cut(a: np.ndarray | None) -> np.ndarray | None:
            return None if a is None else a[start:stop]

        return Arrays(
            [a[start:stop] for a in self.inputs],
            [cut(a) for a in self.targets],
            [cut(w) for w in self.weights],
        )


def by_name(data: PyTree, names: Sequence[str], kind: str) -> list[HostArray]:
    """`data` (one array, a list in order, or a dict by name) as a list with one entry a name.

    Messages call the data by its `kind`: "input" or "target".
    """
    if isinstance(data, Mapping):
        if missing := [n for n in names if n not in data]:
            raise ValueError(
                f'No data provided for "{missing[0]}". Need data for each key in: {list(names)}; '
                f"given {sorted(data)} as {kind}s."
            )
        if unknown := sorted(map(str, set(data) - set(names))):
            raise ValueError(f"Unknown {kind} {', '.join(unknown)}; expected {list(names)}.")
        return [data[n] for n in names]
    if isinstance(data, list | tuple) and (
        len(names) != 1 or (len(data) == 1 and np.ndim(data[0]) > 0)
    ):
        if len(data) != len(names):
            raise ValueError(another_number(data, names, kind))
        return list(data)
    if len(names) != 1:
        raise ValueError(another_number([data], names, kind))
    return [data]


def another_number(data: Sequence[HostArray], names: Sequence[str], kind: str) -> str:
    """The message for another number of arrays than there are names, in the words of Keras."""
    described = [getattr(array, "shape", type(array).__name__) for array in data]
    return (
        f"Error when checking model {kind}: the list of Numpy arrays that you are passing to your "
        f"model is not the size the model expected. Expected to see {len(names)} array(s), but "
        f"instead got the following list of {len(data)} arrays: {described}. Give a list in the "
        f"order {', '.join(names)}, or a dict by these names."
    )


def mismatch(kind: str, name: str, expected: Shape, given: tuple[int, ...]) -> str:
    """The message for an array of another shape, in the words of the Keras that is spoken."""
    start = f"Error when checking {kind}: expected {name} to have "
    if len(given) != len(expected):
        return f"{start}{len(expected)} dimensions, but got array with shape {given}."
    first = 1 if dialect().since_2_2 else 0  # with the samples before
    return f"{start}shape {expected[first:]} but got array with shape {given[first:]}."


def with_values(
    data: PyTree, names: Sequence[str], values: Mapping[str, np.ndarray], kind: str
) -> PyTree:
    """`data`, which has no entries for the names that have `values`, with these as a dict by name.

    Raises:
        ValueError: there is data for them as well.
    """
    others = [name for name in names if name not in values]
    if data is None or (isinstance(data, list | tuple | dict) and not data):
        return values if not others else None
    if not others:
        raise ValueError(
            f"All of {list(names)} have values of their own, so no {kind} arrays are given."
        )
    return {**dict(zip(others, by_name(data, others, kind), strict=True)), **values}


@told_in("data")
def as_array(value: HostArray, label: str) -> np.ndarray:
    """`value` as a numeric array, called by its `label` in messages; arrays on disk stay there.

    Raises:
        TypeError: text or objects.
        ValueError: a list of arrays of different shapes.
    """
    if hasattr(value, "tocsr"):
        array = cast(np.ndarray, Rows(SparseRows(value)))
    elif is_stored(value) and value.shape:
        # `Rows` has what is used of an array here; nothing is read yet.
        array = cast(np.ndarray, Rows(value))
    elif of_datasets(value) and not is_column(value):
        raise TypeError(
            f"{label} is a {type(value).__name__} of Hugging Face; its columns are data, as in "
            "fit(data['image'], data['label'])."
        )
    else:
        try:
            array = np.asarray(value[:] if is_column(value) else value)
        except ValueError as error:
            if from_outside(error):
                raise
            raise ValueError(
                f"{label} is a list of {len(value)} arrays of different shapes; one array is "
                "needed. Samples of different lengths must be padded first."
            ) from None
    if array.dtype == object:
        array = of_numbers(array)
    if array.dtype.kind not in "fiub" and array.dtype.name != "bfloat16":
        raise TypeError(
            f"{label} has dtype {array.dtype}; numbers are needed. " + advice_for(value, array)
        )
    return array


def of_numbers(array: np.ndarray) -> np.ndarray:
    """An array of objects that are all numbers as one of floats; another as it is."""
    try:
        return array.astype(float)
    except (TypeError, ValueError):
        return array


def advice_for(value: HostArray, array: np.ndarray) -> str:
    """What to do with data that is no numbers."""
    if array.dtype != object:
        return "Convert it first."
    if array.ndim == 1 and all(np.ndim(item) for item in array[:10]):
        return "Samples of different lengths must be padded first."
    return "Convert it first, as by x.astype(float), which names a value that is no number."


@told_in("shapes")
def checked_inputs(
    x: PyTree, names: Sequence[str], shapes: Sequence[Shape], lengths: Lengths = "equal"
) -> list[np.ndarray]:
    """The model's input arrays, of fitting shapes.

    Their lengths must be equal; or arrays are 'cut' that are longer than the first one; or they may
    be of 'any' length.
    """
    arrays = [
        as_array(v, f"Input '{n}'") for n, v in zip(names, by_name(x, names, "input"), strict=True)
    ]
    for i, (name, given, shape) in enumerate(zip(names, arrays, shapes, strict=True)):
        array = given
        if array.ndim == 1 and len(shape) == 2:
            arrays[i] = array = np.asarray(array)[:, None]
        if not fits(array.shape[1:], shape[1:]):
            raise ValueError(
                mismatch("input", name, (None, *shape[1:]), tuple(given.shape))
                + (" One sample needs an axis in front: x[None]." * fits(given.shape, shape[1:]))
            )
    if lengths == "cut":
        arrays = [array[: len(arrays[0])] for array in arrays]
    if lengths != "any":
        require_equal_lengths(dict(zip(names, arrays, strict=True)))
    return arrays


def fits(sizes: Shape, expected: Shape) -> bool:
    """Whether an array of these sizes is what has the expected shape, in which None is any size."""
    return len(sizes) == len(expected) and all(
        other in (None, size) for size, other in zip(sizes, expected, strict=True)
    )


@told_in("data")
def require_equal_lengths(arrays: Mapping[str, np.ndarray]) -> None:
    """Raise when arrays are empty or do not have the same number of samples."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        shapes = {name: tuple(array.shape) for name, array in arrays.items()}
        raise ValueError(
            "All input arrays (x) should have the same number of samples. Got array shapes: "
            f"{list(shapes.values())}, of {', '.join(shapes)}."
        )
    if 0 in lengths.values():
        raise ValueError(f"The data is empty: {', '.join(repr(n) for n in lengths)} of length 0.")


@told_in("data")
def checked_targets(
    y: PyTree, objective: Objective, shapes: Sequence[Shape], count: int
) -> list[np.ndarray | None]:
    """The targets of a model with outputs of the given shapes, None for outputs without a loss.

    `y` has targets for the outputs with a loss only; `count` samples are expected.
    """
    names = [output.name for output in objective.outputs if output.loss is not None]
    if y is None and names:
        raise ValueError(f"Targets are needed for {', '.join(names)}; `y` is None.")
    given = iter(by_name(y, names, "target") if names else [])
    result: list[np.ndarray | None] = []
    for output, shape in zip(objective.outputs, shapes, strict=True):
        if output.loss is None:
            result.append(None)
            continue
        array = as_array(next(given), f"Target '{output.name}'")
        if array.ndim == 0 or len(array) != count:
            samples = f"{len(array)} target samples" if array.ndim else "a single number"
            raise ValueError(
                "Input arrays should have the same number of samples as target arrays. Found "
                f"{count} input samples and {samples} of '{output.name}'."
            )
        if array.ndim == 1 and len(shape) > 1:
            array = np.asarray(array)[:, None]
        check_target(output.name, array, shape, output.loss)
        result.append(as_float_beyond_int32(array))
    return result


def as_float_beyond_int32(array: np.ndarray) -> np.ndarray:
    """Integers that 32 bits do not hold as floats, as Keras has all targets."""
    if array.dtype.kind not in "iu" or np.can_cast(array.dtype, np.int32):
        return array
    limits = np.iinfo(np.int32)
    held = not array.size or (array.min() >= limits.min and array.max() <= limits.max)
    return array if held else np.asarray(array).astype(np.float32)


@told_in("labels")
def check_target(name: str, array: np.ndarray, shape: Shape, loss: LossFunction) -> None:
    """Raise when a target cannot belong to an output of `shape` under a loss of the library."""
    function = losses.function_of(loss)
    if function is losses.sparse_categorical_crossentropy:
        array = np.asarray(array)
        classes = shape[-1]
        if array.ndim not in (len(shape) - 1, len(shape)) or (
            array.ndim == len(shape) and array.shape[-1] != 1
        ):
            raise ValueError(
                mismatch("target", name, (None, *shape[1:-1], 1), array.shape)
                + " sparse_categorical_crossentropy needs integer labels. For one-hot targets use "
                "categorical_crossentropy."
            )
        if array.dtype.kind == "f" and np.any(array != np.floor(array)):
            raise ValueError(
                f"Target '{name}' holds fractions; sparse_categorical_crossentropy needs integer "
                "labels."
            )
        if classes is not None and (array.min() < 0 or array.max() >= classes):
            raise ValueError(
                f"Target '{name}' holds labels from {array.min()} to {array.max()}; an output of "
                f"{classes} values needs labels from 0 to {classes - 1}."
            )
    elif getattr(function, "__name__", "") in losses.registry.items() and (
        array.ndim != len(shape)
        or any(n not in (None, m) for n, m in zip(shape[1:], array.shape[1:], strict=True))
    ):
        hint = ""
        if (
            function is losses.categorical_crossentropy
            and array.ndim == len(shape)
            and array.shape[-1] == 1
        ):
            hint = (
                " For integer labels use sparse_categorical_crossentropy, or to_categorical to "
                "make them one-hot."
            )
        raise ValueError(mismatch("target", name, (None, *shape[1:]), array.shape) + hint)


def network_dtype(array: np.ndarray, dtype: DTypeLike | None) -> np.ndarray:
    """`array` as the model computes with it: `dtype` for inputs; targets as float32 or int32."""
    if dtype is None:
        dtype = np.float32 if array.dtype.kind == "f" else np.int32
    return array.astype(dtype, copy=False)


def batch_of(
    arrays: Arrays,
    input_dtypes: Sequence[DTypeLike | None],
    index: np.ndarray | None = None,
    later: bool = False,
) -> Batch:
    """The samples at `index` (of any shape), or all of them, in the dtypes that the model computes
    with. Those that are to be read `later` are `ChosenRows`.
    """

    def take(array: np.ndarray | None, dtype: DTypeLike | None) -> np.ndarray | None:
        if array is None:
            return None
        if index is None:
            return network_dtype(np.asarray(array), dtype)

        def rows(index: np.ndarray) -> np.ndarray:
            return network_dtype(array.take(index, axis=0, mode="clip"), dtype)

        if not later:
            return rows(index)
        computed = network_dtype(np.empty(0, array.dtype), dtype).dtype
        # It has what is used of an array from here to the devices.
        return cast(np.ndarray, ChosenRows(rows, index, array.shape[1:], computed))

    inputs = [take(a, dtype) for a, dtype in zip(arrays.inputs, input_dtypes, strict=True)]
    return Batch(
        inputs[0] if len(inputs) == 1 else inputs,
        [take(a, None) for a in arrays.targets],
        [take(w, np.float32) for w in arrays.weights],
    )

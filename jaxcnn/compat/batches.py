"""The helpers of `keras.engine.training` and `topology` that programs import, on arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from jaxcnn import backend as K
from jaxcnn.runtime import config
from jaxcnn.runtime.types import ArrayFunction, PyTree, Shape
from jaxcnn.training.input.sample_weights import class_factors


def make_batches(size: int, batch_size: int) -> list[tuple[int, int]]:
    """(begin, end) of each batch of `size` samples."""
    return [(begin, min(size, begin + batch_size)) for begin in range(0, size, int(batch_size))]


def slice_arrays(arrays: PyTree, start: PyTree = None, stop: int | None = None) -> PyTree:
    """``arrays[start:stop]``, or the rows `start` where that is a list; of a list, of each."""
    if arrays is None:
        return [None]
    rows = start.tolist() if hasattr(start, "shape") else start
    single = not isinstance(arrays, list)
    parts = [
        array if array is None else array[rows] if hasattr(rows, "__len__") else array[rows:stop]
        for array in ([arrays] if single else arrays)
    ]
    return parts[0] if single else parts


def batch_shuffle(index_array: np.ndarray, batch_size: int) -> np.ndarray:
    """The indices with whole batches of them in another order; a short last one stays last."""
    whole = len(index_array) // batch_size * batch_size
    batches = index_array[:whole].reshape(-1, batch_size)
    np.random.shuffle(batches)
    return np.append(batches.ravel(), index_array[whole:])


def standardize_input_data(
    data: PyTree,
    names: Sequence[str],
    shapes: Sequence[Shape | None] | None = None,
    check_batch_axis: bool = True,
    exception_prefix: str = "",
) -> list[np.ndarray | None]:
    """The array for each name, in their order, with two axes at the least.

    Raises:
        ValueError: an array is absent, there are too many, or a shape is not that of `shapes`.
        TypeError: data that is no array.
    """
    arrays = _listed(data, names, exception_prefix)
    arrays = [
        np.expand_dims(array, 1) if array is not None and array.ndim == 1 else array
        for array in arrays
    ]
    for name, array, shape in zip(names, arrays, shapes or [None] * len(arrays), strict=True):
        if shape is None or array is None:
            continue
        if array.ndim != len(shape):
            raise ValueError(
                f"Error when checking {exception_prefix}: expected {name} to have {len(shape)} "
                f"dimensions, but got array with shape {array.shape}"
            )
        first = 0 if check_batch_axis else 1
        pairs = list(zip(array.shape, shape, strict=True))[first:]
        if any(expected and size != expected for size, expected in pairs):
            raise ValueError(
                f"Error when checking {exception_prefix}: expected {name} to have shape "
                f"{tuple(shape)} but got array with shape {array.shape}"
            )
    return arrays


def _listed(data: PyTree, names: Sequence[str], prefix: str) -> list[np.ndarray | None]:
    if not names:
        return []
    if data is None:
        return [None for _ in names]
    if isinstance(data, Mapping):
        if absent := [name for name in names if name not in data]:
            raise ValueError(f'No data provided for "{absent[0]}". Need data for each of: {names}')
        return [data[name] for name in names]
    if isinstance(data, list):
        if len(data) != len(names) and len(names) == 1 and not hasattr(data[0], "shape"):
            return [np.asarray(data)]
        if len(data) != len(names):
            raise ValueError(
                f"Error when checking model {prefix}: expected {len(names)} arrays, but got "
                f"{len(data)}."
            )
        return list(data)
    if not hasattr(data, "shape"):
        raise TypeError(
            f"Error when checking model {prefix}: data should be an array, or a list or dict of "
            f"arrays; given {type(data).__name__}."
        )
    if len(names) > 1:
        raise ValueError(
            f"The model expects {len(names)} {prefix} arrays, but only received one array. Found: "
            f"array with shape {data.shape}"
        )
    return [data]


def check_array_lengths(
    inputs: Sequence[np.ndarray] | None,
    targets: Sequence[np.ndarray] | None,
    weights: Sequence[np.ndarray] | None = None,
) -> None:
    """Check that all arrays have the same number of samples; None has none of them.

    Raises:
        ValueError: they have not.
    """

    def listed(arrays: Sequence[np.ndarray] | np.ndarray | None) -> Sequence[np.ndarray | None]:
        return [arrays] if arrays is None or isinstance(arrays, np.ndarray) else arrays

    given = (("Input", inputs), ("Target", targets), ("Sample weight", weights))
    lengths = {
        kind: {0 if array is None else len(array) for array in listed(arrays)}
        for kind, arrays in given
    }
    if len(set().union(*lengths.values())) > 1:
        raise ValueError(
            "All arrays should have the same number of samples; given "
            + ", ".join(f"{kind}: {sorted(sizes)}" for kind, sizes in lengths.items() if sizes)
        )


def check_loss_and_target_compatibility(
    targets: Sequence[np.ndarray | None],
    loss_fns: Sequence[Callable[..., PyTree] | None],
    output_shapes: Sequence[Shape],
) -> None:
    """Check that losses which need targets of the outputs' shapes get such ones.

    Raises:
        ValueError: they do not.
    """
    strict = ("mean_squared_error", "binary_crossentropy", "categorical_crossentropy")
    for target, loss, shape in zip(targets, loss_fns, output_shapes, strict=True):
        name = getattr(loss, "__name__", None)
        if target is None or name not in strict:
            continue
        if name == "categorical_crossentropy" and target.shape[-1] == 1:
            raise ValueError(
                f"You are passing a target array of shape {target.shape}, but this loss takes "
                " one-hot rows: make them by to_categorical(y), or use "
                "sparse_categorical_crossentropy."
            )
        pairs = zip(target.shape[1:], shape[1:], strict=False)
        if any(size is not None and size != given for given, size in pairs):
            raise ValueError(
                f"A target array of shape {target.shape} was passed for an output of shape "
                f"{tuple(shape)}; {name} expects targets to have the same shape as the output."
            )


def weighted_masked_objective(fn: ArrayFunction | None) -> ArrayFunction | None:
    """The scalar loss ``(y_true, y_pred, weights, mask=None)`` of a ``(y_true, y_pred)``."""
    if fn is None:
        return None

    def weighted(y_true: PyTree, y_pred: PyTree, weights: PyTree, mask: PyTree = None) -> PyTree:
        score = fn(y_true, y_pred)
        if mask is not None:
            mask = K.cast(mask, K.floatx())
            score = score * mask / K.mean(mask)
        if weights is not None:
            axes = list(range(K.ndim(weights), K.ndim(score)))
            score = K.mean(score, axis=axes) if axes else score
            score = score * weights / K.mean(K.cast(K.not_equal(weights, 0), K.floatx()))
        return K.mean(score)

    return weighted


def collect_metrics(metrics: PyTree, output_names: Sequence[str]) -> list[list[PyTree]]:
    """The list of metrics of each output."""
    if not metrics:
        return [[] for _ in output_names]
    if isinstance(metrics, list):
        return [list(metrics) for _ in output_names]
    if not isinstance(metrics, Mapping):
        raise TypeError(f"`metrics` must be a list or a dict by output name; given {metrics!r}.")
    by_name = [metrics.get(name, []) for name in output_names]
    return [list(one) if isinstance(one, list) else [one] for one in by_name]


def object_list_uid(object_list: PyTree) -> str:
    """A text that is the same for the same objects in the same order."""
    listed = object_list if isinstance(object_list, list | tuple) else [object_list]
    return ", ".join(str(abs(id(one))) for one in listed)


def to_list(x: Any, allow_tuple: bool = False) -> Any:
    """The list itself, or where they are allowed the tuple, or a list of the one value."""
    return x if isinstance(x, (list, tuple) if allow_tuple else list) else [x]


def standardize_weights(
    y: np.ndarray,
    sample_weight: np.ndarray | None = None,
    class_weight: Mapping[int, float] | None = None,
    sample_weight_mode: str | None = None,
) -> np.ndarray:
    """The weight of each sample of the targets `y`, of each step where the mode is 'temporal'.

    Raises:
        ValueError: another mode, weights of another shape, or a class without a weight.
    """
    if sample_weight_mode not in (None, "temporal"):
        raise ValueError(
            f'"sample_weight_mode" should be None or "temporal". Found: {sample_weight_mode}'
        )
    axes = 1 if sample_weight_mode is None else 2
    if axes == 2 and y.ndim < 3:
        raise ValueError(
            f"Weights of steps are for targets of three axes or more; found shape {y.shape}."
        )
    if sample_weight is not None:
        if sample_weight.shape != y.shape[:axes]:
            raise ValueError(
                f"Found a sample_weight array with shape {sample_weight.shape} for targets with "
                f"shape {y.shape}; {y.shape[:axes]} is needed, and for weights of steps "
                'sample_weight_mode="temporal" in compile().'
            )
        return sample_weight
    if isinstance(class_weight, dict):
        return class_factors("y", class_weight, y)
    return np.ones(y.shape[:axes], config.floatx())

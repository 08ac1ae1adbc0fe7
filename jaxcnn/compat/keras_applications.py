"""The package `keras_applications`, whose functions are told which Keras to build with."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

from jaxcnn.layers.symbolic.types import TensorLike

SUBMODULES = ("backend", "layers", "models", "utils")


def get_keras_submodule(name: str) -> ModuleType:
    """A module of Keras.

    Raises:
        ImportError: another name than 'backend', 'layers', 'models', 'engine' and 'utils'.
    """
    if name not in (*SUBMODULES, "engine"):
        raise ImportError(f"Can only retrieve {SUBMODULES} and 'engine'; given {name!r}.")
    return importlib.import_module(f"keras.{name}")


def get_submodules_from_kwargs(kwargs: dict[str, Any]) -> tuple[ModuleType, ...]:
    """The modules of Keras that are given by name, those of this library for the others.

    Raises:
        TypeError: another name.
    """
    for name in kwargs:
        if name not in SUBMODULES:
            raise TypeError(f"Invalid keyword argument: {name}. Allowed: {', '.join(SUBMODULES)}.")
    return tuple(kwargs.get(name) or get_keras_submodule(name) for name in SUBMODULES)


def set_keras_submodules(**modules: ModuleType) -> None:
    """Nothing: there is this library alone, which these are modules of."""


def correct_pad(
    backend: ModuleType, inputs: TensorLike, kernel_size: int | tuple[int, int]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """The padding before a convolution of stride 2 that keeps the pixels where PyTorch has them."""
    first = 2 if backend.image_data_format() == "channels_first" else 1
    sizes = backend.int_shape(inputs)[first : first + 2]
    if sizes[0] is None:
        sizes = (0, 0)
    kernels = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    rows, columns = (
        (kernel // 2 - (1 - size % 2), kernel // 2)
        for kernel, size in zip(kernels, sizes, strict=True)
    )
    return rows, columns


def without_submodules(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, called with or without the modules of Keras."""

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **{k: v for k, v in kwargs.items() if k not in SUBMODULES})

    return called

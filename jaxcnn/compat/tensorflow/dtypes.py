"""The number types by their names; those of 64 bits are computed in 32."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.runtime.types import DTypeLike

__all__ = [
    "as_dtype",
    "bool",
    "double",
    "float16",
    "float32",
    "float64",
    "half",
    "int16",
    "int32",
    "int64",
    "int8",
    "uint16",
    "uint8",
]

bool = np.dtype("bool")
float16 = np.dtype("float16")
float32 = np.dtype("float32")
float64 = np.dtype("float64")
double, half = float64, float16
int8 = np.dtype("int8")
int16 = np.dtype("int16")
int32 = np.dtype("int32")
int64 = np.dtype("int64")
uint8 = np.dtype("uint8")
uint16 = np.dtype("uint16")


def as_dtype(type_value: DTypeLike) -> np.dtype:
    """The number type in which values of this type are computed; 'float' is float32."""
    return np.dtype(jax.dtypes.canonicalize_dtype(jnp.dtype(type_value)))

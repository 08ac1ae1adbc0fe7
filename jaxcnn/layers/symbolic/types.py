"""The types that functions of arrays and symbolic tensors speak of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import jax
from jax.typing import ArrayLike

from jaxcnn.layers.symbolic.sizes import AnySize, UnknownSize
from jaxcnn.layers.symbolic.tensor import SymbolicTensor
from jaxcnn.layers.variable import Variable

# What a function computes with: arrays and numbers, variables, symbolic tensors and their sizes.
TensorLike: TypeAlias = ArrayLike | Variable | SymbolicTensor | UnknownSize
# What it returns: an array or, where an argument is symbolic, a symbolic tensor, which has the
# operators of an array and stands for one in the eyes of type checkers.
Tensor: TypeAlias = jax.Array
# A shape, also of sizes that are not known yet.
SizesLike: TypeAlias = Sequence[AnySize]
# Along what is reduced: one axis, several, or all.
Axes: TypeAlias = int | Sequence[int] | None
# One integer for each axis of a window, or one for all.
Integers: TypeAlias = int | Sequence[int]

"""The helpers of Keras's `layers.recurrent` that cells of users call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from jaxcnn import backend as K
from jaxcnn.layers.symbolic.types import Tensor, TensorLike


def generate_dropout_mask(
    ones: TensorLike, rate: float, training: bool | TensorLike | None = None, count: int = 1
) -> Tensor | list[Tensor]:
    """A mask of the shape of `ones` for dropout, all ones in inference; a list if `count` > 1."""
    masks = [
        K.in_train_phase(lambda: K.dropout(ones, rate), ones, training=training)
        for _ in range(count)
    ]
    return masks if count > 1 else masks[0]


def standardize_args(
    inputs: Any, initial_state: Any, constants: Any, num_constants: int | None
) -> tuple[TensorLike, list[TensorLike] | None, list[TensorLike] | None]:
    """The inputs, states and constants of a recurrent layer, which may all stand in `inputs`.

    Raises:
        ValueError: they stand in both places.
    """
    if isinstance(inputs, list):
        if initial_state is not None or constants is not None:
            raise ValueError("States and constants are given in the list of inputs or apart.")
        inputs, *others = inputs
        if num_constants:
            constants = others[-num_constants:]
            others = others[:-num_constants]
        initial_state = others or None
    return inputs, listed(initial_state), listed(constants)


def listed(tensors: TensorLike | Sequence[TensorLike] | None) -> list[TensorLike] | None:
    """None, or a list of one or several tensors."""
    if tensors is None:
        return None
    return [*tensors] if isinstance(tensors, list | tuple) else [cast(TensorLike, tensors)]

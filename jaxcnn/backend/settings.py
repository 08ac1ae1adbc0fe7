"""Settings under their Keras names, the learning phase, and automatic names."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Iterator, Sequence
from typing import cast

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.layers import creation, naming
from jaxcnn.layers.naming import get_uid
from jaxcnn.layers.naming import reset_names as reset_uids
from jaxcnn.layers.symbolic.operation import Operation, operation
from jaxcnn.layers.symbolic.saved_call import SavedCall
from jaxcnn.layers.symbolic.types import Tensor, TensorLike
from jaxcnn.runtime import config, context
from jaxcnn.runtime.config import (
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
    set_learning_phase,
)
from jaxcnn.runtime.types import HostArray
from jaxcnn.spellings.keywords import suggesting

__all__ = [
    "backend",
    "cast_to_floatx",
    "clear_session",
    "epsilon",
    "floatx",
    "get_uid",
    "image_data_format",
    "image_dim_ordering",
    "learning_phase",
    "name_scope",
    "reset_uids",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "set_image_dim_ordering",
    "set_learning_phase",
]

ORDERINGS = {"tf": "channels_last", "th": "channels_first"}


def backend() -> str:
    """'jax'.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.backend()
        'jax'

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/__init__.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/__init__.py>
    """
    return "jax"


def image_dim_ordering() -> str:
    """The image data format in Keras 1's words: 'tf' for channels last, 'th' for channels first.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.image_dim_ordering()
        'tf'

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/common.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/common.py>
    """
    return next(ordering for ordering, name in ORDERINGS.items() if name == image_data_format())


@suggesting
def set_image_dim_ordering(dim_ordering: str) -> None:
    """Set the image data format in Keras 1's words, 'tf' or 'th'.

    Args:
        dim_ordering: 'tf' or 'th'.

    Raises:
        ValueError: another word.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.set_image_dim_ordering("tf")

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/common.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/common.py>
    """
    if dim_ordering not in ORDERINGS:
        raise ValueError(
            "dim_ordering must be 'tf' (channels last) or 'th' (channels first), got "
            f"{dim_ordering!r}."
        )
    set_image_data_format(ORDERINGS[dim_ordering])


@suggesting
def cast_to_floatx(x: HostArray) -> np.ndarray:
    """`x` as a NumPy array of the number type `floatx`.

    Args:
        x: tensor, variable or array of any shape, of numbers.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.cast_to_floatx([1, 2])
        array([1., 2.], dtype=float32)

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/common.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/common.py>
    """
    return np.asarray(x, jnp.dtype(floatx()))


@operation()
def training_mode() -> Tensor:
    """The learning phase of the layer that runs, as a boolean."""
    return jnp.asarray(context.training())


def learning_phase() -> int | Tensor:
    """1 in training mode and 0 in inference mode, as far as it is known.

    It is known while a layer runs, and after `set_learning_phase`. Otherwise this is a symbolic
    boolean that `K.function` takes among its inputs, and that a model computes according to its
    mode.

    Examples:
        >>> from jaxcnn import backend as K
        >>> type(K.learning_phase()).__name__
        'SymbolicTensor'

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    if (training := context.training()) is not None:
        return int(training)
    if (fixed := config.learning_phase()) is not None:
        return fixed
    return cast(Tensor, Operation(SavedCall("training_mode", inspect.unwrap(training_mode)))([]))


def is_learning_phase(x: object) -> bool:
    """Whether `x` is the symbolic learning phase."""
    layer = getattr(x, "layer", None)
    return isinstance(layer, Operation) and layer.saved.name == "training_mode"


@suggesting
def name_scope(
    name: str | None, default_name: str | None = None, values: Sequence[TensorLike] | None = None
) -> contextlib.AbstractContextManager[None]:
    """A block whose computations carry `name` in profiles and program listings.

    Args:
        name: the name; None for `default_name`.
        default_name: the name where there is none. Default: None.
        values: tensors of any shape and dtype that are used inside, of which nothing is asked.
            Default: None.

    Raises:
        TypeError: neither name.

    Examples:
        >>> from jaxcnn import backend as K
        >>> with K.name_scope("block"):
        ...     total = K.sum(np.ones(3))

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    if name is None and default_name is None:
        raise TypeError("K.name_scope needs a `name` or a `default_name`.")
    return in_scopes(str(name or default_name))


@contextlib.contextmanager
def in_scopes(name: str) -> Iterator[None]:
    """A block with a name for the compiler and, in a program with a graph, for its variables."""
    with jax.named_scope(name), creation.within_scope(name):
        yield


def clear_session() -> None:
    """Start automatic names again at 1, leave the learning phase open, and draw another seed where
    none was set.

    Examples:
        >>> from jaxcnn import backend as K
        >>> K.clear_session()

    References:
        - Chollet et al., "Keras 2.0.4: keras/backend/tensorflow_backend.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/backend/tensorflow_backend.py>
    """
    naming.reset_names()
    creation.forget()
    config.new_trial()
    set_learning_phase(None)

"""Transfer learning: layers held fixed, and their features computed once and kept in a file.

What is fixed when a model is compiled gets no optimizer state and no gradient is computed for it.
To train some layers slowly instead, see `jaxcnn.optimizers.LayerRates`.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from jaxcnn.layers.base import Layer
from jaxcnn.runtime.types import Config
from jaxcnn.utils.files import atomic_write


class Model(Protocol):
    """The part of a model that transfer learning uses."""

    @property
    def layers(self) -> list[Layer]: ...

    def get_layer(self, name: str) -> Layer: ...

    def get_config(self) -> Config: ...

    def get_weights(self) -> list[np.ndarray]: ...

    def predict(self, x: np.ndarray, batch_size: int) -> np.ndarray: ...


def freeze(model: Model, layers: slice | str | Sequence[str] | None = None) -> list[str]:
    """Hold layers of a model fixed from its next `compile` on, and return their names.

    Args:
        model: the model, built.
        layers: a slice of ``model.layers``, a layer's name, or several; by default all.

    Raises:
        ValueError: a layer name that the model does not have.

    Examples:
        >>> name = model.layers[0].name
        >>> jc.training.freeze(model, name) == [name] == jc.training.unfreeze(model)
        True

    References:
        - Yosinski et al., "How Transferable Are Features in Deep Neural Networks?", 2014,
          <https://arxiv.org/abs/1411.1792>
    """
    return _set_trainable(model, layers, False)


def unfreeze(model: Model, layers: slice | str | Sequence[str] | None = None) -> list[str]:
    """Let layers of a model train from its next `compile` on, and return their names; arguments as
    of `freeze`.

    A layer inside a model that is itself fixed stays fixed.

    Args:
        model: the model, built.
        layers: a slice of ``model.layers``, a layer's name, or several; None for all.

    Raises:
        ValueError: a layer name that the model does not have.

    Examples:
        >>> jc.training.unfreeze(model) == [layer.name for layer in model.layers]
        True

    References:
        - Yosinski et al., "How Transferable Are Features in Deep Neural Networks?", 2014,
          <https://arxiv.org/abs/1411.1792>
    """
    return _set_trainable(model, layers, True)


def _set_trainable(
    model: Model, layers: slice | str | Sequence[str] | None, trainable: bool
) -> list[str]:
    if layers is None or isinstance(layers, slice):
        chosen = model.layers[layers or slice(None)]
    else:
        chosen = [
            model.get_layer(name) for name in ([layers] if isinstance(layers, str) else layers)
        ]
    for layer in chosen:
        layer.trainable = trainable
    return [layer.name for layer in chosen]


def cached_features(
    model: Model, x: np.ndarray, path: str | os.PathLike[str], batch_size: int = 32
) -> np.ndarray:
    """``model.predict(x)``, computed the first time and read from a file afterwards.

    The file remembers the weights and data that it was computed from; for others it is computed
    again. It appears whole or not at all.

    Args:
        model: with one output; the fixed part of a network.
        x: its input, an array (n, ...) as the model takes it.
        path: an .npz file.
        batch_size: of the computation. Default: 32.

    Examples:
        >>> jc.training.cached_features(model, x, "features.npz").shape
        (4, 1)

    References:
        - Donahue et al., "DeCAF: A Deep Convolutional Activation Feature for Generic Visual
          Recognition", 2013, <https://arxiv.org/abs/1310.1531>
    """
    source = _fingerprint(model, x)
    if Path(path).is_file():
        try:
            with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as stored:
                if str(stored["made_of"]) == source:
                    return np.asarray(stored["features"])
        except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile):
            pass  # damaged, or another program's: it is replaced by what it should hold
    features = model.predict(x, batch_size=batch_size)
    with atomic_write(path) as file:
        np.savez(file, made_of=np.array(source), features=features)
    return features


def _fingerprint(model: Model, x: np.ndarray) -> str:
    """A digest that differs between models, weights and data."""
    digest = hashlib.blake2b(repr(model.get_config()).encode(), digest_size=16)
    for array in (*model.get_weights(), np.asarray(x)):
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()

"""`preprocess_weights_for_loading`: the weights of a layer as other versions of Keras had them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jaxcnn.layers import Layer
from jaxcnn.saving.dialects.old_weights import (
    Origin,
    from_file,
    kernels_are_channels_first,
    whole_gates,
)


def preprocess_weights_for_loading(
    layer: Layer,
    weights: Sequence[np.ndarray],
    original_keras_version: str | None = None,
    original_backend: str | None = None,
) -> list[np.ndarray]:
    """A layer's weights in the layout of this library.

    Args:
        layer: the layer, built.
        weights: its arrays, as another version of Keras kept them.
        original_keras_version: that version, such as '1' or '2.0.4'.
        original_backend: 'theano' or 'tensorflow', whose kernels differ.
    """
    version = int((original_keras_version or "2")[:1])
    origin = Origin(version, original_backend or "tensorflow", before_1=False)
    arrays = list(weights)
    if version == 1:
        arrays = whole_gates(layer, arrays)
        origin = origin.deciding(kernels_are_channels_first([(layer, arrays)], origin))
    entries = layer.listed_paths()
    return [
        from_file(owner, path, array, origin)
        for (owner, path), array in zip(entries, arrays, strict=True)
    ]

"""Derivatives of a compiled model's loss by its weights, as the TensorBoard callback shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from jaxcnn import backend as K
from jaxcnn.models import Model, attributes
from jaxcnn.reporting.model_views import ACTIVATION_SAMPLES


class Gradients:
    """The derivatives by the weights that training moves, for validation arrays."""

    def __init__(self, model: Model) -> None:
        targets, weights = attributes.feed_targets(model), attributes.feed_sample_weights(model)
        self.placeholders, self.outputs = [*model.inputs, *targets, *weights], len(targets)
        variables = attributes.collected_trainable_weights(model)
        derivatives = {
            f"{variable.name.replace(':', '_')}_grad": derivative
            for variable, derivative in zip(
                variables, K.gradients(model.total_loss, variables), strict=True
            )
            if derivative is not None  # the loss does not depend on it
        }
        self.names = list(derivatives)
        self.function = K.function(self.placeholders, list(derivatives.values()))

    def values(
        self, validation_data: Sequence[np.ndarray | None]
    ) -> Iterator[tuple[str, np.ndarray]]:
        """(name, values) for each weight, from the first 128 samples of ``[*inputs, *targets,
        *sample_weights]``.
        """
        arrays: list[np.ndarray] = []
        given = [array for array in validation_data if array is not None]
        for number, placeholder in enumerate(self.placeholders):
            if number < len(given):
                array = given[number][:ACTIVATION_SAMPLES]
            else:  # every sample counts as one
                array = np.ones(arrays[number - self.outputs].shape[: placeholder.ndim])
            arrays.append(array.reshape(array.shape + (1,) * (placeholder.ndim - array.ndim)))
        yield from zip(self.names, self.function(arrays), strict=True)

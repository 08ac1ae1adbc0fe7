"""The functional model."""

from __future__ import annotations

from typing import Any

from jaxcnn.models.network import Network
from jaxcnn.training.trainer import Trainer


class Model(Trainer, Network):
    """A model from symbolic `inputs` to symbolic `outputs`, each one tensor or a list.

    ``model.module`` and ``model.variables`` are the pure half: ``model.module.apply(model.variables, x)``.

    Args:
        inputs: from `Input`.
        outputs: from calling layers.
        name: by default 'model_1', ...
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        Network.__init__(self, inputs, outputs, name=name)
        self._reset_training()

"""The functional model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jaxcnn.compat.spellings import old_spellings
from jaxcnn.layers.base import LAYERS
from jaxcnn.models.network import Network
from jaxcnn.saving import structure
from jaxcnn.training.trainer import Trainer


@LAYERS.register("Functional")
@old_spellings
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

    def get_config(self) -> dict[str, Any]:
        """The layers, their settings and how they are connected; not the weights."""
        return structure.graph_config(self)

    @classmethod
    def from_config(cls, settings: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Model:
        """A new model, with new weights, from what `get_config` gave."""
        with structure.custom_object_scope(custom_objects):
            inputs, outputs = structure.build_graph(settings)
        return cls(inputs, outputs, name=settings.get("name"))

    def to_json(self, **options: Any) -> str:
        """The structure as JSON text, for `models.model_from_json`; `options` go to ``json.dumps``."""
        return structure.to_json(self, **options)

    def save(self, filepath: str | Path, overwrite: bool = True, include_optimizer: bool = True) -> None:
        """Write structure, weights, training configuration and optimizer state into one HDF5 file.

        The file appears whole or not at all; `models.load_model` reads it.
        """
        from jaxcnn.saving import hdf5

        hdf5.save_model(self, filepath, overwrite, include_optimizer)

    def save_weights(self, filepath: str | Path, overwrite: bool = True) -> None:
        """Write the weights into an HDF5 file."""
        from jaxcnn.saving import hdf5

        hdf5.save_weights(self, filepath, overwrite)

    def load_weights(self, filepath: str | Path, by_name: bool = False) -> None:
        """Read weights from an HDF5 file: layer by layer in order, or `by_name` into the layers that it names."""
        from jaxcnn.saving import hdf5

        hdf5.load_weights(self, filepath, by_name)

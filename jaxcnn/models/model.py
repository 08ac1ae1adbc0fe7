"""The functional model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jaxcnn import saving
from jaxcnn.layers.base import LAYERS
from jaxcnn.models.network import Network
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.spellings.translate import old_spellings
from jaxcnn.training.trainer import Trainer


@LAYERS.register("Functional")
@old_spellings
class Model(Trainer, Network):
    """A model from symbolic `inputs` to symbolic `outputs`, each one tensor or a list.

    ``model.module`` and ``model.variables`` are the pure half:
    ``model.module.apply(model.variables, x)``.

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
        return saving.graph_config(self)

    @classmethod
    def from_config(
        cls, settings: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> Model:
        """A new model, with new weights, from what `get_config` gave."""
        with custom_object_scope(custom_objects):
            inputs, outputs = saving.build_graph(settings)
        model = cls(inputs, outputs, name=settings.get("name"))
        model.trainable = settings.get("trainable", True)
        return model

    def to_json(self, **options: Any) -> str:
        """The structure as JSON text, for `models.model_from_json`; `options` go to ``json.dumps``."""
        return saving.to_json(self, **options)

    def to_yaml(self, **options: Any) -> str:
        """The structure as YAML text, for `models.model_from_yaml`; `options` go to
        ``yaml.safe_dump``.
        """
        return saving.to_yaml(self, **options)

    def save(
        self, filepath: str | Path, overwrite: bool = True, include_optimizer: bool = True
    ) -> None:
        """Write structure, weights, training configuration and optimizer state into one file.

        It is HDF5 as Keras 2 writes it, or what Keras 3 writes where the name ends in '.keras';
        Keras 3 reads both. The file appears whole or not at all; `models.load_model` reads it.
        """
        saving.save_model(self, filepath, overwrite, include_optimizer)

    def save_weights(self, filepath: str | Path, overwrite: bool = True) -> None:
        """Write the weights: into HDF5 as Keras 2 does, or as Keras 3 where the name ends in
        '.weights.h5'.
        """
        saving.save_weights(self, filepath, overwrite)

    def load_weights(
        self, filepath: str | Path, by_name: bool = False, skip_mismatch: bool = False
    ) -> None:
        """Read weights from a file of any Keras: all that fit, or after an error none.

        Args:
            filepath: any name; the content decides.
            by_name: whether to load into the layers of the same names, instead of one after
                another.
            skip_mismatch: whether to leave layers as they are whose weights have other shapes, with
                a warning.
        """
        saving.load_weights(self, filepath, by_name, skip_mismatch)

    def export(
        self, filepath: str | Path, platforms: Sequence[str] = ("cpu", "cuda", "tpu")
    ) -> None:
        """Write the inference function as a StableHLO program with its weights, for any batch size.

        `jaxcnn.saving.load_exported` makes a function of it, anywhere where JAX is, without this
        model's code.
        """
        saving.export_model(self, filepath, platforms)

    def export_onnx(self, filepath: str | Path, batch_size: int = 1) -> None:
        """Write the inference function as an ONNX program with its weights, for `batch_size`
        samples at a time.
        """
        saving.export_onnx(self, filepath, batch_size)

"""The callback that writes logs for TensorBoard."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping, Sequence

import numpy as np

from jaxcnn.callbacks.base import Callback, LogDict
from jaxcnn.layers import Layer
from jaxcnn.models import Model
from jaxcnn.reporting.event_file import EventFile
from jaxcnn.reporting.gradients import Gradients
from jaxcnn.reporting.model_views import ActivationModel, layer_graph, named_weights, weight_image
from jaxcnn.runtime.types import Config, DataLike, Settings
from jaxcnn.runtime.warn import warn_user
from jaxcnn.spellings.dialect import chosen, dialect
from jaxcnn.spellings.translate import old_spellings
from jaxcnn.utils.files import atomic_write


@old_spellings
class TensorBoard(Callback):
    """Writes curves, histograms, images, the graph and embeddings for `tensorboard --logdir`.

    The files are written without TensorFlow and without TensorBoard; `pip install tensorboard`
    provides the viewer.

    Args:
        log_dir: folder of the files. Default: './logs'.
        histogram_freq: every so many epochs, write histograms of all weights and, when
            `validation_data` was given as arrays, of the outputs of all layers for its first 128
            samples; 0 for never. Default: 0.
        write_graph: write the graph of the layers. Default: True.
        write_images: write images of the weights, along with the histograms or, without those, at
            the end of training. At most the first 1024 rows and columns of a matrix and 64 x 64
            kernels are shown. Default: False.
        embeddings_freq: every so many epochs, write the weights of the embedding layers for the
            projector; 0 for never. Default: 0.
        embeddings_layer_names: the layers to write; by default all `Embedding` layers.
        embeddings_metadata: file of labels, relative to `log_dir`, or a dict from layer names to
            such files. Default: None.
        update_freq: "epoch", or "batch" or a number of samples to write the values of single
            batches too (as `batch_loss`, ... over the number of samples seen), which makes the loop
            wait for every batch. Default: 'epoch'.
        batch_size: of the pass that makes histograms, which has no bearing on them. Default: 32.
        embeddings_data: inputs (n, ...), as the model takes them, for which the outputs of the
            layers are written for the projector, instead of the layers' weights. Default: None.
        write_grads: write histograms of the derivatives of the loss by the weights, too, for the
            same samples as those of the outputs. Default: False.

    Raises:
        ValueError: another `update_freq`, or a name in `embeddings_layer_names` that no layer has.

    Examples:
        >>> import pathlib
        >>> board = jc.callbacks.TensorBoard("logs")
        >>> history = model.fit(x, y, epochs=1, verbose=0, callbacks=[board])
        >>> len(list(pathlib.Path("logs").glob("*tfevents*")))
        1

    References:
        - Chollet et al., "Keras 2.0.4: keras/callbacks.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/callbacks.py>
    """

    once_per_job = True

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "./logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        embeddings_freq: int = 0,
        embeddings_layer_names: Sequence[str] | None = None,
        embeddings_metadata: str | Mapping[str, str] | None = None,
        update_freq: str | int = "epoch",
        *,
        batch_size: int = 32,
        write_grads: bool = False,
        embeddings_data: DataLike = None,
    ):
        if update_freq not in ("epoch", "batch") and not (
            isinstance(update_freq, int) and update_freq > 0
        ):
            raise ValueError(
                f"update_freq must be 'epoch', 'batch' or a number of samples, got {update_freq!r}."
            )
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = histogram_freq
        self.write_graph = write_graph
        self.write_images = write_images
        self.embeddings_freq = embeddings_freq
        self.embeddings_layer_names = embeddings_layer_names
        self.embeddings_metadata = embeddings_metadata
        self.embeddings_data = embeddings_data
        self.update_freq, self.write_grads, self.batch_size = update_freq, write_grads, batch_size
        if update_freq != "epoch":
            self.on_batch_end = self._write_batch  # type: ignore[method-assign]
        self._events: EventFile | None = None
        self._reset()

    def _reset(self) -> None:
        self._epochs = 0  # the index of the next epoch
        self._samples = 0  # samples seen in batches
        self._unwritten = 0  # of these, since the last point
        self._activations: ActivationModel | None = None
        self._gradients: Gradients | None = None

    def on_train_begin(self, logs: LogDict | None = None) -> None:
        self._reset()
        if self.embeddings_freq:
            self._write_projector_config()
        if self.histogram_freq:
            self._prepare_activations()
        self._events = EventFile(self.log_dir)
        if self.write_graph:
            self._events.graph(layer_graph(self.model))
        self._events.flush()

    def _write_batch(self, batch: int, logs: LogDict | None = None) -> None:
        values = dict(logs or {})
        values.pop("batch", None)
        size = int(values.pop("size", 0))
        self._samples += size
        self._unwritten += size
        if self._events and (
            self.update_freq == "batch" or self._unwritten >= int(self.update_freq)
        ):
            self._unwritten = 0
            self._events.scalars(
                {f"batch_{name}": value for name, value in values.items()}, self._samples
            )

    def on_epoch_end(self, epoch: int, logs: LogDict | None = None) -> None:
        if self._events is None:
            return
        self._epochs = epoch + 1
        self._events.scalars(logs or {}, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_histograms(self._events, epoch)
            if self.write_images:
                self._write_images(self._events, epoch)
        if self.embeddings_freq and epoch % self.embeddings_freq == 0:
            for layer in self._embedding_layers():
                self._write_embedding(layer)
        self._events.flush()

    def on_train_end(self, logs: LogDict | None = None) -> None:
        if self._events is None:
            return
        if self.write_images and not self.histogram_freq:
            self._write_images(self._events, max(0, self._epochs - 1))
        self._events.flush()
        self._events = None

    def on_interruption(self, error: BaseException) -> None:
        if self._events is not None:
            self._events.flush()
            self._events = None

    def get_state(self) -> Config:
        return {"epochs": self._epochs, "samples": self._samples, "unwritten": self._unwritten}

    def set_state(self, state: Settings) -> None:
        self._epochs, self._samples, self._unwritten = (
            state[name] for name in ("epochs", "samples", "unwritten")
        )
        if self._events and self.update_freq == "epoch":  # else steps are samples, not epochs
            self._events.restart(self._epochs)

    def _prepare_activations(self) -> None:
        if self.validation_data is not None:
            self._activations = ActivationModel(self.model)
            self._gradients = Gradients(self.model) if self.write_grads else None
            return
        if chosen() and dialect().since_2_2:
            raise ValueError(
                "If printing histograms, validation_data must be provided, and cannot be a "
                "generator."
            )
        message = (
            "TensorBoard: histograms of the layers' outputs need validation_data given as arrays; "
            "only those of the weights are written."
        )
        warnings.warn(message, RuntimeWarning, stacklevel=4)

    def _write_histograms(self, events: EventFile, epoch: int) -> None:
        for name, weight in named_weights(self.model):
            events.histogram(name, weight, epoch)
        if self._activations is not None and self.validation_data is not None:
            for name, values in self._activations.outputs(self.validation_data):
                events.histogram(name, values, epoch)
        if self._gradients is not None and self.validation_data is not None:
            for name, values in self._gradients.values(self.validation_data):
                events.histogram(name, values, epoch)

    def _write_images(self, events: EventFile, epoch: int) -> None:
        for name, weight in named_weights(self.model):
            if weight.size:
                # A tag shows one kind of data only; histograms have the plain name.
                events.image(f"{name}/image", weight_image(weight), epoch)

    def _embedding_layers(self) -> list[Layer]:
        layers = self.model.layers
        if not self.embeddings_layer_names:
            return [layer for layer in layers if type(layer).__name__ == "Embedding"]
        known = {layer.name: layer for layer in layers}
        for name in self.embeddings_layer_names:
            if name not in known:
                message = (
                    f"TensorBoard: no layer is called {name!r}. The layers: {', '.join(known)}."
                )
                if not chosen():
                    raise ValueError(message)
                warn_user(message)  # old Keras takes those that there are
        return [known[name] for name in self.embeddings_layer_names if name in known]

    def _write_projector_config(self) -> None:
        """Write projector_config.pbtxt, which names the tables; its strings are those of JSON."""
        metadata = self.embeddings_metadata or {}
        entries = []
        for layer in self._embedding_layers():
            lines = [
                f"tensor_name: {json.dumps(layer.name)}",
                f"tensor_path: {json.dumps(layer.name + '.tsv')}",
            ]
            labels = metadata if isinstance(metadata, str) else metadata.get(layer.name)
            if labels:
                lines.append(f"metadata_path: {json.dumps(labels)}")
            entries.append("embeddings {\n  " + "\n  ".join(lines) + "\n}\n")
        with atomic_write(os.path.join(self.log_dir, "projector_config.pbtxt"), "w") as file:
            file.write("".join(entries))

    def _write_embedding(self, layer: Layer) -> None:
        if self.embeddings_data is None:
            table = layer.get_weights()[0]
        else:
            outputs = Model(self.model.inputs, layer.output).predict(self.embeddings_data)
            table = outputs.reshape(len(outputs), -1)
        with atomic_write(os.path.join(self.log_dir, layer.name + ".tsv"), "w") as file:
            np.savetxt(file, table, fmt="%.6g", delimiter="\t")

"""The model of Keras before 1.0 with several inputs and outputs: data are arrays by their names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from jaxcnn import saving
from jaxcnn.callbacks import Callback, History
from jaxcnn.compat.graph_nodes import NamedNodes
from jaxcnn.models import Model
from jaxcnn.runtime.types import Settings
from jaxcnn.spellings.translate import warn

# Arrays by the names of inputs and outputs.
Named: TypeAlias = Mapping[str, ArrayLike]
# What a generator yields: arrays, perhaps with weights of the samples by outputs.
Portion: TypeAlias = Named | tuple[Named, Named]

REPORTED = ("loss", "acc", "val_loss", "val_acc")


class Graph(NamedNodes):
    """A model of named inputs, nodes and outputs; data are dicts of arrays by these names.

    It is a `Model` inside, made when the graph is first used; what is not said here is that one's.

    Attributes:
        nodes: name -> layer.
        inputs, outputs: name -> layer.
        input_order, output_order: their names in the order in which they were added.

    Examples:
        >>> from jaxcnn.compat.graph_model import Graph
        >>> graph = Graph()
        >>> graph.add_input("a", input_shape=(4,))
        >>> graph.add_node(jc.layers.Dense(2), name="b", input="a")
        >>> graph.add_output("c", input="b")
        >>> graph.predict({"a": np.zeros((3, 4))})["c"].shape
        (3, 2)

    References:
        - Chollet et al., "Keras 0.3.3: keras/models.py", 2016,
          <https://github.com/keras-team/keras/blob/0.3.3/keras/models.py>
    """

    def compile(
        self,
        optimizer: Any,
        loss: Mapping[str, Any],
        sample_weight_modes: Mapping[str, str | None] | None = None,
        loss_weights: Mapping[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        """Say how to train.

        Args:
            optimizer: name or object.
            loss: output -> loss.
            sample_weight_modes: output -> 'temporal' or None. Default: None.
            loss_weights: output -> factor of its loss, 1 where it is not said. Default: None.
            **kwargs: were for Theano, and are left out.
        """
        if not isinstance(loss, Mapping):
            raise TypeError('The "loss" argument should be a dictionary.')
        if missing := [name for name in self.output_order if name not in loss]:
            raise ValueError(f"Graph: no loss is given for the output {missing[0]!r}.")
        self.loss = loss
        modes = sample_weight_modes or {}
        factors = loss_weights or {}
        self.model.compile(
            optimizer,
            [loss[name] for name in self.output_order],
            loss_weights=[factors.get(name, 1.0) for name in self.output_order],
            sample_weight_mode=[modes.get(name) for name in self.output_order],
        )

    def fit(
        self,
        data: Named,
        batch_size: int = 128,
        nb_epoch: int = 100,
        verbose: int = 1,
        callbacks: Sequence[Callback] = (),
        validation_split: float = 0.0,
        validation_data: Named | None = None,
        shuffle: bool | str = True,
        show_accuracy: bool = False,
        class_weight: Settings | None = None,
        sample_weight: Named | None = None,
    ) -> History:
        """Train on arrays by the names of inputs and outputs.

        Args:
            data: name -> array (samples, ...).
            batch_size: samples a batch. Default: 128.
            nb_epoch: number of epochs. Default: 100.
            verbose: 0 is silent, 1 a bar, 2 a line an epoch. Default: 1.
            callbacks: the user's. Default: ().
            validation_split: the part, from the end, that is held out. Default: 0.0.
            validation_data: name -> array, in place of it. Default: None.
            shuffle: whether to shuffle the samples, or 'batch'. Default: True.
            show_accuracy: whether to report the accuracy, of a graph with one output. Default:
                False.
            class_weight: left out with a warning, as Keras 0.3 did without one. Default: None.
            sample_weight: output -> weights of the samples. Default: None.

        Returns:
            The history, with "loss" and, if it was asked for, "acc".
        """
        self._require_one_output(show_accuracy)
        if class_weight:
            warn("Graph.fit leaves `class_weight` out, as Keras 0.3 did: give `sample_weight`.")
        history = self.model.fit(
            *self._arrays(data),
            batch_size=batch_size,
            epochs=nb_epoch,
            verbose=verbose,
            callbacks=list(callbacks),
            validation_split=validation_split,
            validation_data=None if validation_data is None else self._arrays(validation_data),
            shuffle=shuffle,
            sample_weight=self._of_outputs(sample_weight),
            **_shown(show_accuracy),
        )
        return _reported(history)

    def evaluate(
        self,
        data: Named,
        batch_size: int = 128,
        show_accuracy: bool = False,
        verbose: int = 0,
        sample_weight: Named | None = None,
    ) -> float | list[float]:
        """The loss, or with `show_accuracy` a list of it and the accuracy; see `fit`."""
        self._require_one_output(show_accuracy)
        values = self.model.evaluate(
            *self._arrays(data),
            batch_size=batch_size,
            verbose=verbose,
            sample_weight=self._of_outputs(sample_weight),
            **_shown(show_accuracy),
        )
        return _first(values, show_accuracy)

    def predict(
        self, data: Named, batch_size: int = 128, verbose: int = 0
    ) -> dict[str, np.ndarray]:
        """Output -> array (samples, ...); arguments as of `fit`."""
        arrays = [np.asarray(data[name]) for name in self.input_order]
        values = self.model.predict(arrays, batch_size=batch_size, verbose=verbose)
        return self._named(values)

    def train_on_batch(
        self,
        data: Named,
        accuracy: bool = False,
        class_weight: Settings | None = None,
        sample_weight: Named | None = None,
    ) -> list[float]:
        """One update; a list of the loss and, with `accuracy`, the accuracy. See `fit`."""
        self._require_one_output(accuracy)
        values = self.model.train_on_batch(
            *self._arrays(data),
            class_weight=self._of_outputs(class_weight),
            sample_weight=self._of_outputs(sample_weight),
            **_shown(accuracy, "accuracy"),
        )
        return _listed(values, accuracy)

    def test_on_batch(
        self, data: Named, accuracy: bool = False, sample_weight: Named | None = None
    ) -> list[float]:
        """As `train_on_batch`, without an update."""
        self._require_one_output(accuracy)
        values = self.model.test_on_batch(
            *self._arrays(data),
            sample_weight=self._of_outputs(sample_weight),
            **_shown(accuracy, "accuracy"),
        )
        return _listed(values, accuracy)

    def predict_on_batch(self, data: Named) -> dict[str, np.ndarray]:
        """Output -> array (samples, ...), computed in one batch."""
        arrays = [np.asarray(data[name]) for name in self.input_order]
        return self._named(self.model.predict_on_batch(arrays))

    def fit_generator(
        self,
        generator: Iterable[Portion],
        samples_per_epoch: int,
        nb_epoch: int,
        verbose: int = 1,
        show_accuracy: bool = False,
        callbacks: Sequence[Callback] = (),
        validation_data: Named | Iterable[Portion] | None = None,
        nb_val_samples: int | None = None,
        class_weight: Settings | None = None,
        nb_worker: int = 1,
        nb_val_worker: int | None = None,
    ) -> History:
        """Train on dicts of arrays, or pairs of them and weights, that a generator yields.

        Args:
            generator: which never ends.
            samples_per_epoch: samples an epoch.
            nb_epoch: number of epochs.
            verbose: 0 is silent, 1 a bar, 2 a line an epoch. Default: 1.
            show_accuracy: whether to report the accuracy, of a graph with one output. Default:
                False.
            callbacks: the user's. Default: ().
            validation_data: name -> array, or a generator of such. Default: None.
            nb_val_samples: samples of that generator. Default: None.
            class_weight: output -> weights of its classes. Default: None.
            nb_worker: number of threads. Default: 1.
            nb_val_worker: the same for the validation; it changes nothing. Default: None.

        Returns:
            The history, with "loss" and, if it was asked for, "acc".
        """
        self._require_one_output(show_accuracy)
        held_out: Any = validation_data
        if isinstance(validation_data, Mapping):
            held_out = self._arrays(validation_data)
        elif validation_data is not None:
            held_out = self._portions(validation_data)
        further: dict[str, Any] = {"nb_worker": nb_worker, **_shown(show_accuracy)}
        if nb_val_samples is not None:
            further["nb_val_samples"] = nb_val_samples
        model: Any = self.model  # whose arguments have the names of that time
        history = model.fit_generator(
            self._portions(generator),
            samples_per_epoch,
            nb_epoch,
            verbose=verbose,
            callbacks=list(callbacks),
            validation_data=held_out,
            class_weight=self._of_outputs(class_weight),
            **further,
        )
        return _reported(history)

    def evaluate_generator(
        self,
        generator: Iterable[Portion],
        nb_val_samples: int,
        show_accuracy: bool = False,
        verbose: int = 1,
        **kwargs: Any,
    ) -> float | list[float]:
        """As `evaluate`, on so many samples that a generator yields; silent.

        `verbose` and `kwargs`, which were for the workers, change nothing.
        """
        self._require_one_output(show_accuracy)
        model: Any = self.model
        values = model.evaluate_generator(
            self._portions(generator), nb_val_samples, **_shown(show_accuracy)
        )
        return _first(values, show_accuracy)

    def _require_one_output(self, accuracy: bool) -> None:
        if accuracy and len(self.output_order) != 1:
            raise ValueError(
                'In a Graph model, "show_accuracy" can only be used if your Graph has exactly one '
                "output. Otherwise accuracy is ill-defined."
            )

    def _arrays(self, data: Named) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """(arrays of the inputs, arrays of the outputs)."""
        if missing := [n for n in (*self.input_order, *self.output_order) if n not in data]:
            raise ValueError(
                f"Graph: the data has nothing for {missing[0]!r}; given {', '.join(data)}."
            )
        return tuple(  # type: ignore[return-value]
            [np.asarray(data[name]) for name in order]
            for order in (self.input_order, self.output_order)
        )

    def _of_outputs(self, given: Mapping[str, Any] | None) -> list[Any] | None:
        """One for each output, None where nothing is said."""
        return [given.get(name) for name in self.output_order] if given else None

    def _named(self, values: np.ndarray | list[np.ndarray]) -> dict[str, np.ndarray]:
        listed = values if isinstance(values, list) else [values]
        return dict(zip(self.output_order, listed, strict=True))

    def _portions(self, generator: Iterable[Portion]) -> Iterator[tuple[Any, ...]]:
        for portion in generator:
            data, weights = portion if isinstance(portion, tuple | list) else (portion, None)
            x, y = self._arrays(data)
            given = self._of_outputs(weights)
            yield (x, y) if given is None else (x, y, given)


def model_from_json(json_string: str, custom_objects: Settings | None = None) -> Model | Graph:
    """A new model or graph from a text of `to_json`.

    Args:
        json_string: the text.
        custom_objects: name -> the user's class or function. Default: None.
    """
    config = json.loads(json_string)
    if isinstance(config, dict) and config.get("name") == "Graph" and "node_config" in config:
        return Graph.from_config(config, custom_objects)
    model: Model = saving.model_from_json(json_string, custom_objects)
    return model


def _shown(accuracy: bool, word: str = "show_accuracy") -> dict[str, Any]:
    """The argument by which a call reports the accuracy."""
    return {word: True} if accuracy else {}


def _listed(values: Any, accuracy: bool) -> list[float]:
    """The loss and, where it was asked for, the accuracy."""
    return [float(value) for value in np.ravel(values)[: 1 + accuracy]]


def _first(values: Any, accuracy: bool) -> float | list[float]:
    listed = _listed(values, accuracy)
    return listed if accuracy else listed[0]


def _reported(history: History) -> History:
    """A history without the losses of single outputs."""
    for name in [name for name in history.history if name not in REPORTED]:
        del history.history[name]
    return history

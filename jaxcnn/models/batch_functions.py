"""The functions of lists of arrays by which programs for Keras 1 and 2 run a compiled model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from jaxcnn.models.network import one_or_all
from jaxcnn.runtime.types import PyTree
from jaxcnn.training import predict, single_batch
from jaxcnn.training.compile import warn_if_changed
from jaxcnn.training.input import Data
from jaxcnn.training.loss_graph import loss_graph
from jaxcnn.training.trainable import Trainable

REPLACED = (
    "`{name}` cannot be replaced by that: training goes by a function of lists of arrays, tests "
    "and predictions by what `compile` was given. Call your function in a loop of your own."
)


class BatchFunction:
    """What Keras calls a model's train, test or predict function.

    It takes a list of arrays, such as inputs, targets and sample weights, perhaps with the learning
    phase at the end, and returns a list.

    Args:
        name: of the function.
        run: ``run(inputs, targets, sample weights)``.
        counts: how many there are of each.
    """

    def __init__(self, name: str, run: Callable[..., PyTree], counts: tuple[int, int, int]) -> None:
        self.name, self.run, self.counts = name, run, counts

    def __call__(self, arrays: Sequence[PyTree]) -> list[np.ndarray]:
        """The results for a list of arrays.

        Raises:
            ValueError: another number of arrays.
        """
        counts = self.counts
        if len(arrays) not in (sum(counts), sum(counts) + 1):
            raise ValueError(
                f"{self.name} takes {counts[0]} inputs, {counts[1]} targets and {counts[2]} sample "
                f"weights, and perhaps the learning phase; given {len(arrays)} arrays."
            )
        listed, groups = list(arrays), []
        for count in counts:
            groups.append([listed.pop(0) for _ in range(count)])
        results = self.run(*(one_or_all(group) for group in groups if group))
        return [np.asarray(r) for r in (results if isinstance(results, list) else [results])]


class Replaceable:
    """An attribute of a model that is one of its functions, or None before it is asked for."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, model: Trainable | None, owner: type | None = None) -> PyTree:
        return self if model is None else vars(model).get(f"_{self.name}")

    def __set__(self, model: Trainable, value: object) -> None:
        """With None the next call makes another; training goes by a function of the user's.

        Raises:
            TypeError: another function for tests or predictions, which would not be called.
        """
        if value is None:
            vars(model).pop(f"_{self.name}", None)
            model.program.functions = model.program.train_function = None
            return
        if self.name != "train_function" or not callable(value):
            raise TypeError(REPLACED.format(name=self.name))
        vars(model)[f"_{self.name}"] = model.program.train_function = value


def prepared(model: Trainable, name: str, make: Callable[[Trainable], BatchFunction]) -> None:
    """Make one of the functions of a model, unless it is there."""
    if f"_{name}" not in vars(model):
        vars(model)[f"_{name}"] = make(model)


def counts(model: Trainable) -> tuple[int, int, int]:
    """How many inputs, targets and sample weights a compiled model has."""
    targets = len(loss_graph(model, model.program).targets)
    return len(model.inputs), targets, targets


# Functions of modules, so that a model that has them can be pickled.
def trained(model: Trainable, x: PyTree, y: PyTree = None, weights: PyTree = None) -> PyTree:
    """What an update of a model returns."""
    return single_batch.train_on_batch(model, model.program, Data(x, y, weights))


def tested(model: Trainable, x: PyTree, y: PyTree = None, weights: PyTree = None) -> PyTree:
    """What a test of a model returns."""
    return single_batch.test_on_batch(model, model.program, Data(x, y, weights))


def predicted(model: Trainable, x: PyTree) -> PyTree:
    """What a prediction of a model returns."""
    return predict.predict_on_batch(model, model.program, x)


def training(model: Trainable) -> BatchFunction:
    """One update of a model."""
    return BatchFunction("train_function", partial(trained, model), counts(model))


def testing(model: Trainable) -> BatchFunction:
    """The loss and metrics of a model."""
    return BatchFunction("test_function", partial(tested, model), counts(model))


def prediction(model: Trainable) -> BatchFunction:
    """The outputs of a model."""
    return BatchFunction("predict_function", partial(predicted, model), (len(model.inputs), 0, 0))


def make_train_function(model: Trainable) -> None:
    """Make `train_function` from what the model is compiled to."""
    prepared(model, "train_function", training)


def make_test_function(model: Trainable) -> None:
    """Make `test_function` from what the model is compiled to."""
    prepared(model, "test_function", testing)


def make_predict_function(model: Trainable) -> None:
    """Make `predict_function`."""
    prepared(model, "predict_function", prediction)


def check_trainable_weights(model: Trainable) -> None:
    """Warn where `trainable` has changed since the model was compiled."""
    if model.program.trained is not None:
        warn_if_changed(model, model.program)

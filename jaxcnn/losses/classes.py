"""Every loss function as a class that holds its options, made from the function's parameters."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

from jaxcnn.losses import functions
from jaxcnn.losses.functions import registry
from jaxcnn.losses.loss import Loss
from jaxcnn.runtime.docstrings import entries, joined, listed, sections
from jaxcnn.runtime.types import ArrayFunction


def _loss_class(name: str, function: ArrayFunction) -> Any:
    """The class whose fields are the options of ``function``: its further parameters.

    Its docstring is that of the function, with the class called in the example.
    """
    options = list(inspect.signature(function).parameters.values())[2:]
    parts = sections(function.__doc__)
    texts = entries(parts.get("Args", ""))  # none where Python leaves out docstrings
    told = {option.name: texts[option.name] for option in options if option.name in texts}
    example = parts.get("Examples", "")
    example = example.replace(f"jc.losses.{function.__name__}(", f"jc.losses.{name}()(")
    loss_class = dataclasses.make_dataclass(
        name,
        [(option.name, option.annotation, option.default) for option in options],
        bases=(Loss,),
        frozen=True,
        namespace={
            "function": staticmethod(function),
            "__doc__": joined({**parts, "Args": listed(told), "Examples": example}),
            "__module__": __name__,
        },
    )
    return registry.register()(loss_class)


MeanSquaredError = _loss_class("MeanSquaredError", functions.mean_squared_error)
MeanAbsoluteError = _loss_class("MeanAbsoluteError", functions.mean_absolute_error)
MeanAbsolutePercentageError = _loss_class(
    "MeanAbsolutePercentageError", functions.mean_absolute_percentage_error
)
MeanSquaredLogarithmicError = _loss_class(
    "MeanSquaredLogarithmicError", functions.mean_squared_logarithmic_error
)
Hinge = _loss_class("Hinge", functions.hinge)
SquaredHinge = _loss_class("SquaredHinge", functions.squared_hinge)
CategoricalHinge = _loss_class("CategoricalHinge", functions.categorical_hinge)
LogCosh = _loss_class("LogCosh", functions.logcosh)
Huber = _loss_class("Huber", functions.huber)
CategoricalCrossentropy = _loss_class("CategoricalCrossentropy", functions.categorical_crossentropy)
SparseCategoricalCrossentropy = _loss_class(
    "SparseCategoricalCrossentropy", functions.sparse_categorical_crossentropy
)
BinaryCrossentropy = _loss_class("BinaryCrossentropy", functions.binary_crossentropy)
KLDivergence = _loss_class("KLDivergence", functions.kullback_leibler_divergence)
Poisson = _loss_class("Poisson", functions.poisson)
CosineProximity = _loss_class("CosineProximity", functions.cosine_proximity)

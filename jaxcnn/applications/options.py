"""The arguments that every application has."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from jaxcnn import activations
from jaxcnn.layers import Dense, GlobalAveragePooling2D, GlobalMaxPooling2D, SymbolicTensor
from jaxcnn.runtime.types import Identifier

IMAGENET_CLASSES = 1000


@dataclass(frozen=True)
class Options:
    """The arguments that every application has, besides those of its input.

    Attributes:
        include_top: whether the network ends in its classifier.
        weights: None, "imagenet" or the path of a weight file.
        pooling: without the classifier: None for the maps, "avg" or "max" for a vector.
        classes: the number of classes of the classifier.
        classifier_activation: its activation; None gives logits.
    """

    include_top: bool
    weights: str | os.PathLike[str] | None
    pooling: str | None
    classes: int
    classifier_activation: Identifier

    def predictions(self, x: SymbolicTensor, **arguments: Any) -> SymbolicTensor:
        """The dense layer 'predictions' with the chosen number of classes and activation."""
        activation = self.classifier_activation
        return Dense(self.classes, activation=activation, **{"name": "predictions", **arguments})(x)

    def head(
        self, x: SymbolicTensor, average: str | None = None, largest: str | None = None
    ) -> SymbolicTensor:
        """Global average and predictions, or without the classifier the chosen pooling.

        Args:
            x: the last maps.
            average, largest: names of the pools.
        """
        if self.include_top:
            return self.predictions(GlobalAveragePooling2D(name=average)(x))
        return self.pooled(x, average, largest)

    def pooled(
        self, x: SymbolicTensor, average: str | None = None, largest: str | None = None
    ) -> SymbolicTensor:
        """The maps as `pooling` asks for them; arguments as of `head`."""
        if self.pooling == "avg":
            return GlobalAveragePooling2D(name=average)(x)
        if self.pooling == "max":
            return GlobalMaxPooling2D(name=largest)(x)
        return x

    def check(self, application: str) -> None:
        """Refuse choices that exclude each other or do not exist.

        Raises:
            ValueError: one of them, by name.
        """
        if self.pooling not in (None, "avg", "max"):
            raise ValueError(
                f"{application}: `pooling` is {self.pooling!r}; it is None, 'avg' or 'max'."
            )
        if not isinstance(self.classes, int) or self.classes < 1:
            raise ValueError(
                f"{application}: `classes` is {self.classes!r}; it must be a positive integer."
            )
        if self.weights == "imagenet" and self.include_top:
            if self.classes != IMAGENET_CLASSES:
                raise ValueError(
                    f"{application}: the ImageNet classifier has {IMAGENET_CLASSES} classes, but "
                    f"`classes` is {self.classes}; use weights=None, or include_top=False and a "
                    "classifier of your own."
                )
            activation = activations.get(self.classifier_activation)
            if activation not in (activations.softmax, activations.linear):
                raise ValueError(
                    f"{application}: with ImageNet weights `classifier_activation` is 'softmax' or "
                    f"None; given {self.classifier_activation!r}."
                )

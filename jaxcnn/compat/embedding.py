"""The Embedding of Keras 1, which drops words: whole rows of its matrix."""

from __future__ import annotations

from typing import Any

from jaxcnn import backend as K
from jaxcnn import layers
from jaxcnn.layers.base import LAYERS
from jaxcnn.layers.config_words import in_words_of_program
from jaxcnn.runtime.types import Config, PyTree


class Dropping(type(layers.Embedding)):  # type: ignore[misc]
    """What makes `Embedding` the class of both: `dropout` says whose object comes."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is not Embedding:
            return super().__call__(*args, **kwargs)
        if kwargs.get("dropout"):
            return EmbeddingWithDropout(*args, **kwargs)
        kwargs.pop("dropout", None)
        return layers.Embedding(*args, **kwargs)

    def __instancecheck__(cls, thing: object) -> bool:
        if cls is Embedding:
            return isinstance(thing, layers.Embedding)
        return bool(super().__instancecheck__(thing))


class Embedding(layers.Embedding, metaclass=Dropping):
    """``Embedding(input_dim, output_dim, dropout=)``; without dropout that of all later Keras."""


@LAYERS.register()
class EmbeddingWithDropout(layers.Embedding):
    """An Embedding that in training zeros some rows of its matrix, and scales the others up.

    A word is dropped wherever it stands in the batch. As there a rate of 1 or more drops nothing.
    """

    def __init__(self, *args: Any, dropout: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dropout = dropout

    def call(self, inputs: PyTree, *args: PyTree, mask: PyTree = None, **kwargs: PyTree) -> PyTree:
        """(batch, steps, output_dim)."""
        rows = self.embeddings
        if 0 < self.dropout < 1:
            remains = 1 - self.dropout
            factors = K.random_binomial((self.input_dim, 1), p=remains) / remains
            rows = K.in_train_phase(rows * factors, rows)
        return K.gather(rows, K.cast(inputs, "int32"))

    @in_words_of_program
    def get_config(self) -> Config:
        """The arguments of the constructor."""
        return {**super().get_config(), "dropout": self.dropout}

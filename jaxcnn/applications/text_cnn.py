"""A convolutional network over word vectors for the classes of texts."""

from __future__ import annotations

from jaxcnn.layers import Conv1D, Dense, Dropout, Embedding, Flatten, MaxPooling1D
from jaxcnn.models import Sequential
from jaxcnn.runtime.types import ArrayLike, Config


def TextCNN(
    words: int = 20000,
    dimensions: int = 100,
    length: int = 1000,
    classes: int = 20,
    embedding: ArrayLike | None = None,
) -> Sequential:
    """Three convolutions of five words each.

    819,604 trained parameters by default, besides the word vectors.

    Args:
        words: size of the vocabulary, the padding 0 included. Default: 20000.
        dimensions: of the word vectors. Default: 100.
        length: words of each text; at least 994, because the pools leave one step of 875. Default:
            1000.
        classes: how many. Default: 20.
        embedding: float32 (words, dimensions), ready vectors, which are not trained; without them
            the vectors are learned. Default: None.

    Examples:
        >>> jc.applications.TextCNN(words=1000, dimensions=8, classes=4).output_shape
        (None, 4)

    References:
        - Kim, "Convolutional Neural Networks for Sentence Classification", 2014,
          <https://arxiv.org/abs/1408.5882>
    """
    settings: Config = {} if embedding is None else {"weights": [embedding], "trainable": False}
    model = Sequential(
        [Embedding(words, dimensions, input_length=length, **settings)], name="text_cnn"
    )
    for pool, rate in ((5, 0.4), (5, 0.4), (35, 0.25)):
        model.add(Conv1D(256, 5, activation="relu"))
        model.add(MaxPooling1D(pool))
        model.add(Dropout(rate))
    for layer in (Flatten(), Dense(128, activation="relu"), Dense(classes, activation="softmax")):
        model.add(layer)
    return model

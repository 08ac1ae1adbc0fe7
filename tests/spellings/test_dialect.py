"""What the versions of Keras mean where they differ: values of the real 1.2.2, 2.0.4 and 2.2.4."""

import numpy as np
import pytest

from jaxcnn.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    MaxPooling2D,
)
from jaxcnn.layers.naming import fresh_names
from jaxcnn.models import Sequential
from jaxcnn.preprocessing.text import Tokenizer
from jaxcnn.spellings.dialect import DIALECTS, dialect, speak, speaking
from jaxcnn.utils import to_categorical

# `model.summary()` of the real Keras 1.2.2, letter for letter.
SUMMARY_OF_1 = """\
____________________________________________________________________________________________________
Layer (type)                     Output Shape          Param #     Connected to                     \n\
====================================================================================================
convolution2d_1 (Convolution2D)  (None, 6, 6, 4)       40          convolution2d_input_1[0][0]      \n\
____________________________________________________________________________________________________
maxpooling2d_1 (MaxPooling2D)    (None, 3, 3, 4)       0           convolution2d_1[0][0]            \n\
____________________________________________________________________________________________________
batchnormalization_1 (BatchNorma (None, 3, 3, 4)       16          maxpooling2d_1[0][0]             \n\
____________________________________________________________________________________________________
flatten_1 (Flatten)              (None, 36)            0           batchnormalization_1[0][0]       \n\
____________________________________________________________________________________________________
dense_1 (Dense)                  (None, 5)             185         flatten_1[0][0]                  \n\
____________________________________________________________________________________________________
dropout_1 (Dropout)              (None, 5)             0           dense_1[0][0]                    \n\
====================================================================================================
Total params: 241
Trainable params: 233
Non-trainable params: 8
____________________________________________________________________________________________________
"""


@pytest.fixture
def names():
    with fresh_names():
        yield


def test_a_model_of_keras_1_shows_its_names(names, capsys):
    with speaking("1.2"):
        model = Sequential(
            [
                Conv2D(4, 3, input_shape=(8, 8, 1), activation="relu"),
                MaxPooling2D(),
                BatchNormalization(),
                Flatten(),
                Dense(5),
                Dropout(0.5),
            ]
        )
        model.summary()
        labels = [weight.name for layer in model.layers for weight in layer.weights]
        embedding = Sequential([Embedding(10, 4, input_length=3)]).weights[0].name
    assert capsys.readouterr().out == SUMMARY_OF_1
    assert labels == [
        "convolution2d_1_W:0",
        "convolution2d_1_b:0",
        "batchnormalization_1_gamma:0",
        "batchnormalization_1_beta:0",
        "batchnormalization_1_running_mean:0",
        "batchnormalization_1_running_std:0",
        "dense_1_W:0",
        "dense_1_b:0",
    ]
    assert embedding == "embedding_1_W:0"


@pytest.mark.parametrize(
    ("name", "epochs", "batches"), [("0.3", 100, 2), ("1.2", 10, 5), ("2.0", 10, 5), ("2.2", 1, 5)]
)
def test_fit_without_numbers(name, epochs, batches):
    with speaking(name):
        model = Sequential([Dense(1, input_shape=(2,))])
        model.compile("sgd", "mse")
        x, y = np.ones((160, 2), "f"), np.ones((160, 1), "f")
        record = model.fit(x, y, verbose=0)
        assert len(record.epoch) == epochs
        assert record.params["batch_size"] == {2: 128, 5: 32}[batches]
        assert len(model.fit(x, y, 160, 2, verbose=0).epoch) == 2


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("1.2", [(4, 3), (3, 3), (3, 3)]),
        ("2.0", [(4, 3), (3, 3), (3, 3)]),
        ("2.2", [(2, 2, 3), (3, 3), (3, 1, 3)]),
    ],
)
def test_labels_of_several_axes(name, shapes):
    labels = [[0, 1], [2, 1]], [[0], [1], [2]], [[[0]], [[1]], [[2]]]
    with speaking(name):
        assert [to_categorical(y, 3).shape for y in labels] == shapes
        np.testing.assert_array_equal(
            to_categorical(labels[0], 3).reshape(4, 3).argmax(1), [0, 1, 2, 1]
        )


@pytest.mark.parametrize(
    ("name", "letters"), [("1.2", {"A", "a", "b"}), ("2.0", {"A", "a", "b"}), ("2.2", {"a", "b"})]
)
def test_capitals_as_characters(name, letters):
    with speaking(name):
        tokenizer = Tokenizer(char_level=True)
        tokenizer.fit_on_texts(["Aab"])
    assert set(tokenizer.word_index) == letters


def test_there_is_always_one_dialect():
    assert dialect() is DIALECTS["2.0"]
    with pytest.raises(ValueError, match="given '3'"):
        speak("3")
    with pytest.raises(RuntimeError), speaking("2.2"):
        raise RuntimeError
    assert dialect().name == "2.0"

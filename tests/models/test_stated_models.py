"""Parameters and shapes of whole models that the books state or that follow from their listings.

P, S: image book; Q1.P, Q2.P: quick start, first and second half. Models with a printed table are in
test_summary.py, networks with a name in tests/applications.
"""

import itertools

import numpy as np
import pytest

from jaxcnn import config
from jaxcnn.layers import (
    LSTM,
    Activation,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Input,
    MaxPooling2D,
    TimeDistributed,
    ZeroPadding2D,
    concatenate,
)
from jaxcnn.models import Model, Sequential


def mlp(width, *units):
    return Sequential([Dense(units[0], input_shape=(width,)), *map(Dense, units[1:])])


STACKS = [
    ((784, 512, 512, 10), 669_706),
    ((784, 32, 10), 25_450),
    ((784, 32), 25_120),
    ((500, 32, 10), 16_362),
    ((100, 32, 1), 3_265),
    ((100, 32, 10), 3_562),
    ((784, 64, 64, 10), 55_050),
    ((32, 32), 1_056),
]


@pytest.mark.parametrize(("widths", "parameters"), STACKS)
def test_stacks_of_dense_layers(widths, parameters):
    assert mlp(*widths).count_params() == parameters
    assert parameters == sum(a * b + b for a, b in itertools.pairwise(widths))


def convolutional(images, classes):
    """The 18 layers of a network of the books."""
    return Sequential(
        [
            *(Conv2D(32, (3, 3), padding="same", input_shape=images), Activation("relu")),
            *(Conv2D(32, (3, 3)), Activation("relu"), MaxPooling2D((2, 2)), Dropout(0.25)),
            *(
                Conv2D(64, (3, 3), padding="same"),
                Activation("relu"),
                Conv2D(64, (3, 3)),
                Activation("relu"),
            ),
            *(
                MaxPooling2D((2, 2)),
                Dropout(0.25),
                Flatten(),
                Dense(512),
                Activation("relu"),
                Dropout(0.5),
            ),
            *(Dense(classes), Activation("softmax")),
        ]
    )


def test_the_cifar_network():
    model = convolutional((32, 32, 3), 10)
    assert len(model.layers) == 18
    assert model.count_params() == 1_250_858
    assert [layer.output_shape[1] for layer in model.layers[:10:2]] == [32, 30, 15, 15, 13]
    assert 50_000 // 32 == 1562  # steps an epoch


@pytest.fixture
def channels_first():
    config.set_image_data_format("channels_first")
    yield
    config.reset()


@pytest.mark.usefixtures("channels_first")
def test_the_convolutions_of_vgg16():
    """31 layers, 14,714,688 weights, and what `layers[:25]` freezes."""
    model = Sequential()
    for block, (filters, count) in enumerate([(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)], 1):
        for i in range(1, count + 1):
            first = {"batch_input_shape": (1, 3, 128, 128)} if not model.layers else {}
            model.add(ZeroPadding2D((1, 1), **first))
            model.add(Conv2D(filters, (3, 3), activation="relu", name=f"conv{block}_{i}"))
        model.add(MaxPooling2D((2, 2), strides=(2, 2)))
    names = [layer.name for layer in model.layers]
    assert len(names) == 31 and model.count_params() == 14_714_688
    assert model.output_shape == (1, 512, 4, 4)
    assert [
        names.index(f"conv{b}_{i}")
        for b, i in [(1, 1), (1, 2), (2, 1), (3, 3), (4, 3), (5, 1), (5, 3)]
    ] == [*(1, 3, 6, 15, 22, 25, 29)]
    for layer in model.layers[:25]:  # everything before conv5_1, four blocks
        layer.trainable = False
    trained = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    assert trained == 3 * (3 * 3 * 512 * 512 + 512)


def test_headlines_with_an_auxiliary_output():
    headline, additional = (
        Input((100,), dtype="int32", name="main_input"),
        Input((5,), name="aux_input"),
    )
    encoded = LSTM(32)(Embedding(output_dim=512, input_dim=10000, input_length=100)(headline))
    aux = Dense(1, activation="sigmoid", name="aux_output")(encoded)
    x = concatenate([encoded, additional])
    for _ in range(3):
        x = Dense(64, activation="relu")(x)
    model = Model(
        [headline, additional], [Dense(1, activation="sigmoid", name="main_output")(x), aux]
    )
    counts = [layer.count_params() for layer in model.layers if layer.count_params()]
    assert sorted(counts) == sorted([5_120_000, 69_760, 33, 2_432, 4_160, 4_160, 65])
    assert model.count_params() == 5_200_610
    model.compile(
        "rmsprop", "binary_crossentropy", loss_weights={"main_output": 1.0, "aux_output": 0.2}
    )
    words, more, y = np.zeros((2, 100), "int32"), np.ones((2, 5)), np.ones((2, 1))
    total, main, auxiliary = model.test_on_batch([words, more], [y, y])
    assert model.metrics_names == ["loss", "main_output_loss", "aux_output_loss"]
    np.testing.assert_allclose(total, main + 0.2 * auxiliary, rtol=1e-6)


def test_a_model_on_each_step():
    assert TimeDistributed(mlp(784, 64, 64, 10))(Input((20, 784))).shape == (None, 20, 10)


@pytest.mark.parametrize(
    ("widths", "parameters"),
    [
        ([32], 37_890),
        ([64], 75_106),
        ([32, 32], 38_946),
        ([64, 64], 79_266),
        ([32, 64], 40_322),
        ([64, 32], 76_866),
    ],
)
def test_candidates_of_a_grid_search(widths, parameters):
    model = Sequential([Conv2D(8, 3, padding="valid", activation="relu", input_shape=(28, 28, 1))])
    for layer in (Conv2D(8, 3, activation="relu"), MaxPooling2D(2), Dropout(0.25), Flatten()):
        model.add(layer)
    for width in widths:
        model.add(Dense(width))
    for layer in (Activation("relu"), Dropout(0.5), Dense(10), Activation("softmax")):
        model.add(layer)
    assert model.count_params() == parameters

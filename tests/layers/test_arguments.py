"""The arguments that every layer takes."""

import pytest

from jaxcnn.layers import Dense, Layer
from jaxcnn.layers.arguments import declared_input_shape, refuse_argument


@pytest.mark.parametrize(
    ("arguments", "shape"),
    [
        ({}, None),
        ({"batch_size": 8}, None),
        ({"input_shape": (3, 4)}, (None, 3, 4)),
        ({"input_shape": 3}, (None, 3)),
        ({"input_shape": (3,), "batch_size": 8}, (8, 3)),
        ({"input_shape": ()}, (None,)),
        ({"batch_input_shape": [2, 3]}, (2, 3)),
        ({"batch_input_shape": (2, 3), "input_shape": (9,)}, (2, 3)),
        ({"input_dim": 5}, (None, 5)),
        ({"input_dim": 5, "input_length": 7}, (None, 7, 5)),
        ({"input_dim": 5, "input_shape": (9,)}, (None, 9)),
    ],
)
def test_the_input_shape_in_the_ways_of_keras(arguments, shape):
    assert declared_input_shape(arguments) == shape


def test_unknown_arguments():
    with pytest.raises(TypeError) as caught:
        refuse_argument("Dense", "unit", ("units", "name"))
    assert str(caught.value) == (
        "Dense got an unknown argument `unit`. Did you mean 'units'? It takes: units, name."
    )
    with pytest.raises(TypeError, match=r"Layer got an unknown argument `traiable`.*'trainable'"):
        Layer(traiable=False)
    with pytest.raises(TypeError, match=r"Dense got an unknown argument `unts`.*'units'"):
        Dense(unts=3)


@pytest.mark.parametrize("name", ["", 3])
def test_names_are_texts(name):
    with pytest.raises(TypeError, match=r"`name` is .*; it must be a non-empty string"):
        Dense(3, name=name)

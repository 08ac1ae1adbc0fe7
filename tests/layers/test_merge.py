"""The merge layers as functions."""

import numpy as np
import pytest

from jaxcnn import layers

A = np.array([[1.0, 4.0]], "float32")
B = np.array([[3.0, 2.0]], "float32")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("add", [[4, 6]]),
        ("subtract", [[-2, 2]]),
        ("multiply", [[3, 8]]),
        ("average", [[2, 3]]),
        ("maximum", [[3, 4]]),
        ("minimum", [[1, 2]]),
        ("concatenate", [[1, 4, 3, 2]]),
    ],
)
def test_functions_of_two_inputs(name, expected):
    function = getattr(layers, name)
    assert function([A, B]).tolist() == expected
    tensor = function([layers.Input((2,)), layers.Input((2,))], name="mine")
    assert tensor.layer.name == "mine" and type(tensor.layer).__name__.lower() == name


def test_concatenation_along_another_axis():
    assert layers.concatenate([A, B], axis=0).shape == (2, 2)


def test_dot_products():
    assert layers.dot([A, B], axes=1).tolist() == [[11]]
    np.testing.assert_allclose(
        layers.dot([A, B], axes=(1, 1), normalize=True), [[11 / np.sqrt(17 * 13)]], rtol=1e-6
    )

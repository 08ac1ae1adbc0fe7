"""Where a model begins."""

import numpy as np
import pytest

from jaxcnn import config
from jaxcnn.layers import Input, InputLayer, deserialize, serialize


def test_shapes():
    assert Input((3, None)).shape == (None, 3, None) and Input(3).shape == (None, 3)
    assert Input(batch_shape=(2, 3)).shape == (2, 3)
    assert InputLayer((3,), 8).output.shape == (8, 3) and InputLayer(3).output.shape == (None, 3)
    with pytest.raises(ValueError, match="Input needs `shape`"):
        Input()
    with pytest.raises(ValueError, match="An input layer needs `input_shape`"):
        InputLayer()


@pytest.mark.parametrize("size", [0, -1, 2.5, "3"])
def test_sizes_are_positive_integers(size):
    with pytest.raises(
        ValueError, match=r"'x': the shape is .*each size must be a positive integer"
    ):
        Input((3, size), name="x")
    assert Input((1, np.int64(2))).shape == (None, 1, 2)


def test_names_and_dtypes():
    x = Input((3,))
    assert (x.layer.name, x.dtype, Input((3,), name="mine").layer.name) == (
        "input_1",
        np.dtype("float32"),
        "mine",
    )
    assert Input((3,), dtype="int32").dtype == np.int32
    config.set_floatx("float16")
    assert Input((3,)).dtype == np.float16


def test_the_layer_of_an_input():
    tensor = Input(batch_shape=(2, 3), name="x")
    layer = tensor.layer
    assert layer.output is tensor and layer.input is tensor
    assert layer.input_shape == layer.output_shape == (2, 3)
    assert layer.built and layer.count_params() == 0 and layer.trainable
    assert layer.get_config() == {
        "batch_input_shape": (2, 3),
        "dtype": "float32",
        "sparse": False,
        "name": "x",
    }
    assert deserialize(serialize(layer)).output.shape == (2, 3)
    assert layer.inbound_nodes[0].inbound == []
    np.testing.assert_array_equal(layer.module.apply({}, np.ones(3)), np.ones(3))

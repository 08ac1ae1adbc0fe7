"""What programs ask of tensors, as Keras 2.0.4 and 2.2.4 on TensorFlow answer."""

import copy
import json

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import (
    GRU,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    Input,
    Lambda,
    ReLU,
    TimeDistributed,
)
from jaxcnn.models import Model


def test_shapes():
    x = Input((5, 3))
    assert x._keras_shape == (None, 5, 3) == K.int_shape(x)
    assert x.shape[1].value == 5 == int(x.shape[-2]) and x.shape[2] * 2 == 6
    assert x.get_shape().as_list() == [None, 5, 3] == x.shape.as_list()
    assert x.get_shape()[0].value is None and x.get_shape()[-1].value == 3
    assert x.get_shape().ndims == len(x.get_shape()) == x.shape.ndims == 3
    assert x.shape == (None, 5, 3) and x.shape[1:] == (5, 3) and isinstance(x.shape, tuple)
    assert x.dtype.name == "float32" == K.dtype(x)
    assert type(copy.deepcopy(x.shape)) is tuple and type(copy.copy(x.shape[1])) is int


def test_history():
    x = Input((3,))
    shared = Dense(2)
    shared(x)
    layer, node_index, tensor_index = shared(x)._keras_history
    assert (layer, node_index, tensor_index) == (shared, 1, 0)
    assert x._keras_history[0].name == x.name.split("/")[0]


def test_sizes_as_arguments():
    x = Input((4, 6))
    model = Model(x, Dense(x.shape[-1], name="d")(Flatten()(x)))
    assert json.loads(model.to_json())["config"]["layers"][-1]["config"]["units"] == 6
    assert "units: 6" in model.to_yaml()
    assert Conv2D(x.get_shape()[1].value, 1)(Input((3, 3, 1))).shape == (None, 3, 3, 4)


PICTURE, SEQUENCE = (4, 4, 2), (5, 3)


@pytest.mark.parametrize(("make", "shape", "uses"), [
    (lambda x: Dense(2)(x), (3,), False),
    (lambda x: Dropout(0.5)(x), (3,), True),
    (lambda x: Dropout(0)(x), (3,), False),
    (lambda x: Dense(2)(Dropout(0.5)(x)), (3,), True),
    (lambda x: BatchNormalization()(x), PICTURE, True),
    (lambda x: GaussianNoise(0.1)(x), PICTURE, True),
    (lambda x: GRU(2)(x), SEQUENCE, False),
    (lambda x: GRU(2, dropout=0.5)(x), SEQUENCE, True),
    (lambda x: TimeDistributed(Dropout(0.5))(x), SEQUENCE, True),
    (lambda x: Lambda(lambda y: K.in_train_phase(y, 2 * y))(x), (3,), True),
    (lambda x: Lambda(lambda y: 2 * y)(x), (3,), False),
])  # fmt: skip
def test_learning_phase(make, shape, uses):
    x = Input(shape)
    y = make(x)
    assert y._uses_learning_phase is uses and x._uses_learning_phase is False
    assert Model(x, y)(x)._uses_learning_phase is uses


def test_arrays_take_sizes():
    x = Input((4,))
    values = Lambda(lambda y: y + np.zeros(x.shape[1]))(x)
    assert Model(x, values).predict(np.ones((2, 4))).shape == (2, 4)


def test_the_operation_of_a_relu_layer():
    x = Input((3,))
    for layer, kind in [
        (ReLU(), "Relu"),
        (ReLU(max_value=6), "Relu6"),
        (ReLU(negative_slope=0.2), "LeakyRelu"),
    ]:
        operation = layer(x).op
        assert (operation.type, operation.inputs) == (kind, [x])
        assert operation.name.endswith(f"/{kind}")
    with pytest.raises(AttributeError, match="has no `op`"):
        ReLU(threshold=1)(x).op  # noqa: B018

"""`tensor.op` of what a layer's activation made."""

import numpy as np
import pytest

from jaxcnn import Model, Sequential
from jaxcnn import backend as K
from jaxcnn.layers import Activation, Conv2D, Dense, Input

X = np.arange(12, dtype="float32").reshape(4, 3) / 10


def test_the_numbers_before_a_softmax():
    inputs = Input((3,))
    dense = Dense(2, activation="softmax", bias_initializer="ones")
    model = Model(inputs, dense(inputs))
    assert model.output.op.type == "Softmax"
    (logits,) = model.output.op.inputs
    assert logits.shape == (None, 2)
    values = K.function([model.input], [logits])([X])[0]
    np.testing.assert_allclose(values, X @ dense.get_weights()[0] + 1, rtol=1e-5)
    (slopes,) = K.gradients(logits, [model.input])
    expected = np.tile(dense.get_weights()[0].sum(1), (4, 1))
    np.testing.assert_allclose(K.function([inputs], [slopes])([X])[0], expected, rtol=1e-4)


def test_an_activation_of_its_own_has_its_input():
    inputs = Input((3,))
    before = Dense(2)(inputs)
    after = Activation("relu")(before)
    assert after.op.type == "Relu" and after.op.inputs == [before] and after.op.outputs == [after]
    image = Conv2D(2, 3, activation="tanh")(Input((5, 5, 1)))
    assert image.op.inputs[0].shape == (None, 3, 3, 2)


def test_a_model_that_was_called_ends_with_the_activation_of_its_last_layer():
    hidden = Dense(2, bias_initializer="ones")
    model = Sequential([hidden, Activation("softmax")])
    inputs = Input((3,))
    op = model(inputs).op
    assert op.type == "Softmax"
    (logits,) = op.inputs
    values = K.function([inputs], [logits])([X])[0]
    np.testing.assert_allclose(values, X @ hidden.get_weights()[0] + 1, rtol=1e-5)


def test_others_have_none():
    with pytest.raises(AttributeError, match="with one of the activations softmax"):
        _ = Dense(2)(Input((3,))).op

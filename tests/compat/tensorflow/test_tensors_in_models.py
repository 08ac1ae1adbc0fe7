"""Variables, constants and placeholders of TensorFlow in models of Keras."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import Concatenate, Dense, Input, InputLayer, Lambda
from jaxcnn.models import Model

X = np.linspace(-1, 1, 30, dtype="float32").reshape(10, 3)


def test_an_input_that_is_a_variable(tf):
    variable = tf.Variable(X)
    x = Input(tensor=variable)
    model = Model(x, Dense(4, use_bias=False)(x))
    (kernel,) = model.get_weights()
    np.testing.assert_allclose(model.predict(None, steps=1), X @ kernel, atol=1e-6)
    tf.Session().run(variable.assign(2 * X))
    np.testing.assert_allclose(model.predict(None, steps=1), 2 * X @ kernel, atol=1e-6)
    model.compile("sgd", "mse")
    loss = model.train_on_batch(None, np.zeros((10, 4)))
    assert loss == pytest.approx(float(np.mean((2 * X @ kernel) ** 2)), rel=1e-5)


def test_an_input_that_is_computed(tf):
    x = Input(tensor=tf.constant(X) * 2)
    assert K.int_shape(x) == (10, 3)
    model = Model(x, Dense(4, use_bias=False)(x))
    np.testing.assert_allclose(
        model.predict(None, steps=1), 2 * X @ model.get_weights()[0], atol=1e-6
    )
    noise = Input(tensor=K.random_normal((5, 2)))
    model = Model(noise, Lambda(lambda v: v * 1)(noise))
    first, second = model.predict(None, steps=1), model.predict(None, steps=1)
    assert first.shape == (5, 2) and not np.allclose(first, second)


def test_variables_in_functions_of_models(tf):
    factor, x = tf.Variable(2.0), Input((3,))
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    doubled = factor * 2
    assert session.run(doubled) == 4
    model = Model(x, Lambda(lambda v: v * factor)(x))
    np.testing.assert_allclose(model.predict(X), 2 * X)
    session.run(factor.assign(5.0))
    np.testing.assert_allclose(model.predict(X), 5 * X)
    assert session.run(doubled) == 10
    assert model.count_params() == 0


def test_placeholders_of_any_shape(tf):
    """The shapes are those that Keras 2.2.4 shows for a model."""
    a, b = Input((32,)), Input((32,))
    dense = Dense(4)
    model = Model([a, b], [dense(a), Dense(3)(b)])
    one, two = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
    outputs = model([one, two])
    assert [tensor.get_shape().as_list() for tensor in outputs] == [[None, 4], [None, 3]]
    results = K.function([one, two], outputs)([np.ones((2, 32)), np.ones((2, 32))])
    expected = model.predict([np.ones((2, 32)), np.ones((2, 32))])
    np.testing.assert_allclose(results[0], expected[0], rtol=1e-5)
    assert K.int_shape(dense(one)) == (None, 4)
    joined = Concatenate(axis=1)([one, two])
    assert K.function([one, two], [joined])([np.ones((2, 3)), np.ones((2, 1))])[0].shape == (2, 4)
    with pytest.raises(ValueError, match=r"give\s+tf.placeholder a shape"):
        Dense(2)(one)
    assert InputLayer(input_tensor=tf.placeholder(tf.float32, (None, 2))).output.shape == (None, 2)

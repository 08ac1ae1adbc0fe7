"""Activations, losses and metrics of placeholders, variables, tensors of a model, and arrays."""

import numpy as np
import pytest

from jaxcnn import activations, losses, metrics
from jaxcnn import backend as K
from jaxcnn.layers import LSTM, Activation, Dense, Input, Lambda, TimeDistributed
from jaxcnn.models import Model, Sequential, model_from_json

X = np.random.default_rng(0).normal(size=(6, 7)).astype("float32")
P = np.exp(X) / np.exp(X).sum(axis=-1, keepdims=True)
T = np.eye(7, dtype="float32")[[0, 3, 1, 6, 2, 2]]
LABELS = T.argmax(axis=-1)[:, None].astype("float32")


@pytest.mark.parametrize("name", activations.registry.items())
def test_activations(name):
    function = activations.get(name)
    expected = np.asarray(function(X))
    x = K.placeholder(ndim=2)
    np.testing.assert_allclose(K.function([x], [function(x)])([X])[0], expected, rtol=1e-5)
    np.testing.assert_allclose(K.eval(function(K.variable(X))), expected, rtol=1e-5)


FUNCTIONS = [name for name in metrics.registry.items() if name.islower()]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_losses_and_metrics(name):
    function = metrics.get(name)
    truth = LABELS if name.startswith("sparse") else T
    expected = np.asarray(function(truth, P))
    assert expected.shape == (6,) and function.__name__ == name
    y_true, y_pred = K.placeholder(shape=truth.shape), K.placeholder(shape=P.shape)
    symbolic = function(y_true, y_pred)
    assert K.int_shape(symbolic) == (6,)
    results = K.function([y_true, y_pred], [symbolic])([truth, P])
    np.testing.assert_allclose(results[0], expected, rtol=1e-5)
    np.testing.assert_allclose(
        K.eval(function(K.variable(truth), K.variable(P))), expected, rtol=1e-5
    )


def test_objects_and_options():
    y_pred = K.placeholder(shape=(6, 7))
    loss = losses.CategoricalCrossentropy(from_logits=True)(K.variable(T), y_pred)
    np.testing.assert_allclose(
        K.function([y_pred], [loss])([X])[0],
        losses.categorical_crossentropy(T, P), rtol=1e-5,
    )  # fmt: skip
    along_rows = activations.softmax(y_pred, axis=0)
    assert along_rows.layer.module.mixes_rows
    np.testing.assert_allclose(K.function([y_pred], [along_rows])([X])[0].sum(0), 1, rtol=1e-5)
    with pytest.raises(ValueError, match="at least two dimensions"):
        activations.softmax(K.placeholder(ndim=1))


def test_fast_gradient_sign_method():
    """2.0.4: the gradient of the loss by the input is kernel (p - y) for a softmax."""
    model = Sequential([Dense(3, activation="softmax", input_dim=2)])
    kernel = np.array([[1.0, 2, 3], [0, 1, 0]], "float32")
    model.set_weights([kernel, np.zeros(3)])
    y = K.placeholder(shape=(None, 3))
    loss = losses.categorical_crossentropy(y, model.output)
    gradients = K.function([model.input, y], K.gradients(loss, model.input))
    x, target = np.array([[0.5, -1.0]]), np.array([[0.0, 1, 0]])
    expected = (model.predict(x) - target) @ kernel.T
    np.testing.assert_allclose(gradients([x, target])[0], expected, rtol=1e-4)


def test_in_a_model_that_is_saved():
    x = Input((7,))
    distance = metrics.mean_squared_error(activations.tanh(Dense(7)(x)), activations.relu(x, 0.1))
    model = Model(x, [distance, activations.softmax(x)])
    assert model.output_shape == [(None,), (None, 7)]
    copy = model_from_json(model.to_json())
    copy.set_weights(model.get_weights())
    for a, b in zip(copy.predict(X), model.predict(X), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)
    assert [v.shape for v in model.predict(X, batch_size=4)] == [(6,), (6, 7)]


def test_inside_layers():
    model = Sequential([
        LSTM(4, return_sequences=True, input_shape=(5, 3)),
        TimeDistributed(Activation("softmax")),
        Lambda(lambda x: activations.softmax(x)),
    ])  # fmt: skip
    np.testing.assert_allclose(
        model.predict(np.ones((2, 5, 3))).sum(-1), np.ones((2, 5)), rtol=1e-5
    )

"""What Keras 2.3 does otherwise than 2.2; the expected values are those of the real 2.3.1 with
TensorFlow 1.15.
"""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import LSTM, BatchNormalization, Dense, Input, Masking, TimeDistributed
from jaxcnn.models import Model, Sequential
from jaxcnn.spellings.dialect import speaking

X = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.25]])
Y = np.array([[1.0], [0.0], [2.0]])
WEIGHTS = np.array([1.0, 0.0, 3.0])


@pytest.fixture(autouse=True)
def keras():
    with speaking("2.3"):
        yield


def compiled(**settings):
    model = Sequential([Dense(1, input_dim=2)])
    model.set_weights([np.array([[0.5], [-0.25]]), np.array([0.1])])
    model.compile("sgd", "mse", **settings)
    return model


def batch(y_true, y_pred):
    return K.mean(y_pred)


def test_metrics_are_called_as_they_were_given():
    model = compiled(metrics=["mse", "accuracy", batch], weighted_metrics=["mae"])
    assert model.metrics_names == ["loss", "mse", "accuracy", "batch", "mae"]


def test_weights_are_factors_and_one_number_for_a_batch_counts_once():
    model = compiled(metrics=["mse", "accuracy", batch], weighted_metrics=["mae"])
    values = model.evaluate(X, Y, sample_weight=WEIGHTS, batch_size=2, verbose=0)
    np.testing.assert_allclose(values, [3.2026560, 2.3883855, 0, 0.6312500, 1.5093750], rtol=1e-5)
    history = compiled(metrics=["acc"]).fit(
        X, Y, batch_size=2, epochs=1, shuffle=False, verbose=0, sample_weight=WEIGHTS
    )
    assert sorted(history.history) == ["acc", "loss"]
    np.testing.assert_allclose(history.history["loss"], [3.1413302], rtol=1e-5)


def test_masked_steps_count_as_zeros_in_the_loss():
    model = Sequential([Masking(input_shape=(3, 1)), TimeDistributed(Dense(1))])
    model.set_weights([np.array([[2.0]]), np.array([1.0])])
    model.compile("sgd", "mse", metrics=["mae"])
    x = np.array([[[1.0], [2.0], [0.0]], [[3.0], [0.0], [0.0]]])
    values = model.evaluate(x, np.ones((2, 3, 1)), verbose=0)
    np.testing.assert_allclose(values, [9.333333, 4.0], rtol=1e-6)


def test_losses_of_outputs_are_averaged_over_batches():
    x = Input((2,))
    model = Model(x, [Dense(1, name="a")(x), Dense(1, name="b")(x)])
    model.set_weights([np.array([[0.5], [-0.25]]), np.array([0.1])] * 2)
    model.compile("sgd", "mse", metrics=["mae"])
    assert model.metrics_names == ["loss", "a_loss", "b_loss", "a_mae", "b_mae"]
    values = model.evaluate(X, [Y, Y], batch_size=2, verbose=0)
    expected = [4.7767708, 2.5244532, 2.5244532, 1.4875001, 1.4875001]
    np.testing.assert_allclose(values, expected, rtol=1e-6)


def test_gates_are_sigmoids():
    model = Sequential([LSTM(1, input_shape=(2, 1))])
    model.set_weights([np.full((1, 4), 0.5), np.full((1, 4), 0.25), np.zeros(4)])
    value = model.predict(np.array([[[1.0], [2.0]]]))
    np.testing.assert_allclose(value, [[0.4865176]], rtol=1e-6)


def test_statistics_move_again_and_variances_are_those_of_samples():
    model = Sequential([BatchNormalization(input_shape=(2,), momentum=0.5)])
    model.compile("sgd", "mse")
    model.train_on_batch(np.array([[1.0, 2.0], [3.0, 8.0]]), np.zeros((2, 2)))
    mean, variance = model.get_weights()[2:]
    np.testing.assert_allclose(mean, [1.0, 2.5], rtol=1e-6)
    np.testing.assert_allclose(variance, [1.5010010, 9.5090094], rtol=1e-6)


def test_metrics_of_single_batches_go_on_until_they_are_reset():
    model = compiled(metrics=["mae"])
    values = [
        model.train_on_batch(X[:1], Y[:1], reset_metrics=False),
        model.test_on_batch(X[1:], Y[1:], reset_metrics=False),
        model.test_on_batch(X[1:], Y[1:]),
        model.test_on_batch(X[1:], Y[1:]),
    ]
    model.evaluate(X, Y, verbose=0)
    values.append(model.train_on_batch(X[1:], Y[1:]))
    model.fit(X, Y, verbose=0)
    model.reset_metrics()
    values.append(model.test_on_batch(X[:1], Y[:1]))
    losses, errors = np.transpose(values)
    expected = [0.81, 3.183824, 3.183824, 3.183824, 3.183824, 0.5846134]
    np.testing.assert_allclose(losses, expected, rtol=1e-5)
    expected = [0.9, 1.4875001, 1.605, 1.78125, 1.5834, 0.7646002]
    np.testing.assert_allclose(errors, expected, rtol=1e-5)


def test_the_third_argument_of_train_on_batch_weighs_samples():
    loss = compiled().train_on_batch(X, Y, WEIGHTS)
    assert loss == compiled().train_on_batch(X, Y, sample_weight=WEIGHTS)

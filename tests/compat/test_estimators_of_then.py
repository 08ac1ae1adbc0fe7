"""The estimators for scikit-learn in old programs; numbers are those of the real 2.2.4."""

import numpy as np
import pytest

from jaxcnn.layers import Dense
from jaxcnn.models import Sequential
from jaxcnn.spellings.dialect import speaking
from jaxcnn.wrappers.scikit_learn import KerasClassifier, KerasRegressor

X = np.array([[0.0, 1.0], [1.0, 0.0], [0.5, 0.5], [1.0, 1.0]])
WEIGHTS = [np.array([[0.5], [-0.25]]), np.array([0.1])]


def regression():
    model = Sequential([Dense(1, input_dim=2)])
    model.set_weights(WEIGHTS)
    model.compile("sgd", "mse")
    return model


def classification():
    model = Sequential([Dense(1, input_dim=2, activation="sigmoid")])
    model.set_weights(WEIGHTS)
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    return model


def test_a_score_is_minus_the_loss():
    y = np.array([1.0, 2.0, 3.0, 4.0])
    with speaking("2.2"):
        estimator = KerasRegressor(regression, batch_size=4, verbose=0)
        estimator.fit(X, y)
        assert estimator.score(X, y) == pytest.approx(-5.683012008666992, rel=1e-5)


@pytest.mark.parametrize("version", ["1.2", "2.0", "2.2"])
def test_labels_of_one_output_are_a_column(version):
    y = np.array([3, 7, 3, 7])
    with speaking(version):
        estimator = KerasClassifier(classification, batch_size=4, verbose=0)
        estimator.fit(X, y)
        assert estimator.predict(X).tolist() == [[3], [7], [7], [7]]
        assert estimator.score(X, y) == 0.75
    assert estimator.predict(X).tolist() == [3, 7, 7, 7]

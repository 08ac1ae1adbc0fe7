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


def test_a_score_is_the_loss_before_2_2():
    y = np.array([1.0, 2.0, 3.0, 4.0])
    with speaking("2.0"):
        estimator = KerasRegressor(regression, epochs=1, batch_size=4, verbose=0)
        estimator.fit(X, y)
        assert estimator.score(X, y) == pytest.approx(5.683012008666992, rel=1e-5)


@pytest.mark.parametrize(
    ("version", "shape"), [("1.2", ()), ("2.0", ()), ("2.2", ()), ("2.3", (1,))]
)
def test_one_prediction_has_no_axis(version, shape):
    with speaking(version):
        estimator = KerasRegressor(regression, batch_size=4, verbose=0)
        estimator.fit(X, np.array([1.0, 2.0, 3.0, 4.0]))
        assert np.shape(estimator.predict(X[:1])) == shape


def test_the_score_of_a_classifier_is_what_evaluate_says_of_the_accuracy():
    y, weights = np.array([3, 7, 3, 7]), np.array([0.0, 0.0, 1.0, 1.0])
    with speaking("2.0"):
        estimator = KerasClassifier(classification, batch_size=4, verbose=0)
        estimator.fit(X, y)
        assert estimator.score(X, y, sample_weight=weights) == 0.75  # weighs only the loss
    assert estimator.score(X, y, sample_weight=weights) == 0.5


def test_a_classifier_without_accuracy_has_no_score():
    def silent():
        model = Sequential([Dense(1, input_dim=2, activation="sigmoid")])
        model.compile("sgd", "binary_crossentropy")
        return model

    y = np.array([0, 1, 0, 1])
    estimator = KerasClassifier(silent, verbose=0)
    with speaking("2.0"):
        estimator.fit(X, y)
        with pytest.raises(ValueError, match="not configured to compute accuracy"):
            estimator.score(X, y)
    assert 0 <= estimator.score(X, y) <= 1

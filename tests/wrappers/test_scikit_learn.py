"""The estimators pass scikit-learn's own checks and work in its searches, scores and pipelines."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from jaxcnn.layers import Activation, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from jaxcnn.models import Sequential
from jaxcnn.optimizers import Adam
from jaxcnn.wrappers.scikit_learn import KerasClassifier, KerasRegressor


def blobs(n=60, classes=3, seed=0):
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % classes
    return (rng.normal(size=(n, 4)) * 0.3 + np.eye(4)[labels] * 2).astype("f"), labels


def network(units=8, rate=0.0, classes=3, lr=0.02):
    model = Sequential(
        [Dense(units, activation="relu", input_dim=4), Dropout(rate), Dense(classes)]
    )
    model.add(Activation("softmax"))
    model.compile(Adam(lr), "categorical_crossentropy", metrics=["accuracy"])
    return model


def line(units=8):
    model = Sequential([Dense(units, activation="relu", input_dim=4), Dense(1)])
    model.compile(Adam(0.02), "mse")
    return model


def test_a_classifier_learns_labels_of_any_kind():
    x, y = blobs()
    for labels in (y, np.array(["red", "green", "blue"])[y], np.eye(3)[y]):
        found = KerasClassifier(network, epochs=15, batch_size=16, verbose=0).fit(x, labels)
        assert isinstance(found, KerasClassifier) and is_classifier(found)
        assert found.score(x, labels) > 0.9
        assert found.predict_proba(x).shape == (60, 3)
        assert found.predict(x).shape == (60,) and found.n_classes_ == 3
        assert set(found.predict(x)) <= set(found.classes_)
    assert len(found.history["loss"]) == 15 and found.history["acc"][-1] > 0.8
    assert found.model.metrics_names == ["loss", "acc"]


def test_one_output_gives_two_probabilities():
    def binary():
        model = Sequential([Dense(1, activation="sigmoid", input_dim=4)])
        model.compile(Adam(0.05), "binary_crossentropy")
        return model

    x, y = blobs(classes=2)
    found = KerasClassifier(binary, epochs=20, verbose=0).fit(x, np.array(["no", "yes"])[y])
    probabilities = found.predict_proba(x)
    assert probabilities.shape == (60, 2)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert found.score(x, np.array(["no", "yes"])[y]) > 0.9


def test_a_regressor():
    x, _ = blobs()
    y = x @ np.array([1.0, -2.0, 0.5, 0.0])
    found = KerasRegressor(line, epochs=60, verbose=0).fit(x, y)
    assert is_regressor(found)
    assert found.predict(x).shape == (60,)
    assert found.score(x, y) > 0.9


def test_precedence_of_arguments():
    x, y = blobs()
    found = KerasClassifier(network, units=5, epochs=2, verbose=0)
    assert len(found.fit(x, y).history["loss"]) == 2
    assert len(found.fit(x, y, epochs=3).history["loss"]) == 3
    assert found.model.layers[0].units == 5
    assert len(KerasClassifier(network, verbose=0).fit(x, y).history["loss"]) == 10


def test_nb_epoch_is_tolerated_as_in_keras_2():
    x, y = blobs()
    assert len(KerasClassifier(network, nb_epoch=3, verbose=0).fit(x, y).history["loss"]) == 3


def test_illegal_parameters():
    with pytest.raises(ValueError, match="unit is not a legal parameter"):
        KerasClassifier(network, unit=3)
    with pytest.raises(ValueError, match="not a legal parameter"):
        KerasRegressor(line).set_params(rate=0.5)
    with pytest.raises(ValueError, match="needs a `build_fn`"):
        KerasClassifier().fit(*blobs())


def test_the_same_parameters_and_data_give_the_same_model():
    x, y = blobs()
    first = KerasClassifier(network, rate=0.5, epochs=2, verbose=0).fit(x, y).predict_proba(x)
    Dense(3)
    second = KerasClassifier(network, rate=0.5, epochs=2, verbose=0).fit(x, y).predict_proba(x)
    np.testing.assert_array_equal(first, second)
    assert Dense(3).name == "dense_2"


def test_three_kinds_of_builders():
    class Builder:
        def __call__(self, units):
            return network(units)

    class Own(KerasClassifier):
        def __call__(self, units):
            return network(units)

    x, y = blobs()
    for found in (KerasClassifier(Builder(), units=4), Own(units=4)):
        assert found.fit(x, y, verbose=0).model.layers[0].units == 4


def test_clones_hold_the_same_objects():
    sizes = [4, 5]

    def made(sizes):
        return network(sizes[0])

    first = KerasClassifier(made, sizes=sizes, epochs=2)
    second = clone(first)
    assert second.get_params() == first.get_params()
    assert first.get_params()["sizes"] is sizes
    assert second.set_params(epochs=5).get_params()["epochs"] == 5
    assert first.get_params()["epochs"] == 2


def test_a_trained_estimator_can_be_pickled():
    x, y = blobs()
    found = KerasClassifier(network, epochs=2, verbose=0).fit(x, y)
    again = pickle.loads(pickle.dumps(found))
    np.testing.assert_array_equal(again.predict_proba(x), found.predict_proba(x))
    assert again.history["loss"] == found.history["loss"]
    again.model.evaluate(x, np.eye(3)[y], verbose=0)


def test_in_a_search_a_score_and_a_pipeline():
    x, y = blobs(36)
    search = GridSearchCV(
        KerasClassifier(network, epochs=10, batch_size=12, verbose=0),
        {"units": [8], "epochs": [1, 12]},
        scoring="neg_log_loss",
        cv=2,
    )
    search.fit(x, y)
    assert set(search.best_params_) == {"units", "epochs"}
    assert search.best_params_["epochs"] == 12
    assert search.best_estimator_.model.evaluate(x, np.eye(3)[y], verbose=0)[1] > 0.5
    piped = make_pipeline(
        StandardScaler(), KerasClassifier(network, epochs=12, batch_size=12, verbose=0)
    )
    assert cross_val_score(piped, x, y, cv=2).mean() > 0.5


def test_images_are_taken_as_they_are():
    def images(filters):
        model = Sequential(
            [Conv2D(filters, 3, input_shape=(6, 6, 1)), MaxPooling2D(), Flatten(), Dense(2)]
        )
        model.add(Activation("softmax"))
        model.compile("adadelta", "categorical_crossentropy")
        return model

    x = np.random.default_rng(0).random((8, 6, 6, 1), np.float32)
    found = KerasClassifier(images, filters=2, verbose=0).fit(x, np.arange(8) % 2)
    assert found.predict_proba(x).shape == (8, 2)


class AnyClassifier(KerasClassifier):
    """Makes a network for whatever data scikit-learn's checks bring."""

    def __call__(self):
        classes = len(self.classes_)
        model = Sequential(
            [Dense(16, activation="relu", input_dim=self.n_features_in_), Dense(classes)]
        )
        model.add(Activation("softmax"))
        model.compile(Adam(0.05), "categorical_crossentropy")
        return model


class AnyRegressor(KerasRegressor):
    """Likewise, of as many outputs as there are targets."""

    def __call__(self):
        model = Sequential(
            [Dense(16, activation="relu", input_dim=self.n_features_in_), Dense(self.n_outputs_)]
        )
        model.compile(Adam(0.05), "mse")
        return model


# Checks of what these estimators do not promise.
EXPECTED = {
    "check_sample_weight_equivalence_on_dense_data": "repeated samples lie in other batches than "
    "weighted ones",
    "check_regressor_multioutput": "the predictions are float32, as the network computes them",
    "check_no_attributes_set_in_init": "the parameters are kept as they were given, in a "
    "dictionary",
    "check_do_not_raise_errors_in_init_or_set_params": "illegal names are refused where they are "
    "given, as in Keras 2",
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("made", [AnyClassifier, AnyRegressor])
def test_the_checks_of_scikit_learn(made):
    results = check_estimator(
        made(epochs=40, batch_size=16, verbose=0),
        expected_failed_checks=EXPECTED,
        on_fail=None,
        on_skip=None,
    )
    failed = {r["check_name"]: repr(r["exception"]) for r in results if r["status"] == "failed"}
    assert not failed, "\n".join(f"{name}: {text[:300]}" for name, text in failed.items())
    assert sum(r["status"] == "passed" for r in results) > 30


def test_scores_take_arguments_of_predict():
    class Builder:
        def __call__(self, units):
            model = Sequential([Dense(units, input_dim=3), Dense(1)])
            model.compile("sgd", "mse")
            return model

    class Regressor(KerasRegressor):
        __call__ = Builder.__call__

    x, y = np.random.default_rng(0).random((8, 3)), np.arange(8.0)
    for build in (Builder(), Builder().__call__):
        estimator = KerasRegressor(build, units=2, epochs=1, verbose=0).fit(x, y)
        assert estimator.score(x, y, batch_size=4) == pytest.approx(estimator.score(x, y), abs=1e-5)
    assert Regressor(units=2, epochs=1, verbose=0).fit(x, y).score(x, y, batch_size=4) < 1

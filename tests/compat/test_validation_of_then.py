"""What callbacks and validations of old programs get; the real 1.2.2, 2.0.4 and 2.2.4 say it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import jaxcnn.backend as K
from jaxcnn.callbacks import Callback, History, ModelCheckpoint
from jaxcnn.layers import Dense, Dropout
from jaxcnn.models import Sequential
from jaxcnn.spellings.dialect import speaking

X = np.linspace(-1, 1, 92).reshape(23, 4).astype("float32")
Y = (X.sum(1) > 0).astype("float32")


def network(*layers):
    model = Sequential(
        [Dense(1, input_dim=4, activation="sigmoid", kernel_initializer="ones"), *layers]
    )
    model.compile("sgd", "binary_crossentropy", metrics=[largest])
    return model


def largest(y, p):
    return K.max(p)


def portions():
    while True:
        for i in (0, 5, 10):
            yield X[i : i + 5], Y[i : i + 5]


def shapes(arrays):
    return [[np.shape(a) for a in v] if isinstance(v, list) else np.shape(v) for v in arrays]


@pytest.mark.parametrize("version", ["2.0", "2.2"])
def test_the_learning_phase_is_the_last_of_the_validation_arrays(version):
    with speaking(version):
        told = Callback()
        network(Dropout(0.5)).fit(X, Y, validation_data=(X, Y), callbacks=[told], verbose=0)
        assert shapes(told.validation_data) == [(23, 4), (23, 1), (23,), ()]
        assert told.validation_data[-1] == 0.0
        network().fit(X, Y, validation_split=0.3, callbacks=[told], verbose=0)
        assert shapes(told.validation_data) == [(7, 4), (7, 1), (7,)]


@pytest.mark.parametrize(
    ("version", "expected"),
    [("2.0", [(23, 4), [(23, 1)], [(23,)]]), ("2.2", [(23, 4), (23, 1), (23,), ()])],
)
def test_validation_arrays_beside_a_generator(version, expected):
    with speaking(version):
        told = Callback()
        network(Dropout(0.5)).fit_generator(
            portions(), 3, validation_data=(X, Y), callbacks=[told], verbose=0
        )
        assert shapes(told.validation_data) == expected


def test_validation_arrays_are_read_in_batches_of_the_generator():
    """The largest of five rows each: `validation_steps` does not count for arrays."""
    with speaking("2.2"):
        model = network()
        history = model.fit_generator(
            portions(), 3, validation_data=(X, Y), validation_steps=1, verbose=0
        )
        p = model.predict(X).ravel()
        sizes = [5, 5, 5, 5, 3]
        expected = sum(p[5 * i : 5 * i + 5].max() * n for i, n in enumerate(sizes)) / 23
        assert_allclose(history.history["val_largest"], [expected], rtol=1e-5)
    model = network()
    history = model.fit(portions(), epochs=1, steps_per_epoch=3, validation_data=(X, Y), verbose=0)
    assert_allclose(history.history["val_largest"], [model.predict(X).max()], rtol=1e-5)


def test_a_history_of_the_program_is_told_what_that_keras_told():
    with speaking("2.0"):
        told = History()
        network().fit(X, Y, callbacks=[told], verbose=0)
        names = ["batch_size", "do_validation", "epochs", "metrics", "samples", "verbose"]
        assert sorted(told.params) == names


def test_every_checkpoint_says_how_it_compares():
    better = [ModelCheckpoint("x", monitor).monitor_op for monitor in ("loss", "val_acc")]
    assert better == [np.less, np.greater]

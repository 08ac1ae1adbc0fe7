"""The running statistics of BatchNormalization in programs for Keras 2.2.

The expected values are those of Keras 2.2.4 with TensorFlow 1.13.
"""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import BatchNormalization, Dense, Input, add
from jaxcnn.models import Model, Sequential, load_model
from jaxcnn.optimizers import SGD
from jaxcnn.spellings.dialect import speaking

RNG = np.random.RandomState(0)
FIRST, SECOND = RNG.rand(2, 6, 4).astype("float32")
PICTURES = RNG.rand(3, 2, 2, 4).astype("float32")


def compiled(shape, axis=-1):
    x = Input(shape)
    model = Model(x, BatchNormalization(axis=axis, momentum=0.9)(x))
    model.compile(SGD(0.0), "mse")
    return model


def test_they_forget_what_they_began_with():
    with speaking("2.2"):
        model = compiled((4,))
        model.train_on_batch(FIRST, FIRST)
        np.testing.assert_allclose(model.get_weights()[2], FIRST.mean(0), rtol=1e-5)
        model.set_weights([*model.get_weights()[:2], np.zeros(4), np.ones(4)])
        model.train_on_batch(SECOND, SECOND)
        mean, variance = model.get_weights()[2:]
    of_sample = 6 / (6 - 1.001)
    np.testing.assert_allclose(mean, (0.9 * FIRST.mean(0) + SECOND.mean(0)) / 1.9, rtol=1e-5)
    expected = (0.9 * FIRST.var(0) + SECOND.var(0)) / 1.9 * of_sample
    np.testing.assert_allclose(variance, expected, rtol=1e-5)


@pytest.mark.parametrize(("axis", "corrections"), [(-1, 2), (1, 1)])
def test_variances_of_images_with_channels_last_are_corrected_twice(axis, corrections):
    with speaking("2.2"):
        model = compiled((2, 2, 4), axis)
        model.train_on_batch(PICTURES, PICTURES)
        variance = model.get_weights()[3]
    others = tuple({0, 1, 2, 3} - {axis % 4})
    count = PICTURES.size // PICTURES.shape[axis]
    factor = count / (count - 1.001) * (count / (count - 1) if corrections == 2 else 1)
    np.testing.assert_allclose(variance, PICTURES.var(others) * factor, rtol=1e-5)


def test_a_short_batch_counts_its_own_rows():
    with speaking("2.2"):
        model = compiled((4,))
        model.fit(FIRST, FIRST, batch_size=4, epochs=1, shuffle=False, verbose=0)
        mean, variance = model.get_weights()[2:]
    parts = FIRST[:4], FIRST[4:]
    expected = [part.var(0) * len(part) / (len(part) - 1.001) for part in parts]
    np.testing.assert_allclose(variance, (0.9 * expected[0] + expected[1]) / 1.9, rtol=1e-4)
    expected = (0.9 * parts[0].mean(0) + parts[1].mean(0)) / 1.9
    np.testing.assert_allclose(mean, expected, rtol=1e-5)


def test_a_frozen_layer_counts_nothing():
    with speaking("2.2"):
        model = compiled((4,))
        model.layers[1].trainable = False
        model.compile(SGD(0.0), "mse")
        model.train_on_batch(FIRST, FIRST)
        assert model.get_weights()[2].tolist() == [0, 0, 0, 0]
        model.layers[1].trainable = True
        model.compile(SGD(0.0), "mse")
        model.train_on_batch(SECOND, SECOND)
        np.testing.assert_allclose(model.get_weights()[2], SECOND.mean(0), rtol=1e-5)


def test_what_they_are_computed_from_is_no_weight(tmp_path):
    with speaking("2.2"):
        model = compiled((4,))
        model.train_on_batch(FIRST, FIRST)
        assert len(model.weights) == len(model.get_weights()) == 4
        assert model.count_params() == 16 and not model.stateful and not model.state_updates
        model.save(tmp_path / "model.h5")
        again = load_model(tmp_path / "model.h5")
        np.testing.assert_allclose(again.predict(SECOND), model.predict(SECOND), rtol=1e-6)
        again.train_on_batch(SECOND, SECOND)  # begins to count anew
        np.testing.assert_allclose(again.get_weights()[2], SECOND.mean(0), rtol=1e-5)


def test_a_loop_of_its_own_carries_them_along():
    with speaking("2.2"):
        model = compiled((4,))
        assert len(model.updates) == 2
        step = K.function([model.input, K.learning_phase()], [model.output], updates=model.updates)
        for batch in (FIRST, SECOND):
            step([batch, 1])
        mean = model.get_weights()[2]
    np.testing.assert_allclose(mean, (0.9 * FIRST.mean(0) + SECOND.mean(0)) / 1.9, rtol=1e-5)


def test_earlier_versions_move_them():
    model = compiled((4,))
    model.train_on_batch(FIRST, FIRST)
    np.testing.assert_allclose(model.get_weights()[2], 0.1 * FIRST.mean(0), rtol=1e-5)


def test_a_model_called_twice_on_a_tensor_is_computed_once():
    with speaking("2.2"):
        x = Input((2,))
        inner = Sequential([BatchNormalization(input_shape=(2,), momentum=0.5)])
        one, two = inner(x), inner(x)
        assert one is two
        model = Model(x, add([Dense(1)(one), Dense(1)(two)]))
        model.compile(SGD(0.0), "mse")
        model.train_on_batch(np.array([[1.0, 2.0], [3.0, 8.0]]), np.zeros((2, 1)))
        mean, variance = inner.get_weights()[2:]
    np.testing.assert_allclose(mean, [2.0, 5.0], rtol=1e-6)
    np.testing.assert_allclose(variance, [2.0020020, 18.0180187], rtol=1e-6)

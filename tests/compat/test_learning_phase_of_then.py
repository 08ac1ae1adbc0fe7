"""Training after ``K.set_learning_phase(0)``, as Keras 2.0.4 and 2.2.4 did it."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import config
from jaxcnn.layers import BatchNormalization, Input
from jaxcnn.models import Model
from jaxcnn.optimizers import SGD
from jaxcnn.spellings.dialect import speaking

X = np.random.RandomState(0).rand(6, 4).astype("float32")


@pytest.fixture(autouse=True)
def phase():
    yield
    config.set_learning_phase(None)


@pytest.mark.parametrize(
    ("version", "mean", "variance"),
    [("2.0", 0.1 * X.mean(0), 0.9 + 0.1 * X.var(0)), ("2.2", X.mean(0), X.var(0) * 6 / 5)],
)
def test_running_statistics_move_while_layers_run_in_inference_mode(version, mean, variance):
    with speaking(version):
        K.set_learning_phase(0)
        x = Input((4,))
        model = Model(x, BatchNormalization(momentum=0.9, epsilon=0.0)(x))
        model.compile(SGD(0.0), "mse")
        assert model.train_on_batch(X, X) == pytest.approx(0, abs=1e-9)
        np.testing.assert_allclose(model.get_weights()[2], mean, rtol=1e-5)
        np.testing.assert_allclose(model.get_weights()[3], variance, rtol=1e-5)
        model.evaluate(X, X, verbose=0)
        np.testing.assert_allclose(model.get_weights()[2], mean, rtol=1e-5)


def test_a_call_that_says_inference_moves_nothing():
    with speaking("2.0"):
        x = Input((4,))
        model = Model(x, BatchNormalization()(x, training=False))
        model.compile(SGD(0.0), "mse")
        model.train_on_batch(X, X)
        assert model.get_weights()[2].tolist() == [0, 0, 0, 0]

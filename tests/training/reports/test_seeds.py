"""What users saw of repeated trials that were all alike."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import Dense, Dropout
from jaxcnn.models import Sequential
from jaxcnn.runtime import config


@pytest.fixture(autouse=True)
def no_seed(monkeypatch):
    """No seed is set, and NumPy's state afterwards is as before."""
    monkeypatch.delenv("JAXCNN_SEED")
    config.reset()
    state = np.random.get_state()
    yield
    np.random.set_state(state)


def trial():
    K.clear_session()
    model = Sequential([Dense(3, input_shape=(4,)), Dropout(0.5), Dense(1)])
    return model.get_weights()[0]


def test_np_random_seed_decides_each_trial():
    def trials(seeds, draws=0):
        for seed in seeds:
            np.random.seed(seed)
            np.random.rand(draws)
            yield trial()

    first, second, again = trials([1, 2, 1])
    assert not np.array_equal(first, second) and np.array_equal(first, again)
    drawn, other, same = trials([1, 2, 1], draws=1000)
    assert not np.array_equal(drawn, other) and np.array_equal(drawn, same)


def test_trials_without_a_seed_differ():
    assert not np.array_equal(trial(), trial())


def test_the_seed_that_was_set_wins():
    config.set_random_seed(5)
    first = trial()
    np.random.seed(1)
    assert np.array_equal(trial(), first)


def test_numpy_draws_what_it_would_without_the_library():
    np.random.seed(3)
    expected = np.random.rand(4)
    np.random.seed(3)
    trial()
    assert np.array_equal(np.random.rand(4), expected)


def test_a_seed_from_the_environment(monkeypatch):
    monkeypatch.setenv("JAXCNN_SEED", "7")
    config.reset()
    assert config.seed() == 7


def test_the_order_of_an_epoch_holds_while_the_data_draws_from_numpy():
    """The data may move NumPy's state in the middle of a fit, which has drawn its seed before."""
    from jaxcnn.utils import Sequence

    seen = []

    class Batches(Sequence):
        def __len__(self):
            return 8

        def __getitem__(self, index):
            np.random.rand(700)
            seen.append(index)
            return np.ones((2, 4)), np.ones((2, 1))

    model = Sequential([Dense(1, input_shape=(4,))])
    model.compile("sgd", "mse")
    model.fit(Batches(), epochs=1, verbose=0, workers=0)
    assert sorted(seen) == list(range(8))

"""The learning-rate finder."""

import numpy as np
import pytest
from PIL import Image

from jaxcnn.callbacks import Callback, LearningRateFinder
from jaxcnn.layers import BatchNormalization, Dense
from jaxcnn.models import Sequential
from jaxcnn.optimizers import SGD

RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 4)).astype("float32")
Y = X @ np.array([[1.0], [2.0], [-1.0], [0.5]], "float32")


def network(optimizer=None):
    model = Sequential([BatchNormalization(input_shape=(4,)), Dense(1)])
    model.compile(optimizer or SGD(0.05, momentum=0.5), "mse")
    return model


def test_rates_rise_until_the_loss_runs_away_and_all_is_put_back(tmp_path):
    model = network()
    model.fit(X[:64], Y[:64], epochs=1, verbose=0)
    before, arrays = model.get_weights(), [array for _, array in model.optimizer_arrays()]
    finder = LearningRateFinder(1e-4, 1e3)
    model.fit(X, Y, batch_size=8, epochs=4, verbose=0, callbacks=[finder])
    assert 20 < len(finder.rates) == len(finder.losses) < 200
    steps = np.diff(np.log(finder.rates))
    assert np.allclose(steps, np.log(1e7) / 199, rtol=1e-3) and finder.rates[0] == pytest.approx(
        1e-4
    )
    assert 1e-3 < finder.suggestion < 0.2
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), before, strict=True))
    assert all(
        np.array_equal(a, b) for a, (_, b) in zip(arrays, model.optimizer_arrays(), strict=True)
    )
    assert model.optimizer.lr == pytest.approx(0.05)
    with Image.open(finder.plot(tmp_path / "rates.png")) as picture:
        assert min(picture.size) > 300
    model.fit(X, Y, epochs=1, verbose=0)  # training goes on


def test_so_many_steps():
    model, finder = network(), LearningRateFinder(steps=5)
    model.fit_generator(iter([(X[:8], Y[:8])] * 50), 20, epochs=2, verbose=0, callbacks=[finder])
    assert len(finder.rates) == 5 and finder.rates[-1] == pytest.approx(1.0)


def test_an_interrupted_search_puts_back_too():
    class Fail(Callback):
        def on_batch_end(self, batch, logs=None):
            if batch == 5:
                raise KeyboardInterrupt

    model = network()
    before = model.get_weights()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, epochs=1, verbose=0, callbacks=[LearningRateFinder(), Fail()])
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), before, strict=True))
    assert model.optimizer.lr == pytest.approx(0.05)


def test_what_makes_no_sense():
    with pytest.raises(ValueError, match="must rise"):
        LearningRateFinder(1.0, 0.1)
    with pytest.raises(ValueError, match="no rate yet"):
        LearningRateFinder().suggestion  # noqa: B018
    with pytest.raises(ValueError, match="say how many `steps`"):
        loader = type("Loader", (), {"__iter__": lambda self: iter([(X, Y)])})()
        network().fit(loader, callbacks=[LearningRateFinder()], verbose=0)

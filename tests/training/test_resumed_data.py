"""Data with a position: a resumed fit sees exactly the samples that it would have seen."""

from types import SimpleNamespace

import numpy as np
import pytest

from jaxcnn.callbacks import Callback
from jaxcnn.datasets.streaming import Stream, Zipped
from jaxcnn.layers import Dense
from jaxcnn.layers.naming import reset_names
from jaxcnn.models import Sequential
from jaxcnn.training.input.stream_feed import positioned
from jaxcnn.training.input.workers import Workers

SAMPLES = 23


class Die(Callback):
    def __init__(self, after):
        self.left = after

    def on_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def stream(augment=True):
    rng = np.random.default_rng(0)
    x, y = (
        rng.normal(size=(SAMPLES, 3)).astype("float32"),
        rng.normal(size=(SAMPLES, 1)).astype("float32"),
    )

    def noisy(sample, rng):
        return sample[0] + rng.normal(size=3).astype("float32"), sample[1]

    return Stream(Zipped(x, y), 4, seed=7, augment=noisy if augment else None, workers=0)


def train(data, callbacks=(), **options):
    reset_names()
    model = Sequential([Dense(1, input_shape=(3,))])
    model.compile("adam", "mse")
    model.fit(data, verbose=0, epochs=3, callbacks=list(callbacks), **options)
    return model.get_weights()


def assert_same(a, b):
    for one, other in zip(a, b, strict=True):
        np.testing.assert_array_equal(one, other)


class Counting:
    """An iterator with a position, like those of grain: numbers that never end."""

    def __init__(self):
        self.at = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.at += 1
        x = np.random.default_rng(self.at).normal(size=(4, 3)).astype("float32")
        return x, x.sum(1, keepdims=True)

    def get_state(self):
        return {"at": self.at}

    def set_state(self, state):
        self.at = state["at"]


@pytest.mark.parametrize(
    "after", [3, 6, 9, 12]
)  # 6 batches a pass: in the first epoch, at its end, in the second, ...
@pytest.mark.parametrize("steps", [None, 4])
@pytest.mark.parametrize("make", [stream, Counting])
def test_a_killed_run_goes_on_with_the_same_samples(tmp_path, make, steps, after):
    if make is Counting:
        steps = steps or 6
    whole = train(make(), steps_per_epoch=steps)
    options = {"steps_per_epoch": steps, "checkpoint_dir": tmp_path, "checkpoint_every": 2}
    with pytest.raises(KeyboardInterrupt):
        train(make(), [Die(after)], **options)
    assert_same(train(make(), **options), whole)


@pytest.mark.parametrize("steps", [2, 6, 7])
def test_what_was_made_in_advance_is_not_lost(steps):
    """The next call goes on behind the last batch that was trained on, however many lay ready."""
    data = stream()
    for calls in (1, 2):
        train(data, steps_per_epoch=steps)
        used = 3 * steps * calls
        assert data.get_state() == {"epoch": used // 6, "batch": used % 6, "seed": 7}


def test_every_epoch_of_a_stream_sees_each_sample_once():
    seen = []

    def note(sample):
        seen.append(float(sample[0][0]))
        return sample

    data = stream(augment=False)
    data.transform = note
    train(data, max_queue_size=1)
    first = seen[:SAMPLES]
    assert sorted(seen) == sorted(3 * first)
    assert sorted(first) == sorted(set(first))
    assert seen[SAMPLES : 2 * SAMPLES] != first


def test_data_of_processes_has_no_position():
    items = SimpleNamespace(get_state=lambda: 0, set_state=print)
    stream = SimpleNamespace(items=items)
    assert positioned(stream, Workers()) is items
    assert positioned(stream, Workers(processes=True)) is None
    assert positioned(SimpleNamespace(items=SimpleNamespace(get_state=print)), Workers()) is None

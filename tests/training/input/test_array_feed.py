"""In-memory arrays as batches: one by one, padded, stacked, and how many there are."""

from types import SimpleNamespace

import jax
import numpy as np
import pytest

from jaxcnn.layers import Dense
from jaxcnn.models import Sequential
from jaxcnn.training.dispatch import Dispatcher
from jaxcnn.training.input.array_feed import ArrayFeed, free_memory
from jaxcnn.training.input.check import Arrays
from jaxcnn.training.input.feed import Position


def feed(pad, samples=10, batch_size=4, steps=None):
    x = np.arange(samples, dtype="float64")[:, None]
    return ArrayFeed(Arrays([x], [x * 2], [None]), ["float32"], batch_size, pad, steps)


def test_batches_in_order():
    whole, short = feed(False).batch(np.arange(10), 0), feed(False).batch(np.arange(10)[::-1], 2)
    assert (
        whole.inputs.dtype == np.float32
        and whole.inputs[:, 0].tolist() == [0, 1, 2, 3]
        and whole.rows is None
    )
    assert short.inputs[:, 0].tolist() == [1, 0] and short.targets[0][:, 0].tolist() == [2, 0]


def test_a_short_batch_is_padded_and_says_so():
    padded = feed(True)
    assert padded.steps == 3 and [padded.size(i) for i in range(3)] == [4, 4, 2]
    assert padded.batch(np.arange(10), 0).rows.tolist() == [1, 1, 1, 1]
    last = padded.batch(np.arange(10), 2)
    assert last.inputs.shape == (4, 1) and last.rows.tolist() == [1, 1, 0, 0]


def test_stacked_batches_are_the_batches():
    padded, order = feed(True), np.random.default_rng(0).permutation(10)
    stacked = padded.stacked(order, 1, 2, 5)
    assert stacked.inputs.shape == (5, 4, 1) and stacked.rows.shape == (5, 4)
    for i in range(2):
        one = padded.batch(order, 1 + i)
        real = one.rows > 0
        assert np.array_equal(stacked.rows[i], one.rows)
        assert np.array_equal(stacked.inputs[i][real], one.inputs[real])
        assert np.array_equal(stacked.targets[0][i][real], one.targets[0][real])


def test_steps_count_the_short_batch():
    assert feed(False).steps == feed(False, steps=3).steps == 3
    with pytest.raises(ValueError, match="give 3 batches of 4; 4 steps an epoch are asked for"):
        feed(False, steps=4)
    model = Sequential([Dense(1, input_shape=(1,))])
    model.compile("sgd", "mse")
    x = np.ones((10, 1))
    model.fit(x, x, batch_size=4, epochs=1, steps_per_epoch=3, verbose=0)
    assert int(model.opt_state.count) == 3
    with pytest.raises(ValueError, match="4 steps an epoch are asked for"):
        model.fit(x, x, batch_size=4, epochs=1, steps_per_epoch=4, verbose=0)


def test_fewer_steps_take_fewer_samples():
    short = feed(False, steps=2)
    assert (short.samples, short.seen(1), short.seen(2)) == (8, 4, 8)
    assert [portion.size for portion in short.batches(Position())] == [4, 4]
    assert feed(False, steps=3).samples == feed(False).seen(3) == 10


def test_a_resumed_epoch_begins_after_the_steps_that_are_done():
    portions = list(feed(True).batches(Position(done=1)))
    assert [portion.size for portion in portions] == [4, 2]
    assert portions[0].batch.inputs[:, 0].tolist() == [4, 5, 6, 7]


@pytest.mark.parametrize("pad", [False, True])
def test_portions_have_every_sample_once(pad):
    dispatcher = Dispatcher(lambda carry, batch: carry, donate=False, count=2)
    for loops in (False, True):
        portions = list(feed(pad).portions(Position(), dispatcher, loops))
        batches = [p.batch_at(i) for p in portions for i in range(p.steps)]
        real = [slice(None) if b.rows is None else b.rows > 0 for b in batches]
        samples = [b.inputs[rows, 0] for b, rows in zip(batches, real, strict=True)]
        assert np.concatenate(samples).tolist() == list(range(10))
        assert sum(portion.size for portion in portions) == 10
        assert any(portion.many is not None for portion in portions) == (loops and pad)


def test_memory_of_a_batch_and_of_the_device(monkeypatch):
    x, y = np.zeros((10, 3, 5)), np.zeros((10, 2))
    assert ArrayFeed(Arrays([x], [y], [None]), ["float32"], 4, False, None).bytes_per_batch == 272
    stats = {"bytes_limit": 1000, "bytes_in_use": 300}
    monkeypatch.setattr(jax, "local_devices", lambda: [SimpleNamespace(memory_stats=lambda: stats)])
    assert free_memory() == 700
    stats.clear()
    assert free_memory() == float("inf")

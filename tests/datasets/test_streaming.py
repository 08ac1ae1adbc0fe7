"""A stream has every sample once an epoch, and after a resume those that would have come."""

import itertools
import json

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jaxcnn
from jaxcnn.datasets.formats import DamagedFileError
from jaxcnn.datasets.streaming import PictureFolder, Stream, Zipped

from .writers import cut, photograph


def numbers(n=23):
    return Zipped(np.arange(n), np.arange(n) % 3)


def noisy(sample, rng):
    return (sample[0] + rng.random(), *sample[1:])


def epoch(stream):
    return [x.tolist() for x, _ in stream]


def flat(batches):
    return list(itertools.chain(*batches))


@pytest.mark.parametrize("workers", [0, 3])
def test_every_sample_once_an_epoch_in_a_new_order(workers):
    stream = Stream(numbers(), batch_size=5, workers=workers)
    first, second = epoch(stream), epoch(stream)
    assert [len(batch) for batch in first] == [5, 5, 5, 5, 3]
    assert len(stream) == 5
    assert sorted(flat(first)) == sorted(flat(second)) == list(range(23))
    assert flat(first) != flat(second)
    assert flat(first) != sorted(flat(first))


def test_rows_stay_together():
    for x, y in Stream(numbers(), batch_size=4):
        np.testing.assert_array_equal(x % 3, y)


def test_without_shuffle_and_remainder():
    stream = Stream(numbers(10), batch_size=4, shuffle=False, drop_remainder=True)
    assert [epoch(stream) for _ in range(2)] == [[[0, 1, 2, 3], [4, 5, 6, 7]]] * 2


def test_seed_decides_and_workers_do_not():
    streams = [
        Stream(numbers(), 5, seed=s, augment=noisy, workers=w) for s, w in ((1, 0), (1, 3), (2, 0))
    ]
    runs = [[epoch(stream) for _ in range(2)] for stream in streams]
    assert runs[0] == runs[1] != runs[2]
    jaxcnn.utils.set_random_seed(1)
    assert [epoch(s) for s in [Stream(numbers(), 5, augment=noisy)] for _ in range(2)] == runs[0]


@settings(deadline=None, max_examples=8)
@given(st.integers(3, 20), st.integers(1, 7), st.integers(0, 25), st.booleans())
def test_a_resumed_stream_gives_what_would_have_come(n, batch_size, before, shuffle):
    def endless(stream):
        while True:
            yield from stream

    def fresh():
        return Stream(numbers(n), batch_size, shuffle=shuffle, augment=noisy, workers=0, seed=3)

    whole = list(itertools.islice(endless(fresh()), before + 10))
    interrupted = fresh()
    list(itertools.islice(endless(interrupted), before))
    resumed = fresh()
    resumed.set_state(json.loads(json.dumps(interrupted.get_state())))
    for a, b in zip(whole[before:], endless(resumed), strict=False):
        jax.tree.map(np.testing.assert_array_equal, a, b)


def test_the_position_is_that_of_the_batch_given_last_not_of_the_one_read_ahead():
    stream = Stream(numbers(), 5, ahead=4)
    loop = iter(stream)
    next(loop)
    next(loop)
    assert stream.get_state() == {"epoch": 0, "batch": 2, "seed": 0}
    loop.close()
    assert len(epoch(stream)) == 3  # the rest of the epoch
    assert stream.get_state() == {"epoch": 1, "batch": 0, "seed": 0}


def test_shards_share_the_samples_out():
    parts = [Stream(numbers(), 4, seed=5, shard=(i, 3)) for i in range(3)]
    for _ in range(2):
        actual = [flat(epoch(stream)) for stream in parts]
        assert [len(part) for part in actual] == [7, 7, 7]
        assert len(set(flat(actual))) == 21


@pytest.mark.parametrize("kind", ["device", "sharding"])
def test_batches_are_sent_to_the_device(kind):
    device = jax.devices()[0]
    to = device if kind == "device" else jax.sharding.SingleDeviceSharding(device)
    stream = Stream(numbers(8), 4, shuffle=False, to=to)
    batches = list(stream)
    assert all(isinstance(x, jax.Array) and x.devices() == {device} for x, _ in batches)
    assert [x.tolist() for x, _ in batches] == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_dictionaries_and_transform():
    source = [{"image": np.full((2, 2), i), "label": i} for i in range(4)]
    stream = Stream(source, 2, shuffle=False, transform=lambda e: (e["image"] / 2, e["label"]))
    x, y = next(iter(stream))
    assert x.shape == (2, 2, 2)
    assert y.tolist() == [0, 1]


def test_bad_arguments():
    with pytest.raises(ValueError, match="There is no batch: 0 samples for 1 process"):
        Stream([], 4)
    with pytest.raises(
        ValueError, match=r"There is no batch: 3 samples .* short batches are dropped"
    ):
        Stream(numbers(3), 4, drop_remainder=True)
    with pytest.raises(ValueError, match=r"shard must be \(number, count\)"):
        Stream(numbers(3), 4, shard=(2, 2))
    with pytest.raises(ValueError, match="got 0, 2, 4"):
        Stream(numbers(3), 0)
    with pytest.raises(ValueError, match="does not belong to this stream of 5 batches"):
        Stream(numbers(), 5).set_state({"epoch": 0, "batch": 5, "seed": 0})
    with pytest.raises(ValueError, match="same length; given 3, 4"):
        Zipped(np.zeros(3), np.zeros(4))


def test_images_of_a_folder(tmp_path):
    for i in range(3):
        photograph(tmp_path / f"cats/{i}.jpg", (20 + i, 30, 3), i)
        photograph(tmp_path / f"dogs/{i}.png", (25, 30), i)
    source = PictureFolder(tmp_path, size=(10, 12))
    assert source.classes == ["cats", "dogs"]
    (x, y), (_, _) = Stream(source, 4)
    assert (x.shape, x.dtype, set(y.tolist()) <= {0, 1}) == ((4, 10, 12, 3), np.uint8, True)
    with pytest.raises(ValueError, match=r"different shapes: .*\(20, 30, 3\).* with `size`"):
        list(Stream(PictureFolder(tmp_path, None), 6))

    cut(tmp_path / "cats/1.jpg")
    with pytest.raises(DamagedFileError, match=r"cats/1\.jpg is damaged: not a readable image"):
        list(Stream(PictureFolder(tmp_path, (10, 12)), 4))
    with pytest.warns(UserWarning, match=r"1 broken images are left out: .*cats/1\.jpg"):
        source = PictureFolder(tmp_path, (10, 12), skip_broken=True)
    assert len(source) == 5
    (tmp_path / "birds").mkdir()
    with pytest.raises(DamagedFileError, match="there is no image in birds"):
        PictureFolder(tmp_path, None)


def test_without_grain(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "grain", None)
    with pytest.raises(ImportError, match="pip install grain"):
        Stream(numbers(), 4)

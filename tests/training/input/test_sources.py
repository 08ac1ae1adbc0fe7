"""What counts as a stream, which kind it is, and the order in which its batches are asked for."""

import re
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from jaxcnn.training.input import sources
from jaxcnn.training.input.sources import Examples, Indexed, Iterated, Walked, stream_of
from jaxcnn.training.input.workers import Workers
from jaxcnn.utils import Sequence

ALONE = Workers(count=0)


def refused(message):
    return pytest.raises(ValueError, match=re.escape(message))


class Source:
    """Examples by number, dicts of two entries."""

    def __init__(self, length=5):
        self.length = length

    def __len__(self):
        return self.length

    def __getitem__(self, number):
        return np.full(2, number, "float32"), np.int32(number)


class Together(Source):
    def __getitems__(self, numbers):
        return [(np.full(2, -n, "float32"), np.int32(n)) for n in numbers]


class Batches(Sequence):
    ended = 0

    def __len__(self):
        return 3

    def __getitem__(self, number):
        return number

    def on_epoch_end(self):
        self.ended += 1


@pytest.mark.parametrize(
    "data", [None, [1], (1,), range(3), "ab", b"ab", {"a": 1}, np.zeros(3), 5, object()]
)
def test_no_streams(data):
    assert not sources.is_stream(data)


@pytest.mark.parametrize("data", [iter([1]), Source(), Batches(), {1}])
def test_streams(data):
    assert sources.is_stream(data)


def test_an_iterator_is_walked_once():
    items = iter([1, 2, 3])
    stream = stream_of(items, 4, None, ["x"])
    assert isinstance(stream, Walked) and stream.length is None and stream.samples is None
    assert stream.walk([], ALONE, 0) is items
    stream.pass_ended()


def test_an_iterable_begins_again():
    stream = stream_of({1: "a", 2: "b"}.keys(), 4, None, ["x"])
    assert isinstance(stream, Iterated) and stream.length is None
    assert list(stream.walk([], ALONE, 0)) == list(stream.walk([], ALONE, 0)) == [1, 2]
    with refused("a dict_keys can only be read in order"):
        stream.walk([], Workers(processes=True), 0)


def test_the_length_of_an_iterable_with_a_position_is_known():
    class Loader:
        def __iter__(self):
            return iter([])

        def __len__(self):
            return 7

        def set_state(self, state):
            pass

    assert stream_of(Loader(), 4, None, ["x"]).length == 7
    del Loader.set_state
    assert stream_of(Loader(), 4, None, ["x"]).length is None


def test_a_sequence_is_asked_by_number_and_told_of_the_end():
    data = Batches()
    stream = stream_of(data, 4, None, ["x"])
    assert isinstance(stream, Indexed) and (stream.length, stream.samples) == (3, None)
    assert stream.order(False, 0, 0) == [0, 1, 2]
    assert all(type(number) is int for number in stream.order(True, 0, 0))
    by_batch = [number // 2 for number in Indexed(data.__getitem__, 20).order("batch", 0, 0)]
    assert by_batch[::2] != by_batch[1::2]  # each batch moves alone
    assert list(stream.walk([2, 0], ALONE, 0)) == [2, 0]
    stream.pass_ended()
    assert data.ended == 1
    Indexed(data.__getitem__, 3).pass_ended()


@pytest.mark.parametrize(("samples", "batches"), [(5, 3), (4, 2), (1, 1)])
def test_examples_are_put_together(samples, batches):
    stream = stream_of(Source(samples), 2, [2], ["x"])
    assert (stream.length, stream.samples, stream.batch_size) == (batches, samples, 2)
    order = stream.order(False, 0, 0)
    assert [n for numbers in order for n in numbers] == list(range(samples))
    assert [len(numbers) for numbers in order] == [2] * (samples // 2) + [1] * (samples % 2)
    inputs, targets = next(stream.walk(order[-1:], ALONE, 0))
    assert inputs[:, 0].tolist() == targets.tolist() == order[-1]


def test_examples_fetched_together_and_by_name():
    assert Examples(Together())([1, 2])[0][:, 0].tolist() == [-1, -2]
    by_name = {"y": 1, "x": 2, "z": 3}
    inputs, targets = Examples([by_name, by_name], ("x", "y"))([0, 1])
    assert inputs.tolist() == [2, 2] and targets.tolist() == [1, 1]


def test_names_of_input_and_target():
    def source(keys):
        return SimpleNamespace(dataset_info=SimpleNamespace(supervised_keys=keys))

    assert sources.supervised_names(source(["image", "label"])) == ("image", "label")
    assert sources.supervised_names(source(None)) is None
    assert sources.supervised_names(source((("a", "b"), "label"))) is None
    assert sources.supervised_names(object()) is None


def test_batches_and_examples_are_told_apart_by_their_axes():
    batch = np.zeros((4, 3))
    for first, ranks, whole in (
        ((batch, 1), [2], True),
        ((batch[0], 1), [2], False),
        (batch, [2], True),
        (({"b": batch[0], "a": batch}, 1), [2, 2], True),
        (([batch, batch[0]], 1), [2, 2], True),
    ):
        names = ["a", "b"][: len(ranks)]
        assert sources.whole_batches([first], ranks, names) is whole
    assert sources.whole_batches([([[1.0], [2.0]], 1)], [2], ["a"])
    with refused("The examples are dicts of ['image', 'label']; make them (inputs, targets)"):
        sources.whole_batches([{"label": 1, "image": batch}], [2], ["a"])
    with refused("Whether a list holds batches or single examples shows"):
        sources.whole_batches([(batch, 1)], None, ["a"])


class Endless(Source):
    def __len__(self):
        return sys.maxsize


def test_lengths():
    assert sources.checked_length(Source(1)) == 1
    assert sources.checked_length(Source(sys.maxsize - 1)) == sys.maxsize - 1
    with refused("The data is empty: a Source of length 0."):
        sources.checked_length(Source(0))
    with refused("The Endless repeats without end"):
        sources.checked_length(Endless())


def test_parts_of_a_raw_batch():
    assert sources.raw_parts((1, 2)) == (1, 2, None)
    assert sources.raw_parts([1, 2, 3]) == (1, 2, 3)
    assert sources.raw_inputs((1, 2)) == 1 and sources.raw_inputs([1, 2]) == [1, 2]
    for raw, given in (((1,), "a tuple of 1"), ([1] * 4, "a list of 4"), (5, "a int")):
        with pytest.raises(ValueError, match=rf"or `\(x, y\)`\. Found: {given}\.$"):
            sources.raw_parts(raw)


@pytest.mark.parametrize("count", [1, 2])
def test_threads_keep_the_order(count):
    stream = stream_of(Batches(), 4, None, ["x"])
    walk = stream.walk([2, 1, 0], Workers(count=count), 0)
    assert list(walk) == [2, 1, 0]
    assert isinstance(walk, map) == (count == 1)
    if count > 1:
        walk.close()


def test_the_first_input_is_the_one_that_must_be_there():
    examples = [({"a": np.zeros((4, 3)), "b": np.zeros(4)}, np.zeros(4))]
    assert sources.whole_batches(examples, [2, 1], ["a", "b"])
    with refused("The examples are dicts of"):
        sources.whole_batches([({"b": np.zeros(4)}, np.zeros(4))], [2, 1], ["a", "b"])

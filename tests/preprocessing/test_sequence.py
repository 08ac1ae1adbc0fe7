"""Padding, skip-grams and windows: the quick start digit for digit, and laws that hold."""

import json
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import jaxcnn
from jaxcnn.preprocessing.sequence import (
    TimeseriesGenerator,
    make_sampling_table,
    pad_sequences,
    skipgrams,
    timeseries_generator_from_json,
)
from jaxcnn.spellings.dialect import speaking

# padding
# --------------------------------------------------------------------------------------------------


def test_padding_of_the_quick_start():
    a = [[1], [1, 2], [1, 2, 3]]
    for kwargs, expected in (
        ({"maxlen": 3, "padding": "pre"}, [[0, 0, 1], [0, 1, 2], [1, 2, 3]]),
        ({"maxlen": 3, "padding": "post"}, [[1, 0, 0], [1, 2, 0], [1, 2, 3]]),
        ({"maxlen": 2, "truncating": "pre"}, [[0, 1], [1, 2], [2, 3]]),
        ({"maxlen": 2, "truncating": "post"}, [[0, 1], [1, 2], [1, 2]]),
        ({"maxlen": 3, "value": 1}, [[1, 1, 1], [1, 1, 2], [1, 2, 3]]),
        ({}, [[0, 0, 1], [0, 1, 2], [1, 2, 3]]),
    ):
        padded = pad_sequences(a, **kwargs)
        assert padded.dtype == np.int32
        np.testing.assert_array_equal(padded, expected)


def test_elements_with_a_shape_of_their_own():
    padded = pad_sequences(
        [np.ones((1, 2)), [], 2 * np.ones((3, 2))], maxlen=2, dtype="float32", value=-1
    )
    assert padded.shape == (3, 2, 2)
    assert padded[:, :, 0].tolist() == [[-1, 1], [-1, -1], [2, 2]]


def test_padding_corner_cases():
    assert pad_sequences([], maxlen=3).shape == (0, 3)
    assert pad_sequences([]).shape == (0, 0)
    assert pad_sequences([[], []]).shape == (2, 0)
    assert pad_sequences([[1, 2]], maxlen=0).shape == (1, 0)
    assert pad_sequences([[1.9]], dtype="float64").tolist() == [[1.9]]


def test_bad_padding():
    with pytest.raises(ValueError, match="padding must be 'pre' or 'post'; got 'left'"):
        pad_sequences([[1]], padding="left")
    with pytest.raises(ValueError, match="truncating must be 'pre' or 'post'; got 'both'"):
        pad_sequences([[1]], truncating="both")
    with pytest.raises(ValueError, match="must be a list of sequences; got int"):
        pad_sequences(5)
    with pytest.raises(ValueError, match="number 1 is 7"):
        pad_sequences([[1], 7])
    with pytest.raises(ValueError, match="number 0 is 'text'"):
        pad_sequences(["text"])
    with pytest.raises(
        ValueError, match=r"Sequence 1 has elements of shape \(3,\); the first ones have \(2,\)"
    ):
        pad_sequences([np.ones((1, 2)), np.ones((2, 3))])
    with pytest.raises(ValueError, match="maxlen must not be negative"):
        pad_sequences([[1]], maxlen=-1)


SEQUENCES = st.lists(st.lists(st.integers(1, 99), max_size=9), max_size=7)
END = st.sampled_from(["pre", "post"])


@given(SEQUENCES, st.integers(0, 12), END, END)
def test_padding_laws(sequences, maxlen, padding, truncating):
    padded = pad_sequences(sequences, maxlen, padding=padding, truncating=truncating)
    assert padded.shape == (len(sequences), maxlen)
    for row, sequence in zip(padded, sequences, strict=True):
        kept = min(len(sequence), maxlen)
        real = row[maxlen - kept :] if padding == "pre" else row[:kept]
        assert np.count_nonzero(row) == kept  # all else is filler
        assert real.tolist() == (
            sequence[len(sequence) - kept :] if truncating == "pre" else sequence[:kept]
        )


@given(SEQUENCES, st.integers(1, 12), END, END)
def test_padding_again_changes_nothing(sequences, maxlen, padding, truncating):
    once = pad_sequences(sequences, maxlen, padding=padding, truncating=truncating)
    twice = pad_sequences(once, maxlen, padding=padding, truncating=truncating)
    np.testing.assert_array_equal(once, twice)


@given(SEQUENCES, st.integers(1, 12))
def test_pre_and_post_mirror_each_other(sequences, maxlen):
    mirrored = pad_sequences(
        [s[::-1] for s in sequences], maxlen, padding="post", truncating="post"
    )
    np.testing.assert_array_equal(pad_sequences(sequences, maxlen), mirrored[:, ::-1])


# word pairs
# --------------------------------------------------------------------------------------------------


def test_sampling_table_of_the_quick_start():
    table = make_sampling_table(5)
    np.testing.assert_array_equal(
        np.round(table, 8), [0.00315225, 0.00315225, 0.00547597, 0.00741556, 0.00912817]
    )
    assert make_sampling_table(100, 10.0).max() == 1.0
    # With a factor of 1 the book has all probabilities 1
    np.testing.assert_allclose(make_sampling_table(5, 1.0), [0.9968, 0.9968, 1, 1, 1], atol=5e-5)


def test_skipgrams_of_the_quick_start():
    couples, labels = skipgrams([0, 1, 2, 3], vocabulary_size=4)
    positives = [couple for couple, label in zip(couples, labels, strict=True) if label == 1]
    negatives = [couple for couple, label in zip(couples, labels, strict=True) if label == 0]
    assert sorted(positives) == [[a, b] for a in (1, 2, 3) for b in (1, 2, 3) if a != b]
    assert sorted(first for first, _ in negatives) == [1, 1, 2, 2, 3, 3]
    assert all(1 <= other <= 3 for _, other in negatives)


def test_skipgrams_without_chance():
    couples, labels = skipgrams([5, 0, 6, 7], 8, window_size=1, negative_samples=0, shuffle=False)
    assert couples == [[6, 7], [7, 6]]
    assert labels == [1, 1]
    couples, labels = skipgrams([1, 2], 3, negative_samples=1.5, shuffle=False, categorical=True)
    assert labels == [[0, 1]] * 2 + [[1, 0]] * 3
    assert skipgrams([0, 0], 5) == ([], [])


def test_sampling_table_decides_which_words_come_first():
    couples, _ = skipgrams([1, 2, 3], 4, negative_samples=0, sampling_table=[0, 0.0, 1.0, 0.0])
    assert sorted(couples) == [[2, 1], [2, 3]]


def test_skipgrams_follow_the_seed():
    draw = [skipgrams(range(20), 30, seed=s) for s in (1, 1, 2)]
    assert draw[0] == draw[1] != draw[2]
    runs = []
    for _ in range(2):
        jaxcnn.utils.set_random_seed(3)
        runs.append([skipgrams(range(20), 30) for _ in range(2)])
    assert runs[0] == runs[1]
    assert runs[0][0] != runs[0][1]


def test_skipgrams_with_too_small_a_vocabulary():
    with pytest.raises(ValueError, match="vocabulary_size of at least 2; got 1"):
        skipgrams([1, 1], 1)


# windows
# --------------------------------------------------------------------------------------------------


def test_windows():
    windows, targets = TimeseriesGenerator(
        np.arange(50), np.arange(50), length=10, sampling_rate=2, batch_size=2
    )[0]
    assert windows.tolist() == [[0, 2, 4, 6, 8], [1, 3, 5, 7, 9]]
    assert targets.tolist() == [10, 11]


def test_shuffled_windows_come_once_each_and_follow_seed_and_epoch():
    generator = TimeseriesGenerator(
        np.arange(30), np.arange(30), length=4, batch_size=7, shuffle=True
    )

    def epoch():
        return [int(t) for i in range(len(generator)) for t in generator[i][1]]

    first = epoch()
    assert first == epoch() != sorted(first)
    assert sorted(first) == list(range(4, 30))
    generator.on_epoch_end()
    assert epoch() != first


def test_bad_windows():
    data = np.arange(10)
    with pytest.raises(ValueError, match="data has 10, targets 9"):
        TimeseriesGenerator(data, data[:9], 2)
    with pytest.raises(ValueError, match=r"`start_index\+length=10 > end_index=9`"):
        TimeseriesGenerator(data, data, 10)
    with pytest.raises(ValueError, match="stride must be at least 1; got 0"):
        TimeseriesGenerator(data, data, 2, stride=0)
    with pytest.raises(ValueError, match="end_index is 10; the last row of the data is 9"):
        TimeseriesGenerator(data, data, 2, end_index=10)
    with pytest.raises(IndexError, match="There are 1 batches; number 1"):
        TimeseriesGenerator(data, data, 2)[1]
    with pytest.raises(TypeError, match="The data cannot be written as JSON"):
        TimeseriesGenerator([object()] * 3, [1, 2, 3], 1).to_json()


def test_windows_as_json():
    data = np.arange(20).reshape(10, 2)
    generator = TimeseriesGenerator(data, data[:, 0], 3, start_index=2, batch_size=2)
    written = generator.to_json()
    assert json.loads(written)["config"]["start_index"] == 5
    again = timeseries_generator_from_json(written)
    assert len(again) == len(generator)
    np.testing.assert_array_equal(again[1][0], generator[1][0])


@pytest.mark.parametrize("version", ["2.0", "2.2"])
def test_skipgrams_of_old_programs_are_drawn_as_they_were(version):
    """The pairs of Keras 2.0.4 and 2.2.4 after the same `random.seed`."""
    random.seed(3)
    with speaking(version):
        couples, labels = skipgrams([1, 2, 3, 4, 0, 5], 6, window_size=1)
        more = skipgrams(
            [1, 2, 3, 4], 5, window_size=1, shuffle=False, negative_samples=0.5, categorical=True
        )
        skipgrams(list(range(1, 12)), 12, 1, sampling_table=make_sampling_table(12, 0.1))
    assert couples == [
        *([4, 1], [2, 3], [1, 5], [2, 1], [2, 1], [1, 2]),
        *([3, 4], [4, 3], [3, 5], [3, 2], [3, 4], [2, 3]),
    ]
    assert labels == [0, 0, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1]
    assert more[0][6:] == [[1, 1], [2, 2], [3, 4]]
    assert more[1] == [[0, 1]] * 6 + [[1, 0]] * 3
    assert random.random() == 0.9608154888168992

"""Texts and sequences come out as from Keras's own functions."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras.src.legacy.preprocessing import sequence as keras_sequence
from keras.src.legacy.preprocessing import text as keras_text

from jaxcnn.preprocessing import sequence, text

END = st.sampled_from(["pre", "post"])


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(st.integers(1, 99), max_size=9), max_size=7), st.integers(1, 12), END, END)
def test_padding(sequences, maxlen, padding, truncating):
    for dtype in ("int32", "float32"):
        arguments = {
            "maxlen": maxlen,
            "padding": padding,
            "truncating": truncating,
            "dtype": dtype,
            "value": 3,
        }
        expected = keras.utils.pad_sequences(sequences, **arguments)
        ours = sequence.pad_sequences(sequences, **arguments)
        np.testing.assert_array_equal(ours, expected)
        assert ours.dtype == expected.dtype


@pytest.mark.parametrize(
    "arguments",
    [
        {"length": 4, "batch_size": 3},
        {"length": 10, "sampling_rate": 2, "batch_size": 2},
        {
            "length": 3,
            "stride": 2,
            "start_index": 5,
            "end_index": 20,
            "reverse": True,
            "batch_size": 4,
        },
    ],
)
def test_windows(arguments):
    data, targets = np.arange(60).reshape(30, 2), np.arange(30) * 10
    ours = sequence.TimeseriesGenerator(data, targets, **arguments)
    theirs = keras_sequence.TimeseriesGenerator(data, targets, **arguments)
    assert len(ours) == len(theirs)
    for i in range(len(ours)):
        for a, b in zip(ours[i], theirs[i], strict=True):
            np.testing.assert_array_equal(a, b)


def test_sampling_table():
    np.testing.assert_allclose(
        sequence.make_sampling_table(500), keras_sequence.make_sampling_table(500), rtol=1e-12
    )


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.text("ab cdE.", max_size=30), min_size=1, max_size=6),
    st.sampled_from([None, 3, 5]),
    st.booleans(),
)
def test_tokenizer_after_one_fit(texts, num_words, char_level):
    """After the first: Keras 3 adds up document_count where Keras 2.0.4, whose figures the books
    print, starts anew. Characters keep their case there too.
    """
    for oov in (None, "?"):
        ours = text.Tokenizer(num_words, char_level=char_level, oov_token=oov)
        theirs = keras_text.Tokenizer(
            num_words, lower=not char_level, char_level=char_level, oov_token=oov
        )
        ours.fit_on_texts(texts)
        theirs.fit_on_texts(texts)
        assert ours.word_index == theirs.word_index
        assert ours.index_docs == theirs.index_docs
        sequences = ours.texts_to_sequences(texts)
        assert sequences == theirs.texts_to_sequences(texts)
        assert ours.sequences_to_texts(sequences) == theirs.sequences_to_texts(sequences)
        restored = vars(text.tokenizer_from_json(theirs.to_json()))
        assert {**restored, "lower": True} == vars(ours)
        if ours.word_index:
            for mode in text.MODES:
                np.testing.assert_allclose(
                    ours.sequences_to_matrix(sequences, mode),
                    theirs.sequences_to_matrix(sequences, mode),
                    rtol=1e-12,
                )

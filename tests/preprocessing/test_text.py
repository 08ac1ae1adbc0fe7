"""Splitting, hashing and the Tokenizer: the demonstrations of the quick start digit for digit."""

import json
import subprocess
import sys

import numpy as np
import pytest

from jaxcnn.compat import OldSpellingWarning
from jaxcnn.preprocessing.text import (
    Tokenizer,
    hashing_trick,
    one_hot,
    text_to_word_sequence,
    tokenizer_from_json,
)
from jaxcnn.spellings.dialect import speaking

TEXTS = ["The cat sat on the mat.", "The dog sat on the log.", "Dogs and cats living together."]


def printed_run():
    """The book's texts, ties between equally frequent words as they fell in its second run."""
    tokenizer = Tokenizer(num_words=10)
    tokenizer.fit_on_texts(TEXTS)
    order = [
        "the",
        "sat",
        "on",
        "dogs",
        "cats",
        "cat",
        "living",
        "mat",
        "together",
        "and",
        "dog",
        "log",
    ]
    tokenizer.word_index = {word: i for i, word in enumerate(order, 1)}
    tokenizer.index_word = dict(enumerate(order, 1))
    sequences = tokenizer.texts_to_sequences(TEXTS)
    tokenizer.fit_on_sequences(sequences)
    return tokenizer, sequences


def test_words_of_the_quick_start():
    assert text_to_word_sequence(" ".join(TEXTS)) == (
        [
            "the",
            "cat",
            "sat",
            "on",
            "the",
            "mat",
            "the",
            "dog",
            "sat",
            "on",
            "the",
            "log",
            "dogs",
            "and",
            "cats",
            "living",
            "together",
        ]
    )


def test_words_with_other_arguments():
    assert text_to_word_sequence("It's a\tDog, no\ncat!", lower=False) == [
        "It's",
        "a",
        "Dog",
        "no",
        "cat",
    ]
    assert text_to_word_sequence("a b;c", filters=";", split=" ") == ["a", "b", "c"]
    assert text_to_word_sequence("a b;c", filters="", split=";") == ["a b", "c"]
    assert text_to_word_sequence("a::b.c", filters=".", split="::") == ["a", "b", "c"]
    assert text_to_word_sequence("a b.c", filters=["b"]) == ["a", ".c"]
    assert text_to_word_sequence(" ...\n ") == []
    with pytest.raises(TypeError, match="must be a string; got bytes"):
        text_to_word_sequence(b"a b")


def test_one_hot_of_the_quick_start():
    codes = one_hot(TEXTS[0], 5)
    assert len(codes) == 6
    assert codes[0] == codes[4]
    assert set(codes) <= {1, 2, 3, 4}


def test_one_hot_is_the_same_under_a_fixed_hash_seed():
    program = (
        "from jaxcnn.preprocessing.text import one_hot; "
        "print(one_hot('The cat sat on the mat.', 50))"
    )
    env = {"PYTHONHASHSEED": "7", "JAX_PLATFORMS": "cpu", "PYTHONPATH": ":".join(sys.path)}
    actual = {
        subprocess.check_output([sys.executable, "-c", program], env=env, text=True)
        for _ in range(2)
    }
    assert len(actual) == 1


def test_hashing_trick():
    assert hashing_trick("a b a", 100, "md5") == [92, 95, 92]  # int(md5(word), 16) % 99 + 1
    assert hashing_trick("ab c", 10, len) == [3, 2]
    with pytest.raises(ValueError, match="n must be at least 2"):
        hashing_trick("a", 1)
    with pytest.raises(ValueError, match="a function, 'md5' or None; got 'sha1'"):
        hashing_trick("a", 5, "sha1")


def test_counts_of_the_quick_start():
    tokenizer = Tokenizer(num_words=10)
    tokenizer.fit_on_texts(TEXTS)
    ones = ["cat", "mat", "dog", "log", "dogs", "and", "cats", "living", "together"]
    assert tokenizer.word_counts == {"the": 4, "sat": 2, "on": 2} | dict.fromkeys(ones, 1)
    assert tokenizer.word_docs == {"the": 2, "sat": 2, "on": 2} | dict.fromkeys(ones, 1)
    assert tokenizer.document_count == 3
    ranking = "the sat on cat mat dog log dogs and cats living together"
    assert list(tokenizer.word_index) == ranking.split()
    assert list(tokenizer.word_index.values()) == list(range(1, 13))
    assert tokenizer.texts_to_sequences(TEXTS) == [[1, 4, 2, 3, 1, 5], [1, 6, 2, 3, 1, 7], [8, 9]]


def test_matrices_to_all_printed_digits():
    tokenizer, sequences = printed_run()
    assert sequences == [[1, 6, 2, 3, 1, 8], [1, 2, 3, 1], [4, 5, 7, 9]]
    binary = [
        [0, 1, 1, 1, 0, 0, 1, 0, 1, 0],
        [0, 1, 1, 1, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 1, 1, 0, 1, 0, 1],
    ]
    count = np.array(binary) + np.array([[0, 1, *[0] * 8], [0, 1, *[0] * 8], [0] * 10])
    a, b, c = 1.17360019, 0.69314718, 0.91629073
    tfidf = [
        [0, a, b, b, 0, 0, c, 0, c, 0],
        [0, a, b, b, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, c, c, 0, c, 0, c],
    ]
    freq = [
        [0, 0.33333333, *[0.16666667] * 2, 0, 0, 0.16666667, 0, 0.16666667, 0],
        [0, 0.5, 0.25, 0.25, *[0] * 6],
    ]
    for mode, expected in {"binary": binary, "count": count, "tfidf": tfidf}.items():
        np.testing.assert_array_equal(
            np.round(tokenizer.sequences_to_matrix(sequences, mode), 8), expected
        )
    np.testing.assert_array_equal(
        np.round(tokenizer.sequences_to_matrix(sequences, "freq")[:2], 8), freq
    )
    np.testing.assert_array_equal(tokenizer.texts_to_matrix(TEXTS), binary)


def test_document_counts_start_again():
    """With counts that added up, the first tfidf value of the book would be 1.3350."""
    tokenizer, sequences = printed_run()
    tokenizer.fit_on_sequences(sequences)
    assert tokenizer.document_count == 3
    assert round(tokenizer.sequences_to_matrix(sequences, "tfidf")[0, 1], 8) == 1.17360019
    tokenizer.fit_on_texts(iter(["a new text"]))
    assert tokenizer.document_count == 1
    assert tokenizer.word_counts["the"] == 4
    assert tokenizer.word_counts["new"] == 1


def test_oov_token():
    tokenizer = Tokenizer(num_words=4, oov_token="<oov>")
    tokenizer.fit_on_texts(["a a b c"])
    assert tokenizer.word_index == {"<oov>": 1, "a": 2, "b": 3, "c": 4}
    assert tokenizer.texts_to_sequences(["a c z b"]) == [[2, 1, 1, 3]]
    assert tokenizer.sequences_to_texts([[2, 4, 9, 3]]) == ["a <oov> <oov> b"]


def test_a_word_that_is_the_oov_token_keeps_its_number_in_keras_2_2():
    with speaking("2.2"):
        tokenizer = Tokenizer(oov_token="b")
        tokenizer.fit_on_texts(["a a b"])
    assert tokenizer.word_index == {"b": 3, "a": 2}
    assert tokenizer.index_word == {2: "a", 3: "b"}


def test_without_an_oov_token_unknown_words_are_dropped():
    tokenizer = Tokenizer(num_words=3)
    tokenizer.fit_on_texts(["a a b c"])
    assert tokenizer.texts_to_sequences(["z c b a"]) == [[2, 1]]
    assert tokenizer.sequences_to_texts([[1, 3, 7, 2]]) == ["a b"]


def test_characters_and_words_split_already():
    tokenizer = Tokenizer(char_level=True)
    tokenizer.fit_on_texts(["Aab", "b."])
    assert tokenizer.word_index == {"b": 1, "A": 2, "a": 3, ".": 4}
    tokenizer = Tokenizer()
    tokenizer.fit_on_texts([["New York", "a"], "a"])
    assert tokenizer.word_index == {"a": 1, "new york": 2}


def test_matrix_without_num_words_and_bad_input():
    tokenizer = Tokenizer()
    with pytest.raises(ValueError, match="give num_words, or call fit_on_texts first"):
        tokenizer.sequences_to_matrix([[1]])
    tokenizer.fit_on_texts(["a b"])
    assert tokenizer.sequences_to_matrix([[1, 5], []], "count").tolist() == [[0, 1, 0], [0, 0, 0]]
    with pytest.raises(
        ValueError, match="Unknown mode 'counts'; known: binary, count, tfidf, freq"
    ):
        tokenizer.texts_to_matrix(["a"], "counts")
    with pytest.raises(ValueError, match="must not be negative; got -1"):
        tokenizer.sequences_to_matrix([[-1]])
    with pytest.raises(ValueError, match="call fit_on_texts or fit_on_sequences first"):
        Tokenizer(5).sequences_to_matrix([[1]], "tfidf")
    with pytest.raises(TypeError, match="one string; give a list of texts"):
        tokenizer.fit_on_texts("a b")
    with pytest.raises(TypeError, match="one string; give a list of texts"):
        tokenizer.texts_to_sequences("a b")
    with pytest.raises(ValueError, match="num_words must be None or at least 1"):
        Tokenizer(0)


def test_arguments_of_keras_1():
    with pytest.warns(OldSpellingWarning, match=r"The call is now Tokenizer\(num_words=7\)"):
        assert Tokenizer(nb_words=7).num_words == 7
    with pytest.raises(TypeError, match="words"):
        Tokenizer(words=7)


def test_json_round_trip():
    tokenizer = Tokenizer(num_words=6, oov_token="?", lower=False)
    tokenizer.fit_on_texts(TEXTS)
    written = tokenizer.to_json(indent=1)
    assert json.loads(written)["class_name"] == "Tokenizer"
    again = tokenizer_from_json(written)
    assert vars(again) == vars(tokenizer)
    for bad in ("{", "[]", '{"config": {}}', "null"):
        with pytest.raises(ValueError, match="not the JSON of a Tokenizer"):
            tokenizer_from_json(bad)

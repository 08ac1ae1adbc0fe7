"""Automatic names of layers."""

import pytest

from jaxcnn.layers.naming import fresh_names, get_uid, reset_names, snake_case, unique_name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Dense", "dense"),
        ("MaxPooling2D", "max_pooling2d"),
        ("BatchNormalization", "batch_normalization"),
        ("LSTM", "lstm"),
        ("MyLSTM", "my_lstm"),
        ("LSTMCell", "lstm_cell"),
        ("PReLU", "p_re_lu"),
        ("_Hidden", "private__hidden"),
    ],
)
def test_snake_case(name, words):
    assert snake_case(name) == words


def test_names_count_from_one_for_each_prefix():
    assert [unique_name("Dense"), unique_name("Dense"), unique_name("Conv2D")] == [
        "dense_1",
        "dense_2",
        "conv2d_1",
    ]
    assert (get_uid("dense"), get_uid("other"), get_uid()) == (3, 1, 1)


def test_fresh_names_end_with_their_block():
    unique_name("Dense")
    with pytest.raises(KeyError), fresh_names():
        assert unique_name("Dense") == "dense_1"
        unique_name("Flatten")
        raise KeyError
    assert unique_name("Dense") == "dense_2"
    assert unique_name("Flatten") == "flatten_1"


def test_reset_names():
    unique_name("Dense")
    reset_names()
    assert unique_name("Dense") == "dense_1"

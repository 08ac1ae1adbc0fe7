"""Sequences of many lengths: padding that changes no answer, and what is refused."""

import warnings

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import (
    GRU,
    LSTM,
    Activation,
    BatchNormalization,
    Bidirectional,
    Concatenate,
    Conv1D,
    Dense,
    Dropout,
    Embedding,
    GlobalMaxPooling1D,
    Input,
    Lambda,
    Masking,
    SimpleRNN,
    Softmax,
    TimeDistributed,
    add,
    concatenate,
)
from jaxcnn.models import Model, Sequential

RNG = np.random.default_rng(0)
IDS = RNG.integers(1, 20, (3, 5))
FEATURES = RNG.normal(size=(3, 5, 2)).astype("float32")


def of_ids(*layers, mask_zero=True):
    return Sequential([Embedding(20, 3, mask_zero=mask_zero, input_shape=(None,)), *layers])


def of_features(*layers):
    return Sequential([Masking(-1.0, input_shape=(None, 2)), *layers])


def check(model, x):
    """Padding changes no answer."""
    for layer in model.layers:  # nothing may be right because it is 0
        layer.set_weights([RNG.normal(size=w.shape) ** 2 for w in layer.get_weights()])
    padded, whole = model.predict(x, pad_to_multiple=4), model.predict(x)
    for a, b in zip(*(r if isinstance(r, list) else [r] for r in (padded, whole)), strict=True):
        assert a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "model",
    [
        of_ids(Dropout(0.5), LSTM(2)),
        of_ids(Bidirectional(GRU(2, return_sequences=True)), TimeDistributed(Dense(2)), LSTM(2)),
        of_ids(SimpleRNN(2, return_sequences=True), Dense(2, activation="softmax")),
        of_ids(LSTM(2, return_sequences=True), Softmax(), mask_zero=False),
        of_ids(Conv1D(2, 3, padding="causal"), BatchNormalization(), mask_zero=False),
        Sequential([of_ids(LSTM(2, return_sequences=True)), SimpleRNN(2, go_backwards=True)]),
    ],
)
def test_sequences_of_integers(model):
    check(model, IDS)


def test_sequences_of_vectors_are_padded_by_what_is_masked():
    check(of_features(GRU(2), Dense(1)), FEATURES)


def test_several_inputs_and_outputs():
    ids, fixed, features = Input((None,)), Input((3,)), Input((None, 2))
    h = LSTM(3, return_sequences=True)(Embedding(20, 3, mask_zero=True)(ids))
    both = concatenate([h, Masking(0.0)(features)])
    last, state, _cell = LSTM(3, return_state=True)(both)
    model = Model([ids, fixed, features], [add([last, fixed]), state, h, Dense(1)(both)])
    check(model, [IDS, FEATURES[:, :3, 0], FEATURES])
    with pytest.raises(ValueError, match=r"meet need equally many steps: .* has 5, .* has 6"):
        model.predict([IDS, FEATURES[:, :3, 0], np.ones((3, 6, 2))], pad_to_multiple=4)


def test_a_generator_of_batches_of_many_lengths_needs_one_program():
    model, lengths = of_ids(LSTM(2)), (3, 5, 8, 2)
    batches = [RNG.integers(1, 20, (2, n)) for n in lengths]
    padded = model.predict(iter(batches), steps=4, pad_to_multiple=8)
    assert len(model.program.sizes) == 1
    alone = np.concatenate([model.predict(batch) for batch in batches])
    np.testing.assert_allclose(padded, alone, rtol=1e-5, atol=1e-6)


def attention(t):
    return K.softmax(t, axis=1)


@pytest.mark.parametrize(
    ("model", "layer"),
    [
        (of_ids(LSTM(2), mask_zero=False), "LSTM"),
        (of_ids(Conv1D(2, 3), GlobalMaxPooling1D(), mask_zero=False), "Conv1D"),
        (of_ids(GlobalMaxPooling1D(), mask_zero=False), "GlobalMaxPooling1D"),
        (of_ids(Bidirectional(LSTM(2, return_sequences=True)), mask_zero=False), "Bidirectional"),
        (of_ids(LSTM(2, return_sequences=True, go_backwards=True)), "LSTM"),
        (of_ids(Dense(1, activation=attention)), "Dense"),
        (of_ids(Activation(attention)), "Activation"),
        (of_ids(Softmax(axis=1)), "Softmax"),
        (of_ids(Lambda(lambda t: K.sum(t, axis=1))), "Lambda"),
    ],
)
def test_layers_that_mix_steps_are_refused_by_name(model, layer):
    with pytest.raises(ValueError, match=rf"\({layer}\) may compute other values where steps are"):
        model.predict(IDS, pad_to_multiple=4)


def test_steps_that_are_joined_are_refused():
    ids = Input((None,))
    h = Embedding(20, 3, mask_zero=True)(ids)
    model = Model(ids, LSTM(2)(Concatenate(axis=1)([h, h])))
    with pytest.raises(ValueError, match="Concatenate"):
        model.predict(IDS, pad_to_multiple=4)


@pytest.mark.parametrize(
    ("shape", "multiple", "words"),
    [
        ((5, 2), 4, "no input has an open number of steps"),
        ((None, None, 2), 4, "more open axes than steps"),
        ((None, 2), 0, "`pad_to_multiple` is 0; it must be a positive integer"),
        ((None, 2), True, "is True; it must be"),
        ((None, 2), 2.0, "is 2.0; it must be"),
    ],
)
def test_inputs_that_cannot_be_padded(shape, multiple, words):
    model = Sequential([Dense(1, input_shape=shape)])
    x = np.ones((2, *(5 if n is None else n for n in shape)))
    with pytest.raises(ValueError, match=words):
        model.predict(x, pad_to_multiple=multiple)


def test_many_lengths_are_told_once():
    model = Sequential([Dense(1, input_shape=(None, 2))])
    model.compile("sgd", "mse")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for length in range(1, 8):
            model.predict(np.ones((2, length, 2)))
            model.predict(np.ones((3, length, 2)))
    with pytest.warns(UserWarning, match="inputs of 8 different sizes.*pad_to_multiple"):
        model.train_on_batch(np.ones((2, 9, 2)), np.ones((2, 9, 1)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict(np.ones((2, 10, 2)))

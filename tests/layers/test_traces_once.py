"""A layer of the library is traced once for what it is called on; others each time."""

import jax
import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn import backend as K
from jaxcnn import config
from jaxcnn.layers import LSTM, Conv2D, Dense, Flatten, Input, Lambda, tracing
from jaxcnn.layers.plain import NotPlainError, plain
from jaxcnn.spellings.dialect import speak


@pytest.fixture
def traces(monkeypatch):
    """The modules that were traced since the test began, with the sizes that they were tried at."""
    monkeypatch.setattr(tracing, "_traces", {})
    made = []
    trace_at = tracing.trace_at

    def recorded(module, args, kwargs, unknown):
        made.append((type(module).__name__, unknown.batch))
        return trace_at(module, args, kwargs, unknown)

    monkeypatch.setattr(tracing, "trace_at", recorded)
    return made


def test_layers_alike_are_traced_once_together(traces):
    x = Input((8, 8, 3))
    outputs = [Conv2D(4, 3)(x) for _ in range(3)]
    assert traces == [("Conv2D", tracing.UNMISTAKABLE)]
    assert [y.shape for y in outputs] == [(None, 6, 6, 4)] * 3
    Conv2D(4, 3, use_bias=False)(x)
    assert len(traces) == 2


def test_each_layer_has_its_own_weights(traces):
    model = jc.Sequential([Dense(4, input_shape=(4,)), Dense(4), Dense(4)])
    assert len(traces) == 1
    first, second, _ = (layer.get_weights()[0] for layer in model.layers)
    assert not np.array_equal(first, second)
    names = ["dense_1/kernel:0", "dense_1/bias:0", "dense_2/kernel:0", "dense_2/bias:0"]
    assert [w.name for w in model.weights[:4]] == names


def test_a_trace_belongs_to_the_settings_it_was_made_under(traces):
    LSTM(2)(Input((5, 3)))
    config.set_floatx("bfloat16")
    LSTM(2)(Input((5, 3), dtype="float32"))
    assert len(traces) == 2
    with jax.numpy_rank_promotion("raise"):
        LSTM(2)(Input((5, 3)))
    config.set_floatx("float32")
    LSTM(2)(Input((5, 3)))
    assert len(traces) == 3


def test_functions_of_users_are_traced_at_each_call_and_with_small_batches(traces):
    seen = []

    def twice(x):
        seen.append(x.shape[0])
        return 2 * x

    for _ in range(2):
        Lambda(twice)(Input((3,)))
        Dense(2, activation=twice)(Input((3,)))
    assert set(seen) == {2, 3}
    assert [batch for _, batch in traces] == 4 * [2, 3]


def test_a_size_made_of_the_batch_size_is_unknown(traces):
    y = Lambda(lambda x: K.dot(x, K.transpose(x)))(Input((3,)))
    assert y.shape == (None, None)
    whole = K.reshape(Input((3,)), (-1,))
    assert whole.shape == (None,)


def test_unknown_steps_are_tried_at_two_sizes(traces):
    assert Conv2D(4, 3, strides=2)(Input((None, None, 3))).shape == (None, None, None, 4)
    assert [batch for _, batch in traces] == [2, 3]


def test_a_very_large_size_is_not_taken_for_that_of_the_batch(traces):
    assert Flatten()(Input((1000, 1001))).shape == (None, 1_001_000)
    assert [batch for _, batch in traces] == [tracing.UNMISTAKABLE, 2, 3]
    assert Dense(tracing.UNMISTAKABLE)(Input((1,))).shape == (None, tracing.UNMISTAKABLE)


def test_values_that_differ_have_different_keys():
    assert plain(0.0) != plain(-0.0)
    assert plain(1) != plain(True) and plain(1) != plain(1.0)
    assert plain(float("nan")) == plain(float("nan"))
    assert plain((1, 2)) != plain([1, 2])
    for value in (np.zeros(2), lambda x: x, object(), {"a": np.zeros(2)}):
        with pytest.raises(NotPlainError):
            plain(value)


def test_a_fixed_batch_size_is_traced_once(traces):
    assert LSTM(2)(Input(batch_shape=(4, 5, 3))).shape == (4, 2)
    assert [batch for _, batch in traces] == [2]


def test_what_an_old_keras_allows_is_another_trace(traces):
    Dense(2)(Input((3,)))
    speak("2.0")  # whose words are the usual ones
    try:
        Dense(2)(Input((3,)))
    finally:
        speak(None)
    assert len(traces) == 2

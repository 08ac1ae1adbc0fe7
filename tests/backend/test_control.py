"""Choices, the learning phase, loops, and connectionist temporal classification."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import config
from jaxcnn.layers import Dense, Dropout, Input, Lambda, Layer
from jaxcnn.models import Model
from jaxcnn.spellings.dialect import speaking

X = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")


def test_switch():
    assert K.switch(True, 1, 2) == 1
    assert K.switch(0, lambda: 1 / 0, lambda: 2) == 2
    np.testing.assert_array_equal(K.switch(jnp.array(1.0), X, -X), X)
    np.testing.assert_array_equal(K.switch(X[:, 0] > 0, X, -X), np.where(X[:, :1] > 0, X, -X))
    x, flag = Input((3,)), K.placeholder((), dtype="bool")
    choose = K.function([flag, x], [K.switch(flag, lambda: x + 1, lambda: x * 2)])
    np.testing.assert_allclose(choose([True, X])[0], X + 1)
    np.testing.assert_allclose(choose([False, X])[0], X * 2)


class Noisy(Layer):
    """In training mode adds 1 and noise, by the learning phase that Keras programs ask for."""

    def call(self, x):
        return K.in_train_phase(lambda: x + 1 + 0.01 * K.random_normal(K.shape(x)), x)


def test_the_phase_is_known_inside_layers():
    x = Input((3,))
    model = Model(x, Noisy()(x))
    np.testing.assert_array_equal(model.predict(X), X)
    in_training = model(X, training=True)
    np.testing.assert_allclose(in_training, X + 1, atol=0.05)
    assert np.abs(in_training - X - 1).max() > 0
    seen = []
    Model(x, Lambda(lambda v: seen.append(K.learning_phase()) or v)(x))(X, training=True)
    assert seen[-1] == 1 and seen[0] == 0


def test_the_phase_as_an_input_of_a_function():
    x = Input((3,))
    outputs = [Dropout(0.5)(x), K.in_train_phase(x * 2, x), K.in_test_phase(x * 2, x), Noisy()(x)]
    compute = K.function([x, K.learning_phase()], outputs)
    dropped, doubled, same, noisy = compute([X, 1])
    assert set(np.unique(np.round(dropped / X, 3))) == {0, 2}
    np.testing.assert_allclose(doubled, X * 2)
    np.testing.assert_allclose(same, X)
    assert np.abs(noisy - X).min() > 0.5
    dropped, doubled, same, noisy = compute([X, 0])
    for value, wanted in ((dropped, X), (doubled, X), (same, X * 2), (noisy, X)):
        np.testing.assert_allclose(value, wanted)
    np.testing.assert_allclose(K.function([x], outputs)([X])[1], X)  # without it, inference


def test_the_phase_in_a_model_is_that_of_the_run():
    x = Input((3,))
    model = Model(x, K.in_train_phase(Dense(3, use_bias=False)(x), x))
    np.testing.assert_array_equal(model.predict(X), X)
    assert np.abs(model(X, training=True) - X).max() > 0.1
    again = Model.from_config(model.get_config())
    np.testing.assert_array_equal(again.predict(X), X)


def test_a_fixed_phase_goes_before_all():
    assert not isinstance(K.learning_phase(), int)
    K.set_learning_phase(1)
    x = Input((3,))
    assert K.learning_phase() == 1
    assert K.in_train_phase(1, 2) == 1
    model = Model(x, Dropout(0.5)(x))
    assert (model.predict(X) == 0).any()
    K.set_learning_phase(0)
    model = Model(x, Noisy()(Dense(3)(x)))
    np.testing.assert_array_equal(model(X, training=True), model.predict(X))
    K.clear_session()
    assert config.learning_phase() is None
    with pytest.raises(ValueError, match="0"):
        K.set_learning_phase(2)


def test_computed_arrays_outside_of_layers_have_no_phase():
    with pytest.raises(ValueError, match="training"):
        jax.jit(lambda x: K.in_train_phase(x, x))(X)
    np.testing.assert_array_equal(
        jax.jit(lambda x: K.in_train_phase(x, 0 * x, training=True))(X), X
    )


def test_print_tensor(capsys):
    x = Input((3,))
    result = K.function([x], [K.print_tensor(K.sum(x), "sum = ")])([np.ones((1, 3))])
    jax.effects_barrier()
    assert capsys.readouterr().out == "sum = 3.0\n"
    assert result == [3.0]


# -- loops -----------------------------------------------------------------------------------------

SEQUENCE = np.random.default_rng(1).normal(size=(2, 5, 3)).astype("float32")
KERNEL = np.random.default_rng(2).normal(size=(3, 3)).astype("float32")


def cell(x, states):
    """h = tanh(x + h U) * c, with the state h and the constants U and c."""
    h, kernel, factor = states
    h = K.tanh(x + K.dot(h, kernel)) * factor
    return h, [h]


def by_hand(sequence, mask=None, backwards=False):
    h = np.zeros_like(sequence[:, 0])
    outputs = []
    for t in range(sequence.shape[1])[:: -1 if backwards else 1]:
        new = np.tanh(sequence[:, t] + h @ KERNEL) * 0.5
        h = new if mask is None else np.where(mask[:, t, None], new, h)
        outputs.append(h)
    return h, np.stack(outputs, 1)


@pytest.mark.parametrize(
    ("backwards", "masked", "unroll"),
    list(itertools.product([False, True], [False, True], [False, True])),
)
def test_rnn(backwards, masked, unroll):
    mask = np.array([[1, 1, 0, 1, 1], [0, 1, 1, 1, 0]], bool) if masked else None
    settings = {
        "go_backwards": backwards,
        "mask": mask,
        "constants": [KERNEL, 0.5],
        "unroll": unroll,
    }
    last, outputs, (state,) = K.rnn(cell, SEQUENCE, [np.zeros((2, 3), "f")], **settings)
    wanted_last, wanted = by_hand(SEQUENCE, mask, backwards)
    for found, expected in ((last, wanted_last), (state, wanted_last), (outputs, wanted)):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_rnn_on_symbolic_tensors():
    x = Input((5, 3))
    last, outputs, states = K.rnn(cell, x, [K.zeros_like(x[:, 0])], constants=[KERNEL, 0.5])
    assert K.int_shape(outputs) == (None, 5, 3) and K.int_shape(states[0]) == (None, 3)
    found = Model(x, [last, outputs]).predict(SEQUENCE)
    for value, wanted in zip(found, by_hand(SEQUENCE), strict=True):
        np.testing.assert_allclose(value, wanted, rtol=1e-5, atol=1e-6)


def test_rnn_says_what_is_wrong():
    with pytest.raises(ValueError, match="three axes"):
        K.rnn(cell, X, [])
    with pytest.raises(ValueError, match="states"):
        K.rnn(cell, SEQUENCE, [], mask=np.ones((2, 5)))
    with pytest.raises(ValueError, match="input_length"):
        K.rnn(cell, SEQUENCE, [np.zeros((2, 3), "f")], input_length=4)


def test_map_and_folds():
    assert K.map_fn(lambda pair: pair[0] * pair[1], (np.arange(3), np.arange(3))).tolist() == [
        0,
        1,
        4,
    ]
    assert K.map_fn(lambda x: x * 2, np.arange(3), dtype="float32").dtype == "float32"


def test_a_mapped_function_may_use_tensors_of_the_graph():
    x, factors = Input(batch_shape=(2, 3)), Input(batch_shape=(2, 3))
    rows = K.map_fn(lambda row: K.sum(row * factors[0]), x)
    a, b = np.arange(6.0).reshape(2, 3), np.ones((2, 3)) * 2
    np.testing.assert_array_equal(Model([x, factors], rows).predict([a, b]), 2 * a.sum(1))
    with pytest.raises(ValueError, match="needs a known number of elements"):
        K.map_fn(lambda row: row * factors[0], Input((3,)))
    assert K.foldl(lambda total, x: total * 10 + x, np.arange(1, 4)) == 123
    assert K.foldr(lambda total, x: total * 10 + x, np.arange(1, 4)) == 321
    assert K.foldl(lambda total, x: total * 10 + x, np.arange(1, 4), initializer=9) == 9123


# -- connectionist temporal classification ---------------------------------------------------------


def collapsed(path, blank):
    return [c for i, c in enumerate(path) if c != blank and (i == 0 or c != path[i - 1])]


def test_ctc_cost_sums_over_all_paths():
    rng = np.random.default_rng(0)
    p = rng.random((2, 4, 3)).astype("f")
    p /= p.sum(-1, keepdims=True)
    labels, lengths, steps = np.array([[0, 1], [1, 0]]), [2, 1], [4, 3]
    wanted = []
    for b in range(2):
        paths = itertools.product(range(3), repeat=steps[b])
        right = [q for q in paths if collapsed(q, 2) == labels[b, : lengths[b]].tolist()]
        wanted.append(-np.log(sum(np.prod([p[b, t, c] for t, c in enumerate(q)]) for q in right)))
    cost = K.ctc_batch_cost(labels, p, np.array(steps)[:, None], np.array(lengths)[:, None])
    np.testing.assert_allclose(cost, np.array(wanted)[:, None], rtol=1e-5)
    inputs = [Input((4, 3)), Input((2,)), Input((1,)), Input((1,))]
    symbolic = K.ctc_batch_cost(inputs[1], inputs[0], inputs[2], inputs[3])
    found = K.function(inputs, [symbolic])(
        [p, labels, np.array(steps)[:, None], np.array(lengths)[:, None]]
    )
    np.testing.assert_allclose(found[0], cost, rtol=1e-5)


def test_ctc_greedy_decoding():
    best = np.array([[0, 0, 2, 0, 1, 1], [2, 1, 1, 0, 0, 0]])
    p = 0.1 + 0.7 * np.eye(3, dtype="f")[best]
    (labels,), log_p = K.ctc_decode(p, np.array([6, 3]))
    assert labels.tolist() == [[0, 0, 1], [1, -1, -1]]
    np.testing.assert_allclose(log_p, -np.log(0.8) * np.array([[6], [3]]), rtol=1e-5)


def test_ctc_decoding_with_a_beam():
    """The numbers are those of Keras 2.2.4; K.function has the width of the steps."""
    p = np.random.RandomState(3).uniform(size=(3, 7, 4)) ** 3
    p /= p.sum(-1, keepdims=True)
    steps = np.array([7, 5, 3])
    three = [
        [[1, 2, 1, -1], [1, 0, 1, -1], [1, -1, -1, -1]],
        [[1, 0, 1, -1], [2, 0, 1, -1], [0, 1, -1, -1]],
        [[0, 1, 2, 1], [2, 1, 0, 1], [2, 1, -1, -1]],
    ]
    for width, labels, chances in [
        (1, [[[1, 2, 1], [2, 0, 1], [1, -1, -1]]], [[-3.33528], [-3.13183], [-2.10166]]),
        (
            3,
            [[[1, 0, 1], [1, 0, 1], [1, -1, -1]], [[1, 2, 1], [2, 0, 1], [0, 1, -1]]],
            [[-2.88913, -3.01833], [-1.79639, -3.13183], [-2.10166, -2.34704]],
        ),
        (
            100,
            three,
            [
                [-2.47994, -2.49768, -2.88294],
                [-1.66531, -2.16552, -2.52386],
                [-1.35287, -1.74182, -1.84848],
            ],
        ),
    ]:
        options = {"greedy": False, "beam_width": width, "top_paths": len(labels)}
        decoded, log_p = K.ctc_decode(p, steps, **options)
        for path, right in zip(decoded, labels, strict=True):
            assert path.tolist() == np.array(right)[:, : path.shape[1]].tolist()
        np.testing.assert_allclose(log_p, chances, rtol=1e-5)
        inputs = Input((7, 4)), Input(())
        symbolic, _ = K.ctc_decode(*inputs, **options)
        (value,) = K.function(inputs, symbolic[:1])([p, steps])
        assert value.shape == (3, 7)
        np.testing.assert_array_equal(value[:, : decoded[0].shape[1]], decoded[0])
    with pytest.raises(ValueError, match="top_paths must be from 1 to beam_width 2; given 3"):
        K.ctc_decode(p, steps, greedy=False, beam_width=2, top_paths=3)


def test_ctc_adds_what_the_version_adds():
    certain = np.eye(3, dtype="f")[[[0, 1]]]
    given = np.array([[1, 0]]), certain, np.array([[2]]), np.array([[2]])
    np.testing.assert_allclose(K.ctc_batch_cost(*given), -2 * np.log(1e-8), rtol=1e-4)
    with speaking("2.2"):
        np.testing.assert_allclose(K.ctc_batch_cost(*given), -2 * np.log(1e-7), rtol=1e-4)

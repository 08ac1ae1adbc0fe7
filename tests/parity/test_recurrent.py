"""Recurrent layers, Embedding and the wrappers beside Keras 3, with the gates' activation set alike
on both sides.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest

from jaxcnn import Sequential, layers
from jaxcnn.nn.graph import run

BATCH, STEPS, FEATURES, UNITS = 2, 4, 3, 5
SIGMOID = {"recurrent_activation": "sigmoid"}
X = np.random.default_rng(0).normal(size=(BATCH, STEPS, FEATURES)).astype("float32")
FILMS = np.random.default_rng(1).normal(size=(BATCH, 3, 5, 4, 2)).astype("float32")
MASK = np.array([[True, True, False, True], [False, True, True, False]])


def both(make, x):
    """Our handle and Keras's layer, made by ``make(layers)``, with the same random weights."""
    ours, theirs = make(layers), make(keras.layers)
    ours(layers.Input(x.shape[1:], dtype=x.dtype))
    theirs.build(x.shape)
    rng = np.random.default_rng(3)
    weights = [rng.normal(size=w.shape).astype("float32") for w in ours.get_weights()]
    assert [w.shape for w in weights] == [w.shape for w in theirs.weights]
    ours.set_weights(weights)
    theirs.set_weights(weights)
    return ours, theirs


def compare(make, x=X, mask=None, states=()):
    """Outputs, and gradients of a random weighting of them, for the weights, the input and the
    initial states.
    """
    ours, theirs = both(make, x)

    def our_forward(variables, x, states):
        given = {"initial_state": states} if states else {}
        return nn.apply(lambda bound: run(bound, (x,), given, mask, False)[0], ours.module)(
            variables
        )

    def their_forward(weights, x, states):
        given = {"initial_state": states} if states else {}
        if mask is not None:
            given["mask"] = mask
        fixed = [v.value for v in theirs.non_trainable_variables]
        return theirs.stateless_call(weights, fixed, x, **given)[0]

    def results(forward, weights):
        def weighted(weights, x, states):
            outputs = jax.tree.leaves(forward(weights, x, states))
            rng = np.random.default_rng(4)
            return sum(
                jnp.sum(y * rng.normal(size=y.shape).astype("float32")) for y in outputs
            ), outputs

        of = (0, 1, 2) if np.issubdtype(x.dtype, np.floating) else (0,)
        return jax.jit(jax.grad(weighted, argnums=of, has_aux=True))(weights, x, list(states))

    our_gradients, our_outputs = results(our_forward, ours.variables)
    their_gradients, their_outputs = results(
        their_forward, [v.value for v in theirs.trainable_variables]
    )
    ours.set_variables(our_gradients[0])  # so that they come in the order of the weights
    mine = [*our_outputs, *ours.get_weights(), *jax.tree.leaves(our_gradients[1:])]
    wanted = [*their_outputs, *their_gradients[0], *jax.tree.leaves(their_gradients[1:])]
    for a, b in zip(mine, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)


KINDS = [
    ("SimpleRNN", {}),
    ("GRU", {**SIGMOID, "reset_after": False}),
    ("GRU", {**SIGMOID, "reset_after": True}),
    ("LSTM", SIGMOID),
]


@pytest.mark.parametrize(("kind", "options"), KINDS)
@pytest.mark.parametrize(
    "more",
    [
        {"return_sequences": True},
        {"return_state": True, "go_backwards": True},
        pytest.param(
            {"return_sequences": True, "go_backwards": True, "use_bias": False},
            marks=pytest.mark.slow,
        ),
        pytest.param({"unroll": True}, marks=pytest.mark.slow),
    ],
    ids=str,
)
@pytest.mark.parametrize("mask", [None, MASK], ids=["", "masked"])
def test_recurrent(kind, options, more, mask):
    compare(lambda module: getattr(module, kind)(UNITS, **options, **more), mask=mask)


@pytest.mark.parametrize(("kind", "options"), KINDS)
def test_initial_state(kind, options):
    states = [np.full((BATCH, UNITS), 0.3, "float32")] * (2 if kind == "LSTM" else 1)
    compare(
        lambda module: getattr(module, kind)(UNITS, return_sequences=True, **options), states=states
    )


@pytest.mark.parametrize("cell", ["SimpleRNNCell", "GRUCell", "LSTMCell"])
def test_rnn_over_a_cell(cell):
    options = {} if cell == "SimpleRNNCell" else SIGMOID
    options = options | ({"reset_after": True} if cell == "GRUCell" else {})
    compare(
        lambda module: module.RNN(getattr(module, cell)(UNITS, **options), return_sequences=True),
        mask=MASK,
    )


def test_rnn_over_stacked_cells():
    compare(lambda module: module.RNN([module.LSTMCell(4, **SIGMOID), module.SimpleRNNCell(3)]))


@pytest.mark.parametrize(
    "more",
    [
        {"return_sequences": True, "padding": "same"},
        {"strides": (2, 1), "return_state": True},
        {"dilation_rate": 2, "go_backwards": True, "kernel_size": 2},
    ],
    ids=str,
)
def test_conv_lstm(more):  # Keras 3 cannot mask it
    compare(
        lambda module: module.ConvLSTM2D(**{"filters": 2, "kernel_size": 3, **SIGMOID, **more}),
        FILMS,
    )


def test_embedding():
    compare(lambda module: module.Embedding(7, 3), np.array([[6, 0, 3], [3, 3, 1]], "int32"))


def test_time_distributed():
    compare(lambda module: module.TimeDistributed(module.Dense(4, activation="tanh")))
    compare(lambda module: module.TimeDistributed(module.Conv2D(2, 3)), FILMS)


@pytest.mark.parametrize("mode", ["sum", "mul", "ave", "concat", None])
@pytest.mark.parametrize("return_sequences", [False, True])
def test_bidirectional(mode, return_sequences):
    """With `return_sequences` Keras 3 gives zeros at masked steps, Keras 2.0.4 and we the previous
    output.
    """
    compare(
        lambda module: module.Bidirectional(
            module.LSTM(UNITS, return_sequences=return_sequences, **SIGMOID), merge_mode=mode
        ),
        mask=None if return_sequences else MASK,
    )


def test_bidirectional_states():
    states = [np.full((BATCH, UNITS), 0.1 * i, "float32") for i in range(4)]
    compare(
        lambda module: module.Bidirectional(module.LSTM(UNITS, return_state=True, **SIGMOID)),
        states=states,
    )


def test_masks_from_embedding_reach_the_loss_alike():
    """A whole model: padding by zeros, two recurrent layers, a dense layer on each step."""
    ids = np.array([[5, 2, 0, 0], [1, 3, 4, 6]])

    def stack(module):
        return [
            module.Embedding(7, 3, mask_zero=True),
            module.Bidirectional(
                module.GRU(UNITS, return_sequences=True, reset_after=True, **SIGMOID)
            ),
            module.LSTM(4, **SIGMOID),
            module.Dense(2),
        ]

    ours, theirs = Sequential(stack(layers)), keras.Sequential(stack(keras.layers))
    theirs.build((None, 4))
    rng = np.random.default_rng(5)
    weights = [rng.normal(size=w.shape).astype("float32") for w in theirs.weights]
    theirs.set_weights(weights)
    ours.set_weights(weights)
    np.testing.assert_allclose(
        ours.predict(ids), theirs.predict(ids, verbose=0), rtol=1e-5, atol=1e-6
    )

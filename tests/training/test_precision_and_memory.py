"""Mixed precision, and computing intermediate values again instead of keeping them."""

import jax
import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn.layers import (
    LSTM,
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Input,
    add,
)
from jaxcnn.nn.graph import blocks
from jaxcnn.training.predict import predict_function

X = np.random.default_rng(0).normal(size=(48, 8, 8, 3)).astype("float32")
Y = np.eye(4, dtype="float32")[np.arange(48) % 4]


def residual_network():
    shared = Dense(16, activation="tanh")
    inputs = x = Input((8, 8, 3))
    x = Conv2D(8, 3, padding="same")(x)
    for _ in range(3):
        y = Activation("relu")(BatchNormalization()(Conv2D(8, 3, padding="same")(x)))
        x = add([x, Dropout(0.3)(y)])
    x = Dropout(0.2)(Dense(16)(Flatten()(x)))
    return jc.Model(inputs, Dense(4, activation="softmax")(shared(shared(x))))


def trained(remat):
    jc.utils.set_random_seed(3)
    jc.layers.naming.reset_names()
    model = residual_network()
    model.remat = remat
    model.compile(jc.optimizers.SGD(lr=0.05), "categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(X, Y, epochs=2, batch_size=20, verbose=0)
    return history.history["loss"], model.get_weights(), model.predict(X)


def test_recomputing_gives_the_same_numbers():
    for ours, expected in zip(
        jax.tree.leaves(trained(True)), jax.tree.leaves(trained(False)), strict=True
    ):
        np.testing.assert_allclose(ours, expected, rtol=2e-4, atol=2e-5)


def test_recomputing_keeps_less_for_the_backward_pass():
    def kept(remat):
        model = jc.Sequential([Dense(16, activation="tanh", input_shape=(16,)) for _ in range(25)])
        model.remat = remat
        x = np.ones((512, 16), "float32")
        _, backward = jax.vjp(
            lambda p: model.module.apply({"params": p}, x, train=True), model.variables["params"]
        )
        return sum(array.nbytes for array in jax.tree.leaves(backward))

    assert kept(True) < 0.35 * kept(False)


def test_blocks_end_between_residual_blocks():
    """No value but the sum goes from one block to the next, and no call is lost."""
    topology = residual_network().module.topology
    found = blocks(topology)
    assert len(found) > 2
    assert [call.name for calls, _ in found for call in calls] == [
        call.name for call in topology.calls
    ]
    assert all(len(wanted) == 1 for _, wanted in found)


def test_remat_must_be_set_before_compile():
    model = residual_network()
    model.compile("sgd", "mse")
    model.remat = True
    with pytest.raises(RuntimeError, match="changed after it was compiled"):
        model.fit(X, Y, epochs=1, verbose=0)


def test_masks_go_through_blocks():
    def loss(remat):
        jc.utils.set_random_seed(0)
        jc.layers.naming.reset_names()
        layers = [
            Embedding(9, 4, mask_zero=True, input_length=6),
            *(LSTM(4, return_sequences=True) for _ in range(3)),
        ]
        model = jc.Sequential([*layers, LSTM(3), Dense(1)])
        model.remat = remat
        model.compile("sgd", "mse")
        x = np.arange(30).reshape(5, 6) % 9 * (np.arange(6) < 4)
        return model.fit(x, np.ones((5, 1)), epochs=2, verbose=0).history["loss"]

    np.testing.assert_allclose(loss(True), loss(False), rtol=1e-5)


def test_mixed_precision_keeps_float32_weights_and_computes_in_bfloat16():
    full = trained(False)
    jc.mixed_precision("bfloat16")
    mixed = trained(False)
    assert {w.dtype.name for w in mixed[1]} == {"float32"}
    assert mixed[2].dtype == np.float32
    difference = np.abs(np.asarray(mixed[0]) - np.asarray(full[0]))
    assert 0 < difference.max() < 0.05
    model = residual_network()
    model.compile("sgd", "mse")
    lowered = predict_function(model, model.program).lower(model.variables, X[:2]).as_text()
    assert "bf16" in lowered
    jc.mixed_precision(None)
    model.compile("sgd", "mse")
    assert (
        "bf16" not in predict_function(model, model.program).lower(model.variables, X[:2]).as_text()
    )


def test_other_precisions_are_refused():
    with pytest.raises(ValueError, match="got 'float16'"):
        jc.mixed_precision("float16")

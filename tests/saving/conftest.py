"""The oracle is the real Keras 3, on its JAX backend; the choice has to be made before it is
imported.
"""

import importlib.util
import os
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

from jaxcnn import layers as L
from jaxcnn.models import Model, Sequential

os.environ["KERAS_BACKEND"] = "jax"

_spec = importlib.util.spec_from_file_location(
    "layer_cases", Path(__file__).parents[1] / "contract" / "layer_cases.py"
)
layer_cases = importlib.util.module_from_spec(_spec)
sys.modules["layer_cases"] = layer_cases  # where dataclasses look their module up
_spec.loader.exec_module(layer_cases)


@pytest.fixture(autouse=True, scope="module")
def compiled_for_one_run():
    """Every program here runs once, so that most of the time would go into optimising it."""
    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", False)


def randomise(model, seed=7):
    """Move every weight away from zeros and ones (variances stay positive)."""
    rng = np.random.default_rng(seed)
    model.set_weights(
        [(np.abs(w) + 0.3 * rng.random(w.shape)).astype("float32") for w in model.get_weights()]
    )
    return model


def stack(**arguments):
    """A Sequential that begins with a layer which says its input shape."""
    return Sequential(
        [
            L.Conv2D(3, 3, activation="relu", input_shape=(6, 5, 2), **arguments),
            L.BatchNormalization(),
            L.Dropout(0.5),
            L.Flatten(),
            L.Dense(2, activation="softmax"),
        ]
    )


def graph():
    """Two inputs, a shared layer, an inner functional model called twice, an inner stack, wrappers,
    two outputs.
    """
    a, b = L.Input((4, 3), name="first"), L.Input((4, 3), name="second")
    x = L.Input((4, 3))
    inner = Model(x, L.BatchNormalization()(L.Dense(3, activation="tanh")(x)), name="inner")
    shared = L.Conv1D(3, 2, padding="same", name="shared")
    left, right = inner(shared(a)), inner(shared(b))
    merged = L.Concatenate()([left, L.add([left, right])])
    tower = Sequential([L.Dense(4, input_shape=(4, 6)), L.LeakyReLU(0.2)], name="tower")
    steps = L.TimeDistributed(L.Dense(3))(tower(merged))
    both = L.Bidirectional(L.LSTM(2, recurrent_activation="sigmoid", return_sequences=True))(steps)
    out = L.GlobalMaxPooling1D()(both)
    return Model([a, b], [L.Dense(2, activation="softmax", name="kind")(out), right], name="whole")


def inputs_of(model, rows=3, seed=0):
    rng = np.random.default_rng(seed)
    arrays = [rng.normal(size=(rows, *t.shape[1:])).astype("float32") for t in model.inputs]
    return arrays[0] if len(arrays) == 1 else arrays


def outputs(model, x, **arguments):
    """The predictions as a list of arrays."""
    return jax.tree.leaves(model.predict(x, verbose=0, **arguments))


def same(found, expected, atol=1e-6):
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=atol)

"""Arithmetic and functions on symbolic tensors as layers of models."""

import json
import subprocess
import sys

import jax
import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import BatchNormalization, Dense, Input, Masking, Operation
from jaxcnn.models import Model, Sequential, load_model

X = np.random.default_rng(0).normal(size=(10, 4)).astype("float32")


def reloaded(model):
    """The model that its JSON text describes, with the same weights."""
    again = Model.from_config(json.loads(model.to_json())["config"])
    again.set_weights(model.get_weights())
    return again


def test_a_model_of_operations_trains_and_is_summarised():
    x = Input((4,))
    h = Dense(4)(x)
    centred = (h - K.mean(h, axis=1, keepdims=True)) / 2
    model = Model(x, centred)
    lines = []
    model.summary(print_fn=lines.append)
    assert [line.split()[0] for line in lines if "(Operation)" in line] == [
        "op_mean_1",
        "op_subtract_1",
        "op_divide_1",
    ]
    assert "Total params: 20" in lines
    h = X @ model.get_weights()[0]
    np.testing.assert_allclose(
        model.predict(X), (h - h.mean(1, keepdims=True)) / 2, rtol=1e-4, atol=1e-5
    )
    model.compile("sgd", "mse")
    losses = model.fit(X, np.zeros((10, 4)), batch_size=4, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_layers_follow_operations_and_keep_their_automatic_names():
    x = Input((4,))
    out = Dense(1)(K.concatenate([x, K.square(x)]) + 1)
    assert out.layer.name == "dense_1"
    model = Model(x, out)
    assert [layer.name for layer in model.layers] == [
        "input_1",
        "op_square_1",
        "op_concatenate_1",
        "op_add_1",
        "dense_1",
    ]
    assert all(layer.count_params() == 0 for layer in model.layers if isinstance(layer, Operation))


def test_short_batches_are_padded_where_the_rows_stay_apart():
    x = Input((4,))
    h = Dense(2)(x)
    apart, mixing = Model(x, K.tanh(h[:, :1]) * 2), Model(x, h[:, :1] - K.mean(h, axis=0)[0])
    for model, expected in ((apart, True), (mixing, False)):
        assert model.module.mixes_rows is not expected
        model.compile("sgd", "mse")
        model.fit(X, X[:, :1], epochs=1, batch_size=4, verbose=0)
        weights = model.get_weights()
        again = reloaded(model)
        again.compile("sgd", "mse")
        assert again.module.mixes_rows is not expected
        np.testing.assert_allclose(
            again.evaluate(X, X[:, :1], batch_size=4, verbose=0),
            model.evaluate(X, X[:, :1], batch_size=4, verbose=0),
        )
        assert np.isfinite(np.concatenate([w.ravel() for w in weights])).all()


@pytest.mark.parametrize(
    "function",
    [
        lambda x: K.concatenate([x[..., None], K.ones((4, 1)) * x[:, :, np.newaxis]], axis=-1),
        lambda x: x[:, [3, 0]] + np.float32(2) - np.arange(2.0),
        lambda x: K.reshape(x, (K.shape(x)[0], 2, 2))[:, ::-1, 0],
        lambda x: K.cast(K.argmax(x, axis=1), np.float32),
        lambda x: K.dot(x, K.variable(np.ones((4, 2)), name="w")),
        lambda x: K.clip(x, min_value=-1.0, max_value=None),
        lambda x: K.permute_dimensions(
            K.resize_images(x[:, None, None], 2, 1, "channels_last"), (0, 2, 1, 3)
        ),
        lambda x: K.normalize_batch_in_training(x, None, None, [0])[0] + x * np.ones(4, "float16"),
    ],
)
def test_a_configuration_rebuilds_the_computation(function):
    x = Input((4,))
    model = Model(x, function(x))
    np.testing.assert_array_equal(reloaded(model).predict(X), model.predict(X))


def test_what_has_no_configuration_is_refused_when_saving():
    x = Input((4,))
    model = Model(x, K.map_fn(lambda row: row * 2, x))
    np.testing.assert_allclose(model.predict(X), X * 2)
    with pytest.raises(ValueError, match="Lambda layer with a named function"):
        model.to_json()


def test_a_saved_model_loads_in_a_fresh_process(tmp_path):
    x = Input((4,))
    model = Model(x, K.softmax(Dense(3)(x)) * 2)
    model.save(tmp_path / "model.h5")
    np.save(tmp_path / "x.npy", X)
    program = (
        "import sys, numpy, jaxcnn\n"
        "assert 'jaxcnn.backend' not in sys.modules\n"
        "model = jaxcnn.models.load_model('model.h5')\n"
        "numpy.save('y.npy', model.predict(numpy.load('x.npy')))\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), model.predict(X), rtol=1e-6)
    np.testing.assert_allclose(
        load_model(tmp_path / "model.h5").predict(X), model.predict(X), rtol=1e-6
    )


def test_a_variable_in_a_model_is_looked_up_when_it_runs():
    x, factor = Input((4,)), K.variable(2.0)
    model = Model(x, factor * x + factor)
    np.testing.assert_allclose(model.predict(X), 2 * X + 2, rtol=1e-5)
    K.set_value(factor, 3.0)
    np.testing.assert_allclose(model.predict(X), 3 * X + 3, rtol=1e-5)
    assert model.count_params() == 0


def test_operations_work_on_what_layers_of_models_give():
    inner = Sequential([Dense(3, input_shape=(4,)), BatchNormalization()])
    x, other = Input((4,)), Input((4,))
    distance = K.sqrt(K.sum(K.square(inner(x) - inner(other)), axis=1, keepdims=True))
    model = Model([x, other], distance)
    np.testing.assert_allclose(model.predict([X, X]), np.zeros((10, 1)), atol=1e-6)
    model.compile("sgd", "mse")
    before = inner.get_weights()[0]
    model.fit([X, X[::-1]], np.zeros((10, 1)), epochs=1, verbose=0)
    assert not np.array_equal(inner.get_weights()[0], before)


def test_masks_end_at_operations():
    x = Input((3, 2))
    masked = Masking()(x)
    assert masked.mask_shape is not None and (masked * 2).mask_shape is None


def test_the_module_is_pure():
    x = Input((4,))
    model = Model(x, K.softmax(Dense(3)(x)) ** 2)
    apply = jax.jit(model.module.apply)
    np.testing.assert_allclose(apply(model.variables, X), model.predict(X), rtol=1e-6)
    assert all(
        np.isfinite(g).all()
        for g in jax.tree.leaves(jax.grad(lambda v: apply(v, X).sum())(model.variables))
    )


def test_symbolic_tensors_are_no_values():
    x = Input((4,))
    with pytest.raises(TypeError, match="decide an `if`"):
        bool(x[:, 0] > 1)
    with pytest.raises(TypeError, match="iterated"):
        list(x)
    assert x == x and (x == 1) is False and len({x, x}) == 1
    with pytest.raises(TypeError, match=r"^add, called on shape \(None, 4\)"):
        x + np.ones((1, 3))
    with pytest.raises(ValueError, match="mean"):
        Operation.from_config(
            {"function": "maen", "arguments": [[], {"dict": {}}], "rowwise": False}
        )

"""What users saw of models that could not be saved, or not loaded, after hours of training."""

import functools
import warnings

import numpy as np
import optax
import pytest

from jaxcnn import backend as K
from jaxcnn import losses
from jaxcnn.callbacks import ModelCheckpoint
from jaxcnn.layers import Activation, Dense, Input, Lambda, Layer
from jaxcnn.models import Model, Sequential, clone_model, load_model, model_from_json

X = np.random.default_rng(0).normal(size=(8, 6)).astype("float32")
NAMES = ["m.h5", "m.keras"]


def double(x):
    return 2 * x


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "optimizer",
    [
        optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(1e-2, weight_decay=0.1)),
        optax.sgd(optax.warmup_cosine_decay_schedule(0.0, 0.1, 2, 9), momentum=0.9),
        optax.inject_hyperparams(optax.rmsprop)(1e-2),
    ],
)
def test_a_model_with_an_optax_optimizer_goes_on_where_it_was(tmp_path, name, optimizer):
    def fit():
        model.fit(X, X[:, 0], 4, epochs=1, verbose=0, shuffle=False)

    model = Sequential([Dense(1, input_shape=(6,))])
    model.compile(optimizer, "mse")
    fit()
    if "lr" in model.optimizer.hyperparameters:
        model.optimizer.lr = 0.5
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.save(tmp_path / name)
        again = load_model(tmp_path / name)
    fit()
    expected, model = model.get_weights(), again
    fit()
    for a, b in zip(expected, again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", NAMES)
def test_a_model_with_an_optimizer_of_a_function_is_saved_without_it(tmp_path, name):
    model = Sequential([Dense(1, input_shape=(6,))])
    model.compile(optax.masked(optax.adam(1e-3), lambda params: params), "mse")
    with pytest.warns(UserWarning, match="without its training configuration .*compile it again"):
        model.save(tmp_path / name)
    assert np.array_equal(load_model(tmp_path / name).predict(X), model.predict(X))


def test_a_model_checkpoint_does_not_end_a_run_with_optax(tmp_path):
    model = Sequential([Dense(1, input_shape=(6,))])
    model.compile(optax.sgd(1e-3), functools.partial(losses.mean_squared_error))
    with pytest.warns(UserWarning, match="without its training configuration"):
        model.fit(X, X[:, 0], epochs=1, verbose=0, callbacks=[ModelCheckpoint(tmp_path / "m.h5")])
    assert (tmp_path / "m.h5").exists()


class Forgetful(dict):
    def __setitem__(self, key, value):
        pass


def with_lambda(function):
    return Sequential([Lambda(function, input_shape=(6,)), Dense(1)])


@pytest.mark.parametrize("name", NAMES)
def test_a_lambda_is_saved_as_code_and_loaded_where_the_user_allows_it(tmp_path, name, monkeypatch):
    monkeypatch.setattr("jaxcnn.saving.bytecode.WRITTEN", Forgetful())  # as in another process
    factor, shift = 255.0, np.arange(6.0)[None]
    model = with_lambda(lambda t: t / factor - shift)
    with pytest.warns(UserWarning, match=r"'lambda_\d+' is a lambda.*safe_mode=False"):
        model.save(tmp_path / name)
    with pytest.raises(ValueError, match="safe_mode=False"):
        load_model(tmp_path / name)
    again = load_model(tmp_path / name, safe_mode=False)
    assert np.array_equal(again.predict(X), model.predict(X))
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    objects = {"<lambda>": lambda t: t / factor - shift}
    assert np.array_equal(load_model(tmp_path / name, objects).predict(X), model.predict(X))


@pytest.mark.parametrize("name", NAMES)
def test_a_lambda_is_loaded_again_where_it_was_saved(tmp_path, name):
    model = with_lambda(lambda t: double(t) + 1)
    with pytest.warns(UserWarning, match="is a lambda"):
        model.save(tmp_path / name)
    again = load_model(tmp_path / name)
    assert np.array_equal(again.predict(X), model.predict(X))


def test_arrays_that_a_lambda_is_given(tmp_path):
    shift = np.arange(6.0)[None]
    model = Sequential([Lambda(lambda t, by: t - by, arguments={"by": shift}, input_shape=(6,))])
    with pytest.warns(UserWarning, match="is a lambda"):
        model.save(tmp_path / "m.h5")
    again = load_model(tmp_path / "m.h5")
    assert np.array_equal(again.layers[0].arguments["by"], shift)
    assert np.array_equal(again.predict(X), model.predict(X))


def test_operations_are_saved(tmp_path):
    x = Input((6,))
    model = Model(x, Dense(1)(K.concatenate([2.0 * x, x], axis=1)))
    model.save(tmp_path / "m.h5")
    assert np.array_equal(load_model(tmp_path / "m.h5").predict(X), model.predict(X))


@pytest.mark.parametrize("name", NAMES)
def test_a_lambda_over_an_object_is_warned_of(tmp_path, name):
    by_name = {"factor": 2.0}
    model = with_lambda(lambda t: t * by_name["factor"])
    with pytest.warns(UserWarning, match="uses objects around it.*define it by `def`"):
        model.save(tmp_path / name)
    again = load_model(tmp_path / name, {"<lambda>": lambda t: t * by_name["factor"]})
    assert np.array_equal(again.predict(X), model.predict(X))


@pytest.mark.parametrize("function", [double, lambda t: 3 * t])
def test_a_model_with_a_lambda_layer_is_made_again_in_memory(function):
    model = with_lambda(function)
    for again in (clone_model(model), model_from_json(model.to_json(), {"double": double}, False)):
        again.set_weights(model.get_weights())
        assert np.array_equal(again.predict(X), model.predict(X))


def test_an_activation_without_a_name(tmp_path):
    model = Sequential([Dense(2, activation=lambda t: 2 * t, input_shape=(6,))])
    model.add(Activation(lambda t: t + 1))
    with pytest.warns(UserWarning, match="`activation` of layer .* is a lambda"):
        model.save(tmp_path / "m.h5")
    again = load_model(tmp_path / "m.h5", safe_mode=False)
    assert np.array_equal(again.predict(X), model.predict(X))


class Scale(Layer):
    def __init__(self, f=1.0, **kwargs):
        self.f = f
        super().__init__(**kwargs)

    def call(self, inputs):
        return inputs * self.f


class Described(Scale):
    def get_config(self):
        return {**super().get_config(), "f": self.f}


def test_a_layer_without_get_config_is_warned_of_when_it_is_saved(tmp_path, recwarn):
    Sequential([Described(2.0, input_shape=(6,))]).save(tmp_path / "m.h5")
    assert not recwarn
    with pytest.warns(UserWarning, match=r"\(Scale\) will be made again without f,"):
        Sequential([Scale(2.0, input_shape=(6,))]).save(tmp_path / "m.h5")

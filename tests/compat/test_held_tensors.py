"""Inputs and targets that are variables or placeholders, as Keras 2.0.7 and later take them."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import BatchNormalization, Dense, Input, InputLayer
from jaxcnn.losses import mean_squared_error
from jaxcnn.models import Model, Sequential, clone_model, load_model
from jaxcnn.optimizers import SGD
from jaxcnn.spellings.dialect import speaking

RNG = np.random.RandomState(0)
X, Y = RNG.rand(6, 4).astype("float32"), RNG.rand(6, 4).astype("float32")


def two_outputs():
    x = Input((4,))
    return Model(x, [Dense(4, name="a")(x), Dense(4, name="b")(x)])


@pytest.mark.parametrize("form", [lambda t: [t], lambda t: {"dense": t}, lambda t: t])
def test_targets_that_are_a_variable(form):
    model = Sequential([Dense(4, input_shape=(4,), name="dense")])
    model.compile("sgd", "mse", target_tensors=form(K.variable(Y)))
    expected = float(np.mean((model.predict(X) - Y) ** 2))
    assert model.test_on_batch(X, None) == pytest.approx(expected, rel=1e-5)
    assert model.fit(X, None, epochs=1, verbose=0).history["loss"] == [
        pytest.approx(expected, rel=1e-5)
    ]
    with pytest.raises(ValueError, match="values of their own"):
        model.train_on_batch(X, Y)


def test_one_output_of_two_has_its_targets():
    model = two_outputs()
    model.compile("sgd", "mse", target_tensors={"a": K.variable(Y)})
    a, b = model.predict(X)
    weights = {"b": np.arange(6.0)}
    values = model.test_on_batch(X, 2 * Y, sample_weight=weights)
    assert values[1] == pytest.approx(float(np.mean((a - Y) ** 2)), rel=1e-5)
    rows = np.mean((b - 2 * Y) ** 2, axis=-1) * np.arange(6.0)
    assert values[2] == pytest.approx(float(np.sum(rows)) / 5, rel=1e-5)


def test_a_placeholder_stands_for_the_targets():
    model = Sequential([Dense(4, input_shape=(4,))])
    target = K.placeholder((None, 4))

    def doubled(_, predictions):
        return 2.0 * mean_squared_error(target, predictions)

    model.compile("sgd", doubled, target_tensors=[target])
    assert model.targets == [target]
    expected = 2 * float(np.mean((model.predict(X) - Y) ** 2))
    assert model.test_on_batch(X, Y) == pytest.approx(expected, rel=1e-5)


def test_targets_that_are_computed():
    """By 2.2.4: from inputs, from outputs and from variables, for losses and metrics alike."""
    x = Input((4,))
    a, b = Dense(4, name="a")(x), Dense(4, name="b")(x)
    model = Model(x, [a, b])
    targets = {"a": K.square(x) + K.variable(np.ones(4)), "b": K.stop_gradient(a) + 1.0}
    model.compile("sgd", "mse", metrics=["mae"], target_tensors=targets)
    first, second = model.predict(X)
    errors = first - X**2 - 1, second - first - 1
    losses = [np.mean(e**2) for e in errors]
    expected = [sum(losses), *losses, *[np.mean(np.abs(e)) for e in errors]]
    values = dict(zip(model.metrics_names, model.evaluate(X, verbose=0), strict=True))
    names = ("loss", "a_loss", "b_loss", "a_mean_absolute_error", "b_mean_absolute_error")
    np.testing.assert_allclose([values[name] for name in names], expected, rtol=1e-5)
    assert model.train_on_batch(X)[0] == pytest.approx(expected[0], rel=1e-5)
    history = model.fit(X, None, epochs=2, batch_size=2, verbose=0).history
    assert history["a_loss"][1] < losses[0]
    with pytest.raises(ValueError, match="have values of their own"):
        model.train_on_batch(X, [Y, Y])
    other = K.placeholder((None, 4))
    model.compile("sgd", "mse", target_tensors={"a": 2 * other, "b": targets["b"]})
    with pytest.raises(ValueError, match="which is not among the model's inputs"):
        model.train_on_batch(X)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ([K.variable(Y)], ValueError, "one entry per model output. The model has 2 outputs"),
        (K.variable(Y), ValueError, "passed a single tensor"),
        ({"c": None}, ValueError, "unknown outputs c"),
        (set(), TypeError, "a list or a dict of tensors"),
    ],
)
def test_what_targets_cannot_be(given, error, message):
    with pytest.raises(error, match=message):
        two_outputs().compile("sgd", "mse", target_tensors=given)


def test_inputs_that_are_variables():
    variable = K.variable(X)
    x = Input(tensor=variable)
    other = Input((4,))
    model = Model([x, other], Dense(4, use_bias=False)(x + other))
    (kernel,) = model.get_weights()
    assert np.allclose(model.predict(Y), (X + Y) @ kernel, atol=1e-5)
    K.set_value(variable, 2 * X)
    assert np.allclose(model.predict([Y]), (2 * X + Y) @ kernel, atol=1e-5)
    model.compile("sgd", "mse")
    expected = float(np.mean(((2 * X + Y) @ kernel - Y) ** 2))
    assert model.evaluate(Y, Y, verbose=0) == pytest.approx(expected, rel=1e-4)
    with pytest.raises(ValueError, match="`x` is None"):
        model.predict(None)


def test_steps_of_a_model_that_needs_no_arrays():
    model = Model(x := Input(tensor=K.variable(X)), Dense(4, use_bias=False)(x))
    (kernel,) = model.get_weights()
    model.compile(SGD(0.0), "mse", target_tensors=[K.variable(Y)])
    expected = pytest.approx(float(np.mean((X @ kernel - Y) ** 2)), rel=1e-5)
    history = model.fit(None, None, epochs=2, steps_per_epoch=3, verbose=0)
    assert history.history["loss"] == [expected, expected]
    assert model.evaluate(None, None, steps=2, verbose=0) == expected
    assert model.predict(None, steps=3).shape == (18, 4)


def test_functions_and_derivatives_of_what_an_input_holds(tmp_path):
    variable = K.variable(X)
    x = Input(tensor=variable)
    model = Model(x, Dense(3)(x))
    assert K.is_keras_tensor(x) and K.is_keras_tensor(model.output)
    (value,) = K.function([], model.outputs)([])
    assert np.allclose(value, model.predict(None), atol=1e-6)
    (slope,) = K.gradients(K.sum(K.square(x)), variable)
    assert np.allclose(K.function([], [slope])([])[0], 2 * X)
    model.save(tmp_path / "m.h5")
    again = load_model(tmp_path / "m.h5")
    assert again.input_shape == (6, 4) and np.allclose(again.predict(X), value, atol=1e-6)


def test_a_stack_that_begins_with_a_variable():
    model = Sequential([InputLayer(input_tensor=K.variable(X)), Dense(4)])
    model.compile("sgd", "mse")
    model.train_on_batch(None, Y)
    late = Sequential([Dense(3), Dense(2)])
    late._set_inputs(X)
    assert late.built and late.input_shape == (None, 4)


def test_a_clone_that_begins_with_a_variable():
    model = Sequential([Dense(4, input_shape=(4,)), BatchNormalization(), Dense(4)])
    clone = clone_model(model, input_tensors=K.variable(X))
    clone.set_weights(model.get_weights())
    assert np.allclose(clone.predict(None), model.predict(X), atol=1e-6)
    clone.compile("sgd", "mse")
    clone.train_on_batch(None, Y)
    with pytest.raises(ValueError, match="no input arrays are given"):
        clone.predict(X)


def test_inputs_that_are_set_again():
    x = Input((4,))
    model = Model(x, Dense(3)(x))
    with pytest.raises(ValueError, match="has its inputs already"):
        model._set_inputs(x)
    before = model.predict(X)
    model.inputs = None
    model._set_inputs([x])
    assert np.array_equal(model.predict(X), before)


def test_calls_for_one_batch_of_held_values():
    x = Input(tensor=K.variable(X))
    other = Input((4,), name="other")
    model = Model([x, other], Dense(4, use_bias=False)(x + other))
    expected = model.predict(Y)
    assert np.allclose(model.predict_on_batch({"other": Y}), expected, atol=1e-6)
    alone = Model(x, Dense(4)(x))
    alone.compile("sgd", "mse")
    for nothing in (None, [], {}):
        alone.train_on_batch(nothing, Y)
    assert alone.predict_on_batch(None).shape == (6, 4)


def test_a_program_for_old_keras_says_the_steps():
    model = Model(x := Input(tensor=K.variable(X)), Dense(4)(x))
    model.add_loss(K.mean(model.output))
    with speaking("2.2"):
        model.compile("sgd", None)
        for call in (
            lambda: model.fit(None, None, epochs=1, batch_size=10),
            lambda: model.evaluate(None, None, batch_size=10),
            lambda: model.predict(None, batch_size=10),
        ):
            with pytest.raises(ValueError, match="give `steps_per_epoch`, or `steps`, instead"):
                call()
        model.fit(None, None, epochs=1, steps_per_epoch=1, verbose=0)
        assert model.predict(None, steps=3).shape == (18, 4)

"""Losses and metrics: by output, by name, of the user's own, with and without targets."""

import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import losses
from jaxcnn.layers import Activation, Dense, Input, Layer
from jaxcnn.metrics import AUC, Precision
from jaxcnn.models import Model, Sequential
from jaxcnn.optimizers import SGD

X = np.random.default_rng(0).normal(size=(20, 4)).astype("float32")
A = np.eye(3, dtype="float32")[np.arange(20) % 3]
B = np.random.default_rng(1).normal(size=(20, 1)).astype("float32")


def two(**options):
    """Outputs "a" (softmax of 3) and "b" (1 number) on a common layer."""
    x = Input((4,))
    common = Dense(5, activation="tanh", name="common")(x)
    model = Model(x, [Dense(3, activation="softmax", name="a")(common), Dense(1, name="b")(common)])
    model.compile(**{"optimizer": SGD(0.1), "loss": ["categorical_crossentropy", "mse"], **options})
    return model


def own_losses(model):
    a, b = model.predict(X)
    return -np.mean(np.sum(A * np.log(a), 1)), np.mean((b - B) ** 2)


def test_the_total_is_the_weighted_sum():
    for weights in (None, [1.0, 0.2], {"b": 0.2}, [1, 0.2]):
        model = two(loss_weights=weights)
        a, b = own_losses(model)
        total, *parts = model.evaluate(X, [A, B], verbose=0)
        assert model.metrics_names == ["loss", "a_loss", "b_loss"]
        assert parts == pytest.approx([a, b], rel=1e-5)
        assert total == pytest.approx(a + (0.2 if weights else 1.0) * b, rel=1e-5)


def test_lists_and_dicts_train_alike():
    listed = two(loss_weights=[1.0, 0.2])
    named = two(
        loss={"b": "mse", "a": losses.categorical_crossentropy},
        loss_weights={"b": 0.2, "a": 1.0},
        optimizer=SGD(0.1),
    )
    named.set_weights(listed.get_weights())
    first = listed.fit(X, [A, B], batch_size=8, epochs=2, verbose=0).history
    second = named.fit({"input_2": X}, {"b": B, "a": A}, batch_size=8, epochs=2, verbose=0).history
    assert first == second and list(first) == ["loss", "a_loss", "b_loss"]


def test_a_loss_of_weight_zero_trains_what_it_shares_with_no_other():
    model = two(loss_weights=[0.0, 1.0])
    before = {layer.name: layer.get_weights() for layer in model.layers}
    model.fit(X, [A, B], epochs=1, verbose=0)
    moved = {
        layer.name: bool(np.any(before[layer.name][0] != layer.get_weights()[0]))
        for layer in model.layers[1:]
    }
    assert moved == {"common": True, "a": False, "b": True}


# -- outputs without a loss ------------------------------------------------------------------------


@pytest.mark.parametrize("loss", [[None, "mse"], {"a": None, "b": "mse"}])
def test_an_output_without_a_loss_takes_no_target(loss):
    model = two(loss=loss, metrics={"b": ["mae"]})
    assert model.metrics_names == ["loss", "b_loss", "b_mean_absolute_error"]
    before = model.get_layer("a").get_weights()
    for y in (B, [B], {"b": B}):
        found = model.evaluate(X, y, verbose=0)
        assert found[0] == found[1] == pytest.approx(own_losses(model)[1], rel=1e-5)
    weights = np.linspace(0, 1, 20)
    model.fit(
        X,
        B,
        epochs=1,
        batch_size=8,
        validation_data=(X, B, weights),
        sample_weight=weights,
        verbose=0,
    )
    model.train_on_batch(X, B)
    model.test_on_batch(X, {"b": B})
    assert all(
        np.array_equal(p, q)
        for p, q in zip(before, model.get_layer("a").get_weights(), strict=True)
    )
    with pytest.raises(ValueError, match=r"Unknown target a; expected \['b'\]"):
        model.evaluate(X, {"a": A, "b": B})
    with pytest.raises(ValueError, match="Target 'b' is a list of 2 arrays"):
        model.evaluate(X, [A, B])


def test_an_output_missing_from_the_losses_is_remarked():
    with pytest.warns(UserWarning, match="names no loss for a"):
        model = two(loss={"b": "mse"})
    model.fit(X, B, epochs=1, verbose=0)


class Penalty(Layer):
    """Passes its input on and asks for small values."""

    def call(self, x):
        self.add_loss(jnp.mean(jnp.square(x)))
        return x


class NoPenalty(Layer):
    def call(self, x):
        return x


def test_the_layers_may_add_all_the_loss_there_is():
    model = Sequential([Dense(3, input_shape=(4,)), Penalty()])
    model.compile(SGD(0.1), None)
    before = model.evaluate(X, None, verbose=0)
    assert before == pytest.approx(np.mean(np.square(model.predict(X))), rel=1e-5)
    history = model.fit(X, epochs=3, batch_size=8, validation_data=(X, None), verbose=0).history
    assert history["val_loss"][-1] < before and model.train_on_batch(X, None) < before


def test_a_model_without_any_loss():
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'loss'"):
        Sequential([Dense(3, input_shape=(4,))]).compile("sgd", None)
    model = Sequential([Dense(3, input_shape=(4,)), NoPenalty()])
    model.compile("sgd", None)
    with pytest.raises(
        ValueError, match=r"sequential_\d.*without a loss, and none of its layers adds one"
    ):
        model.fit(X, None)


# -- metrics ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["accuracy", "acc"])
@pytest.mark.parametrize(
    ("units", "activation", "loss", "y", "expected"),
    [
        (3, "softmax", "categorical_crossentropy", A, lambda p: p.argmax(1) == A.argmax(1)),
        (
            3,
            "softmax",
            "sparse_categorical_crossentropy",
            A.argmax(1),
            lambda p: p.argmax(1) == A.argmax(1),
        ),
        (3, "sigmoid", "binary_crossentropy", A, lambda p: (p > 0.5) == A),
        (1, "sigmoid", "binary_crossentropy", A[:, 0], lambda p: (p[:, 0] > 0.5) == A[:, 0]),
        (1, None, "mse", A[:, 0], lambda p: np.round(p[:, 0]) == A[:, 0]),
        (3, None, "mse", A, lambda p: p.argmax(1) == A.argmax(1)),
        (3, "softmax", losses.CategoricalCrossentropy(), A, lambda p: p.argmax(1) == A.argmax(1)),
    ],
)
def test_accuracy_means_what_fits_the_output(name, units, activation, loss, y, expected):
    model = Sequential([Dense(units, input_shape=(4,)), Activation(activation or "linear")])
    model.compile("sgd", loss, metrics=[name])
    assert model.metrics_names == ["loss", "acc"]
    assert model.evaluate(X, y, verbose=0)[1] == pytest.approx(
        np.mean(expected(model.predict(X))), rel=1e-6
    )


def test_metrics_for_all_outputs_or_by_output():
    assert two(metrics=["mae"]).metrics_names[3:] == [
        "a_mean_absolute_error",
        "b_mean_absolute_error",
    ]
    assert two(metrics=[[], ["mae"]]).metrics_names[3:] == ["b_mean_absolute_error"]
    with pytest.raises(ValueError, match="lists for 1 outputs; the model has 2"):
        two(metrics=[["mae"]])
    with pytest.raises(ValueError, match="lists for 3 outputs; the model has 2"):
        two(metrics=[["mae"], ["mae"], ["mae"]])
    assert two(metrics={"a": "acc", "b": ["mse", "mae"]}).metrics_names[3:] == [
        "a_acc",
        "b_mean_squared_error",
        "b_mean_absolute_error",
    ]
    with pytest.raises(
        ValueError, match=r"unknown output 'aa'; the model has \['a', 'b'\].*Did you mean 'a'"
    ):
        two(metrics={"aa": "acc"})
    with pytest.raises(TypeError, match="`metrics` must be a list"):
        two(metrics="acc")


def mean_pred(y_true, y_pred):
    return jnp.mean(y_pred)


def spread(y_true, y_pred):
    return {
        "low": jnp.min(y_pred),
        "high": jnp.max(y_pred),
        "error": jnp.mean(jnp.abs(y_true - y_pred), -1),
    }


def test_metrics_of_the_users_own():
    model = Sequential([Dense(1, input_shape=(4,))])
    model.compile("sgd", "mse", metrics=[mean_pred, spread, "mae"])
    p = model.predict(X)
    history = model.fit(X, B, epochs=1, batch_size=20, verbose=0, validation_data=(X, B)).history
    assert list(history)[:6] == ["loss", "mean_pred", "error", "high", "low", "mean_absolute_error"]
    assert history["mean_pred"][0] == pytest.approx(p.mean(), abs=1e-6)
    assert history["high"][0] == pytest.approx(p.max()) and history["low"][0] == pytest.approx(
        p.min()
    )
    assert history["error"] == pytest.approx(history["mean_absolute_error"], rel=1e-6)
    assert model.metrics_names == list(history)[:6]


def test_metrics_that_accumulate():
    model = Sequential([Dense(1, activation="sigmoid", input_shape=(4,))])
    y = A[:, :1]
    model.compile("sgd", "binary_crossentropy", metrics=[Precision(thresholds=0.4), AUC()])
    p = model.predict(X) > 0.4
    by_batches = model.evaluate(X, y, batch_size=3, verbose=0)
    assert by_batches[1] == pytest.approx(np.sum(p * y) / np.sum(p), rel=1e-6)
    assert by_batches == pytest.approx(model.evaluate(X, y, batch_size=20, verbose=0), rel=1e-5)


def test_weighted_metrics():
    model = Sequential([Dense(1, input_shape=(4,))])
    model.compile("sgd", "mse", metrics=["mae"], weighted_metrics=["mae"])
    weights = np.linspace(0, 2, 20)
    _, plain, weighted = model.evaluate(X, B, sample_weight=weights, verbose=0)
    errors = np.abs(model.predict(X) - B)[:, 0]
    assert model.metrics_names[2] == "weighted_mean_absolute_error"
    assert (plain, weighted) == pytest.approx(
        (errors.mean(), np.average(errors, weights=weights)), rel=1e-5
    )


# -- losses ----------------------------------------------------------------------------------------


def cubic(y_true, y_pred):
    return jnp.mean(jnp.abs(y_true - y_pred) ** 3, axis=-1)


@pytest.mark.parametrize("loss", [cubic, lambda y_true, y_pred: jnp.abs(y_true - y_pred) ** 3])
def test_losses_of_the_users_own(loss):
    model = Sequential([Dense(1, input_shape=(4,))])
    model.compile(SGD(0.01), loss)
    before = model.evaluate(X, B, batch_size=7, verbose=0)
    assert before == pytest.approx(np.mean(np.abs(model.predict(X) - B) ** 3), rel=1e-5)
    assert model.fit(X, B, epochs=5, verbose=0).history["loss"][-1] < before


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"loss": "catgorical_crossentropy"}, ValueError, "categorical_crossentropy"),
        ({"optimizer": "adm"}, ValueError, "Did you mean 'Adam'"),
        ({"metrics": ["acuracy"]}, ValueError, "acuracy"),
        (
            {"loss": {"c": "mse"}},
            ValueError,
            r"Unknown entry in loss dictionary: \"c\". Only expected.*\['a', 'b'\]",
        ),
        (
            {"loss": ["mse"] * 3},
            ValueError,
            "list as loss, .* 2 outputs, but you passed a list of 3",
        ),
        ({"loss_weights": {"c": 1.0}}, ValueError, "Unknown entry in loss_weights dictionary"),
        (
            {"sample_weight_mode": "tempral"},
            ValueError,
            "'tempral'; it must be None or \"temporal\"",
        ),
    ],
)
def test_what_compile_does_not_understand(arguments, error, message):
    model = two()
    with pytest.raises(error, match=message):
        model.compile(**{"optimizer": "sgd", "loss": "mse", **arguments})
    model.fit(X, [A, B], epochs=1, verbose=0)  # as it was compiled before


def test_names_are_checked_before_the_shape_is_known():
    with pytest.raises(ValueError, match="categorical_crossentropy"):
        Sequential([Dense(3)]).compile("sgd", "catgorical_crossentropy")


def test_a_model_that_was_not_compiled():
    model = Sequential([Dense(1, input_shape=(4,))])
    for use in (model.fit, model.evaluate, model.train_on_batch, model.test_on_batch):
        with pytest.raises(
            RuntimeError, match=r"You must compile a model before.*'sequential_1' is not"
        ):
            use(X, B)
    with pytest.raises(RuntimeError, match="You must compile a model"):
        _ = model.metrics_names
    assert model.predict(X).shape == (20, 1)

"""Names of losses and metrics that repeat; those of old versions are what the real 1.2.2, 2.0.4 and
2.2.4 gave.
"""

import contextlib
import io

import jax.numpy as jnp
import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn.layers import Dense, Input
from jaxcnn.spellings.dialect import speaking

X, Y = np.ones((4, 3)), np.ones((4, 3))
NUMBERED = {
    "loss",
    "o_loss_1",
    "o_loss_2",
    "o_mean_absolute_error_1",
    "o_mean_absolute_error_2",
}
LISTED = ["loss", "o_loss", "o_loss", "o_mean_absolute_error", "o_mean_absolute_error"]


def called_twice() -> jc.Model:
    """A model whose outputs come from one layer, 2x and 4x."""
    inputs = Input((3,))
    layer = Dense(3, name="o")
    model = jc.Model(inputs, [layer(inputs), layer(layer(inputs))])
    layer.set_weights([np.eye(3) * 2, np.zeros(3)])
    return model


@pytest.mark.parametrize("version", ["1.2", "2.0"])
def test_logs_number_all_that_repeat_up_to_2_0(version):
    with speaking(version):
        model = called_twice()
        model.compile("sgd", "mse", metrics=["mae"])
        assert model.output_names == ["o", "o"]
        assert model.metrics_names == LISTED
        assert model.evaluate(X, [Y, Y * 3], verbose=0) == [2.0, 1.0, 1.0, 1.0, 1.0]
        logs = model.fit(X, [Y, Y * 5], epochs=1, verbose=0).history
        assert set(logs) == NUMBERED
        assert logs["o_mean_absolute_error_1"] == logs["o_mean_absolute_error_2"] == [1.0]


def test_losses_of_one_name_are_logged_once_and_metrics_numbered_from_the_second_in_2_2():
    with speaking("2.2"):
        model = called_twice()
        model.compile("sgd", "mse", metrics=["mae"])
        assert model.output_names == ["o", "o"]
        assert model.metrics_names == [*LISTED[:4], "o_mean_absolute_error_1"]
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            logs = model.fit(X, [Y, Y * 6], epochs=1, verbose=2).history
        assert set(logs) == {*LISTED, "o_mean_absolute_error_1"}
        assert logs["o_loss"] == [4.0]  # that of the last output
        assert "loss: 5.0000 - o_loss: 4.0000 - o_mean_absolute_error: 1.0000 - " in (
            printed.getvalue()
        )
        assert printed.getvalue().count("o_loss") == 1


@pytest.mark.parametrize("version", ["1.2", "2.0", "2.2"])
def test_an_entry_by_name_serves_all_outputs_of_the_name(version):
    with speaking(version):
        model = called_twice()
        model.compile("sgd", {"o": "mse"}, metrics={"o": "mae"}, loss_weights={"o": 0.5})
        assert len(model.metrics_names) == 5
        assert model.train_on_batch(X, {"o": Y}, sample_weight={"o": np.ones(4)})[0] == 5.0
        with pytest.raises(ValueError, match="Unknown entry in loss dictionary"):
            model.compile("sgd", {"o": "mse", "o_1": "mae"})


def test_without_a_version_outputs_of_one_layer_have_names_of_their_own():
    model = called_twice()
    model.compile("sgd", {"o": "mse", "o_1": "mae"}, metrics={"o_1": "mse"})
    assert model.output_names == ["o", "o_1"]
    assert model.metrics_names == ["loss", "o_loss", "o_1_loss", "o_1_mean_squared_error"]
    assert model.evaluate(X, {"o": Y, "o_1": Y}, verbose=0) == [4.0, 1.0, 3.0, 9.0]


def constant(number: int):
    return lambda y_true, y_pred: jnp.zeros_like(y_pred) + number


def test_metrics_of_one_name_are_counted_one_by_one():
    """Two anonymous functions were one result, and `evaluate` returned fewer than it listed."""
    model = jc.Sequential([Dense(3, input_shape=(3,), kernel_initializer="zeros")])
    model.compile("sgd", "mse", metrics=[constant(1), constant(2), "mae", "mae"])
    assert model.metrics_names == [
        "loss",
        "<lambda>",
        "<lambda>_1",
        "mean_absolute_error",
        "mean_absolute_error_1",
    ]
    assert model.evaluate(X, Y, verbose=0) == [1.0, 1.0, 2.0, 1.0, 1.0]
    history = model.fit(X, Y, epochs=1, verbose=0).history
    assert history["<lambda>"] == [1.0] and history["<lambda>_1"] == [2.0]


def test_metrics_of_one_name_in_2_0():
    with speaking("2.0"):
        model = jc.Sequential([Dense(3, input_shape=(3,), kernel_initializer="zeros")])
        model.compile("sgd", "mse", metrics=[constant(1), constant(2)])
        assert model.metrics_names == ["loss", "<lambda>", "<lambda>"]
        assert model.train_on_batch(X, Y) == [1.0, 1.0, 2.0]
        assert set(model.fit(X, Y, epochs=1, verbose=0).history) == {
            "loss",
            "<lambda>_1",
            "<lambda>_2",
        }


def test_target_tensors_of_outputs_of_one_name_are_taken_one_by_one():
    with speaking("2.2"):
        targets = [jc.backend.constant(Y), jc.backend.constant(Y * 5)]
        model = called_twice()
        model.compile("sgd", "mse", target_tensors=targets)
        assert model.train_on_batch(X, None) == [2.0, 1.0, 1.0]

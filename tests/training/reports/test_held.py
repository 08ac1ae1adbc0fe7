"""What users of other libraries reported and what is right here: one test a report.

`reports.csv` lists every report that was tried, with the test that holds it.
"""

import csv
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest

from jaxcnn.callbacks import Callback, EarlyStopping, ReduceLROnPlateau
from jaxcnn.layers import (
    LSTM,
    BatchNormalization,
    Dense,
    Dropout,
    Embedding,
    Input,
    Masking,
    TimeDistributed,
)
from jaxcnn.models import Model, Sequential, load_model
from jaxcnn.utils import Sequence, set_random_seed

TESTS = Path(__file__).parents[2]


def ones(units, name=None, **options):
    return Dense(units, use_bias=False, kernel_initializer="ones", name=name, **options)


def test_every_report_names_a_test_that_exists():
    with open(Path(__file__).parent / "reports.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 46
    for row in rows:
        path, test = row["test"].split("::")
        assert f"def {test}(" in (TESTS / path).read_text(), row


def test_the_weight_of_a_class_counts_in_a_validation_split_and_not_in_given_data():
    x, y = np.ones((4, 1)), np.array([0.0, 0.0, 1.0, 1.0])
    model = Sequential([Dense(1, input_shape=(1,), use_bias=False, kernel_initializer="zeros")])
    model.compile("sgd", "mse")
    weights = {0: 1.0, 1: 5.0}
    split = model.fit(x, y, validation_split=0.5, class_weight=weights, verbose=0)
    model.set_weights([np.zeros((1, 1))])
    apart = model.fit(x[:2], y[:2], validation_data=(x[2:], y[2:]), class_weight=weights, verbose=0)
    assert split.history["val_loss"][0] == pytest.approx(5.0)
    assert apart.history["val_loss"][0] == pytest.approx(1.0)


def test_weights_for_an_output_that_there_is_not():
    inputs = Input((1,))
    model = Model(inputs, [ones(1, "one")(inputs), ones(1, "two")(inputs)])
    model.compile("sgd", "mse")
    y = np.zeros((2, 1))
    with pytest.raises(ValueError, match="three"):
        model.fit(np.ones((2, 1)), [y, y], class_weight={"three": {0: 1.0}}, verbose=0)


def test_a_weight_that_a_class_of_several_labels_lacks():
    model = Sequential([Dense(4, input_shape=(1,))])
    model.compile("sgd", "binary_crossentropy")
    with pytest.raises(ValueError, match=r"\b2, 3\b"):
        model.fit(np.ones((4, 1)), np.eye(4), class_weight={0: 1.0, 1: 2.0}, verbose=0)


def test_masked_steps_count_neither_in_the_loss_nor_in_a_metric():
    model = Sequential([Masking(input_shape=(3, 1)), TimeDistributed(ones(1))])
    model.compile("sgd", "mse", metrics=["mae"])
    x = np.array([[[1.0], [2.0], [0.0]], [[3.0], [0.0], [0.0]]])
    loss, error = model.evaluate(x, np.zeros((2, 3, 1)), verbose=0)
    # Keras 2.0.4: the loss divides by the share of steps that count, and so does the metric.
    assert loss == pytest.approx((1 + 4 + 9) / 3)
    assert error == pytest.approx((1 + 2 + 3) / 3)


class Losses(Callback):
    """Reports the losses of a list, whatever happens."""

    def __init__(self, values):
        super().__init__()
        self.values = values

    def on_epoch_end(self, epoch, logs=None):
        logs["val_loss"] = self.values[epoch]


def test_the_best_weights_come_back_where_training_was_not_stopped():
    model = Sequential([Dense(1, input_shape=(1,))])
    model.compile("sgd", "mse")
    seen = []

    class Seen(Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(self.model.get_weights())

    stopping = EarlyStopping("val_loss", patience=9, restore_best_weights=True)
    callbacks = [Losses([3.0, 1.0, 2.0]), Seen(), stopping]
    model.fit(np.ones((4, 1)), np.zeros((4, 1)), epochs=3, verbose=0, callbacks=callbacks)
    for best, now in zip(seen[1], model.get_weights(), strict=True):
        np.testing.assert_array_equal(best, now)


def test_a_plateau_without_a_pause_halves_every_second_epoch():
    model = Sequential([Dense(1, input_shape=(1,))])
    model.compile("sgd", "mse")
    rates = []

    class Rates(Callback):
        def on_epoch_end(self, epoch, logs=None):
            rates.append(float(self.model.optimizer.lr))

    plateau = ReduceLROnPlateau("val_loss", factor=0.5, patience=2, cooldown=0)
    callbacks = [Losses([1.0] * 7), plateau, Rates()]
    model.fit(np.ones((4, 1)), np.zeros((4, 1)), epochs=7, verbose=0, callbacks=callbacks)
    halves = [round(0.01 / rate) for rate in rates]
    assert halves == [1, 1, 1, 2, 2, 4, 4]  # as in Keras 2.0.4


@pytest.mark.parametrize("name", ["m.h5", "m.keras"])
def test_an_optimizer_goes_on_after_loading_as_if_nothing_had_been(name, tmp_path):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, 3)), rng.normal(size=(8, 2))
    model = Sequential([Dense(2, input_shape=(3,))])
    model.compile("adam", "mse")
    model.fit(x, y, epochs=2, shuffle=False, verbose=0)
    model.save(tmp_path / name)
    loaded = load_model(tmp_path / name)
    for one in (model, loaded):
        one.fit(x, y, epochs=2, shuffle=False, verbose=0)
    for one, two in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_batch_normalization_at_each_step_keeps_its_statistics():
    inner = Sequential([BatchNormalization(input_shape=(2,), momentum=0.5)])
    model = Sequential([TimeDistributed(inner, input_shape=(3, 2))])
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(5.0, 2.0, (8, 3, 2)).astype("float32")
    model.fit(x, x, batch_size=8, epochs=1, verbose=0)
    mean = inner.get_weights()[2]
    np.testing.assert_allclose(mean, 0.5 * x.mean((0, 1)), rtol=1e-5)
    np.testing.assert_allclose(
        model.predict(x), inner.predict(x.reshape(-1, 2)).reshape(x.shape), atol=1e-6
    )


def test_a_normalization_that_is_frozen_after_compile_says_so_and_rests_after_the_next():
    layer = BatchNormalization(input_shape=(2,))
    model = Sequential([layer, Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.full((4, 2), 3.0), np.ones((4, 1))
    layer.trainable = False
    with pytest.warns(UserWarning, match="compile"):
        model.fit(x, y, verbose=0)
    model.compile("sgd", "mse")
    gamma, beta, *_ = layer.get_weights()
    model.fit(x, y, verbose=0)
    np.testing.assert_array_equal(gamma, layer.get_weights()[0])
    np.testing.assert_array_equal(beta, layer.get_weights()[1])


class Numbered(Sequence):
    """Batch i has the number i in each row."""

    def __len__(self):
        return 8

    def __getitem__(self, index):
        return np.full((2, 1), float(index))


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_predictions_come_in_the_order_of_the_batches(workers):
    model = Sequential([ones(1, input_shape=(1,))])
    predicted = model.predict_generator(Numbered(), steps=8, workers=workers)
    np.testing.assert_array_equal(predicted[:, 0], np.repeat(np.arange(8.0), 2))


def test_eight_threads_predict_at_once():
    model = Sequential([ones(1, input_shape=(2,))])
    outputs = {}

    def predict(number):
        outputs[number] = model.predict(np.full((3, 2), float(number)))

    threads = [threading.Thread(target=predict, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(8):
        np.testing.assert_array_equal(outputs[number], np.full((3, 1), 2.0 * number))


def test_fit_evaluate_and_predict_agree_whatever_the_batch_size(blobs):
    x, y = blobs
    model = Sequential(
        [
            Dense(4, activation="relu", input_shape=(4,)),
            Dropout(0.5),
            Dense(3, activation="softmax"),
        ]
    )
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, batch_size=7, epochs=1, validation_data=(x, y), verbose=0).history
    by_hand = np.mean(model.predict(x, batch_size=9).argmax(-1) == y.argmax(-1))
    _, accuracy = model.evaluate(x, y, batch_size=11, verbose=0)
    assert history["val_acc"][0] == pytest.approx(accuracy) == pytest.approx(by_hand)


def test_a_bar_in_a_file_is_one_line_an_epoch(capsys):
    model = Sequential([Dense(1, input_shape=(1,))])
    model.compile("sgd", "mse")
    model.fit(np.ones((64, 1)), np.ones((64, 1)), batch_size=1, epochs=2, verbose=1)
    printed = capsys.readouterr().out
    assert "\b" not in printed and "\r" not in printed
    assert len([line for line in printed.splitlines() if "loss" in line]) == 2


def test_four_fits_are_one_of_four_epochs(blobs):
    def trained(calls, epochs):
        set_random_seed(3)
        model = Sequential([Dense(3, activation="softmax", input_shape=(4,), name="only")])
        model.compile("adam", "categorical_crossentropy")
        for _ in range(calls):
            model.fit(*blobs, epochs=epochs, verbose=0)
        return model.get_weights()

    for one, two in zip(trained(4, 1), trained(1, 4), strict=True):
        np.testing.assert_array_equal(one, two)


def test_sentences_of_another_length_are_padded_where_that_is_asked_for():
    model = Sequential([Embedding(5, 2, mask_zero=True), LSTM(2)])
    model.build((None, None))
    x = np.array([[1, 2, 3]])
    plain = model.predict(x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_allclose(model.predict(x, pad_to_multiple=8), plain, atol=1e-6)

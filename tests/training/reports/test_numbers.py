"""What users saw of numbers that were wrong without a word."""

import contextlib

import jax
import numpy as np
import pytest

from jaxcnn.layers import Dense, Embedding, Flatten, Input, Lambda
from jaxcnn.models import Model, Sequential
from jaxcnn.preprocessing.image import array_to_img


def loss_of_the_first_batch(y, class_weight, loss="mean_squared_error", units=1):
    model = Sequential([Dense(units, input_shape=(1,), use_bias=False, kernel_initializer="zeros")])
    model.compile("sgd", loss)
    return model.train_on_batch(np.ones((len(y), 1)), np.array(y), class_weight=class_weight)


# -- class weights: the numbers are those of Keras 2.0.4 -------------------------------------------


@pytest.mark.parametrize(
    ("y", "class_weight", "loss", "units", "expected"),
    [
        ([-1, -1, 1, 1], {-1: 5.0, 1: 1.0}, "hinge", 1, 3.0),
        ([-1, -1, -1, -1], {-1: 5.0, 1: 1.0}, "hinge", 1, 5.0),
        ([[-1], [1], [1], [1]], {-1: 2.0, 1: 1.0}, "squared_hinge", 1, 1.25),
        ([3, 7, 7, 3], {3: 1.0, 7: 2.0}, "mean_squared_error", 1, 53.5),
        ([1, 0, 1], {0.0: 1.0, 1.0: 10.0}, "mean_squared_error", 1, 6.6667),
        ([True, False, True], {0: 1.0, 1: 10.0, 2: 4.0}, "mean_squared_error", 1, 6.6667),
        (np.eye(3)[[0, 1, 2, 2]], {0: 1.0, 1: 2.0, 2: 4.0}, "mean_squared_error", 3, 0.9167),
        ([[0.9, 0.1], [0.2, 0.8]], {0: 1.0, 1: 10.0}, "mean_squared_error", 2, 1.905),
        ([0, 1], {np.int64(0): -1.0, np.int64(1): 5.0}, "mean_squared_error", 1, 2.5),
        ([3_000_000_000, 1], {3_000_000_000: 1.0, 1: 5.0}, "mean_squared_error", 1, 4.5e18),
        ([0, 1], {}, "mean_squared_error", 1, 0.5),
    ],
)
def test_class_weights_by_whatever_numbers_the_classes_have(y, class_weight, loss, units, expected):
    value = loss_of_the_first_batch(y, class_weight, loss, units)
    assert value == pytest.approx(expected, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize(
    ("y", "class_weight", "message"),
    [
        ([0.9, 0.1], {0: 1.0, 1: 10.0}, "contains 0.1, which is no class"),
        ([0, 1, 2], {0: 1.0, 1: 10.0}, r"no weight for the classes \[2\]"),
        ([0, 1], {0: None, 1: 10.0}, r"no weight for the classes \[0\]"),
        ([0, 1], {"0": 1.0, "1": 10.0}, 'Unknown entry in class_weight dictionary: "0"'),
        ([0, 1], {0: "a", 1: 10.0}, "contains 'a'; the weight of a class is a number"),
        ([0, 1], {0: float("nan"), 1: 10.0}, "contains nan; the weight"),
        ([0, 1], {1, 10}, "a dict from class to weight is needed"),
    ],
)
def test_class_weights_that_have_no_meaning(y, class_weight, message):
    with pytest.raises(ValueError, match=message):
        loss_of_the_first_batch(y, class_weight)


@pytest.mark.parametrize("weights", [[1.0, 10.0], np.array([1.0, 10.0]), "balanced"])
def test_a_list_of_class_weights_changes_nothing_and_says_what_to_write(weights):
    with pytest.warns(UserWarning, match=r"changes nothing.*dict\(enumerate\(weights\)\)"):
        assert loss_of_the_first_batch([0, 1], weights) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("class_weight", "expected"),
    [
        ({"a": {-1: 5.0, 1: 1.0}}, [3.6931, 3.0, 0.6931]),
        ({"a": {-1: 5.0, 1: 1.0}, "b": {0: 2.0, 1: 1.0}}, [3.8664, 3.0, 0.8664]),
        ([{-1: 5.0, 1: 1.0}, {0: 2.0, 1: 1.0}], [3.8664, 3.0, 0.8664]),
        ([{-1: 5.0, 1: 1.0}, None], [3.6931, 3.0, 0.6931]),
        ({0: 1.0, 1: 2.0}, [1.6931, 1.0, 0.6931]),
        ({}, [1.6931, 1.0, 0.6931]),
    ],
)
def test_class_weights_of_two_outputs(class_weight, expected):
    inputs = Input((1,))
    zeros = {"use_bias": False, "kernel_initializer": "zeros"}
    outputs = [Dense(1, name="a", **zeros), Dense(2, name="b", activation="softmax", **zeros)]
    model = Model(inputs, [layer(inputs) for layer in outputs])
    model.compile("sgd", ["hinge", "categorical_crossentropy"])
    y = [np.array([-1, -1, 1, 1]), np.eye(2)[[0, 1, 1, 1]]]
    one_for_all = isinstance(class_weight, dict) and 0 in class_weight
    says = pytest.warns(UserWarning, match="nothing for 2 outputs, as in Keras; give a dict by")
    with says if one_for_all else contextlib.nullcontext():
        values = model.train_on_batch(np.ones((4, 1)), y, class_weight=class_weight)
    assert values == pytest.approx(expected, abs=1e-4)


# -- several processes -----------------------------------------------------------------------------


def test_a_generator_in_several_processes_is_refused_where_its_copies_would_count():
    model = Sequential([Dense(1, input_shape=(1,))])
    model.compile("sgd", "mse")
    batches = iter([(np.ones((2, 1)), np.ones((2, 1)))])
    for method in (model.predict_generator, model.evaluate_generator):
        with pytest.raises(ValueError, match=r"copy of the generator.*jaxcnn\.utils\.Sequence"):
            method(batches, 1, workers=4, pickle_safe=True)


# -- large and small numbers -----------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["uint32", "int64", "uint64"])
def test_targets_beyond_two_thousand_million(dtype):
    model = Sequential([Dense(1, input_shape=(1,), kernel_initializer="zeros")])
    model.compile("sgd", "mae")
    y = np.array([3_000_000_000, 4_000_000_000], dtype)
    assert model.test_on_batch(np.ones((2, 1)), y) == pytest.approx(3.5e9)


@pytest.mark.parametrize("wrong", [10, -1, 2**32 + 3, np.nan])
def test_an_embedding_index_out_of_range_is_named(wrong):
    model = Sequential([Embedding(10, 4, input_length=2), Flatten(), Dense(1)])
    model.compile("sgd", "mse")
    x = np.array([[1, wrong]])
    for call in (model.predict, lambda x: model.train_on_batch(x, np.ones(1))):
        with pytest.raises(ValueError, match=r"not in \[0, 10\), the rows of the Embedding"):
            call(x)


def test_an_index_that_goes_through_another_model_or_layer():
    inner = Sequential([Embedding(10, 4, input_length=2), Flatten()])
    inputs = Input((2,))
    for model in (Model(inputs, Dense(1)(inner(inputs))), Sequential([inner, Dense(1)])):
        with pytest.raises(ValueError, match=r"10, which is not in \[0, 10\).*'embedding_"):
            model.predict(np.array([[1, 10]]))
    model = Sequential([Lambda(lambda t: t + 5, input_shape=(2,)), Embedding(10, 4)])
    with pytest.warns(UserWarning, match="contain NaN.*what other layers give to embedding_"):
        assert np.isnan(model.predict(np.array([[1, 5]]))).any()


def test_metrics_with_64_bits():
    with jax.enable_x64(True):
        model = Sequential([Dense(1, input_shape=(2,))])
        model.compile("adam", "mse", metrics=["mae"])
        history = model.fit(np.ones((8, 2)), np.ones(8), 4, 1, verbose=0).history
    assert np.isfinite(history["mean_absolute_error"][0])


def test_training_without_jit():
    with jax.disable_jit():
        model = Sequential([Dense(1, input_shape=(2,))])
        model.compile("sgd", "mse", steps_per_execution=2)
        history = model.fit(np.ones((8, 2)), np.ones(8), 4, 1, verbose=0).history
    assert np.isfinite(history["loss"][0])


@pytest.mark.parametrize("largest", [7, 14, 28, 41, 255])
def test_the_largest_value_of_an_image_becomes_255(largest):
    image = array_to_img(np.full((1, 1, 1), largest, "float32"))
    assert np.asarray(image).max() == 255

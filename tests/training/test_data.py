"""Data as a model takes it: forms, checks and their messages."""

import numpy as np
import pytest

from jaxcnn.layers import Dense, Embedding, Flatten, Input
from jaxcnn.models import Model, Sequential
from jaxcnn.training.input.sample_weights import class_factors


def classifier(loss="categorical_crossentropy", outputs=3, activation="softmax"):
    model = Sequential([Dense(outputs, activation=activation, input_shape=(4,))])
    model.compile("sgd", loss)
    return model


X = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")
LABELS = np.arange(8) % 3
ONE_HOT = np.eye(3)[LABELS]


# -- forms -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["float64", "float16", "int8", "bool", "list", "fortran"])
def test_inputs_of_every_numeric_kind(kind):
    model = classifier()
    convert = {"list": np.ndarray.tolist, "fortran": np.asfortranarray}.get(
        kind, lambda a: a.astype(kind)
    )
    x = np.rint(X).astype("float32") if kind in ("int8", "bool") else X
    reference = np.asarray(convert(x), "float32")
    assert np.array_equal(model.predict(convert(x)), model.predict(reference))
    model.fit(convert(x), ONE_HOT.tolist(), epochs=1, verbose=0)


@pytest.mark.parametrize(
    "labels",
    [LABELS, LABELS[:, None], LABELS.astype("float32"), LABELS.astype("uint8"), LABELS.tolist()],
)
def test_forms_of_integer_labels(labels):
    model = classifier("sparse_categorical_crossentropy")
    expected = classifier()
    expected.set_weights(model.get_weights())
    assert model.evaluate(X, labels, verbose=0) == pytest.approx(
        expected.evaluate(X, ONE_HOT, verbose=0), rel=1e-6
    )


def test_one_number_a_sample_is_a_column():
    model = classifier("mse", 1, None)
    assert model.evaluate(X, np.ones(8), verbose=0) == model.evaluate(X, np.ones((8, 1)), verbose=0)


def test_integer_inputs_reach_the_model_as_integers():
    model = Sequential([Embedding(5, 2, input_length=3), Flatten(), Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.random.default_rng(0).integers(0, 5, (8, 3)), np.ones(8), epochs=1, verbose=0)


def two_by_two():
    a, b = Input((4,), name="a"), Input((2,), name="b")
    model = Model([a, b], [Dense(3, activation="softmax", name="p")(a), Dense(1, name="q")(b)])
    model.compile("sgd", {"p": "categorical_crossentropy", "q": "mse"})
    return model


def test_lists_and_dicts_by_name():
    model = two_by_two()
    x, y = [X, X[:, :2]], [ONE_HOT, np.ones(8)]
    expected = model.evaluate(x, y, verbose=0)
    assert model.evaluate({"b": x[1], "a": x[0]}, {"q": y[1], "p": y[0]}, verbose=0) == expected
    assert model.evaluate(tuple(x), tuple(y), verbose=0) == expected
    weights = np.arange(8.0)
    as_list = model.evaluate(x, y, sample_weight=[None, weights], verbose=0)
    assert model.evaluate(x, y, sample_weight={"q": weights}, verbose=0) == as_list != expected


# -- what does not fit -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        (
            X[:, :3],
            ONE_HOT,
            ValueError,
            r"expected dense_1_input to have shape \(None, 4\) but got array with shape \(8, 3\)",
        ),
        (X[:, :, None], ONE_HOT, ValueError, r"2 dimensions, but got array with shape \(8, 4, 1\)"),
        (X[:, 0], ONE_HOT, ValueError, r"2 dimensions, but got array with shape \(8,\)"),
        (X.astype(str), ONE_HOT, TypeError, "dtype <U.*numbers are needed"),
        (
            [[1, 2, 3, 4], [1, 2]],
            ONE_HOT,
            ValueError,
            "list of 2 arrays of different shapes.*padded first",
        ),
        (np.array([[1], [2, 3]], object), ONE_HOT, TypeError, "padded first"),
        (X * 1j, ONE_HOT, TypeError, "complex"),
        (X[:0], ONE_HOT[:0], ValueError, "empty"),
        (None, ONE_HOT, ValueError, "`x` is None"),
        (X, None, ValueError, "Targets are needed for dense_1"),
        (X, ONE_HOT[:7], ValueError, "Found 8 input samples and 7 target samples of 'dense_1'"),
        (X, 3.0, ValueError, "a single number"),
        (
            X,
            LABELS,
            ValueError,
            r"\(8, 1\).*use sparse_categorical_crossentropy, or to_categorical",
        ),
        (
            X,
            np.eye(4)[LABELS],
            ValueError,
            r"to have shape \(None, 3\) but got array with shape \(8, 4\)",
        ),
        (X, ONE_HOT.astype(str), TypeError, "Target 'dense_1' has dtype"),
        ({"a": X}, ONE_HOT, ValueError, r"No data provided for .*given \['a'\] as inputs"),
        (X, {"a": ONE_HOT}, ValueError, "given .* as targets"),
    ],
)
def test_data_that_does_not_fit_leaves_the_weights_alone(x, y, error, message):
    model = classifier()
    before = model.get_weights()
    with pytest.raises(error, match=message):
        model.fit(x, y, epochs=1, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    model.fit(X, ONE_HOT, epochs=1, verbose=0)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (LABELS + 1, "labels from 1 to 3; an output of 3 values needs labels from 0 to 2"),
        (LABELS - 1, "labels from -1 to 1"),
        (LABELS + 0.5, "fractions"),
        (np.full(8, np.nan), "fractions"),
        (ONE_HOT, "For one-hot targets use categorical_crossentropy"),
    ],
)
def test_labels_that_name_no_class(labels, message):
    model = classifier("sparse_categorical_crossentropy")
    for use in (model.fit, model.evaluate, model.train_on_batch, model.test_on_batch):
        with pytest.raises(ValueError, match=message):
            use(X, labels)
    with pytest.raises(ValueError, match=message):
        model.fit(X, LABELS, epochs=1, validation_data=(X, labels), verbose=0)


def test_inputs_of_different_lengths():
    with pytest.raises(ValueError, match=r"Got array shapes: \[\(8, 4\), \(7, 2\)\], of a, b"):
        two_by_two().predict([X, X[:7, :2]])


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones(7), r"shape \(7,\) for an input with shape \(8, 3\)"),
        (np.ones((8, 3)), 'sample_weight_mode="temporal" in compile'),
        (["a"] * 8, "numbers are needed"),
    ],
)
def test_sample_weights_that_do_not_fit(weights, message):
    with pytest.raises((ValueError, TypeError), match=message):
        classifier().fit(X, ONE_HOT, epochs=1, sample_weight=weights, verbose=0)


def test_weights_for_unknown_outputs():
    with pytest.raises(
        ValueError, match=r"Unknown entry in sample_weight .*\"r\". Only expected.*\['p', 'q'\]"
    ):
        two_by_two().evaluate([X, X[:, :2]], [ONE_HOT, LABELS], sample_weight={"r": np.ones(8)})
    with pytest.raises(ValueError, match="2 outputs, but you passed a list of 3"):
        two_by_two().evaluate([X, X[:, :2]], [ONE_HOT, LABELS], sample_weight=[None] * 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 0}, "`batch_size` is 0"),
        ({"batch_size": 2.5}, "`batch_size` is 2.5"),
        ({"epochs": -1}, "`epochs` is -1"),
        ({"epochs": 1.5}, "`epochs` is 1.5"),
        ({"initial_epoch": "1"}, "`initial_epoch` is '1'"),
        ({"shuffle": "chunk"}, "`shuffle` is 'chunk'"),
        ({"nan": "stop"}, "`nan` is 'stop'"),
        ({"validation_split": 1.0}, "`validation_split` is 1.0"),
        ({"validation_split": -0.1}, "`validation_split` is -0.1"),
        ({"validation_split": 0.99}, "both parts must get some"),
        ({"validation_data": X}, r"must contain 2 \(x_val, y_val\)"),
        ({"validation_data": (X, ONE_HOT, None, None)}, "given 4 items"),
        ({"class_weight": {0: 1.0, 1: 1.0}}, r"no weight for the classes \[2\]"),
        ({"checkpoint_dir": "x", "checkpoint_every": 0}, "positive number of updates"),
    ],
)
def test_arguments_of_fit_that_mean_nothing(options, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=message):
        classifier().fit(X, ONE_HOT, verbose=0, **options)


def test_class_weights_need_one_class_a_sample():
    with pytest.raises(ValueError, match="one class a sample"):
        class_factors("y", {0: 1.0}, np.zeros((2, 3, 4)))


def test_class_weights_come_from_the_index_of_the_class():
    expected = [1.0, 2.0, 5.0]
    assert class_factors("y", {0: 1.0, 1: 2.0, 2: 5.0}, np.eye(3)).tolist() == expected
    assert (
        class_factors("y", {0: 1.0, 1: 2.0, 2: 5.0}, np.array([[0], [1], [2]])).tolist() == expected
    )

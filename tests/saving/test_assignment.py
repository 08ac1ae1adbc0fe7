"""Which array of a file goes to which weight."""

import warnings

import numpy as np
import pytest

from jaxcnn import layers as L
from jaxcnn.models import Sequential
from jaxcnn.saving.assignment import (
    Matching,
    Mismatch,
    Stored,
    assign,
    direct_weights,
    fit,
    layer_by_layer,
    paired,
    stored_order,
    trained_when_read,
)
from jaxcnn.saving.dialects.old_weights import Origin

KERAS_2 = Origin(2, "tensorflow")


def stack(*layers, **arguments):
    return Sequential(list(layers), **arguments)


def labels(entries):
    return [f"{owner.name}/{path[-1]}" for owner, path in entries]


def inner(trainable=True, cls=Sequential):
    model = cls(
        [
            L.Dense(1, name="a", input_shape=(1,)),
            L.BatchNormalization(name="b"),
            L.Dense(1, name="c"),
        ]
    )
    model.trainable = trainable
    return model


TRAINED = ["a/kernel", "a/bias", "b/gamma", "b/beta", "c/kernel", "c/bias"]
STATISTICS = ["b/moving_mean", "b/moving_variance"]


def test_what_training_moves_comes_first():
    assert labels(stored_order(inner())) == TRAINED + STATISTICS
    model = inner()
    model.layers[0].trainable = False
    assert labels(trained_when_read(model)) == TRAINED[2:]
    assert labels(stored_order(model)) == [*TRAINED[2:], *TRAINED[:2], *STATISTICS]
    assert labels(layer_by_layer(model)) == [*TRAINED[:4], *STATISTICS, *TRAINED[4:]]
    assert direct_weights(model) == [] and labels(direct_weights(model.layers[0])) == TRAINED[:2]


def test_keras_3_forgets_that_a_stack_was_frozen():
    assert labels(stored_order(inner(False))) == TRAINED + STATISTICS
    assert (
        labels(stored_order(inner(False, type("Mine", (Sequential,), {})))) == TRAINED + STATISTICS
    )
    frozen = L.Dense(1, name="d", trainable=False)
    frozen(L.Input((1,)))
    assert trained_when_read(frozen) == [] and labels(stored_order(frozen)) == [
        "d/kernel",
        "d/bias",
    ]


def dense(name="d", units=2):
    model = stack(L.Dense(units, name=name, input_shape=(3,)))
    return model.layers[0]


def test_arrays_fit_by_their_shapes():
    arrays = [np.ones((3, 2)), np.zeros(2)]
    fitted = fit(dense(), Stored("x", ["w0", "w1"], arrays), KERAS_2, {})
    assert [path for (_, path), _ in fitted] == [("params", "kernel"), ("params", "bias")]
    assert [array is given for (_, array), given in zip(fitted, arrays, strict=True)] == [True] * 2


def test_names_decide_between_orders_of_equal_shapes():
    """Of a frozen layer with statistics the order was another, and all shapes are the same."""
    model = stack(inner(), name="outer")
    layer = model.layers[0]
    shapes = [(1, 1), (1,), (1,), (1,), (1,), (1,), (1, 1), (1,)]
    order = [*TRAINED[:4], *STATISTICS, *TRAINED[4:]]
    arrays = [np.full(shape, i) for i, shape in enumerate(shapes)]
    fitted = fit(layer, Stored("x", [f"m/{label}:0" for label in order], arrays), KERAS_2, {})
    assert labels(entry for entry, _ in fitted) == order
    assert [float(array.max()) for _, array in fitted] == list(range(8))
    suffixed = [f"m/{label}~3:0" for label in order]
    assert labels(e for e, _ in fit(layer, Stored("x", suffixed, arrays), KERAS_2, {})) == order
    moved = [TRAINED[0], *TRAINED[1:4], *TRAINED[4:], *STATISTICS]
    shapes = [(1, 1), (1,), (1,), (1,), (1, 1), (1,), (1,), (1,)]
    arrays = [np.zeros(shape) for shape in shapes]
    assert labels(e for e, _ in fit(layer, Stored("x", ["?"] * 8, arrays), KERAS_2, {})) == moved


def test_of_orders_with_the_same_shapes_the_names_choose():
    """Two normalisations: the statistics of both at the end, or those of each with the layer."""
    model = stack(
        stack(
            L.BatchNormalization(name="b", input_shape=(1,)),
            L.BatchNormalization(name="c"),
            name="m",
        )
    )
    layer = model.layers[0]
    arrays = [np.full(1, i) for i in range(8)]
    weights = ("gamma", "beta", "moving_mean", "moving_variance")
    by_layer = [f"{name}/{weight}" for name in "bc" for weight in weights]
    moved = [*by_layer[:2], *by_layer[4:6], *by_layer[2:4], *by_layer[6:]]
    for order in (by_layer, moved):
        names = [f"{label}:0" for label in order]
        assert labels(e for e, _ in fit(layer, Stored("x", names, arrays), KERAS_2, {})) == order
    for names in ([], ["odd"] * 8):
        assert labels(e for e, _ in fit(layer, Stored("x", names, arrays), KERAS_2, {})) == moved


def test_what_does_not_fit():
    with pytest.raises(
        Mismatch,
        match=r"expects 2 weights of shapes \[\(3, 2\), \(2,\)\], but .* 1 of shapes \[\(3, 4\)\]",
    ):
        fit(dense(), Stored("x", ["w"], [np.zeros((3, 4))]), KERAS_2, {})
    with pytest.raises(Mismatch, match=r"one has shape \(3, 2\), but the saved .* shape \(3, 4\)"):
        fit(dense(), Stored("x", [], [np.zeros((3, 4)), np.zeros(4)]), KERAS_2, {})


def test_rows_of_flattened_images_are_moved_where_they_are_known():
    layer = dense(units=1)
    arrays = [np.arange(3.0).reshape(3, 1), np.zeros(1)]
    (_, kernel), _ = fit(layer, Stored("x", [], arrays), KERAS_2, {id(layer): (1, 1, 3)})
    np.testing.assert_array_equal(kernel, arrays[0])
    model = stack(L.Dense(1, input_shape=(4,)))
    arrays = [np.arange(4.0).reshape(4, 1), np.zeros(1)]
    layer = model.layers[0]
    (_, kernel), _ = fit(layer, Stored("x", [], arrays), KERAS_2, {id(layer): (2, 1, 2)})
    np.testing.assert_array_equal(kernel[:, 0], [0, 2, 1, 3])


def two():
    return stack(
        L.Dense(2, name="a", input_shape=(3,)), L.Flatten(), L.Dense(1, name="b"), name="m"
    )


def file_of(**shapes):
    return [
        Stored(
            name, [f"{name}/kernel:0", f"{name}/bias:0"], [np.ones(s), np.ones(s[1:])] if s else []
        )
        for name, s in shapes.items()
    ]


def test_layers_follow_one_another_or_have_the_same_names():
    model = two()
    stored = file_of(x=(3, 2), flat=None, y=(2, 1))
    stored[1].names = []
    pairs = paired(model, stored, "f.h5", False)
    assert [(layer.name, s.name) for layer, s in pairs] == [("a", "x"), ("b", "y")]
    pairs = paired(model, file_of(b=(2, 1), c=(1, 1)), "f.h5", True)
    assert [(layer.name, s.name) for layer, s in pairs] == [("b", "b")]
    with pytest.raises(
        ValueError,
        match=r"cannot load .* of 1 layers into model .m., which has 2 .* x; .* a, b\.",
    ):
        paired(model, file_of(x=(3, 2)), "f.h5", False)


def test_the_names_in_the_file_are_returned():
    model = two()
    names = assign(model, file_of(x=(3, 2), y=(2, 1)), KERAS_2, "f.h5").names
    a, b = model.layers[0], model.layers[2]
    assert names == {
        (id(a), ("params", "kernel")): "x/kernel:0",
        (id(a), ("params", "bias")): "x/bias:0",
        (id(b), ("params", "kernel")): "y/kernel:0",
        (id(b), ("params", "bias")): "y/bias:0",
    }
    assert all((w == 1).all() for w in model.get_weights())
    stored = file_of(x=(3, 2), y=(2, 1))
    stored[0].names = ["only one"]
    assert len(assign(model, stored, KERAS_2, "f.h5").names) == 2


def test_all_or_none_unless_mismatches_are_skipped():
    model = two()
    before = model.get_weights()
    stored = file_of(x=(3, 2), y=(5, 1))
    with pytest.raises(ValueError, match=r"f.h5: layer 'b' expects.*With skip_mismatch=True such"):
        assign(model, stored, KERAS_2, "f.h5")
    for a, b in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.warns(UserWarning, match=r"due to mismatch in .*layer 'b' expects"):
        assign(model, stored, KERAS_2, "f.h5", Matching(skip_mismatch=True))
    assert (model.get_weights()[0] == 1).all()
    np.testing.assert_array_equal(model.get_weights()[2], before[2])


def test_only_keras_1_is_asked_for_its_ordering():
    model = stack(L.Conv2D(3, 2, name="c", input_shape=(5, 5, 4)), L.Flatten(), L.Dense(1))
    kernel = np.random.default_rng(0).normal(size=(3, 4, 2, 2)).astype("f4")
    rows = np.arange(48.0).reshape(48, 1)
    stored = [Stored("c", [], [kernel, np.zeros(3)]), Stored("d", [], [rows, np.zeros(1)])]
    with pytest.raises(ValueError, match=r"\(2, 2, 4, 3\)"):
        assign(model, stored, KERAS_2, "f.h5")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assign(model, stored, Origin(1, "tensorflow"), "f.h5")
    np.testing.assert_array_equal(model.get_weights()[0], kernel.transpose(2, 3, 1, 0))
    expected = rows.reshape(3, 4, 4).transpose(1, 2, 0).reshape(48, 1)
    np.testing.assert_array_equal(model.get_weights()[2], expected)

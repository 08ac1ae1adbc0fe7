"""Layouts of weights of older versions and backends, array by array."""

import warnings

import numpy as np
import pytest

from jaxcnn import layers as L
from jaxcnn.models import Model, Sequential
from jaxcnn.saving.dialects.old_weights import (
    Origin,
    flattened_rows,
    from_file,
    is_kernel,
    keras1_shapes,
    kernels_are_channels_first,
    last_format,
    modern_kernel,
    to_file,
    whole_gates,
)

KERNEL = ("params", "kernel")


def built(layer, *shape):
    layer(L.Input(shape))
    return layer


def test_which_origin_turns_kernels():
    assert Origin(2, "theano").turned and not Origin(2, "tensorflow").turned
    assert not Origin(1).turned and Origin(1, channels_first=True).turned
    assert not Origin(1, "tensorflow", channels_first=True).turned


def test_the_layout_of_a_file_without_a_backend_is_a_guess_to_warn_of():
    with pytest.warns(UserWarning, match="does not say which backend.*turned by 180 degrees"):
        assert Origin(1).deciding(True) == Origin(1, channels_first=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Origin(1, "theano").deciding(True).channels_first
        assert Origin(1, before_1=True).deciding(True).channels_first
        assert not Origin(1).deciding(False).channels_first


def gates(order, units=2, inputs=3):
    """Arrays as Keras 1 had them: for each gate a kernel, a recurrent kernel and a bias."""
    arrays = []
    for gate in order:
        value = float(ord(gate))
        arrays += [np.full(s, value) for s in ((inputs, units), (units, units), (units,))]
    return arrays


@pytest.mark.parametrize(("layer", "old", "new"), [("LSTM", "icfo", "ifco"), ("GRU", "zrh", "zrh")])
def test_gates_in_arrays_of_their_own(layer, old, new):
    expected = [float(ord(gate)) for gate in new]
    kinds = (getattr(L, layer), type("Mine", (getattr(L, layer),), {}))
    for kind in kinds:
        whole = whole_gates(kind(2), gates(old))
        assert [w.shape for w in whole] == [(3, 2 * len(old)), (2, 2 * len(old)), (2 * len(old),)]
        for array in whole:
            np.testing.assert_array_equal(
                np.unique(array.reshape(-1, array.shape[-1]), axis=0)[0][::2], expected
            )
    both = whole_gates(L.Bidirectional(kinds[1](2)), gates(old) + gates(old))
    assert len(both) == 6 and both[3].shape == (3, 2 * len(old))
    assert len(whole_gates(L.TimeDistributed(L.Dense(2)), gates(old))) == 3 * len(old)


def test_gates_that_are_whole_stay():
    arrays = [np.zeros((3, 8)), np.zeros((2, 8)), np.zeros(8)]
    for layer in (L.LSTM(2), L.Bidirectional(L.LSTM(2)), L.Dense(2), L.SimpleRNN(2)):
        assert all(a is b for a, b in zip(whole_gates(layer, arrays), arrays, strict=True))
    assert len(whole_gates(L.GRU(2), gates("icfo"))) == 12
    assert len(whole_gates(L.LSTM(2), gates("zrh"))) == 9


def test_gates_of_a_convolution_in_both_orderings():
    layer = built(L.ConvLSTM2D(2, 3), 4, 6, 6, 5)
    tf = [np.zeros(s) for s in ((3, 3, 5, 2), (3, 3, 2, 2), (2,))] * 4
    assert [a.shape for a in whole_gates(layer, tf)] == [(3, 3, 5, 8), (3, 3, 2, 8), (8,)]
    th = [np.zeros(s) for s in ((2, 5, 3, 3), (2, 2, 3, 3), (2,))] * 4
    assert [a.shape for a in whole_gates(layer, th)] == [(8, 5, 3, 3), (8, 2, 3, 3), (8,)]
    # Where rows, columns and filters are as many the arrays are in the order of the file.
    square = [np.zeros(s) for s in ((2, 2, 2, 2), (2, 2, 2, 2), (2,))] * 4
    assert whole_gates(layer, square)[1].shape == (2, 2, 2, 8)
    assert whole_gates(layer, square, True)[1].shape == (8, 2, 2, 2)
    odd = [np.zeros(s) for s in ((3, 5, 2, 2), (2, 2, 3, 3), (2,))] * 4
    assert whole_gates(layer, odd)[0].shape == (3, 5, 2, 8)


CONVOLUTIONS = [
    (L.Conv1D, (6, 2), (4,), (3, 2, 4, 1), (4, 1, 2, 3)),
    (L.Conv2D, (6, 6, 2), (4, 5), (3, 2, 4, 5), (4, 5, 2, 3)),
    (L.Conv3D, (6, 6, 6, 2), (4, 5, 1), (3, 2, 4, 5, 1), (4, 5, 1, 2, 3)),
    (L.Conv2DTranspose, (6, 6, 2), (4, 5), (3, 2, 4, 5), (4, 5, 2, 3)),
    (L.Conv3DTranspose, (6, 6, 6, 2), (4, 5, 1), (3, 2, 4, 5, 1), (4, 5, 1, 2, 3)),
]


@pytest.mark.parametrize(("kind", "shape", "size", "th", "tf"), CONVOLUTIONS)
def test_kernels_of_keras_1(kind, shape, size, th, tf):
    for cls in (kind, type("Mine", (kind,), {})):
        layer = built(cls(3, size), *shape)
        assert keras1_shapes(layer, KERNEL) == (th, tf)
        array = np.arange(np.prod(th)).reshape(th)  # (filters, channels, rows, columns)
        first = modern_kernel(layer, KERNEL, array, True)
        last = modern_kernel(layer, KERNEL, np.moveaxis(array, (1, 0), (-2, -1)), False)
        np.testing.assert_array_equal(first, last)
        assert first.shape == layer.weight_shape(KERNEL)
        transposed = "Transpose" in kind.__name__
        spot = (0,) * len(size) + ((2, 1) if transposed else (1, 2))
        assert first[spot] == array[(2, 1, *[0] * (len(th) - 2))]
    flat = np.zeros((4, 2, 3)[:3])
    assert modern_kernel(layer, KERNEL, flat, True) is flat


def test_what_is_a_kernel():
    conv = built(L.Conv2D(3, 2), 6, 6, 2)
    assert is_kernel(conv, KERNEL) and not is_kernel(conv, ("params", "bias"))
    assert is_kernel(built(L.ConvLSTM2D(2, 3), 4, 6, 6, 5), ("params", "recurrent_kernel"))
    assert not is_kernel(built(L.Dense(3), 2), KERNEL)


KERAS_1 = Origin(1)


def th_or_tf(layer, *shapes, origin=KERAS_1):
    return kernels_are_channels_first([(layer, [np.zeros(s) for s in shapes])], origin)


def test_the_ordering_is_that_of_the_shapes():
    conv = built(L.Conv2D(3, 2), 6, 6, 5)
    assert th_or_tf(conv, (3, 5, 2, 2), (3,)) is True
    assert th_or_tf(conv, (2, 2, 5, 3), (3,)) is False
    assert th_or_tf(conv, (7, 7, 7, 7), (3,)) is False
    assert th_or_tf(conv, (3, 5, 2, 2)) is False  # not its number of weights
    assert th_or_tf(conv, (3, 5, 2), (3,), origin=Origin(1, before_1=True)) is False


def test_where_the_shape_says_nothing_the_model_or_the_age_decides():
    conv = built(L.Conv2D(2, 2), 6, 6, 2)
    assert th_or_tf(conv, (2, 2, 2, 2), (2,)) is False
    assert th_or_tf(conv, (2, 2, 2, 2), (2,), origin=Origin(1, before_1=True)) is True
    first = built(L.Conv2D(2, 2, data_format="channels_first"), 2, 6, 6)
    assert th_or_tf(first, (2, 2, 2, 2), (2,)) is True
    dense = built(L.Dense(2, name="d"), 2)
    assert th_or_tf(dense, (2, 2), (2,), origin=Origin(1, before_1=True)) is False
    # One kernel that says something decides for all.
    other = built(L.Conv2D(3, 2), 6, 6, 5)
    pairs = [
        (first, [np.zeros((2, 2, 2, 2)), np.zeros(2)]),
        (other, [np.zeros((2, 2, 5, 3)), np.zeros(3)]),
    ]
    assert kernels_are_channels_first(pairs, Origin(1)) is False


def test_kernels_of_theano_are_turned():
    conv = built(L.Conv2D(1, (2, 3)), 6, 6, 1)
    array = np.arange(6.0).reshape(2, 3, 1, 1)
    turned = from_file(conv, KERNEL, array, Origin(2, "theano"))
    np.testing.assert_array_equal(turned, array[::-1, ::-1])
    assert from_file(conv, KERNEL, array, Origin(2, "tensorflow")) is array
    bias = np.arange(2.0)
    assert from_file(conv, ("params", "bias"), bias, Origin(2, "theano")) is bias
    old = from_file(conv, KERNEL, array.reshape(1, 1, 2, 3), Origin(1, channels_first=True))
    np.testing.assert_array_equal(old, array[::-1, ::-1])
    kept = from_file(conv, KERNEL, array, Origin(1, "tensorflow"))
    np.testing.assert_array_equal(kept, array)


def test_rows_of_flattened_images():
    dense = built(L.Dense(2), 12)
    array = np.arange(24.0).reshape(12, 2)
    moved = from_file(dense, KERNEL, array, Origin(1), (2, 3, 2))  # 2 rows, 3 columns, 2 channels
    expected = array.reshape(2, 2, 3, 2).transpose(1, 2, 0, 3).reshape(12, 2)
    np.testing.assert_array_equal(moved, expected)
    bias = np.arange(1.0)
    assert from_file(dense, ("params", "bias"), bias, Origin(1), (2, 3, 2)) is bias
    scalar = np.array(3.0)
    assert from_file(dense, KERNEL, scalar, Origin(1), (2, 3, 2)) is scalar


def test_windows_of_locally_connected_layers():
    layer = built(L.LocallyConnected2D(2, (1, 3), data_format="channels_first"), 4, 3, 5)
    array = np.arange(9 * 12 * 2).reshape(9, 12, 2)
    file = to_file(layer, KERNEL, array)
    expected = array.reshape(9, 1, 3, 4, 2).transpose(0, 3, 1, 2, 4).reshape(9, 12, 2)
    np.testing.assert_array_equal(file, expected)
    np.testing.assert_array_equal(from_file(layer, KERNEL, file, Origin(2)), array)
    bias = np.arange(3 * 3 * 2).reshape(3, 3, 2)
    file = to_file(layer, ("params", "bias"), bias)
    np.testing.assert_array_equal(file.reshape(2, 3, 3), bias.transpose(2, 0, 1))
    np.testing.assert_array_equal(from_file(layer, ("params", "bias"), file, Origin(2)), bias)
    text = built(L.LocallyConnected1D(2, 3, data_format="channels_first"), 4, 5)
    array = np.arange(3 * 12 * 2).reshape(3, 12, 2)
    file = to_file(text, KERNEL, array)
    expected = array.reshape(3, 3, 4, 2).transpose(0, 2, 1, 3).reshape(3, 12, 2)
    np.testing.assert_array_equal(file, expected)
    np.testing.assert_array_equal(from_file(text, KERNEL, file, Origin(2)), array)
    array = np.arange(9 * 12 * 2).reshape(9, 12, 2)
    last = built(L.LocallyConnected2D(2, (1, 3)), 3, 5, 4)
    assert to_file(last, KERNEL, array) is array
    assert to_file(built(L.Dense(2), 3), KERNEL, array) is array


def test_layers_after_a_flattened_image():
    dense, second, norm = L.Dense(2), L.Dense(2), L.BatchNormalization()
    model = Sequential(
        [L.Conv2D(3, 2, input_shape=(4, 5, 2)), L.Flatten(), norm, L.Dropout(0.5), dense, second]
    )
    assert flattened_rows(model) == {
        id(norm): (3, 4, 3),
        id(model.layers[3]): (3, 4, 3),
        id(dense): (3, 4, 3),
    }
    first = Sequential(
        [
            L.Conv2D(3, 2, data_format="channels_first", input_shape=(2, 4, 5)),
            L.Flatten(data_format="channels_first"),
            L.Dense(1),
        ]
    )
    assert list(flattened_rows(first).values()) == [(3, 4, 3)]
    # Flattened as they come, channels-first rows are in order already.
    plain = Sequential(
        [
            L.Conv2D(3, 2, data_format="channels_first", input_shape=(2, 4, 5)),
            L.Flatten(),
            L.Dense(1),
        ]
    )
    assert flattened_rows(plain) == {}
    assert flattened_rows(Sequential([L.Flatten(input_shape=(4,)), L.Dense(1)])) == {}
    assert flattened_rows(Sequential([L.Dense(1)])) == {}
    derived = type("Mine", (L.Flatten,), {})()
    model = Sequential([L.MaxPooling2D(input_shape=(4, 4, 2)), derived, L.Dense(1)])
    assert list(flattened_rows(model).values()) == [(2, 2, 2)]


def test_the_format_of_the_nearest_layer():
    a = L.Input((4, 5, 2))
    assert last_format(a) is None
    pooled = L.MaxPooling2D(data_format="channels_first")(a)
    assert last_format(L.Activation("relu")(pooled)) == "channels_first"
    x = L.Input((4, 5, 2))
    assert last_format(Model(x, L.Activation("relu")(x))(a)) is None


def test_a_kernel_inside_a_wrapper():
    conv = built(L.Conv2D(2, 3), 5, 5, 1)
    assert is_kernel(conv, ("params", "layer", "kernel"))
    assert not is_kernel(conv, ("params", "kernel", "bias"))

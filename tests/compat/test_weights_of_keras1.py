"""What `get_weights` returns and `set_weights` takes in a program for Keras 1: shapes, and sums of
the squares of predictions, of the real 1.2.2 on TensorFlow.
"""

import numpy as np
import pytest

from jaxcnn.compat.keras1 import AtrousConvolution2D, Deconvolution2D
from jaxcnn.layers import (
    LSTM,
    Conv1D,
    Conv2D,
    Conv3D,
    ConvLSTM2D,
    SeparableConv2D,
    TimeDistributed,
)
from jaxcnn.models import Sequential
from jaxcnn.spellings.dialect import speaking

pytestmark = pytest.mark.filterwarnings("ignore:.*Keras 1 spelling")
FIRST = {"dim_ordering": "th", "input_shape": (4, 5, 6)}
CASES = {
    "sequences": (lambda: Conv1D(3, 2, input_shape=(6, 4)), (2, 1, 4, 3), 28.427730537355153),
    "images": (lambda: Conv2D(3, 2, 2, input_shape=(5, 6, 4)), (2, 2, 4, 3), 154.78190706429078),
    "channels first": (lambda: Conv2D(3, 2, 2, **FIRST), (3, 4, 2, 2), 126.6288915286022),
    "square": (
        lambda: Conv2D(3, 3, 3, **{**FIRST, "input_shape": (3, 3, 3)}, border_mode="same"),
        (3, 3, 3, 3),
        149.56239264452626,
    ),
    "dilated": (
        lambda: AtrousConvolution2D(3, 2, 2, atrous_rate=(2, 2), **FIRST),
        (3, 4, 2, 2),
        109.78900760220058,
    ),
    "transposed": (
        lambda: Deconvolution2D(3, 2, 2, output_shape=(None, 3, 6, 7), **FIRST),
        (3, 4, 2, 2),
        267.8646654828523,
    ),
    "volumes": (
        lambda: Conv3D(3, 2, 2, 2, **{**FIRST, "input_shape": (2, 4, 5, 6)}),
        (3, 2, 2, 2, 2),
        475.96813887967375,
    ),
    "of steps": (
        lambda: TimeDistributed(Conv2D(2, 2, 2, dim_ordering="th"), input_shape=(3, 4, 5, 6)),
        (2, 4, 2, 2),
        311.0759963167594,
    ),
    "gates and kernels": (
        lambda: ConvLSTM2D(3, 2, 2, **{**FIRST, "input_shape": (3, 2, 5, 6)}),
        (3, 2, 2, 2),
        4.4368825181300435,
    ),
    "separable": (
        lambda: SeparableConv2D(3, 2, 2, depth_multiplier=2, **FIRST),
        (2, 4, 2, 2),
        28.510875701904297,
    ),
    "gates": (lambda: LSTM(3, input_shape=(4, 2)), (2, 3), None),
}


@pytest.mark.parametrize("case", CASES)
def test_kernels_are_listed_and_taken_in_its_layout(case):
    make, shape, squares = CASES[case]
    with speaking("1.2"):
        model = Sequential([make()])
        listed = model.get_weights()
        assert listed[0].shape == shape
        values = [
            np.arange(array.size, dtype="f").reshape(array.shape) % 7 / np.float32(7)
            - np.float32(0.4)
            for array in listed
        ]
        model.set_weights(values)
        for value, array in zip(values, model.get_weights(), strict=True):
            np.testing.assert_array_equal(array, value)
        if squares is not None:
            x = np.random.RandomState(0).normal(size=(2, *model.input_shape[1:]))
            np.testing.assert_allclose(np.sum(model.predict(x, verbose=0) ** 2.0), squares, 1e-4)


def test_a_kernel_in_our_layout_is_taken_too_and_another_refused():
    with speaking("1.2"):
        model = Sequential([Conv2D(3, 2, 2, **FIRST)])
        ours = np.arange(48, dtype="f").reshape(2, 2, 4, 3)
        model.set_weights([ours, np.zeros(3)])
        np.testing.assert_array_equal(model.get_weights()[0], ours.transpose(3, 2, 0, 1))
        with pytest.raises(ValueError, match="not compatible"):
            model.set_weights([np.zeros((4, 3, 2, 2)), np.zeros(3)])


def test_without_that_version_kernels_are_as_today():
    model = Sequential([Conv2D(3, 2, data_format="channels_first", input_shape=(4, 5, 6))])
    assert model.get_weights()[0].shape == (2, 2, 4, 3)

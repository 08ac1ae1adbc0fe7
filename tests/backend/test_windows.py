"""`K.slice` and `K.local_conv*` against NumPy."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import Input
from jaxcnn.models import Model

RNG = np.random.default_rng(0)


def test_slices():
    x = RNG.normal(size=(3, 4, 5)).astype("f")
    np.testing.assert_array_equal(K.slice(x, (0, 1, 2), (2, 3, -1)), x[0:2, 1:4, 2:])
    a = Input((4, 5))
    model = Model(a, K.slice(a, [0, 1, 0], [-1, 2, 5]))
    assert model.output_shape == (None, 2, 5)
    np.testing.assert_array_equal(model.predict(x), x[:, 1:3])


def test_a_kernel_for_each_step():
    x, kernel = RNG.normal(size=(2, 6, 3)), RNG.normal(size=(3, 6, 4))
    expected = [x[:, 2 * i : 2 * i + 2].reshape(2, 6) @ kernel[i] for i in range(3)]
    outputs = K.local_conv1d(x, kernel, (2,), (2,))
    np.testing.assert_allclose(outputs, np.stack(expected, 1), atol=1e-5)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_a_kernel_for_each_pixel(data_format):
    first = data_format == "channels_first"
    x, kernel = RNG.normal(size=(2, 5, 6, 3)), RNG.normal(size=(2 * 4, 3 * 3 * 3, 4))
    x = x.transpose(0, 3, 1, 2) if first else x
    expected = np.empty((2, 2, 4, 4))
    for i in range(2):
        for j in range(4):
            at = np.s_[2 * i : 2 * i + 3], np.s_[j : j + 3]
            window = x[:, :, *at] if first else x[:, *at]
            expected[:, i, j] = window.reshape(2, -1) @ kernel[i * 4 + j]
    outputs = K.local_conv2d(x, kernel, (3, 3), (2, 1), (2, 4), data_format)
    assert outputs.shape == ((2, 4, 2, 4) if first else (2, 2, 4, 4))
    back = np.moveaxis(outputs, 1, -1) if first else outputs
    np.testing.assert_allclose(back, expected, atol=1e-5)

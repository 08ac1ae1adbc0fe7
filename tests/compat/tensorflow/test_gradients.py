"""`tf.gradients` with factors and constants."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import Input

X = np.array([[1.0, 2.0]], "float32")


def test_factors_are_constants(tf):
    x = Input((2,))
    (by_x,) = tf.gradients(x * x, x, grad_ys=x)
    np.testing.assert_allclose(K.function([x], [by_x])([X])[0], 2 * X * X)


def test_sources_that_are_constants_for_the_others(tf):
    x = Input((2,))
    y = x * 3.0
    (by_x,) = tf.gradients([x * x], [x], stop_gradients=[x])
    np.testing.assert_allclose(K.function([x], [by_x])([X])[0], 2 * X)
    with pytest.raises(ValueError, match="no other of them depends"):
        tf.gradients([y + x], [x, y], stop_gradients=[x])
    with pytest.raises(ValueError, match="must be one of 'xs'"):
        tf.gradients([y], [x], stop_gradients=y)

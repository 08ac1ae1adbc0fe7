"""What programs ask of tensors, layers and models when they build graphs by hand.

The numbers are those of Keras 2.2.4 on TensorFlow 1.13.
"""

import numpy as np
import pytest

from jaxcnn import compat

X = np.arange(6, dtype="float32").reshape(2, 3)


@pytest.fixture
def keras22(as_keras):
    """Keras 2.2 and TensorFlow 1.13."""
    compat.install("2.2", tensorflow=True)
    import keras

    return keras


def test_a_list_of_one_output_is_that_output(keras22):
    from keras import backend as K
    from keras.layers import Input, Lambda, Layer, multiply

    class Double(Layer):
        def call(self, x):
            return [x * 2]

        def compute_mask(self, x, mask=None):
            return [mask]

        def compute_output_shape(self, shape):
            return [shape]

    x = Input((3,))
    results = [Double()(x), Lambda(lambda t: [t * 2])(x)]
    products = [multiply([x, result]) for result in results]
    for values in K.function([x], results)([X]):
        np.testing.assert_allclose(values, 2 * X)
    for values in K.function([x], products)([X]):
        np.testing.assert_allclose(values, 2 * X * X)


def test_places_of_an_unknown_number_of_axes(keras22):
    import tensorflow as tf
    from keras import backend as K
    from keras.layers import Input, Layer

    class Taken(Layer):
        def call(self, given):
            return tf.gather_nd(*given)

        def compute_output_shape(self, shapes):
            return shapes[0][:1]

    x, places = Input((3,)), Input(batch_shape=(None, None), dtype="int32")
    taken = Taken()([x, places])
    by_x, by_places = K.gradients(K.sum(taken), [x, places])
    assert by_places is None
    model = keras22.models.Model([x, places], [taken, by_x])
    of_three, gradient = model.predict_on_batch([X, np.array([[0, 1], [1, 2], [1, 0]])])
    np.testing.assert_allclose(of_three, [1.0, 5.0, 3.0])
    np.testing.assert_allclose(gradient, [[0, 1, 0], [1, 0, 1]])


def test_a_shape_that_the_output_has_not_is_no_error(keras22):
    from keras.layers import Dense, Input, Lambda

    x = Input((3,))
    with pytest.warns(UserWarning, match="leave `output_shape` out"):
        total = Lambda(lambda t: t[:, :2], output_shape=(3,))(x)
        np.testing.assert_allclose(keras22.models.Model(x, total).predict(X), X[:, :2])
    assert Dense(4)(total).shape[1] == 4

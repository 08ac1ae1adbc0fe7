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
    total = Lambda(lambda t: t[:, :2], output_shape=(3,))(x)
    np.testing.assert_allclose(keras22.models.Model(x, total).predict(X), X[:, :2])
    assert Dense(4)(total).shape[1] == 4


def test_elements_and_steps_are_asked_for_their_shapes(keras22):
    import tensorflow as tf
    from keras import backend as K
    from keras.layers import Input, Layer

    class Weighted(Layer):
        def build(self, shape):
            self.w = self.add_weight(name="w", shape=(3, 1), initializer="ones")
            super().build(shape)

        def one(self, rows):
            scores = K.dot(rows, self.w)
            assert scores.get_shape().as_list()[1] == 1
            shares = K.reshape(K.softmax(K.reshape(scores, (1, -1))), (-1,))
            square = K.zeros_like(K.dot(rows, K.transpose(rows)))
            return K.sum(K.dot(tf.matrix_set_diag(square, shares), rows), axis=0)

        def call(self, x):
            return K.map_fn(self.one, x)

        def compute_output_shape(self, shape):
            return shape[0], shape[2]

    class Steps(Layer):
        def call(self, x):
            def step(now, states):
                new = (states[0] + now) / now.get_shape().as_list()[-1]
                return new, [new]

            return K.rnn(step, x, [K.zeros_like(x[:, 0])])[0]

        def compute_output_shape(self, shape):
            return shape[0], shape[2]

    x = Input((4, 3))
    model = keras22.models.Model(x, [Weighted()(x), Steps()(x)])
    weighted, last = model.predict(np.arange(24, dtype="float32").reshape(2, 4, 3) / 24)
    expected = [[0.24388, 0.28554, 0.32721], [0.74388, 0.78554, 0.82721]]
    np.testing.assert_allclose(weighted, expected, atol=1e-5)
    expected = [[0.15741, 0.17798, 0.19856], [0.40432, 0.4249, 0.44547]]
    np.testing.assert_allclose(last, expected, atol=1e-5)


def test_a_table_that_is_shorter_than_what_is_tried(keras22):
    """A table of 100 positions does not decide how many steps there are."""
    from keras import backend as K
    from keras.layers import Input, Layer

    class Positions(Layer):
        def build(self, shape):
            self.table = self.add_weight(name="table", shape=(100, 3), initializer="ones")
            super().build(shape)

        def call(self, x):
            return x + K.expand_dims(self.table[: K.shape(x)[1]], 0)

    x = Input((None, 3))
    y = Positions()(x)
    assert tuple(y.shape) == (None, None, 3)
    model = keras22.models.Model(x, y)
    for steps in (5, 70):
        np.testing.assert_array_equal(model.predict(np.ones((2, steps, 3))), 2.0)

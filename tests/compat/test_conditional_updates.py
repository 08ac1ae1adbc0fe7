"""Updates in the functions of `K.switch` and `tf.cond`: only those of the function that is chosen.

The numbers are those of Keras 2.2.4 on TensorFlow 1.13.
"""

import numpy as np
import pytest


def updated(K, tf, layer, x, big):
    layer.add_update(K.switch(big, lambda: K.update_add(layer.n, 1), lambda: layer.n), x)
    return x


def one_or_the_other(K, tf, layer, x, big):
    add = K.update_add
    layer.add_update(K.switch(big, lambda: add(layer.n, 1), lambda: add(layer.n, -3)), x)
    return x


def doubled(tf, x, *updates):
    with tf.control_dependencies(updates):
        return tf.identity(x) * 2.0


def demanded(K, tf, layer, x, big):
    return K.switch(big, lambda: doubled(tf, x, layer.n.assign_add(1.0)), lambda: x)


def demanded_of_tensorflow(K, tf, layer, x, big):
    return tf.cond(big, lambda: doubled(tf, x, tf.assign_add(layer.n, 1.0)), lambda: x)


def as_values(K, tf, layer, x, big):
    add = K.update_add
    return x * 0 + K.switch(big, lambda: add(layer.n, 1), lambda: add(layer.n, 7))


# What a layer does -> its number after inputs of 1, 0 and 1, the losses of these steps.
CASES = {
    updated: (2, [1, 0, 1]),
    one_or_the_other: (-1, [1, 0, 1]),
    demanded: (2, [4, 0, 4]),
    demanded_of_tensorflow: (2, [4, 0, 4]),
    as_values: (9, [1, 64, 81]),
}


@pytest.mark.parametrize("compute", CASES, ids=lambda compute: compute.__name__)
def test_the_updates_of_the_function_that_is_chosen(keras22, compute):
    import tensorflow as tf
    from keras import backend as K

    class Counting(keras22.layers.Layer):
        def build(self, shape):
            self.n = self.add_weight(name="n", shape=(), initializer="zeros", trainable=False)
            super().build(shape)

        def call(self, x):
            return compute(K, tf, self, x, K.greater(K.mean(x), 0.5))

    model = keras22.models.Sequential([Counting(input_shape=(3,))])
    model.compile("sgd", "mse")
    number, losses = CASES[compute]
    zeros = np.zeros((2, 3))
    trained = [model.train_on_batch(np.full((2, 3), v), zeros) for v in (1.0, 0.0, 1.0)]
    np.testing.assert_allclose(trained, losses, rtol=1e-6)
    assert K.get_value(model.layers[0].n) == number


def test_two_variables_have_a_choice_each(keras22):
    from keras import backend as K

    v, w, condition = K.variable(1.0), K.variable(2.0), K.placeholder(ndim=0)
    with pytest.raises(ValueError, match="Give each variable an update of its own"):
        K.switch(condition, lambda: K.update(v, w), lambda: K.update(w, v))

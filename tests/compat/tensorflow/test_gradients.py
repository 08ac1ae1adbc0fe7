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


def test_gradients_of_pools_and_activations_by_hand(tf):
    """As TensorFlow 1.13 computes them."""
    from tensorflow.python.ops import gen_nn_ops, nn_grad

    x = tf.constant(np.float32([[1, 3, 2], [4, 4, 0], [1, 1, 1]]).reshape(1, 3, 3, 1))
    grad = tf.constant(np.float32([1, 2, 3, 4]).reshape(1, 2, 2, 1))
    window, steps = (1, 2, 2, 1), (1, 1, 1, 1)
    y = tf.nn.max_pool(x, window, steps, "VALID")
    ten = tf.ones_like(x) * tf.reduce_sum(grad)
    v, twos = tf.constant([-1.0, 0.0, 2.0, 7.0]), tf.constant([2.0] * 4)
    cases = {
        nn_grad.gen_nn_ops.max_pool_grad(x, y, grad, window, steps, "VALID"): [
            [0, 0, 0],
            [4, 6, 0],
            [0, 0, 0],
        ],
        gen_nn_ops.avg_pool_grad(tf.shape(x), ten, window, steps, "SAME"): [
            [2.5, 5, 7.5],
            [5, 10, 15],
            [7.5, 15, 22.5],
        ],
        gen_nn_ops.relu_grad(twos, v): [0, 0, 2, 2],
        gen_nn_ops.relu6_grad(twos, v): [0, 0, 2, 0],
        gen_nn_ops.softplus_grad(twos, v): [0.53788, 1, 1.76159, 1.99818],
        gen_nn_ops.softsign_grad(twos, v): [0.5, 2, 0.22222, 0.03125],
    }
    for value, expected in zip(tf.Session().run(list(cases)), cases.values(), strict=True):
        np.testing.assert_allclose(value.ravel(), np.ravel(expected), atol=1e-5)


def test_no_gradients_go_through_a_loop_without_back_prop(tf):
    x = Input((2,))

    def squares(t, **options):
        return tf.map_fn(lambda row: row * row, t, **options)

    def sums(t, **options):
        return tf.foldl(lambda a, row: a + row * row, t, K.zeros_like(t[0]), **options)

    def rounds(t, **options):
        return tf.while_loop(lambda i, v: i < 2, lambda i, v: (i + 1, v * v), [0, t], **options)[1]

    for loop, slope in ((squares, 2 * X), (sums, 2 * X), (rounds, 4 * X**3)):
        for back_prop in (True, False):
            (by_x,) = K.gradients(K.sum(loop(x, back_prop=back_prop)) + K.sum(x), x)
            (value,) = K.function([x], [by_x])([X])
            np.testing.assert_allclose(value, back_prop * slope + 1, rtol=1e-6)


AT_TIES = {
    "sigmoid cross-entropy": [0.5, 0.7310586, 0.26894143],
    "leaky_relu": [0.2, 1, 0.2],
    "maximum": [1, 1, 0],
    "minimum": [1, 0, 1],
    "clip_by_value": [1, 1, 0],
    "relu6": [0, 1, 0],
    "selu": [1.0507009, 1.0507009, 0.6467686],
}


def test_derivatives_at_ties(tf):
    """As TensorFlow 1.4 gives them at 0, 1 and -1."""
    x = tf.placeholder(tf.float32, (3,))
    cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits
    outputs = {
        "sigmoid cross-entropy": cross_entropy(logits=x, labels=tf.zeros_like(x)),
        "leaky_relu": tf.nn.leaky_relu(x),
        "maximum": tf.maximum(x, 0.0),
        "minimum": tf.minimum(x, 0.0),
        "clip_by_value": tf.clip_by_value(x, 0.0, 1.0),
        "relu6": tf.nn.relu6(x),
        "selu": tf.nn.selu(x),
    }
    with tf.Session() as session:
        derivatives = {name: tf.gradients(y, x)[0] for name, y in outputs.items()}
        for name, values in session.run(derivatives, {x: [0.0, 1.0, -1.0]}).items():
            np.testing.assert_allclose(values, AT_TIES[name], rtol=1e-5, err_msg=name)

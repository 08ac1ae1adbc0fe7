"""Products, convolutions, choices and optimizers, with the values of TensorFlow 1.4 and 1.13."""

import numpy as np
import pytest

from jaxcnn.layers import Dense
from jaxcnn.models import Sequential

L = np.array([[1.0, 2, 3], [0, -1, 0.5]], "f")
X = np.linspace(-1, 1, 2 * 5 * 5 * 3).reshape(2, 5, 5, 3).astype("f")
X1 = np.linspace(-1, 1, 2 * 6 * 2).reshape(2, 6, 2).astype("f")
K1 = np.linspace(-0.5, 0.5, 3 * 2 * 2).reshape(3, 2, 2).astype("f")
K3 = np.linspace(-0.5, 0.5, 8 * 3 * 2).reshape(2, 2, 2, 3, 2).astype("f")
D = np.linspace(-0.5, 0.5, 3 * 3 * 3 * 2).reshape(3, 3, 3, 2).astype("f")
P = np.linspace(-0.5, 0.5, 6 * 2).reshape(1, 1, 6, 2).astype("f")

CASES = {
    "tf.nn.conv1d(X1, K1, 2, 'SAME')[0]": [
        [0.4901186, 0.0632411],
        [0.3952569, 0.1581028],
        [0.2371541, 0.173913],
    ],
    "tf.nn.conv1d(X1, K1, 1, 'VALID')[1]": [
        [0.2055336, 0.3478261],
        [0.1581028, 0.3952569],
        [0.110672, 0.4426877],
        [0.0632411, 0.4901186],
    ],
    "tf.nn.conv3d(X[None], K3, [1, 1, 2, 2, 1], 'SAME')[0, 0, :, :, 0]": [
        [3.5253463, 3.5047836, 1.8989005],
        [3.4225333, 3.4019704, 1.5390546],
        [0.9941454, 0.8604884, 0.1873483],
    ],
    "tf.nn.depthwise_conv2d(X, D, [1, 2, 2, 1], 'SAME')[0, 1, 1]": [
        0.6570217,
        0.5692668,
        0.4803723,
        0.3948968,
        0.3128403,
        0.2296442,
    ],
    "tf.nn.depthwise_conv2d(X, D, [1, 1, 1, 1], 'VALID', rate=[2, 2])[0, 0, 0]": [
        1.0946562,
        1.0069013,
        0.9180067,
        0.8325314,
        0.7504749,
        0.6672787,
    ],
    "tf.nn.separable_conv2d(X, D, P, [1, 1, 1, 1], 'VALID')[0, 1, :, 0]": [
        -0.4139086,
        -0.3921512,
        -0.3703938,
    ],
    "tf.einsum('ij,kj->ik', tf.constant(L), tf.constant(L))": [[14.0, -0.5], [-0.5, 1.25]],
    "tf.einsum('bij,bij->b', tf.constant(X1), tf.constant(X1))": [4.3478255, 4.347826],
    "tf.tensordot(L, L, [[1], [1]])": [[14.0, -0.5], [-0.5, 1.25]],
    "tf.tensordot(L, tf.transpose(L), 1)": [[14.0, -0.5], [-0.5, 1.25]],
    "tf.cumsum(L, 1)": [[1.0, 3.0, 6.0], [0.0, -1.0, -0.5]],
    "tf.cumsum(L, 1, exclusive=True)": [[0.0, 1.0, 3.0], [0.0, 0.0, -1.0]],
    "tf.cumsum(L, 1, reverse=True)": [[6.0, 5.0, 3.0], [-0.5, -0.5, 0.5]],
    "tf.norm(L)": 3.9051249,
    "tf.norm(L, axis=1)": [3.7416575, 1.118034],
    "tf.norm(L, 1, 1, True)": [[6.0], [1.5]],
    "tf.norm(L, np.inf)": 3.0,
    "tf.norm(L, 3, 0)": [1.0, 2.0800838, 3.0046227],
    "tf.norm(L, 1, [0, 1])": 3.5,
    "tf.norm(L, np.inf, [0, 1], True)": [[6.0]],
    "tf.norm(L, 1, keep_dims=True)": [[7.5]],
    "tf.clip_by_norm(L, 2.)": [[0.5121475, 1.024295, 1.5364425], [0.0, -0.5121475, 0.2560737]],
    "tf.clip_by_norm(L, 2., [1])": [[0.5345225, 1.0690449, 1.6035674], [0.0, -1.0, 0.5]],
    "tf.clip_by_global_norm([L, None, L[0]], 2.)[0][2]": [0.3698001, 0.7396002, 1.1094004],
    "tf.clip_by_global_norm([L, None, L[0]], 2.)[1]": 5.4083271,
    "tf.global_norm([L, L[0]])": 5.4083271,
    "tf.cond(tf.constant(True), lambda: tf.constant(1.), lambda: tf.constant(2.))": 1.0,
    "tf.cond(tf.reduce_sum(L) < 0., lambda: [L + A, A], lambda: [-L + A, A])[0]": [
        [0.0, -1.0, -2.0],
        [1.0, 2.0, 0.5],
    ],
    "tf.train.exponential_decay(.1, 7, 5, .9)": 0.0862858,
    "tf.train.exponential_decay(.1, tf.constant(12), 5, .9, staircase=True)": 0.081,
    "tf.nn.atrous_conv2d(X, D, 2, 'SAME')[0, 0, :, 0]": [
        -1.4980372,
        -1.3931873,
        -1.3034065,
        -0.4358618,
        -0.3857161,
    ],
    "tf.nn.selu(L)": [[1.050701, 2.101402, 3.1521029], [0.0, -1.1113307, 0.5253505]],
}

# Two weights after four steps. In 1.4 the last one is a step ahead (ERRATA).
OPTIMIZERS = {
    "tf.train.MomentumOptimizer(.1, .9)": [-0.3086, 1.5363997],
    "tf.train.MomentumOptimizer(tf.train.exponential_decay(.1, STEP, 1, .5), .9)": [
        0.46035,
        0.4682499,
    ],
    "tf.train.MomentumOptimizer(.1, .9, use_nesterov=True)": [-0.324823, 0.1263692],
    "tf.train.AdagradOptimizer(.1)": [0.7381936, -1.7286141],
    "tf.train.AdagradOptimizer(.1, initial_accumulator_value=1.)": [0.7537332, -1.7291253],
    "tf.train.AdadeltaOptimizer()": [0.9999981, -1.9999981],
    "tf.train.AdadeltaOptimizer(1., .9, 1e-6)": [0.9869841, -1.986966],
}


def test_values(tf, check_values):
    check_values(CASES, {**globals(), "A": tf.constant(1.0)})


@pytest.mark.parametrize("expression", OPTIMIZERS)
def test_optimizers(tf, expression):
    count = tf.Variable(0, trainable=False, name="s")
    w = tf.Variable([1.0, -2.0], name="w")
    loss = tf.reduce_sum(tf.square(w) * [1.0, 3.0])
    optimizer = eval(expression, {"tf": tf, "STEP": count})
    step = optimizer.minimize(loss, global_step=count)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(4):
            session.run(step)
        assert session.run(count) == 4
        np.testing.assert_allclose(session.run(w), OPTIMIZERS[expression], rtol=2e-6)
    assert f"w/{optimizer.get_name()}:0" in [v.name for v in tf.global_variables()]


def test_a_choice_by_a_fed_tensor(tf):
    """Both functions are computed, and derivatives flow through the chosen one."""
    phase = tf.placeholder(tf.bool)
    x = tf.placeholder(tf.float32, [None, 3])
    y = tf.cond(phase, lambda: x * 2.0, lambda: tf.exp(x))
    (slope,) = tf.gradients(y, x)
    with tf.Session() as session:
        for chosen, values, slopes in (
            (True, L * 2, np.full_like(L, 2)),
            (False, *[np.exp(L)] * 2),
        ):
            got = session.run([y, slope], {phase: chosen, x: L})
            np.testing.assert_allclose(got, [values, slopes], rtol=1e-6)


@pytest.mark.parametrize(
    ("expression", "kind", "message"),
    [
        ("tf.cond(True, lambda: A, lambda: A)", TypeError, "must not be a Python bool"),
        ("tf.cond(A > 0., lambda: A)", TypeError, "two functions"),
        ("tf.cond(A > 0., lambda: A, lambda: [A, A])", ValueError, "Incompatible return"),
        ("tf.cond(A > 0., lambda: A, lambda: tf.constant(L))", ValueError, "one shape and type"),
        ("tf.cond(A > 0., lambda: tf.assign(V, 1.), lambda: A)", ValueError, "changes 'V'"),
        ("tf.norm(L, 'fro')", ValueError, "supported vector norm"),
        ("tf.norm(L, 3, [0, 1])", ValueError, "supported matrix norm"),
        ("tf.nn.conv3d(X[None], K3, [1, 1, 1, 1], 'SAME')", ValueError, "has five numbers"),
        ("tf.nn.conv1d(X1, K1, 1, 'SAME', data_format='NWC')", ValueError, "NHWC or NCHW"),
        ("tf.segment_sum(A, A)", AttributeError, "unsorted_segment_sum"),
        ("tf.train.Coordinator()", AttributeError, "slices of arrays to feed_dict"),
    ],
)
def test_what_is_refused(tf, expression, kind, message):
    scope = {**globals(), "tf": tf, "A": tf.constant(1.0), "V": tf.Variable(0.0, name="V")}
    with pytest.raises(kind, match=message):
        eval(expression, scope)


def test_an_optimizer_of_tensorflow_in_the_wrapper_of_keras(tf):
    """Constraints hold as well, which Keras 2.2.4 forgot with such an optimizer."""
    from keras.optimizers import TFOptimizer

    optimizer = TFOptimizer(tf.train.GradientDescentOptimizer(0.5))
    model = Sequential([Dense(1, use_bias=False, input_shape=(2,), kernel_constraint="non_neg")])
    model.set_weights([np.array([[1.0], [2.0]])])
    model.compile(optimizer, "mse")
    model.train_on_batch(np.array([[1.0, 1.0]]), np.array([[1.0]]))
    np.testing.assert_allclose(model.get_weights()[0], [[0.0], [0.0]], atol=1e-6)
    with pytest.raises(NotImplementedError):
        optimizer.weights  # noqa: B018
    with pytest.raises(NotImplementedError):
        optimizer.get_config()
    with pytest.raises(NotImplementedError):
        optimizer.from_config(None)

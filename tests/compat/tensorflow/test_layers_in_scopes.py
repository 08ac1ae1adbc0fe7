"""``tf.layers`` in scopes of variables, and weights of Keras among the variables of the graph.

The names and numbers are those of TensorFlow 1.4, beside Keras 2.0.4.
"""

import numpy as np
import pytest


@pytest.fixture
def x(tf):
    return tf.placeholder(tf.float32, (None, 3))


def names(variables):
    return [variable.name for variable in variables]


def test_a_discriminator_that_is_called_twice_has_its_weights_once(tf, x):
    def discriminator(inputs, reuse=None):
        with tf.variable_scope("D", reuse=reuse):
            start = tf.constant_initializer(0.1)
            return tf.layers.dense(inputs, 1, kernel_initializer=start, name="o")

    fake = tf.placeholder(tf.float32, (None, 3))
    first, second = discriminator(x), discriminator(fake, reuse=True)
    variables = tf.trainable_variables()
    assert names(variables) == ["D/o/kernel:0", "D/o/bias:0"]
    cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits
    loss = tf.reduce_mean(cross_entropy(logits=first, labels=tf.ones_like(first) * 0.9))
    loss += tf.reduce_mean(cross_entropy(logits=second, labels=tf.zeros_like(second)))
    gradients = tf.gradients(loss, variables)
    step = tf.train.AdamOptimizer(2e-3, beta1=0.5).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        feed = {x: np.ones((2, 3)), fake: np.full((2, 3), 0.5)}
        value, kernel, bias = session.run([loss, *gradients], feed)
        assert value == pytest.approx(1.3553123)
        np.testing.assert_allclose(kernel, np.full((3, 1), -0.05684251), rtol=1e-5)
        np.testing.assert_allclose(bias, [0.21187243], rtol=1e-5)
        session.run(step, feed)
        kernel, bias = session.run(variables)
        np.testing.assert_allclose(kernel, np.full((3, 1), 0.10199999), rtol=1e-5)
        np.testing.assert_allclose(bias, [-0.002], rtol=1e-5)


def test_names_are_counted_from_the_beginning_of_a_scope(tf, x):
    with tf.variable_scope("A"):
        first = tf.layers.dense(x, 2)
        tf.layers.dense(x, 2)
    with tf.variable_scope("A", reuse=True):
        again = tf.layers.dense(x, 2)
        tf.layers.dense(x, 2)
    for _ in range(2):
        with tf.variable_scope("C", reuse=tf.AUTO_REUSE):
            tf.layers.dense(x, 2)
    for _ in range(2):
        with tf.variable_scope(None, "block"):
            tf.layers.dense(x, 1, use_bias=False)
    with tf.name_scope("ns"):  # names operations alone
        plain = tf.layers.dense(x, 2, use_bias=False)
        rectified = tf.layers.dense(x, 2, activation=tf.nn.relu, name="e")
    assert names(tf.global_variables()) == [
        "A/dense/kernel:0",
        "A/dense/bias:0",
        "A/dense_1/kernel:0",
        "A/dense_1/bias:0",
        "C/dense/kernel:0",
        "C/dense/bias:0",
        "block/dense/kernel:0",
        "block_1/dense/kernel:0",
        "dense/kernel:0",
        "e/kernel:0",
        "e/bias:0",
    ]
    outputs = first, again, plain, rectified
    assert names(outputs) == [
        "A/dense/BiasAdd:0",
        "A_1/dense/BiasAdd:0",
        "ns/dense/MatMul:0",
        "ns/e/Relu:0",
    ]


def test_what_a_scope_forbids(tf, x):
    with tf.variable_scope("A"):
        tf.layers.dense(x, 2)
    with (
        pytest.raises(ValueError, match="Variable A/dense/kernel already exists, disallowed"),
        tf.variable_scope("A"),
    ):
        tf.layers.dense(x, 2)
    with (
        pytest.raises(ValueError, match="Variable B/dense/kernel does not exist"),
        tf.variable_scope("B", reuse=True),
    ):
        tf.layers.dense(x, 2)
    with pytest.raises(ValueError, match="specified shape"):
        tf.layers.dense(tf.placeholder(tf.float32, (None, 5)), 2, name="A/dense", reuse=True)
    with pytest.raises(TypeError, match=r"tf.layers.dense\(\) got an unexpected .* 'foo'"):
        tf.layers.dense(x, 3, foo=1)
    with pytest.raises(ValueError, match="has no `kernel_constraint` here: add the penalty"):
        tf.layers.dense(x, 3, kernel_constraint=abs)


def test_a_scope_gives_initializer_and_regularizer(tf, x):
    with tf.variable_scope(
        "D", initializer=tf.constant_initializer(0.5), regularizer=tf.nn.l2_loss
    ) as scope:
        outputs = tf.layers.dense(x, 2)
        tf.get_variable("g", [2], initializer=tf.ones_initializer)
    with tf.variable_scope(scope, reuse=True):
        assert tf.get_variable("g").name == "D/g:0"
    tf.layers.dense(x, 2, kernel_regularizer=lambda w: 2.0 * tf.nn.l2_loss(w), trainable=False)
    assert len(tf.trainable_variables()) == 3
    penalties = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        np.testing.assert_allclose(session.run(outputs, {x: np.ones((1, 3))}), [[1.5, 1.5]])
        # Of the kernel, the bias and g, and of the last kernel.
        values = session.run(penalties)
        np.testing.assert_allclose(values[:3], [0.75, 0.0, 1.0])
        assert len(values) == 4


def test_sizes_that_may_be_any(tf):
    images = tf.placeholder(tf.float32, (None, None, None, 2))
    maps = tf.layers.conv2d(images, 4, 3, 2, "SAME", name="c")
    larger = tf.layers.conv2d_transpose(images, 4, 3, (2, 2), "same", name="ct")
    assert str(maps.shape) == str(larger.get_shape()) == "(?, ?, ?, 4)"
    shapes = {v.name: tuple(v.shape.as_list()) for v in tf.trainable_variables()}
    assert shapes == {
        "c/kernel:0": (3, 3, 2, 4),
        "c/bias:0": (4,),
        "ct/kernel:0": (3, 3, 4, 2),
        "ct/bias:0": (4,),
    }


def test_what_an_optimizer_remembers(tf):
    train = tf.train
    variable = tf.Variable(1.0, name="e")
    expected = {
        train.GradientDescentOptimizer(0.1): [],
        train.MomentumOptimizer(0.1, 0.9): ["e/Momentum:0"],
        train.AdagradOptimizer(0.1): ["e/Adagrad:0"],
        train.RMSPropOptimizer(0.1): ["e/RMSProp:0", "e/RMSProp_1:0"],
        train.AdadeltaOptimizer(0.1): ["e/Adadelta:0", "e/Adadelta_1:0"],
    }
    for optimizer, slots in expected.items():
        before = len(tf.global_variables())
        optimizer.minimize(tf.square(variable), var_list=[variable])
        assert names(tf.global_variables())[before:] == slots


# -- variables of Keras ----------------------------------------------------------------------------


@pytest.fixture
def model(tf):
    from keras import backend as K
    from keras.layers import LSTM, BatchNormalization, Bidirectional, Dense, Input
    from keras.models import Sequential

    K.clear_session()
    tf.Variable(1.0, name="mine")
    model = Sequential([Dense(3, input_dim=2), BatchNormalization(), Dense(1, trainable=False)])
    tf.Variable(2.0)
    Bidirectional(LSTM(2))(Input((3, 2)))
    return model


def test_weights_of_layers_are_variables_in_the_order_of_their_creation(tf, model):
    from keras import backend as K

    directions = [
        f"bidirectional_1/{direction}_lstm_1/{weight}:0"
        for direction in ("forward", "backward")
        for weight in ("kernel", "recurrent_kernel", "bias")
    ]
    alive = [  # the bidirectional layer is used by nothing any more
        "mine:0",
        "dense_1/kernel:0",
        "dense_1/bias:0",
        "batch_normalization_1/gamma:0",
        "batch_normalization_1/beta:0",
        "batch_normalization_1/moving_mean:0",
        "batch_normalization_1/moving_variance:0",
        "dense_2/kernel:0",
        "dense_2/bias:0",
        "Variable:0",
    ]
    listed = names(tf.trainable_variables())
    assert [name for name in listed if name not in directions] == alive
    assert names(tf.trainable_variables("dense_1")) == alive[1:3]
    graph = tf.get_default_graph()
    assert graph.get_tensor_by_name("dense_1/kernel:0") is model.layers[0].kernel
    assert isinstance(tf.train.Saver(), tf.train.Saver)
    K.clear_session()
    assert tf.global_variables() == []


def test_weights_are_named_after_the_scope_in_which_their_layer_was_built(tf):
    from keras import backend as K
    from keras.layers import LSTM, Bidirectional, Dense, Input
    from keras.models import Sequential

    K.clear_session()
    z = tf.placeholder(tf.float32, (None, 4))
    with tf.variable_scope("generator"):
        fake = Dense(3, activation="tanh")(z)
    with tf.name_scope("disc"):
        judge = Dense(1, name="judge")
    for _ in range(2):
        with tf.name_scope("call"):
            judge(fake)
    with K.name_scope("kn"):
        model = Sequential([Dense(2, input_dim=3)])
    with tf.name_scope("x"), tf.name_scope("y"):
        both = Bidirectional(LSTM(2))
        both(Input((3, 2)))
    weights = ["generator/dense_1/kernel:0", "generator/dense_1/bias:0"]
    assert names(tf.trainable_variables("generator")) == weights
    assert names(judge.weights) == ["call/judge/kernel:0", "call/judge/bias:0"]
    assert names(model.weights) == ["kn/dense_2/kernel:0", "kn/dense_2/bias:0"]
    assert names(both.weights)[0] == "x/y/bidirectional_1/forward_lstm_1/kernel:0"
    loss = tf.reduce_mean(judge(fake))
    step = tf.train.GradientDescentOptimizer(0.1).minimize(
        loss, var_list=tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="generator")
    )
    before = judge.get_weights()[0]
    with K.get_session().as_default() as session:
        session.run(step, {z: np.ones((2, 4))})
    np.testing.assert_array_equal(judge.get_weights()[0], before)


def test_a_weight_answers_as_a_variable(tf, model):
    from keras import backend as K

    session, kernel = K.get_session(), model.layers[0].kernel
    assert kernel.op.name == "dense_1/kernel"
    assert kernel.graph is session.graph is tf.get_default_graph()
    assert kernel.eval(session=session).shape == (2, 3)
    with pytest.raises(ValueError, match="No default session is registered"):
        kernel.eval()
    kernel.load(np.full((2, 3), 7.0), session)
    np.testing.assert_array_equal(model.get_weights()[0], np.full((2, 3), 7.0))
    np.testing.assert_array_equal(session.run(kernel.read_value()), np.full((2, 3), 7.0))
    assert session.run(tf.is_variable_initialized(kernel))


def test_the_initializer_of_the_graph_draws_weights_again(tf, model):
    from keras import backend as K

    session, kernel = K.get_session(), model.layers[0].kernel
    kernel.load(np.full((2, 3), 7.0), session)
    session.run(tf.variables_initializer([kernel]))
    assert np.abs(model.get_weights()[0]).max() < 2
    kernel.load(np.full((2, 3), 7.0), session)
    session.run(tf.global_variables_initializer())
    assert np.abs(model.get_weights()[0]).max() < 2


def test_which_variables_have_no_value_yet(tf):
    one, two = tf.Variable(1.0, name="one"), tf.Variable(2.0, name="two")
    with tf.Session() as session:
        assert list(session.run(tf.report_uninitialized_variables())) == [b"one", b"two"]
        missing = [v for v in (one, two) if not session.run(tf.is_variable_initialized(v))]
        session.run(tf.variables_initializer(missing[:1]))
        assert session.run([tf.is_variable_initialized(v) for v in (one, two)]) == [True, False]
        assert list(tf.report_uninitialized_variables([two]).eval()) == [b"two"]

"""Losses and metrics that count in variables: each computation gives these a new value.

The numbers are those of Keras 2.2.4 on TensorFlow 1.13; Keras 2.0.4 on TensorFlow 1.4 has the same.
"""

import numpy as np
import pytest

X = np.arange(24.0).reshape(8, 3) / 24
Y = X[:, :2] * 2


@pytest.fixture
def model(keras22):
    """A layer with two units and known weights."""
    model = keras22.models.Sequential([keras22.layers.Dense(2, input_shape=(3,))])
    model.set_weights([np.arange(6.0).reshape(3, 2) / 6, np.zeros(2)])
    return model


def squares(keras, t, p):
    return keras.backend.mean(keras.backend.square(t - p), -1)


def test_a_loss_counts_its_computations_in_a_variable_of_k(keras22, model):
    import tensorflow as tf

    K = keras22.backend
    n = K.variable(0.0, name="n")

    def loss(t, p):
        return squares(keras22, t, p) * tf.assign_add(n, 1.0)

    sgd = keras22.optimizers.SGD
    model.compile(sgd(0.1), loss)
    history = model.fit(X, Y, batch_size=4, epochs=3, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["loss"], [0.25265598, 0.14351458, 0.14270866], rtol=1e-5)
    assert K.get_value(n) == 6
    value = model.evaluate(X, Y, batch_size=4, verbose=0)
    np.testing.assert_allclose(value, 0.15373654, rtol=1e-5)
    assert K.get_value(n) == 8
    np.testing.assert_allclose(model.train_on_batch(X, Y), 0.19345054, rtol=1e-5)
    K.set_value(n, 10.0)
    np.testing.assert_allclose(model.train_on_batch(X, Y), 0.1305195, rtol=1e-5)
    model.predict(X)
    assert K.get_value(n) == 11
    model.compile(sgd(0.1), loss)
    np.testing.assert_allclose(model.train_on_batch(X, Y), 0.116301015, rtol=1e-5)
    assert K.get_value(n) == 12
    assert (len(model.layers), len(model.weights), len(model.get_weights())) == (1, 2, 2)


def test_a_metric_counts_in_training_and_validation(keras22, model):
    import tensorflow as tf

    K = keras22.backend
    n = K.variable(0.0, name="seen")

    def total(t, p):
        return tf.assign_add(n, K.sum(t)) * 1.0

    model.compile(keras22.optimizers.SGD(0.1), "mse", metrics=[total])
    history = model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["total"], [9.0, 23.666667], rtol=1e-5)
    more = model.fit(
        X, Y, batch_size=4, epochs=1, shuffle=False, verbose=0, validation_data=(X, Y)
    ).history
    np.testing.assert_allclose([more["total"], more["val_total"]], [[38.333334], [53]], rtol=1e-5)
    np.testing.assert_allclose(K.get_value(n), 58.666664, rtol=1e-5)


def test_a_loss_counts_in_a_variable_of_tensorflow(keras22, model):
    import tensorflow as tf

    K = keras22.backend
    steps = tf.Variable(0.0, name="steps", trainable=False)
    model.compile(
        keras22.optimizers.SGD(0.1),
        lambda t, p: squares(keras22, t, p) / tf.assign_add(steps, 1.0),
    )
    history = model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["loss"], [0.07176769, 0.02462318], rtol=1e-5)
    assert K.get_session().run(steps) == 4
    K.get_session().run(tf.assign(steps, 100.0))
    np.testing.assert_allclose(model.train_on_batch(X, Y), 0.00083036395, rtol=1e-4)
    assert K.get_session().run(steps) == 101


def test_a_variable_may_be_made_where_the_loss_is_computed(keras22, model):
    """As the losses of YOLO 2 do for the number of batches that were seen."""
    import tensorflow as tf

    def loss(t, p):
        seen = tf.assign_add(tf.Variable(0.0), 1.0)
        warm = tf.cond(tf.less(seen, 3), lambda: seen * 10, lambda: seen * 0)
        return squares(keras22, t, p) * 0 + warm

    model.compile(keras22.optimizers.SGD(0.1), loss)
    assert [model.train_on_batch(X, Y) for _ in range(4)] == [10, 20, 0, 0]


def test_a_loss_reads_variables_as_they_are(keras22, model):
    import tensorflow as tf

    K = keras22.backend
    weight, factor = tf.Variable(2.0, trainable=False), K.variable(3.0)
    model.compile(
        keras22.optimizers.SGD(0.1), lambda t, p: squares(keras22, t, p) * weight * factor
    )
    losses = [model.train_on_batch(X, Y)]
    K.set_value(factor, 1.0)
    losses.append(model.train_on_batch(X, Y))
    K.get_session().run(tf.assign(weight, 5.0))
    losses.append(model.train_on_batch(X, Y))
    np.testing.assert_allclose(losses, [0.84859663, 0.035663985, 0.082216375], rtol=1e-4)


def test_an_assigned_value_has_no_derivative(keras22, model):
    import tensorflow as tf

    K = keras22.backend
    average = K.variable(np.zeros(2), name="avg")

    def loss(t, p):
        moved = tf.assign(average, 0.5 * average + 0.5 * K.mean(p, 0))
        return squares(keras22, t, p) + 0.1 * K.sum(moved)

    model.compile(keras22.optimizers.SGD(0.1), loss)
    losses = [model.train_on_batch(X, Y) for _ in range(4)]
    np.testing.assert_allclose(losses, [0.20410639, 0.20095283, 0.19701424, 0.19407147], rtol=1e-5)
    np.testing.assert_allclose(K.get_value(average), [0.61034894, 0.77600455], rtol=1e-5)
    np.testing.assert_allclose(
        model.get_weights()[0],
        [[0.07660297, 0.20856385], [0.4144327, 0.5445043], [0.7522624, 0.8804445]],
        rtol=1e-4,
    )


def test_the_weight_of_a_layer_is_not_set_by_a_loss(keras22, model):
    import tensorflow as tf

    bias = model.layers[0].bias
    model.compile("sgd", lambda t, p: squares(keras22, t, p) * tf.reduce_sum(tf.assign(bias, bias)))
    with pytest.raises(ValueError, match="which is the weight of a layer"):
        model.train_on_batch(X, Y)


def test_updates_by_numbers_and_by_other_variables(keras22, model):
    """K.update is a pair in Keras 2.2, which no arithmetic takes; here it stands for its value."""
    import tensorflow as tf

    K = keras22.backend
    n, other = K.variable(0.0), K.variable(5.0)
    model.compile("sgd", lambda t, p: squares(keras22, t, p) * K.update(n, 3.0))
    with pytest.raises(TypeError, match="compute with the number itself"):
        model.train_on_batch(X, Y)
    model.compile("sgd", lambda t, p: squares(keras22, t, p) * tf.assign(n, 3.0))
    model.train_on_batch(X, Y)
    assert K.get_value(n) == 3
    model.compile("sgd", lambda t, p: squares(keras22, t, p) * K.update(n, other))
    model.train_on_batch(X, Y)
    assert K.get_value(n) == 5

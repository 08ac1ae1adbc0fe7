"""Programs for an old Keras in whose losses, metrics and layers sizes depend on values.

The numbers are those of Keras 2.2.4 on TensorFlow 1.13; Keras 2.0.4 on TensorFlow 1.4 has the same.
"""

import warnings

import numpy as np
import pytest

X = np.arange(24.0).reshape(8, 3) / 24
Y = X[:, :2] * 2
Y[::3, 0] = -1
START = np.arange(6.0).reshape(3, 2) / 6, np.zeros(2)


@pytest.fixture
def model(keras22):
    """A layer with two units and known weights."""
    model = keras22.models.Sequential([keras22.layers.Dense(2, input_shape=(3,))])
    model.set_weights(START)
    return model


def squares(t, p):
    import keras.backend as K

    return K.sum(K.square(t - p), -1)


def positive(t):
    import tensorflow as tf

    return tf.reduce_sum(tf.cast(t[:, 0] > 0, "int32"))


def of_masked_places(t, p):
    import tensorflow as tf

    mask = tf.greater(t, 0)
    return tf.reduce_mean(tf.square(tf.boolean_mask(t, mask) - tf.boolean_mask(p, mask)))


def of_hard_examples(t, p):
    import tensorflow as tf

    errors = squares(t, p)
    count = tf.cast(tf.cast(tf.shape(errors)[0], "float32") * 0.5, "int32")
    return tf.reduce_mean(tf.nn.top_k(errors, count)[0])


def of_as_many_as_are_positive(t, p):
    import tensorflow as tf

    return tf.reduce_mean(tf.nn.top_k(squares(t, p), positive(t))[0])


def of_partitions(t, p):
    import tensorflow as tf

    parts = tf.dynamic_partition(squares(t, p), tf.cast(t[:, 0] > 0, "int32"), 2)
    return tf.reduce_sum(parts[0]) * 2 + tf.reduce_sum(parts[1])


def of_a_loop(t, p):
    import tensorflow as tf

    count = positive(t)
    _, total = tf.while_loop(
        lambda i, s: i < count,
        lambda i, s: (i + 1, s + tf.reduce_sum(tf.square(t[i] - p[i]))),
        [0, 0.0],
    )
    return total


def of_slices(t, p):
    import tensorflow as tf

    n = positive(t)
    return tf.reduce_sum(tf.square(t[:n] - p[:n])) + tf.reduce_sum(tf.slice(p, [0, 0], [n, 1]))


def of_different_values(t, p):
    import tensorflow as tf

    values, _ = tf.unique(tf.cast(t[:, 0] > 0, "int32"))
    return tf.reduce_mean(tf.square(t - p)) * tf.cast(tf.shape(values)[0], "float32")


@pytest.mark.parametrize(
    ("loss", "losses", "evaluated", "kernel"),
    [
        (of_masked_places, [0.11553347, 0.0634967], 0.04253256, [0.07706237, 0.22217666]),
        (of_hard_examples, [1.76318216, 1.47061482], 1.97758432, [0.05296385, 0.25686601]),
        (of_as_many_as_are_positive, [1.60614717, 1.36861956], 1.09146637, [0.02495086, 0.2527883]),
        (of_partitions, [10.04014707, 13.23137379], 6.95100453, [-0.48284948, 0.06900692]),
        (of_a_loop, [2.49281031, 2.2267454], 1.59603615, [-0.0291489, 0.25711289]),
        (of_slices, [3.00335658, 1.97638953], 0.82957746, [-0.10875182, 0.25711289]),
        (of_different_values, [1.03331977, 0.96084982], 0.91332087, [0.00090653, 0.24243551]),
    ],
)
def test_losses_train_as_in_their_keras(keras22, model, loss, losses, evaluated, kernel):
    model.compile(keras22.optimizers.SGD(0.1), loss)
    with pytest.warns(UserWarning, match="runs operation by operation"):
        history = model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0)
    np.testing.assert_allclose(history.history["loss"], losses, rtol=2e-5)
    np.testing.assert_allclose(model.evaluate(X, Y, batch_size=3, verbose=0), evaluated, rtol=2e-5)
    model.train_on_batch(X, Y)
    np.testing.assert_allclose(model.get_weights()[0][0], kernel, rtol=1e-4, atol=1e-6)


def test_extremes_of_no_element(keras22):
    """In an image without boxes there is no best overlap."""
    import tensorflow as tf

    K = keras22.backend
    rows, numbers = tf.placeholder(tf.float32, (None, 3)), tf.placeholder(tf.int32, (None,))
    fed = {rows: np.zeros((0, 3)), numbers: np.zeros(0)}
    session = K.get_session()
    for function, of_rows, of_numbers in (
        (K.max, -np.inf, -(2**31)),
        (tf.reduce_max, -np.inf, -(2**31)),
        (K.min, np.inf, 2**31 - 1),
        (tf.reduce_min, np.inf, 2**31 - 1),
    ):
        np.testing.assert_array_equal(session.run(function(rows, 0), fed), [of_rows] * 3)
        assert session.run(function(numbers), fed) == of_numbers


def test_a_metric_of_the_places_that_count(keras22, model):
    import tensorflow as tf

    def of_positive(t, p):
        return tf.reduce_mean(tf.gather_nd(p, tf.where(tf.greater(t[:, 0], 0))))

    model.compile(keras22.optimizers.SGD(0.1), "mse", metrics=[of_positive])
    with pytest.warns(UserWarning, match="Model 'sequential_1': sizes depend on values"):
        history = model.fit(
            X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0, validation_data=(X, Y)
        ).history
    np.testing.assert_allclose(history["of_positive"], [0.59542026, 0.60314634], rtol=1e-5)
    np.testing.assert_allclose(history["val_of_positive"], [0.62163159, 0.62629858], rtol=1e-5)


@pytest.fixture
def with_a_part_by_value(keras22):
    """A model with two outputs, the second a sum over those numbers of the first that are great."""
    import tensorflow as tf

    K, layers = keras22.backend, keras22.layers
    x = layers.Input((3,))
    y = layers.Dense(2)(x)

    def great_ones(v):
        return K.sum(tf.boolean_mask(v, v > 0.3)) + 0 * K.sum(v, -1, keepdims=True)

    model = keras22.models.Model(x, [y, layers.Lambda(great_ones, output_shape=(1,))(y)])
    model.set_weights(START)
    return model


def test_a_layer_trains_as_in_its_keras(keras22, with_a_part_by_value):
    model = with_a_part_by_value
    model.compile(keras22.optimizers.SGD(0.1), "mse")
    with pytest.warns(UserWarning, match="runs operation by operation"):
        losses = model.train_on_batch(X, [Y, Y[:, :1]])
    np.testing.assert_allclose(losses, [85.803337, 0.5151307, 85.288208], rtol=1e-5)
    np.testing.assert_allclose(model.get_weights()[0][0], [-6.20186710, -6.01449729], rtol=1e-5)
    after = model.evaluate(X, [Y, Y[:, :1]], verbose=0)
    np.testing.assert_allclose(after, [459.52945, 458.41226, 1.1171875], rtol=1e-5)


def test_a_layer_predicts_without_being_compiled(with_a_part_by_value):
    with pytest.warns(UserWarning, match="runs operation by operation"):
        values, sums = with_a_part_by_value.predict(X)
    np.testing.assert_allclose(sums, np.full((8, 1), values[values > 0.3].sum()), rtol=1e-5)


def test_metrics_by_functions_of_numpy(keras22, model):
    import tensorflow as tf

    def rank(t, p):
        return tf.py_func(
            lambda t, p: np.float32(np.mean(np.argsort(p[:, 0]) * t[:, 1])), [t, p], tf.float32
        )

    def share(t, p):
        value = tf.py_func(lambda t, p: np.float64((t > p).mean()), [t, p], tf.double)
        value.set_shape(())
        return keras22.backend.cast(value, "float32")

    model.compile(keras22.optimizers.SGD(0.1), "mse", metrics=[rank, share])
    with pytest.warns(UserWarning, match="runs operation by operation"):
        model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0)
    values = model.evaluate(X, Y, batch_size=3, verbose=0)
    np.testing.assert_allclose(values, [0.46813201, 0.88541667, 0.6875], rtol=1e-5)
    model.train_on_batch(X, Y)
    kernel = [[-0.01367173, 0.21667613], [0.31534472, 0.55310875], [0.6443612, 0.8895414]]
    np.testing.assert_allclose(model.get_weights()[0], kernel, rtol=1e-4)


def test_a_function_of_numpy_in_a_loss_has_no_derivative(keras22, model):
    import tensorflow as tf

    def loss(t, p):
        doubled = tf.py_func(lambda p: (p * 2).astype("float32"), [p], tf.float32)
        return squares(t, p) / 2 + tf.reduce_mean(tf.reshape(doubled, tf.shape(p)) * p, -1)

    model.compile(keras22.optimizers.SGD(0.1), loss)
    with pytest.warns(UserWarning, match="runs operation by operation"):
        history = model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["loss"], [1.46293563, 1.1184828], rtol=1e-5)
    np.testing.assert_allclose(model.get_weights()[0][0], [-0.07646159, 0.08572395], rtol=1e-4)


def test_a_function_of_numpy_in_a_layer(keras22):
    import tensorflow as tf

    def by_size(v):
        return tf.reshape(tf.py_func(lambda a: np.sort(a, 1), [v], tf.float32), (-1, 3))

    x = keras22.layers.Input((3,))
    y = keras22.layers.Dense(2)(keras22.layers.Lambda(by_size, output_shape=(3,))(x))
    model = keras22.models.Model(x, y)
    model.set_weights(START)
    with pytest.warns(UserWarning, match="runs operation by operation"):
        values = model.predict(X[:, ::-1])
    np.testing.assert_allclose(values[0], [0.06944445, 0.09027778], rtol=1e-5)
    model.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="runs operation by operation"):
        value = model.train_on_batch(X[:, ::-1], Y)
    np.testing.assert_allclose(value, 0.5151307, rtol=1e-5)


def test_functions_of_k_compute_such_layers(keras22, with_a_part_by_value):
    K, model = keras22.backend, with_a_part_by_value
    function = K.function([model.input, K.learning_phase()], model.outputs)
    for x in (X, X[:3] * 2):
        values, sums = function([x, 0])
        np.testing.assert_allclose(sums, np.full((len(x), 1), values[values > 0.3].sum()), 1e-5)
    gradients = K.function([model.input], K.gradients(K.sum(model.outputs[1]), [model.input]))
    values, _ = function([X, 0])
    expected = 8 * (values > 0.3) @ START[0].T
    np.testing.assert_allclose(gradients([X])[0], expected, rtol=1e-5)


def test_the_shape_of_a_layer_is_found_on_few_numbers(keras22):
    """A function with sizes by values is called, on small arrays where sizes are not known."""
    import tensorflow as tf

    K, layers = keras22.backend, keras22.layers
    sizes = []

    def great_ones(x):
        chosen = tf.boolean_mask(x, x > 0.5)
        sizes.append(int(np.prod(x.shape)))
        return x * K.sum(chosen)

    image = layers.Input((None, None, 64))
    assert layers.Lambda(great_ones)(image).shape.as_list() == [None, None, None, 64]
    assert sizes and max(sizes) <= 2**24


def test_compiled_programs_stay_compiled(keras22, model):
    model.compile(keras22.optimizers.SGD(0.1), lambda t, p: squares(t, p))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(X, Y, verbose=0)
    assert not model.program.execution.eager


def test_a_condition_on_a_tensor_stays_refused(keras22, model):
    def loss(t, p):
        return squares(t, p) if squares(t, p)[0] > 0 else squares(t, p) * 2

    model.compile("sgd", loss)
    with pytest.raises(TypeError, match="bool"):
        model.train_on_batch(X, Y)


def test_a_lambda_that_fits_the_data_alone_has_the_shape_it_says(keras22):
    """Two inputs of unknown sizes of which one has four times as many numbers as the other, and a
    loop over the samples, as in the loss of YOLO 3.
    """
    import tensorflow as tf

    K, layers = keras22.backend, keras22.layers
    image = layers.Input((None, None, 1))
    coarse = layers.MaxPooling2D(2)(image)

    def summed(tensors):
        rows = K.concatenate([K.reshape(tensors[0], (-1, 4)), K.reshape(tensors[1], (-1, 16))])
        count = K.shape(tensors[0])[0]
        _, total = tf.while_loop(
            lambda i, so_far: i < count, lambda i, so_far: (i + 1, so_far + rows[i]), [0, 0.0]
        )
        return total + 0 * rows

    output = layers.Lambda(summed, output_shape=(20,))([coarse, image])
    model = keras22.models.Model(image, output)
    assert model.output_shape == (None, 20)
    images = np.arange(32.0).reshape(2, 4, 4, 1)
    rows = np.concatenate([images[:, 1::2, 1::2].reshape(2, 4), images.reshape(2, 16)], 1)
    np.testing.assert_allclose(model.predict(images), np.stack([rows.sum(0)] * 2))
    with pytest.raises(TypeError, match="Layer 'lambda_2'"):
        layers.Lambda(summed)([coarse, image])

"""Datasets of TensorFlow that are given to models."""

import numpy as np
import pytest

from jaxcnn import compat

X = np.arange(20, dtype="float32").reshape(10, 2)
Y = np.arange(10)[:, None]


@pytest.fixture
def tf(as_keras):
    compat.install("2.2", tensorflow=True)
    import tensorflow

    return tensorflow


def numbers(dataset):
    return [np.asarray(element).tolist() for element in dataset]


def test_elements_and_batches(tf):
    of_ten = tf.data.Dataset.range(10)
    assert numbers(of_ten.batch(4)) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert numbers(of_ten.batch(4, drop_remainder=True)) == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert numbers(of_ten.skip(7).repeat(2).map(lambda i: tf.square(i))) == [49, 64, 81] * 2
    assert numbers(of_ten.filter(lambda i: i % 4 < 1).take(2)) == [0, 4]
    assert numbers(of_ten.repeat().skip(8).take(4).prefetch(tf.data.experimental.AUTOTUNE)) == [
        8,
        9,
        0,
        1,
    ]
    assert numbers(tf.data.Dataset.zip((of_ten, of_ten.skip(8)))) == [[0, 8], [1, 9]]
    both = tf.data.Dataset.from_tensors([1, 2]).concatenate(tf.data.Dataset.from_tensors([3]))
    assert numbers(both) == [[1, 2], [3]]
    element = next(iter(tf.data.Dataset.from_tensor_slices({"x": X, "y": Y}).batch(3)))
    np.testing.assert_array_equal(element["x"], X[:3])


def test_orders(tf):
    shuffled = tf.data.Dataset.range(50).shuffle(50, seed=1)
    first, second = numbers(shuffled), numbers(shuffled)
    assert sorted(first) == sorted(second) == list(range(50)) and first != second
    again = tf.data.Dataset.range(50).shuffle(50, seed=1, reshuffle_each_iteration=False)
    assert numbers(again) == numbers(again) != list(range(50))
    near = numbers(tf.data.Dataset.range(50).shuffle(3))
    assert all(number <= i + 3 for i, number in enumerate(near))
    calls = []

    def made():
        calls.append(1)
        yield from ((i, float(i)) for i in range(3))

    cached = tf.data.Dataset.from_generator(made, (tf.int32, tf.float32)).cache()
    assert numbers(cached) == numbers(cached) == [[0, 0], [1, 1], [2, 2]]
    assert calls == [1] and next(iter(cached))[1].dtype == np.float32


def test_models_take_them(tf):
    def model():
        dense = tf.keras.layers.Dense(1, kernel_initializer="zeros", input_shape=(2,))
        model = tf.keras.Sequential([dense])
        model.compile("sgd", "mse")
        return model

    by_arrays, by_dataset = model(), model()
    halves = tf.data.Dataset.from_tensor_slices((X, Y)).map(lambda x, y: (x / 2.0, y)).batch(5)
    expected = by_arrays.fit(X / 2, Y, batch_size=5, epochs=2, shuffle=False, verbose=0)
    history = by_dataset.fit(halves.repeat(), epochs=2, steps_per_epoch=2, verbose=0)
    np.testing.assert_allclose(history.history["loss"], expected.history["loss"], rtol=1e-5)
    assert by_dataset.evaluate(halves, verbose=0) == pytest.approx(
        by_arrays.evaluate(X / 2, Y, verbose=0), rel=1e-4
    )
    assert by_dataset.predict(halves.map(lambda x, y: x)).shape == (10, 1)


def test_elements_as_tensors(tf):
    """A run draws one element, whatever asks for parts of it."""
    iterator = tf.data.Dataset.range(3).make_initializable_iterator()
    number, session = iterator.get_next(), tf.Session()
    with pytest.raises(tf.errors.FailedPreconditionError, match="run its initializer"):
        session.run(number)
    for _ in range(2):
        session.run(iterator.initializer)
        assert [session.run([number, number * 2]) for _ in range(3)] == [[0, 0], [1, 2], [2, 4]]
        with pytest.raises(tf.errors.OutOfRangeError, match="End of sequence"):
            session.run(number)
    pairs = tf.data.Dataset.from_tensor_slices({"x": X, "y": Y}).batch(4)
    parts = pairs.make_one_shot_iterator().get_next("pair")
    assert parts["x"].get_shape().as_list() == [None, 2] and parts["x"].name == "pair:0"
    values = session.run(parts)
    np.testing.assert_array_equal(values["x"], X[:4])
    np.testing.assert_array_equal(values["y"], Y[:4])
    whole = pairs.batch(2, drop_remainder=True).make_one_shot_iterator().get_next()
    assert whole["x"].get_shape().as_list() == [2, 4, 2]


def test_models_of_elements(tf):
    """The numbers are those of the real Keras 2.2.4."""
    x = X / 20
    y = x.sum(1, keepdims=True)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).map(lambda x, y: (x * 2, y))
    features, labels = batches.repeat().batch(4).make_one_shot_iterator().get_next()
    inputs = tf.keras.layers.Input(tensor=features)
    output = tf.keras.layers.Dense(1, kernel_initializer="ones")(inputs)
    model = tf.keras.models.Model(inputs, output)
    optimizer = tf.keras.optimizers.SGD(0.1)
    model.compile(optimizer, "mse", target_tensors=[labels], metrics=["mae"])
    history = model.fit(epochs=2, steps_per_epoch=3, verbose=0).history
    np.testing.assert_allclose(history["loss"], [0.45814, 0.03893], atol=2e-5)
    np.testing.assert_allclose(history["mean_absolute_error"], [0.5707, 0.17732], atol=2e-5)
    kernel, _ = model.get_weights()
    np.testing.assert_allclose(kernel[:, 0], [0.62021, 0.59353], atol=2e-5)
    results = model.evaluate(steps=2, verbose=0)
    np.testing.assert_allclose(results, [0.01835, 0.1071], atol=2e-5)
    assert model.predict(None, steps=2).shape == (8, 1)


def test_refusals(tf):
    with pytest.raises(ValueError, match=r"where they are numbers; part 0 of one is"):
        tf.data.Dataset.from_tensors(np.array(["a"])).make_one_shot_iterator().get_next()
    with pytest.raises(ValueError, match="has no elements"):
        tf.data.Dataset.range(0).make_one_shot_iterator()
    with pytest.raises(AttributeError, match=r"tf\.data\.Dataset\.interleave is not one of"):
        tf.data.Dataset.range(3).interleave  # noqa: B018
    with pytest.raises(ValueError, match="the arrays have lengths"):
        tf.data.Dataset.from_tensor_slices((X, Y[:3]))
    with pytest.raises(ValueError, match="leave `filename` out"):
        tf.data.Dataset.range(3).cache("file")

"""Random arrays: their distributions, and where their numbers come from."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import config
from jaxcnn.layers import Dense, Input, Lambda
from jaxcnn.models import Model

SHAPE = (200, 100)


@pytest.mark.parametrize(
    ("draw", "mean", "std", "low", "high"),
    [
        (lambda **k: K.random_normal(SHAPE, 1.0, 2.0, **k), 1.0, 2.0, -np.inf, np.inf),
        (lambda **k: K.random_uniform(SHAPE, -1.0, 3.0, **k), 1.0, 4 / 12**0.5, -1, 3),
        (lambda **k: K.truncated_normal(SHAPE, 1.0, 2.0, **k), 1.0, 2 * 0.8796, -3, 5),
        (lambda **k: K.random_binomial(SHAPE, 0.3, **k), 0.3, 0.21**0.5, 0, 1),
    ],
    ids=["normal", "uniform", "truncated", "binomial"],
)
def test_distribution(draw, mean, std, low, high):
    values = np.asarray(draw())
    assert values.dtype == np.float32 and values.shape == SHAPE
    assert abs(values.mean() - mean) < 0.06 and abs(values.std() - std) < 0.05
    assert low <= values.min() and values.max() <= high
    assert not np.array_equal(values, draw())
    np.testing.assert_array_equal(draw(seed=3), draw(seed=3))
    assert draw(dtype="bfloat16").dtype.name == "bfloat16"


def test_the_stream_starts_with_the_seed():
    config.set_random_seed(1)
    first = [K.random_normal((3,)).tolist() for _ in range(2)]
    config.set_random_seed(1)
    assert [K.random_normal((3,)).tolist() for _ in range(2)] == first
    config.set_random_seed(2)
    assert K.random_normal((3,)).tolist() != first[0] != first[1]


def test_random_variables():
    normal = K.random_normal_variable((2, 3), 5.0, 1e-3, name="start")
    assert normal.name == "start" and K.int_shape(normal) == (2, 3)
    np.testing.assert_allclose(K.eval(normal), 5, atol=0.1)
    uniform = K.eval(K.random_uniform_variable((50,), 2, 3, dtype="float16"))
    assert uniform.dtype == np.float16 and uniform.min() >= 2 and uniform.max() <= 3


def test_initial_weights_by_a_users_function_depend_on_seed_and_layer_only():
    def my_init(shape, dtype=None):
        return K.random_normal(shape, dtype=dtype)

    def weights():
        layer = Dense(3, kernel_initializer=my_init, name="fixed")
        layer(Input((2,)))
        return layer.get_weights()[0]

    first = weights()
    K.random_normal((5,))
    np.testing.assert_array_equal(weights(), first)
    config.set_random_seed(1)
    assert not np.array_equal(weights(), first)


def test_noise_inside_a_layer_is_new_in_every_step():
    x = Input((2,))
    noise = Lambda(lambda v: K.random_normal((K.shape(v)[0], 2)))(Dense(2)(x))
    model = Model(x, noise)
    data = np.zeros((4, 2), "f")
    draw = K.function(
        [x], [noise, K.random_uniform(K.shape(x)), K.random_uniform(K.shape(x), seed=1)]
    )
    once, again = draw([data]), draw([data])
    assert not any(np.array_equal(a, b) for a, b in zip(once, again, strict=True))
    assert not np.array_equal(once[1], once[2])
    model.compile("sgd", lambda t, p: K.sum(p, axis=-1))
    losses = model.fit(data, data, epochs=3, batch_size=4, verbose=0).history["loss"]
    assert len(set(losses)) == 3
    assert not np.array_equal(model.predict(data), model.predict(data))


def test_dropout():
    x = np.ones((100, 50), "f")
    dropped = np.asarray(K.dropout(x, 0.2))
    assert set(np.unique(dropped)) == {0, 1.25} and abs((dropped == 0).mean() - 0.2) < 0.03
    shared = np.asarray(K.dropout(x, 0.5, noise_shape=(None, 1)))
    assert (shared == shared[:, :1]).all()
    np.testing.assert_array_equal(K.dropout(x, 0.5, seed=1), K.dropout(x, 0.5, seed=1))


def test_random_tensors_outside_of_functions_are_drawn_in_each_run():
    x = Input((3,))
    noise = K.random_normal((1, 3))
    model = Model(x, Lambda(lambda t: t + noise)(x))
    data = np.zeros((4, 3), "f")
    once, again = model.predict(data), model.predict(data)
    assert np.array_equal(once[0], once[3]) and not np.array_equal(once, again)
    run = K.function([x], [x + 2 * noise])
    assert not np.array_equal(run([data])[0], run([data])[0])
    assert not np.array_equal(K.eval(noise), K.eval(noise))
    assert K.get_value(K.variable(K.random_normal((2, 2)))).shape == (2, 2)
    assert (noise * 0).tolist() == [[0, 0, 0]] and np.mean(K.random_uniform((9,)) + 1) >= 1
    with pytest.raises(TypeError, match="has no value yet"):
        np.asarray(x)
    with pytest.raises(AttributeError, match="no attribute 'tolist'"):
        x.tolist()

"""`K.function`, `K.gradients`, `K.eval` and updates."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import BatchNormalization, Dense, Dropout, Input, Lambda, Masking
from jaxcnn.models import Model, Sequential

X = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")


def test_inputs_outputs_and_intermediate_tensors():
    x = Input((4,))
    h = Dense(3)(x)
    model = Model(x, Dense(2)(h))
    both = K.function([x], [h, model.output])([X])
    assert isinstance(both, list) and all(isinstance(value, np.ndarray) for value in both)
    np.testing.assert_allclose(both[1], model.predict(X), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        K.function([h], [model.output])([both[0]])[0], both[1], rtol=1e-5, atol=1e-6
    )
    nested = K.function([x], [model(x * 2)])([X])[0]
    np.testing.assert_allclose(nested, model.predict(X * 2), rtol=1e-5, atol=1e-6)


def test_layers_of_a_book_program():
    model = Sequential([Dense(3, input_shape=(4,), name="first"), Dense(2)])
    get_output = K.function([model.layers[0].input], [model.layers[0].output])
    np.testing.assert_allclose(get_output([X])[0], X @ model.get_weights()[0], rtol=1e-4, atol=1e-5)
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    assert not get_output([X])[0].any()
    model.compile("sgd", "mse")
    model.fit(X, np.ones((5, 2)), epochs=1, verbose=0)
    np.testing.assert_allclose(
        K.function([model.input], [model.output])([X])[0], model.predict(X), rtol=1e-5
    )


def test_masks_reach_the_layers():
    x = Input((3, 1))
    counted = Lambda(lambda v, mask=None: K.sum(K.cast(mask, "float32"), 1))(Masking()(x))
    assert K.function([x], [counted])([np.array([[[1.0], [0], [2]]])])[0].tolist() == [2]


def test_training_mode_uses_batch_statistics_and_leaves_the_running_ones():
    x = Input((4,))
    norm = BatchNormalization()
    compute = K.function([x, K.learning_phase()], [norm(x)])
    np.testing.assert_allclose(compute([X, 1])[0].mean(0), np.zeros(4), atol=1e-5)
    np.testing.assert_allclose(compute([X, 0])[0], X / np.sqrt(1.001), rtol=1e-5)


def test_dropout_differs_between_calls_and_between_layers():
    x = Input((100,))
    h = Dropout(0.5)
    compute = K.function([x, K.learning_phase()], [h(x), h(x), Dropout(0.5)(x)])
    first, second = compute([np.ones((1, 100)), 1]), compute([np.ones((1, 100)), 1])
    found = {value.tobytes() for value in (*first, *second)}
    assert len(found) == 6


def test_a_gradient_sees_the_noise_of_its_loss():
    x = Input((50,))
    h = Dropout(0.5)(x)
    compute = K.function([x, K.learning_phase()], [h, *K.gradients(K.sum(h), x)])
    value, gradient = compute([np.ones((2, 50)), 1])
    np.testing.assert_array_equal(value, gradient)


def test_variables_and_updates():
    x, v, steps = Input((1,)), K.variable([2.0]), K.variable(0.0)
    run = K.function(
        [x],
        [x * v, v],
        updates=[K.update(v, K.sum(x, 0)), K.update_add(steps, 1), K.update_sub(v, 0)][:2],
    )
    assert [value.tolist() for value in run([[[3.0]]])] == [[[6]], [2]]
    assert K.get_value(v).tolist() == [3]
    assert run([[[5.0]]])[0].tolist() == [[15]]
    assert K.get_value(steps) == 2
    average = K.function(
        [x], [], updates=[K.moving_average_update(v, K.sum(x, 0), 0.9), K.update_sub(steps, 0.5)]
    )
    assert average([[[0.0]]]) == []
    np.testing.assert_allclose(K.get_value(v), [4.5])
    assert K.get_value(steps) == 1.5


def test_gradients_by_inputs_intermediate_tensors_weights_and_variables():
    x = Input((4,))
    dense, v, unused = Dense(3), K.variable(2.0), K.variable(1.0)
    h = dense(x)
    wanted = [x, h, dense.kernel, dense.bias, v]
    found = K.gradients(K.square(h) * v, [*wanted, unused, Dense(1)(x)])
    assert found[-2:] == [None, None]
    assert [K.int_shape(g) for g in found[:5]] == [K.int_shape(t) for t in wanted]
    kernel = K.get_value(dense.kernel)
    y = X @ kernel
    values = K.function([x], found[:5])([X])
    for value, expected in zip(
        values, [4 * y @ kernel.T, 4 * y, 4 * X.T @ y, 4 * y.sum(0), (y**2).sum()], strict=True
    ):
        np.testing.assert_allclose(value, expected, rtol=1e-4, atol=1e-4)


def test_gradients_of_weights_inside_a_nested_model():
    inner = Sequential([Dense(2, input_shape=(4,)), Dense(1)])
    x = Input((4,))
    kernel = inner.layers[0].kernel
    found = K.function([x], K.gradients(inner(x), kernel))([X])[0]
    np.testing.assert_allclose(
        found, np.outer(X.sum(0), inner.get_weights()[2]), rtol=1e-4, atol=1e-5
    )


def test_gradients_of_gradients_and_of_several_losses():
    x = Input((4,))
    (first,) = K.gradients(x**3, x)
    (second,) = K.gradients(first, x)
    (both,) = K.gradients([x**2, K.sum(x)], x)
    found = K.function([x], [first, second, both])([X])
    for value, wanted in zip(found, (3 * X**2, 6 * X, 2 * X + 1), strict=True):
        np.testing.assert_allclose(value, wanted, rtol=1e-4, atol=1e-5)


def test_stopped_gradients():
    x = Input((4,))
    found = K.function([x], K.gradients(x * K.stop_gradient(x), x))([X])[0]
    np.testing.assert_allclose(found, X)


def test_eval():
    assert K.eval(K.variable([1.0, 2])).tolist() == [1, 2]
    assert K.eval(K.ones((2,)) + 1).tolist() == [2, 2]
    assert K.eval(K.update_add(K.variable(1.0), 2.0)[1]) == 3
    with pytest.raises(ValueError, match="'input_1' is needed"):
        K.eval(Input((2,)) * 2)


def test_what_is_wrong_is_said():
    x, other = Input((4,), name="x"), Input((4,), name="other")
    with pytest.raises(TypeError, match="`inputs` must be a list"):
        K.function(x, [x])
    with pytest.raises(TypeError, match="symbolic"):
        K.function([X], [x])
    with pytest.raises(TypeError, match="pair"):
        K.function([x], [x], updates=[3])
    with pytest.raises(ValueError, match="'other' is needed"):
        K.function([x], [x + other])
    double = K.function([x], [2 * x])
    with pytest.raises(TypeError, match="list of 1 inputs"):
        double(X)
    with pytest.raises(ValueError, match=r"shape \(None, 4\); given an array of \(5, 3\)"):
        double([X[:, :3]])
    with pytest.raises(TypeError, match="loss must be a symbolic tensor"):
        K.gradients(X, x)
    with pytest.raises(TypeError, match="derivatives are by"):
        K.gradients(x, X)
    with pytest.raises(ValueError, match="by the weight 'dense_1/kernel:0' is computed"):
        dense = Dense(1)
        Model(x, K.gradients(dense(x), dense.kernel)[0]).predict(X)


def test_gradients_are_outputs_of_models():
    x = Input((4,))
    assert np.allclose(Model(x, K.gradients(x * x, x)[0]).predict(X), 2 * X)

"""Variables and weights in expressions: what they make is computed with the values of later."""

import numpy as np
import pytest

from jaxcnn import Model, Sequential, constraints, losses, regularizers
from jaxcnn import backend as K
from jaxcnn.layers import Dense, Input, Lambda
from jaxcnn.spellings.dialect import speaking

ONES = np.ones((1, 2), "float32")


def dense(**options):
    layer = Dense(1, use_bias=False, kernel_initializer="ones", **options)
    return Sequential([Input((2,)), layer]), layer


def test_soft_updates_of_a_target_network():
    (model, fast), (_, slow) = dense(), dense()
    updates = [(slow.kernel, 0.25 * fast.kernel + 0.75 * slow.kernel)]
    slow.set_weights([np.zeros((2, 1))])
    step = K.function([], [slow.kernel - fast.kernel], updates=updates)
    assert step([])[0].tolist() == [[-1], [-1]]
    model.set_weights([np.full((2, 1), 2.0)])
    step([])
    assert K.get_value(slow.kernel).tolist() == [[0.6875], [0.6875]]
    assert K.get_value(fast.kernel - slow.kernel).tolist() == [[1.3125], [1.3125]]


def test_averages_of_weights():
    _, layer = dense()
    average = K.variable(np.zeros((2, 1)))
    keep = K.function([], [], updates=[K.moving_average_update(average, layer.kernel, 0.5)])
    layer.set_weights([np.full((2, 1), 4.0)])
    keep([])
    assert K.get_value(average).tolist() == [[2], [2]]


def test_layers_called_on_variables():
    model, layer = dense()
    v = K.variable(ONES)
    results = layer(v), model(v)
    K.set_value(v, 2 * ONES)
    assert [K.eval(y).tolist() for y in results] == [[[4]], [[4]]]
    total = K.sum(K.square(results[0]))
    compute = K.function([v], [total, *K.gradients(total, v)])
    assert [np.asarray(r).tolist() for r in compute([3 * ONES])] == [36, [[12, 12]]]


def test_functions_of_the_library_take_variables():
    v = K.variable([[3.0, 4.0]])
    results = [
        regularizers.l2(0.5)(v),
        constraints.max_norm(1.0, axis=1)(v),
        losses.mean_squared_error(v, v * 2),
    ]
    K.set_value(v, [[0.0, 2.0]])
    for result, expected in zip(results, [2, [[0, 1]], [2]], strict=True):
        np.testing.assert_allclose(K.eval(result), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("use", "before", "after"),
    [
        (lambda scale: {"activation": lambda x: x * scale}, 8, 2),
        (lambda scale: {"kernel_constraint": lambda w: w * 0 + scale}, 8, 2),
    ],
)
def test_functions_over_expressions_of_variables(use, before, after):
    v = K.variable(2.0)
    model, _ = dense(**use(v * v))
    model.compile("sgd", "mse")
    results = []
    for value in (2.0, 1.0):
        K.set_value(v, value)
        model.train_on_batch(ONES, np.zeros((1, 1)))
        if model.layers[-1].kernel_constraint is None:
            model.set_weights([np.ones((2, 1))])
        results.append(model.predict(ONES).item())
    assert results == [before, after]


def test_losses_over_expressions_of_variables():
    v = K.variable(2.0)
    scale = v * v
    x = Input((2,))
    model = Model(x, Lambda(lambda t: t * scale)(x))
    model.compile("sgd", lambda true, pred: scale * K.mean(K.square(true - pred)))
    assert model.evaluate(ONES, 0 * ONES, verbose=0) == 64
    K.set_value(v, 1.0)
    assert model.evaluate(ONES, 0 * ONES, verbose=0) == 1


def test_losses_over_tensors_in_old_programs():
    x = Input((2,))
    hidden = Dense(3, kernel_initializer="ones")(x)
    model = Model(x, Dense(1, kernel_initializer="ones")(hidden))
    with speaking("2.0"):
        model.compile("sgd", lambda true, pred: K.mean(hidden) + 0 * K.mean(pred - true))
        assert model.evaluate(ONES, np.zeros((1, 1)), verbose=0) == 2


def test_what_is_asked_of_variables():
    v = K.variable(ONES)
    assert v.get_shape().as_list() == [1, 2] and v._keras_shape == (1, 2)
    assert v.shape[1].value == 2 and v._uses_learning_phase is False

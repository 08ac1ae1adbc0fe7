"""A learning phase that the user fixes: models and layers obey it when they are called, the pure
half never sees it.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jaxcnn.backend as K
from jaxcnn import training
from jaxcnn.layers import BatchNormalization, Dense, Dropout, Input, Layer
from jaxcnn.models import Model, Sequential
from jaxcnn.optimizers import SGD

X = np.random.default_rng(0).normal(1.0, 2.0, (32, 40)).astype(np.float32)


def dropping():
    model = Sequential([Dropout(0.5, input_shape=(40,))])
    model.compile("sgd", "mse")
    return model


def kept(outputs):
    return float(np.mean(np.asarray(outputs) != 0))


def test_predictions_and_evaluation_follow_the_phase_at_each_call():
    model = dropping()
    assert kept(model.predict(X)) == 1 and model.evaluate(X, X, verbose=0) == 0
    K.set_learning_phase(1)
    assert 0.4 < kept(model.predict(X)) < 0.6 and model.evaluate(X, X, verbose=0) > 0.1
    assert not np.array_equal(model.predict(X), model.predict(X))  # as in Keras
    assert model.test_on_batch(X, X) > 0.1
    K.set_learning_phase(0)
    assert kept(model.predict(X)) == 1 and model.test_on_batch(X, X) == 0


def test_training_in_inference_mode_drops_nothing_and_moves_no_statistics():
    norm = BatchNormalization(input_shape=(40,))
    model = Sequential([norm, Dropout(0.5), Dense(1, kernel_initializer="ones")])
    model.compile("sgd", "mse")
    before = norm.get_weights()
    K.set_learning_phase(0)
    expected = model.evaluate(X, X[:, :1], verbose=0)
    assert model.train_on_batch(X, X[:, :1]) == pytest.approx(expected, rel=1e-5)
    gamma, _, *statistics = norm.get_weights()
    assert not np.array_equal(gamma, before[0])
    np.testing.assert_array_equal(statistics, before[2:])
    K.set_learning_phase(None)
    model.fit(X, X[:, :1], epochs=1, verbose=0)
    assert not np.array_equal(norm.get_weights()[2], before[2])


def test_layers_and_models_on_arrays():
    layer = Dropout(0.5)
    assert kept(layer(X)) == 1
    K.set_learning_phase(1)
    assert 0.4 < kept(layer(X)) < 0.6 and 0.4 < kept(dropping()(X)) < 0.6
    K.set_learning_phase(0)
    assert kept(layer(X, training=True)) == 1


def test_functions_of_the_backend():
    x = Input((40,))
    compute = K.function([x], [Dropout(0.5)(x)])
    assert kept(compute([X])[0]) == 1
    K.set_learning_phase(1)
    assert 0.4 < kept(compute([X])[0]) < 0.6


def test_layers_inside_a_users_layer_are_in_its_mode():
    class Inner(Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.drop = Dropout(0.5)

        def call(self, inputs):
            return self.drop(inputs)

    x = Input((40,))
    model = Model(x, Inner()(x))
    assert kept(model.predict(X)) == 1 and 0.4 < kept(model(X, training=True)) < 0.6
    K.set_learning_phase(1)
    assert 0.4 < kept(model.predict(X)) < 0.6


def test_modules_and_pure_steps_are_functions_of_their_arguments():
    model = Sequential([BatchNormalization(input_shape=(40,)), Dropout(0.5)])
    module, variables = model.module, model.variables
    optimizer = SGD(0.1)
    step = training.train_step(module, "mse", optimizer)
    predict = training.predict_step(module)

    def results():
        state = training.init_state(module, optimizer, X)
        return jax.tree.leaves(
            (module.apply(variables, X), predict(variables, X), step(state, (X, X))[1])
        )

    free = results()
    for phase in (0, 1):
        K.set_learning_phase(phase)
        jax.tree.map(np.testing.assert_array_equal, results(), free)


def test_pure_steps_say_their_mode_by_arguments():
    model = Sequential([Dropout(0.5, input_shape=(40,))])
    module, key = model.module, jax.random.key(0)
    assert 0.4 < kept(training.predict_step(module, key=key)({}, X)) < 0.6
    state = training.init_state(module, SGD(0.1), X)
    for train, low, high in ((True, 0.1, np.inf), (False, 0.0, 0.0)):
        loss = training.train_step(module, "mse", SGD(0.1), train=train)(
            state, (X, jnp.asarray(X))
        )[1]["loss"]
        assert low <= float(loss) <= high

"""Optimizers that programs write with `get_updates`, and loops that use an optimizer's updates.

The numbers are those of Keras 2.0.4 and 2.2.4, all new values computed before any is assigned.
"""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import optimizers
from jaxcnn.layers import BatchNormalization, Dense, Input
from jaxcnn.models import Model, Sequential
from jaxcnn.saving import load_model

RANDOM = np.random.RandomState(0)
X, Y = RANDOM.rand(8, 3).astype("float32"), RANDOM.rand(8, 2).astype("float32")


class Keras1(optimizers.Optimizer):
    """Momentum that goes by the loss, as programs for Keras 1 and 2.0 are written."""

    def __init__(self, lr=0.05, beta=0.9, decay=0.1, **kwargs):
        super().__init__(**kwargs)
        self.__dict__.update(locals())
        self.iterations = K.variable(0.0)
        self.lr = K.variable(lr)
        self.beta = K.variable(beta)
        self.decay = K.variable(decay)
        self.inital_decay = decay

    def get_updates(self, params, constraints, loss):
        grads = self.get_gradients(loss, params)
        self.updates = []
        lr = self.lr
        if self.inital_decay > 0:
            lr *= 1.0 / (1.0 + self.decay * self.iterations)
        self.updates.append(K.update_add(self.iterations, 1))
        moments = [K.zeros(K.get_variable_shape(p)) for p in params]
        d = K.variable(1.0)
        self.weights = [self.iterations, d, *moments]
        f = K.clip(loss / (1.0 + d), 0.1, 10.0)
        self.updates.append(K.update(d, f))
        for p, g, m in zip(params, grads, moments, strict=True):
            v = self.beta * m - lr * g * f
            self.updates.append(K.update(m, v))
            new_p = p + v
            if p in constraints:
                new_p = constraints[p](new_p)
            self.updates.append(K.update(p, new_p))
        return self.updates

    def get_config(self):
        config = {name: float(K.get_value(getattr(self, name))) for name in ("lr", "beta", "decay")}
        return {**super().get_config(), **config}


class Keras2(Keras1):
    def get_updates(self, loss, params):
        return Keras1.get_updates(self, params, {}, loss)


class Doubled(optimizers.SGD):
    def __init__(self, note="", **kwargs):
        super().__init__(**kwargs)
        self.note = note

    def get_gradients(self, loss, params):
        return [2.0 * g for g in super().get_gradients(loss, params)]


class Averaged(optimizers.Adam):
    """Adam whose moves are halved, and the mean of the weights so far."""

    def get_updates(self, loss, params):
        updates = dict(super().get_updates(loss, params))
        self.means = [K.variable(K.get_value(p)) for p in params]
        for p, mean in zip(params, self.means, strict=True):
            updates[p] = p + 0.5 * (updates[p] - p)
            updates[mean] = mean + (updates[p] - mean) / (self.iterations + 2.0)
        return list(updates.items())


def network(constraint=None):
    x = Input((3,))
    y = Dense(2, kernel_constraint=constraint)(Dense(4, activation="tanh")(x))
    model = Model(x, y)
    model.set_weights(
        [np.linspace(-0.5, 0.5, w.size).reshape(w.shape) for w in model.get_weights()]
    )
    return model


def compiled(optimizer, constraint=None):
    model = network(constraint)
    model.compile(optimizer, "mse")
    return model


def in_a_loop(optimizer, order):
    """The losses of a program's own loop."""
    model, target = network(), K.placeholder((None, 2))
    loss = K.mean(K.square(model.output - target))
    arguments = {"loss": loss, "params": model.trainable_weights, "constraints": []}
    updates = optimizer.get_updates(*(arguments[name] for name in order))
    step = K.function([model.input, target], [loss], updates=updates)
    return [step([X, Y])[0] for _ in range(4)], model


IN_FIT = [0.19407321, 0.19109198, 0.18388238, 0.17402884]


def test_as_keras_trains_with_it():
    model = compiled(Keras2())
    losses = [model.train_on_batch(X, Y) for _ in range(4)]
    np.testing.assert_allclose(losses, IN_FIT, rtol=1e-5)
    optimizer = model.optimizer
    assert K.get_value(optimizer.iterations) == 4
    np.testing.assert_allclose(optimizer.get_weights()[1], 0.15045726, rtol=1e-5)
    np.testing.assert_allclose(in_a_loop(Keras2(), ("loss", "params"))[0], IN_FIT, rtol=1e-5)


def test_its_numbers_and_state_can_be_set():
    model = compiled(Keras1(clipnorm=0.5), "unit_norm")
    model.fit(X, Y, batch_size=4, epochs=1, verbose=0)
    optimizer, weights = model.optimizer, model.get_weights()
    np.testing.assert_allclose(np.square(weights[2]).sum(axis=0), [1, 1], rtol=1e-5)
    K.set_value(optimizer.lr, 0.0)
    K.set_value(optimizer.beta, 0.0)
    model.fit(X, Y, epochs=2, verbose=0)
    for before, after in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(before, after, atol=1e-6)
    assert K.get_value(optimizer.iterations) == 4
    assert optimizer.get_config() == pytest.approx(
        {"clipnorm": 0.5, "lr": 0.0, "beta": 0.0, "decay": 0.1}
    )
    state = [w + 1 for w in optimizer.get_weights()]
    optimizer.set_weights(state)
    for a, b in zip(optimizer.get_weights(), state, strict=True):
        np.testing.assert_array_equal(a, b)
    model.train_on_batch(X, Y)
    assert K.get_value(optimizer.iterations) == 6


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
def test_its_state_is_saved(suffix, tmp_path):
    model = compiled(Keras1())
    model.train_on_batch(X, Y)
    model.save(tmp_path / f"model{suffix}")
    again = load_model(tmp_path / f"model{suffix}", {"Keras1": Keras1})
    assert again.train_on_batch(X, Y) == pytest.approx(model.train_on_batch(X, Y), rel=1e-6)
    for a, b in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-7)


def test_gradients_of_a_users_own():
    doubled, plain = compiled(Doubled(lr=0.1, momentum=0.9)), compiled(optimizers.SGD(0.2, 0.9))
    for _ in range(2):
        assert doubled.train_on_batch(X, Y) == pytest.approx(plain.train_on_batch(X, Y), rel=1e-5)
    assert doubled.optimizer.get_config() == optimizers.SGD(0.1, 0.9).get_config()
    assert [w.shape for w in doubled.optimizer.get_weights()] == [(), (3, 4), (4,), (4, 2), (2,)]


def test_updates_on_top_of_those_of_a_rule():
    half, adam = compiled(Averaged(lr=0.1)), compiled(optimizers.Adam(0.1))
    start = half.get_weights()
    half.train_on_batch(X, Y)
    adam.train_on_batch(X, Y)
    means = [K.get_value(mean) for mean in half.optimizer.means]
    for a, b, c, mean in zip(start, half.get_weights(), adam.get_weights(), means, strict=True):
        np.testing.assert_allclose(b, (a + c) / 2, atol=1e-6)
        np.testing.assert_allclose(mean, (a + b) / 2, atol=1e-6)


@pytest.mark.parametrize(
    ("optimizer", "order"),
    [
        (optimizers.SGD(0.1, momentum=0.9, nesterov=True, decay=0.1), ("loss", "params")),
        (optimizers.Nadam(), ("params", "constraints", "loss")),
        (optimizers.Adam(0.01, clipnorm=0.05), ("params", "loss")),
    ],
)
def test_loops_with_a_rule_of_the_library(optimizer, order):
    losses, model = in_a_loop(optimizer, order)
    reference = compiled(type(optimizer).from_config(optimizer.get_config()))
    expected = [reference.train_on_batch(X, Y) for _ in range(4)]
    np.testing.assert_allclose(losses, expected, rtol=1e-5)
    for a, b in zip(model.get_weights(), reference.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)
    assert K.get_value(optimizer.iterations) == 4
    assert len(optimizer.get_weights()) == len(optimizer.weights) > 4


def test_gradients_of_an_optimizer():
    model = network()
    loss = K.sum(model.output)
    bias = model.trainable_weights[3]
    gradient = optimizers.SGD(clipvalue=0.5).get_gradients(loss, [bias])
    np.testing.assert_allclose(K.function([model.input], gradient)([X])[0], [0.5, 0.5])
    with pytest.raises(ValueError, match="leave it out of the params"):
        optimizers.SGD().get_updates(loss, [network().trainable_weights[0]])


def test_refusals():
    model = network()

    class Other(Keras2):
        def get_updates(self, loss, params):
            return [(params[0], K.gradients(loss * 2, params)[0])]

    class Tensors(Keras2):
        def get_updates(self, loss, params):
            return [(params[0], params[0] + K.mean(model.output))]

    class Nothing(Keras2):
        def get_updates(self, loss, params):
            return [params[0]]

    with pytest.raises(ValueError, match="derivatives of its `loss` by its `params` only"):
        model.compile(Other(), "mse")
    with pytest.raises(ValueError, match="it may use its loss, its params, and variables"):
        model.compile(Tensors(), "mse")
    with pytest.raises(TypeError, match="must return pairs"):
        model.compile(Nothing(), "mse")
    with pytest.raises(TypeError, match="Unexpected keyword argument passed to optimizer: speed"):
        Keras1(speed=1)


class WithUpdates(optimizers.Optimizer):
    """An optimizer with further updates, by which a target network follows the one in training."""

    def __init__(self, optimizer, additional_updates):
        super().__init__()
        self.optimizer, self.additional_updates = optimizer, additional_updates

    def get_updates(self, params, loss):
        updates = self.optimizer.get_updates(params=params, loss=loss)
        updates += self.additional_updates
        self.updates = updates
        return self.updates

    def get_config(self):
        return self.optimizer.get_config()


def test_a_target_network_follows():
    model, target = network(), network()
    pairs = zip(target.weights, model.weights, strict=True)
    updates = [(slow, 0.25 * fast + (1.0 - 0.25) * slow) for slow, fast in pairs]
    model.compile(WithUpdates(optimizers.SGD(0.5), updates), "mse")
    for step in (
        lambda: model.train_on_batch(X, Y),
        lambda: model.fit(X, Y, epochs=1, verbose=0),
    ):
        slow, fast = target.get_weights(), model.get_weights()
        step()
        for before, moved, after in zip(slow, fast, target.get_weights(), strict=True):
            np.testing.assert_allclose(after, 0.75 * before + 0.25 * moved, atol=1e-6)
    target.set_weights([np.zeros_like(w) for w in target.get_weights()])
    fast = model.get_weights()
    model.train_on_batch(X, Y)
    np.testing.assert_allclose(target.get_weights()[0], 0.25 * fast[0], atol=1e-6)


def test_an_optimizer_with_lr_made_from_learning_rate():
    class Plain(optimizers.Optimizer):
        def __init__(self, learning_rate=0.25, **kwargs):
            super().__init__(**kwargs)
            self.learning_rate = K.variable(learning_rate)
            self.iterations = K.variable(0, dtype="int64")

        @property
        def lr(self):
            return self.learning_rate

        @lr.setter
        def lr(self, value):
            self.learning_rate = value

        def get_updates(self, loss, params):
            every = K.equal((self.iterations + 1) // 2 * 2, self.iterations + 1)
            gradients = self.get_gradients(loss, params)
            self.updates = [K.update_add(self.iterations, 1)]
            for weight, gradient in zip(params, gradients, strict=True):
                moved = weight - self.lr * gradient
                self.updates.append(K.update(weight, K.switch(every, moved, weight)))
            return self.updates

    model = Sequential([Dense(1, use_bias=False, kernel_initializer="ones", input_shape=(1,))])
    model.compile(Plain(), "mse")
    values = []
    for _ in range(3):
        model.train_on_batch(np.ones((1, 1)), np.zeros((1, 1)))
        values.append(float(model.get_weights()[0][0, 0]))
    assert values == [1.0, 0.5, 0.5]  # every second step
    assert K.get_value(model.optimizer.lr) == 0.25


def test_an_optimizer_that_asks_for_no_gradients_needs_none():
    """Programs gather statistics by updates of layers so, with a loss that is the target."""

    class Still(optimizers.Optimizer):
        def get_updates(self, *args, **kwargs):
            return []

    model = Sequential([Dense(2, input_shape=(3,)), BatchNormalization()])
    model.compile(Still(), lambda y_true, y_pred: y_true)
    kernel, mean = model.get_weights()[0], model.layers[1].get_weights()[2]
    model.fit(np.ones((4, 3)), np.ones((4, 2)), epochs=1, verbose=0)
    assert np.array_equal(model.get_weights()[0], kernel)
    assert not np.array_equal(model.layers[1].get_weights()[2], mean)

"""Agents that learn by rewards, in the style of programs of 2016 to 2019: the numbers are those of
Keras 2.2.4.
"""

import numpy as np
import pytest

from jaxcnn import compat

RANDOM = np.random.RandomState(0)


@pytest.fixture
def keras22(as_keras):
    compat.install("2.2", tensorflow=True)
    RANDOM.seed(0)
    import keras

    return keras


def spread(model):
    """The model with weights from -0.5 to 0.5."""
    model.set_weights(
        [np.linspace(-0.5, 0.5, w.size).reshape(w.shape) for w in model.get_weights()]
    )
    return model


def copied(keras, model):
    config = {"class_name": type(model).__name__, "config": model.get_config()}
    copy = keras.models.model_from_config(config, custom_objects={})
    copy.set_weights(model.get_weights())
    return copy


def following(target, source, tau):
    pairs = zip(target.trainable_weights, source.trainable_weights, strict=True)
    return [(slow, tau * fast + (1.0 - tau) * slow) for slow, fast in pairs]


def with_updates(keras, optimizer, additional):
    class WithUpdates(keras.optimizers.Optimizer):
        def get_updates(self, params, loss):
            self.updates = optimizer.get_updates(params=params, loss=loss)
            self.updates += additional
            return self.updates

    return WithUpdates()


def huber(y_true, y_pred):
    from keras import backend as K

    x = y_true - y_pred
    return K.switch(K.abs(x) < 1.0, 0.5 * K.square(x), K.abs(x) - 0.5)


def test_a_deep_q_network(keras22):
    from keras import backend as K
    from keras.layers import Activation, Dense, Flatten, Input, Lambda
    from keras.models import Model, Sequential

    layers = [Flatten(input_shape=(1, 4)), Dense(8), Activation("relu"), Dense(2)]
    model = spread(Sequential([*layers, Activation("linear")]))
    target = copied(keras22, model)
    target.compile(optimizer="sgd", loss="mse")
    model.compile(optimizer="sgd", loss="mse")

    def masked(given):
        y_true, y_pred, mask = given
        return K.sum(huber(y_true, y_pred) * mask, axis=-1)

    def mean_q(y_true, y_pred):
        return K.mean(K.max(y_pred, axis=-1))

    y_true, mask = Input(name="y_true", shape=(2,)), Input(name="mask", shape=(2,))
    loss = Lambda(masked, output_shape=(1,), name="loss")([y_true, model.output, mask])
    trainable = Model([model.input, y_true, mask], [loss, model.output])
    optimizer = with_updates(
        keras22, keras22.optimizers.Adam(lr=1e-2), following(target, model, 0.1)
    )
    losses = [lambda y_true, y_pred: y_pred, lambda y_true, y_pred: K.zeros_like(y_pred)]
    metrics = {trainable.output_names[1]: ["mae", mean_q]}
    trainable.compile(optimizer=optimizer, loss=losses, metrics=metrics)
    results = []
    for _ in range(4):
        before, after = RANDOM.rand(16, 1, 4), RANDOM.rand(16, 1, 4)
        best = np.argmax(model.predict_on_batch(after), 1)
        rewards = 0.99 * target.predict_on_batch(after)[range(16), best] + RANDOM.rand(16)
        targets, masks = np.zeros((16, 2)), np.zeros((16, 2))
        for i, action in enumerate(RANDOM.randint(0, 2, 16)):
            targets[i, action], masks[i, action] = rewards[i], 1
        results.append(trainable.train_on_batch([before, targets, masks], [rewards, targets]))
    expected = [
        [0.59056, 0.80351, 1.11502],
        [0.74181, 0.92803, 1.1303],
        [0.48394, 0.75274, 1.27383],
        [0.75523, 1.07218, 1.40134],
    ]
    np.testing.assert_allclose(np.array(results)[:, [0, 3, 4]], expected, rtol=2e-5)
    assert sum(np.abs(w).sum() for w in target.get_weights()) == pytest.approx(15.873, abs=1e-3)


def test_an_actor_and_its_critic(keras22):
    from keras import backend as K
    from keras.layers import Activation, Concatenate, Dense, Flatten, Input
    from keras.models import Model, Sequential

    layers = [Flatten(input_shape=(1, 3)), Dense(8, activation="relu"), Dense(1)]
    actor = spread(Sequential([*layers, Activation("linear")]))
    action, seen = Input((1,)), Input((1, 3))
    x = Activation("relu")(Dense(8)(Concatenate()([action, Flatten()(seen)])))
    critic = spread(Model([action, seen], Activation("linear")(Dense(1)(x))))
    slow_actor, slow_critic = copied(keras22, actor), copied(keras22, critic)
    for model in (actor, slow_actor, slow_critic):
        model.compile("sgd", "mse")
    adam = keras22.optimizers.Adam(lr=0.01, clipnorm=1.0)
    critic.compile(
        optimizer=with_updates(keras22, adam, following(slow_critic, critic, 1e-2)),
        loss=lambda y_true, y_pred: K.mean(huber(y_true, y_pred), axis=-1),
        metrics=["mae"],
    )
    assert critic.input.index(action) == 0
    optimizer = keras22.optimizers.Adam(lr=0.01, clipnorm=1.0)
    score = -K.mean(critic([actor([seen]), seen]))
    updates = optimizer.get_updates(params=actor.trainable_weights, loss=score)
    updates += following(slow_actor, actor, 1e-2)
    train_actor = K.function([seen, K.learning_phase()], [actor([seen])], updates=updates)
    actor.optimizer = optimizer
    assert actor.optimizer is optimizer
    results = []
    for _ in range(3):
        before, after = RANDOM.rand(16, 1, 3), RANDOM.rand(16, 1, 3)
        actions, rewards = RANDOM.rand(16, 1), RANDOM.rand(16)
        later = slow_critic.predict_on_batch([slow_actor.predict_on_batch(after), after])
        goals = (rewards + 0.99 * later.flatten()).reshape(16, 1)
        metrics = critic.train_on_batch([actions, before], goals)
        results.append([*metrics, train_actor([before, True])[0].sum()])
    expected = [[0.2671, 0.6446, 2.479], [0.2053, 0.5392, 0.698], [0.1908, 0.5342, 1.01]]
    np.testing.assert_allclose(results, expected, atol=6e-4)
    assert np.abs(slow_actor.get_weights()[0]).sum() == pytest.approx(6.25939, abs=1e-5)
    actor.train_on_batch(before, actions)  # by the optimizer that was set


def test_what_agents_pass_on(keras22):
    from keras.layers import Dense, Flatten
    from keras.models import Sequential

    model = spread(Sequential([Flatten(input_shape=(1, 4)), Dense(2)]))
    model.compile("sgd", "mse")
    states = np.array([[RANDOM.rand(4)] for _ in range(3)], dtype=object)
    expected = model.predict_on_batch(states.astype(float))
    np.testing.assert_array_equal(model.predict_on_batch(states), expected)
    with pytest.raises(TypeError, match="numbers are needed"):
        model.predict_on_batch(np.array([[["a"] * 4]], dtype=object))
    x, y, _ = model._standardize_user_data(
        states.astype(float), np.zeros((3, 2)), check_batch_axis=False
    )
    assert x[0].shape == (3, 1, 4) and y[0].shape == (3, 2)


def test_a_loss_that_a_layer_computes_for_the_whole_batch(keras22):
    """As detectors of boxes are trained: the grid's sizes are known when the model runs."""
    from keras import backend as K
    from keras.layers import Conv2D, Input, Lambda
    from keras.models import Model

    def loss(given):
        p, y = given
        grid = K.shape(p)[1:3]
        rows = K.tile(K.reshape(K.arange(0, stop=grid[0]), [-1, 1, 1]), [1, grid[1], 1])
        columns = K.tile(K.reshape(K.arange(0, stop=grid[1]), [1, -1, 1]), [grid[0], 1, 1])
        cells = K.cast(K.concatenate([columns, rows]), K.dtype(p))
        centres = (K.sigmoid(p[..., :2]) + cells) / K.cast(grid[::-1], K.dtype(p))
        there = y[..., 4:5]
        missed = there * K.square(centres - y[..., :2])
        surely = K.binary_crossentropy(there, p[..., 4:5], from_logits=True)
        return K.sum(missed) / K.cast(K.shape(p)[0], "float32") + K.sum(surely) / 10

    x, y = Input((4, 4, 3)), Input((4, 4, 5))
    total = Lambda(loss, output_shape=(1,), name="total")([Conv2D(5, 1)(x), y])
    model = spread(Model([x, y], total))
    model.compile("sgd", {"total": lambda y_true, y_pred: y_pred})
    data = [RANDOM.rand(2, 4, 4, 3), RANDOM.rand(2, 4, 4, 5)]
    losses = [model.train_on_batch(data, np.zeros(2)) for _ in range(3)]
    np.testing.assert_allclose(losses, [4.94231, 4.93939, 4.93654], rtol=1e-5)
    history = model.fit(data, np.zeros(2), batch_size=2, verbose=0).history
    assert history["loss"][0] == pytest.approx(4.93372, abs=1e-3)

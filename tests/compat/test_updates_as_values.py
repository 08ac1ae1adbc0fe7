"""Updates of variables that programs make in `call`, in optimizers, and by hand.

The numbers are those of Keras 2.2.4 on TensorFlow 1.13, all new values computed before any is
assigned.
"""

import numpy as np
import pytest

X = np.arange(24, dtype="float32").reshape(8, 3) / 24
Y = X.sum(1, keepdims=True)


def counting(keras, change):
    """A model whose first layer changes its number `n` in each call, as `change` says."""

    class Counting(keras.layers.Layer):
        def build(self, input_shape):
            self.n = self.add_weight(shape=(), initializer="zeros", name="n", trainable=False)
            super().build(input_shape)

        def call(self, x):
            return change(self, x)

    ones = keras.layers.Dense(1, kernel_initializer="ones")
    model = keras.models.Sequential([Counting(input_shape=(3,)), ones])
    model.compile("sgd", "mse")
    return model


def then_unchanged(update):
    """A `call` that adds this update and returns its input."""

    def change(layer, x):
        layer.add_update(update(layer), x)
        return x

    return change


def test_layers_assign_to_their_weights(keras22):
    import tensorflow as tf
    from keras import backend as K

    def demanded(layer, x):
        with tf.control_dependencies([layer.n.assign(layer.n + 1.0)]):
            return tf.identity(x)

    changes = {
        3: [
            then_unchanged(lambda layer: [K.update_add(layer.n, 1)]),
            then_unchanged(lambda layer: layer.n.assign_add(1.0)),
            then_unchanged(lambda layer: [tf.assign_add(layer.n, 1.0)]),
            demanded,
        ],
        6: [then_unchanged(lambda layer: layer.n.assign(layer.n + 2.0))],
        -3: [then_unchanged(lambda layer: layer.n.assign_sub(1.0))],
    }
    for expected, functions in changes.items():
        for function in functions:
            model = counting(keras22, function)
            for _ in range(3):
                model.train_on_batch(X, Y)
            assert K.get_value(model.layers[0].n) == expected, function


def test_a_layer_computes_with_its_update(keras22):
    from keras import backend as K

    model = counting(keras22, lambda layer, x: x * K.update_add(layer.n, 1.0))
    losses = [model.train_on_batch(X, Y) for _ in range(3)]
    np.testing.assert_allclose(losses, [0, 2.80469, 9.83702], atol=1e-5)
    assert K.get_value(model.layers[0].n) == 3
    with pytest.raises(TypeError, match="nothing carries it out"):
        K.update(K.variable(1.0), 2.0) * 2


def test_updates_by_hand(keras22):
    from keras import backend as K

    a, b = K.variable(1.0), K.variable(2.0)
    updates = [K.update(a, a + b), K.update_sub(b, 0.5)]
    assert (K.get_value(a), K.get_value(b)) == (1, 2)
    K.batch_get_value(updates[:1])
    K.get_value(updates[1])
    assert (K.get_value(a), K.get_value(b)) == (3, 1.5)
    assert K.eval(K.update(a, b * 2)) == K.get_value(a) == 3
    K.batch_get_value([K.update(a, b), K.update(b, a)])  # together
    assert (K.get_value(a), K.get_value(b)) == (1.5, 3)
    session = K.get_session()
    assert session.run(K.update_add(a, 1.0)) == session.run(a) == 2.5
    session.run([b.assign(a * 2), a.assign(0.0)])
    assert (K.get_value(a), K.get_value(b)) == (0, 5)


def test_variables_are_set_at_once_without_a_program_of_keras():
    from jaxcnn import backend as K

    v = K.variable([1.0, 2.0])
    v.assign_add([1.0, 1.0])
    np.testing.assert_array_equal(K.get_value(v), [2, 3])
    v.assign_sub(np.float32(1))
    v.assign(v.stored * 2)
    np.testing.assert_array_equal(K.get_value(v), [2, 4])


def test_training_carries_out_further_updates(keras22):
    from keras import backend as K

    def model():
        dense = keras22.layers.Dense(1, kernel_initializer="ones", input_shape=(3,))
        model = keras22.models.Sequential([dense])
        model.compile(keras22.optimizers.SGD(0.1), "mse")
        return model

    reference, averaged, counted = model(), model(), model()
    averages = [K.zeros(K.shape(w)) for w in averaged.weights]
    for average, weight in zip(averages, averaged.weights, strict=True):
        averaged.metrics_updates.append(K.update(average, 0.5 * average + 0.5 * weight))
    n = K.variable(0.0)
    counted.add_update(K.update_add(n, 1.0))
    expected = np.zeros((3, 1))
    for _ in range(3):
        expected = 0.5 * expected + 0.5 * reference.get_weights()[0]
        losses = [m.train_on_batch(X, Y + 1) for m in (reference, averaged, counted)]
        assert losses == pytest.approx([losses[0]] * 3)
    np.testing.assert_allclose(K.get_value(averages[0]), expected, atol=1e-6)
    assert K.get_value(n) == 3
    averaged.metrics_updates.append(K.update(n, K.sum(averaged.output)))
    averaged.program.functions = None
    with pytest.raises(ValueError, match="computed from the inputs"):
        averaged.train_on_batch(X, Y)


# -- optimizers ------------------------------------------------------------------------------------

RANDOM = np.random.RandomState(0)
INPUTS, TARGETS = RANDOM.rand(64, 3).astype("float32"), RANDOM.rand(64, 2).astype("float32")


def figures(keras, optimizer):
    """The losses of two epochs and of four batches, and the sum of the absolute weights."""
    first = keras.layers.Dense(4, activation="tanh", input_shape=(3,))
    model = keras.models.Sequential([first, keras.layers.Dense(2)])
    model.set_weights(
        [np.linspace(-0.5, 0.5, w.size).reshape(w.shape) for w in model.get_weights()]
    )
    model.compile(optimizer, "mse")
    history = model.fit(INPUTS, TARGETS, 8, epochs=2, shuffle=False, verbose=0)
    losses = [model.train_on_batch(INPUTS[:8], TARGETS[:8]) for _ in range(4)]
    return [*history.history["loss"], *losses, sum(np.abs(w).sum() for w in model.get_weights())]


def accumulating(keras):
    """The class that lets another optimizer move every other step, by the mean gradient.

    It replaces numbers and a method of that optimizer.
    """
    from keras import backend as K

    class Accumulating(keras.optimizers.Optimizer):
        def __init__(self, optimizer, every=2, **kwargs):
            super().__init__(**kwargs)
            self.optimizer, self.every = optimizer, every
            self.iterations = K.variable(0, dtype="int64")
            self.now = K.equal(self.iterations % every, 0)
            self.lr = optimizer.lr
            optimizer.lr = K.switch(self.now, optimizer.lr, 0.0)
            for name in ("momentum", "beta_1", "beta_2"):
                if hasattr(optimizer, name):
                    value = getattr(optimizer, name)
                    setattr(optimizer, name, K.switch(self.now, value, 1 - 1e-7))
            for name in optimizer.get_config():
                if not hasattr(self, name):
                    setattr(self, name, getattr(optimizer, name))
            optimizer.get_gradients = lambda loss, params: [g / every for g in self.sums]

        def get_updates(self, loss, params):
            moves = K.cast(self.now, "int64")
            self.updates = [K.update_add(self.iterations, 1)]
            self.updates.append(K.update_add(self.optimizer.iterations, moves))
            self.sums = [K.zeros(K.int_shape(p), dtype=K.dtype(p)) for p in params]
            for g, total in zip(self.get_gradients(loss, params), self.sums, strict=True):
                self.updates.append(K.update(total, K.switch(self.now, g, total + g)))
            self.updates.extend(self.optimizer.get_updates(loss, params)[1:])
            self.weights.extend(self.optimizer.weights)
            return self.updates

    return Accumulating


def test_gradients_are_accumulated(keras22):
    from keras import backend as K
    from keras.optimizers import SGD, Adam

    kind = accumulating(keras22)
    expected = [0.223038, 0.453866, 0.136540, 0.194915, 0.361448, 0.466142, 7.592258]
    got = figures(keras22, kind(SGD(0.1, momentum=0.9)))
    np.testing.assert_allclose(got, expected, rtol=1e-5)
    optimizer = kind(Adam(0.01))
    expected = [0.332639, 0.239434, 0.177107, 0.161765, 0.161765, 0.147272, 7.668484]
    np.testing.assert_allclose(figures(keras22, optimizer), expected, rtol=2e-5)
    model = keras22.models.Sequential([keras22.layers.Dense(1, input_shape=(3,))])
    model.compile(kind(SGD(0.1)), "mse")
    model.train_on_batch(X, Y)
    K.set_value(model.optimizer.lr, 0.0)  # as a callback does
    before = model.get_weights()
    for _ in range(2):
        model.train_on_batch(X, Y)
    np.testing.assert_array_equal(model.get_weights()[0], before[0])


def test_slow_weights_in_place_of_new_values(keras22):
    from keras import backend as K

    class Slow(keras22.optimizers.Optimizer):
        def __init__(self, optimizer, **kwargs):
            super().__init__(**kwargs)
            self.optimizer = keras22.optimizers.get(optimizer)
            self.period, self.step = K.variable(3, dtype="int64"), K.variable(0.5)

        lr = property(lambda self: self.optimizer.lr)
        iterations = property(lambda self: self.optimizer.iterations)

        def get_updates(self, loss, params):
            n = self.iterations + 1
            now = K.equal(n // self.period * self.period, n)
            slow = {p.name: K.variable(K.get_value(p)) for p in params}
            original, K.update = K.update, lambda x, new: (x, new)
            self.updates, further = self.optimizer.get_updates(loss, params), []
            K.update = original
            for i, (x, new) in enumerate(self.updates):
                if x.name in slow:
                    moved = slow[x.name] + self.step * (new - slow[x.name])
                    further.append(K.update(slow[x.name], K.switch(now, moved, slow[x.name])))
                    new = K.switch(now, moved, new)
                self.updates[i] = K.update(x, new)
            self.updates += further
            self.weights = self.optimizer.weights + list(slow.values())
            return self.updates

    expected = [0.299402, 0.206150, 0.155328, 0.143192, 0.148466, 0.136028, 7.691248]
    adam = keras22.optimizers.Adam(0.01)
    np.testing.assert_allclose(figures(keras22, Slow(adam)), expected, rtol=1e-5)


def test_subclasses_read_what_keras_keeps(keras22):
    from keras import backend as K

    class Decayed(keras22.optimizers.Nadam):
        def get_updates(self, loss, params):
            grads = self.get_gradients(loss, params)
            self.updates = [K.update_add(self.iterations, 1)]
            t = K.cast(self.iterations, K.floatx()) + 1
            base = K.cast_to_floatx(0.96)
            mu = self.beta_1 * (1.0 - 0.5 * K.pow(base, t * self.schedule_decay))
            mu_next = self.beta_1 * (1.0 - 0.5 * K.pow(base, (t + 1) * self.schedule_decay))
            product = self.m_schedule * mu
            self.updates.append((self.m_schedule, product))
            ms, vs = ([K.zeros(K.int_shape(p)) for p in params] for _ in range(2))
            self.weights = [self.iterations, *ms, *vs]
            for p, g, m, v in zip(params, grads, ms, vs, strict=True):
                m_t = self.beta_1 * m + (1.0 - self.beta_1) * g
                v_t = self.beta_2 * v + (1.0 - self.beta_2) * K.square(g)
                ahead = m_t / (1.0 - product * mu_next)
                step = (1.0 - mu) * g / (1.0 - product) + mu_next * ahead
                root = K.sqrt(v_t / (1.0 - K.pow(self.beta_2, t))) + self.epsilon
                self.updates += [K.update(m, m_t), K.update(v, v_t)]
                self.updates.append(K.update(p, p - self.lr * step / root - self.lr * 0.1 * p))
            return self.updates

    expected = [0.343126, 0.304760, 0.258464, 0.253151, 0.247976, 0.242932, 7.708273]
    np.testing.assert_allclose(figures(keras22, Decayed()), expected, rtol=1e-5)
    assert keras22.optimizers.SGD(decay=0.1).initial_decay == 0.1
    assert keras22.optimizers.Adam().initial_decay == 0


def test_a_layer_that_assigns_in_training_only(keras22):
    """A kernel over its greatest singular value, which each step of training estimates better."""
    import tensorflow as tf
    from keras import backend as K

    class Normalized(keras22.layers.Dense):
        def build(self, input_shape):
            super().build(input_shape)
            shape = (1, self.units)
            self.u = self.add_weight(shape=shape, initializer="ones", name="u", trainable=False)

        def call(self, x, training=None):
            def unit(v):
                return v / (K.sum(v**2) ** 0.5 + 1e-12)

            v = unit(K.dot(self.u, K.transpose(self.kernel)))
            u = unit(K.dot(v, self.kernel))
            kernel = self.kernel / K.dot(K.dot(v, self.kernel), K.transpose(u))
            if training not in (0, False):
                with tf.control_dependencies([self.u.assign(u)]):
                    kernel = K.reshape(kernel, K.int_shape(self.kernel))
            return self.activation(K.bias_add(K.dot(x, kernel), self.bias))

    layers = [Normalized(4, activation="tanh", input_shape=(3,)), Normalized(1)]
    model = keras22.models.Sequential(layers)
    model.set_weights(
        [np.linspace(-0.5, 0.5, w.size).reshape(w.shape) for w in model.get_weights()]
    )
    model.compile("sgd", "mse")
    random = np.random.RandomState(0)
    x, y = random.rand(6, 3), random.rand(6, 1)
    losses = [model.train_on_batch(x, y) for _ in range(3)]
    np.testing.assert_allclose(losses, [0.05982, 0.05585, 0.05228], atol=1e-5)
    u = model.layers[0].get_weights()[2]
    np.testing.assert_allclose(u, [[-0.6124, -0.1642, 0.2834, 0.7195]], atol=1e-4)


def dense(keras, width):
    model = keras.models.Sequential([keras.layers.Dense(width, input_shape=(3,))])
    model.set_weights(
        [np.linspace(-0.5, 0.5, w.size).reshape(w.shape) for w in model.get_weights()]
    )
    model.compile("sgd", "mse")
    return model


def test_a_function_in_place_of_the_train_function(keras22):
    """Slow weights that follow every second step, and to which the fast ones go back."""
    from keras import backend as K

    model = dense(keras22, 2)
    inputs = model._feed_inputs + model._feed_targets + model._feed_sample_weights
    fast = model._collected_trainable_weights
    updates = model.optimizer.get_updates(params=fast, loss=model.total_loss)
    slow = [K.variable(K.get_value(p)) for p in fast]
    outputs = [model.total_loss, *model.metrics_tensors]
    step = K.function(inputs, outputs, updates=model.updates + updates, **model._function_kwargs)
    pairs = list(zip(fast, slow, strict=True))
    follow = [K.update(q, q + 0.5 * (p - q)) for p, q in pairs]
    back = [K.update(p, q) for p, q in pairs]
    calls = []

    def train(arrays):
        calls.append([a.shape for a in arrays])
        results = step(arrays)
        if len(calls) % 2 == 0:
            K.batch_get_value(follow)
            K.batch_get_value(back)
        return results

    model.train_function = train
    random = np.random.RandomState(0)
    x, y = random.rand(8, 3), random.rand(8, 2)
    history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["loss"], [0.5991, 0.5768, 0.55545], atol=1e-5)
    np.testing.assert_allclose(
        model.get_weights()[0].ravel()[:3], [-0.48274, -0.30095, -0.07954], atol=1e-5
    )
    assert len(calls) == 6 and calls[0] == [(4, 3), (4, 2), (4,)]
    model.fit(x[:6], y[:6], batch_size=4, validation_data=(x, y), verbose=0)
    assert calls[-1] == [(2, 3), (2, 2), (2,)] and set(model.history.history) == {
        "loss",
        "val_loss",
    }
    model.train_on_batch(x, y)
    assert len(calls) == 9
    for setting, words in (
        ({"checkpoint_dir": "f"}, "`checkpoint_dir`"),
        ({"nan": "skip"}, "nan="),
    ):
        with pytest.raises(ValueError, match=f"leave {words}"):
            model.fit(x, y, **setting)
    model.compile("sgd", "mse")
    assert model.train_function is None
    model.train_on_batch(x, y)
    assert len(calls) == 9
    with pytest.raises(TypeError, match="`test_function` cannot be replaced"):
        model.test_function = train


def test_the_train_function_with_something_around_it(keras22):
    """The loss at weights that are moved along the gradient, as adversarial training does."""
    from keras import backend as K

    random = np.random.RandomState(0)
    x, y = random.rand(8, 3), random.rand(8, 2)
    moved, plain = dense(keras22, 2), dense(keras22, 2)
    moved._make_train_function()
    original, kernel = moved.train_function, moved.layers[0].kernel

    def around(arrays):
        value = K.get_value(kernel)
        K.set_value(kernel, value + 0.1)
        results = original(arrays)
        K.set_value(kernel, K.get_value(kernel) - 0.1)
        return results

    moved.train_function = around
    loss = moved.fit(x, y, batch_size=8, verbose=0, epochs=1).history["loss"][0]
    start = plain.get_weights()
    plain.set_weights([start[0] + 0.1, start[1]])
    assert loss == pytest.approx(plain.train_on_batch(x, y), rel=1e-5)
    expected = plain.get_weights()
    np.testing.assert_allclose(moved.get_weights()[0], expected[0] - 0.1, atol=1e-6)


def test_functions_put_into_the_backend_are_told_the_updates(keras22):
    """An optimizer around another one takes its updates as tuples, and goes half of each step."""
    from keras import backend as K

    class Half(keras22.optimizers.Optimizer):
        def __init__(self, inner):
            super().__init__()
            self.inner = inner

        def get_updates(self, loss, params):
            before = K.update, K.update_add
            K.update = lambda x, new: ("set", x, new)
            K.update_add = lambda x, more: ("add", x, more)
            told = self.inner.get_updates(loss, params)
            K.update, K.update_add = before
            self.updates = []
            for update in told:
                assert isinstance(update, tuple)
                word, x, value = update
                if word == "set" and any(x is param for param in params):
                    value = x + 0.5 * (value - x)
                self.updates.append(K.update_add(x, value) if word == "add" else K.update(x, value))
                assert not isinstance(self.updates[-1], tuple)
            self.weights = self.inner.weights
            return self.updates

    random = np.random.RandomState(0)
    x, y = random.rand(8, 3).astype("float32"), random.rand(8, 2).astype("float32")
    model = keras22.models.Sequential([keras22.layers.Dense(2, input_shape=(3,))])
    model.set_weights([np.arange(6).reshape(3, 2) / 10.0, np.array([0.1, 0.2])])
    model.compile(Half(keras22.optimizers.RMSprop(0.01)), "mse")
    for _ in range(3):
        model.train_on_batch(x, y)
    kernel, bias = model.get_weights()
    expected = [[-0.00143, 0.06864], [0.17511, 0.26739], [0.36846, 0.46713]]
    np.testing.assert_allclose(kernel, expected, atol=1e-5)
    np.testing.assert_allclose(bias, [0.06942, 0.16961], atol=1e-5)

"""Functions that use tensors of the graph: numbers of the real Keras 2.0.4 and 2.2.4.

Where TensorFlow 1 updates weights while it still computes with them, the number is that of a run in
which it does not.
"""

import functools

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import config, losses, metrics
from jaxcnn.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Input,
    Lambda,
    Layer,
    MaxPooling2D,
    UpSampling2D,
    multiply,
)
from jaxcnn.models import Model, Sequential
from jaxcnn.optimizers import SGD

RNG = np.random.RandomState(0)
X, Y = RNG.rand(8, 4).astype("f"), RNG.rand(8, 3).astype("f")
W, B = RNG.randn(4, 3).astype("f"), RNG.randn(3).astype("f") * 0.1


def sums(model):
    return [float(np.abs(w).sum()) for w in model.get_weights()]


# -- variational autoencoders ----------------------------------------------------------------------

SIZES = [(12, 8), (8,), (8, 2), (2,), (8, 2), (2,), (2, 8), (8,), (8, 12), (12,)]
VAE_RNG = np.random.RandomState(0)
VAE_WEIGHTS = [(VAE_RNG.randn(*size) * 0.3).astype("f") for size in SIZES]
NOISE = VAE_RNG.randn(10, 2).astype("f")
IMAGES = VAE_RNG.rand(20, 12).astype("f")


class VAE:
    """The tensors of a variational autoencoder whose noise is fixed."""

    def __init__(self, batch_size):
        self.x = Input(batch_shape=(batch_size, 12))
        hidden = Dense(8, activation="relu")(self.x)
        self.mean, self.log_var = Dense(2)(hidden), Dense(2)(hidden)
        z = Lambda(self.sampled, output_shape=(2,))([self.mean, self.log_var])
        self.decoded = Dense(12, activation="sigmoid")(Dense(8, activation="relu")(z))

    def sampled(self, args):
        mean, log_var = args
        return mean + K.exp(log_var / 2) * K.constant(NOISE)

    def loss(self, x, decoded):
        kl = -0.5 * K.sum(1 + self.log_var - K.square(self.mean) - K.exp(self.log_var), axis=-1)
        return 12 * metrics.binary_crossentropy(x, decoded) + kl


class AddsLoss(Layer):
    def __init__(self, vae):
        super().__init__()
        self.vae = vae

    def call(self, inputs):
        self.add_loss(K.mean(self.vae.loss(*inputs)), inputs=inputs)
        return inputs[0]


def by_closure(vae):
    model = Model(vae.x, vae.decoded)
    return model, {"loss": vae.loss}, IMAGES


def by_added_loss(vae):
    model = Model(vae.x, vae.decoded)
    model.add_loss(K.mean(vae.loss(vae.x, vae.decoded)))
    return model, {}, None


def by_layer(vae):
    return Model(vae.x, AddsLoss(vae)([vae.x, vae.decoded])), {"loss": None}, None


@pytest.mark.parametrize("batch_size", [10, None])
@pytest.mark.parametrize("form", [by_closure, by_added_loss, by_layer])
def test_a_variational_autoencoder_trains_as_in_keras(form, batch_size):
    model, loss, targets = form(VAE(batch_size))
    model.set_weights(VAE_WEIGHTS)
    model.compile(SGD(0.05), **loss)
    history = model.fit(IMAGES, targets, batch_size=10, epochs=3, shuffle=False, verbose=0)
    assert np.allclose(history.history["loss"], [8.7019782, 8.5528052, 8.4926329], atol=1e-4)
    assert np.allclose(sums(model)[::4], [23.3687325, 2.9839203, 21.9328022], atol=1e-4)
    assert np.isclose(
        model.evaluate(IMAGES, targets, batch_size=10, verbose=0), 8.4612207, atol=1e-4
    )


# -- losses that are tensors -----------------------------------------------------------------------


def test_losses_added_outside_of_call_count():
    x = Input((4,))
    y = Dense(4)(x)
    model = Model(x, y)
    model.set_weights([np.eye(4), np.zeros(4)])
    model.add_loss(100 + K.mean(K.square(y)))
    model.compile("sgd", "mse")
    assert model.evaluate(np.ones((8, 4)), np.ones((8, 4)), verbose=0) == 101.0
    assert len(model.losses) == 1


def test_a_loss_of_a_weight_moves_it():
    x = Input((4,))
    dense = Dense(3)
    model = Model(x, dense(x))
    model.set_weights([W, B])
    model.add_loss(K.sum(K.square(dense.kernel)))
    model.compile(SGD(0.1))
    model.train_on_batch(X, None)
    assert np.allclose(model.get_weights()[0], 0.8 * W, atol=1e-6)


def test_a_loss_with_inputs_counts_where_the_layer_is_called_on_them():
    x, other = Input((4,)), Input((4,))
    dense = Dense(4, kernel_initializer="identity", kernel_regularizer="l2")
    dense.add_loss(K.mean(dense(x)), inputs=x)
    y = dense(other)
    dense.add_loss(K.sum(dense.kernel))
    ones = np.ones((8, 4))

    def loss():
        model = Model(other, y)
        model.compile("sgd", "mse")
        return len(model.losses), model.evaluate(ones, ones, verbose=0)

    assert loss() == (2, pytest.approx(4.04))
    dense.add_loss(3 * K.mean(y), inputs=other)
    assert loss() == (3, pytest.approx(7.04))


def test_what_add_loss_does_not_take():
    x = Input((4,))
    model = Model(x, Dense(3)(x))
    with pytest.raises(ValueError, match="add_loss takes scalars"):
        model.add_loss(K.square(x))
    with pytest.raises(TypeError, match="outside of `call` takes symbolic tensors"):
        model.add_loss(K.constant(3))
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'loss'"):
        model.compile("sgd")
    unbuilt = Sequential([Dense(3)])
    unbuilt.compile("sgd")  # a layer may add a loss yet
    with pytest.raises(ValueError, match="compiled without a loss"):
        unbuilt.fit(X, verbose=0)


# -- losses, metrics and penalties that close over tensors -----------------------------------------


def test_metrics_over_tensors():
    x = Input((4,))
    hidden = Dense(3, activation="relu")(x)
    model = Model(x, Dense(3)(hidden))

    def sparsity(y_true, y_pred):
        return K.mean(K.abs(hidden))

    def width(y_true, y_pred):
        return K.sum(hidden, axis=-1)

    model.compile("sgd", "mse", metrics=[sparsity, width, "mae"])
    values = dict(zip(model.metrics_names, model.evaluate(X, Y, 3, verbose=0), strict=True))
    features = Model(x, hidden).predict(X)
    assert values["sparsity"] == pytest.approx(features.mean(), rel=1e-4)
    assert values["width"] == pytest.approx(features.sum(-1).mean(), rel=1e-4)


def test_a_penalty_over_a_tensor():
    x = Input((4,))
    hidden = Dense(3)(x)
    scaled = Dense(3, kernel_regularizer=lambda w: 0.1 * K.sum(K.square(w)) * K.mean(hidden))
    model = Model(x, scaled(hidden))
    model.compile("sgd", "mse")
    kernel = model.get_weights()[2]
    penalty = 0.1 * np.square(kernel).sum() * Model(x, hidden).predict(X).mean()
    error = np.square(model.predict(X) - Y).mean()
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(error + penalty, rel=1e-4)


def test_the_weight_of_a_layer_in_a_loss_is_that_of_the_step():
    x = Input((4,))
    dense = Dense(3)
    model = Model(x, dense(x))

    def norm(y_true, y_pred):
        return K.sum(K.square(dense.kernel))

    model.compile(SGD(0.1), norm)
    before = model.get_weights()[0]
    model.train_on_batch(X, Y)
    model.train_on_batch(X, Y)
    assert np.allclose(model.get_weights()[0], 0.64 * before, atol=1e-6)


def test_another_model_in_a_loss_is_read_at_each_fit_and_not_trained():
    inputs = Input((3,))
    features = Model(inputs, Dense(5, activation="tanh")(inputs))
    x = Input((4,))
    model = Model(x, Dense(3)(x))

    def perceptual(y_true, y_pred):
        return K.mean(K.square(features(y_true) - features(y_pred)))

    model.compile(SGD(0.1), perceptual)
    for factor in (1.0, 2.0):
        features.set_weights([factor * w for w in features.get_weights()])
        kept = features.get_weights()
        distance = np.square(features.predict(Y) - features.predict(model.predict(X))).mean()
        assert model.train_on_batch(X, Y) == pytest.approx(distance, rel=1e-4)
        assert all(np.array_equal(a, b) for a, b in zip(kept, features.get_weights(), strict=True))


def test_a_tensor_inside_a_model_that_is_called():
    x = Input((4,))
    hidden = Dense(3, activation="tanh")(x)
    mean = Dense(2)(hidden)
    encoder = Model(x, [mean, hidden])
    code = Input((2,))
    decoder = Model(code, Dense(4)(code))
    model = Model(x, decoder(encoder(x)[0]))

    def loss(y_true, y_pred):
        return K.mean(K.square(y_true - y_pred), axis=-1) + 0.3 * K.sum(K.square(mean), axis=-1)

    model.compile(SGD(0.1), loss)
    first = model.fit(X, X, 4, epochs=20, verbose=0).history["loss"]
    assert first[-1] < first[0]
    assert np.allclose(Model(x, mean).predict(X), encoder.predict(X)[0])


def test_a_tensor_of_another_input_is_named():
    x, other = Input((4,)), Input((2,), name="other")
    elsewhere = Dense(3)(other)
    model = Model(x, Dense(3)(x))
    model.compile("sgd", lambda y_true, y_pred: K.mean(y_pred) + K.mean(elsewhere))
    with pytest.raises(ValueError, match="from the input 'other', which is not among"):
        model.train_on_batch(X, Y)
    with pytest.raises(ValueError, match="from the input 'other', which is not among"):
        Model(x, Lambda(lambda t: t + K.mean(elsewhere))(x))


# -- derivatives -----------------------------------------------------------------------------------


def test_the_gradient_penalty_of_a_critic():
    draw = np.random.RandomState(5)
    generator = Sequential([Dense(4, input_dim=2)])
    critic = Sequential([Dense(6, activation="tanh", input_dim=4), Dense(1)])
    for model in (generator, critic):
        model.set_weights([draw.randn(*w.shape) * 0.5 for w in model.get_weights()])
    generator.trainable = False
    real, z = Input((4,)), Input((2,))
    fake = generator(z)
    between = Lambda(lambda t: 0.3 * t[0] + 0.7 * t[1], output_shape=(4,))([real, fake])

    def wasserstein(y_true, y_pred):
        return K.mean(y_true * y_pred)

    def penalty(y_true, y_pred, averaged, weight):
        gradients = K.gradients(K.sum(y_pred), averaged)[0]
        norm = K.sqrt(K.sum(K.square(gradients), axis=[1]))
        return K.mean(weight * K.square(1 - norm))

    loss = functools.partial(penalty, averaged=between, weight=10.0)
    loss.__name__ = "gradient_penalty"
    model = Model([real, z], [critic(real), critic(fake), critic(between)])
    model.compile(SGD(0.01), [wasserstein, wasserstein, loss])
    batch = [draw.rand(6, 4), draw.rand(6, 2)]
    ones = np.ones((6, 1))
    values = [model.train_on_batch(batch, [-ones, ones, 0 * ones]) for _ in range(3)]
    assert np.allclose([v[0] for v in values], [1.38194, 0.60672, 0.24572], atol=2e-5)
    assert np.allclose(sums(critic), [8.0223, 1.97115, 2.11325, 0.16817], atol=2e-5)


def test_a_gradient_in_a_lambda_finds_where_the_maximum_was():
    x = Input((4, 4, 1))
    features = Conv2D(2, 3, padding="same")(x)
    pooled = MaxPooling2D()(features)
    where = Lambda(lambda t: K.gradients(K.sum(t[1]), t[0]), output_shape=lambda s: s[0])
    unpooled = multiply([UpSampling2D()(pooled), where([features, pooled])])
    model = Model(x, Conv2D(1, 3, padding="same")(unpooled))
    draw = np.random.RandomState(1)
    model.set_weights([draw.randn(*w.shape) * 0.3 for w in model.get_weights()])
    model.compile(SGD(0.1), "mse")
    images = draw.rand(3, 4, 4, 1)
    values = [model.train_on_batch(images, images) for _ in range(3)]
    assert np.allclose(values, [0.22314, 0.1584, 0.13019], atol=2e-5)


def test_the_sign_of_a_losss_gradient():
    x = Input((4,))
    model = Model(x, Dense(3, activation="softmax")(x))
    target = K.placeholder(ndim=2)
    gradient = K.gradients(losses.categorical_crossentropy(target, model.output), model.input)[0]
    one_hot = np.eye(3)[[0, 1, 2, 0, 1, 2, 0, 1]]
    (values,) = K.function([model.input, target], [gradient])([X, one_hot])
    expected = (model.predict(X) - one_hot) @ model.get_weights()[0].T
    assert np.allclose(values, expected, atol=1e-5)


def test_a_derivative_sees_the_noise_of_its_model():
    x = Input((64,))
    dropped = Dropout(0.5)(x)
    slope = Lambda(lambda t: K.gradients(K.sum(t[1]), t[0])[0])([x, dropped])
    model = Model(x, [dropped, slope])
    K.set_learning_phase(1)
    try:
        values, slopes = model.predict(np.ones((4, 64)))
    finally:
        K.set_learning_phase(None)
    assert np.array_equal(values, slopes)


# -- what the graph looks like ---------------------------------------------------------------------


def test_a_lambda_over_a_tensor_of_the_model():
    x = Input((4,))
    hidden = Dense(3)(x)
    model = Model(x, Lambda(lambda t: t * hidden)(Dense(3)(hidden)))
    assert [type(layer).__name__ for layer in model.layers] == [
        "InputLayer",
        "Dense",
        "Dense",
        "Lambda",
    ]
    first, second = Model(x, hidden).predict(X), Model(x, model.layers[2].output).predict(X)
    assert np.allclose(model.predict(X), first * second, atol=1e-6)
    with pytest.raises(ValueError, match="uses the output of 'dense_1' inside its function"):
        model.to_json()


def test_a_layer_called_in_a_lambda_is_not_one_of_the_model():
    hidden_dense = Dense(2)
    x = Input((4,))
    model = Model(x, Lambda(lambda t: hidden_dense(t))(x))
    assert model.get_weights() == [] and model.count_params() == 0
    assert np.allclose(model.predict(X), hidden_dense(X))


def test_functions_that_fit_one_batch_size():
    x = Input((6,))
    halves = Lambda(lambda t: K.reshape(t, (5, 2, 2)) + K.random_normal((5, 2, 2)))(Dense(4)(x))
    model = Model(x, Dense(1)(Flatten()(halves)))
    model.compile("sgd", "mse")
    model.fit(np.ones((10, 6)), np.ones((10, 1)), batch_size=5, epochs=1, verbose=0)
    assert not np.array_equal(model.predict(np.ones((5, 6))), model.predict(np.ones((5, 6)))[::-1])


def test_shapes_that_are_put_together():
    x = Input((4,))
    shape = K.stack([K.shape(x)[0], 2, 2])
    count = K.prod(K.cast(K.shape(x), "float32"))
    tiled = K.tile(x, K.stack([1, 2]))
    values = K.function([x], [K.reshape(x, shape), count, tiled])([X])
    assert values[0].shape == (8, 2, 2) and values[1] == 32 and values[2].shape == (8, 8)
    inside = Lambda(lambda t: K.reshape(t, K.stack([K.shape(t)[0], 2, 2])))(x)
    assert Model(x, inside).predict(X).shape == (8, 2, 2)


def test_placeholders_of_any_shape_meet_known_sizes():
    anything, known = K.placeholder(ndim=2), K.placeholder(shape=(2, 4))
    outputs = [anything + known, K.dot(anything, K.transpose(known)), K.maximum(anything, known)]
    values = K.function([anything, known], outputs)([np.ones((2, 4)), np.ones((2, 4))])
    assert [value.shape for value in values] == [(2, 4), (2, 2), (2, 4)]


def test_numbers_and_variables_as_losses():
    x = Input((4,))
    dense = Dense(3)
    model = Model(x, dense(x))
    model.set_weights([W, B])
    extra = K.variable(5.0)
    model.add_loss(100)
    dense.add_loss([0.5, extra])
    model.compile("sgd", "mse")
    plain = float(np.mean((X @ W + B - Y) ** 2))
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(105.5 + plain, rel=1e-5)
    K.set_value(extra, 7.0)
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(107.5 + plain, rel=1e-5)
    with pytest.raises(TypeError, match="takes symbolic tensors and numbers"):
        model.add_loss(np.mean(X, keepdims=True)[0, 0] + K.constant(1.0))


def test_a_loss_that_is_added_after_compile_counts_after_the_next():
    x = Input((4,))
    model = Model(x, Dense(3)(x))
    model.compile(SGD(0), "mse")
    plain = model.train_on_batch(X, Y)
    model.add_loss(K.mean(model.output) * 0 + 100)
    with pytest.warns(UserWarning, match=r"Training continues as compiled; call compile\(\) again"):
        assert model.train_on_batch(X, Y) == pytest.approx(plain)
    model.compile(SGD(0), "mse")
    assert model.train_on_batch(X, Y) == pytest.approx(plain + 100)
    early = Model(x, Dense(3)(x))
    early.compile(SGD(0), "mse")
    early.add_loss(K.mean(early.output) * 0 + 100)
    with pytest.warns(UserWarning, match="add_loss has been called since"):
        assert early.train_on_batch(X, Y) < 50


def test_losses_over_tensors_are_float32_in_a_narrow_program():
    x = Input((4,))
    model = Model(x, Lambda(lambda t: t * 1)(x))
    model.add_loss(K.mean(x) + 1e-3)
    config.mixed_precision("bfloat16")
    model.compile("sgd", lambda t, p: K.mean(K.square(t - 300.5 + 0 * model.input), axis=-1))
    ones = np.ones((8, 4), "f")
    expected = (ones[0, 0] * 7.1234 - 300.5) ** 2 + 1 + 1e-3
    assert model.evaluate(ones, 7.1234 * ones, verbose=0) == pytest.approx(expected, rel=1e-6)


def test_what_is_trained_is_fixed_by_compile_where_a_loss_uses_the_graph():
    first, second = Dense(2, name="first"), BatchNormalization(name="second")
    x = Input((2,))
    hidden = first(x)
    model = Model(x, second(hidden))
    first.trainable, second.trainable = False, True
    model.compile(SGD(0.1), lambda y, p: K.mean(K.square(y - p)) + K.mean(K.square(hidden)))
    first.trainable, second.trainable = True, False
    before = [*first.get_weights(), *second.get_weights()]
    with pytest.warns(UserWarning, match="Training continues as compiled"):
        model.train_on_batch(np.array([[1.0, 2.0], [3.0, 5.0]]), np.ones((2, 2)))
    after = [*first.get_weights(), *second.get_weights()]
    moved = [not np.array_equal(a, b) for a, b in zip(before, after, strict=True)]
    assert moved == [False, False, True, True, True, True]

"""Programs of the books and notes that use the backend."""

import itertools

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import losses
from jaxcnn.callbacks import LambdaCallback
from jaxcnn.layers import (
    Activation,
    Conv2D,
    Dense,
    Flatten,
    Input,
    Lambda,
    Layer,
    MaxPooling2D,
    ZeroPadding2D,
)
from jaxcnn.models import Model, Sequential

X = np.random.default_rng(0).random((20, 4)).astype("float32")
LABELS = (X[:, :1] > 0.5).astype("float32")


def antirectifier(x):
    x -= K.mean(x, axis=1, keepdims=True)
    x = K.l2_normalize(x, axis=1)
    return K.concatenate([K.relu(x), K.relu(-x)], axis=1)


def antirectifier_output_shape(input_shape):
    shape = list(input_shape)
    assert len(shape) == 2
    shape[-1] *= 2
    return tuple(shape)


def test_antirectifier():
    wanted = [[0, 0, 0, 0.80178, 0.53452, 0.26726, 0, 0]]
    row = np.array([[1.0, 2, 3, 6]])
    model = Sequential(
        [Lambda(antirectifier, output_shape=antirectifier_output_shape, input_shape=(4,))]
    )
    assert model.output_shape == (None, 8)
    np.testing.assert_allclose(model.predict(row), wanted, atol=1e-5)
    x = Input((4,))
    np.testing.assert_allclose(Model(x, antirectifier(x)).predict(row), wanted, atol=1e-5)
    np.testing.assert_allclose(
        Sequential([Lambda(lambda v: v**2, input_shape=(4,))]).predict(row), row**2
    )


def small_vgg():
    """The first layers of a VGG16 with fewer maps: channels first, one image of 16 by 16."""
    model = Sequential()
    model.add(ZeroPadding2D((1, 1), batch_input_shape=(1, 3, 16, 16)))
    first_layer = model.layers[-1]
    model.add(Conv2D(4, (3, 3), activation="relu", name="conv1_1"))
    model.add(MaxPooling2D((2, 2), strides=(2, 2)))
    model.add(ZeroPadding2D((1, 1)))
    model.add(Conv2D(5, (3, 3), activation="relu", name="conv2_1"))
    return model, first_layer.input


def test_filter_visualisation():
    K.set_image_data_format("channels_first")
    model, input_img = small_vgg()
    layer_dict = {layer.name: layer for layer in model.layers}
    layer_dict["conv2_1"].set_weights(
        [0.1 + 0 * w for w in layer_dict["conv2_1"].get_weights()]
    )  # no dead filters
    layer_dict["conv1_1"].set_weights([np.abs(w) for w in layer_dict["conv1_1"].get_weights()])
    loss = K.mean(layer_dict["conv2_1"].output[:, 2, :, :])
    grads = K.gradients(loss, input_img)[0]
    raw = K.function([input_img], [grads])
    grads /= K.sqrt(K.mean(K.square(grads))) + 1e-5
    iterate = K.function([input_img], [loss, grads])
    img = np.random.default_rng(0).random((1, 3, 16, 16)) * 20 + 128.0

    start, slope = iterate([img])[0], raw([img])[0]
    for place in [(0, 0, 3, 4), (0, 2, 8, 15), (0, 1, 0, 0)]:
        moved = img.copy()
        moved[place] += 2
        np.testing.assert_allclose(
            iterate([moved])[0] - start, 2 * slope[place], rtol=2e-2, atol=4 * np.spacing(start)
        )
    history = []
    for _ in range(20):
        loss_value, grads_value = iterate([img])
        np.testing.assert_allclose(np.sqrt(np.mean(grads_value**2)), 1, rtol=1e-2)
        img += grads_value * 1.0
        history.append(float(loss_value))
    assert all(later > earlier for earlier, later in itertools.pairwise(history))


def test_class_visualisation():
    model = Sequential(
        [Conv2D(4, 3, input_shape=(8, 8, 1)), Flatten(), Dense(3), Activation("softmax")]
    )
    loss = K.mean(model.layers[-1].output[:, 1])
    iterate = K.function([model.input], [loss, *K.gradients(loss, model.input)])
    img = np.zeros((1, 8, 8, 1))
    for _ in range(60):
        value, grads = iterate([img])
        img += grads / (np.sqrt(np.mean(grads**2)) + 1e-5)
    assert value > 0.999


def test_concatenation_of_variables():  # two (2, 2, 2) variables along each axis
    a, b = np.arange(8).reshape(2, 2, 2), -np.arange(8).reshape(2, 2, 2)
    t1, t2 = K.variable(a), K.variable(b)
    printed = {
        -2: [[[0, 1], [2, 3], [0, -1], [-2, -3]], [[4, 5], [6, 7], [-4, -5], [-6, -7]]],
        -1: [[[0, 1, 0, -1], [2, 3, -2, -3]], [[4, 5, -4, -5], [6, 7, -6, -7]]],
    }
    for axis in (-2, 1, -1, 2):
        found = K.eval(K.concatenate([t1, t2], axis=axis))
        assert found.tolist() == printed[axis if axis < 0 else axis - 3]


def enlarged(x):
    return K.resize_images(x, 2, 2, "channels_last", interpolation="bilinear")


def test_resizing_lambda_is_saved_by_name():
    model = Sequential([Conv2D(2, 3, input_shape=(6, 6, 1)), Lambda(enlarged, name="resize")])
    again = Sequential.from_config(model.get_config(), custom_objects={"enlarged": enlarged})
    again.set_weights(model.get_weights())
    picture = np.random.default_rng(0).random((1, 6, 6, 1))
    assert again.predict(picture).shape == (1, 8, 8, 2)
    np.testing.assert_array_equal(again.predict(picture), model.predict(picture))


def mean_pred(y_true, y_pred):
    return K.mean(y_pred)


def dice_coef(y_true, y_pred, smooth=1):
    y_true_f = K.flatten(y_true)
    y_pred_f = K.flatten(y_pred)
    intersection = K.sum(y_true_f * y_pred_f)
    return (2.0 * intersection + smooth) / (K.sum(y_true_f) + K.sum(y_pred_f) + smooth)


def test_metrics_of_ones_own():
    model = Sequential([Dense(1, activation="sigmoid", input_shape=(4,))])
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy", mean_pred, dice_coef])
    history = model.fit(X, LABELS, epochs=1, batch_size=20, verbose=0).history
    assert {"mean_pred", "dice_coef"} <= set(history)
    found = dict(
        zip(model.metrics_names, model.evaluate(X, LABELS, batch_size=20, verbose=0), strict=True)
    )
    p = model.predict(X)
    np.testing.assert_allclose(found["mean_pred"], p.mean(), rtol=1e-5)
    np.testing.assert_allclose(
        found["dice_coef"], (2 * (p * LABELS).sum() + 1) / (p.sum() + LABELS.sum() + 1), rtol=1e-5
    )


class MyLayer(Layer):
    def __init__(self, output_dim, **kwargs):
        self.output_dim = output_dim
        super().__init__(**kwargs)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[1], self.output_dim),
            initializer="uniform",
            trainable=True,
        )
        super().build(input_shape)

    def call(self, x):
        return K.dot(x, self.kernel)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.output_dim)


def test_a_layer_of_ones_own():
    model = Sequential([MyLayer(3, input_shape=(4,)), Dense(1)])
    layer = model.layers[0]
    assert layer.count_params() == 12 and layer.trainable_weights[0] is layer.kernel
    np.testing.assert_allclose(layer(X), X @ K.get_value(layer.kernel), rtol=1e-5, atol=1e-6)
    before = K.get_value(layer.kernel)
    model.compile("sgd", "mse")
    model.fit(X, LABELS, epochs=1, verbose=0)
    assert not np.array_equal(K.get_value(layer.kernel), before)
    found = K.function([model.input], K.gradients(model.output, layer.kernel))([X])[0]
    np.testing.assert_allclose(
        found, np.outer(X.sum(0), model.get_weights()[1]), rtol=1e-4, atol=1e-5
    )


def test_a_loss_of_ones_own_equals_the_built_in_one():
    def squared(y_true, y_pred):
        return K.mean(K.square(y_pred - y_true), axis=-1)

    results = []
    for loss in (squared, losses.mean_squared_error):
        model = Sequential([Dense(1, input_shape=(4,), name="same")])
        model.compile("sgd", loss)
        results.append(
            model.fit(X, LABELS, batch_size=8, epochs=2, shuffle=False, verbose=0).history["loss"]
        )
    np.testing.assert_allclose(results[0], results[1], rtol=1e-6)


def test_a_variable_in_a_loss_can_be_changed_by_a_callback():
    weight = K.variable(0.0)
    model = Sequential([Dense(1, input_shape=(4,))])
    model.compile("sgd", lambda y_true, y_pred: weight * K.mean(K.square(y_pred - y_true), axis=-1))
    raise_it = LambdaCallback(on_epoch_end=lambda epoch, logs: K.set_value(weight, 1.0))
    first, second = model.fit(X, LABELS, epochs=2, verbose=0, callbacks=[raise_it]).history["loss"]
    assert first == 0 and second > 0


def test_sampling_of_a_variational_autoencoder():
    latent = 2

    def sampling(args):
        z_mean, z_log_sigma = args
        epsilon = K.random_normal(shape=(K.shape(z_mean)[0], latent), mean=0.0, stddev=0.1)
        return z_mean + K.exp(z_log_sigma) * epsilon

    x = Input((4,))
    z_mean, z_log_sigma = Dense(latent)(x), Dense(latent)(x)
    decoded = Dense(4, activation="sigmoid")(
        Lambda(sampling, output_shape=(latent,))([z_mean, z_log_sigma])
    )
    vae = Model(x, decoded)

    def vae_loss(y_true, y_pred):
        return K.sum(K.binary_crossentropy(y_pred, y_true), axis=-1)

    vae.compile("rmsprop", vae_loss)
    found = vae.fit(X, X, epochs=30, batch_size=10, verbose=0).history["loss"]
    assert found[-1] < found[0]


@pytest.mark.parametrize("ordering", ["th", "tf"])
def test_dim_ordering_of_the_face_program(ordering):  # A04
    K.set_image_dim_ordering(ordering)
    images = np.zeros((2, 6, 6, 3))
    if K.image_dim_ordering() == "th":
        images = images.transpose(0, 3, 1, 2)
    model = Sequential([Conv2D(4, (3, 3), input_shape=images.shape[1:])])
    assert model.predict(images).shape == ((2, 4, 4, 4))

"""Shapes and initial values that programs state themselves."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from jaxcnn import activations, layers, regularizers
from jaxcnn import backend as K
from jaxcnn.layers import Conv1D, Conv2D, Dense, Input, Lambda, Layer
from jaxcnn.models import Model, Sequential, model_from_json
from jaxcnn.spellings.dialect import speaking


@pytest.mark.parametrize(
    "say",
    [
        lambda y: y.set_shape([None, 6]),
        lambda y: setattr(y, "_keras_shape", (None, 6)),
        lambda y: setattr(y, "_uses_learning_phase", False),
    ],
)
def test_what_functions_say_of_their_results(say):
    class Flat(Layer):
        def call(self, x):
            y = K.reshape(x, (-1, 6))
            say(y)
            return y

    x = Input((2, 3))
    flat = Flat()(x)
    assert K.int_shape(flat) == (None, 6)
    assert Model(x, Dense(2)(flat)).predict(np.ones((2, 2, 3))).shape == (2, 2)


def test_a_shape_that_is_said_from_outside():
    x = K.placeholder((None, None))
    x._keras_shape = (None, 4)
    assert K.int_shape(Dense(2)(x)) == (None, 2)
    with pytest.raises(ValueError, match=r"Shapes \(\?, 4\) and \(\?, 5\) are not compatible"):
        x.set_shape((None, 5))
    with pytest.raises(FrozenInstanceError):
        x.dtype = "int32"


class Half(Conv1D):
    """A convolution of the first half of the channels, with a kernel of that width."""

    def build(self, input_shape):
        shape = (*self.kernel_size, input_shape[-1] // 2, self.filters)
        self.kernel = self.add_weight(shape=shape, initializer="ones", name="kernel")
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")
        self.built = True

    def call(self, x):
        first = x[..., : K.int_shape(x)[-1] // 2]
        return K.bias_add(K.conv1d(first, self.kernel, padding="same"), self.bias)


def test_the_weights_that_a_subclass_builds_are_its_own():
    model = Sequential([Half(2, 3, padding="same", input_shape=(6, 4))])
    assert [w.shape for w in model.get_weights()] == [(3, 2, 2), (2,)]
    np.testing.assert_allclose(model.predict(np.ones((1, 6, 4)))[0, :2], [[4, 4], [6, 6]])

    class Ones(Dense):
        def build(self, input_shape):
            shape = (input_shape[-1], self.units)
            self.kernel = self.add_weight(shape=shape, initializer="ones", name="kernel")
            self.bias = self.add_weight(shape=(self.units,), initializer="ones", name="bias")
            self.built = True

    ones = Sequential([Ones(2, input_shape=(3,))])
    assert all((w == 1).all() for w in ones.get_weights())
    np.testing.assert_allclose(ones.predict(np.ones((1, 3))), [[4, 4]])


def test_losses_over_steps():
    """A loss (batch, time) of targets with two numbers for each step; weights for each."""
    random = np.random.RandomState(0)
    x, y = random.rand(6, 5, 2), random.rand(6, 5, 2)
    weights = (random.rand(6, 5) > 0.3).astype(float)

    def first(y_true, y_pred):
        return K.square(y_true[..., 0] - y_pred[..., 0])

    model = Sequential([Lambda(lambda t: t * 2, input_shape=(5, 2)), Dense(2)])
    model.compile("sgd", first, sample_weight_mode="temporal")
    errors = (y - model.predict(x))[..., 0] ** 2
    expected = (errors * weights).sum() / weights.sum()
    assert model.test_on_batch(x, y, weights) == pytest.approx(expected, rel=1e-5)


def test_arithmetic_on_sizes_makes_sizes():
    """U-Nets crop by them; TensorFlow 1.4 and 1.13 have a Dimension for each result."""
    x, y = Input((13, 15, 4)), Input((6, 8, 8))
    shape, other = x.get_shape(), y.get_shape()
    assert (shape[1] - other[1]).value == 7
    assert (shape[2] + 1).value == (1 + shape[2]).value == 16
    assert (shape[2] * 2).value == (2 * shape[2]).value == 30
    assert (shape[2] // 2).value == 7
    assert (shape[2] % 4).value == 3
    assert (20 - shape[1]).value == 7
    assert (shape[0] - other[0]).value is None
    assert (shape[1] - other[0]).value is None


@pytest.mark.parametrize(("kind", "rank"), [("Conv1D", 1), ("Conv2D", 2), ("Conv3D", 3)])
def test_convolutions_say_their_rank(kind, rank):
    """Spectral normalizations of that time build an InputSpec(ndim=self.rank + 2) by it."""
    assert getattr(layers, kind)(2, 3).rank == rank


def test_settings_that_a_program_changes_count_from_the_next_call_on():
    """So does Keras 2.2.4, and a model that is read from a text has them everywhere."""
    i = Input((2,))
    a = Dense(3, activation="relu", name="a")
    model = Model(i, Dense(1)(a(i)))
    model.set_weights([[[1, -1, 2], [-3, 1, 1]], [0, -1, 1], [[1], [2], [3]], [0]])
    x = np.array([[1.0, 2.0]])
    a.activation = activations.linear
    assert a.get_config()["activation"] == "linear"
    assert model.predict(x)[0, 0] == 15.0
    assert Model(i, model.layers[2](a(i))).predict(x)[0, 0] == 10.0
    again = model_from_json(model.to_json())
    again.set_weights(model.get_weights())
    assert again.predict(x)[0, 0] == 10.0


def test_a_convolution_whose_settings_are_changed():
    i, kernel = Input((8, 8, 1)), Conv2D(2, 3, name="c")
    model = Model(i, kernel(i))
    kernel.kernel_regularizer = regularizers.l2(0.1)
    kernel.padding = "same"
    assert len(model.losses) == 0
    assert model.predict(np.ones((1, 8, 8, 1))).shape == (1, 6, 6, 2)
    again = model_from_json(model.to_json())
    assert (len(again.losses), again.output_shape) == (1, (None, 8, 8, 2))
    pool = layers.MaxPooling2D()
    pool.pool_size = (3, 3)
    assert K.int_shape(pool(i)) == (None, 3, 3, 1)
    rate = layers.Dropout(0.5)
    rate.rate = 0.25
    assert rate.get_config()["rate"] == 0.25
    with pytest.raises(ValueError, match="padding"):
        kernel.padding = "sane"


def test_settings_are_changed_under_the_names_of_keras_1():
    with speaking("1.2"):
        drop, kernel = layers.Dropout(0.5), Conv2D(2, 3)
        drop.p, kernel.border_mode = 0.25, "same"
        assert (drop.rate, kernel.padding) == (0.25, "same")
        assert K.int_shape(kernel(Input((8, 8, 1)))) == (None, 8, 8, 2)

"""Variables, constants, placeholders, settings, and reading and setting values."""

import copy
import json
import math
import pickle

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import optimizers
from jaxcnn.callbacks import LambdaCallback
from jaxcnn.layers import BatchNormalization, Dense, Input, Layer
from jaxcnn.models import Model, Sequential


def test_variables():
    v = K.variable([[1, 2], [3, 4]], name="v")
    assert v.name == "v" and K.dtype(v) == "float32" and K.ndim(v) == 2 and K.count_params(v) == 4
    assert K.variable(1.0).name == "variable_1"
    for made, wanted in (
        (K.zeros((2, 3)), np.zeros((2, 3))),
        (K.ones((2,)), np.ones(2)),
        (K.eye(2), np.eye(2)),
    ):
        np.testing.assert_array_equal(K.eval(made), wanted)
    assert K.dtype(K.zeros((1,), "int32")) == "int32"
    K.set_value(v, np.full((2, 2), 7))
    assert K.get_value(v).tolist() == [[7, 7], [7, 7]]
    with pytest.raises(ValueError, match=r"shape \(2, 2\)"):
        K.set_value(v, np.zeros(3))
    with pytest.raises(ValueError, match="known now"):
        K.variable(Input((2,)))


def test_a_variable_is_an_array_to_jax():
    v = K.variable([1.0, -2.0])
    for function in (
        jnp.sum,
        jax.nn.relu,
        lambda x: jnp.dot(x, x),
        lambda x: jnp.asarray(x[0]),
        lambda x: jnp.sum(jnp.asarray(x > 0)),
    ):
        np.testing.assert_array_equal(function(v), function(v.value))
        np.testing.assert_array_equal(jax.jit(function)(v), function(v.value))
    assert jax.grad(lambda x: jnp.sum(x**2))(v).tolist() == [2, -4]
    assert (-v).tolist() == [-1, 2] and abs(v).tolist() == [1, 2] and len(v) == 2


def test_a_compiled_function_sees_the_value_at_its_call():
    v = K.variable(2.0)
    compiled = jax.jit(lambda x: x * v)
    assert compiled(3.0) == 6
    K.set_value(v, 5.0)
    assert compiled(3.0) == 15
    assert jax.grad(lambda x: jnp.sum(compiled(x)))(3.0) == 5


def test_constants_and_placeholders():
    assert K.constant(3, shape=(2, 2)).tolist() == [[3, 3], [3, 3]]
    assert K.constant([1, 2], "int32").dtype == "int32"
    assert K.int_shape(K.placeholder((2, None))) == (2, None)
    assert K.int_shape(K.placeholder(ndim=3)) == (None, None, None)
    assert K.placeholder((2,), dtype="int32", name="ids").dtype == np.int32
    with pytest.raises(ValueError, match="`shape` or `ndim`"):
        K.placeholder()


def test_questions():
    x = Input((4, None))
    assert (
        K.is_keras_tensor(x)
        and not K.is_keras_tensor(K.variable(1))
        and not K.is_keras_tensor(np.ones(2))
        and not K.is_keras_tensor(K.variable(1) * 2)
        and K.is_keras_tensor(x * 2)
    )
    assert K.int_shape(x) == (None, 4, None) and K.ndim(x) == 3 and K.dtype(x) == "float32"
    assert K.shape(x)[1] == 4 and K.shape(np.ones((2, 3))) == (2, 3)
    assert K.get_variable_shape(K.ones((2, 3))) == (2, 3)
    assert K.is_sparse(x) is False and K.to_dense(x) is x


def test_settings():
    assert K.backend() == "jax" and K.floatx() == "float32" and K.epsilon() == 1e-7
    assert (K.image_data_format(), K.image_dim_ordering()) == ("channels_last", "tf")
    K.set_image_dim_ordering("th")
    assert (K.image_data_format(), K.image_dim_ordering()) == ("channels_first", "th")
    with pytest.raises(ValueError, match="'tf'"):
        K.set_image_dim_ordering("channels_last")
    K.set_floatx("float16")
    assert K.dtype(K.variable(1.0)) == "float16" and K.cast_to_floatx([1, 2]).dtype == np.float16
    assert isinstance(K.cast_to_floatx(jnp.ones(2)), np.ndarray)
    K.set_epsilon(1e-3)
    assert K.epsilon() == 1e-3


def test_names():
    assert (K.get_uid("dense"), K.get_uid("dense"), K.get_uid()) == (1, 2, 1)
    assert Dense(1).name == "dense_3"
    K.reset_uids()
    assert Dense(1).name == "dense_1"
    K.clear_session()
    assert Dense(1).name == "dense_1"
    with K.name_scope("part"):
        assert K.get_value(K.variable(1.0)) == 1


def test_weights_of_layers_are_variables():
    layer, norm = Dense(2), BatchNormalization()
    model = Sequential([Dense(3, input_shape=(4,)), layer, norm])
    assert layer.kernel is layer.weights[0] is model.get_layer(layer.name).trainable_weights[0]
    assert [w.name for w in model.weights] == [
        *("dense_2/kernel:0", "dense_2/bias:0", "dense_1/kernel:0", "dense_1/bias:0"),
        *("batch_normalization_1/gamma:0", "batch_normalization_1/beta:0"),
        *("batch_normalization_1/moving_mean:0", "batch_normalization_1/moving_variance:0"),
    ]
    K.set_value(layer.kernel, np.ones((3, 2)))
    np.testing.assert_array_equal(layer.get_weights()[0], np.ones((3, 2)))
    layer.set_weights([np.zeros((3, 2)), np.ones(2)])
    assert K.get_value(layer.kernel).sum() == 0
    K.batch_set_value([(w, np.full(w.shape, 2.0)) for w in model.weights])
    assert all((value == 2).all() for value in K.batch_get_value(model.weights))
    assert all(w.trainable for w in model.trainable_weights) and not any(
        w.trainable for w in norm.weights[2:]
    )


def test_a_layers_weight_is_not_frozen_into_another_function():
    dense = Dense(2)
    dense(Input((3,)))
    with pytest.raises(RuntimeError, match="'kernel' of layer 'dense_1'"):
        jax.jit(lambda x: K.dot(x, dense.kernel))(np.ones((1, 3)))
    assert jax.jit(lambda k: k * 1)(dense.kernel).shape == (3, 2)


def test_a_users_layer_reads_its_weights_where_they_are_hidden():
    class Holder:
        pass

    class Hidden(Layer):
        def build(self, input_shape):
            self.holder = Holder()
            self.holder.scale = self.add_weight(name="scale", shape=(), initializer="ones")

        def call(self, x):
            return K.sum(x * self.holder.scale, axis=-1, keepdims=True)

    model = Sequential([Hidden(input_shape=(3,))])
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 3)), np.zeros((4, 1)), epochs=1, verbose=0)
    assert model.get_weights()[0] < 1


def test_a_layer_of_the_first_keras_makes_its_weights_of_variables():
    class Old(Layer):
        def build(self, input_shape):
            self.W = K.random_uniform_variable((input_shape[1], 2), -1, 1)
            self.b = K.zeros((2,))
            self.trainable_weights = [self.W, self.b]

        def call(self, x):
            return K.dot(x, self.W) + self.b

    x = np.ones((4, 3), "f")
    model = Sequential([Old(input_shape=(3,))])
    layer = model.layers[0]
    start = K.get_value(layer.W)
    assert np.abs(start).max() > 0
    np.testing.assert_allclose(model.predict(x), x @ start, rtol=1e-5, atol=1e-6)
    model.compile("sgd", "mse")
    model.fit(x, x[:, :2], epochs=1, verbose=0)
    assert not np.array_equal(K.get_value(layer.W), start)
    assert layer.W is layer.weights[0] and K.get_value(layer.b).any()


def test_the_learning_rate():
    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile(optimizers.SGD(lr=0.5), "mse")
    assert K.get_value(model.optimizer.lr) == 0.5 and isinstance(model.optimizer.lr, float)
    K.set_value(model.optimizer.lr, 0.0)
    assert model.optimizer.lr == 0
    before = model.get_weights()
    model.fit(np.ones((4, 2)), np.ones((4, 1)), epochs=1, verbose=0)
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    halve = LambdaCallback(
        on_epoch_end=lambda epoch, logs: K.set_value(
            model.optimizer.lr, K.get_value(model.optimizer.lr) / 2
        )
    )
    K.set_value(model.optimizer.lr, np.float32(1.0))
    model.fit(np.ones((4, 2)), np.ones((4, 1)), epochs=3, verbose=0, callbacks=[halve])
    assert model.optimizer.lr == 0.125


def test_numbers_of_optimizers_are_plain_wherever_they_are_copied():
    adam = optimizers.Adam(lr=0.25)
    K.set_value(adam.beta_1, 0.5)
    assert adam.beta_1 == 0.5
    assert json.loads(json.dumps(adam.get_config()))["lr"] == 0.25
    for copied in (
        copy.deepcopy(adam.lr),
        pickle.loads(pickle.dumps(adam.lr)),
        adam.get_config()["lr"],
        adam.lr * 1,
    ):
        assert type(copied) is float and math.isclose(copied, 0.25)
    for fixed in (adam.lr * 2, 0.1, np.ones(2), Input((2,))):
        with pytest.raises(TypeError, match="takes a"):
            K.set_value(fixed, 1.0)


def test_updates_of_a_users_layer():
    class Counter(Layer):
        def build(self, input_shape):
            self.seen = self.add_weight(name="seen", shape=(), initializer="zeros", trainable=False)
            self.mean = self.add_weight(
                name="mean", shape=(2,), initializer="zeros", trainable=False
            )

        def call(self, x):
            self.add_update(
                [K.update_add(self.seen, 1), K.moving_average_update(self.mean, K.mean(x, 0), 0.5)],
                x,
            )
            return x

    x = Input((2,))
    counter = Counter()
    model = Model(x, counter(Dense(2, kernel_initializer="identity")(x)))
    model.compile(optimizers.SGD(lr=0.0), "mse")
    model.fit(np.ones((8, 2)), np.ones((8, 2)), batch_size=4, epochs=1, verbose=0)
    assert K.get_value(counter.seen) == 2
    np.testing.assert_allclose(K.get_value(counter.mean), [0.75, 0.75])


@pytest.mark.parametrize("how", ["set", "append"])
def test_updates_as_an_attribute(how):
    """Q1.A97, Q2: ``self.updates``, a list of (weight, its new value)."""

    class Counter(Layer):
        def build(self, input_shape):
            self.seen = self.add_weight(name="seen", shape=(), initializer="zeros", trainable=False)
            super().build(input_shape)

        def call(self, x):
            if how == "set":
                self.updates = [(self.seen, self.seen + 1.0)]
            else:
                self.updates.append((self.seen, self.seen + 1.0))
            return x

    model = Sequential([Counter(input_shape=(2,)), Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.ones((8, 2)), np.ones((8, 1)), batch_size=4, epochs=1, verbose=0)
    assert model.get_weights()[0] == 2
    model.predict(np.ones((8, 2)))
    assert model.get_weights()[0] == 2

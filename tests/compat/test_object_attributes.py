"""What programs ask of models and optimizers, as Keras 2.0.4 answers."""

import copy
import subprocess
import sys

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import optimizers
from jaxcnn.layers import LSTM, Dense, Dropout, Input, Lambda, Layer
from jaxcnn.models import Sequential
from jaxcnn.optimizers import SGD, Adam
from jaxcnn.spellings.dialect import speaking

X, Y = np.ones((8, 3), "float32"), np.ones((8, 2), "float32")


def dense(optimizer):
    model = Sequential([Dense(2, input_dim=3)])
    model.compile(optimizer, "mse", metrics=["mae"], loss_weights=[2.0])
    return model


def test_optimizers_remember():
    adam = optimizers.Adam(decay=0.1)
    assert adam.iterations == 0 and adam.get_weights() == []
    model = dense(adam)
    with pytest.raises(RuntimeError, match="compile a model with it before"):
        optimizers.Adam().set_weights([1])
    model.fit(X, Y, batch_size=2, epochs=1, verbose=0)
    assert model.optimizer is adam and K.get_value(adam.iterations) == 4
    rate = K.eval(adam.lr * (1.0 / (1.0 + adam.decay * adam.iterations)))
    assert rate == pytest.approx(0.001 / 1.4)
    weights = adam.get_weights()
    assert [w.shape for w in weights] == [(), (3, 2), (2,), (3, 2), (2,)]
    for listed, weight in zip(K.batch_get_value(adam.weights), weights, strict=True):
        np.testing.assert_array_equal(listed, weight)
    other = dense(optimizers.Adam())
    other.optimizer.set_weights(weights)
    for a, b in zip(other.optimizer.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(a, b)
    K.set_value(other.optimizer.iterations, 9)
    assert other.optimizer.iterations == 9
    assert copy.deepcopy(adam).get_weights() == [] and copy.deepcopy(adam).decay == 0.1
    with pytest.raises(ValueError, match="keeps 5 arrays; given 2"):
        adam.set_weights(weights[:2])


@pytest.mark.parametrize("name", ["SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax",
                                  "Nadam"])  # fmt: skip
@pytest.mark.parametrize("options", [{}, {"clipnorm": 0.5}, {"clipvalue": 0.5}])
def test_configurations(name, options, as_keras):
    from keras import optimizers as keras_optimizers

    config = keras_optimizers.serialize(getattr(keras_optimizers, name)(**options))
    assert {key for key in config["config"] if key.startswith("clip")} == set(options)
    again = keras_optimizers.serialize(keras_optimizers.deserialize(config))
    again["class_name"] = again["class_name"].lower()
    assert config == again


def test_models():
    model = dense("sgd")
    assert model.metrics == ["mae"] and model.loss_weights == [2.0] and model.model is model
    assert model.sample_weight_mode is None and not model.stateful
    assert not model.uses_learning_phase
    assert Sequential([Dropout(0.5, input_shape=(3,))]).uses_learning_phase
    assert Sequential([LSTM(2, stateful=True, batch_input_shape=(2, 3, 4))]).stateful
    assert Sequential([Dense(2, input_dim=3)]).metrics == []
    assert LSTM(2).supports_masking


def test_float64_in_a_program_of_old_keras(monkeypatch):
    program = """
import numpy as np
from keras import backend as K
from keras.layers import Conv1D
from keras.models import Sequential
K.set_floatx("float64")
model = Sequential([Conv1D(3, 3, input_shape=(4, 2))])
assert model.predict(np.ones((2, 4, 2))).dtype == "float64" == model.get_weights()[0].dtype
"""
    code = "from jaxcnn.compat import install; install('2.2')" + program
    subprocess.run([sys.executable, "-c", code], check=True)


def test_gradients_by_the_private_names_of_a_model():
    """The numbers are those of Keras 2.0.4 and 2.2.4."""
    model = Sequential([Dense(2, input_dim=3, activation="tanh"), Dense(1)])
    model.set_weights([np.arange(w.size).reshape(w.shape) / 10 for w in model.get_weights()])
    model.compile("sgd", "mse")
    x, y = np.arange(12.0).reshape(4, 3) / 10, np.ones((4, 1))
    gradients = model.optimizer.get_gradients(model.total_loss, model.trainable_weights)
    function = K.function(
        model._feed_inputs + model._feed_targets + model._feed_sample_weights, gradients
    )
    xs, ys, weights = model._standardize_user_data(x, y)
    expected = [
        [0.0, -0.04396, 0.0, -0.05688, 0.0, -0.06981],
        [0.0, -0.12928],
        [-0.64046, -0.99207],
        [-1.89435],
    ]
    for value, numbers in zip(function(xs + ys + weights), expected, strict=True):
        np.testing.assert_allclose(value.ravel(), numbers, atol=1e-5)
    *_, weights = model._standardize_user_data(x, y, class_weight={0: 2.0, 1: 3.0})
    assert [w.tolist() for w in weights] == [[3, 3, 3, 3]]
    assert model._feed_output_shapes == [(None, 1)] and model._feed_loss_fns == model.loss_functions
    assert model._feed_output_names == model.output_names and model.sample_weight_modes == [None]
    assert model.flattened_layers == model.layers


def test_weights_start_anew(as_keras):
    dense = Dense(2, bias_initializer="ones")
    dense(Input((3,)))
    dense.set_weights([np.zeros((3, 2)), np.zeros(2)])
    from keras import backend

    session = backend.get_session()
    dense.kernel.initializer.run(session=session)
    first = K.get_value(dense.kernel)
    assert (first != 0).all() and K.get_value(dense.bias).tolist() == [0, 0]
    session.run([weight.initializer for weight in dense.weights])
    assert (K.get_value(dense.kernel) != first).all()
    assert K.get_value(dense.bias).tolist() == [1, 1]
    counter = K.variable([5.0])
    K.set_value(counter, [6.0])
    session.run(counter.initializer)
    assert K.get_value(counter).tolist() == [5]


def test_shapes_told_to_build_are_plain_integers():
    class Told(Layer):
        def build(self, input_shape):
            self.told = input_shape
            self.kernel = self.add_weight((2, 2), "zeros")
            super().build(input_shape)

        def call(self, inputs):
            return inputs

    layer = Told()
    layer(Dense(4)(Input((300, 4))))
    assert layer.told[-1] is 4 and type(layer.told[1]) is int  # noqa: F632
    assert type(layer.told) is tuple and type(K.int_shape(layer.kernel)) is tuple


def test_elements_of_a_batch_have_no_batch_in_front(as_keras):
    def tall(row):
        return K.reshape(row, (K.int_shape(row)[0], 1)) * 2

    outputs = Lambda(lambda x: K.map_fn(tall, x))(inputs := Input((3,)))
    assert outputs.shape == (None, 3, 1)
    doubled = K.function([inputs], [outputs])([X])[0]
    np.testing.assert_array_equal(doubled, 2 * X[..., None])


def test_models_of_old_programs_set_as_many_weights_as_there_are(as_keras):
    model = Sequential([Dense(2, input_dim=2), Dense(2)])
    last = model.get_weights()[2]
    with pytest.warns(UserWarning, match="has 4 weights; given 1"):
        model.set_weights([np.ones((2, 2))])
    np.testing.assert_array_equal(model.get_weights()[0], np.ones((2, 2)))
    np.testing.assert_array_equal(model.get_weights()[2], last)
    with pytest.warns(UserWarning, match="given 5"):
        model.set_weights([*model.get_weights(), np.ones(7)])
    with pytest.raises(ValueError, match="expecting 2 weights"):
        model.layers[0].set_weights([np.ones((2, 2))])


def test_layers_of_users_know_whether_they_pass_masks_on():
    class Plain(Layer):
        def call(self, inputs):
            return inputs

    layer = Plain()
    assert layer.supports_masking is False
    layer.supports_masking = True
    assert layer.supports_masking and not Plain().supports_masking


@pytest.mark.parametrize(
    ("keras", "optimizer", "count", "kind"),
    [
        ("2.0", SGD(0.1), 0, "float32"),
        ("2.0", SGD(0.1, decay=0.1), 2, "float32"),
        ("1.2", Adam(), 2, "float32"),
        ("2.2", SGD(0.1), 2, "int32"),
    ],
)
def test_the_number_of_updates_as_each_keras_lists_it(keras, optimizer, count, kind):
    # Of Keras 2.0.4: SGD().get_weights() begins with 0.0 after two updates, with decay with 2.0.
    with speaking(keras):
        model = Sequential([Dense(2, input_dim=3)])
        model.compile(optimizer, "mse")
        for _ in range(2):
            model.train_on_batch(np.ones((4, 3)), np.ones((4, 2)))
        first = optimizer.get_weights()[0]
        assert (first, first.dtype, first.shape) == (count, kind, ())
        before = optimizer.get_weights()
        optimizer.set_weights(before)
        for a, b in zip(optimizer.get_weights(), before, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(("keras", "shapes"), [("2.0", [(2,), (3, 2)]), ("2.2", [(3, 2), (2,)])])
def test_the_slots_of_an_optimizer_as_each_keras_lists_them(keras, shapes):
    # As the real Keras 2.0.4, where biases come before kernels, and 2.2.4.
    with speaking(keras):
        model = Sequential([Dense(2, input_dim=3)])
        model.compile(Adam(), "mse")
        model.train_on_batch(np.ones((4, 3)), np.ones((4, 2)))
        before = model.optimizer.get_weights()
        assert [w.shape for w in before][1:5] == shapes * 2
        model.optimizer.set_weights([before[0], *(w + 1 for w in before[1:])])
        for a, b in zip(model.optimizer.get_weights()[1:5], before[1:5], strict=True):
            np.testing.assert_array_equal(a, b + 1)

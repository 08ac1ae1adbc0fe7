"""Arguments of layers that are assigned after a model was made, as in 2.0.4 and 2.2.4.

The configuration, its copies and later calls have them; the model that was there computes what it
did.
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose

pytestmark = pytest.mark.parametrize("keras", ["2.0", "2.2"], indirect=True)
RNG = np.random.default_rng(5)


def copied(model):
    again = type(model).from_config(model.get_config())
    again.set_weights(model.get_weights())
    return again


def test_the_activation_of_the_last_layer(keras, tmp_path):
    """As programs take the softmax off before they look for what a class sees."""
    from keras import activations
    from keras.layers import Dense, Dropout, Input
    from keras.models import Model, Sequential, load_model, model_from_json

    model = Sequential([Dense(3, input_shape=(4,)), Dropout(0.5), Dense(2, activation="softmax")])
    x = RNG.normal(size=(3, 4))
    before = model.predict(x)
    model.layers[-1].activation = activations.linear
    model.layers[1].rate = 0.0
    assert_allclose(model.predict(x), before)
    assert model.layers[-1].get_config()["activation"] == "linear"
    assert model.layers[1].get_config()["rate"] == 0.0

    model.save(str(tmp_path / "model.h5"))
    by_text = model_from_json(model.to_json())
    by_text.set_weights(model.get_weights())
    tensor = inputs = Input((4,))
    for layer in model.layers:
        tensor = layer(tensor)
    outputs = copied(model).predict(x)
    assert_allclose(np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True), before, rtol=1e-5)
    for other in (load_model(str(tmp_path / "model.h5")), by_text, Model(inputs, tensor)):
        assert_allclose(other.predict(x), outputs, rtol=1e-6)


def test_a_penalty_for_the_weights_of_a_finished_network(keras):
    """As programs regularize a network that somebody else has made."""
    from keras.layers import Dense
    from keras.models import Sequential

    model = Sequential([Dense(2, input_shape=(3,), kernel_initializer="ones")])
    model.layers[0].kernel_regularizer = keras.regularizers.l2(0.5)
    assert model.losses == []
    x = np.zeros((1, 3))
    for one, loss in ((model, 0.0), (copied(model), 3.0)):
        one.compile("sgd", "mse")
        assert one.evaluate(x, np.zeros((1, 2)), verbose=0) == pytest.approx(loss)


def test_a_model_made_before_it_has_computed_anything(keras):
    from keras.layers import Dense, Input
    from keras.models import Model, Sequential

    layer = Dense(2, activation="tanh", kernel_initializer="ones")
    inputs = Input((1,))
    model = Model(inputs, layer(inputs))
    stack = Sequential([Dense(2, input_shape=(1,), activation="tanh", kernel_initializer="ones")])
    layer.activation = stack.layers[0].activation = None
    later = Model(inputs, layer(inputs))
    x = np.full((1, 1), 2.0)
    assert_allclose(model.predict(x), np.tanh([[2, 2]]), rtol=1e-6)
    assert_allclose(stack.predict(x), np.tanh([[2, 2]]), rtol=1e-6)
    assert_allclose(later.predict(x), [[2, 2]])


def test_strides_momentum_and_states(keras):
    from keras.layers import LSTM, BatchNormalization, Conv2D, MaxPooling2D
    from keras.models import Sequential

    model = Sequential([Conv2D(2, 3, input_shape=(6, 6, 1)), MaxPooling2D(2), BatchNormalization()])
    model.layers[0].strides = (2, 2)
    model.layers[2].momentum = 0.5
    assert model.layers[0].get_config()["strides"] == (2, 2)
    assert model.output_shape == (None, 2, 2, 2)
    again = copied(model)
    assert again.output_shape == (None, 1, 1, 2) and again.layers[2].momentum == 0.5

    steps = RNG.normal(size=(3, 4, 2))
    model = Sequential([LSTM(2, batch_input_shape=(3, 4, 2))])
    model.layers[0].stateful = True
    assert_allclose(model.predict(steps), model.predict(steps))
    again = copied(model)
    first, second = again.predict(steps), again.predict(steps)
    assert_allclose(first, model.predict(steps), rtol=1e-5)
    assert abs(second - first).max() > 1e-3


def test_a_value_that_the_constructor_would_refuse(keras):
    from keras.layers import Dense, Dropout

    layer = Dropout(0.5)
    with pytest.raises(ValueError, match="rate"):
        layer.rate = "much"
    assert layer.rate == 0.5

    class Listed(Dense):
        """Keeps more in an attribute than the layer of the library understands."""

        def __init__(self, units, **kwargs):
            super().__init__(units[0], **kwargs)
            self.units = units

        def call(self, x):
            return super().call(x)

    assert Listed([3, 4]).units == [3, 4]


def test_attributes_that_layers_had(keras):
    from keras import layers

    assert [layers.Conv2D(2, 3).rank, layers.UpSampling1D(2).rank, layers.Conv3D(2, 3).rank] == [
        2,
        1,
        3,
    ]
    assert (
        not layers.Dense(1).stateful
        and layers.Bidirectional(layers.LSTM(1, stateful=True)).stateful
    )
    assert layers.ZeroPadding1D(1).data_format == "channels_last"
    assert layers.SeparableConv2D(2, 3).kernel_regularizer is None
    assert layers.SpatialDropout1D(0.5).noise_shape is None


def test_what_callbacks_compare_by(keras):
    from keras.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau

    stop = EarlyStopping("val_loss", min_delta=0.1)
    assert stop.monitor_op is np.less and stop.min_delta == -0.1
    assert EarlyStopping("val_acc", min_delta=0.1).min_delta == 0.1
    assert ModelCheckpoint("a.h5", "val_acc", save_best_only=True).monitor_op is np.greater
    assert ReduceLROnPlateau("val_loss", mode="max").monitor_op is np.greater
    assert ModelCheckpoint("a.h5").monitor_op is np.less


def test_a_stop_that_compares_by_something_else(keras):
    from keras.callbacks import EarlyStopping
    from keras.layers import Dense
    from keras.models import Sequential

    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    stop = EarlyStopping("loss", patience=1)
    stop.monitor_op = lambda new, best: False
    fitted = model.fit(np.ones((4, 2)), np.zeros(4), epochs=6, verbose=0, callbacks=[stop])
    assert len(fitted.epoch) == (2 if keras.__version__ == "2.0.4" else 1)

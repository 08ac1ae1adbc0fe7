"""Recurrent layers over films from a cell; sums of outputs are those of the real Keras 2.2.4."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import ConvLSTM2D, ConvLSTM2DCell, ConvRNN2D, Input, Layer
from jaxcnn.models import Model, load_model
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.spellings.dialect import speaking

X = np.sin(np.arange(2 * 3 * 6 * 5 * 2.0)).reshape(2, 3, 6, 5, 2).astype("float32")


def with_weights(model):
    model.set_weights(
        [
            0.5 * np.cos(np.arange(w.size) * (i + 1.0)).reshape(w.shape)
            for i, w in enumerate(model.get_weights())
        ]
    )
    return model


def sums(model, x=X):
    outputs = with_weights(model).predict(x)
    listed = outputs if isinstance(outputs, list) else [outputs]
    return [(v.shape, pytest.approx((v.sum(), abs(v).sum()), abs=3e-4)) for v in listed]


def test_the_cell_of_an_lstm():
    x = Input((3, 6, 5, 2))
    cell = ConvLSTM2DCell(3, (2, 3), (2, 1), padding="same", recurrent_activation="sigmoid")
    layer = ConvRNN2D(cell, return_sequences=True, return_state=True)
    assert sums(Model(x, layer(x))) == [
        ((2, 3, 3, 5, 3), (30.9385, 42.9718)),
        ((2, 3, 5, 3), (14.7724, 15.7314)),
        ((2, 3, 5, 3), (44.389, 46.083)),
    ]
    layer = ConvRNN2D(ConvLSTM2DCell(3, 2, dilation_rate=2), go_backwards=True)
    model = Model(x, layer(x))
    assert sums(model) == [((2, 4, 3, 3), (3.195, 8.1232))]
    assert [w.shape for w in model.get_weights()] == [(2, 2, 2, 12), (2, 2, 3, 12), (12,)]
    assert layer.input_spec.ndim == 5 and cell.state_size == (3, 3)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_a_cell_in_a_layer_is_the_layer(data_format, tmp_path):
    x = Input((3, 6, 5, 2))
    options = {"padding": "same", "data_format": data_format, "use_bias": False}
    layer = ConvLSTM2D(4, 3, return_sequences=True, **options)
    of_cell = ConvRNN2D(ConvLSTM2DCell(4, 3, **options), return_sequences=True)
    one, other = with_weights(Model(x, layer(x))), with_weights(Model(x, of_cell(x)))
    np.testing.assert_allclose(one.predict(X), other.predict(X), atol=1e-6)
    for name, version in (("m.h5", None), ("m.keras", None), ("m22.h5", "2.2")):
        with speaking(version):
            other.save(tmp_path / name)
        again = load_model(tmp_path / name)
        np.testing.assert_allclose(again.predict(X), other.predict(X), atol=1e-6)


class Averaging(Layer):
    """A cell that mixes what a convolution makes of the input into its state."""

    def __init__(self, filters, padding="valid", **kwargs):
        super().__init__(**kwargs)
        self.filters, self.padding = filters, padding
        self.kernel_size, self.strides, self.dilation_rate = (2, 2), (1, 1), (1, 1)
        self.data_format, self.state_size = "channels_last", filters

    def build(self, input_shape):
        shape = (2, 2, input_shape[-1], self.filters)
        self.kernel = self.add_weight(shape=shape, initializer="glorot_uniform", name="kernel")
        super().build(input_shape)

    def call(self, x, states):
        new = 0.5 * states[0] + K.conv2d(x, self.kernel, padding=self.padding)
        return new, [new]

    def get_config(self):
        return {**super().get_config(), "filters": self.filters, "padding": self.padding}


class AveragingFilm(ConvRNN2D):
    def __init__(self, filters, padding="valid", **kwargs):
        super().__init__(Averaging(filters, padding), **kwargs)

    def call(self, inputs, mask=None, training=None, initial_state=None):
        return super().call(inputs, mask=mask, training=training, initial_state=initial_state)

    @property
    def filters(self):
        return self.cell.filters


def test_a_cell_of_a_user():
    x = Input((3, 6, 5, 2))
    model = with_weights(Model(x, AveragingFilm(2, return_sequences=True)(x)))
    (kernel,) = model.get_weights()
    steps = [K.eval(K.conv2d(X[:, t], kernel)) for t in range(3)]
    expected = [steps[0], steps[1] + steps[0] / 2, steps[2] + steps[1] / 2 + steps[0] / 4]
    np.testing.assert_allclose(model.predict(X), np.stack(expected, 1), atol=1e-5)
    model.compile("sgd", "mse")
    model.train_on_batch(X, model.predict(X) + 1)
    assert not np.allclose(model.get_weights()[0], kernel)
    start = Input((6, 5, 2))
    layer = ConvRNN2D(Averaging(2, "same"))
    begun = with_weights(Model([x, start], layer(x, initial_state=start)))
    plain = with_weights(Model(x, ConvRNN2D(Averaging(2, "same"))(x)))
    np.testing.assert_allclose(
        begun.predict([X, X[:, 0]]), plain.predict(X) + X[:, 0] / 8, atol=1e-5
    )
    with custom_object_scope({"Averaging": Averaging}):
        again = ConvRNN2D.from_config(layer.get_config())
    assert isinstance(again.cell, Averaging)


def test_states_that_last():
    x = Input(batch_shape=(2, 3, 6, 5, 2))
    layer = AveragingFilm(2, stateful=True)
    model = with_weights(Model(x, layer(x)))
    first, second = model.predict(X), model.predict(X)
    np.testing.assert_allclose(second, first + first / 8, atol=1e-5)
    layer.reset_states()
    np.testing.assert_allclose(model.predict(X), first, atol=1e-6)


def test_what_is_refused():
    with pytest.raises(TypeError, match="`unroll` does not go with convolutions"):
        ConvRNN2D(ConvLSTM2DCell(1, 1), unroll=True)
    with pytest.raises(TypeError, match="takes one cell"):
        ConvRNN2D([ConvLSTM2DCell(1, 1), ConvLSTM2DCell(1, 1)])
    with pytest.raises(ValueError, match=r"5 axes|\(batch, steps, \.\.\.\)"):
        ConvRNN2D(ConvLSTM2DCell(1, 1))(Input((3, 4)))

    class Bare(Layer):
        state_size = 2

        def call(self, x, states):
            return x, [x]

    with pytest.raises(ValueError, match="the cell Bare has no filters, kernel_size"):
        ConvRNN2D(Bare())(Input((3, 4, 4, 2)))

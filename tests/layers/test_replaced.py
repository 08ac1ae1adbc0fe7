"""Layers of users that read or replace the weights of the layer that they wrap or derive from."""

import numpy as np
import pytest

import jaxcnn.backend as K
from jaxcnn import Model
from jaxcnn.compat.legacy import Wrapper
from jaxcnn.layers import (
    LSTM,
    BatchNormalization,
    Conv1D,
    Dense,
    Embedding,
    Flatten,
    Input,
    Layer,
    Masking,
)

X = np.arange(12, dtype="float32").reshape(4, 3) / 10


class Halved(Wrapper):
    """Computes with half of the kernel of its layer."""

    def build(self, input_shape):
        self.layer.build(input_shape)
        super().build()

    def call(self, x):
        self.layer.kernel = self.layer.kernel * 0.5
        return self.layer.call(x)


class Causal(Dense):
    """A dense layer with a masked kernel."""

    def build(self, input_shape):
        super().build(input_shape)
        self.allowed = K.constant(np.tril(np.ones((input_shape[-1], self.units))))

    def call(self, x):
        self.kernel = self.kernel * self.allowed
        return super().call(x)


class EmbeddingAndTable(Embedding):
    """Also returns the table."""

    def compute_mask(self, inputs, mask=None):
        return [super().compute_mask(inputs, mask), None]

    def call(self, inputs):
        return [super().call(inputs), self.embeddings + 0]


class Scores(Layer):
    """The products with the rows of a table."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape):
        self.shapes = input_shape
        super().build(input_shape)

    def call(self, inputs):
        return K.dot(inputs[0], K.transpose(inputs[1]))

    def compute_mask(self, inputs, mask=None):
        return mask[0]


def trained(layer, shape=(3,), x=X):
    """The model of a layer, and its weights before and after one step."""
    inputs = Input(shape)
    outputs = layer(inputs)
    model = Model(inputs, outputs)
    model.compile("sgd", "mse")
    before = model.get_weights()
    model.train_on_batch(x, np.ones((4, *outputs.shape[1:])))
    return model, before, model.get_weights()


@pytest.mark.parametrize(
    ("layer", "kernel_of"),
    [
        (lambda: Halved(Dense(3)), lambda kernel: kernel / 2),
        (lambda: Causal(3), np.tril),
        (lambda: Halved(Causal(3)), lambda kernel: np.tril(kernel) / 2),
    ],
)
def test_a_replaced_kernel_computes_and_the_weight_learns(layer, kernel_of):
    model, before, after = trained(layer())
    assert abs(after[0] - before[0]).max() > 0
    model.set_weights(before)
    for _ in range(2):  # what stood there before stands there again
        np.testing.assert_allclose(model.predict(X), X @ kernel_of(before[0]), rtol=1e-5, atol=1e-6)


def test_a_subclass_reads_its_weights_and_says_its_masks():
    inputs = Input((5,))
    table = EmbeddingAndTable(7, 3, mask_zero=True)
    rows, whole = table(inputs)
    assert rows.mask_shape == (None, 5) and whole.mask_shape is None
    scores = Scores()
    model = Model(inputs, LSTM(2)(scores([rows, whole])))
    assert scores.shapes == [(None, 5, 3), (7, 3)]  # with the size that is no batch
    model.compile("sgd", "mse")
    before = table.get_weights()[0]
    model.train_on_batch(np.array([[1, 2, 0, 0, 0]]), np.ones((1, 2)))
    moved = abs(table.get_weights()[0] - before).max(axis=1)
    assert (moved > 0).all()  # rows that were not looked up as well: they are in every product


def test_a_subclass_may_pass_masks_on():
    class Passing(Conv1D):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.supports_masking = True

        def call(self, inputs, mask=None):
            return super().call(inputs * K.expand_dims(K.cast(mask, K.floatx())))

    class Dropping(Flatten):
        def __init__(self, **kwargs):
            self.supports_masking = True  # also before
            super().__init__(**kwargs)

        def compute_mask(self, inputs, mask=None):
            return None

    inputs = Input((4, 2))
    masked = Masking()(inputs)
    assert Passing(3, 1)(masked).mask_shape == (None, 4)
    assert Dropping()(masked).mask_shape is None
    with pytest.raises(ValueError, match="does not support masking"):
        Flatten()(masked)


def test_the_losses_of_a_subclass_that_calls_its_base():
    class Penalised(Dense):
        def call(self, inputs):
            outputs = super().call(inputs)
            self.add_loss(K.sum(outputs))
            return outputs

    inputs = Input((3,))
    layer = Penalised(2, kernel_initializer="ones")
    model = Model(inputs, layer(inputs))
    (loss,) = model.losses
    np.testing.assert_allclose(K.function([inputs], [loss])([X])[0], 2 * X.sum(), rtol=1e-5)


def test_the_updates_of_a_wrapper_may_be_weights():
    class Remembers(Wrapper):
        def build(self, input_shape):
            self.layer.build(input_shape)
            self.last = self.add_weight(
                name="last", shape=self.layer.kernel.shape, initializer="zeros", trainable=False
            )
            super().build()

        def call(self, inputs):
            self.add_update([K.update(self.last, self.layer.kernel)], inputs)
            return self.layer.call(inputs)

    layer = Remembers(Dense(2))
    _, before, _ = trained(layer)
    np.testing.assert_array_equal(K.get_value(layer.last), before[0])


def test_layers_are_tied_by_their_attributes():
    inputs, codes = Input((3,)), Input((2,))
    encoder, twin, decoder = Dense(2), Dense(2, bias_initializer="ones"), Dense(3)
    encoded = encoder(inputs)
    twin.build((None, 3))
    twin.kernel = encoder.kernel
    decoder.build((None, 2))
    decoder.kernel = K.transpose(encoder.kernel)
    model = Model([inputs, codes], [encoded, twin(inputs), decoder(codes)])
    code = X[:, :2]
    first, second, third = model.predict([X, code])
    np.testing.assert_allclose(second, first + 1, rtol=1e-5)
    np.testing.assert_allclose(third, code @ encoder.get_weights()[0].T, rtol=1e-5)
    assert len(model.weights) == 6 and twin.weights[0] is not encoder.kernel  # as in Keras 2.2.4


def test_statistics_are_not_tied():
    layer = BatchNormalization()
    layer.build((None, 3))
    layer.gamma = K.variable(np.ones(3))
    with pytest.raises(TypeError, match="running statistics"):
        layer(Input((3,)))


def test_the_weight_of_another_layer_is_listed_in_place_of_ones_own():
    inputs = Input((3,))
    first, second = Dense(2), Dense(2, bias_initializer="ones")
    model = Model(inputs, first(inputs))
    second.build((None, 3))
    assert second._trainable_weights[0] is second.kernel
    second._trainable_weights[0] = first.kernel
    second.kernel = first.kernel
    assert second.weights == [first.kernel, second.bias]
    both = Model(inputs, [model.output, second(inputs)])
    assert both.trainable_weights == [first.kernel, first.bias, second.bias]
    second.set_weights([np.ones((3, 2)), np.zeros(2)])
    np.testing.assert_array_equal(first.get_weights()[0], np.ones((3, 2)))
    both.compile("sgd", "mse")
    both.fit(X, [X[:, :2], X[:, :2]], verbose=0)
    assert (first.get_weights()[0] < 1).all()
    np.testing.assert_array_equal(second.get_weights()[0], first.get_weights()[0])
    second._trainable_weights[1] = first.bias
    assert second.weights == [first.kernel, first.bias] == second._trainable_weights
    second._trainable_weights[1] = second.bias = K.abs(first.bias)
    assert second.weights == [first.kernel]
    with pytest.raises(TypeError, match="takes the place"):
        second._trainable_weights[0] = np.ones(2)

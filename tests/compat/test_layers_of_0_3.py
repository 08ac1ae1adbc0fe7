"""Layers that programs for Keras 0.3 wrote, and its own; numbers of the real 0.3.3 on Theano."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from jaxcnn import backend as K
from jaxcnn import constraints, regularizers
from jaxcnn.layers import Activation, Dense, Embedding
from jaxcnn.models import Sequential
from jaxcnn.optimizers import SGD
from jaxcnn.spellings.dialect import speaking

A = np.linspace(-1, 1, 24).reshape(8, 3).astype("float32")
B = np.linspace(1, 0, 16).reshape(8, 2).astype("float32")
Y = np.linspace(0, 1, 8).reshape(8, 1).astype("float32")


def filled(model):
    """The model with weights that rise from -0.5 to 0.5."""
    shapes = [weight.shape for weight in model.get_weights()]
    values = [np.linspace(-0.5, 0.5, np.prod(shape)).reshape(shape) for shape in shapes]
    model.set_weights([value.astype("float32") for value in values])
    return model


@pytest.fixture(autouse=True)
def core():
    with speaking("0.3"):
        from jaxcnn.compat import layers_of_0_3

        yield layers_of_0_3


@pytest.fixture
def Affine(core):
    class Affine(core.Layer):
        def __init__(self, n, regularized=True, **kwargs):
            self.n, self.regularized = n, regularized
            self.penalty = regularizers.l2(0.1)
            super().__init__(**kwargs)

        def build(self):
            self.W = K.zeros((self.input_shape[1], self.n))
            self.b = K.zeros((self.n,))
            self.trainable_weights = [self.W, self.b]
            self.penalty.set_param(self.W)
            self.regularizers = [self.penalty] if self.regularized else []
            self.constraints = [constraints.maxnorm(0.5), None]

        @property
        def output_shape(self):
            return (self.input_shape[0], self.n)

        def get_output(self, train=False):
            return K.dot(self.get_input(train), self.W) + self.b

    return Affine


@pytest.fixture
def Double(core):
    class Double(core.MaskedLayer):
        def get_output(self, train=False):
            x = self.get_input(train)
            return 2 * x if train else x

    return Double


@pytest.mark.parametrize(
    ("regularized", "losses"),
    [(True, [0.06064, 0.05016, 0.04504]), (False, [0.00063, 0.00189, 0.00009])],
)
def test_a_layer_is_asked_for_its_output(Affine, Double, regularized, losses):
    model = Sequential()
    model.add(Affine(2, regularized, input_shape=(3,)))
    model.add(Double())
    model.add(Dense(1))
    model.compile(SGD(lr=0.1), "mse")
    filled(model)
    expected = [-0.27391, -0.19565, -0.11739, -0.03913, 0.03913, 0.11739, 0.19565, 0.27391]
    assert_allclose(model.predict(A).ravel(), expected, atol=2e-5)
    assert [layer.output_shape for layer in model.layers] == [(None, 2), (None, 2), (None, 1)]
    history = model.fit(A, Y, batch_size=4, nb_epoch=3, shuffle=False, verbose=0)
    assert_allclose(history.history["loss"], losses, atol=2e-5)
    if regularized:
        kernel = [-0.39573, -0.21753, -0.0886, 0.08846, 0.21854, 0.39444]
        assert_allclose(model.get_weights()[0].ravel(), kernel, atol=2e-5)
    first = model.layers[0]
    inner = K.function([first.input], [first.get_output(train=False)])([A])[0]
    assert_allclose(inner, A @ first.get_weights()[0] + first.get_weights()[1], atol=1e-6)


def test_masks(core):
    class Pool(core.MaskedLayer):
        @property
        def output_shape(self):
            return (self.input_shape[0], self.input_shape[2])

        def get_output(self, train=False):
            mask = K.expand_dims(self.get_input_mask(train)) * 1.0
            return K.sum(self.get_input(train) * mask, axis=1) / K.sum(mask, axis=1)

        def get_output_mask(self, train=False):
            return None

    model = Sequential()
    model.add(Embedding(4, 2, input_length=3, mask_zero=True))
    model.add(Pool())
    values = filled(model).predict(np.array([[1, 2, 0], [3, 0, 0]]))
    assert_allclose(values.ravel(), [-0.07143, 0.07143, 0.35714, 0.5], atol=2e-5)


def test_an_autoencoder_gives_its_code_where_it_is_told_to(core):
    encoder = Sequential([Dense(2, input_dim=3, activation="tanh")])
    decoder = Sequential([Dense(3, input_dim=2)])
    model = Sequential()
    model.add(core.AutoEncoder(encoder=encoder, decoder=decoder))
    model.compile(SGD(lr=0.1), "mse")
    history = filled(model).fit(A, A, batch_size=4, nb_epoch=2, shuffle=False, verbose=0)
    assert_allclose(history.history["loss"], [0.46377, 0.37164], atol=2e-5)
    model.layers[0].output_reconstruction = False
    model.compile("sgd", "mse")
    code = model.predict(A)
    assert code.shape == (8, 2)
    assert_allclose(code[:2].ravel(), [0.02964, 0.03843, -0.09466, 0.1642], atol=2e-5)


def test_merging_by_a_function(core):
    parts = [Sequential([Dense(2, input_dim=n)]) for n in (3, 2)]
    model = Sequential()
    model.add(core.LambdaMerge(parts, lambda x: K.abs(x[0] - x[1]), lambda shapes: shapes[0]))
    model.add(Dense(1))
    expected = [*[-0.59179] * 5, -0.48261, -0.40821, -0.40821]
    assert_allclose(filled(model).predict([A, B]).ravel(), expected, atol=2e-5)


def test_one_layer_on_several_models(core):
    parts = [Sequential([Activation("linear", input_shape=(2,))]) for _ in range(2)]
    model = Sequential()
    model.add(core.Siamese(Dense(2), parts, merge_mode="sum"))
    values = filled(model).predict([A[:, :2], B])
    assert_allclose(values[0], [-0.99662, 1.01014], atol=2e-5)
    assert_allclose(values[-1], [-1.2942, 1.30773], atol=2e-5)


@pytest.mark.parametrize(("mode", "expected"), [("ave", [3, 4]), ("sum", [12, 16])])
def test_merging_steps(core, mode, expected):
    model = Sequential([core.TimeDistributedMerge(mode, input_shape=(4, 2))])
    assert model.predict(np.arange(8.0).reshape(1, 4, 2)).ravel().tolist() == expected
    with pytest.raises(ValueError, match="known are sum, ave and mul"):
        core.TimeDistributedMerge("max")


@pytest.mark.parametrize("keras", ["0.3"], indirect=True)
def test_names_that_only_0_3_has(keras):
    from keras.constraints import identity
    from keras.layers import containers
    from keras.layers.core import Highway, MaskedLayer
    from keras.models import Graph

    assert containers.Graph is Graph and MaskedLayer.supports_masking
    assert identity()(3.0) == 3.0
    model = containers.Sequential([Highway(input_shape=(2,))])
    values = filled(model).predict(B[:2]).ravel()  # its gate has the last two weights
    assert_allclose(values, [0.44556, 0.84134, 0.34996, 0.76976], atol=2e-5)
    model.compile("sgd", "mse")
    assert_allclose(model.train_on_batch(B, B), [0.1005], atol=2e-5)
    output = K.function([model.get_input(train=False)], [model.get_output(train=False)])
    assert output([B])[0].shape == (8, 2)
    assert len(model.layers[0].trainable_weights) == 4

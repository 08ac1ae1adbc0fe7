"""Initializers as Keras calls them: with a shape, one inside another, as in Keras 1."""

import jax
import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import initializers
from jaxcnn.layers import Dense, Input, Layer
from jaxcnn.models import Sequential
from jaxcnn.utils import set_random_seed


@pytest.mark.parametrize("call", [
    lambda init: init((3, 4)),
    lambda init: init(shape=[3, 4]),
    lambda init: init((3, 4), dtype="float32"),
    lambda init: init((3, 4), None),
    lambda init: init(jax.random.key(0), (3, 4)),
    lambda init: init(jax.random.PRNGKey(0), (3, 4)),
])  # fmt: skip
@pytest.mark.parametrize("name", initializers.registry.items())
def test_a_shape_is_enough(name, call):
    init = initializers.get(name)
    if name == "Identity":
        pytest.skip("its shape is a square")
    values = call(init)
    assert values.shape == (3, 4) and values.dtype == "float32"
    assert K.get_value(K.variable(values)).shape == (3, 4)


def test_the_seed_of_the_library_decides():
    init = initializers.get("normal")
    set_random_seed(3)
    first, second = init((5,)), init((5,))
    set_random_seed(3)
    np.testing.assert_array_equal(init((5,)), first)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(
        initializers.RandomNormal(seed=1)((4,)), initializers.RandomNormal(seed=1)((4,))
    )


@pytest.mark.parametrize("wrong", [
    lambda init: init(),
    lambda init: init(jax.random.key(0)),
    lambda init: init((2, 2), "float32", "zeros"),
    lambda init: init((2, 2), partition_info=None),
])  # fmt: skip
def test_other_arguments_are_refused(wrong):
    with pytest.raises(TypeError, match=r"is called as initializer\(shape, dtype\)"):
        wrong(initializers.Ones())


class Doubled(initializers.Initializer):
    """Keras 2: another initializer times two."""

    def __init__(self, inner="glorot_uniform"):
        self.inner = initializers.get(inner)

    def __call__(self, shape, dtype=None):
        return 2 * self.inner(shape, dtype)

    def get_config(self):
        return {"inner": initializers.serialize(self.inner)}


class Shifted(initializers.RandomUniform):
    """Keras 2: a subclass of one of the library's."""

    def __call__(self, shape, dtype=None):
        return super().__call__(shape, dtype=dtype) + 1


@pytest.mark.parametrize("init", [
    Doubled("ones"), Doubled(Doubled("ones")), Shifted(0.9, 1.0), lambda shape: np.ones(shape) * 2,
    lambda shape, name: K.variable(np.full(shape, 2.0), name=name),
    lambda shape, name=None: K.variable(np.full(shape, 2.0), name=name),
    lambda shape, dtype=None: K.concatenate([
        initializers.Ones()((1, 4)) * 2, initializers.get("ones")((2, 4), dtype) + 1
    ], axis=0),
])  # fmt: skip
def test_initializers_of_the_user(init):
    values = initializers.get(init)((3, 4))
    assert values.shape == (3, 4) and 1.9 <= float(values.min()) <= float(values.max()) <= 4.0
    model = Sequential([Dense(4, kernel_initializer=init, input_shape=(3,))])
    assert 1.9 <= model.get_weights()[0].min() <= model.get_weights()[0].max() <= 4.0


class Attention(Layer):
    """As layers of 2016 and 2017 make their weights."""

    def __init__(self, **kwargs):
        self.init = initializers.get("normal")
        super().__init__(**kwargs)

    def build(self, input_shape):
        self.W = K.variable(self.init((input_shape[-1], 2)), name=f"{self.name}_W")
        self.b = K.variable(initializers.get("one")((2,)))
        self.trainable_weights = [self.W, self.b]
        super().build(input_shape)

    def call(self, x, mask=None):
        return K.dot(x, self.W) + self.b


def test_values_are_known_in_build():
    layer = Attention(name="attention")
    layer(Input((3,)))
    kernel, bias = layer.get_weights()
    assert kernel.shape == (3, 2) and 0 < abs(kernel).max() < 0.5
    assert bias.tolist() == [1, 1]


def test_keras_1(as_keras):
    from keras import initializations
    from keras.initializations import glorot_normal, normal

    model = Sequential([
        Dense(50, kernel_initializer=lambda shape, name: normal(shape, scale=0.001, name=name),
              input_dim=100),
    ])  # fmt: skip
    assert np.std(model.get_weights()[0]) == pytest.approx(0.001, rel=0.1)
    kernel = glorot_normal((100, 300), name="W")
    assert kernel.name == "W" and np.std(K.get_value(kernel)) == pytest.approx(0.0707, rel=0.05)
    assert initializations.get("uniform") is initializations.uniform
    limit = np.abs(K.get_value(initializations.get("uniform")((400,)))).max()
    assert 0.045 < limit <= 0.05
    assert initializations.get_fans((64, 3, 5, 5)) == (75, 1600)
    with pytest.raises(ValueError, match="glorot"):
        initializations.get("glorot")


def test_fans(as_keras):
    from keras.initializers import _compute_fans

    assert _compute_fans((5, 5, 3, 64)) == (75, 1600)
    assert _compute_fans((64, 3, 5, 5), "channels_first") == (75, 1600)
    assert _compute_fans((3, 4)) == (3, 4)
    with pytest.raises(ValueError, match="Invalid data_format"):
        _compute_fans((3, 4, 5), "th")

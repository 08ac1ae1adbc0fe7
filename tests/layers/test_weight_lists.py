"""Weights of layers as Keras 1.2, 2.0 and 2.2 make them."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import constraints, initializers, regularizers
from jaxcnn.layers import Dense, Input, Layer
from jaxcnn.models import Sequential
from jaxcnn.optimizers import SGD

X = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")


@pytest.mark.parametrize("make", [
    lambda layer: layer.add_weight((3, 2), "ones", "w", False, "l2", "non_neg"),
    lambda layer: layer.add_weight("w", (3, 2), None, "ones", "l2", False, "non_neg"),
    lambda layer: layer.add_weight("w", (3, 2), "float32", "ones", "l2", False, "non_neg"),
    lambda layer: layer.add_weight("w", (3, 2), initializers.Ones(), "l2", False, "non_neg"),
    lambda layer: layer.add_weight((3, 2), name="w", initializer="ones", trainable=False,
                                   regularizer="l2", constraint="non_neg"),
    lambda layer: layer.add_weight(name="w", shape=[3, 2], initializer=lambda shape: np.ones(shape),
                                   regularizer="l2", trainable=False, constraint="non_neg"),
])  # fmt: skip
def test_every_order_of_arguments(make):
    weight = make(Layer())
    assert (weight.label, weight.shape, weight.trainable) == ("w", (3, 2), False)
    assert weight.regularizer == regularizers.get("l2")
    assert weight.constraint == constraints.get("non_neg")
    assert weight.start((3, 2)).tolist() == np.ones((3, 2)).tolist()


def test_shape_and_initializer_by_position():
    weight = Layer().add_weight((2,), "zeros")
    assert weight.label == "weight_1" and weight.start((2,)).tolist() == [0, 0]


@pytest.mark.parametrize(("args", "kwargs", "problem"), [
    (("w", (2,)), {"initialiser": "zeros"}, "not `initialiser` as given"),
    (("w", (2,)), {"name": "v"}, "not `name` as given"),
    (((2,), "zeros", "w", True, None, None, None), {}, "not 7 of them"),
])  # fmt: skip
def test_wrong_arguments(args, kwargs, problem):
    with pytest.raises(TypeError, match=problem):
        Layer().add_weight(*args, **kwargs)


class Scale(Layer):
    """The way of Keras 1; `declare` says which weights there are."""

    def __init__(self, declare, **kwargs):
        self.declare = declare
        super().__init__(**kwargs)

    def build(self, input_shape):
        self.W = K.variable(np.ones(input_shape[1:]), name=f"{self.name}_W")
        self.b = K.variable(np.zeros(input_shape[1:]), name=f"{self.name}_b")
        self.declare(self, self.W, self.b)
        self.built = True

    def call(self, x, mask=None):
        return x * self.W + self.b


def assign(layer, w, b):
    layer.trainable_weights = [w, b]


def append(layer, w, b):
    layer.trainable_weights.append(w)
    layer._trainable_weights.append(b)
    assert layer.trainable_weights == [w, b] and layer.non_trainable_weights == []


def extend(layer, w, b):
    layer.trainable_weights.extend([w])
    layer.trainable_weights += [b]


def add(layer, w, b):
    layer._trainable_weights = [*layer.trainable_weights, w]
    layer.trainable_weights.insert(1, b)


@pytest.mark.parametrize("declare", [assign, append, extend, add])
def test_lists_decide_what_is_trained_and_saved(declare, tmp_path):
    model = Sequential([Scale(declare, input_shape=(3,), name="scale")])
    assert model.count_params() == 6
    assert [w.name for w in model.trainable_weights] == ["scale/scale_W:0", "scale/scale_b:0"]
    model.compile("sgd", "mse")
    model.fit(X, 2 * X + 1, epochs=1, verbose=0)
    moved = model.get_weights()
    assert all(np.abs(w - start).max() > 1e-3 for w, start in zip(moved, (1, 0), strict=True))
    model.save_weights(tmp_path / "w.h5")
    other = Sequential([Scale(declare, input_shape=(3,), name="scale")])
    other.load_weights(tmp_path / "w.h5")
    np.testing.assert_array_equal(other.get_weights(), moved)


def test_what_is_not_listed_is_a_constant():
    def only_w(layer, w, b):
        layer._trainable_weights = [w]
        layer._non_trainable_weights.append(b)

    layer = Scale(only_w)
    layer(Input((3,)))
    assert [w.label[-1] for w in layer.trainable_weights] == ["W"]
    assert [w.label[-1] for w in layer.non_trainable_weights] == ["b"]


def test_weights_of_an_inner_layer_stay_its():

    class Outer(Layer):
        def __init__(self):
            super().__init__()
            self.dense = Dense(2, name="inner")

        def build(self, input_shape):
            self.trainable_weights = [*self.dense.trainable_weights]

        def call(self, x):
            return self.dense(x)

    outer = Outer()
    outer(Input((3,)))
    assert [w.name for w in outer.trainable_weights] == ["inner/kernel:0", "inner/bias:0"]


def test_a_variable_of_the_loss_that_a_built_layer_lists():
    """The numbers are those of the real Keras 2.0.4 and 2.2.4."""
    layer = Dense(2, input_shape=(3,), kernel_initializer=initializers.Constant(0.25))
    model = Sequential([layer])
    late = K.variable([0.5], name="late")
    layer.trainable_weights.append(late)

    def loss(y_true, y_pred):
        return K.exp(-late) * K.mean(K.square(y_true - y_pred), axis=-1) + late

    model.compile(SGD(0.1), loss)
    x = np.arange(6.0).reshape(2, 3) / 6
    losses = [model.train_on_batch(x, np.ones((2, 2))) for _ in range(3)]
    np.testing.assert_allclose(losses, [0.808, 0.71055, 0.6124], atol=1e-5)
    kernel, bias, value = model.get_weights()
    np.testing.assert_allclose(kernel[:, 0], [0.27075, 0.29105, 0.31136], atol=1e-5)
    np.testing.assert_allclose([*bias, *value], [0.12183, 0.12183, 0.28414], atol=1e-5)


def test_no_variable():
    with pytest.raises(ValueError, match=r"made by add_weight or K\.variable"):
        Layer().trainable_weights.append(np.ones(3))

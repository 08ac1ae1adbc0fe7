"""Gradients that programs register by name; the numbers are those of the real Keras 2.2.4."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn import layers as L
from jaxcnn.models import Model
from jaxcnn.optimizers import SGD

IMAGES = np.linspace(-1, 1, 32, dtype="float32").reshape(2, 4, 4, 1)
WEIGHTS = [
    np.linspace(-1, 1, 8).reshape(2, 2, 1, 2) * np.array([1, -1]),
    np.array([0.1, 0.2]),
    np.sin(np.arange(16.0)).reshape(2, 2, 2, 2),
    np.zeros(2),
]
PLAIN = [
    [-0.8415, -0.2432, 1.0093, 0.411],
    [-1.1334, -0.6678, 0.0115, -0.454],
    [-0.233, 0.8209, 0.4336, -0.3848],
    [0.0589, 0.2944, 0.0, 0.0],
]
GUIDED = [
    [-0.8415, -0.3606, 0.0, 0.0],
    [-1.1334, -0.651, -0.3064, 0.0],
    [-0.233, 0.8209, 0.5106, 0.0],
    [0.0589, 0.2944, 0.0, 0.0],
]


def small_network():
    x = L.Input((4, 4, 1))
    y = L.Conv2D(2, 2, activation="relu")(x)
    model = Model(x, L.Activation("relu")(L.Conv2D(2, 2)(y)))
    model.set_weights(WEIGHTS)
    return model


def saliency(model):
    (slope,) = K.gradients(K.sum(K.max(model.output, axis=3)), model.input)
    return K.function([model.input], [slope])([IMAGES])[0][1, :, :, 0]


def test_guided_backpropagation(tf):
    from tensorflow.python.framework import ops

    if "Guided" not in ops._gradient_registry._registry:

        @ops.RegisterGradient("Guided")
        def guided(op, grad):
            dtype = op.inputs[0].dtype
            return grad * tf.cast(grad > 0, dtype) * tf.cast(op.inputs[0] > 0, dtype)

    with tf.get_default_graph().gradient_override_map({"Relu": "Guided"}):
        model = small_network()
        y = tf.nn.relu(x := L.Input((3,)))
    np.testing.assert_allclose(saliency(model), GUIDED, atol=1e-4)
    np.testing.assert_allclose(saliency(small_network()), PLAIN, atol=1e-4)
    (slope,) = K.gradients(K.sum(y * [[1.0, 1.0, -1.0]]), x)
    np.testing.assert_array_equal(K.function([x], [slope])([[[-1, 2, 3]]])[0], [[0, 1, 0]])
    with pytest.raises(KeyError, match="Registering two gradient with name 'Guided'"):
        tf.RegisterGradient("Guided")(guided)


def test_reversed_gradients_in_a_layer(tf):
    from keras import backend

    @tf.RegisterGradient("Reversed")
    def reversed_gradient(op, grad):
        return [tf.negative(grad) * 0.5]

    class Reversal(L.Layer):
        def call(self, x):
            with backend.get_session().graph.gradient_override_map({"Identity": "Reversed"}):
                return tf.identity(x)

    x = L.Input((3,))
    hidden = Reversal()(L.Dense(3, use_bias=False, kernel_initializer="identity")(x))
    model = Model(x, L.Dense(1, use_bias=False, kernel_initializer="ones")(hidden))
    model.compile(SGD(0.1), "mse")
    model.train_on_batch(np.array([[1.0, 2.0, 3.0]]), np.zeros((1, 1)))
    first, second = model.get_weights()
    expected = [[1.6, 0.6, 0.6], [1.2, 2.2, 1.2], [1.8, 1.8, 2.8]]
    np.testing.assert_allclose(first, expected, rtol=1e-5)
    np.testing.assert_allclose(second[:, 0], [-0.2, -1.4, -2.6], rtol=1e-5)


def test_rounded_numbers_with_the_gradient_of_the_identity(tf):
    x = L.Input((3,))
    with tf.get_default_graph().gradient_override_map({"Sign": "Identity"}):
        signs = K.sign(x)
    (slope,) = K.gradients(K.sum(signs * signs * 3), x)
    np.testing.assert_array_equal(K.function([x], [slope])([[[1, -2, 3]]])[0], [[6, -6, 6]])
    with (
        pytest.raises(LookupError, match="no entry for: Nobody"),
        tf.get_default_graph().gradient_override_map({"Relu": "Nobody"}),
    ):
        pass
    with (
        pytest.raises(ValueError, match="cannot change the gradient of MaxPool"),
        tf.get_default_graph().gradient_override_map({"MaxPool": "Identity"}),
    ):
        pass


def test_functions_that_bring_their_gradient(tf):
    @tf.custom_gradient
    def squared(x):
        return x * x, lambda dy: dy * 7.0

    x = L.Input((2,))
    y = squared(x)
    results = K.function([x], [y, *K.gradients(K.sum(y), x)])([[[2, 3]]])
    np.testing.assert_array_equal(results[0], [[4, 9]])
    np.testing.assert_array_equal(results[1], [[7, 7]])


def test_activations_with_other_gradients(tf):
    """Each is one operation of TensorFlow: the rule sees what goes in and comes out."""
    seen = []

    @tf.RegisterGradient("Seen")
    def rule(op, grad):
        seen.append((op.type, len(op.inputs), len(op.outputs)))
        return grad * 3

    kinds = ["Elu", "Exp", "Selu", "Sigmoid", "Softmax", "Softplus", "Softsign", "Tanh"]
    x = L.Input((2,))
    with tf.get_default_graph().gradient_override_map(dict.fromkeys([*kinds, "Relu6"], "Seen")):
        names = ["exponential" if kind == "Exp" else kind.lower() for kind in kinds]
        outputs = [L.Activation(name)(x) for name in names]
        outputs.append(L.ReLU(max_value=6)(x))
    for output in outputs:
        (slope,) = K.gradients(K.sum(output), x)
        np.testing.assert_array_equal(K.function([x], [slope])([[[1, 2]]])[0], [[3, 3]])
    assert seen == [(kind, 1, 1) for kind in [*kinds, "Relu6"]]


def test_a_rule_with_too_few_gradients(tf):
    tf.RegisterGradient("Two")(lambda op, grad: [grad, grad])
    x = L.Input((2,))
    with tf.get_default_graph().gradient_override_map({"Relu": "Two"}):
        y = L.Activation("relu")(x)
    with pytest.raises(ValueError, match="returned 2 gradients, where the operation has 1 inputs"):
        K.function([x], K.gradients(K.sum(y), x))([np.ones((1, 2))])

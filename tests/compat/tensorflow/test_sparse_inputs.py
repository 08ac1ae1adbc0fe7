"""Sparse matrices as inputs; the numbers are those of the real Keras 2.2.4."""

import numpy as np
import pytest
import scipy.sparse

from jaxcnn import backend as K
from jaxcnn.layers import Dense, Dropout, Input, Layer
from jaxcnn.models import Model, model_from_json
from jaxcnn.optimizers import SGD

NEIGHBOURS = scipy.sparse.csr_matrix(np.eye(4)[[1, 0, 3, 2]])
X = np.arange(12.0).reshape(4, 3) / 12


class GraphConvolution(Layer):
    def build(self, input_shape):
        shape = (input_shape[0][-1], 2)
        self.kernel = self.add_weight(shape=shape, initializer="ones", name="kernel")
        super().build(input_shape)

    def call(self, inputs):
        features, graph = inputs
        return K.dot(K.dot(graph, features), self.kernel)


def test_a_graph_convolution():
    x, graph = Input((3,)), Input(batch_shape=(None, None), sparse=True)
    model = Model([x, graph], GraphConvolution()([x, graph]))
    model.compile(SGD(0.1), "mse")
    expected = [[1, 1], [0.25, 0.25], [2.5, 2.5], [1.75, 1.75]]
    np.testing.assert_allclose(model.predict([X, NEIGHBOURS]), expected, rtol=1e-6)
    assert model.train_on_batch([X, NEIGHBOURS], np.ones((4, 2))) == pytest.approx(0.84375)
    data = ([X, NEIGHBOURS], np.ones((4, 2)))
    history = model.fit(*data, batch_size=4, epochs=1, shuffle=False, verbose=0)
    assert history.history["loss"] == [pytest.approx(0.748675, abs=1e-6)]
    (value,) = K.function(model.inputs, model.outputs)([X, NEIGHBOURS])
    np.testing.assert_allclose(value, model.predict([X, NEIGHBOURS]), rtol=1e-6)


def test_targets_and_one_of_two_inputs():
    one, two = Input((3,)), Input((3,), sparse=True)
    model = Model([one, two], [Dropout(0.5)(one), Dense(4)(two)])
    model.compile("rmsprop", "mse")
    inputs = [scipy.sparse.random(6, 3, density=0.25).tocsr() for _ in range(2)]
    targets = [scipy.sparse.random(6, size, density=0.25).tocsr() for size in (3, 4)]
    model.fit(inputs, targets, epochs=1, batch_size=2, validation_split=0.5, verbose=0)
    assert len(model.evaluate(inputs, targets, batch_size=2, verbose=0)) == 3
    again = model_from_json(model.to_json())
    assert [layer.sparse for layer in again.layers[:2]] == [False, True]


def test_variables_and_placeholders():
    variable = K.variable(NEIGHBOURS)
    assert K.int_shape(variable) == (4, 4)
    p = K.placeholder((None, 4), sparse=True)
    (value,) = K.function([p], [K.dot(p, variable)])([NEIGHBOURS])
    np.testing.assert_array_equal(value, np.eye(4))


def test_words(tf, check_values):
    p = tf.sparse_placeholder(tf.float32, [None, None])
    product = tf.sparse_tensor_dense_matmul(p, tf.constant(X, tf.float32))
    places, values = np.array([[0, 1], [1, 2]]), np.array([1.0, 2.0])
    expected = np.stack([X[1], 2 * X[2]])
    session = tf.Session()
    for fed in (
        tf.SparseTensorValue(places, values, (2, 4)),
        scipy.sparse.coo_matrix((values, places.T), (2, 4)),
    ):
        np.testing.assert_allclose(session.run(product, {p: fed}), expected, rtol=1e-6)
    check_values(
        {
            "tf.sparse_tensor_to_dense(tf.SparseTensor([[0, 1]], [5.0], [2, 2]))": [[0, 5], [0, 0]],
            "tf.sparse_to_dense([2, 0], [3], [1.0, 2.0], -1.0)": [2, -1, 1],
            "tf.sparse_tensor_dense_matmul([[1.0, 2.0]], [[3.0, 4.0]], adjoint_b=False,"
            " adjoint_a=True)": [[3, 4], [6, 8]],
        },
        {},
    )

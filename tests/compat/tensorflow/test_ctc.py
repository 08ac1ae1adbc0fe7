"""Labels of sequences as sparse tensors; the numbers are those of the real Keras 2.0.4."""

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import Dense, Input, Lambda
from jaxcnn.models import Model
from jaxcnn.optimizers import SGD

LABELS = np.array([[0, 1, 0, 0], [2, 2, 1, 0], [1, 0, 2, 1], [0, 0, 0, 0]])
STEPS, LENGTHS = np.array([[6], [5], [4], [3]]), np.array([[2], [3], [4], [3]])


@pytest.fixture
def drawn():
    return np.random.RandomState(0)


@pytest.fixture
def reader(drawn):
    """Inputs, the probabilities of a network, and its data."""
    inputs = [Input((6, 3)), *(Input((n,), dtype="int32") for n in (4, 1, 1))]
    layer = Dense(4, activation="softmax")
    y = layer(inputs[0])
    layer.set_weights([drawn.uniform(-1, 1, w.shape) for w in layer.get_weights()])
    return inputs, y, [drawn.normal(size=(4, 6, 3)), LABELS, STEPS, LENGTHS]


def test_a_loss_and_the_errors_in_lambdas(tf, reader):
    def loss(args):
        labels, y, steps, lengths = args
        lengths = tf.to_int32(tf.squeeze(lengths, axis=1))
        steps = tf.to_int32(tf.squeeze(steps, axis=1))
        sparse = tf.to_int32(K.ctc_label_dense_to_sparse(labels, lengths))
        scores = tf.log(tf.transpose(y, perm=[1, 0, 2]) + 1e-8)
        cost = tf.nn.ctc_loss(inputs=scores, labels=sparse, sequence_length=steps)
        return tf.expand_dims(cost, 1)

    def errors(args):
        labels, y, steps, lengths = args
        sparse = tf.cast(K.ctc_label_dense_to_sparse(labels, K.flatten(lengths)), tf.int64)
        scores = tf.transpose(y, [1, 0, 2])
        (decoded,), _ = tf.nn.ctc_greedy_decoder(scores, tf.to_int32(K.flatten(steps)))
        return tf.reshape(tf.edit_distance(decoded, sparse), [-1, 1])

    (x, labels, steps, lengths), y, data = reader
    outputs = [
        Lambda(function, output_shape=(1,))([labels, y, steps, lengths])
        for function in (loss, errors)
    ]
    model = Model([x, labels, steps, lengths], outputs)
    costs, wrong = model.predict(data)
    np.testing.assert_allclose(costs[:, 0], [3.93403, 7.41057, 4.74324, np.inf], rtol=1e-5)
    np.testing.assert_allclose(wrong[:, 0], [2, 1, 0.25, 0.66667], rtol=1e-4)
    model.compile(SGD(0.5), loss=[lambda t, p: p, lambda t, p: 0 * p])
    batch = [a[:3] for a in data], [np.zeros((3, 1))] * 2
    losses = [model.train_on_batch(*batch)[0] for _ in range(3)]
    np.testing.assert_allclose(losses, [5.362612, 4.358531, 4.075144], rtol=1e-5)


def test_paths_of_a_beam_made_dense(tf, reader):
    def paths(args):
        y, steps = args
        scores = tf.log(tf.transpose(y, [1, 0, 2]) + 1e-8)
        decoded, _ = tf.nn.ctc_beam_search_decoder(
            scores, tf.to_int32(K.flatten(steps)), beam_width=4, top_paths=2
        )
        dense = [tf.sparse_to_dense(s.indices, s.dense_shape, s.values, -1) for s in decoded]
        return tf.cast(dense[1], tf.float32)

    (x, _, steps, _), y, data = reader
    model = Model([x, steps], Lambda(paths, output_shape=(None,))([y, steps]))
    expected = np.full((4, 6), -1)
    expected[0], expected[1, :3], expected[2:, 0] = [0, 1, 0, 1, 0, 1], [1, 0, 1], 1
    np.testing.assert_array_equal(model.predict([data[0], STEPS]), expected)


def test_a_session(tf, drawn):
    targets = tf.sparse_placeholder(tf.int32)
    scores, size = tf.placeholder(tf.float32, [None, None, 4]), tf.placeholder(tf.int32, [None])
    cost = tf.reduce_mean(tf.nn.ctc_loss(targets, scores, size))
    decoded, _ = tf.nn.ctc_beam_search_decoder(scores, size, merge_repeated=False)
    rate = tf.reduce_mean(tf.edit_distance(tf.cast(decoded[0], tf.int32), targets))
    drawn.uniform(-1, 1, (3, 4)), drawn.uniform(-1, 1, 4), drawn.normal(size=(4, 6, 3))
    feed = {
        targets: (np.array([[0, 0], [0, 1], [1, 0]]), np.array([0, 1, 2]), np.array([2, 2])),
        scores: drawn.normal(size=(5, 2, 4)),
        size: [5, 4],
    }
    fetches = [cost, decoded[0], rate, decoded[0].indices]
    value, labels, wrong, indices = tf.Session().run(fetches, feed)
    assert value == pytest.approx(2.19597, rel=1e-5) and wrong == 0.5
    assert labels.values.tolist() == [0, 1, 1, 2]
    assert labels.indices.tolist() == indices.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]


def test_words_without_an_answer(tf):
    scores = np.zeros((3, 1, 4), np.float32)
    sparse = tf.SparseTensor([[0, 0]], [1], [1, 2])
    with pytest.raises(ValueError, match=r"K\.ctc_batch_cost\(labels, probabilities, steps"):
        tf.nn.ctc_loss(np.zeros((1, 2)), scores, [3])
    with pytest.raises(ValueError, match="preprocess_collapse_repeated and ctc_merge_repeated"):
        tf.nn.ctc_loss(sparse, scores, [3], ctc_merge_repeated=False)
    with pytest.raises(ValueError, match=r"tf\.sparse_tensor_to_dense\(it, -1\)"):
        tf.reduce_sum(sparse.values)
    with pytest.raises(ValueError, match="the dense_shape and the values of one sparse"):
        tf.sparse_to_dense(sparse.indices, [5, 5], sparse.values)

"""The loss of a compiled model as a tensor, and its functions, as Keras 1 and 2 have them."""

import pickle

import numpy as np
import pytest

from jaxcnn import backend as K
from jaxcnn.layers import Dense, Embedding, Flatten, Input, Layer
from jaxcnn.models import Model

RANDOM = np.random.RandomState(0)
X, Y = RANDOM.rand(8, 3).astype("float32"), RANDOM.rand(8, 2).astype("float32")
WEIGHTS = np.linspace(0, 2, 8).astype("float32")


def network(**arguments):
    x = Input((3,))
    hidden = Dense(4, activation="tanh", kernel_regularizer="l2")(x)
    model = Model(x, Dense(2)(hidden))
    model.set_weights(
        [np.linspace(-0.5, 0.5, w.size).reshape(w.shape) for w in model.get_weights()]
    )
    model.compile("sgd", **{"loss": "mse", "metrics": ["mae"], **arguments})
    return model


def test_outputs_without_a_loss_have_no_placeholders():
    x = Input((3,))
    model = Model(x, [Dense(2, name="a")(x), Dense(1, name="b")(x)])
    with pytest.warns(UserWarning, match="names no loss for b"):
        model.compile("sgd", {"a": "mse"})
    assert model.targets[1] is None and model.sample_weights[1] is None
    assert [tuple(tensor.shape) for tensor in model._feed_targets] == [(None, 2)]


def test_the_loss_as_a_tensor():
    model = network()
    assert [tuple(t.shape) for t in model.targets] == [(None, 2)]
    assert [tuple(t.shape) for t in model.sample_weights] == [(None,)]
    inputs = model.inputs + model.targets + model.sample_weights
    outputs = [model.total_loss, *model.metrics_tensors]
    updates = model.optimizer.get_updates(model.trainable_weights, [], model.total_loss)
    step = K.function([*inputs, K.learning_phase()], outputs, updates=updates)
    reference = network()
    for _ in range(2):
        expected = reference.train_on_batch(X, Y, WEIGHTS)
        np.testing.assert_allclose(step([X, Y, WEIGHTS, 1.0]), expected, rtol=1e-5)
    for a, b in zip(model.get_weights(), reference.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_a_loss_over_the_graph_and_several_outputs():
    x = Input((3,))
    hidden = Dense(4)(x)
    one, two = Dense(2, name="one")(hidden), Dense(2, name="two")(hidden)
    model = Model(x, [one, two])

    def over_hidden(y_true, y_pred):
        return K.mean(K.square(y_pred - y_true), axis=-1) + K.mean(K.abs(hidden), axis=-1)

    model.compile("sgd", [over_hidden, None], loss_weights=[2.0, 1.0])
    assert len(model.targets) == 2 and model.targets[1] is None
    given = [*model.inputs, model.targets[0], model.sample_weights[0]]
    compute = K.function(given, [model.total_loss])
    value = compute([X, Y, np.ones(8)])[0]
    assert value == pytest.approx(model.evaluate(X, Y, verbose=0)[0], rel=1e-5)


def test_masks_and_sparse_targets():
    x = Input((2,))
    model = Model(x, Dense(3, activation="softmax")(Flatten()(Embedding(4, 2)(x))))
    model.compile("sgd", "sparse_categorical_crossentropy")
    assert tuple(model.targets[0].shape) == (None, 1)
    numbers, classes = np.ones((4, 2)), np.array([[0], [1], [2], [0]])
    compute = K.function(model.inputs + model.targets + model.sample_weights, [model.total_loss])
    value = compute([numbers, classes, np.ones(4)])[0]
    assert value == pytest.approx(model.evaluate(numbers, classes, verbose=0), rel=1e-5)


def test_functions_of_a_model():
    model, reference = network(), network()
    assert model.train_function is None
    model._make_train_function()
    model._make_test_function()
    model._make_predict_function()
    before = model.test_function([X, Y, WEIGHTS])
    np.testing.assert_allclose(before, reference.test_on_batch(X, Y, WEIGHTS), rtol=1e-6)
    results = model.train_function([X, Y, WEIGHTS, 1.0])
    np.testing.assert_allclose(results, reference.train_on_batch(X, Y, WEIGHTS), rtol=1e-6)
    np.testing.assert_allclose(model.predict_function([X])[0], reference.predict(X), rtol=1e-5)
    model.train_function = None
    with pytest.raises(TypeError, match="`test_function` cannot be replaced"):
        model.test_function = lambda inputs: inputs
    with pytest.raises(TypeError, match="`train_function` cannot be replaced"):
        model.train_function = 3
    with pytest.raises(ValueError, match="takes 1 inputs, 1 targets and 1 sample weights"):
        model.test_function([X])
    with pytest.raises(RuntimeError, match="must be compiled before it has a loss"):
        _ = Model(model.inputs, model.outputs).total_loss


def test_a_model_with_its_functions_can_be_pickled():
    model = network()
    model._make_train_function()
    again = pickle.loads(pickle.dumps(model))
    assert again.train_function([X[:2], Y[:2], np.ones(2)])[0] > 0
    assert not np.allclose(again.get_weights()[0], model.get_weights()[0])


class Hits(Layer):
    """The positives that were found, as metrics of Keras 2.2 count them over batches."""

    def __init__(self, name="hits", **kwargs):
        super().__init__(name=name, **kwargs)
        self.stateful = True
        self.count = K.variable(0, dtype="int32")

    def reset_states(self):
        K.set_value(self.count, 0)

    def __call__(self, y_true, y_pred):
        hits = K.cast(K.sum(K.cast(y_pred > 0.5, "float32") * y_true), "int32")
        before = self.count * 1
        self.add_update(K.update_add(self.count, hits), inputs=[y_true, y_pred])
        return before + hits


def test_a_layer_with_a_state_counts_over_the_batches_of_an_evaluation():
    x, y = np.linspace(-1, 1, 22).reshape(11, 2), np.arange(11)[:, None] % 2
    inputs = Input((2,))
    model = Model(inputs, Dense(1, activation="sigmoid", kernel_initializer="ones")(inputs))
    model.compile("sgd", "binary_crossentropy", metrics=["acc", Hits()])
    history = model.fit(x, y, 4, 2, verbose=0, validation_data=(x, y)).history
    expected = np.sum((model.predict(x) > 0.5) * y)
    assert expected > 1
    assert model.evaluate(x, y, 3, verbose=0)[2] == history["val_hits"][-1] == expected


def test_a_state_that_is_no_layers_is_refused():
    class Count:
        stateful = True

        def __call__(self, y_true, y_pred):
            return K.sum(y_true)

    with pytest.raises(ValueError, match="Count carries a state from batch to batch"):
        network(metrics=[Count()])

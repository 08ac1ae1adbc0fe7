"""Models built anew from the structure of others."""

import copy
import pickle

import jax
import numpy as np
import pytest

from jaxcnn import layers
from jaxcnn.layers import Dense, Dropout, Input, Lambda, Layer, TimeDistributed, add
from jaxcnn.models import Model, Sequential, clone_model


class Scale(Layer):
    """A user's layer, known to no registry."""

    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor

    def get_config(self):
        return {"factor": self.factor, **super().get_config()}


def functional():
    a, b = Input((4,)), Input((4,))
    shared = Sequential([Dense(3, input_shape=(4,)), Scale(2.0)], name="shared")
    return Model([a, b], [add([shared(a), shared(b)]), Dropout(0.5)(a)])


def stack():
    return Sequential([TimeDistributed(Scale(3.0), input_shape=(2, 4)), Dense(2)])


@pytest.mark.parametrize("make", [functional, stack])
def test_a_clone_computes_the_same_with_weights_of_its_own(make):
    model = make()
    model.compile("sgd", "mse")
    clone = clone_model(model)
    assert type(clone) is type(model) and clone.optimizer is None
    assert [layer.name for layer in clone.layers] == [layer.name for layer in model.layers]
    assert not {id(layer) for layer in model.all_layers()} & {
        id(layer) for layer in clone.all_layers()
    }
    model.set_weights([np.full(w.shape, 0.5) for w in model.get_weights()])
    inputs = [
        np.arange(1.0, 1 + 3 * np.prod(t.shape[1:])).reshape(3, *t.shape[1:]) for t in model.inputs
    ]
    before = [np.asarray(w) for w in clone.get_weights()]
    clone.set_weights(model.get_weights())
    jax.tree.map(np.testing.assert_array_equal, model.predict(inputs), clone.predict(inputs))
    clone.set_weights(before)
    assert all((w == 0.5).all() for w in model.get_weights())


@pytest.mark.parametrize("make", [functional, stack])
def test_a_clone_on_given_tensors(make):
    model = make()
    tensors = [Input(tensor.shape[1:]) for tensor in model.inputs]
    clone = clone_model(model, tensors if len(tensors) > 1 else tensors[0])
    assert type(clone) is type(model) and clone.inputs == tensors
    assert [w.shape for w in clone.get_weights()] == [w.shape for w in model.get_weights()]
    clone.set_weights(model.get_weights())
    inputs = [np.arange(1.0, 1 + np.prod(t.shape[1:])).reshape(1, *t.shape[1:]) for t in tensors]
    jax.tree.map(np.testing.assert_array_equal, model.predict(inputs), clone.predict(inputs))
    with pytest.raises(ValueError, match="made by Input"):
        clone_model(model, [layer.output for layer in clone.layers[-2:]])


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_copies_of_a_model_that_has_run(copied):
    """They go on where it stands, each on its own; so does the record of its training."""
    model = Sequential([Dense(2, activation="tanh", input_shape=(3,)), Dense(1)])
    model.compile("adam", "mse")
    x, y = np.ones((4, 3)), np.ones((4, 1))
    history = model.fit(x, y, epochs=2, verbose=0)
    other = copied(model)
    assert copied(history).history == history.history
    assert other.train_on_batch(x, y) == model.train_on_batch(x, y)
    other.optimizer.lr = 0.0
    other.train_on_batch(x, y)
    np.testing.assert_array_equal(other.get_weights()[0], model.get_weights()[0])
    assert int(other.optimizer.iterations) == 4 and int(model.optimizer.iterations) == 3


def test_a_pickle_holds_the_functions_of_its_lambdas():
    """As in Keras 2.2.4, whose pickles are its files; a loss without a name is no part of them."""
    factor = 3.0
    model = Sequential([Lambda(lambda x: x * factor, input_shape=(3,)), Dense(1)])
    model.compile("sgd", "mse")
    x = np.ones((2, 3))
    other = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(other.predict(x), model.predict(x))
    assert other.train_on_batch(x, np.ones((2, 1))) == model.train_on_batch(x, np.ones((2, 1)))
    assert other.layers[0].function is not model.layers[0].function
    assert copy.deepcopy(model).layers[0].function is model.layers[0].function


def test_a_model_is_pickled_with_its_calls():
    model = Sequential([Dense(2, input_shape=(3,)), Dense(1)])
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(np.ones((2, 3))), model.predict(np.ones((2, 3))))


@pytest.mark.parametrize("kind", ["SimpleRNN", "GRU", "LSTM", "ConvLSTM2D"])
def test_recurrent_models_are_pickled(kind):
    shape, size = ((3, 5, 5, 1), (3,)) if kind == "ConvLSTM2D" else ((3, 2), ())
    model = Sequential([getattr(layers, kind)(4, *size, input_shape=shape)])
    x = np.random.default_rng(0).normal(size=(2, *shape))
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_allclose(again.predict(x), model.predict(x), atol=1e-6)

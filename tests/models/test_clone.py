"""Models built anew from the structure of others."""

import jax
import numpy as np
import pytest

from jaxcnn.layers import Dense, Dropout, Input, Layer, TimeDistributed, add
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

"""Names of weights of layers inside others, as Keras 2.2.4 has them."""

from jaxcnn.layers import (
    LSTM,
    RNN,
    Bidirectional,
    Dense,
    GRUCell,
    Input,
    Layer,
    LSTMCell,
    TimeDistributed,
)
from jaxcnn.models import Model, Sequential
from jaxcnn.spellings.dialect import speaking


class Outer(Layer):
    def __init__(self):
        super().__init__(name="outer")
        self.inner = Dense(2, name="inner")

    def call(self, x):
        return self.inner(x)


def named(layer, shape):
    inputs = Input(shape)
    with speaking("2.2"):
        layer(inputs)
        weights = layer.weights or layer.inner.weights  # those of an attribute are not its own
        return [weight.name for weight in weights]


def test_layers_inside_others():
    gates = ("kernel", "recurrent_kernel", "bias")
    both = Bidirectional(LSTM(2, name="lstm"), name="both")
    assert named(both, (3, 4)) == [
        f"both/{way}_lstm/{gate}:0" for way in ("forward", "backward") for gate in gates
    ]
    steps = TimeDistributed(Dense(2), name="steps")
    assert named(steps, (3, 4)) == ["steps/kernel:0", "steps/bias:0"]
    cells = RNN([LSTMCell(2), GRUCell(3)], name="rnn")
    assert named(cells, (3, 4)) == [f"rnn/{gate}{n}:0" for n in ("", "_1") for gate in gates]
    assert named(Outer(), (3,)) == ["outer/inner/kernel:0", "outer/inner/bias:0"]


def test_layers_of_models_have_their_own_names():
    inner = Sequential([Dense(3, input_shape=(4,), name="a")])
    inputs = Input((5, 4))
    with speaking("2.2"):
        model = Model(inputs, TimeDistributed(inner)(inputs))
        assert [weight.name for weight in model.weights] == ["a/kernel:0", "a/bias:0"]

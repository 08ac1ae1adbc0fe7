import json

import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import Model, Sequential, config
from jaxcnn.backend import dot
from jaxcnn.layers import (
    GRU,
    LSTM,
    RNN,
    Activation,
    Bidirectional,
    Conv2D,
    ConvLSTM2D,
    Dense,
    Embedding,
    Flatten,
    GRUCell,
    Input,
    Layer,
    LSTMCell,
    Masking,
    SimpleRNN,
    SimpleRNNCell,
    StackedRNNCells,
    TimeDistributed,
    concatenate,
    deserialize,
    serialize,
)


def array(*shape):
    return np.random.default_rng(shape).normal(size=shape).astype("float32")


def test_stacks_of_recurrent_layers():
    assert Sequential([LSTM(32, input_shape=(10, 64))]).count_params() == 12_416
    by_dim = Sequential([LSTM(32, input_dim=64, input_length=10)])
    assert (by_dim.output_shape, by_dim.count_params()) == ((None, 32), 12_416)
    stack = Sequential(
        [
            LSTM(64, input_dim=64, input_length=10, return_sequences=True),
            LSTM(32, return_sequences=True),
            LSTM(10),
        ]
    )
    assert stack.count_params() == 47_160
    assert [layer.count_params() for layer in stack.layers] == [33_024, 12_416, 1_720]
    with pytest.raises(ValueError, match="steps"):  # the second layer is given (None, 32)
        Sequential([LSTM(32, input_shape=(10, 64)), LSTM(16)])


def test_a_layer_shared_by_two_sequences():
    a, b, shared = Input((140, 256)), Input((140, 256)), LSTM(64)
    model = Model(
        [a, b], Dense(1, activation="sigmoid")(concatenate([shared(a), shared(b)], axis=-1))
    )
    assert model.count_params() == 82_305
    assert shared.count_params() == 82_176
    assert len(shared.inbound_nodes) == 2


def test_an_embedding_of_integers():
    model = Sequential([Embedding(1000, 64, input_length=10)])
    assert (model.input_shape, model.output_shape, model.count_params()) == (
        (None, 10),
        (None, 10, 64),
        64_000,
    )
    assert model.inputs[0].dtype == np.dtype("int32")
    ids = np.random.default_rng(0).integers(0, 1000, (32, 10))
    y = model.predict(ids)
    np.testing.assert_array_equal(y, model.get_weights()[0][ids])


def test_embedding_first_in_a_stack_needs_no_length():
    model = Sequential([Embedding(10, 3), LSTM(4)])
    assert (model.input_shape, model.layers[0].output_shape) == ((None, None), (None, None, 3))
    fixed = Sequential([Embedding(10, 3, input_length=5), Flatten()])
    assert fixed.output_shape == (None, 15)
    assert Embedding(10, 3, input_length=5, batch_size=2).batch_input_shape == (2, 5)


def test_embedding_starts_from_given_weights():
    matrix = array(10, 3)
    layer = Embedding(10, 3, weights=[matrix], input_length=2, trainable=False)
    model = Sequential([layer])
    np.testing.assert_array_equal(model.get_weights()[0], matrix)
    assert layer.trainable_weights == []


def test_a_layer_on_each_step():
    model = Sequential(
        [TimeDistributed(Dense(8), input_shape=(10, 16)), TimeDistributed(Dense(32))]
    )
    assert [layer.output_shape for layer in model.layers] == [(None, 10, 8), (None, 10, 32)]
    assert [layer.count_params() for layer in model.layers] == [136, 288]
    config.set_image_data_format("channels_first")
    films = Sequential([TimeDistributed(Conv2D(64, (3, 3)), input_shape=(10, 3, 299, 299))])
    assert (films.output_shape, films.count_params()) == ((None, 10, 64, 297, 297), 1_792)
    inner = Sequential([Dense(10, activation="softmax", input_shape=(784,))])
    assert TimeDistributed(inner)(Input((20, 784))).shape == (None, 20, 10)


def test_a_model_on_each_step_shares_its_weights():
    inner = Sequential([Dense(3, input_shape=(4,)), Dense(2)])
    outer = Sequential([TimeDistributed(inner, input_shape=(5, 4))])
    x = array(2, 5, 4)
    np.testing.assert_allclose(outer.predict(x)[:, 2], inner.predict(x[:, 2]), rtol=1e-5, atol=1e-6)
    inner.set_weights([0 * w for w in inner.get_weights()])
    assert not outer.predict(x).any()


def test_a_stack_of_bidirectional_layers():
    model = Sequential(
        [
            Bidirectional(LSTM(10, return_sequences=True), input_shape=(5, 10)),
            Bidirectional(LSTM(10)),
            Dense(5),
            Activation("softmax"),
        ]
    )
    assert [layer.output_shape for layer in model.layers[:3]] == [
        (None, 5, 20),
        (None, 20),
        (None, 5),
    ]
    assert [layer.count_params() for layer in model.layers[:3]] == [1_680, 2_480, 105]
    assert model.count_params() == 4_265


def test_bidirectional_weights_are_forward_then_backward():
    source = Bidirectional(GRU(3))
    source(Input((4, 2)))
    assert [layer.name for layer in (source.forward_layer, source.backward_layer)] == [
        "forward_gru_1",
        "backward_gru_1",
    ]
    assert [w.shape for w in source.get_weights()] == [(2, 9), (3, 9), (9,)] * 2
    weights = [array(*w.shape) + i for i, w in enumerate(source.get_weights())]
    layer = Bidirectional(GRU(3), "concat", weights)
    layer(Input((4, 2)))
    for ours, given in zip(
        layer.forward_layer.get_weights() + layer.backward_layer.get_weights(), weights, strict=True
    ):
        np.testing.assert_array_equal(ours, given)
    assert layer.backward_layer.go_backwards and not layer.forward_layer.go_backwards


def test_masked_steps_do_not_count():
    x = np.ones((2, 6, 3), "float32") * array(2, 6, 1)
    x[:, 3] = x[:, 5] = 0
    model = Sequential([Masking(0.0, input_shape=(None, 3)), LSTM(32)])
    np.testing.assert_allclose(
        model.predict(x), model.predict(np.delete(x, [3, 5], 1)), rtol=1e-5, atol=1e-6
    )
    bare = Sequential([LSTM(32, input_shape=(None, 3))])
    bare.set_weights(model.get_weights())
    assert not np.allclose(bare.predict(x), bare.predict(np.delete(x, [3, 5], 1)))


def test_a_mask_goes_through_stacks_and_stops_at_the_last():
    masked = Embedding(10, 3, mask_zero=True, input_length=4)
    sequences = Bidirectional(LSTM(2, return_sequences=True))(
        TimeDistributed(Dense(5))(masked(Input((4,))))
    )
    assert sequences.mask_shape == (None, 4)
    assert LSTM(2)(sequences).mask_shape is None
    with pytest.raises(ValueError, match="does not support masking"):
        Flatten()(sequences)


@pytest.mark.parametrize(
    "make", [lambda: LSTM(3, stateful=True), lambda: Bidirectional(GRU(3, stateful=True))]
)
def test_stateful_calls_continue_and_reset(make):
    layer, x = make(), array(2, 6, 4)
    layer(Input(batch_shape=(2, None, 4)))
    assert len(layer.get_weights()) in (3, 6)  # states are no weights
    first = np.asarray(layer(x[:, :3]))
    second = np.asarray(layer(x[:, :3]))
    assert not np.allclose(first, second)
    layer.reset_states()
    np.testing.assert_array_equal(layer(x[:, :3]), first)


def test_two_calls_of_a_stateful_layer_are_one_long_call():
    layer, x = LSTM(3, stateful=True, batch_input_shape=(2, None, 4)), array(2, 6, 4)
    model = Sequential([layer])
    whole = np.asarray(layer(x))
    model.reset_states()
    layer(x[:, :2])
    np.testing.assert_allclose(layer(x[:, 2:]), whole, rtol=1e-5, atol=1e-6)
    states = [array(2, 3), array(2, 3)]
    layer.reset_states(states)
    started = np.asarray(layer(x))
    layer.reset_states()
    np.testing.assert_allclose(layer(x, initial_state=states), started, rtol=1e-5, atol=1e-6)


def test_states_can_only_be_reset_where_they_are():
    plain = LSTM(3)
    plain(Input((5, 4)))
    with pytest.raises(AttributeError, match="stateful"):
        plain.reset_states()
    layer = LSTM(3, stateful=True)
    with pytest.raises(ValueError, match="no states yet"):
        layer.reset_states()
    with pytest.raises(ValueError, match="batch_input_shape"):
        layer(Input((5, 4)))
    layer(Input(batch_shape=(2, 5, 4)))
    with pytest.raises(ValueError, match="shapes"):
        layer.reset_states([np.zeros((2, 3))])
    with pytest.raises(ValueError, match="shapes"):
        layer.reset_states([np.zeros((2, 3)), np.zeros((3, 3))])


def test_symbolic_initial_states():
    x, h, c, layer = Input((6, 3)), Input((4,)), Input((4,)), LSTM(4)
    by_keyword = Model([x, h, c], layer(x, initial_state=[h, c]))
    by_list = Model([x, h, c], layer([x, h, c]))
    values = [array(2, 6, 3), array(2, 4), array(2, 4)[::-1]]
    np.testing.assert_array_equal(by_keyword.predict(values), by_list.predict(values))
    np.testing.assert_allclose(
        by_keyword.predict(values), layer(values[0], initial_state=values[1:]), rtol=1e-5, atol=1e-6
    )
    with pytest.raises(ValueError, match="mixes"):
        layer(x, initial_state=[h, np.zeros((2, 4))])
    copy = Model.from_config(json.loads(json.dumps(by_keyword.get_config())))
    copy.set_weights(by_keyword.get_weights())
    np.testing.assert_array_equal(copy.predict(values), by_keyword.predict(values))


def test_encoder_and_decoder_share_states():
    source, target = Input((None, 3)), Input((None, 2))
    _, h, c = LSTM(4, return_state=True)(source)
    decoded = LSTM(4, return_sequences=True)(target, initial_state=[h, c])
    model = Model([source, target], TimeDistributed(Dense(2))(decoded))
    assert model.output_shape == (None, None, 2)
    assert model.predict([array(2, 5, 3), array(2, 7, 2)]).shape == (2, 7, 2)


def test_unrolling_needs_the_number_of_steps():
    assert LSTM(3, unroll=True)(Input((5, 4))).shape == (None, 3)
    with pytest.raises(ValueError, match="unroll"):
        LSTM(3, unroll=True)(Input((None, 4)))


def test_rnn_over_a_list_of_cells():
    layer = RNN([LSTMCell(4), GRUCell(3)], return_sequences=True)
    assert isinstance(layer.cell, StackedRNNCells)
    assert layer(Input((6, 2))).shape == (None, 6, 3)
    assert [w.shape for w in layer.get_weights()] == [(2, 16), (4, 16), (16,), (4, 9), (3, 9), (9,)]
    again = deserialize(json.loads(json.dumps(serialize(layer))))
    again(Input((6, 2)))
    again.set_weights(layer.get_weights())
    x = array(2, 6, 2)
    np.testing.assert_array_equal(again(x), layer(x))


class MinimalCell(Layer):
    """A cell as Keras users write them."""

    def __init__(self, units, **kwargs):
        self.units = self.state_size = units
        super().__init__(**kwargs)

    def build(self, input_shape):
        self.kernel = self.add_weight("kernel", shape=(input_shape[-1], self.units))
        self.recurrent_kernel = self.add_weight("recurrent_kernel", shape=(self.units, self.units))

    def call(self, inputs, states):
        output = dot(inputs, self.kernel) + dot(states[0], self.recurrent_kernel)
        return output, [output]


def test_rnn_over_a_users_cell():
    layer, same = RNN(MinimalCell(4)), SimpleRNN(4, activation=None, use_bias=False)
    x = array(2, 5, 3)
    layer(Input((5, 3)))
    same(Input((5, 3)))
    same.set_weights(layer.get_weights())
    np.testing.assert_allclose(layer(x), same(x), rtol=1e-5, atol=1e-6)
    assert [w.shape for w in layer.trainable_weights] == [(3, 4), (4, 4)]


@pytest.mark.parametrize(
    "layer",
    [
        lambda: TimeDistributed(Sequential([Dense(3, input_shape=(4,))]), name="steps"),
        lambda: Bidirectional(
            LSTM(2, return_sequences=True, kernel_regularizer="l2"), merge_mode="ave"
        ),
        lambda: RNN(SimpleRNNCell(3), go_backwards=True),
        lambda: Embedding(4, 2, mask_zero=True, input_length=5),
    ],
)
def test_nested_layers_survive_a_configuration(layer):
    layer = layer()
    settings = json.loads(json.dumps(serialize(layer)))
    assert json.loads(json.dumps(serialize(deserialize(settings)))) == settings


def test_training_moves_every_weight():
    ids = np.random.default_rng(0).integers(1, 20, (16, 6))
    model = Sequential(
        [Embedding(20, 4, mask_zero=True), Bidirectional(LSTM(5)), Dense(1, activation="sigmoid")]
    )
    model.compile("adam", "binary_crossentropy")
    before = model.get_weights()
    model.fit(ids, ids[:, 0] % 2, epochs=2, batch_size=8, verbose=0)
    for old, new in zip(before, model.get_weights(), strict=True):
        assert not np.array_equal(old, new)


def test_states_go_on_from_batch_to_batch_while_training():
    layer = GRU(3, stateful=True, batch_input_shape=(2, 4, 1))
    model = Sequential([layer, Dense(1)])
    model.compile("sgd", "mse")
    model.fit(array(4, 4, 1), array(4, 1), epochs=1, batch_size=2, shuffle=False, verbose=0)
    assert np.abs(layer.variables["state"]["state_0"]).max() > 0
    model.reset_states()
    assert not np.any(layer.variables["state"]["state_0"])


def test_convolutional_recurrent_layer_in_a_model():
    model = Sequential(
        [ConvLSTM2D(4, (3, 3), padding="same", return_sequences=True, input_shape=(None, 8, 8, 1))]
    )
    assert model.output_shape == (None, None, 8, 8, 4)
    assert model.count_params() == 9 * 1 * 16 + 9 * 4 * 16 + 16
    assert jnp.isfinite(model.predict(array(1, 3, 8, 8, 1))).all()


@pytest.mark.parametrize(
    ("layer", "shape", "sizes"),
    [
        (LSTM(2, return_sequences=True), (3, 4), [(2,), (2,)]),
        (RNN([GRUCell(2), GRUCell(3)]), (3, 4), [(2,), (3,)]),
        (ConvLSTM2D(2, 1, data_format="channels_first"), (3, 1, 4, 5), [(2, 4, 5)] * 2),
    ],
)
def test_initial_states_of_zeros(layer, shape, sizes):
    x = Input(shape)
    states = layer.get_initial_state(x)
    assert [state.shape for state in states] == [(None, *size) for size in sizes]
    inputs = np.ones((2, *shape), np.float32)
    outputs = Model(x, [layer(x), layer(x, initial_state=states)]).predict(inputs)
    assert np.allclose(*outputs)

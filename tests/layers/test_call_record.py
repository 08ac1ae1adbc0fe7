"""The record of a layer's calls."""

import pytest

from jaxcnn.layers import LSTM, Dense, Input, Layer, Masking


class Halves(Layer):
    def call(self, inputs):
        return {"left": inputs[:, :2], "right": inputs[:, 2:]}


def test_a_call_is_recorded_with_its_inputs_and_outputs():
    layer, x = Halves(), Input((5,))
    outputs = layer(x)
    (node,) = layer.inbound_nodes
    assert node.layer is layer and node.outputs is outputs and node.inbound == [x]
    left, right = outputs["left"], outputs["right"]
    assert (left.shape, right.shape, left.dtype) == ((None, 2), (None, 3), "float32")
    assert [(t.layer, t.node_index, t.tensor_index) for t in (left, right)] == [
        (layer, 0, 0),
        (layer, 0, 1),
    ]
    again = layer(Input((5,)))["right"]
    assert (again.node_index, again.tensor_index, again.mask_shape) == (1, 1, None)


def test_what_is_asked_by_the_number_of_the_call():
    dense = Dense(2)
    a, b = Input((3,)), Input(batch_shape=(4, 3))
    ya, yb = dense(a), dense(b)
    assert (dense.get_input_at(0), dense.get_input_at(1)) == (a, b)
    assert (dense.get_output_at(0), dense.get_output_at(1)) == (ya, yb)
    assert (dense.get_input_shape_at(0), dense.get_input_shape_at(1)) == ((None, 3), (4, 3))
    assert (dense.get_output_shape_at(0), dense.get_output_shape_at(1)) == ((None, 2), (4, 2))
    for index in (-1, 2):
        with pytest.raises(ValueError, match=f"has 2 inbound nodes; node {index} does not exist"):
            dense.get_input_at(index)
    with pytest.raises(AttributeError, match=r'"layer input" is ill-defined.*get_input_at'):
        _ = dense.input
    with pytest.raises(AttributeError, match=r'"layer output" is ill-defined.*get_output_at'):
        _ = dense.output
    with pytest.raises(AttributeError, match=r"different input shapes.*get_input_shape_at"):
        _ = dense.input_shape
    with pytest.raises(AttributeError, match=r"different output shapes.*get_output_shape_at"):
        _ = dense.output_shape


def test_shapes_on_which_the_calls_agree():
    dense = Dense(2)
    dense(Input((3,)))
    assert (dense.input_shape, dense.output_shape) == ((None, 3), (None, 2))
    dense(Input((3,)))
    assert (dense.input_shape, dense.output_shape) == ((None, 3), (None, 2))


def test_a_layer_that_was_never_called():
    for name in ("input", "output"):
        with pytest.raises(AttributeError, match=f"never been called .* no defined {name}\\.$"):
            getattr(Dense(2), name)
        with pytest.raises(AttributeError, match=f"no defined {name} shape"):
            getattr(Dense(2), f"{name}_shape")


def test_symbolic_states_are_inputs_of_the_call():
    x, state = Input((5, 2)), [Input((3,)), Input((3,))]
    layer = LSTM(3)
    layer(x, initial_state=state)
    assert layer.inbound_nodes[0].inbound == [x, *state]


class Twice(Layer):
    def call(self, inputs):
        return [inputs, inputs]

    def compute_mask(self, inputs, mask):
        return [None, mask]


def test_each_output_has_its_own_mask():
    masked = Masking()(Input((5, 2)))
    assert [tensor.mask_shape for tensor in Twice()(masked)] == [None, (None, 5)]

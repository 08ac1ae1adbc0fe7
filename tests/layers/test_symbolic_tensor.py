"""Symbolic tensors and nodes."""

import dataclasses

import numpy as np
import pytest

from jaxcnn.layers import Dense, Input
from jaxcnn.layers.symbolic.tensor import Node, SymbolicTensor, shapes, symbolic_leaves


def test_a_tensor_says_where_it_comes_from():
    dense = Dense(2, name="d")
    tensor = SymbolicTensor((None, 2), "float32", dense, 1, 3)
    assert (tensor.name, tensor.ndim, tensor.mask_shape) == ("d/output:3", 2, None)
    assert repr(tensor) == "<SymbolicTensor of 'd' shape=(None, 2) dtype=float32>"


def test_a_tensor_has_no_value():
    x = Input((3,))
    with pytest.raises(TypeError, match="cannot be iterated over"):
        iter(x)
    with pytest.raises(TypeError, match="has no value yet"):
        bool(x)
    with pytest.raises(dataclasses.FrozenInstanceError):
        x.shape = (None, 4)
    assert (np.ones(3) + x).shape == (None, 3)


def test_a_node_lists_the_tensors_of_its_arguments():
    x, y, z = Input((3,)), Input((4,)), Input((5,))
    node = Node(Dense(2), ([x, 1.0, y], 2), {"z": z})
    assert node.inbound == node.input_tensors == [x, y, z] and node.given == [x, 1.0, y]
    assert node.outputs is None
    assert Node(Dense(2), (), {}).given is None


def test_a_call_tells_what_keras_tells_of_it():
    x = Input((3,), name="x")
    dense = Dense(2, name="dense")
    y = dense(x)
    made, call = x.layer.inbound_nodes[0], dense.inbound_nodes[0]
    assert made.inbound_layers == [] and made.input_tensors == made.output_tensors == [x]
    assert made.input_masks == made.output_masks == [None]
    assert call.outbound_layer is dense and call.inbound_layers == [x.layer]
    assert (call.input_shapes, call.output_shapes) == ([(None, 3)], [(None, 2)])
    assert call.output_tensors == [y] and call.arguments == {}
    assert call.get_config() == {
        "outbound_layer": "dense",
        "inbound_layers": ["x"],
        "node_indices": [0],
        "tensor_indices": [0],
    }


def test_leaves_and_shapes_of_structures():
    x, y = Input((3,)), Input((4,))
    assert symbolic_leaves({"a": [x, 1], "b": (y, None)}) == [x, y]
    assert shapes([x, (y, 5)]) == [(None, 3), ((None, 4), 5)]

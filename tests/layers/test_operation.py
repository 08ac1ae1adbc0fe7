"""Functions of arrays as layers."""

import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import Model, activations, losses
from jaxcnn import backend as K
from jaxcnn.layers import Dense, Input, Masking, deserialize, serialize
from jaxcnn.layers.symbolic.operation import (
    Operation,
    along_axis,
    along_axis_or,
    elementwise,
    indexed,
    operation,
    per_sample,
)
from jaxcnn.layers.variable import Variable
from jaxcnn.runtime.captures import computing_arrays
from jaxcnn.runtime.names import Registry


@pytest.fixture
def functions(monkeypatch):
    """A registry of its own, so that operations of a test end with it."""
    registry = Registry("operation")
    monkeypatch.setattr("jaxcnn.layers.symbolic.operation.FUNCTIONS", registry)
    return registry


@pytest.fixture
def weighted(functions):
    """An operation of this test: ``x + factor * y``, for tensors also inside a list."""

    @operation(elementwise)
    def weighted_for_test(pair, factor=1.0):
        return pair[0] + factor * pair[1]

    return weighted_for_test


def test_on_arrays_it_is_the_function(weighted, functions):
    assert weighted([1.0, 2.0], factor=3.0) == 7
    with computing_arrays():
        assert weighted([1.0, Variable.holding("v", np.array(2.0, "float32"))]) == 3
    assert weighted.__name__ == "weighted_for_test"
    assert functions.find("weighted_for_test") is weighted


def test_on_symbolic_tensors_it_is_a_layer(weighted):
    x, y = Input((2,)), Input((2,))
    result = weighted([x, y], factor=3.0)
    layer = result.layer
    assert isinstance(layer, Operation) and layer.name == "op_weighted_for_test_1"
    assert layer.inbound_nodes[0].inbound == [x, y] and layer.saved.rowwise
    inputs = [np.ones((1, 2), "float32"), np.full((1, 2), 2, "float32")]
    assert Model([x, y], result).module.apply({}, inputs).tolist() == [[7, 7]]
    again = weighted([x, x])
    assert again.layer.inbound_nodes[0].inbound == [x]
    assert Model(x, again).module.apply({}, inputs[1]).tolist() == [[4, 4]]


def test_a_configuration_rebuilds_the_operation(weighted):
    x, y = Input((2,)), Input((2,))
    layer = weighted([x, y], factor=3.0).layer
    settings = layer.get_config()
    assert (settings["function"], settings["rowwise"]) == ("weighted_for_test", True)
    again = deserialize(serialize(layer))
    assert again.name == layer.name and again.saved.rowwise
    assert again.saved.function is weighted.__wrapped__
    assert (again.saved.args, again.saved.kwargs) == (layer.saved.args, layer.saved.kwargs)
    assert again([x, y]).shape == (None, 2)


def test_an_operation_without_inputs_is_symbolic():
    tensor = K.learning_phase()
    assert isinstance(tensor.layer, Operation) and tensor.layer.inbound_nodes[0].inbound == []


def test_masks_end_at_operations():
    masked = Masking()(Input((5, 2)))
    assert masked.mask_shape == (None, 5) and (masked * 2).mask_shape is None


def rows_stay_apart(tensor):
    return tensor.layer.saved.rowwise and not tensor.layer.module.mixes_rows


X = Input((4,))
SEQUENCE = Input((3, 4))
FIVE_ROWS = Input(batch_shape=(5, 4))


@pytest.mark.parametrize(
    ("make", "apart"),
    [
        (lambda: X + 1.0, True),
        (lambda: X + np.ones(4, "float32"), True),
        (lambda: X + np.ones((5, 1, 4), "float32"), False),
        (lambda: X * X, True),
        (lambda: X @ np.ones((4, 2), "float32"), True),
        (lambda: np.ones((3, 4), "float32") @ Input(batch_shape=(4, 2)), False),
        (lambda: X[:, 1], True),
        (lambda: X[:, None, 1:], True),
        (lambda: X[..., 1], True),
        (lambda: X[0], False),
        (lambda: X[1:], False),
        (lambda: SEQUENCE[..., 1, 1], True),
        (lambda: SEQUENCE[..., 1, :, 1], False),
        (lambda: X[:, np.array([0, 1])], False),
        (lambda: K.sum(X, axis=1), True),
        (lambda: K.sum(X, axis=-1), True),
        (lambda: K.sum(X, axis=0), False),
        (lambda: K.sum(X, axis=-2), False),
        (lambda: K.sum(X), False),
        (lambda: K.sum(SEQUENCE, axis=[1, 2]), True),
        (lambda: K.sum(SEQUENCE, axis=[0, 2]), False),
        (lambda: activations.softmax(SEQUENCE), True),
        (lambda: activations.softmax(X, axis=1), True),
        (lambda: activations.softmax(X, axis=0), False),
        (lambda: activations.relu(Input(batch_shape=(4,))), False),
        (lambda: losses.mean_squared_error(X, X * 2.0), True),
        (lambda: losses.mean_squared_error(np.ones((5, 4), "float32"), FIVE_ROWS), False),
        (lambda: losses.mean_squared_error(jnp.ones((5, 4)), FIVE_ROWS), False),
    ],
)
def test_whether_rows_stay_apart(make, apart):
    tensor = make()
    assert rows_stay_apart(tensor) is apart


def test_rules_about_rows():
    scalar = Input(batch_shape=())
    assert not elementwise([scalar], {"x": scalar})
    assert not elementwise([X, SEQUENCE], {"x": X, "y": SEQUENCE})
    assert elementwise([X], {"x": X, "y": jnp.ones((2, 4))})
    assert per_sample([X], {"x": X, "y": 3}) and not per_sample([X], {"x": np.ones((2, 2)), "y": X})
    assert not per_sample([X, SEQUENCE], {"x": X, "y": SEQUENCE})
    vector = Input(batch_shape=(None,))
    assert not per_sample([vector], {"x": vector})
    assert along_axis([X], {"x": X, "axis": 1}) and along_axis([X], {"x": X, "axes": [-1]})
    assert not along_axis([X], {"x": X}) and along_axis([X], {"x": X}, default=-1)
    assert not along_axis([X], {"x": X, "axis": -3})
    assert not along_axis([X, SEQUENCE], {"axis": 1})
    assert along_axis_or(-1)([X], {"x": X}) and not along_axis_or(0)([X], {"x": X})
    assert not indexed([X], {"x": np.ones(3), "index": slice(None)})
    assert not indexed([X], {"x": X, "index": ()})
    assert not indexed([X], {"x": X, "index": (None, slice(None))})


def test_layers_come_after_operations():
    x = Input((4,))
    assert Model(x, Dense(2)(x * 2.0)).count_params() == 10


def test_what_does_not_fit_is_told_with_the_function_and_its_shapes():
    a, b = np.ones((2, 4), "f"), np.ones((7, 3), "f")
    with pytest.raises(TypeError, match=r"^dot, called on shapes \[\(2, 4\), \(7, 3\)\]: dot_gene"):
        K.dot(a, b)
    with pytest.raises(TypeError, match=r"^dot, called on shape \(None, 4\): dot_general"):
        K.dot(Input((4,)), b)
    with pytest.raises(ValueError, match=r"^batch_dot of \(2, 4\) and \(2, 4\) needs `axes`"):
        K.batch_dot(a, a)
    with pytest.raises(TypeError, match="Value 'abc'"):
        K.sum("abc")

"""Handles derived from modules."""

import inspect

import flax.linen as linen
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import activations, nn
from jaxcnn.layers import (
    LSTM,
    RNN,
    Activation,
    Dense,
    FlaxLayer,
    Input,
    Layer,
    LSTMCell,
    StackedRNNCells,
    TimeDistributed,
)
from jaxcnn.layers.derived import (
    ModuleLayer,
    field_names,
    is_layer_list,
    keras_layer,
    nested_layers,
    own_signature,
    rebuilt,
    serialized,
)
from jaxcnn.runtime.names import Registry


class TripleModule(nn.base.Layer):
    """Three times the input, plus a number."""

    plus: float = 0.5

    def checked(self):
        if self.plus < 0:
            raise ValueError(f"`plus` is {self.plus}; it must not be negative")
        return {"plus": float(self.plus)}

    @linen.compact
    def __call__(self, x):
        return 3.0 * x + self.plus


@pytest.fixture
def registry(monkeypatch):
    """A registry of its own, so that layers of a test end with it."""
    layers = Registry("layer")
    monkeypatch.setattr("jaxcnn.layers.derived.LAYERS", layers)
    return layers


@pytest.fixture
def triple(registry):
    return keras_layer(TripleModule)


def test_the_handle_is_named_and_documented_like_its_module(triple, registry):
    assert (triple.__name__, triple.__module__) == ("Triple", "jaxcnn.layers")
    assert triple.__doc__.startswith(TripleModule.__doc__) and "`trainable`" in triple.__doc__
    assert triple.module_class is TripleModule
    assert str(inspect.signature(triple)) == "(plus=0.5, **kwargs)"
    assert issubclass(triple, ModuleLayer) and triple.traits == TripleModule.traits
    assert registry.find("Triple") is triple


def test_arguments_are_those_of_the_module(triple):
    assert triple(2).plus == 2.0 and triple(plus=3).plus == 3.0 and triple().plus == 0.5
    assert triple(2)(jnp.ones(1)).tolist() == [5]
    with pytest.raises(ValueError, match=r"^Layer 'triple_\d': `plus` is -1; it must not"):
        triple(-1)
    with pytest.raises(TypeError, match=r"^Triple: too many positional arguments"):
        triple(1, 2)
    with pytest.raises(TypeError, match=r"Triple got an unknown argument `pluss`.*'plus'"):
        triple(pluss=1)
    with pytest.raises(TypeError, match=r"^Dense: missing a required argument: 'units'"):
        Dense()


def test_the_configuration_has_the_fields_and_the_common_settings(triple, registry):
    layer = triple(2, name="t", trainable=False, input_shape=(3,))
    assert layer.get_config() == {
        "name": "t",
        "trainable": False,
        "batch_input_shape": (None, 3),
        "dtype": "float32",
        "plus": 2.0,
    }
    assert registry.deserialize(registry.serialize(layer)).get_config() == layer.get_config()


def test_attributes_are_settings_and_weights():
    dense = Dense(2, activation="relu")
    assert dense.units == 2 and dense.activation is activations.relu
    with pytest.raises(
        AttributeError, match=r"Layer 'dense_1' \(Dense\) has no attribute 'kernel'"
    ):
        _ = dense.kernel
    dense(Input((3,)))
    assert dense.kernel.shape == (3, 2) and dense.bias.shape == (2,)
    with pytest.raises(AttributeError, match=r"no attribute 'unit'.$"):
        _ = dense.unit
    with pytest.raises(AttributeError, match=r"get_input_at\(node_index\)"):
        _ = dense.get_input
    with pytest.raises(AttributeError, match=r"^_hidden$"):
        _ = dense._hidden
    with pytest.raises(AttributeError, match="never been called"):
        _ = Dense(2).output


def test_settings_that_the_handle_has_an_attribute_for():
    settings = Activation("relu").get_config()
    assert settings["activation"] == "relu"
    cell = RNN([LSTMCell(2), LSTMCell(3)]).get_config()["cell"]
    assert cell["class_name"] == "StackedRNNCells"
    assert [c["config"]["units"] for c in cell["config"]["cells"]] == [2, 3]


def test_layers_among_the_arguments_are_inside():
    wrapped = Dense(2, name="inner")
    outer = TimeDistributed(wrapped)
    assert outer.children == {"layer": wrapped} and outer.layer is wrapped
    cells = StackedRNNCells([LSTMCell(2), LSTMCell(3)])
    assert list(cells.children) == ["cells_0", "cells_1"]
    assert outer(Input((4, 3))).shape == (None, 4, 2) and wrapped.built
    a, b = Dense(1), Dense(2)
    fields = {"many": [a, b], "x": 3, "one": a}
    assert list(nested_layers(fields).items()) == [("one", a), ("many_0", a), ("many_1", b)]
    assert is_layer_list([a, b]) and is_layer_list((a,))
    assert not is_layer_list([]) and not is_layer_list([a, 1]) and not is_layer_list(a)


def test_descriptions_of_settings():
    a = Dense(1, name="a")
    assert serialized(3) == 3 and serialized(activations.relu) == "relu"
    assert serialized([a])[0]["config"]["name"] == "a"
    assert rebuilt([serialized(a)])[0].get_config() == a.get_config()
    plain = {"class_name": "Unknown", "config": {}}
    assert rebuilt(plain) == plain and rebuilt({"class_name": "Dense"}) == {"class_name": "Dense"}
    assert rebuilt(5) == 5


def test_fields_leave_out_those_of_flax():
    assert field_names(nn.Activation) == ("activation",)
    signature = own_signature(nn.Activation)
    assert all(p.annotation is p.empty for p in signature.parameters.values())


class Block(linen.Module):
    features: int

    @linen.compact
    def __call__(self, x):
        return linen.Dense(self.features)(x)


def test_a_flax_module_as_a_layer():
    layer = FlaxLayer(Block(3))
    assert layer.name == "block_1" and FlaxLayer(Block(3), name="mine").name == "mine"
    assert layer(Input((2,))).shape == (None, 3) and layer.count_params() == 9
    assert sorted(w.shape for w in layer.get_weights()) == [(2, 3), (3,)]
    assert not FlaxLayer(Block(3), trainable=False).trainable
    with pytest.raises(TypeError, match=r"takes a flax.linen.Module; given 3"):
        FlaxLayer(3)


def test_subclasses_of_derived_layers():
    class Wider(Dense):
        def __init__(self, units, **options):
            super().__init__(2 * units, **options)

    layer = Wider(3)
    assert layer.units == 6 and layer.name == "wider_1"
    assert layer(np.ones((1, 2), "float32")).shape == (1, 6)
    assert isinstance(LSTM(2), Layer)

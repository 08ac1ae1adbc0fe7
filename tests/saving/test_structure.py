"""Configurations of models and models from them."""

import json

import numpy as np
import pytest

from jaxcnn import layers as L
from jaxcnn.models import Model, Sequential
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.saving.structure import (
    Calls,
    build_graph,
    described,
    frozen,
    graph_config,
    plain,
    sequential_config,
)


def test_a_stack_says_its_input_shape_in_the_first_layer():
    config = sequential_config(Sequential([L.Dense(2, name="d", input_shape=(3,))], name="s"))
    assert set(config) == {"name", "layers"} and config["name"] == "s"
    (entry,) = config["layers"]
    assert entry["class_name"] == "Dense" and entry["config"]["batch_input_shape"] == (None, 3)


def test_a_stack_that_was_built_later_says_it_too():
    model = Sequential([L.Dense(2, name="d"), L.Dense(1)])
    assert "batch_input_shape" not in sequential_config(model)["layers"][0]["config"]
    model.build((None, 3))
    first, second = sequential_config(model)["layers"]
    assert first["config"]["batch_input_shape"] == (None, 3)
    assert first["config"]["dtype"] == "float32"
    assert "batch_input_shape" not in second["config"]


def test_a_stack_with_an_input_or_a_model_first_lists_the_input():
    for first in (L.Input((3,), name="i"), Sequential([L.Dense(3, input_shape=(3,))])):
        config = sequential_config(Sequential([first, L.Dense(1)]))
        assert config["layers"][0]["class_name"] == "InputLayer"
    a, b = L.Input((3,)), L.Input((3,))
    config = sequential_config(Sequential([Model([a, b], L.add([a, b])), L.Dense(1)]))
    assert config["layers"][0]["class_name"] == "Model"
    assert sequential_config(Sequential([]))["layers"] == []


def test_only_a_frozen_model_says_so():
    model = Sequential([L.Dense(1, input_shape=(2,))])
    assert frozen(model) == {}
    model.trainable = False
    assert (
        frozen(model)
        == {"trainable": False}
        == {key: sequential_config(model)[key] for key in ("trainable",)}
    )
    assert described(model) == {"class_name": "Sequential", "config": model.get_config()}


def shared_graph():
    a, b = L.Input((3,), name="a"), L.Input((3,), name="b")
    shared = L.Dense(3, name="shared")
    shared(a)  # of no model
    left, right = shared(a), shared(b)
    sum_ = L.Add(name="sum")([left, right])
    return Model([a, b], [sum_, right], name="m")


def test_a_graph_and_its_calls():
    model = shared_graph()
    config = graph_config(model)
    layers = {entry["name"]: entry for entry in config["layers"]}
    assert layers["a"]["inbound_nodes"] == []
    assert layers["shared"]["inbound_nodes"] == [[["a", 0, 0, {}]], [["b", 0, 0, {}]]]
    assert layers["sum"]["inbound_nodes"] == [[["shared", 0, 0, {}], ["shared", 1, 0, {}]]]
    assert config["input_layers"] == [["a", 0, 0], ["b", 0, 0]]
    assert config["output_layers"] == [["sum", 0, 0], ["shared", 1, 0]]
    assert config["name"] == "m" and "trainable" not in config
    model.trainable = False
    assert graph_config(model)["trainable"] is False


class Scaled(L.Layer):
    def call(self, x, scale=1.0, other=None):
        return x * scale if other is None else x * scale + other


def test_keywords_of_calls_without_the_tensors_among_them():
    x, y = L.Input((3,), name="x"), L.Input((3,), name="y")
    model = Model([x, y], Scaled(name="s")(x, scale=2.0, other=y))
    entry = next(e for e in graph_config(model)["layers"] if e["name"] == "s")
    assert entry["inbound_nodes"] == [[["x", 0, 0, {"scale": 2.0}], ["y", 0, 0, {"scale": 2.0}]]]


def test_keywords_are_given_to_the_call_again():
    x = L.Input((3,), name="x")
    config = graph_config(Model(x, Scaled(name="s")(x, scale=2.0)))
    with custom_object_scope({"Scaled": Scaled}):
        model = Model(*build_graph(config))
    np.testing.assert_array_equal(model.predict(np.ones((1, 3)), verbose=0), [[2.0] * 3])


def test_calls_outside_of_the_model_do_not_count():
    model = shared_graph()
    calls = Calls(model)
    shared = model.get_layer("shared")
    assert len(list(calls.of(shared))) == 2 and len(shared.inbound_nodes) == 3
    assert list(calls.of(model.get_layer("a"))) == []
    assert calls.reference(model.outputs[1]) == ["shared", 1, 0]


def test_a_graph_is_built_as_it_was_described():
    model = shared_graph()
    inputs, outputs = build_graph(graph_config(model))
    again = Model(inputs, outputs, name="m")
    assert again.get_config() == model.get_config()
    x = [np.ones((1, 3)), np.zeros((1, 3))]
    again.set_weights(model.get_weights())
    for a, b in zip(again.predict(x, verbose=0), model.predict(x, verbose=0), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_order_of_the_layers_does_not_matter():
    config = graph_config(shared_graph())
    inputs, outputs = build_graph({**config, "layers": config["layers"][::-1]})
    assert [t.layer.name for t in inputs] == ["a", "b"]
    assert [t.layer.name for t in outputs] == ["sum", "shared"]


def test_a_single_end_needs_no_list():
    x = L.Input((3,), name="x")
    config = graph_config(Model(x, L.Dense(2, name="d")(x)))
    config = {**config, "input_layers": ["x", 0, 0], "output_layers": ["d", 0, 0]}
    config["layers"][1]["inbound_nodes"] = [[["x", 0, 0]]]  # nor keywords
    (source,), (target,) = build_graph(config)
    assert source.layer.name == "x" and target.shape == (None, 2)


def test_layers_of_several_outputs_are_taken_by_number():
    x = L.Input((4, 3), name="x")
    _, h, c = L.LSTM(2, return_state=True, name="l")(x)
    config = graph_config(Model(x, [c, h]))
    assert config["output_layers"] == [["l", 0, 2], ["l", 0, 1]]
    _, outputs = build_graph(config)
    assert [t.tensor_index for t in outputs] == [2, 1]


def test_inner_models_have_a_call_before_their_first():
    x = L.Input((3,))
    inner = Model(x, L.Dense(3)(x), name="inner")
    y = L.Input((3,), name="y")
    model = Model(y, inner(inner(y)))
    config = graph_config(model)
    assert config["output_layers"] == [["inner", 1, 0]]
    inputs, outputs = build_graph(config)
    assert Model(inputs, outputs).get_config()["layers"] == config["layers"]


def test_what_nothing_makes_is_said():
    config = graph_config(shared_graph())
    for entry in config["layers"]:
        if entry["name"] == "shared":
            entry["inbound_nodes"] = [[["sum", 0, 0, {}]]]
    with pytest.raises(ValueError, match="The layers shared, sum wait for inputs that nothing"):
        build_graph(config)
    config["output_layers"] = [["other", 0, 0]]
    for entry in config["layers"]:
        entry["inbound_nodes"] = []
    with pytest.raises(ValueError, match="refers to a layer 'other' that it does not contain"):
        build_graph(config)


def test_what_json_does_not_know():
    assert plain(np.float32(0.5)) == 0.5 and isinstance(plain(np.int64(3)), int)
    assert plain(np.arange(3)) == [0, 1, 2]
    assert plain(np.dtype("int32")) == plain(np.int32) == "int32"
    with pytest.raises(TypeError, match=r"object.*cannot be written as JSON"):
        json.dumps(object(), default=plain)


def test_two_layers_of_one_name_are_refused():
    entry = {"class_name": "Flatten", "config": {}, "name": "a", "inbound_nodes": []}
    config = {"layers": [entry, entry], "input_layers": [], "output_layers": []}
    with pytest.raises(ValueError, match="has two layers called 'a'"):
        build_graph(config)

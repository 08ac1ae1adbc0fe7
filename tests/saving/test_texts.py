"""Structures as texts, and models from the texts of any Keras."""

import json
import re

import pytest
import yaml

from jaxcnn import layers as L
from jaxcnn.models import Model, Sequential
from jaxcnn.saving import texts
from jaxcnn.saving.dialects.configurations import IN_MEMORY
from jaxcnn.saving.texts import (
    described_model,
    era_of_config,
    file_config,
    model_from_config,
    model_from_json,
    model_from_yaml,
    to_json,
    to_yaml,
)


class Mine(L.Cropping1D):
    pass


def model():
    return Sequential([L.Cropping1D(1, name="c", input_shape=(5, 2)), Mine(1, name="m")], name="s")


def test_the_text_says_who_wrote_it():
    described = json.loads(to_json(model()))
    assert described == described_model(model()) == yaml.safe_load(to_yaml(model()))
    marks = {key: described[key] for key in ("keras_version", "backend", "written_by")}
    assert marks == {"keras_version": "2.3.1", "backend": "tensorflow", "written_by": "jaxcnn"}
    assert described["class_name"] == "Sequential"
    assert to_json(model(), indent=2).startswith('{\n  "class_name"')
    assert to_yaml(model(), default_flow_style=True).startswith("{")


def test_the_configuration_is_that_of_keras_2_also_for_derived_classes():
    _, first, second = file_config(model())["config"]["layers"]
    assert first["config"]["cropping"] == second["config"]["cropping"] == [1, 1]


@pytest.mark.parametrize("read", [model_from_json, model_from_yaml])
def test_there_and_back(read):
    again = read(to_json(model()), {"Mine": Mine})  # JSON is YAML
    assert type(again) is Sequential and type(again.layers[1]) is Mine
    assert again.get_config() == model().get_config()
    with pytest.raises(ValueError, match="Mine"):
        read(to_json(model()))


def test_what_is_no_configuration():
    for given, said in (([], "given list."), ({"config": []}, "given dict without them.")):
        with pytest.raises(
            ValueError, match=f"'class_name' and 'config'; {re.escape(said)} What.*from_config"
        ):
            model_from_config(given)
    with pytest.raises(ValueError, match=r"not JSON .*; model_from_yaml reads YAML"):
        model_from_json("class_name: Sequential")
    with pytest.raises(ValueError, match="not plain YAML"):
        model_from_yaml("!!python/name:os.system")


@pytest.mark.parametrize(
    ("config", "era"),
    [
        ({"module": "keras", "registered_name": None}, 3),
        ({"module": "keras"}, IN_MEMORY),
        ({"registered_name": None, "keras_version": "1.2.2"}, 1),
        ({"keras_version": "2.1"}, 2),
        ({"keras_version": ""}, IN_MEMORY),
        ({}, IN_MEMORY),
    ],
)
def test_the_era_of_a_configuration(config, era):
    assert era_of_config(config) == era


def test_what_we_wrote_is_read_as_ours():
    x = L.Input((3,))
    inner = Model(x, L.Dense(3)(x), name="inner")
    y = L.Input((3,))
    model = Model(y, inner(inner(inner(y))))
    described = described_model(model)
    assert described["config"]["output_layers"] == [["inner", 3, 0]]
    config = model_from_config(described).get_config()
    assert config["output_layers"] == [["inner", 2, 0]]


def test_calls_of_stacks_are_counted_from_zero_in_ours():
    """Of Keras 2 the same reference means the call before."""
    shared = Sequential([L.Dense(3, input_shape=(3,))], name="stack")
    y = L.Input((3,))
    first = shared(y)
    second = shared(first)
    model = Model(y, [second, L.Dense(1)(shared(second))])
    described = described_model(model)
    assert described["config"]["output_layers"][0] == ["stack", 1, 0]
    assert model_from_config(described).get_config()["output_layers"][0] == ["stack", 1, 0]
    del described["written_by"]
    assert model_from_config(described).get_config()["output_layers"][0] == ["stack", 0, 0]


def test_bytecode_needs_the_users_word():
    entry = {
        "class_name": "Lambda",
        "config": {"function": ["x", None, None], "function_type": "lambda", "name": "l"},
    }
    config = {"class_name": "Sequential", "config": [entry]}
    text = json.dumps(config)
    with pytest.raises(ValueError, match="safe_mode=False"):
        model_from_config(config)
    for read in (model_from_json, model_from_yaml):
        with pytest.raises(ValueError, match="safe_mode=False"):
            read(text)
        with pytest.raises(ValueError, match="not of this version of Python"):
            read(text, safe_mode=False)


def test_yaml_of_keras_has_tuples_of_python():
    text = """
class_name: Sequential
config:
- class_name: !!python/unicode Dense
  config: {units: 2, batch_input_shape: !!python/tuple [null, [3][0]]}
""".replace("[3][0]", "3")
    assert model_from_yaml(text).output_shape == (None, 2)


@pytest.mark.parametrize("most", [4, 5])
def test_as_many_values_as_a_configuration_may_have(monkeypatch, most):
    monkeypatch.setattr(texts, "MOST_VALUES", most)
    texts.require_bounded({"a": list(range(most - 2))})
    with pytest.raises(ValueError, match="more than"):
        texts.require_bounded({"a": list(range(most - 1))})
    inside = {}
    inside["itself"] = inside
    with pytest.raises(ValueError, match="more than"):
        texts.require_bounded(inside)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x: " + ":".join(["1"] * 90000), "a number of 179,999 digits"),
        ("x: " + ":".join(["1"] * 190) + ".5", "too large"),
        ("x: !!timestamp abc", "not plain YAML"),
    ],
    ids=["sixties", "float", "date"],
)
def test_odd_numbers_of_yaml(text, message):
    with pytest.raises(ValueError, match=message):
        model_from_yaml(text)


def test_a_number_too_long_for_json():
    with pytest.raises(ValueError, match=r"The text is not JSON .*4300 digits"):
        model_from_json('{"class_name": ' + 5000 * "9" + "}")

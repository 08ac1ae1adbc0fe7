"""Configurations of every Keras in our terms, rule by rule."""

import pytest

from jaxcnn import layers as L
from jaxcnn.models import Model, Sequential
from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.saving.dialects.configurations import (
    IN_MEMORY,
    OURS,
    WIDENING,
    era_of,
    flat,
    from_keras,
    is_neutral,
    penalty_of_keras1,
    unpackaged,
)


def layer(kind, /, **config):
    return {"class_name": kind, "config": config}


def read(kind, /, era=2, **config):
    """The arguments of a layer as they are read."""
    return from_keras(layer(kind, **config), era)["config"]


@pytest.mark.parametrize(
    ("version", "era"),
    [
        ("1.2.2", 1),
        ("2.0.4", 2),
        ("2.15.0", 2),
        ("3.6.0", 3),
        ("", 2),
        (None, 2),
        ("0.3", 2),
        ("2.2.4", WIDENING),
        ("2.3.0-tf", WIDENING),
        (2, 2),
    ],
)
def test_the_era_of_a_version(version, era):
    assert era_of(version) == era
    assert len({IN_MEMORY, OURS, 1, 2, 3}) == 5


def test_names_lose_their_package():
    assert unpackaged("Custom>Mine") == "Mine" and unpackaged("a>b>C") == "C"
    assert unpackaged("Dense") == "Dense"
    assert from_keras(layer("Keras>Dense", units=2), 2)["class_name"] == "Dense"


def test_what_wraps_an_object_goes_and_the_rest_stays():
    described = {
        **layer("Dense", units=2),
        "module": "keras.layers",
        "registered_name": None,
        "build_config": {},
        "shared_object_id": 1,
        "compile_config": {},
        "name": "d",
        "inbound_nodes": [],
    }
    assert from_keras(described, 3) == {
        "class_name": "Dense",
        "config": {"units": 2},
        "name": "d",
        "inbound_nodes": [],
    }


def test_operations_of_keras_3_are_refused():
    described = {**layer("Add"), "module": "keras.src.ops.numpy"}
    with pytest.raises(ValueError, match=r"operation 'Add' of Keras 3.*load_weights"):
        from_keras(described, 3)


def test_stacks_in_both_forms():
    dense = layer("Dense", name="d", units=2)
    expected = {"class_name": "Sequential", "config": {"layers": [dense]}}
    assert from_keras({"class_name": "Sequential", "config": [dense]}, 2) == expected
    whole = layer("Sequential", name="s", trainable=False, layers=[dense], build_input_shape=[1])
    assert from_keras(whole, 2)["config"] == {"name": "s", "trainable": False, "layers": [dense]}

    class Mine(Sequential):
        pass

    with custom_object_scope({"Mine": Mine}):
        read = from_keras(layer("Mine", name="s", layers=[dense]), 3)
    assert read == {"class_name": "Mine", "config": {"name": "s", "layers": [dense]}}


def graph(era, layers, inputs, outputs, kind="Functional", **config):
    return from_keras(
        layer(kind, layers=layers, input_layers=inputs, output_layers=outputs, **config), era
    )


def called(entry, name, *nodes):
    return {**entry, "name": name, "inbound_nodes": list(nodes)}


def test_a_graph_in_the_form_of_keras_2():
    source = called(layer("InputLayer", batch_input_shape=[None, 3], name="i"), "i")
    dense = called(layer("Dense", units=2), "d", [["i", 0, 0, {"training": False}]])
    for kind in ("Model", "Functional"):
        result = graph(
            2, [source, dense], ["i", 0, 0], [["d", 0, 0]], kind, name="m", trainable=None
        )
        assert result["class_name"] == "Model"
        config = result["config"]
        assert set(config) == {"name", "layers", "input_layers", "output_layers"}
        assert config["input_layers"] == [["i", 0, 0]] and config["output_layers"] == [["d", 0, 0]]
        assert config["layers"][1]["inbound_nodes"] == [[["i", 0, 0, {}]]]
    with custom_object_scope({"Mine": type("Mine", (Model,), {})}):
        assert graph(2, [source, dense], ["i", 0, 0], ["d", 0, 0], "Mine")["class_name"] == "Mine"
    assert (
        graph(2, [source], ["i", 0, 0], ["i", 0, 0], trainable=False)["config"]["trainable"]
        is False
    )


INNER = layer("Functional", name="m", layers=[], input_layers=[], output_layers=[])
STACK = layer("Sequential", name="m", layers=[])


@pytest.mark.parametrize(
    ("era", "inner", "between", "end"),
    [
        # Calls 0 and 1 are used: the count is plain whatever the era.
        (1, INNER, [0, 1], [1, 0]),
        (2, INNER, [1, 2], [2, 1]),
        (3, INNER, [0, 1], [2, 1]),
        (3, STACK, [0, 1], [1, 1]),
        (OURS, INNER, [0, 1], [2, 1]),
    ],
)
def test_calls_of_inner_models_are_counted_from_zero(era, inner, between, end):
    source = called(layer("InputLayer", batch_input_shape=[None, 3], name="i"), "i")
    model = called(inner, "m", [["i", 0, 0]], [["i", 0, 0]])
    add = called(layer("Add"), "a", [["m", between[0], 0], ["m", between[1], 0]])
    config = graph(era, [source, model, add], [["i", 0, 0]], [["m", end[0], 0], ["a", 0, 0]])[
        "config"
    ]
    (node,) = config["layers"][2]["inbound_nodes"]
    assert [ref[1] for ref in node] == [0, 1]
    assert config["output_layers"] == [["m", end[1], 0], ["a", 0, 0]]


@pytest.mark.parametrize(
    ("era", "inner", "expected"),
    [
        (1, INNER, (0, 0)), (2, INNER, (0, 0)), (2, STACK, (0, 0)),
        (3, INNER, (1, 0)), (OURS, INNER, (1, 0)), (3, STACK, (1, 1)), (IN_MEMORY, INNER, (1, 1)),
    ],
)  # fmt: skip
def test_where_the_references_leave_the_count_open_the_era_decides(era, inner, expected):
    """Call 1 of a model that is called three times may be the first or the second."""
    source = called(layer("InputLayer", batch_input_shape=[None, 3], name="i"), "i")
    model = called(inner, "m", *[[["i", 0, 0]]] * 3)
    dense = called(layer("Dense", units=1), "d", [["m", 1, 0]])
    config = graph(era, [source, model, dense], [["i", 0, 0]], [["m", 1, 0]])["config"]
    assert config["layers"][2]["inbound_nodes"][0][0][1] == expected[0]
    assert config["output_layers"][0][1] == expected[1]


def test_inputs_in_every_form():
    expected = {"batch_input_shape": [None, 3], "dtype": "int32", "name": "i"}
    for key in ("batch_input_shape", "batch_shape"):
        config = {key: [None, 3], "dtype": "int32", "name": "i", "sparse": False, "ragged": False}
        assert read("InputLayer", **config) == expected
    assert read("InputLayer", batch_shape=[None], name="i", sparse=True)["sparse"]
    with pytest.raises(ValueError, match="Input 'i' is ragged"):
        read("InputLayer", batch_shape=[None], name="i", ragged=True)


def test_arguments_of_other_names():
    assert read("LeakyReLU", negative_slope=0.2) == {"alpha": 0.2}
    assert read("ReLU", negative_slope=0.2) == {"negative_slope": 0.2}
    assert read("BatchNormalization", axis=[3])["axis"] == 3
    assert read("BatchNormalization", axis=3)["axis"] == 3
    assert read("BatchNormalization", axis=[1, 2])["axis"] == [1, 2]
    assert read("LayerNormalization", axis=[3])["axis"] == [3]
    derived = type("Mine", (L.LeakyReLU,), {})
    with custom_object_scope({"Mine": derived}):
        assert read("Mine", negative_slope=0.2) == {"alpha": 0.2}


def test_derived_classes_of_keras_1():
    with custom_object_scope({"Mine": type("Mine", (L.Dense,), {})}):
        described = from_keras(layer("Mine", name="a", output_dim=3, init="uniform"), 1)
    assert described["class_name"] == "Mine" and described["config"]["units"] == 3


def test_hard_sigmoid_depends_on_the_era():
    described = {"class_name": "Sequential", "config": {"name": "hard_sigmoid", "layers": []}}
    for value, era, expected in (
        ("hard_sigmoid", 3, "piecewise_sigmoid"),
        ("hard_sigmoid", 2, "hard_sigmoid"),
        ("hard_sigmoid", OURS, "hard_sigmoid"),
        (described, 3, "hard_sigmoid"),
        ("tanh", 3, "tanh"),
        ({"class_name": "function", "config": "relu"}, 3, "relu"),
    ):
        config = read("LSTM", era, units=2, recurrent_activation=value)
        assert config["recurrent_activation"] == expected
    assert (
        read("Dense", 3, units=2, kernel_initializer="hard_sigmoid")["kernel_initializer"]
        == "hard_sigmoid"
    )


def test_both_directions_must_be_the_same_layer():
    forward = layer("LSTM", name="forward_lstm", units=2, go_backwards=False)
    backward = layer("LSTM", name="backward_lstm", units=2, go_backwards=True)
    config = read("Bidirectional", name="b", layer=forward, backward_layer=backward)
    assert config["layer"]["config"] == {"name": "lstm", "units": 2, "go_backwards": False}
    assert "backward_layer" not in config
    assert read("Bidirectional", layer=layer("LSTM", units=2))["layer"]["config"] == {"units": 2}
    backward["config"]["units"] = 3
    with pytest.raises(ValueError, match=r"'b' has different layers.*\(units\)"):
        read("Bidirectional", name="b", layer=forward, backward_layer=backward)


def test_dtypes():
    assert read("Dense", units=2, dtype="float32") == {"units": 2}
    assert read("Dense", units=2, dtype=None) == {"units": 2}
    shaped = read("Dense", units=2, dtype="float16", batch_input_shape=[None, 2])
    assert shaped["dtype"] == "float16"
    policy = {"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}}
    with pytest.warns(UserWarning, match="Layer 'd' was saved with dtype mixed_float16"):
        assert read("Dense", name="d", units=2, dtype=policy) == {"name": "d", "units": 2}


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("seed", 3, True),
        ("odd_initializer", {"class_name": "Zeros"}, True),
        ("groups", 1, True),
        ("groups", 2, False),
        ("dilation_rate", [1, [1]], True),
        ("dilation_rate", [1, 2], False),
        ("dilation_rate", [], False),
        ("data_format", "channels_last", True),
        ("renorm", False, True),
        ("renorm", True, False),
        ("virtual_batch_size", {"a": 1}, False),
    ],
)
def test_arguments_that_change_nothing(key, value, expected):
    assert is_neutral(key, value) is expected


@pytest.mark.parametrize(
    "key",
    [
        "implementation",
        "zero_output_for_mask",
        "renorm_clipping",
        "renorm_momentum",
        "momentum_schedule",
        "fused",
        "sparse_grad",
        "autocast",
        "build_input_shape",
        "function_type",
        "output_shape_type",
        "output_shape_module",
        "module",
        "seed",
        "input_dim",
        "input_length",
    ],
)
def test_arguments_that_change_nothing_whatever_they_are(key):
    assert is_neutral(key, {"any": "value"})


@pytest.mark.parametrize("era", [2, WIDENING])
def test_normal_distributions_are_as_wide_as_they_say_since_2_2(era):
    scaling = {"scale": 2.0, "mode": "fan_in", "distribution": "normal"}
    described = read(
        "Dense",
        era,
        units=2,
        kernel_initializer={"class_name": "VarianceScaling", "config": scaling},
    )
    expected = "normal" if era == 2 else "truncated_normal"
    assert described["kernel_initializer"]["config"] == {**scaling, "distribution": expected}


def test_steps_along_the_first_axis_are_refused():
    with pytest.raises(ValueError, match=r"'g'.*`time_major` = True"):
        read("GRU", name="g", units=2, time_major=True)
    assert "time_major" not in read("GRU", name="g", units=2, time_major=False)


@pytest.mark.parametrize("key", ["renorm", "rms_scaling", "synchronized"])
def test_switches_that_must_be_off(key):
    assert is_neutral(key, False) and not is_neutral(key, True)


def test_depth_multiplier():
    assert is_neutral("depth_multiplier", 1) and not is_neutral("depth_multiplier", 2)


def test_arguments_that_this_library_does_not_have():
    assert read("Dense", units=2, lora_rank=None, quantized=False, seed=4) == {"units": 2}
    with pytest.raises(ValueError, match=r"Layer 'd' \(Dense\).*`lora_rank` = 4, which"):
        read("Dense", name="d", units=2, lora_rank=4)
    assert read("Unknown", lora_rank=4) == {"lora_rank": 4}
    assert read("Dense", units=2, input_dim=3, weights=None) == {
        "units": 2,
        "input_dim": 3,
        "weights": None,
    }


class Plain(L.Dense):
    pass


class Named(L.Dense):
    def __init__(self, units, extra=None, **kwargs):
        super().__init__(units, **kwargs)


class Further(Named):
    def __init__(self, more, *args, **kwargs):
        super().__init__(*args, **kwargs)


class Strict(L.Dense):
    def __init__(self, units, extra):
        super().__init__(units)


def test_a_derived_class_has_the_arguments_of_its_constructors():
    names = {"Plain": Plain, "Named": Named, "Further": Further, "Strict": Strict}
    with custom_object_scope(names):
        assert read("Plain", units=2, lora_rank=None, seed=1) == {"units": 2}
        with pytest.raises(ValueError, match=r"\(Plain\).*`lora_rank` = 4"):
            read("Plain", units=2, lora_rank=4)
        config = {"units": 2, "extra": False, "other": 4, "third": False}
        assert read("Named", **config, seed=3, rank=None) == config
        assert read("Further", more=None, **config) == {"more": None, **config}
        assert read("Strict", units=2, extra=None, rank=False) == {"units": 2, "extra": None}
        with pytest.raises(ValueError, match="`rank` = 4"):
            read("Strict", units=2, rank=4)


def test_objects_among_the_arguments():
    zeros = {"class_name": "Zeros", "config": {}}
    wrapped = {"module": "keras.initializers", **zeros, "registered_name": None}
    assert read("Dense", units=2, bias_initializer=wrapped)["bias_initializer"] == zeros
    scaled = {"class_name": "VarianceScaling", "config": {"scale": 1.0, "dtype": "float32",
              "input_axes": None, "output_axes": None}}  # fmt: skip
    value = read("Dense", units=2, kernel_initializer=scaled)["kernel_initializer"]
    assert value == {"class_name": "VarianceScaling", "config": {"scale": 1.0}}
    empty = {"class_name": "Zeros", "config": None}
    assert read("Dense", units=2, bias_initializer=empty)["bias_initializer"] == zeros


def test_values_in_every_wrapping():
    def value(given):
        return from_keras(layer("Unknown", value=given), 2)["config"]["value"]

    assert value({"type": "ndarray", "value": 0.3}) == 0.3
    assert value({"class_name": "__numpy__", "config": {"value": [1]}}) == [1]
    assert value({"class_name": "__tuple__", "items": [1, {"type": "ndarray", "value": 2}]}) == (
        1,
        2,
    )
    assert value({"class_name": "TensorShape", "items": [None, 2]}) == (None, 2)
    assert value({"class_name": "Policy", "config": {"name": "float32"}}) == "float32"
    assert value({"class_name": "function", "config": "pkg>relu"}) == "relu"
    assert value({"a": {"class_name": "__tuple__", "items": []}}) == {"a": ()}
    assert value([{"class_name": "function", "config": "f"}, 1]) == ["f", 1]
    inner = layer("LeakyReLU", negative_slope=0.2)
    assert value(inner) == layer("LeakyReLU", alpha=0.2)
    with custom_object_scope({"relu6": lambda x: x}):
        assert value(layer("relu6", a=1)) == layer("relu6", a=1)
    with pytest.raises(ValueError, match="safe_mode=False"):
        value({"class_name": "__lambda__", "config": {"code": ""}})
    with pytest.raises(ValueError, match="safe_mode=False"):
        read("Lambda", function=["code"], function_type="lambda")
    assert read("Lambda", function="f", function_type="function")["function"] == "f"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"name": "WeightRegularizer", "l1": 0.0, "l2": 0.5}, layer("L1L2", l1=0.0, l2=0.5)),
        ({"name": "MaxNorm", "m": 2, "axis": 0}, layer("MaxNorm", max_value=2, axis=0)),
        ({"l1": 0.1}, None),
        ({"name": "x", "other": 1}, None),
    ],
)
def test_penalties_and_constraints_of_keras_1(value, expected):
    assert penalty_of_keras1(value) == expected


def test_leaves_of_lists():
    assert flat([1, (2, [3])]) == [1, 2, 3] and flat(4) == [4] and flat([]) == []

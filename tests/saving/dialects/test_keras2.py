"""Our configurations in the form of Keras 2."""

from jaxcnn.saving.dialects.keras2 import to_keras2

SHAPE = {"batch_input_shape": [None, 3], "dtype": "float32"}


def layer(kind, name, **config):
    return {"class_name": kind, "config": {"name": name, **config}}


def written(described, **bases):
    names = ("SimpleRNN", "Cropping1D", "Lambda", "Dense", "Embedding", "Sequential", "Model")
    return to_keras2(described, {**{name: name for name in names}, **bases})


def test_arguments_that_keras_3_does_not_take_go_also_of_derived_classes():
    for kind in ("SimpleRNN", "Mine"):
        config = written(layer(kind, "a", units=2, implementation=1), Mine="SimpleRNN")["config"]
        assert config == {"name": "a", "units": 2}
    assert written(layer("Dense", "a", implementation=1))["config"]["implementation"] == 1
    assert "dtype" not in written(layer("Embedding", "a", **SHAPE))["config"]


def test_arguments_of_one_axis():
    for kind in ("Cropping1D", "Mine"):
        config = written(layer(kind, "a", cropping=[[1, 2]]), Mine="Cropping1D")["config"]
        assert config["cropping"] == [1, 2]


def test_a_lambda_says_what_its_function_and_shape_are():
    config = written(layer("Lambda", "a", function="f", mask=None, output_shape=None))["config"]
    assert config == {
        "name": "a",
        "function": "f",
        "output_shape": None,
        "function_type": "function",
        "output_shape_type": "raw",
    }
    config = written(layer("Lambda", "a", function="f", mask=None, output_shape="g"))["config"]
    assert config["output_shape_type"] == "function"


def test_layers_among_arguments_say_their_module():
    wrapped = layer("Wrapper", "w", layer=layer("Dense", "d"), cells=[layer("Mine", "m")], n=[1])
    config = written(wrapped, Mine="Dense", Wrapper="Wrapper")["config"]
    assert config["layer"] == {
        "module": "keras.layers",
        "class_name": "Dense",
        "config": {"name": "d"},
        "registered_name": None,
    }
    assert config["cells"][0]["registered_name"] == "Mine" and config["n"] == [1]
    model = layer("Wrapper", "w", layer=layer("Sequential", "s", layers=[]))
    assert written(model)["config"]["layer"]["module"] == "keras"
    initializer = {"class_name": "Zeros", "config": {}}
    assert written(layer("Dense", "d", start=initializer))["config"]["start"] == initializer


def test_a_stack_begins_with_its_input():
    layers = [layer("Dense", "a", **SHAPE), layer("Dense", "b", **SHAPE)]
    config = written(layer("Sequential", "s", layers=layers))["config"]
    source, first, second = config["layers"]
    assert source == {"class_name": "InputLayer", "config": {**SHAPE, "name": "a_input"}}
    assert first == layer("Dense", "a") and second == layer("Dense", "b")
    assert config["name"] == "s"


def test_a_stack_with_an_input_or_without_a_shape():
    layers = [{"class_name": "InputLayer", "config": {**SHAPE, "name": "i"}}, layer("Dense", "a")]
    config = written(layer("Sequential", "s", layers=layers))["config"]
    assert [entry["config"]["name"] for entry in config["layers"]] == ["i", "a"]
    assert config["layers"][0]["config"]["dtype"] == "float32"
    config = written(layer("Sequential", "s", layers=[layer("Dense", "a")]))["config"]
    assert config["layers"] == [layer("Dense", "a")]
    assert written(layer("Sequential", "s", layers=[]))["config"]["layers"] == []


def test_outputs_of_inner_functional_models_are_counted_from_one():
    graph = layer("Model", "m", layers=[], input_layers=[], output_layers=[])
    stack = layer("Sequential", "s", layers=[])
    source = {"class_name": "InputLayer", "config": {**SHAPE, "name": "i"}}
    config = {
        "layers": [
            {"name": entry["config"]["name"], **entry}
            for entry in (source, layer("Dense", "d", **SHAPE), graph, stack)
        ],
        "input_layers": [["i", 0, 0]],
        "output_layers": [["m", 0, 1], ["s", 0, 0], ["d", 2, 0]],
    }
    result = written({"class_name": "Model", "config": config})["config"]
    assert result["output_layers"] == [["m", 1, 1], ["s", 0, 0], ["d", 2, 0]]
    assert result["layers"][0]["config"] == {**SHAPE, "name": "i"}
    assert result["layers"][1]["config"] == {"name": "d"}
    assert result["input_layers"] == [["i", 0, 0]]

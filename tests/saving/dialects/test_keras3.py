"""Models as Keras 3 describes them, entry by entry; `test_exchange` has the real one read."""

import pytest

from jaxcnn import layers as L
from jaxcnn.models import Model, Sequential
from jaxcnn.saving.dialects.differences import HARD_SIGMOID, packaged
from jaxcnn.saving.dialects.keras3 import class_name, to_keras3


def twice(x):
    return 2.0 * x


class Mine(L.Dense):
    pass


def test_where_keras_finds_a_class():
    dense = to_keras3(L.Dense(2, name="d"))
    assert (dense["module"], dense["class_name"]) == ("keras.layers", "Dense")
    assert dense["registered_name"] is None
    mine = to_keras3(Mine(2))
    assert (mine["module"], mine["registered_name"]) == (__name__, "Mine")
    assert to_keras3(Sequential([], name="s")) == packaged(
        "keras", "Sequential", {"name": "s", "trainable": True, "layers": []}
    )


@pytest.mark.parametrize(
    "layer",
    [
        L.LocallyConnected1D(1, 1),
        L.LocallyConnected2D(1, 1),
        L.LocalResponseNormalization(),
        L.CuDNNGRU(1),
        L.CuDNNLSTM(1),
        L.ThresholdedReLU(),
        L.RandomizedReLU(),
        (L.Input((3,)) + 1.0).layer,
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_what_keras_3_does_not_have_is_ours(layer):
    assert to_keras3(layer)["module"] == "jaxcnn.layers"


def test_settings_of_layers():
    config = to_keras3(L.Dense(2, name="d", input_shape=(3,)))["config"]
    assert config["units"] == 2 and config["name"] == "d"
    assert not {"batch_input_shape", "dtype"} & set(config)
    assert "implementation" not in to_keras3(L.GRU(2))["config"]
    assert to_keras3(L.LeakyReLU(0.25))["config"]["negative_slope"] == 0.25
    assert "alpha" not in to_keras3(L.LeakyReLU(0.25))["config"]
    assert to_keras3(L.ELU(0.25))["config"]["alpha"] == 0.25
    assert to_keras3(L.Cropping1D((1, 2)))["config"]["cropping"] == [1, 2]
    assert to_keras3(L.Cropping2D(1))["config"]["cropping"] == [[1, 1], [1, 1]]
    assert "input_length" not in to_keras3(L.Embedding(3, 2, input_length=4))["config"]


def test_hard_sigmoid_is_described_by_layers():
    config = to_keras3(L.LSTM(2))["config"]
    assert config["recurrent_activation"] == HARD_SIGMOID and config["activation"] == "tanh"
    assert packaged("keras", "Sequential", HARD_SIGMOID["config"]) == HARD_SIGMOID
    slope, cut = HARD_SIGMOID["config"]["layers"]
    assert [entry["module"] for entry in (slope, cut)] == ["keras.layers"] * 2
    assert [entry["class_name"] for entry in (slope, cut)] == ["Rescaling", "ReLU"]
    assert HARD_SIGMOID["config"]["name"] == "hard_sigmoid"
    assert slope["config"] == {"name": "slope", "scale": 0.2, "offset": 0.5}
    assert cut["config"] == {"name": "cut", "max_value": 1.0}
    assert HARD_SIGMOID["config"]["trainable"] is True


def test_functions_and_layers_among_the_settings():
    config = to_keras3(L.Lambda(twice))["config"]
    assert config["function"] == packaged(__name__, "function", "twice", "twice")
    assert config["mask"] is None
    wrapped = to_keras3(L.TimeDistributed(L.Dense(2, name="d")))["config"]
    assert wrapped["layer"] == to_keras3(L.Dense(2, name="d"))
    cells = to_keras3(L.StackedRNNCells([L.LSTMCell(2, name="c"), L.GRUCell(3, name="e")]))
    assert [cell["class_name"] for cell in cells["config"]["cells"]] == ["LSTMCell", "GRUCell"]


def test_a_stack_with_and_without_its_input():
    model = Sequential([L.Dense(2, name="d")], name="s")
    assert [entry["class_name"] for entry in to_keras3(model)["config"]["layers"]] == ["Dense"]
    assert "build_input_shape" not in to_keras3(model)["config"]
    model.build((None, 3))
    config = to_keras3(model)["config"]
    assert config["build_input_shape"] == (None, 3)
    source = config["layers"][0]
    assert source["config"] == {
        "batch_shape": (None, 3),
        "dtype": "float32",
        "sparse": False,
        "name": "d_input",
    }


def history(name, shape, call=0, index=0):
    config = {"shape": shape, "dtype": "float32", "keras_history": [name, call, index]}
    return {"class_name": "__keras_tensor__", "config": config}


def test_a_graph_with_its_calls():
    a = L.Input((3,), name="a")
    shared = L.Dense(3, name="d")
    b = shared(shared(a))
    shared(L.Input((3,)))  # a call outside of the model
    inner = Sequential([L.Dense(2, input_shape=(3,))], name="stack")
    x = L.Input((3,))
    graph = Model(x, L.Dense(1)(x), name="graph")
    model = Model(a, [inner(b), graph(b), L.add([a, b])], name="m")
    model.trainable = False
    described = to_keras3(model)
    assert (described["module"], described["class_name"], described["registered_name"]) == (
        "keras.src.models.functional",
        "Functional",
        "Functional",
    )
    config = described["config"]
    assert config["name"] == "m" and config["trainable"] is False
    assert config["input_layers"] == ["a", 0, 0]
    outputs = {ref[0]: ref[1:] for ref in config["output_layers"]}
    assert outputs["stack"] == [0, 0] and outputs["graph"] == [1, 0]
    layers = {entry["name"]: entry for entry in config["layers"]}
    assert layers["a"]["inbound_nodes"] == []
    assert layers["d"]["inbound_nodes"] == [
        {"args": [history("a", [None, 3])], "kwargs": {}},
        {"args": [history("d", [None, 3])], "kwargs": {}},
    ]
    (added,) = (e for e in config["layers"] if e["class_name"] == "Add")
    (call,) = added["inbound_nodes"]
    assert call["args"] == [[history("a", [None, 3]), history("d", [None, 3], 1)]]


def test_initial_states_are_a_keyword():
    x, state = L.Input((4, 3), name="x"), L.Input((2,), name="h")
    model = Model([x, state], L.GRU(2, name="g")(x, initial_state=state))
    entry = next(e for e in to_keras3(model)["config"]["layers"] if e["name"] == "g")
    assert entry["inbound_nodes"] == [
        {
            "args": [history("x", [None, 4, 3])],
            "kwargs": {"initial_state": [history("h", [None, 2])]},
        }
    ]
    assert to_keras3(model)["config"]["input_layers"] == [["x", 0, 0], ["h", 0, 0]]


def test_the_names_of_classes():
    x = L.Input((3,))
    assert class_name(Model(x, L.Dense(1)(x))) == "Functional"
    assert class_name(Mine(2)) == "Mine"

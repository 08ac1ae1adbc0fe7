"""A class that a user derives from a layer is saved and loaded like its base, in every format.

All layers stand side by side in one model, so that a file is written once for all of them.
"""

import keras
import numpy as np
import pytest

from jaxcnn import layers as L
from jaxcnn.layers.base import LAYERS
from jaxcnn.models import Model, Sequential, load_model

from .conftest import layer_cases

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:keras", "ignore::DeprecationWarning")

NESTED = [
    layer_cases.Case("TimeDistributed", lambda: {"layer": derived("Dense")(3)}, (4, 2)),
    layer_cases.Case("Bidirectional", lambda: {"layer": derived("LSTM")(3)}, (4, 2)),
    layer_cases.Case("Bidirectional", lambda: {"layer": derived("GRU")(3)}, (4, 2)),
    layer_cases.Case(
        "RNN", lambda: {"cell": [derived("LSTMCell")(3), derived("SimpleRNNCell")(2)]}, (4, 2)
    ),
]
# One case for each class, and the layers that hold others.
CASES = [*{case.layer: case for case in reversed(layer_cases.CASES)}.values(), *NESTED]
SHARED = [case for case in CASES if hasattr(keras.layers, case.layer)]
KINDS = {}


def derived(name):
    """The class ``My...``, derived from a layer without a change; always the same class."""
    if name not in KINDS:
        KINDS[name] = type(f"My{name}", (LAYERS.find(name),), {"__module__": __name__})
    return KINDS[name]


class MyModel(Model):
    pass


class MySequential(Sequential):
    pass


def custom_objects(own=True):
    """Name -> class for files with derived classes: ours, or Keras's."""
    if own:
        kinds = {f"My{name}": derived(name) for name in KINDS}
        return {
            **kinds,
            "MyModel": MyModel,
            "MySequential": MySequential,
            "double": layer_cases.double,
        }
    kinds = {
        f"My{name}": type(f"My{name}", (getattr(keras.layers, name),), {})
        for name in KINDS
        if hasattr(keras.layers, name)
    }
    kinds["MySequential"] = type("MySequential", (keras.Sequential,), {})
    kinds["MyModel"] = type("MyModel", (keras.Model,), {})
    return {**kinds, "double": layer_cases.double}


def all_layers(cases):
    """A model with a derived layer for each case, and models of derived classes inside."""
    inputs, outputs = [], []
    for number, case in enumerate(cases):
        arguments = case.arguments() if callable(case.arguments) else case.arguments
        layer = derived(case.layer)(**arguments, name=f"case_{number}")
        symbols = case.symbols()
        results = layer(symbols)
        outputs += results if isinstance(results, list | tuple) else [results]
        inputs += symbols if isinstance(symbols, list) else [symbols]
    x = L.Input((3,))
    inner = MyModel(x, derived("Dense")(2)(x), name="inner")
    stack = MySequential([derived("Dense")(2, input_shape=(2,)), L.Dense(1)], name="stack")
    y = L.Input((3,))
    inputs.append(y)
    outputs.append(stack(inner(y)))
    model = MyModel(inputs, outputs, name="whole")
    weights = layer_cases.randomise(model)
    # The count of a Normalization is an integer in Keras.
    model.set_weights([w if w.ndim else np.float32(3) for w in weights])
    return model


def weights_by_layer(model):
    return {layer.name: layer.get_weights() for layer in model.layers if layer.get_weights()}


def check_same_weights(model, other):
    expected, actual = weights_by_layer(model), weights_by_layer(other)
    assert actual.keys() == expected.keys()
    for name, arrays in expected.items():
        assert len(actual[name]) == len(arrays), name
        for a, b in zip(actual[name], arrays, strict=True):
            np.testing.assert_array_equal(a, b.astype(a.dtype), err_msg=name)


@pytest.fixture(scope="module")
def ours():
    return all_layers(CASES)


@pytest.mark.parametrize("name", ["m.h5", "m.keras"])
def test_there_and_back(ours, tmp_path, name):
    ours.save(tmp_path / name)
    back = load_model(tmp_path / name, custom_objects())
    assert type(back) is MyModel and type(back.get_layer("stack")) is MySequential
    for layer in ours.layers:
        other = back.get_layer(layer.name)
        assert type(other) is type(layer)
        if type(layer) is not MyModel and type(layer) is not MySequential:
            assert other.get_config() == layer.get_config()
    check_same_weights(ours, back)


def test_weights_alone(ours, tmp_path):
    before = {name: [w.copy() for w in arrays] for name, arrays in weights_by_layer(ours).items()}
    for name in ("w.h5", "w.weights.h5"):
        ours.save_weights(tmp_path / name)
        ours.set_weights([0 * w for w in ours.get_weights()])
        ours.load_weights(tmp_path / name)
        for layer, arrays in before.items():
            for a, b in zip(ours.get_layer(layer).get_weights(), arrays, strict=True):
                np.testing.assert_array_equal(a, b, err_msg=layer)


OFTEN = ("LSTM", "GRU", "ConvLSTM2D", "Cropping1D", "TimeDistributed", "Bidirectional", "RNN")


@pytest.mark.parametrize(
    ("name", "often"),
    [
        ("m.keras", True),
        pytest.param("m.keras", False, marks=pytest.mark.slow),
        pytest.param("m.h5", False, marks=pytest.mark.slow),
    ],
)
def test_exchange_with_keras_3(tmp_path, name, often):
    """Keras 3 finds no named functions in HDF5."""
    model = all_layers(
        [
            case
            for case in SHARED
            if (case.layer in OFTEN or not often) and (name == "m.keras" or case.layer != "Lambda")
        ]
    )
    model.save(tmp_path / name, keras="3")
    with keras.saving.custom_object_scope(custom_objects(own=False)):
        there = keras.models.load_model(tmp_path / name)
    check_same_weights(model, there)
    for again in ("again.h5", "again.keras"):
        there.save(tmp_path / again)
        check_same_weights(model, load_model(tmp_path / again, custom_objects()))
    there.save_weights(tmp_path / "w.weights.h5")
    other = load_model(tmp_path / name, custom_objects())
    other.set_weights([0 * w for w in other.get_weights()])
    other.load_weights(tmp_path / "w.weights.h5")
    check_same_weights(model, other)
    model.save_weights(tmp_path / "ours.weights.h5")
    there.set_weights([0 * w for w in there.get_weights()])
    there.load_weights(tmp_path / "ours.weights.h5")
    check_same_weights(model, there)

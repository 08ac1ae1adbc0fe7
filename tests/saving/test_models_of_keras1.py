"""Files of Keras 1: which backend wrote them, and merged models at the beginning of a stack.

The real Keras 1.2.2 wrote such files, see `tests/era`; here they are made by hand.
"""

import json

import h5py
import numpy as np
import pytest

from jaxcnn import layers as L
from jaxcnn.models import Model, Sequential, load_model


def written(path, arrays, config=None):
    """A file with these arrays: layer -> name -> array."""
    with h5py.File(path, "w") as file:
        if config is not None:
            file.attrs["keras_version"] = "1.2.2"
            file.attrs["model_config"] = json.dumps(config)
        group = file if config is None else file.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode() for name in arrays]
        for layer, weights in arrays.items():
            group.create_group(layer).attrs["weight_names"] = [n.encode() for n in weights]
            for name, array in weights.items():
                group[layer][name] = array


@pytest.mark.parametrize(("mark", "turned"), [(":0", False), ("", True)])
@pytest.mark.filterwarnings("ignore:The file does not say which backend")
def test_names_tell_that_tensorflow_wrote_kernels(mark, turned, tmp_path):
    kernel = np.arange(24.0).reshape(2, 3, 2, 2)  # filters, channels, rows, columns
    arrays = {"conv": {f"conv_W{mark}": kernel, f"conv_b{mark}": np.zeros(2)}}
    written(tmp_path / "w.h5", arrays)
    model = Sequential([L.Conv2D(2, 2, input_shape=(5, 5, 3), name="conv")])
    model.load_weights(tmp_path / "w.h5")
    expected = np.moveaxis(kernel, (1, 0), (-2, -1))
    np.testing.assert_array_equal(
        model.get_weights()[0], expected[::-1, ::-1] if turned else expected
    )


def test_square_kernels_of_an_lstm_are_in_the_order_of_the_others(tmp_path):
    """As many filters, channels, rows and columns: the first layer tells the order."""
    random = np.random.default_rng(0)

    def gates(channels, size):
        shapes = {"W": (2, channels, size, size), "U": (2, 2, size, size), "b": (2,)}
        return {
            f"{part}_{gate}:0": random.normal(size=shape)
            for gate in "icfo"
            for part, shape in shapes.items()
        }

    arrays = {"one": gates(1, 3), "two": gates(2, 2)}
    written(tmp_path / "w.h5", arrays)
    model = Sequential(
        [
            L.ConvLSTM2D(2, 3, return_sequences=True, input_shape=(3, 6, 6, 1), name="one"),
            L.ConvLSTM2D(2, 2, name="two"),
        ]
    )
    model.load_weights(tmp_path / "w.h5")
    for name, (kernel, recurrent, _) in zip(
        ("one", "two"), (layer.get_weights() for layer in model.layers), strict=True
    ):
        for at, gate in enumerate("ifco"):
            part = slice(2 * at, 2 * at + 2)
            for ours, letter in ((kernel, "W"), (recurrent, "U")):
                stored = np.moveaxis(arrays[name][f"{letter}_{gate}:0"], (1, 0), (-2, -1))
                np.testing.assert_array_equal(ours[..., part], stored.astype("float32"))


def dense(name, units, inputs=None):
    shape = {} if inputs is None else {"batch_input_shape": [None, inputs]}
    config = {"name": name, "output_dim": units, "activation": "linear", "bias": True, **shape}
    return {"class_name": "Dense", "config": config}


def stack(*layers):
    return {"class_name": "Sequential", "config": list(layers)}


def merged(name, *parts):
    settings = {"name": name, "mode": "concat", "concat_axis": -1, "layers": list(parts)}
    return {"class_name": "Merge", "config": settings}


def test_merged_models_at_the_beginning_of_a_stack(tmp_path):
    config = stack(
        merged("merge_1", stack(dense("a", 2, 5)), stack(dense("b", 3, 4))), dense("c", 1)
    )
    random = np.random.default_rng(0)
    sizes = {"a": (5, 2), "b": (4, 3), "c": (5, 1)}
    values = {name: random.normal(size=size).astype("float32") for name, size in sizes.items()}
    arrays = {
        name: {f"{name}_W:0": value, f"{name}_b:0": np.zeros(value.shape[1])}
        for name, value in values.items()
    }
    written(tmp_path / "m.h5", arrays, config)
    model = load_model(tmp_path / "m.h5")
    x, y = random.normal(size=(6, 5)), random.normal(size=(6, 4))
    expected = np.concatenate([x @ values["a"], y @ values["b"]], 1) @ values["c"]
    np.testing.assert_allclose(model.predict([x, y]), expected, rtol=1e-5, atol=1e-6)
    one, two = L.Input((5,)), L.Input((4,))
    both = Model([one, two], L.Concatenate()([L.Dense(2)(one), L.Dense(3)(two)]))
    again = Sequential([both, L.Dense(1)])
    again.load_weights(tmp_path / "m.h5")
    np.testing.assert_allclose(again.predict([x, y]), expected, rtol=1e-5, atol=1e-6)


def test_merged_models_inside_of_merged_models(tmp_path):
    inner = stack(merged("m1", stack(dense("a", 2, 5)), stack(dense("b", 3, 4))), dense("c", 2))
    config = stack(merged("m2", inner, stack(dense("d", 1, 3))), dense("e", 1))
    sizes = {"a": (5, 2), "b": (4, 3), "c": (5, 2), "d": (3, 1), "e": (3, 1)}
    arrays = {
        name: {f"{name}_W:0": np.ones(size), f"{name}_b:0": np.zeros(size[1])}
        for name, size in sizes.items()
    }
    written(tmp_path / "m.h5", arrays, config)
    model = load_model(tmp_path / "m.h5")
    assert [tuple(t.shape) for t in model.inputs] == [(None, 5), (None, 4), (None, 3)]
    total = model.predict([np.ones((1, 5)), np.ones((1, 4)), np.ones((1, 3))])
    assert total[0, 0] == 2 * (2 * 5 + 3 * 4) + 3

"""Exported programs: their sizes, parts and errors."""

import json
import sys
import zipfile

import numpy as np
import pytest
from jax import export

from jaxcnn import layers as L
from jaxcnn.models import Model, Sequential
from jaxcnn.saving.containers import stablehlo


def test_sizes_that_are_not_known_are_symbols():
    a, b = L.Input((None, 3)), L.Input((4,), dtype="int32")
    fixed = L.Input(batch_shape=(2, None))
    model = Model([a, b, fixed], [L.Flatten()(b), a, fixed])
    shapes = [str(given.shape) for given in stablehlo.symbolic_inputs(model)]
    assert shapes == ["(batch, size0_1, 3)", "(batch, 4)", "(2, size2_1)"]
    assert [str(given.dtype) for given in stablehlo.symbolic_inputs(model)] == [
        "float32",
        "int32",
        "float32",
    ]


def test_what_a_file_holds_and_how_it_is_damaged(tmp_path):
    a, b = L.Input((3,), name="a"), L.Input((2,), name="b")
    model = Model([a, b], [L.Dense(2, name="d")(a), L.Dense(1, name="e")(b)])
    model.export(path := tmp_path / "m.stablehlo", platforms=["cpu"])
    with zipfile.ZipFile(path) as packed:
        about = json.loads(packed.read("about.json"))
        contents = {name: packed.read(name) for name in packed.namelist()}
    assert about == {
        "inputs": ["a", "b"],
        "outputs": ["d", "e"],
        "dtypes": ["float32", "float32"],
        "weights": 4,
        "smallest": 1,
    }
    predict = stablehlo.load_exported(path)
    results = predict([[1, 2, 3]], [[1, 2]])
    expected = model.predict([np.array([[1, 2, 3]]), np.array([[1, 2]])], verbose=0)
    for x, y in zip(results, expected, strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-6)
    with pytest.raises(TypeError, match=r"takes 2 inputs \(a, b\)"):
        predict([[1, 2, 3]])
    for missing in contents:
        with zipfile.ZipFile(path, "w") as packed:
            for name, content in contents.items():
                if name != missing:
                    packed.writestr(name, content)
        with pytest.raises(ValueError, match="damaged or not an exported model"):
            stablehlo.load_exported(path)
    with pytest.raises(FileNotFoundError, match="There is no file"):
        stablehlo.load_exported(tmp_path / "nowhere")


def test_what_is_needed(monkeypatch, tmp_path):
    with pytest.raises(ValueError, match="does not know its input shape yet"):
        stablehlo.export_model(Sequential([L.Dense(1)]), tmp_path / "m")
    monkeypatch.setitem(sys.modules, "flatbuffers", None)
    with pytest.raises(ImportError, match="pip install flatbuffers"):
        stablehlo.jax_export()


@pytest.mark.parametrize("size", [9, None])
@pytest.mark.parametrize(
    "settings", [{}, {"strides": 2, "padding": "same"}, {"depth_multiplier": 2}]
)
def test_depthwise_convolutions_are_sums_of_products_on_cpu(tmp_path, size, settings):
    """XLA's convolution of single channels is six to thirty times as slow on CPU."""
    model = Sequential([L.DepthwiseConv2D(3, input_shape=(size, size, 4), **settings)])
    model.export(path := tmp_path / "m.zip", platforms=["cpu", "cuda"])
    x = np.random.default_rng(0).normal(size=(5, 9, 9, 4)).astype("f")
    np.testing.assert_allclose(
        stablehlo.load_exported(path)(x), model.predict(x, verbose=0), atol=1e-5
    )
    model.export(path, platforms=["cpu"])
    with zipfile.ZipFile(path) as packed:
        program = export.deserialize(bytearray(packed.read(stablehlo.PROGRAM)))
    assert "stablehlo.convolution" not in program.mlir_module()


def test_convolutions_over_all_channels_are_convolutions(tmp_path):
    model = Sequential([L.Conv2D(2, 3, input_shape=(9, 9, 4))])
    model.export(path := tmp_path / "m.zip", platforms=["cpu"])
    with zipfile.ZipFile(path) as packed:
        program = export.deserialize(bytearray(packed.read(stablehlo.PROGRAM)))
    assert "stablehlo.convolution" in program.mlir_module()


def test_sizes_that_are_not_known(tmp_path):
    layers = [
        L.Conv2D(2, 3, input_shape=(None, None, 3)),
        L.MaxPooling2D(),
        L.AveragePooling2D(3, strides=1, padding="same"),
        L.Conv2D(2, 3, strides=2, padding="same"),
        L.GlobalAveragePooling2D(),
    ]
    model = Sequential(layers)
    model.export(path := tmp_path / "m.zip", platforms=["cpu"])
    predict = stablehlo.load_exported(path)
    for size in ((4, 4), (9, 12)):
        x = np.random.default_rng(0).normal(size=(2, *size, 3)).astype("f")
        np.testing.assert_allclose(predict(x), model.predict(x, verbose=0), atol=1e-6)
    expected = r"expected \(None, None, None, 3\), of sizes from 4 on"
    for shape in ((2, 3, 9, 3), (2, 9, 9, 4), (9, 9, 3)):
        with pytest.raises(ValueError, match=expected):
            predict(np.zeros(shape, "f"))


def test_a_layer_that_computes_with_a_size_is_named_as_the_reason(tmp_path):
    layer = L.Lambda(lambda x: x if x.shape[1] > 5 else 2 * x, input_shape=(None, 3))
    model = Sequential([layer])
    with pytest.raises(ValueError, match="cannot be exported for inputs of any size"):
        model.export(tmp_path / "m.zip", platforms=["cpu"])


def test_why_no_size_is_enough_is_said(tmp_path):
    def never(x):
        raise ValueError("not with this one")

    model = Sequential([L.Lambda(lambda x: x, input_shape=(None, 3))])
    with pytest.raises(ValueError, match="of any size up to 4,096: not with this one"):
        stablehlo.smallest_size(model, never)

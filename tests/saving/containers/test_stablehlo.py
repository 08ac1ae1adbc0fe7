"""Exported programs: their sizes, parts and errors."""

import json
import sys
import zipfile

import numpy as np
import pytest

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

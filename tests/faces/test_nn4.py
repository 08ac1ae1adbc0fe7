"""The encoder: its size, its output, and the two published forms of OpenFace's weights."""

import h5py
import jax
import numpy as np
import pytest

from jaxcnn import config, faces
from jaxcnn.faces.nn4 import L2Pooling2D


@pytest.fixture(scope="module")
def encoder():
    config.set_random_seed(0)
    return faces.nn4_small2()


def weighted(model):
    return [layer for layer in model.layers if layer.weight_paths()]


def other_values(model):
    rng = np.random.default_rng(1)
    return {
        layer.name: [rng.random(w.shape, np.float32) for w in layer.get_weights()]
        for layer in weighted(model)
    }


def test_size_and_shapes(encoder):
    assert encoder.count_params() == 3_743_280
    assert encoder.output_shape == (None, 128)
    # Rows of the maps after each stage, as OpenFace's definition has them for 96 x 96.
    rows = {
        "pool1": 24,
        "pool3": 12,
        "inception_3a": 12,
        "inception_3c": 6,
        "inception_4e": 3,
        "inception_5b": 3,
    }
    assert {name: encoder.get_layer(name).output_shape[1] for name in rows} == rows
    channels = {"3a": 256, "3b": 320, "3c": 640, "4a": 640, "4e": 1024, "5a": 736, "5b": 736}
    assert {
        name: encoder.get_layer(f"inception_{name}").output_shape[-1] for name in channels
    } == channels


def test_encodings_lie_on_the_unit_sphere_and_gray_images_of_any_size_are_taken(encoder):
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, shape, np.uint8) for shape in ((112, 92), (250, 250, 3))]
    found = faces.encode(encoder, pictures)
    assert found.shape == (2, 128)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-5)
    assert np.abs(found[0] - found[1]).max() > 1e-4


def test_l2_pooling_is_the_length_of_a_window_with_a_finite_gradient():
    x = np.random.default_rng(0).random((1, 6, 6, 2), np.float32)
    windows = x.reshape(1, 2, 3, 2, 3, 2).transpose(0, 1, 3, 5, 2, 4).reshape(1, 2, 2, 2, 9)
    layer = L2Pooling2D(3)
    np.testing.assert_allclose(layer(x), np.linalg.norm(windows, axis=-1), rtol=1e-5)
    gradient = jax.grad(lambda x: layer.module.apply({}, x).sum())(np.zeros_like(x))
    assert np.isfinite(gradient).all()


def write_csv(folder, model, values):
    for name, arrays in values.items():
        short = "dense" if name == "dense_layer" else name
        for suffix, array in zip("wbmv" if len(arrays) == 4 else "wb", arrays, strict=True):
            if array.ndim == 4:
                array = array.transpose(3, 2, 0, 1)
            elif array.ndim == 2:
                array = array.T
            np.savetxt(
                folder / f"{short}_{suffix}.csv",
                array.reshape(len(array), -1),
                delimiter=",",
                fmt="%.9g",
            )


def test_weights_from_csv_files(encoder, tmp_path):
    values = other_values(encoder)
    write_csv(tmp_path, encoder, values)
    before = encoder.get_weights()
    (tmp_path / "conv2_b.csv").rename(tmp_path / "away.csv")
    with pytest.raises(FileNotFoundError, match="conv2_b"):
        faces.read_openface(encoder, tmp_path)
    np.savetxt(tmp_path / "conv2_b.csv", np.zeros(63))
    with pytest.raises(
        ValueError, match=r"conv2_b.csv has 63 numbers; layer 'conv2' needs \(64,\)"
    ):
        faces.read_openface(encoder, tmp_path)
    for a, b in zip(before, encoder.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    (tmp_path / "away.csv").rename(tmp_path / "conv2_b.csv")
    faces.read_openface(encoder, tmp_path)
    for layer in weighted(encoder):
        for a, b in zip(layer.get_weights(), values[layer.name], strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6)


def test_weights_from_an_hdf5_file(encoder, tmp_path):
    values = other_values(encoder)
    path = tmp_path / "nn4.small2.v1.h5"
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in values]
        for name, arrays in values.items():
            group = file.create_group(name)
            group.attrs["weight_names"] = [f"{name}/w_{i}:0".encode() for i in range(len(arrays))]
            for i, array in enumerate(arrays):
                group.create_dataset(f"{name}/w_{i}:0", data=array)
    faces.read_openface(encoder, path)
    for layer in weighted(encoder):
        for a, b in zip(layer.get_weights(), values[layer.name], strict=True):
            np.testing.assert_array_equal(a, b)
    with h5py.File(path, "a") as file:
        del file["bn1"]
    with pytest.raises(ValueError, match="no layer 'bn1'"):
        faces.read_openface(encoder, path)
    with pytest.raises(FileNotFoundError):
        faces.read_openface(encoder, tmp_path / "absent.h5")

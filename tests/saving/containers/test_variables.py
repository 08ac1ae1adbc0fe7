"""Weights in files of safetensors, under the names that Flax gives them."""

import jax
import numpy as np
import pytest
from flax.traverse_util import flatten_dict, unflatten_dict

import jaxcnn as jc
from jaxcnn.layers import (
    GRU,
    BatchNormalization,
    Bidirectional,
    Conv2D,
    Dense,
    Flatten,
    Input,
    Reshape,
)
from jaxcnn.saving.foreign.safetensors import read_safetensors


def build(units=3):
    inner = jc.Sequential([Dense(4, input_shape=(6,)), BatchNormalization()])
    image = Input((2, 3, 2))
    x = inner(Flatten()(Conv2D(1, 1)(image)))
    return jc.Model(image, Dense(units)(Bidirectional(GRU(2))(Reshape((2, 2))(x))))


@pytest.fixture
def file(tmp_path):
    model = build()
    model.set_weights([np.random.default_rng(0).random(w.shape) for w in model.get_weights()])
    model.save_weights(tmp_path / "model.safetensors")
    return model, tmp_path / "model.safetensors"


def equal(one, other):
    return all(
        np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True)
    )


def test_the_names_are_those_of_flax(file):
    model, path = file
    arrays = read_safetensors(path)
    assert set(arrays) == set(flatten_dict(model.variables, sep="/"))
    variables = unflatten_dict(arrays, sep="/")
    x = np.random.default_rng(1).random((4, 2, 3, 2), np.float32)
    np.testing.assert_allclose(
        model.module.apply(variables, x), model.predict(x), rtol=1e-5, atol=1e-6
    )


def test_they_go_into_a_model_that_is_built_again(file):
    model, path = file
    again = build()
    assert [layer.name for layer in again.layers] != [layer.name for layer in model.layers]
    again.load_weights(path)
    assert equal(again, model)


def test_the_package_reads_ours_and_we_read_its(file, tmp_path):
    library = pytest.importorskip("safetensors.numpy", reason="needs the package safetensors")
    model, path = file
    arrays = library.load_file(path)
    flat = flatten_dict(jax.tree.map(np.asarray, model.variables), sep="/")
    assert arrays.keys() == flat.keys()
    assert all(np.array_equal(arrays[name], flat[name]) for name in flat)
    library.save_file(flat, tmp_path / "theirs.safetensors")  # sorted by name
    weights = model.get_weights()
    with pytest.raises(ValueError, match="sorted by name"):
        build().load_weights(tmp_path / "theirs.safetensors")
    model.set_weights([np.zeros_like(w) for w in weights])
    model.load_weights(tmp_path / "theirs.safetensors")
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), weights, strict=True))


def test_bfloat16(tmp_path):
    model = jc.Sequential([Dense(2, dtype="bfloat16", input_shape=(3,))])
    model.set_weights([np.ones((3, 2)), np.ones(2)])
    model.save_weights(tmp_path / "model.safetensors")
    arrays = read_safetensors(tmp_path / "model.safetensors")
    dtypes = {str(array.dtype) for array in arrays.values()}
    assert dtypes == {str(w.dtype) for w in jax.tree.leaves(model.variables)}


def test_what_does_not_fit_is_refused_or_left(file, tmp_path):
    model, path = file
    other = build(units=5)
    before = other.get_weights()
    with pytest.raises(
        ValueError, match=r"layer 'dense_\d+' has .*\(4, 5\); the file has \(4, 3\)"
    ):
        other.load_weights(path)
    assert all(np.array_equal(a, b) for a, b in zip(other.get_weights(), before, strict=True))
    with pytest.warns(UserWarning, match="the file has"):
        other.load_weights(path, skip_mismatch=True)
    assert np.array_equal(other.get_weights()[0], model.get_weights()[0])
    assert np.array_equal(other.get_weights()[-1], before[-1])
    with pytest.raises(ValueError, match="which has 1 layers"):
        jc.Sequential([Dense(2, input_shape=(3,))]).load_weights(path)
    with pytest.raises(FileExistsError):
        model.save_weights(path, overwrite=False)


def test_by_name_and_with_another_shape(tmp_path):
    model = jc.Sequential([Dense(2, input_shape=(3,), name="one"), Dense(6, name="two")])
    model.save_weights(tmp_path / "model.safetensors")
    other = jc.Sequential([Dense(4, input_shape=(3,), name="three"), Dense(3, name="two")])
    with pytest.raises(ValueError, match="layer 'two'"):
        other.load_weights(tmp_path / "model.safetensors", by_name=True, reshape=True)
    third = jc.Sequential([Dense(6, input_shape=(2,), name="two")])
    third.load_weights(tmp_path / "model.safetensors", by_name=True)
    assert np.array_equal(third.get_weights()[0], model.get_weights()[2])


def test_a_damaged_file_is_named(file):
    _, path = file
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(ValueError, match=r"model\.safetensors"):
        build().load_weights(path)

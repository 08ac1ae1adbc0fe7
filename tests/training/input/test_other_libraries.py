"""Data of Hugging Face and PyTorch, by their own packages."""

import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn.layers import Dense, Flatten

RNG = np.random.default_rng(0)
X, Y = RNG.random((20, 4), np.float32), RNG.integers(0, 2, 20)


def network(shape=(4,)):
    jc.utils.set_random_seed(0)
    model = jc.Sequential([Flatten(input_shape=shape), Dense(2, activation="softmax", name="last")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def trained(*data, shape=(4,), **options):
    model = network(shape)
    model.fit(*data, epochs=2, verbose=0, shuffle=False, batch_size=5, **options)
    return model.get_weights()


def same(one, other):
    return all(np.allclose(a, b, atol=1e-6) for a, b in zip(one, other, strict=True))


@pytest.fixture
def datasets(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    return pytest.importorskip("datasets", reason="needs datasets: pip install datasets")


@pytest.mark.parametrize("form", [None, "numpy"])
def test_columns_of_hugging_face_are_arrays(datasets, form):
    data = datasets.Dataset.from_dict({"x": X.tolist(), "label": Y.tolist()}).with_format(form)
    expected = trained(X, Y)
    assert same(trained(data["x"], data["label"]), expected)
    model = network()
    model.set_weights(expected)
    np.testing.assert_allclose(model.predict(data["x"]), model.predict(X), rtol=1e-5)
    assert model.evaluate(data["x"], data["label"], verbose=0) == pytest.approx(
        model.evaluate(X, Y, verbose=0)
    )
    split = trained(data["x"], data["label"], validation_data=(data["x"], data["label"]))
    assert same(split, expected)


def test_a_column_of_images(datasets):
    pixels = RNG.integers(0, 256, (6, 5, 4, 3), dtype=np.uint8)
    features = datasets.Features({"image": datasets.Image(), "label": datasets.Value("int64")})
    data = datasets.Dataset.from_dict(
        {"image": list(pixels), "label": [0, 1] * 3}, features=features
    )
    expected = trained(pixels, np.array([0, 1] * 3), shape=(5, 4, 3))
    assert same(trained(data["image"], data["label"], shape=(5, 4, 3)), expected)


def test_a_whole_data_set_is_refused_with_the_way(datasets):
    data = datasets.Dataset.from_dict({"x": X.tolist(), "label": Y.tolist()})
    with pytest.raises(TypeError, match=r"is a Dataset of Hugging Face; its columns are data"):
        network().fit(data)
    with pytest.raises(ValueError, match=r"Its keys are x, label; a function makes \(x, y\)"):
        network().fit(data.to_iterable_dataset(), steps_per_epoch=2, verbose=0)


@pytest.fixture
def torch():
    pytest.importorskip("torch", reason="needs torch")
    import torch.utils.data

    return torch


def test_loaders_and_data_sets_of_pytorch(torch):
    expected = trained(X, Y)
    data = torch.utils.data.TensorDataset(torch.tensor(X), torch.tensor(Y))
    assert same(trained(torch.tensor(X), torch.tensor(Y)), expected)
    assert same(trained(data), expected)
    model = network()
    model.fit(torch.utils.data.DataLoader(data, batch_size=5), epochs=2, verbose=0)
    assert same(model.get_weights(), expected)


def test_a_loader_of_hugging_face_s_data(datasets, torch):
    rows = datasets.Dataset.from_dict({"x": X.tolist(), "label": Y.tolist()}).with_format("torch")

    def pairs(batch):
        return torch.stack([row["x"] for row in batch]), torch.stack([r["label"] for r in batch])

    model = network()
    loader = torch.utils.data.DataLoader(rows, batch_size=5, collate_fn=pairs)
    model.fit(loader, epochs=2, verbose=0)
    assert same(model.get_weights(), trained(X, Y))
    with pytest.raises(ValueError, match="Its keys are x, label"):
        network().fit(torch.utils.data.DataLoader(rows, batch_size=5), verbose=0)

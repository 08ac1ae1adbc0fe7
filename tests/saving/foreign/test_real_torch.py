"""Files that PyTorch, safetensors and the exporter of ONNX wrote, by `make_real.py`."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn import layers as L

LSTM = {"return_sequences": True, "recurrent_activation": "sigmoid"}


def images():
    layers = [L.Conv2D(4, 3, activation="relu", input_shape=(6, 5, 2))]
    layers += [L.BatchNormalization(epsilon=1e-5), L.Conv2DTranspose(3, 2), L.Flatten()]
    return jc.Sequential([*layers, L.Dense(5)])


def sentences():
    both = [L.Bidirectional(L.LSTM(3, **LSTM)) for _ in range(2)]
    return jc.Sequential([L.Embedding(9, 4, input_length=5), *both, L.Dense(2)])


def deep():
    return jc.Sequential([L.Dense(4, input_shape=(4,)), *(L.Dense(4) for _ in range(11))])


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """The folder with the files."""
    folder = tmp_path_factory.mktemp("real")
    with zipfile.ZipFile(Path(__file__).with_name("real.zip")) as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.parametrize(
    ("build", "files"),
    [
        (images, {"pt": 0, "old.pt": 0, "training.pt": 0, "torch.float64.pt": 0, "onnx": 0,
                  "safetensors": 0, "torch.bfloat16.pt": 4e-3, "torch.float16.pt": 1e-3,
                  "16.safetensors": 4e-3}),
        (sentences, {"pt": 0, "old.pt": 0, "onnx": 0}),
        (deep, {"pt": 0, "old.pt": 0, "onnx": 0, "safetensors": 0}),
    ],
)  # fmt: skip
def test_predictions_are_those_of_torch(build, files, real):
    answers, model = np.load(real / "answers.npz"), build()
    weights = model.get_weights()
    for kind, rounding in files.items():
        model.set_weights([np.full_like(w, 0.5) for w in weights])
        report = model.load_weights(real / f"{build.__name__}.{kind}")
        assert not report.left and not report.unused, kind
        found = model.predict(answers[f"{build.__name__}_x"], verbose=0)
        np.testing.assert_allclose(found, answers[f"{build.__name__}_y"], atol=rounding + 1e-6)


@pytest.mark.parametrize("name", ["views.pt", "views.old.pt"])
def test_views_of_shared_numbers(name, real):
    model = jc.Sequential([L.Dense(5, input_shape=(4,)), L.Dense(2)])
    model.load_weights(real / name)
    answers = np.load(real / "answers.npz")
    for i, weight in enumerate(model.get_weights()):
        np.testing.assert_array_equal(weight, answers[f"views_{i}"].T)


def test_an_order_that_a_file_does_not_keep_is_not_guessed(real):
    model = jc.Sequential([L.Dense(4, input_shape=(4,), name="e"), L.Dense(4, name="d")])
    with pytest.raises(ValueError, match=r"pair.*not in their order.*'decoder' and 'encoder'"):
        model.load_weights(real / "pair.safetensors")
    model.load_weights(real / "pair.safetensors", mapping={"e": "encoder", "d": "decoder"})


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("module.pt", "torch.nn.modules.container.Sequential"),
        ("sparse.pt", "_rebuild_sparse_tensor"),
        ("complex.pt", "ComplexFloatStorage"),
    ],
)
def test_what_is_no_plain_array_is_refused_by_name(name, asked, real):
    model = jc.Sequential([L.Dense(5, input_shape=(4,))])
    with pytest.raises(ValueError, match=rf"{name} holds more than arrays: it asks for .*{asked}"):
        model.load_weights(real / name)


def test_damaged_files_of_old_torch(real, tmp_path):
    content, model = (real / "views.old.pt").read_bytes(), images()
    for end in range(20, len(content), 97):
        (tmp_path / "cut.pt").write_bytes(content[:end])
        with pytest.raises(ValueError, match=r"cut\.pt"):
            model.load_weights(tmp_path / "cut.pt")


@pytest.mark.parametrize("byte", [b"u", b"s", b"e", b"0"], ids=["items", "item", "list", "pop"])
def test_spoilt_pickles_of_old_torch(byte, real, tmp_path):
    content, model, path = (real / "views.old.pt").read_bytes(), images(), tmp_path / "spoilt.pt"
    refused = 0
    for at in [*range(15, 100), *range(content.rfind(b"]") - 4, content.rfind(b"]") + 20)]:
        path.write_bytes(content[:at] + byte + content[at + 1 :])
        try:
            model.load_weights(path)
        except ValueError as error:
            refused += "spoilt.pt" in str(error)
    assert refused > 50

"""Errors name the page that tells more of them, and the page is there."""

import numpy as np
import pytest

import jaxcnn as jc
from jaxcnn.datasets import mnist
from jaxcnn.layers import Dense
from jaxcnn.runtime.stories import told_in

from ..pages import DOCS


def network():
    model = jc.Sequential([Dense(3, activation="softmax", input_shape=(4,))])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def wrong_shape(folder):
    network().fit(np.ones((6, 5)), np.zeros(6), verbose=0)


def wrong_labels(folder):
    network().fit(np.ones((6, 4)), np.full(6, 7), verbose=0)


def not_finite(folder):
    network().fit(np.full((6, 4), np.nan), np.zeros(6), verbose=0, nan="raise")


def damaged(folder):
    (folder / "model.h5").write_bytes(b"not a model")
    jc.models.load_model(folder / "model.h5")


def weights_absent(folder):
    jc.applications.SqueezeNet()


def data_absent(folder):
    mnist.load_data()


@pytest.mark.parametrize(
    ("fault", "page"),
    [
        (wrong_shape, "shapes"),
        (wrong_labels, "labels"),
        (not_finite, "not-finite"),
        (damaged, "files"),
        (weights_absent, "missing"),
        (data_absent, "missing"),
    ],
)
def test_an_error_names_its_page(fault, page, tmp_path, monkeypatch):
    for name in ("JAXCNN_HOME", "KERAS_HOME", "TFDS_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("JAXCNN_OFFLINE", "1")
    with pytest.raises(Exception) as caught:
        fault(tmp_path)
    assert caught.value.__notes__ == [f"See docs/errors/{page}.md"]
    assert (DOCS / f"errors/{page}.md").is_file()


def test_the_address_of_the_documentation(monkeypatch):
    monkeypatch.setenv("JAXCNN_DOCS", "https://example.org/docs/")
    with pytest.raises(ValueError) as caught, told_in("shapes"), told_in("shapes"):
        raise ValueError("of shape (2,)")
    assert caught.value.__notes__ == ["See https://example.org/docs/errors/shapes/"]
    assert str(caught.value) == "of shape (2,)"

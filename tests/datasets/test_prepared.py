"""Data sets that tensorflow-datasets prepared are read without TensorFlow and without a network."""

import importlib.util
import io
import json
import socket
import sys

import numpy as np
import pytest

from jaxcnn.datasets import mnist, resolve
from jaxcnn.datasets.formats import DamagedFileError
from jaxcnn.datasets.resolve import DatasetNotFoundError

from .writers import assert_same

tfds = pytest.importorskip("tensorflow_datasets")
pytest.importorskip("array_record")


@pytest.fixture
def no_network(monkeypatch):
    """Every look at the network fails, so that nothing can wait for it."""

    def refuse(*_, **__):
        raise AssertionError("somebody asked the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def prepared(tmp_path, digits, no_network):
    """MNIST in miniature, prepared as array_record files under ~/tensorflow_datasets; returns its folder."""
    from PIL import Image

    def png(x):
        stream = io.BytesIO()
        Image.fromarray(x).save(stream, "PNG")
        stream.seek(0)
        return stream

    class Mnist(tfds.core.GeneratorBasedBuilder, skip_registration=True):
        __module__ = "__main__"  # else tensorflow-datasets looks for files beside this module, which lies in no package
        VERSION = tfds.core.Version("3.0.1")

        def _info(self):
            image = tfds.features.Image(shape=(28, 28, 1))
            label = tfds.features.ClassLabel(num_classes=10)
            return tfds.core.DatasetInfo(
                builder=self, features=tfds.features.FeaturesDict({"image": image, "label": label})
            )

        def _split_generators(self, _):
            return {name: self._generate_examples(*part) for name, part in zip(("train", "test"), digits, strict=True)}

        def _generate_examples(self, x, y):
            for i in range(len(x)):
                yield i, {"image": png(x[i]), "label": int(y[i])}

    Mnist(data_dir=tmp_path / "tensorflow_datasets", file_format="array_record").download_and_prepare()
    return tmp_path / "tensorflow_datasets/mnist/3.0.1"


def in_any_order(arrays):
    """tensorflow-datasets shuffles while it prepares."""
    return [(x[order], y[order]) for x, y in arrays for order in [np.lexsort((*x.reshape(len(x), -1).T, y))]]


def test_mnist_from_a_prepared_folder(prepared, digits):
    assert resolve.find(mnist.dataset()) == prepared
    assert_same(in_any_order(mnist.load_data()), in_any_order(digits))
    assert importlib.util.find_spec("tensorflow") is not None or "tensorflow" not in sys.modules


def test_prepared_folder_elsewhere(prepared, tmp_path, monkeypatch):
    prepared.parent.parent.rename(tmp_path / "moved")
    assert resolve.find(mnist.dataset()) is None
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "moved"))
    assert resolve.find(mnist.dataset()) == tmp_path / "moved/mnist/3.0.1"


def test_a_format_for_tensorflow_is_passed_over(prepared):
    info = prepared / "dataset_info.json"
    info.write_text(json.dumps(json.loads(info.read_text()) | {"fileFormat": "tfrecord"}))
    with pytest.raises(DatasetNotFoundError, match="only TensorFlow reads; prepare it with file_format='array_record'"):
        mnist.load_data()


def test_damaged_prepared_folders(prepared):
    record = next(prepared.glob("*train.array_record*"))
    record.write_bytes(record.read_bytes()[:1000])
    with pytest.raises(DamagedFileError, match=r"3\.0\.1 is damaged: not a prepared data set with image and label"):
        mnist.load_data()
    (prepared / "dataset_info.json").write_text("{")
    with pytest.raises(DamagedFileError, match=r"dataset_info\.json is damaged: not JSON"):
        mnist.load_data()

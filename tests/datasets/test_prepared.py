"""Data sets that tensorflow-datasets prepared are read without TensorFlow and without a network."""

import importlib.util
import io
import json
import socket
import sys
import tempfile

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image

import jaxcnn
from jaxcnn.datasets import mnist, resolve
from jaxcnn.datasets.formats import DamagedFileError, read_prepared
from jaxcnn.datasets.resolve import DatasetNotFoundError
from jaxcnn.datasets.streaming import Stream
from jaxcnn.layers import Conv2D, Dense, Flatten, Input, MaxPooling2D

from .writers import assert_same


@pytest.fixture
def no_network(monkeypatch, tmp_path):
    """The network fails at once; temporary folders are the test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def refuse(*_, **__):
        raise AssertionError("somebody asked the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def prepare(data_dir, splits):
    """Has tensorflow-datasets write array_record files of labelled images; the builder.

    ``splits`` maps names to iterables of (path or open file of a PNG, label).
    """

    class Mnist(tfds.core.GeneratorBasedBuilder, skip_registration=True):
        # else tensorflow-datasets looks for files next to this module, which lies in no package
        __module__ = "__main__"
        VERSION = tfds.core.Version("3.0.1")

        def _info(self):
            image = tfds.features.Image(shape=(28, 28, 1), encoding_format="png")
            label = tfds.features.ClassLabel(num_classes=10)
            features = tfds.features.FeaturesDict({"image": image, "label": label})
            return tfds.core.DatasetInfo(
                builder=self, features=features, supervised_keys=("image", "label")
            )

        def _split_generators(self, _):
            return {name: self._generate_examples(examples) for name, examples in splits.items()}

        def _generate_examples(self, examples):
            for i, (image, label) in enumerate(examples):
                yield i, {"image": image, "label": int(label)}

    builder = Mnist(data_dir=data_dir, file_format="array_record")
    builder.download_and_prepare()
    return builder


def png(x):
    stream = io.BytesIO()
    Image.fromarray(x).save(stream, "PNG")
    stream.seek(0)
    return stream


@pytest.fixture
def prepared(tmp_path, digits, no_network):
    """The folder of MNIST in miniature, prepared as array_record files."""
    splits = {
        name: zip(map(png, x), y, strict=True)
        for name, (x, y) in zip(("train", "test"), digits, strict=True)
    }
    prepare(tmp_path / "tensorflow_datasets", splits)
    return tmp_path / "tensorflow_datasets/mnist/3.0.1"


def in_any_order(arrays):
    """tensorflow-datasets shuffles while it prepares."""
    return [
        (x[order], y[order])
        for x, y in arrays
        for order in [np.lexsort((*x.reshape(len(x), -1).T, y))]
    ]


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
    with pytest.raises(
        DatasetNotFoundError,
        match="only TensorFlow reads; prepare it with file_format='array_record'",
    ):
        mnist.load_data()


def test_damaged_prepared_folders(prepared):
    record = next(prepared.glob("*train.array_record*"))
    record.write_bytes(record.read_bytes()[:1000])
    with pytest.raises(
        DamagedFileError, match=r"3\.0\.1 is damaged: not a prepared data set with image and label"
    ):
        mnist.load_data()
    (prepared / "dataset_info.json").write_text("{")
    with pytest.raises(DamagedFileError, match=r"dataset_info\.json is damaged: not JSON"):
        mnist.load_data()


def test_training_from_a_data_source_of_real_digits(tmp_path, no_network):
    """Files -> tensorflow-datasets -> as_data_source -> Stream -> a model that knows new digits."""
    files = {"train": [], "test": []}
    for (x, y), part in zip(mnist.sample(), files, strict=True):
        for i in range(600 if part == "train" else 200):
            path = tmp_path / f"{part}-{i}.png"
            Image.fromarray(x[i]).save(path)
            files[part].append((path, y[i]))
    builder = prepare(tmp_path / "prepared", files)
    assert importlib.util.find_spec("tensorflow") is not None or "tensorflow" not in sys.modules

    def scaled(example):
        return np.float32(example["image"] / 255), example["label"]

    train, test = (
        Stream(builder.as_data_source(split=part), 50, transform=scaled, workers=2)
        for part in ("train", "test")
    )
    model = jaxcnn.Sequential(
        [
            Input((28, 28, 1)),
            Conv2D(8, 3, activation="relu"),
            MaxPooling2D(),
            Flatten(),
            Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    for _ in range(5):
        for x, y in train:
            model.train_on_batch(x, y)
    accuracy = np.mean([model.test_on_batch(x, y)[1] for x, y in test])
    assert accuracy > 0.75


def test_without_the_package_it_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    with pytest.raises(ImportError, match="pip install tensorflow-datasets"):
        read_prepared(tmp_path, (28, 28))

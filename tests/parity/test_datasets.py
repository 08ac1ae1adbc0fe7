"""The same file gives the same arrays as in Keras: orders, splits, numbers of words."""

import keras.src.datasets as theirs
import numpy as np
import pytest

from jaxcnn.datasets import boston_housing, imdb, reuters


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A JAXCNN_HOME with all three files, which Keras reads too."""
    monkeypatch.setenv("JAXCNN_HOME", str(tmp_path))
    folder = tmp_path / "datasets"
    folder.mkdir()
    rng = np.random.default_rng(0)

    def lists(n):
        texts = np.empty(n, object)
        for i in range(n):
            texts[i] = rng.integers(1, 40, rng.integers(1, 20)).tolist()
        return texts

    y = np.arange(40) % 2
    np.savez(folder / "imdb.npz", x_train=lists(40), y_train=y, x_test=lists(30), y_test=y[:30])
    np.savez(folder / "reuters.npz", x=lists(46), y=np.arange(46))
    np.savez(folder / "boston_housing.npz", x=rng.random((506, 13)), y=rng.random(506))
    for module in (theirs.imdb, theirs.reuters, theirs.boston_housing):
        monkeypatch.setattr(module, "get_file", lambda fname, **_: folder / fname)
    return folder


ARGUMENTS = [
    {},
    {"num_words": 20},
    {"num_words": 30, "skip_top": 5, "oov_char": None},
    {"start_char": None, "index_from": 2, "seed": 7},
]


@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_reviews(folder, arguments):
    """Keras 3 shuffles the test reviews otherwise than Keras 2.0.4, which we follow."""
    (x, y), (xt, yt) = imdb.load_data(**arguments)
    (a, b), (at, bt) = theirs.imdb.load_data(**arguments)
    assert x.tolist() == a.tolist()
    np.testing.assert_array_equal(y, b)
    assert sorted(zip(xt.tolist(), yt.tolist(), strict=True)) == sorted(
        zip(at.tolist(), bt.tolist(), strict=True)
    )


@pytest.mark.parametrize("arguments", [*ARGUMENTS, {"maxlen": 10, "test_split": 0.3}])
def test_newswires(folder, arguments):
    for ours, keras in zip(
        reuters.load_data(**arguments), theirs.reuters.load_data(**arguments), strict=True
    ):
        assert ours[0].tolist() == keras[0].tolist()
        np.testing.assert_array_equal(ours[1], keras[1])
        assert ours[1].dtype == keras[1].dtype


def test_house_prices(folder):
    for ours, keras in zip(
        boston_housing.load_data(), theirs.boston_housing.load_data(), strict=True
    ):
        for a, b in zip(ours, keras, strict=True):
            np.testing.assert_array_equal(a, b)


def test_the_order_of_the_test_reviews_is_that_of_keras_2(folder):
    with np.load(folder / "imdb.npz", allow_pickle=True) as file:
        labels, texts = file["y_test"], file["x_test"]
    for array in (texts, labels):
        np.random.RandomState(2 * 113).shuffle(array)
    _, (x, y) = imdb.load_data(start_char=None, index_from=0, num_words=99)
    assert x.tolist() == texts.tolist()
    np.testing.assert_array_equal(y, labels)

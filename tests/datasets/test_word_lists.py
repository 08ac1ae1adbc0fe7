"""IMDb, Reuters and house prices: arguments, shapes and dtypes of Keras, from its files."""

import json
import pickle
import zipfile

import numpy as np
import pytest

from jaxcnn.compat import OldSpellingWarning
from jaxcnn.datasets import boston_housing, imdb, reuters
from jaxcnn.datasets.formats import DamagedFileError
from jaxcnn.datasets.resolve import DatasetNotFoundError


def lists(n, seed, length=8, words=20):
    rng = np.random.default_rng(seed)
    texts = np.empty(n, object)
    for i in range(n):
        texts[i] = rng.integers(1, words, rng.integers(1, length)).tolist()
    return texts


def write_imdb(path, n=30):
    y = np.arange(n) % 2
    np.savez(path, x_train=lists(n, 1), y_train=y, x_test=lists(n // 2, 2), y_test=y[: n // 2])


@pytest.fixture
def reviews(home):
    write_imdb(home / "imdb.npz")


def test_reviews_have_the_types_of_keras(reviews):
    (x_train, y_train), (x_test, y_test) = imdb.load_data()
    assert (x_train.shape, x_train.dtype, y_train.shape, y_train.dtype) == (
        (30,),
        object,
        (30,),
        np.int64,
    )
    assert (x_test.shape, y_test.shape) == ((15,), (15,))
    assert all(type(review) is list and type(review[0]) is int for review in x_train)


def test_marks(reviews):
    (x, _), _ = imdb.load_data(num_words=999)
    (bare, _), _ = imdb.load_data(num_words=999, start_char=None, index_from=0)
    assert x.tolist() == [[1, *(word + 3 for word in review)] for review in bare]


def test_num_words_and_skip_top(reviews):
    (full, _), _ = imdb.load_data(num_words=1000)
    (cut, _), _ = imdb.load_data(num_words=12, skip_top=6)
    for a, b in zip(full, cut, strict=True):
        assert b == [w if 6 <= w < 12 else 2 for w in a]
    (dropped, _), _ = imdb.load_data(num_words=12, skip_top=6, oov_char=None)
    for a, b in zip(full, dropped, strict=True):
        assert b == [w for w in a if 6 <= w < 12]


def test_maxlen_keeps_test_reviews_out_of_training(reviews):
    (x, y), (xt, yt) = imdb.load_data(maxlen=5)
    (full, _), (full_test, _) = imdb.load_data()
    assert len(x) == len(y) == sum(len(review) < 5 for review in full)
    assert len(xt) == len(yt) == sum(len(review) < 5 for review in full_test)
    with pytest.raises(ValueError, match=r"maxlen=2, no sequence was kept\. Increase maxlen"):
        imdb.load_data(maxlen=2)


def test_seed_decides_the_order(reviews):
    (a, ya), _ = imdb.load_data(seed=5)
    (b, yb), _ = imdb.load_data(seed=6)
    assert list(a) != list(b)
    assert sorted(zip(map(tuple, a), ya, strict=True)) == sorted(
        zip(map(tuple, b), yb, strict=True)
    )


def test_arguments_of_keras_1(reviews):
    with pytest.warns(OldSpellingWarning, match=r"The call is now load_data\(num_words=9\)"):
        (x, _), _ = imdb.load_data(nb_words=9)
    assert max(map(max, x)) < 9
    with pytest.raises(TypeError, match="words"):
        imdb.load_data(words=9)


def test_word_index(home):
    (home / "imdb_word_index.json").write_text(json.dumps({"the": 1, "naïve": 2}))
    assert imdb.get_word_index() == {"the": 1, "naïve": 2}
    for bad, problem in (
        ("{", "not JSON"),
        ("[1]", "not a dictionary"),
        ('{"the": "1"}', "not a dictionary"),
    ):
        (home / "reuters_word_index.json").write_text(bad)
        with pytest.raises(DamagedFileError, match=problem):
            reuters.get_word_index()


@pytest.mark.parametrize("protocol", range(6))
def test_pickles_of_keras_1(home, protocol):
    (x, y), (xt, yt) = (lists(9, 1), [0, 1] * 4 + [0]), (lists(5, 2), np.arange(5) % 2)
    content = ((list(x), y), (xt, yt))
    (home / "imdb_full.pkl").write_bytes(pickle.dumps(content, protocol=protocol))
    (ours, labels), (ours_test, _) = imdb.load_data(start_char=None, index_from=0, num_words=99)
    assert sorted(ours) == sorted(x)
    assert sorted(ours_test) == sorted(xt)
    assert labels.sum() == 4
    (home / "reuters.pkl").write_bytes(pickle.dumps((x, np.arange(9)), protocol=protocol))
    assert len(reuters.load_data()[0][0]) == 7


class Attack:
    def __reduce__(self):
        return (open, ("attacked", "w"))


def test_an_archive_that_wants_to_run_code_is_refused(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    texts = lists(4, 0)
    texts[2] = [Attack()]
    np.savez(home / "reuters.npz", x=texts, y=np.arange(4))
    with pytest.raises(DamagedFileError, match=r"reuters.npz is damaged: .*it asks for _?io.open"):
        reuters.load_data()
    assert not (tmp_path / "attacked").exists()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"y": np.arange(3)}, "4 texts and 3 labels"),
        ({"y": np.array([0, 1, 2, 46])}, "labels are not the integers 0 to 45"),
        ({"y": np.array([0, 1, 2, 0.5])}, "labels are not the integers 0 to 45"),
        ({"x": np.array(["a", "b", "c", "d"], object)}, "not lists of word numbers"),
        ({"x": np.array([[1], [2], [3], ["four"]], object)}, "not lists of word numbers"),
    ],
)
def test_contents_that_are_no_newswires(home, changes, problem):
    np.savez(home / "reuters.npz", **({"x": lists(4, 0), "y": np.arange(4)} | changes))
    with pytest.raises(DamagedFileError, match=problem):
        reuters.load_data()


def test_a_shape_that_does_not_belong_to_the_pickle(home):
    np.savez(home / "good.npz", x=lists(4, 0), y=np.arange(4))
    with (
        zipfile.ZipFile(home / "good.npz") as good,
        zipfile.ZipFile(home / "reuters.npz", "w") as bad,
    ):
        bad.writestr("x.npy", good.read("x.npy").replace(b"(4,)", b"(5,)"))
        bad.writestr("y.npy", good.read("y.npy"))
    with pytest.raises(
        DamagedFileError, match=r"an array of shape \(4,\) where \(5,\) was announced"
    ):
        reuters.load_data()


def test_newswires(home):
    np.savez(home / "reuters.npz", x=lists(20, 3), y=np.arange(20))
    (x, y), (xt, yt) = reuters.load_data(test_split=0.25)
    assert (len(x), len(y), len(xt), len(yt)) == (15, 15, 5, 5)
    assert (x.dtype, y.dtype) == (object, np.int64)
    assert sorted([*y, *yt]) == list(range(20))
    with pytest.raises(ValueError, match=r"test_split must lie in \[0, 1\); got 1"):
        reuters.load_data(test_split=1)


def test_house_prices(home):
    x, y = np.random.default_rng(0).random((506, 13)), np.arange(506.0)
    np.savez(home / "boston_housing.npz", x=x, y=y)
    (a, b), (c, d) = boston_housing.load_data()
    assert (a.shape, b.shape, c.shape, d.shape) == ((404, 13), (404,), (102, 13), (102,))
    np.testing.assert_array_equal(x[[*b.astype(int), *d.astype(int)]], [*a, *c])
    x[3, 4] = np.nan
    np.savez(home / "boston_housing.npz", x=x, y=y)
    with pytest.raises(DamagedFileError, match="not finite numbers"):
        boston_housing.load_data()


def test_nothing_found(home):
    with pytest.raises(
        DatasetNotFoundError,
        match=r"no imdb.npz, no imdb_full.pkl\n(.*\n)*.*not downloaded because",
    ):
        imdb.load_data()
    with pytest.raises(DatasetNotFoundError, match=r"imdb_word_index\.json into"):
        imdb.get_word_index()

"""Film reviews from IMDb as lists of word numbers: 25,000 for training and as many for testing.

Half of them are favourable. Words are numbered by their frequency in the whole of the reviews;
``get_word_index`` has the ranks.
"""

from pathlib import Path

import numpy as np

from jaxcnn.datasets import keras_files, resolve, word_lists
from jaxcnn.datasets.formats import Arrays, read_arrays, read_pickle
from jaxcnn.spellings.dialect import dialect
from jaxcnn.spellings.translate import old_spellings

__all__ = ["get_word_index", "load_data"]


def dataset(path: str = "imdb.npz") -> resolve.Dataset:
    """Where the reviews may be; ``path`` is the name of the Keras file."""
    return keras_files.dataset("imdb", path, _read_npz, older=(("imdb_full.pkl", _read_pickle),))


@old_spellings
def load_data(
    path: str = "imdb.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int | None = 3,
    *,
    test_split: float | None = None,
) -> Arrays:
    """The reviews as ``(x_train, y_train), (x_test, y_test)``.

    The x are object arrays (n,) of lists of integers, the y int64 (n,): 1 for a favourable review.

    Where it is looked for and what else is raised: ``jaxcnn.datasets.resolve.load``.

    Args:
        path: the .npz file to read or, failing that, to download; relative to the datasets folder,
            or absolute. Default: 'imdb.npz'.
        num_words: numbers from here on count as unknown words; None for the largest number.
        skip_top: numbers below count as unknown words. Default: 0.
        maxlen: only reviews with fewer numbers are kept. (Keras then counts the first 25,000 that
            remain as the training reviews, so that test reviews are among them; here each review
            stays in its part.). Default: None.
        seed: of the order within each part. Default: 113.
        start_char: stands at the beginning of each review; None for nothing. Default: 1.
        oov_char: stands for unknown words; None leaves them out. Default: 2.
        index_from: is added to the rank of a word, None for nothing. Default: 3.
        test_split: the word of Keras 0.3, whose reviews were the 25,000 for training alone: the
            part of these that is for testing. In programs of 0.3 it is 0.2 where none is given.
            Default: None.

    Examples:
        >>> (x_train, y_train), (x_test, y_test) = jc.datasets.imdb.load_data(num_words=10_000)

    References:
        - Maas et al., "Learning Word Vectors for Sentiment Analysis", 2011,
          <https://ai.stanford.edu/~amaas/data/sentiment/>
    """
    if test_split is None and dialect().name == "0.3":
        test_split = 0.2
    stored = resolve.load(dataset(path))
    parts = []
    for (texts, labels), part_seed in zip(
        stored if test_split is None else stored[:1], (seed, 2 * seed), strict=False
    ):
        order = keras_files.permutation(len(texts), part_seed)
        marked = word_lists.mark((texts[i] for i in order), start_char, index_from)
        parts.append(word_lists.shorter(marked, labels[order], maxlen))
    labels = np.concatenate([part[1] for part in parts])
    count = len(parts[0][0])
    train = count if test_split is None else int(count * (1 - test_split))
    texts = [text for part in parts for text in part[0]]
    words = word_lists.index_words(texts, num_words, skip_top, oov_char)
    return (word_lists.ragged(words[:train]), labels[:train]), (
        word_lists.ragged(words[train:]),
        labels[train:],
    )


def get_word_index(path: str = "imdb_word_index.json") -> dict[str, int]:
    """Word -> rank, 1 for the most frequent.

    In a review of ``load_data`` the number is greater by ``index_from``.

    Args:
        path: the .json file to read or, failing that, to download; relative to the datasets folder,
            or absolute. Default: 'imdb_word_index.json'.

    Examples:
        >>> words = jc.datasets.imdb.get_word_index()

    References:
        - Chollet et al., "Keras 2.0.4: keras/datasets/imdb.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/datasets/imdb.py>
    """
    return word_lists.word_index("imdb", path, "bfafd718b763782e994055a2d397834f")


Reviews = tuple[list[list[int]], np.ndarray]


def _read_npz(path: Path) -> tuple[Reviews, Reviews]:
    x_train, y_train, x_test, y_test = read_arrays(
        path, ("x_train", "y_train", "x_test", "y_test"), objects=True
    )
    return (
        word_lists.checked_lists(path, x_train, y_train, 2),
        word_lists.checked_lists(path, x_test, y_test, 2),
    )


def _read_pickle(path: Path) -> tuple[Reviews, Reviews]:
    """The file of Keras 1."""
    train, test = read_pickle(path)
    return word_lists.checked_lists(path, *train, 2), word_lists.checked_lists(path, *test, 2)

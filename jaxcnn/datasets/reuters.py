"""Newswires of Reuters as lists of word numbers: 11,228 texts on 46 topics.

Words are numbered by their frequency in the whole of the texts; ``get_word_index`` has the ranks.
"""

from pathlib import Path

import numpy as np

from jaxcnn.datasets import keras_files, resolve, word_lists
from jaxcnn.datasets.formats import Arrays, DamagedFileError, read_arrays
from jaxcnn.spellings.translate import old_spellings
from jaxcnn.utils import unpickle

__all__ = ["get_word_index", "load_data"]

TOPICS = 46


def dataset(path: str = "reuters.npz") -> resolve.Dataset:
    """Where the newswires may be; ``path`` is the name of the Keras file."""
    return keras_files.dataset("reuters", path, _read_npz, older=(("reuters.pkl", _read_pickle),))


@old_spellings
def load_data(
    path: str = "reuters.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    test_split: float = 0.2,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int | None = 3,
) -> Arrays:
    """The newswires as ``(x_train, y_train), (x_test, y_test)``.

    The x are object arrays (n,) of lists of integers, the y int64 (n,), the topic 0 to 45.

    Where the data is looked for and what else is raised: ``jaxcnn.datasets.resolve.load``.

    Args:
        path: the .npz file to read or, failing that, to download; relative to the datasets folder,
            or absolute. Default: 'reuters.npz'.
        num_words: numbers from here on count as unknown words; None for the largest number.
        skip_top: numbers below count as unknown words. Default: 0.
        maxlen: only texts with fewer numbers than this, the mark of the start included; None for
            all.
        test_split: the share of the texts, in their shuffled order, that is for testing, from 0 to
            below 1. Default: 0.2.
        seed: of the order before the split. Default: 113.
        start_char: number that marks the start of each text; None for no mark. Default: 1.
        oov_char: number that stands for unknown words; None leaves them out. Default: 2.
        index_from: what is added to the ranks of words; None for nothing. Default: 3.

    Raises:
        ValueError: a `test_split` outside of [0, 1).

    Examples:
        >>> (x_train, y_train), (x_test, y_test) = jc.datasets.reuters.load_data(num_words=10_000)

    References:
        - Lewis, "Reuters-21578 Text Categorization Test Collection", 1997,
          <https://www.daviddlewis.com/resources/testcollections/reuters21578/>
    """
    if not 0 <= test_split < 1:
        raise ValueError(f"test_split must lie in [0, 1); got {test_split}.")
    texts, labels = resolve.load(dataset(path))
    order = keras_files.permutation(len(texts), seed)
    marked = word_lists.mark((texts[i] for i in order), start_char, index_from)
    texts, labels = word_lists.shorter(marked, labels[order], maxlen)
    words = word_lists.ragged(word_lists.index_words(texts, num_words, skip_top, oov_char))
    train = int(len(words) * (1 - test_split))
    return (words[:train], labels[:train]), (words[train:], labels[train:])


def get_word_index(path: str = "reuters_word_index.json") -> dict[str, int]:
    """Word -> rank, 1 for the most frequent.

    In a text of ``load_data`` the number is greater by ``index_from``.

    Args:
        path: the .json file to read or, failing that, to download; relative to the datasets folder,
            or absolute. Default: 'reuters_word_index.json'.

    Examples:
        >>> words = jc.datasets.reuters.get_word_index()

    References:
        - Chollet et al., "Keras 2.0.4: keras/datasets/reuters.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/datasets/reuters.py>
    """
    return word_lists.word_index("reuters", path, "4d44cc38712099c9e383dc6e5f11a921")


def _read_npz(path: Path) -> tuple[list[list[int]], np.ndarray]:
    x, y = read_arrays(path, ("x", "y"), objects=True)
    return word_lists.checked_lists(path, x, y, TOPICS)


def _read_pickle(path: Path) -> tuple[list[list[int]], np.ndarray]:
    """The file of Keras 1."""
    try:
        x, y = unpickle.loads(path.read_bytes())
    except Exception as error:  # an unpickler fails in any way on broken bytes
        raise DamagedFileError(
            path, f"not a pickle of texts and topics ({type(error).__name__}: {error})"
        ) from error
    return word_lists.checked_lists(path, x, y, TOPICS)

"""Texts as lists of word numbers, ranked by frequency: the common part of IMDb and Reuters."""

import glob
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jaxcnn.datasets import keras_files, resolve
from jaxcnn.datasets.formats import DamagedFileError

__all__ = ["checked_lists", "index_words", "ragged", "shorter", "word_index"]


def shorter(
    texts: list[list[int]], labels: np.ndarray, maxlen: int | None
) -> tuple[list[list[int]], np.ndarray]:
    """The texts with fewer than ``maxlen`` numbers, or all without one, and their labels.

    Raises:
        ValueError: there is none.
    """
    if not maxlen:
        return texts, labels
    short = [i for i, text in enumerate(texts) if len(text) < maxlen]
    if not short:
        raise ValueError(
            f"After filtering for sequences shorter than maxlen={maxlen}, no sequence was kept. "
            "Increase maxlen."
        )
    return [texts[i] for i in short], labels[short]


def mark(
    texts: Iterable[Sequence[int]], start_char: int | None, index_from: int | None
) -> list[list[int]]:
    """The texts with word numbers moved up by ``index_from``, after ``start_char`` unless None."""
    start = [] if start_char is None else [start_char]
    return [[*start, *(word + (index_from or 0) for word in text)] for text in texts]


def index_words(
    texts: Iterable[Sequence[int]], num_words: int | None, skip_top: int, oov_char: int | None
) -> list[list[int]]:
    """The texts with only the numbers from ``skip_top`` to below ``num_words``.

    Others become ``oov_char``, or are left out when that is None.
    """
    texts = list(texts)
    if not num_words:  # as in Keras: the very last word goes too
        num_words = max((max(text, default=0) for text in texts), default=0)
    if oov_char is None:
        return [[word for word in text if skip_top <= word < num_words] for text in texts]
    return [[word if skip_top <= word < num_words else oov_char for word in text] for text in texts]


def ragged(texts: Sequence[list[int]]) -> np.ndarray:
    """The lists as an object array (n,)."""
    array = np.empty(len(texts), object)
    for i, text in enumerate(texts):
        array[i] = text
    return array


def checked_lists(
    path: Path, texts: Any, labels: Any, classes: int
) -> tuple[list[list[int]], np.ndarray]:
    """``texts`` as lists of whole numbers and ``labels`` as int64 (n,), or a DamagedFileError."""
    lists = [text.tolist() if isinstance(text, np.ndarray) else text for text in texts]
    numbers = np.asarray(labels)
    if not lists or len(lists) != len(numbers):
        raise DamagedFileError(path, f"it has {len(lists):,} texts and {len(numbers):,} labels")
    if not all(isinstance(text, list) and set(map(type, text)) <= {int} for text in lists):
        raise DamagedFileError(path, "its texts are not lists of word numbers")
    if numbers.dtype.kind not in "ui" or numbers.min() < 0 or numbers.max() >= classes:
        raise DamagedFileError(path, f"its labels are not the integers 0 to {classes - 1}")
    return lists, numbers.astype(np.int64)


def word_index(dataset: str, path: str, checksum: str) -> dict[str, int]:
    """The dictionary from word to its rank that belongs to a data set of Keras, a JSON file."""
    url = f"{keras_files.STORE}{dataset}_word_index.json"
    index: dict[str, int] = resolve.load(
        resolve.Dataset(
            name=f"{dataset}_word_index",
            files=((glob.escape(path), _read_word_index),),
            remotes=(resolve.Remote(path, checksum, (url,)),),
        )
    )
    return index


def _read_word_index(path: Path) -> dict[str, int]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DamagedFileError(path, f"not JSON ({error})") from error
    if not isinstance(content, dict) or not all(isinstance(rank, int) for rank in content.values()):
        raise DamagedFileError(path, "it is not a dictionary from word to number")
    return content

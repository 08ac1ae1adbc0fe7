"""Word vectors of GloVe (Pennington, Socher and Manning 2014).

They are a text file with a word and its numbers on each line.
"""

import io
import zipfile
from collections.abc import Container, Iterable, Mapping
from pathlib import Path

import numpy as np

from jaxcnn.datasets import resolve
from jaxcnn.datasets.formats import DamagedFileError, damage
from jaxcnn.spellings.keywords import suggesting

__all__ = ["embedding_matrix", "load_data", "read_vectors"]

DIMENSIONS = (50, 100, 200, 300)


def dataset(dimensions: int = 100) -> resolve.Dataset:
    """Where the vectors trained on 6 billion words of Wikipedia and news may be."""
    name = f"glove.6B.{dimensions}d.txt"
    return resolve.Dataset(
        name="glove.6B",
        files=((name, Path), (f"glove.6B/{name}", Path), ("glove.6B.zip", Path)),
        advice="They are the file glove.6B.zip of https://nlp.stanford.edu/projects/glove/, which "
        "is read as it is.",
    )


@suggesting
def load_data(dimensions: int = 100, words: Container[str] | None = None) -> dict[str, np.ndarray]:
    """Word -> float32 (dimensions,), for the words of the file, the most frequent first.

    Where it is looked for and what is raised: ``jaxcnn.datasets.resolve.load`` and
    ``read_vectors``.

    Args:
        dimensions: 50, 100, 200 or 300. Default: 100.
        words: only these are kept; None for all (400,000 words of 100 numbers take 200 MB).

    Raises:
        ValueError: another number of dimensions.

    Examples:
        >>> vectors = jc.datasets.glove.load_data(50, words={"cat", "dog"})

    References:
        - Pennington, Socher and Manning, "GloVe: Global Vectors for Word Representation", 2014,
          <https://nlp.stanford.edu/projects/glove/>
    """
    if dimensions not in DIMENSIONS:
        raise ValueError(
            f"dimensions must be one of {', '.join(map(str, DIMENSIONS))}; got {dimensions}."
        )
    path = resolve.load(dataset(dimensions))
    if path.suffix != ".zip":
        return read_vectors(path, words)
    name = f"glove.6B.{dimensions}d.txt"
    with damage(path, "not a readable zip archive"), zipfile.ZipFile(path) as archive:
        if name not in archive.namelist():
            raise DamagedFileError(path, f"it lacks {name}")
        with archive.open(name) as file:
            return _vectors(path, io.TextIOWrapper(file, encoding="utf-8"), words)


def read_vectors(path: str | Path, words: Container[str] | None = None) -> dict[str, np.ndarray]:
    """Word -> float32 (numbers on a line,), of any file in this format; ``words`` None keeps all.

    Args:
        path: a text file, on each line a word and its numbers.
        words: only these are kept; None for all.

    Raises:
        DamagedFileError: a line, whose number is named, has too few or too many numbers, or
            something else in their place.

    Examples:
        >>> import pathlib
        >>> pathlib.Path("vectors.txt").write_text("cat 1 2")
        7
        >>> jc.datasets.glove.read_vectors("vectors.txt")
        {'cat': array([1., 2.], dtype=float32)}

    References:
        - Pennington, Socher and Manning, "GloVe: Global Vectors for Word Representation", 2014,
          <https://nlp.stanford.edu/projects/glove/>
    """
    path = Path(path)
    with damage(path, "not a text in UTF-8"), open(path, encoding="utf-8", newline="\n") as file:
        return _vectors(path, file, words)


def _vectors(
    path: Path, lines: Iterable[str], words: Container[str] | None
) -> dict[str, np.ndarray]:
    vectors: dict[str, np.ndarray] = {}
    length: int | None = None
    for number, line in enumerate(lines, 1):
        word, _, rest = line.rstrip("\n").partition(" ")
        if words is not None and word not in words:
            continue
        values = rest.split(" ")
        try:
            vector = np.array(values, np.float32)
        except ValueError:
            raise DamagedFileError(
                path, f"line {number} has not only numbers after the word {word!r}"
            ) from None
        length = len(vector) if length is None else length
        if len(vector) != length:
            raise DamagedFileError(
                path, f"line {number} has {len(vector)} numbers, the lines before have {length}"
            )
        if not np.isfinite(vector).all():
            raise DamagedFileError(path, f"line {number} has numbers that are not finite")
        vectors[word] = vector
    if not vectors and words is None:
        raise DamagedFileError(path, "it is empty")
    return vectors


def embedding_matrix(
    word_index: Mapping[str, int], vectors: Mapping[str, np.ndarray], num_words: int | None = None
) -> np.ndarray:
    """The weights of an Embedding layer: float32 (num_words, dimensions), row i for word i.

    Rows of words without a vector, and row 0, are zero.

    Args:
        word_index: word -> number, as ``Tokenizer.word_index``.
        vectors: word -> its numbers.
        num_words: rows; words with greater numbers are left out. None for one more than the largest
            number.

    Raises:
        ValueError: there is no vector, or `num_words` is not positive.

    Examples:
        >>> vectors = {"cat": np.float32([1, 2])}
        >>> jc.datasets.glove.embedding_matrix({"cat": 1, "dog": 2}, vectors)
        array([[0., 0.],
               [1., 2.],
               [0., 0.]], dtype=float32)

    References:
        - Pennington, Socher and Manning, "GloVe: Global Vectors for Word Representation", 2014,
          <https://nlp.stanford.edu/projects/glove/>
    """
    if not vectors:
        raise ValueError("There are no vectors to make a matrix of.")
    if num_words is None:
        num_words = max(word_index.values(), default=0) + 1
    matrix = np.zeros((num_words, len(next(iter(vectors.values())))), np.float32)
    for word, number in word_index.items():
        if number < num_words and word in vectors:
            matrix[number] = vectors[word]
    return matrix

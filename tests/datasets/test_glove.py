"""Word vectors, their matrix, and broken files of them."""

import zipfile

import numpy as np
import pytest

from jaxcnn.datasets import glove
from jaxcnn.datasets.formats import DamagedFileError
from jaxcnn.datasets.resolve import DatasetNotFoundError


def test_vectors_and_their_matrix(home):
    text = "the 0.5 -1\ncat 1 2\n. 3 4\n"
    (home / "glove.6B.50d.txt").write_text(text)
    vectors = glove.load_data(50)
    assert list(vectors) == ["the", "cat", "."]
    assert vectors["the"].tolist() == [0.5, -1]
    assert vectors["the"].dtype == np.float32
    assert list(glove.load_data(50, words={"cat"})) == ["cat"]
    matrix = glove.embedding_matrix({"cat": 1, "unknown": 2, "the": 3}, vectors)
    assert matrix.tolist() == [[0, 0], [1, 2], [0, 0], [0.5, -1]]
    assert glove.embedding_matrix(
        {"cat": 1, "unknown": 2, "the": 3}, vectors, num_words=3
    ).shape == (3, 2)
    with pytest.raises(ValueError, match="no vectors"):
        glove.embedding_matrix({"cat": 1}, {})
    with zipfile.ZipFile(home / "glove.6B.zip", "w") as archive:
        archive.writestr("glove.6B.100d.txt", text)
    assert list(glove.load_data()) == ["the", "cat", "."]
    with pytest.raises(
        DamagedFileError, match=r"glove\.6B\.zip is damaged: it lacks glove\.6B\.300d\.txt"
    ):
        glove.load_data(300)
    with pytest.raises(ValueError, match="dimensions must be one of 50, 100, 200, 300; got 64"):
        glove.load_data(64)
    with pytest.raises(
        DatasetNotFoundError, match=r"Put glove\.6B\.200d\.txt or .*nlp\.stanford\.edu"
    ) as caught:
        (home / "glove.6B.zip").unlink()
        glove.load_data(200)
    assert "network connection" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("dog 1", "line 3 has 1 numbers, the lines before have 2"),
        ("dog 1 2 3", "line 3 has 3 numbers"),
        ("dog 1 x", "line 3 has not only numbers after the word 'dog'"),
        ("dog", "line 3 has not only numbers after the word 'dog'"),
        ("", "line 3 has not only numbers after the word ''"),
        ("dog 1 nan", "line 3 has numbers that are not finite"),
    ],
)
def test_a_broken_line_is_named(tmp_path, line, problem):
    path = tmp_path / "vectors.txt"
    path.write_text(f"the 0.5 -1\ncat 1 2\n{line}\nend 1 2\n")
    with pytest.raises(DamagedFileError, match=rf"vectors\.txt is damaged: {problem}"):
        glove.read_vectors(path)


def test_vectors_that_are_no_text(tmp_path):
    (tmp_path / "v.txt").write_bytes(b"the 1 2\n\xff\xfe 3 4\n")
    with pytest.raises(DamagedFileError, match="not a text in UTF-8"):
        glove.read_vectors(tmp_path / "v.txt")
    (tmp_path / "v.txt").write_text("")
    with pytest.raises(DamagedFileError, match="it is empty"):
        glove.read_vectors(tmp_path / "v.txt")


def test_the_real_vectors(real):
    real("glove.6B.50d.txt")
    actual = glove.load_data(50, words={"king", "man", "woman", "queen", "cabbage"})

    def cosine(a, b):
        return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

    royal = actual["king"] - actual["man"] + actual["woman"]
    assert cosine(royal, actual["queen"]) > cosine(royal, actual["cabbage"]) + 0.5

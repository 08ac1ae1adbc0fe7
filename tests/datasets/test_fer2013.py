"""Faces with emotions of the table and of an archive."""

import csv

import numpy as np
import pytest

from jaxcnn.datasets import fer2013
from jaxcnn.datasets.formats import DamagedFileError


def write_faces(path, **change):
    rng = np.random.default_rng(0)
    parts = {
        part: (rng.integers(0, 256, (4, 48, 48), np.uint8), rng.integers(0, 7, 4))
        for part in fer2013.PARTS
    }
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["emotion", "pixels", "Usage"])
        for part, (x, y) in parts.items():
            for face, emotion in zip(x, y, strict=True):
                writer.writerow([emotion, " ".join(map(str, face.ravel())), part])
    return parts


def test_faces_of_the_original_table_and_of_an_archive(home):
    parts = write_faces(home / "fer2013.csv")
    arrays = {
        f"{kind}_{part}": array
        for part, pair in parts.items()
        for kind, array in zip("xy", pair, strict=True)
    }
    for _ in range(2):  # from the table, then from the archive
        for (x, y), (faces, emotions) in zip(fer2013.load_data(), parts.values(), strict=True):
            np.testing.assert_array_equal(x, faces)
            np.testing.assert_array_equal(y, emotions)
            assert (x.dtype, y.dtype) == (np.uint8, np.uint8)
        np.savez(home / "fer2013.npz", **arrays)
    np.savez(home / "fer2013.npz", **(arrays | {"y_Training": np.full(4, 7)}))
    with pytest.raises(
        DamagedFileError, match="its Training has labels from 7 to 7, expected 0 to 6"
    ):
        fer2013.load_data()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda t: t.replace(" 1", "", 1), "line 2 is not an emotion, 2304 pixels"),
        (lambda t: t.replace("PublicTest", "Public", 1), "line 6 is not an emotion"),
        (lambda t: t[: len(t) * 2 // 3], r"line \d+ is not an emotion"),
        (lambda t: t.replace(" 1", " 300", 1), "line 2 is not an emotion"),
        (lambda t: t[len("emotion,") :], "its first line is 'pixels,Usage'"),
        (lambda t: t[: t.index("Private") - 9000], "line|it has no line of PrivateTest"),
        (lambda t: "", "its first line is ''"),
    ],
)
def test_broken_lines_of_the_table(home, change, problem):
    write_faces(home / "fer2013.csv")
    text = change((home / "fer2013.csv").read_text())
    (home / "fer2013.csv").write_text(text)
    with pytest.raises(DamagedFileError, match=problem):
        fer2013.load_data()


def test_the_real_faces_with_emotions(real):
    real("fer2013.npz")
    assert [x.shape for x, _ in fer2013.load_data()] == [
        (7000, 48, 48),
        (1500, 48, 48),
        (1500, 48, 48),
    ]

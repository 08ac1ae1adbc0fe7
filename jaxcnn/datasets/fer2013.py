"""Faces with seven emotions, 48 x 48 gray levels: the set of a Kaggle contest of 2013.

The original has 28,709 faces for training and twice 3,589 for testing, the "public" and the
"private" ones.
"""

import csv
from pathlib import Path

import numpy as np

from jaxcnn.datasets import resolve
from jaxcnn.datasets.formats import DamagedFileError, damage, read_arrays

__all__ = ["CLASSES", "load_data"]

CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
PARTS = ("Training", "PublicTest", "PrivateTest")
SIDE = 48

Part = tuple[np.ndarray, np.ndarray]


def dataset() -> resolve.Dataset:
    """Where the faces may be."""
    return resolve.Dataset(
        name="fer2013",
        files=(
            ("fer2013.npz", _read_npz),
            ("fer2013.csv", _read_csv),
            ("fer2013/fer2013.csv", _read_csv),
        ),
        advice=(
            "The original fer2013.csv needs a Kaggle account: "
            "https://www.kaggle.com/c/challenges-in-representation-learning-facial-expression-"
            "recognition-challenge."
        ),
    )


def load_data() -> tuple[Part, Part, Part]:
    """The faces as ``(x_train, y_train), (x_public, y_public), (x_private, y_private)``.

    Images are uint8 (n, 48, 48), labels uint8 (n,): the index in ``CLASSES``.

    Where it is looked for and what is raised: ``jaxcnn.datasets.resolve.load``.

    Examples:
        >>> (x_train, y_train), public, private = jc.datasets.fer2013.load_data()

    References:
        - Goodfellow et al., "Challenges in Representation Learning: A Report on Three Machine
          Learning Contests", 2013, <https://arxiv.org/abs/1307.0414>
    """
    train, public, private = resolve.load(dataset())
    return train, public, private


def _read_npz(path: Path) -> list[Part]:
    names = [f"{kind}_{part}" for part in PARTS for kind in "xy"]
    arrays = read_arrays(path, names)
    return [
        _checked(path, x, y, part)
        for x, y, part in zip(arrays[::2], arrays[1::2], PARTS, strict=True)
    ]


def _read_csv(path: Path) -> list[Part]:
    """The original: lines "emotion,pixels,Usage", the pixels as 2,304 numbers and spaces."""
    rows: dict[str, list[tuple[np.ndarray, int]]] = {part: [] for part in PARTS}
    with damage(path, "not a text"), open(path, encoding="ascii", newline="") as file:
        lines = csv.reader(file)
        if (header := next(lines, [])) != ["emotion", "pixels", "Usage"]:
            raise DamagedFileError(
                path, f"its first line is {','.join(header)[:60]!r}, not 'emotion,pixels,Usage'"
            )
        for number, line in enumerate(lines, 2):
            try:
                emotion, pixels, usage = line
                rows[usage].append(
                    (np.array(pixels.split(), np.uint8).reshape(SIDE, SIDE), int(emotion))
                )
            except (ValueError, KeyError, OverflowError) as error:
                raise DamagedFileError(
                    path,
                    f"line {number} is not an emotion, {SIDE * SIDE} pixels and one of "
                    f"{', '.join(PARTS)} ({error})",
                ) from error
    if empty := [part for part, faces in rows.items() if not faces]:
        raise DamagedFileError(path, f"it has no line of {', '.join(empty)}")
    return [
        _checked(path, np.stack([x for x, _ in faces]), np.array([y for _, y in faces]), part)
        for part, faces in rows.items()
    ]


def _checked(path: Path, x: np.ndarray, y: np.ndarray, part: str) -> Part:
    if x.dtype != np.uint8 or x.shape[1:] != (SIDE, SIDE) or x.shape[:1] != y.shape or not len(y):
        raise DamagedFileError(
            path, f"its {part} has images {x.dtype} {x.shape} and labels {y.shape}"
        )
    if y.min() < 0 or y.max() >= len(CLASSES):
        raise DamagedFileError(
            path, f"its {part} has labels from {y.min()} to {y.max()}, expected 0 to 6"
        )
    return x, y.astype(np.uint8)

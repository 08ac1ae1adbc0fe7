"""Whom a program knows: learnt from photographs, kept in a folder, recognised in images."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from jaxcnn.callbacks import LambdaCallback
from jaxcnn.datasets.images import SUFFIXES, read_image
from jaxcnn.faces.database import FaceDatabase
from jaxcnn.faces.finding import Face, find_faces, grayscale
from jaxcnn.faces.learning import batches_of_people, small_encoder
from jaxcnn.faces.triplet import batch_hard_triplet_loss
from jaxcnn.models import Model, load_model
from jaxcnn.optimizers import Adam
from jaxcnn.runtime import config
from jaxcnn.utils.files import atomic_write
from jaxcnn.vision.geometry import resize_with_bars

SIZE = 64
"""Rows and columns of a face as the encoder takes it."""
MARGIN = 10
"""Pixels around a face that belong to its crop."""
LEAST = 3
"""Photographs with a face that a person must have."""
ENCODER, PEOPLE, NUMBERS = "encoder.h5", "people.npz", "threshold.json"


@dataclass(frozen=True)
class Album:
    """The faces on the photographs of a folder.

    Attributes:
        faces: name -> the largest face of each photograph that has one, (n, 64, 64, 1), 0 to 1.
        without: photographs on which no face was found.
    """

    faces: Mapping[str, np.ndarray]
    without: tuple[Path, ...]


@dataclass(frozen=True)
class Split:
    """Photographs of each person: to learn from, to choose the threshold by, and to test."""

    learnt: Mapping[str, np.ndarray]
    chosen: Mapping[str, np.ndarray]
    tested: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Recognised:
    """A face in an image; `name` is None for a stranger, `distance` that to the nearest person.

    Args:
        face: where it is.
        name: who it is; None for a stranger.
        distance: distance to the nearest person.

    Examples:
        >>> from jaxcnn.faces import Face, Recognised
        >>> Recognised(Face(3, 4, 20, 20), None, 1.2).name is None
        True

    References:
        - Schroff, Kalenichenko and Philbin, "FaceNet: A Unified Embedding for Face Recognition and
          Clustering", 2015, <https://arxiv.org/abs/1503.03832>
    """

    face: Face
    name: str | None
    distance: float


@dataclass(frozen=True)
class Acquaintance:
    """People who are known by their faces.

    Args:
        encoder: network from faces (batch, 64, 64, 1) to encodings of length 1.
        people: the encoding of each.
        threshold: whoever is not nearer than this to one of them is a stranger.

    Examples:
        >>> encoder = jc.faces.small_encoder((64, 64, 1), filters=2)
        >>> known = jc.faces.Acquaintance(encoder, jc.faces.FaceDatabase(), threshold=0.8)

    References:
        - Schroff, Kalenichenko and Philbin, "FaceNet: A Unified Embedding for Face Recognition and
          Clustering", 2015, <https://arxiv.org/abs/1503.03832>
    """

    encoder: Model
    people: FaceDatabase
    threshold: float

    def recognise(self, faces: np.ndarray) -> list[tuple[str | None, float]]:
        """(name or None for a stranger, distance to the nearest person) of each face.

        Args:
            faces: (n, 64, 64, 1), 0 to 1.
        """
        answers = []
        for encoding in encoded(self.encoder, faces):
            distance, name = self.people.recognise(encoding, self.threshold)
            answers.append((name, distance))
        return answers

    def look(self, image: np.ndarray) -> list[Recognised]:
        """Everybody in an image as for `find_faces`, from left to right.

        Args:
            image: uint8 (height, width, 3), RGB.
        """
        squares = [grown(face, image.shape) for face in find_faces(image)]
        if not squares:
            return []
        answers = self.recognise(np.stack([cropped(image, square) for square in squares]))
        return [
            Recognised(square, name, distance)
            for square, (name, distance) in zip(squares, answers, strict=True)
        ]

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write the three files of a folder, which is made when it is not there.

        Args:
            folder: where to.
        """
        path = Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        self.encoder.save(path / ENCODER)
        self.people.save(path / PEOPLE)
        with atomic_write(path / NUMBERS, "w") as file:
            json.dump({"threshold": self.threshold}, file)

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> Acquaintance:
        """Read a folder of `save`.

        Args:
            folder: one that `save` wrote.

        Raises:
            FileNotFoundError: one of its files is not there.
            ValueError: one is damaged.
        """
        path = Path(folder)
        if absent := [name for name in (ENCODER, PEOPLE, NUMBERS) if not (path / name).is_file()]:
            raise FileNotFoundError(
                f"There is no {absent[0]} in {path}; learn faces first: jaxcnn faces learn FOLDER"
            )
        try:
            threshold = float(json.loads((path / NUMBERS).read_text(encoding="utf-8"))["threshold"])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path / NUMBERS} is damaged: {error}") from None
        encoder = load_model(path / ENCODER, compile=False)
        return cls(encoder, FaceDatabase.load(path / PEOPLE), threshold)


def grown(face: Face, shape: tuple[int, ...]) -> Face:
    """The square and 10 pixels more to each side, within an image of that shape."""
    left, top = max(face.left - MARGIN, 0), max(face.top - MARGIN, 0)
    right = min(face.left + face.width + MARGIN, shape[1])
    bottom = min(face.top + face.height + MARGIN, shape[0])
    return Face(left, top, right - left, bottom - top)


def cropped(image: np.ndarray, face: Face) -> np.ndarray:
    """A face of an image as the encoder takes it: gray, (64, 64, 1), 0 to 1."""
    crop = grayscale(image)[face.top : face.top + face.height, face.left : face.left + face.width]
    return resize_with_bars(crop, (SIZE, SIZE))[..., None].astype(np.float32) / 255


def read_album(folder: str | os.PathLike[str]) -> Album:
    """The faces of a folder with a subfolder of photographs for each person, named as they are.

    Of several faces on a photograph the largest is the person's. A photograph on which no face is
    found is not used.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: it has no subfolder with images.
        DamagedFileError: an image is damaged.
        ImportError: OpenCV is not installed.
    """
    path = Path(folder)
    if not path.is_dir():
        raise FileNotFoundError(f"There is no folder {path}.")
    photographs = {
        child.name: sorted(file for file in child.iterdir() if file.suffix.lower() in SUFFIXES)
        for child in sorted(path.iterdir())
        if child.is_dir() and not child.name.startswith(".")
    }
    if not any(photographs.values()):
        raise ValueError(
            f"{path} has no subfolder with images; make one for each person, with their "
            "photographs."
        )
    faces: dict[str, np.ndarray] = {}
    without = []
    for name, files in photographs.items():
        crops = []
        for file in files:
            image = read_image(file)
            squares = find_faces(image)
            if squares:
                largest = max(squares, key=lambda face: face.width)
                crops.append(cropped(image, grown(largest, image.shape)))
            else:
                without.append(file)
        faces[name] = np.stack(crops) if crops else np.zeros((0, SIZE, SIZE, 1), np.float32)
    return Album(faces, tuple(without))


def divided(album: Album) -> Split:
    """Of each person's photographs a fifth, at least one, to choose by, another to test, the rest
    to learn from; the last ones of the folder are the tested ones.

    Raises:
        ValueError: fewer than two people, or one with fewer than three photographs with a face.
    """
    if len(album.faces) < 2:
        raise ValueError(
            f"To tell people apart takes two or more; the folder has {', '.join(album.faces)}."
        )
    few = [f"{name} {len(faces)}" for name, faces in album.faces.items() if len(faces) < LEAST]
    if few:
        raise ValueError(
            f"Each person needs {LEAST} photographs on which a face is found; there are of "
            f"{', '.join(few)}."
        )
    held = {name: max(1, len(faces) // 5) for name, faces in album.faces.items()}
    return Split(
        {name: faces[: -2 * held[name]] for name, faces in album.faces.items()},
        {name: faces[-2 * held[name] : -held[name]] for name, faces in album.faces.items()},
        {name: faces[-held[name] :] for name, faces in album.faces.items()},
    )


def encoded(encoder: Model, faces: np.ndarray) -> np.ndarray:
    """Encodings (n, 128) of faces (n, 64, 64, 1), 0 to 1."""
    encodings: np.ndarray = encoder.predict(faces - 0.5)
    return encodings


def learn(
    split: Split,
    epochs: int = 30,
    filters: int = 32,
    seed: int = 0,
    on_epoch: Callable[[int], None] | None = None,
) -> Acquaintance:
    """An encoder trained by the triplet loss, the people's mean encodings, and a threshold.

    Nobody in the folder is a stranger, so that the threshold can only be how far the photographs of
    `split.chosen` are from their own people at most.

    Args:
        split: from `divided`.
        epochs: of ten batches each.
        filters: of the encoder's first convolution.
        seed: of the weights and batches.
        on_epoch: called with the number of epochs done, after each; None for nothing.
    """
    config.set_random_seed(seed)
    encoder = small_encoder((SIZE, SIZE, 1), filters)
    encoder.compile(Adam(1e-3), batch_hard_triplet_loss)
    faces = np.concatenate(list(split.learnt.values())) - 0.5
    numbers = np.repeat(range(len(split.learnt)), [len(f) for f in split.learnt.values()])
    encoder.fit(
        batches_of_people(faces, numbers, at_once=12, each=6, seed=seed),
        steps_per_epoch=10,
        epochs=epochs,
        verbose=0,
        callbacks=[] if on_epoch is None else [after_epochs(on_epoch)],
    )
    people = FaceDatabase()
    for name, photographs in split.learnt.items():
        mean = encoded(encoder, photographs).mean(axis=0)
        people.enrol(name, mean / np.linalg.norm(mean))
    farthest = max(
        float(np.linalg.norm(encoding - people[name]))
        for name, photographs in split.chosen.items()
        for encoding in encoded(encoder, photographs)
    )
    return Acquaintance(encoder, people, float(np.nextafter(farthest, np.inf)))


def after_epochs(function: Callable[[int], None]) -> LambdaCallback:
    """A callback that calls a function with the number of epochs done."""
    return LambdaCallback(on_epoch_end=lambda epoch, logs: function(epoch + 1))


def named(acquaintance: Acquaintance, photographs: Mapping[str, np.ndarray]) -> int:
    """On how many photographs the person is named."""
    return sum(
        answer == name
        for name, faces in photographs.items()
        for answer, _ in acquaintance.recognise(faces)
    )

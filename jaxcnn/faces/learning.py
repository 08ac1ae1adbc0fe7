"""An encoder of faces for few photographs, and the batches from which it learns.

Source: Hermans, Beyer and Leibe, "In Defense of the Triplet Loss for Person Re-Identification",
2017.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from jaxcnn.faces.nn4 import ENCODING, UnitLength
from jaxcnn.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from jaxcnn.models import Sequential
from jaxcnn.preprocessing.image import ImageDataGenerator


def small_encoder(shape: tuple[int, int, int], filters: int = 32) -> Sequential:
    """Faces (batch, *shape) to points on the unit sphere, (batch, 128), random until it learns.

    Args:
        shape: rows, columns and channels; at least 16 rows and columns.
        filters: of the first of four convolutions; the others have 2, 4 and 4 times as many.
            Default: 32.

    Examples:
        >>> jc.faces.small_encoder((64, 64, 1)).output_shape
        (None, 128)

    References:
        - Schroff, Kalenichenko and Philbin, "FaceNet: A Unified Embedding for Face Recognition and
          Clustering", 2015, <https://arxiv.org/abs/1503.03832>
    """
    model = Sequential()
    model.add(Conv2D(filters, 3, padding="same", activation="relu", input_shape=shape))
    model.add(BatchNormalization(momentum=0.9))
    model.add(MaxPooling2D())
    for factor in (2, 4, 4):
        model.add(Conv2D(filters * factor, 3, padding="same", activation="relu"))
        model.add(BatchNormalization(momentum=0.9))
        model.add(MaxPooling2D())
    model.add(Flatten())
    model.add(Dropout(0.4))
    model.add(Dense(ENCODING))
    model.add(UnitLength())
    return model


def batches_of_people(
    faces: np.ndarray, people: np.ndarray, at_once: int, each: int | None = None, seed: int = 0
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Endless batches for `batch_hard_triplet_loss`: some people, their faces moved and turned.

    Args:
        faces: images (n, rows, columns, channels), uint8 or float.
        people: integers (n,), whose face each is.
        at_once: how many people are in a batch; all, where there are fewer.
        each: faces of each in a batch, some of them twice where there are fewer; None for all that
            there are.
        seed: which people, faces and changes come. Default: 0.

    Yields:
        Faces as they are changed, and whose they are.

    Examples:
        >>> faces, people = np.zeros((4, 16, 16, 1), np.float32), np.array([0, 0, 1, 1])
        >>> images, labels = next(jc.faces.batches_of_people(faces, people, at_once=2))
        >>> images.shape[1:], sorted(set(labels.ravel().tolist()))
        ((16, 16, 1), [0, 1])

    References:
        - Hermans, Beyer and Leibe, "In Defense of the Triplet Loss for Person Re-Identification",
          2017, <https://arxiv.org/abs/1703.07737>
    """
    changes = ImageDataGenerator(
        rotation_range=8,
        width_shift_range=0.06,
        height_shift_range=0.06,
        zoom_range=0.08,
        horizontal_flip=True,
    )
    random = np.random.default_rng(seed)
    names = np.unique(people)
    for number in itertools.count():
        drawn = random.choice(names, min(at_once, len(names)), replace=False)
        if each is None:
            rows = np.flatnonzero(np.isin(people, drawn))
        else:
            of_each = (np.flatnonzero(people == person) for person in drawn)
            rows = np.concatenate(
                [random.choice(some, each, replace=len(some) < each) for some in of_each]
            )
        batch = changes.flow(
            faces[rows], people[rows], batch_size=len(rows), shuffle=False, seed=number
        )
        changed, whose = next(iter(batch))
        yield np.asarray(changed), np.asarray(whose)

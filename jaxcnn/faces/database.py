"""Known faces: a name and an encoding each."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from jaxcnn.utils.files import atomic_write
from jaxcnn.utils.npy import read_npy
from jaxcnn.utils.untrusted import one_error, read_member

THRESHOLD = 0.7
"""Encodings that are nearer than this count as the same person's."""


class FaceDatabase(Mapping[str, np.ndarray]):
    """Names and encodings, in the order of enrolment; a mapping from name to encoding.

    Args:
        encodings: name -> float (k,), to begin with. Default: None.

    Examples:
        >>> people = jc.faces.FaceDatabase({"Ada": [1.0, 0.0]})
        >>> list(people)
        ['Ada']

    References:
        - Schroff, Kalenichenko and Philbin, "FaceNet: A Unified Embedding for Face Recognition and
          Clustering", 2015, <https://arxiv.org/abs/1503.03832>
    """

    def __init__(self, encodings: Mapping[str, ArrayLike] | None = None) -> None:
        self._encodings: dict[str, np.ndarray] = {}
        for name, encoding in (encodings or {}).items():
            self.enrol(name, encoding)

    def __getitem__(self, name: str) -> np.ndarray:
        return self._encodings[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._encodings)

    def __len__(self) -> int:
        return len(self._encodings)

    def enrol(self, name: str, encoding: ArrayLike, replace: bool = False) -> None:
        """Add a person, or with `replace` change their encoding.

        Args:
            name: of the person.
            encoding: an array (n,), all of one length.
            replace: whether the person may be there already. Default: False.

        Raises:
            ValueError: a name that is already there, or an encoding of another length or with
                values that are not finite.
        """
        if not isinstance(name, str) or not name:
            raise ValueError(f"A person's name must be a non-empty string; given {name!r}.")
        if name in self._encodings and not replace:
            raise ValueError(f"'{name}' is enrolled already; pass replace=True for a new encoding.")
        self._encodings[name] = self._checked(encoding)

    def remove(self, name: str) -> None:
        """Forget a person.

        Args:
            name: of the person.

        Raises:
            KeyError: there is none of that name.
        """
        del self._encodings[name]

    def verify(
        self, encoding: ArrayLike, name: str, threshold: float = THRESHOLD
    ) -> tuple[float, bool]:
        """(distance to that person's encoding, whether it is below `threshold`).

        Args:
            encoding: of a face, (n,).
            name: of the person whose face it should be.
            threshold: the distance from which faces count as those of two people. Default: 0.7.

        Raises:
            KeyError: the name is not enrolled.
        """
        if name not in self._encodings:
            raise KeyError(f"'{name}' is not enrolled; known are {', '.join(self) or 'none'}.")
        distance = float(np.linalg.norm(self._checked(encoding) - self._encodings[name]))
        return distance, distance < threshold

    def recognise(
        self, encoding: ArrayLike, threshold: float = THRESHOLD
    ) -> tuple[float, str | None]:
        """(distance to the nearest person, their name or None when that is not below `threshold`).

        Args:
            encoding: of a face, (n,).
            threshold: the distance from which a face counts as that of nobody here. Default: 0.7.

        Raises:
            ValueError: nobody is enrolled.
        """
        if not self._encodings:
            raise ValueError("Nobody is enrolled; enrol faces first.")
        distances = np.linalg.norm(
            np.stack(list(self._encodings.values())) - self._checked(encoding), axis=1
        )
        best = int(distances.argmin())
        return float(distances[best]), list(self)[best] if distances[best] < threshold else None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write names and encodings, as JSON if the suffix is .json, else as .npz.

        The file appears whole or not at all.

        Args:
            path: where to.
        """
        names, encodings = list(self), np.array(list(self._encodings.values()), np.float32)
        if Path(path).suffix == ".json":
            with atomic_write(path, "w") as file:
                json.dump(
                    {name: self[name].tolist() for name in names},
                    file,
                    ensure_ascii=False,
                    indent=1,
                )
        else:
            with atomic_write(path) as file:
                np.savez(file, names=np.array(names, np.str_), encodings=encodings)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> FaceDatabase:
        """Read a file of `save`; nothing in it is executed.

        Args:
            path: a file of `save`.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it is damaged or another kind of file.
        """
        with one_error(str(path), "a face database"):
            if Path(path).suffix == ".json":
                return cls(json.loads(Path(path).read_text(encoding="utf-8")))
            with zipfile.ZipFile(path) as archive:
                members = ("names.npy", "encodings.npy")
                parts = [read_member(archive, name, path) for name in members]
            names, encodings = map(read_npy, parts)
            return cls(dict(zip(names.tolist(), encodings, strict=True)))

    def _checked(self, encoding: ArrayLike) -> np.ndarray:
        values = np.asarray(encoding, np.float32).reshape(-1)
        if not values.size or not np.isfinite(values).all():
            raise ValueError("An encoding must have numbers, all of them finite.")
        known = next(iter(self._encodings.values()), values)
        if values.shape != known.shape:
            raise ValueError(f"The encodings here have {known.size} numbers; given {values.size}.")
        return values

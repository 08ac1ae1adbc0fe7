"""``tf.gfile``: files of this machine."""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Iterator
from typing import IO, Any

from jaxcnn.compat.tensorflow.errors import NotFoundError

__all__ = [
    "DeleteRecursively",
    "Exists",
    "FastGFile",
    "GFile",
    "Glob",
    "IsDirectory",
    "ListDirectory",
    "MakeDirs",
    "Open",
]


class GFile:
    """An open file, which is closed at the latest when nothing refers to it any more.

    Raises:
        NotFoundError: there is no such file.
    """

    def __init__(self, name: str, mode: str = "r") -> None:
        try:
            self._file: IO[Any] = open(name, mode)  # noqa: SIM115 (see `close`)
        except FileNotFoundError:
            raise NotFoundError(f"{name}; No such file or directory") from None

    def read(self, n: int = -1) -> Any:
        """The content, or the next `n` characters or bytes of it."""
        return self._file.read(n)

    def readline(self) -> Any:
        """The next line."""
        return self._file.readline()

    def readlines(self) -> list[Any]:
        """The lines that are left."""
        return self._file.readlines()

    def write(self, file_content: Any) -> None:
        """Append to the file."""
        self._file.write(file_content)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __iter__(self) -> Iterator[Any]:
        yield from self._file

    def __enter__(self) -> GFile:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __del__(self) -> None:
        if "_file" in vars(self):
            self.close()


FastGFile = Open = GFile


def Exists(filename: str) -> bool:
    """Whether there is such a file or folder."""
    return os.path.exists(filename)


def IsDirectory(dirname: str) -> bool:
    """Whether it is a folder."""
    return os.path.isdir(dirname)


def ListDirectory(dirname: str) -> list[str]:
    """The names in a folder."""
    return os.listdir(dirname)


def Glob(filename: str) -> list[str]:
    """The files that a pattern means."""
    return glob.glob(filename)


def MakeDirs(dirname: str) -> None:
    """Make a folder and those that it is in."""
    os.makedirs(dirname, exist_ok=True)


def DeleteRecursively(dirname: str) -> None:
    """Delete a folder with what is in it."""
    shutil.rmtree(dirname)

"""Reading whole files."""

from __future__ import annotations

from jaxcnn.compat.tensorflow.gfile import GFile

__all__ = ["read_file"]


def read_file(filename: str, name: str | None = None) -> bytes:
    """The content of a file, for the words that decode images."""
    with GFile(filename, "rb") as file:
        content: bytes = file.read()
    return content

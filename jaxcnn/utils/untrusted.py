"""HDF5 and zip files that may come from anybody: read only where they keep to themselves."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from flax.errors import FlaxError

from jaxcnn.spellings.stories import from_outside

if TYPE_CHECKING:
    import h5py

Path: TypeAlias = str | os.PathLike[str]

# How much larger than the file its content may be, and what is always allowed: compressed weights
# are smaller by a few times, a file that wants to fill the memory by a thousand.
EXPANSION, ALLOWANCE = 100, 1 << 26

# What readers raise on content that they did not expect.
UNEXPECTED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    FlaxError,
    LookupError,
    OSError,
    RuntimeError,
    StopIteration,
    SystemError,
    TypeError,
    pickle.PickleError,
    struct.error,
    tokenize.TokenError,
)


@contextmanager
def one_error(label: str, kind: str) -> Iterator[None]:
    """Turn whatever a reader raises on a file that is not what it seems into one error.

    Args:
        label: names the file.
        kind: says what it should be, such as "a Keras file".

    Raises:
        ValueError: with the label and what is wrong. Files that are missing or forbidden keep their
            own errors, and so does code of a user, which gets a note with the label.
    """
    try:
        yield
    except Exception as error:
        if from_outside(error):
            error.add_note(f"While {label} was read.")
            raise
        problem = problem_of(error, label, kind)
        if problem is None:
            raise
        raise ValueError(f"{label}{problem}") from error


def problem_of(error: Exception, label: str, kind: str) -> str | None:
    """What to say of an error behind the label of a file, None where it says enough itself."""
    damaged = f" is damaged or not {kind}: "
    match error:
        case FileNotFoundError() | PermissionError():
            return None
        case (
            json.JSONDecodeError()
            | UnicodeError()
            | EOFError()
            | zlib.error()
            | zipfile.BadZipFile()
        ):
            return f"{damaged}{error}"
        case ValueError():
            return None if label in str(error) else f": {error}"
        case RecursionError():
            return f" is nested too deeply to be {kind}."
        case MemoryError():
            return f" needs more memory than there is: {error}"
    return f"{damaged}{type(error).__name__}: {error}" if isinstance(error, UNEXPECTED) else None


@contextmanager
def open_hdf5(path: Path, content: bytes | None = None) -> Iterator[h5py.File]:
    """The HDF5 file at `path`, or the one whose bytes lie in the file there, for reading.

    Raises:
        OSError: it is no HDF5 file.
        ValueError: it reads other files (links, external storage, virtual data sets), holds
            anything but arrays of numbers, or declares more of them than its size allows.
    """
    import h5py

    size = os.path.getsize(path) if content is None else len(content)
    with h5py.File(path if content is None else io.BytesIO(content), "r") as file:
        check_hdf5(file, path, EXPANSION * size + ALLOWANCE)
        yield file


def check_hdf5(file: h5py.File, path: Path, most: int) -> None:
    """Refuse a file of arrays that does not keep to itself or holds more than `most` bytes."""
    import h5py

    waiting, seen, total = [file["/"]], set(), 0
    while waiting:
        group = waiting.pop()
        for name in group:
            label = f"{path}: {group.name.rstrip('/')}/{name}"
            link = group.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                raise ValueError(f"{label} is a link; only arrays inside the file are read.")
            item = group[name]
            address = h5py.h5o.get_info(item.id).addr
            if address in seen:
                continue
            seen.add(address)
            if isinstance(item, h5py.Group):
                waiting.append(item)
            elif isinstance(item, h5py.Dataset):
                check_array(item, label)
                total += item.nbytes
                if total > most:
                    raise ValueError(
                        f"{label} has the shape {item.shape}: with it the file declares more than "
                        f"the {most:,} bytes that its size allows."
                    )


def check_array(item: h5py.Dataset, label: str) -> None:
    """Refuse a data set that is no array of numbers inside its file."""
    if item.is_virtual or item.external:
        raise ValueError(f"{label} lies in other files; only arrays inside the file are read.")
    if item.shape is None or item.dtype.kind not in "fiub" or item.dtype.shape:
        raise ValueError(f"{label} holds {item.dtype}; an array of numbers is needed.")


def read_member(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    """The content of a file in a zip archive.

    Raises:
        KeyError: there is none of this name.
        ValueError: it would be larger than the size of the archive allows.
    """
    member = archive.getinfo(name)
    most = EXPANSION * member.compress_size + ALLOWANCE
    if member.file_size > most:
        raise ValueError(
            f"{path}: {name} would take {member.file_size:,} bytes, which is more than the "
            f"{most:,} that its size in the archive allows."
        )
    return archive.read(member)

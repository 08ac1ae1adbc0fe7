"""Files from the network, kept for the next time."""

from __future__ import annotations

import errno
import lzma
import os
import secrets
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

from jaxcnn.runtime import config
from jaxcnn.runtime.warn import warn_user
from jaxcnn.spellings.keywords import suggesting
from jaxcnn.utils.files import checksum_fits, download

_DIGITS = {"md5": 32, "sha256": 64}  # of a checksum
_FORMATS = ("tar", "zip")


@suggesting
def get_file(
    fname: str | os.PathLike[str],
    origin: str,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: str | list[str] | None = "auto",
    cache_dir: str | os.PathLike[str] | None = None,
) -> str:
    """The path of a file that is downloaded when it is not there yet.

    Args:
        fname: its name in the cache, or an absolute path.
        origin: its address.
        untar: take ``fname.tar.gz`` from `origin`, unpack it, and return the path of the ``fname``
            that was in it. Default: False.
        md5_hash: the same as `file_hash`. Default: None.
        file_hash: its SHA-256 or MD5, in hexadecimal digits; a file with another one is fetched
            again. Default: None.
        cache_subdir: the folder below `cache_dir`, or an absolute path. Default: 'datasets'.
        hash_algorithm: 'sha256', 'md5', or 'auto' to decide by the number of digits. Default:
            'auto'.
        extract: unpack the file, an archive, in its folder; files that are there already stay.
            Default: False.
        archive_format: 'tar' (compressed or not), 'zip', a list of them, or 'auto' for both.
            Default: 'auto'.
        cache_dir: where files are kept; by default ``$JAXCNN_HOME`` (``~/.jaxcnn``), where the file
            may also lie in Keras's own folder, ``$KERAS_HOME`` (``~/.keras``).

    Raises:
        DownloadError: the file cannot be fetched, or is another one than `file_hash` says.
        ValueError: settings without a meaning, or a file that is no such archive.

    Examples:
        >>> import pathlib
        >>> address = pathlib.Path("words.txt").resolve().as_uri()  # or https://...
        >>> pathlib.Path("words.txt").write_text("cat dog")
        7
        >>> jc.utils.get_file("copy.txt", address, cache_dir=".").endswith("copy.txt")
        True

    References:
        - Chollet et al., "Keras 2.0.4: keras/utils/data_utils.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/utils/data_utils.py>
    """
    checksum = _checked_hash(file_hash or md5_hash, hash_algorithm)
    name = f"{os.fspath(fname)}.tar.gz" if untar else os.fspath(fname)
    homes = (
        [Path(cache_dir).expanduser()]
        if cache_dir is not None
        else [config.home(), config.keras_home()]
    )
    path = _found_or_fetched([home / cache_subdir / name for home in homes], origin, checksum)
    if untar:
        unpacked = path.with_name(path.name.removesuffix(".tar.gz"))
        if not unpacked.exists():
            unpack(path, ("tar",))
        if not unpacked.exists():
            warn_user(f"{path} was unpacked, but holds no {unpacked.name}.")
        return str(unpacked)
    if extract:
        formats = [archive_format] if isinstance(archive_format, str) else archive_format or ()
        unpack(path, _FORMATS if list(formats) == ["auto"] else tuple(formats))
    return str(path)


def _found_or_fetched(paths: list[Path], origin: str, checksum: str | None) -> Path:
    """The first of the paths that holds the file, or else the first, after a download."""
    for path in paths:
        if path.exists() and (checksum is None or checksum_fits(path, checksum)):
            return path
    target = paths[0]
    if target.exists():  # replaced only once the right one has come
        new = download(origin, target.with_name(f"{target.name}.new"), checksum)
        os.replace(new, target)
        return target
    return download(origin, target, checksum)


# What the readers of archives raise on those that are damaged, encrypted or of a newer kind.
BROKEN = (
    tarfile.TarError,
    zipfile.BadZipFile,
    lzma.LZMAError,
    zlib.error,
    EOFError,
    KeyError,
    RuntimeError,
)


def unpack(path: Path, formats: tuple[str, ...]) -> None:
    """Unpack an archive of one of these formats in its folder; what is there already stays.

    Names that lead out of the folder, and whatever is neither a file, a folder nor a link inside,
    are refused.

    Raises:
        ValueError: an unknown format, or no archive of one of them.
    """
    if not formats or not set(formats) <= set(_FORMATS):
        raise ValueError(
            "`archive_format` must be 'auto', 'tar', 'zip' or a list of them; given "
            f"{list(formats)}."
        )
    is_one = {"tar": tarfile.is_tarfile, "zip": zipfile.is_zipfile}
    new = path.with_name(f".{secrets.token_hex(4)}.{path.name}.unpacked")
    try:
        try:
            kind = next((kind for kind in formats if is_one[kind](path)), None)
            if kind is None:
                raise ValueError(
                    f"{path} is no archive of the format {' or '.join(formats)}, so it cannot be "
                    "extracted."
                )
            if kind == "tar":
                with tarfile.open(path) as tar:
                    tar.extractall(new, filter="data")
                    while tar.fileobj and tar.fileobj.read(1 << 20):
                        pass  # up to the checksum
            else:
                with zipfile.ZipFile(path) as packed:
                    require_inside(packed.namelist())
                    packed.extractall(new)
        except BROKEN as error:
            raise ValueError(f"{path} cannot be unpacked: {error}") from error
        except OSError as error:  # of gzip, bzip2 and of places before the file's beginning
            if error.errno not in (None, errno.EINVAL):
                raise
            raise ValueError(f"{path} cannot be unpacked: {error}") from error
        for entry in new.iterdir():
            if not (target := path.with_name(entry.name)).exists():
                os.replace(entry, target)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def require_inside(names: Iterable[str]) -> None:
    """Refuse names of an archive that lead out of the folder where it is unpacked.

    Raises:
        BadZipFile: for the first of them.
    """
    for name in names:
        parts = name.replace("\\", "/").split("/")
        if not parts[0] or ".." in parts or ":" in parts[0]:
            raise zipfile.BadZipFile(f"{name!r} would lie outside of the folder")


def _checked_hash(checksum: str | None, algorithm: str) -> str | None:
    if algorithm != "auto" and algorithm not in _DIGITS:
        raise ValueError(
            f"`hash_algorithm` is {algorithm!r}; it must be 'auto', 'sha256' or 'md5'."
        )
    allowed = list(_DIGITS.values()) if algorithm == "auto" else [_DIGITS[algorithm]]
    if checksum is not None and len(checksum) not in allowed:
        raise ValueError(
            f"The hash {checksum!r} has {len(checksum)} digits; {algorithm!r} has "
            f"{' or '.join(map(str, allowed))}."
        )
    return None if checksum is None else checksum.lower()

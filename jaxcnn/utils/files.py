"""Files that are either whole or absent: atomic writing, checksums and downloads that resume."""

import contextlib
import hashlib
import os
import queue
import secrets
import shlex
import string
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from email.message import Message
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import IO, Any

from jaxcnn.utils.progbar import redraws_in_place

__all__ = [
    "DownloadError",
    "atomic_path",
    "atomic_write",
    "checksum_fits",
    "download",
    "download_command",
    "sha256",
]

PATIENCE = 10.0  # seconds without any sign of the other side before a download gives up
_BLOCK = 1 << 18  # bytes


class DownloadError(OSError):
    """A file could not be fetched; the message names the address and the reason."""


@contextlib.contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path; the file written there becomes ``path`` when the block ends.

    A reader sees the old file or the new one, never a part; when the block raises, ``path`` stays
    as it was. The temporary name keeps the suffix of ``path``, for libraries that choose a format
    by it. Missing parent folders are created.
    """
    path = os.path.expanduser(path)
    target = Path(os.path.realpath(path))  # of a link the file that it points to, also afterwards
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{secrets.token_hex(4)}.{target.name}")
    try:
        with naming(target):
            yield temporary
            with open(temporary, "rb+") as file:
                os.fsync(file.fileno())  # else a power cut may keep the new name without content
            os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Within the block errors of writing, as on a full disk, name the file."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = os.fspath(path)
        raise


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike[str], mode: str = "wb") -> Iterator[IO[Any]]:
    """Open ``path`` for writing, all or nothing as `atomic_path`; text, by "w", is UTF-8."""
    with (
        atomic_path(path) as temporary,
        open(temporary, mode, encoding=None if "b" in mode else "utf-8") as file,
    ):
        yield file


def sha256(path: str | os.PathLike[str]) -> str:
    """The SHA-256 checksum of a file, 64 hexadecimal digits."""
    return file_digest(path, "sha256")


def checksum_fits(path: str | os.PathLike[str], checksum: str) -> bool:
    """Whether a file has the SHA-256, or where it has 32 digits the MD5, `checksum`."""
    return file_digest(path, _algorithm(checksum)) == checksum


def _algorithm(checksum: str) -> str:
    return "md5" if len(checksum) == 32 else "sha256"


def file_digest(path: str | os.PathLike[str], algorithm: str) -> str:
    """The SHA-256 or MD5 of a file, in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def download(url: str, path: str | os.PathLike[str], checksum: str | None = None) -> Path:
    """Fetch ``url`` into ``path`` unless that exists, and return the path.

    The bytes collect in ``.NAME.partial`` in the folder of ``path``. The next call continues an
    interrupted download from there, whichever process makes it (several at once wait for the
    first), where the server can tell that it is still the same file, or a ``checksum`` can. The
    file gets its name once it is complete and has the ``checksum``: a SHA-256, or the MD5 of 32
    digits that some files are published with. Progress goes to the error stream.

    Raises:
        DownloadError: the network, the server or the checksum says no, within about ten seconds
            where no answer comes, and at once when the environment variable JAXCNN_OFFLINE is set
            (to anything but 0).
    """
    target = Path(path)
    if target.exists():
        return target
    if os.environ.get("JAXCNN_OFFLINE", "0") not in ("", "0"):
        raise DownloadError(f"{url}: not downloaded because JAXCNN_OFFLINE is set")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(target.parent):
            if not target.exists():  # else another process finished it while this one waited
                _fetch_verified(url, target, checksum)
    except (OSError, HTTPException, ValueError) as error:  # the last of odd addresses and headers
        raise DownloadError(f"{url}: {_reason(error)}") from error
    return target


def download_command(url: str, path: str | os.PathLike[str]) -> str:
    """The line of a shell that does the same as `download`, for a machine with a network."""
    return f"curl -L --create-dirs -o {shlex.quote(str(path))} {shlex.quote(url)}"


def _fetch_verified(url: str, target: Path, checksum: str | None) -> None:
    partial = _Partial(target)
    resumed = _fetch(url, partial, checksum is not None)
    if checksum and resumed and not checksum_fits(partial.path, checksum):
        partial.discard()  # what was there before did not belong to this file
        _fetch(url, partial, False)
    if checksum and (digest := file_digest(partial.path, _algorithm(checksum))) != checksum:
        partial.discard()
        raise OSError(
            f"the file that came has the {'MD5' if len(digest) == 32 else 'SHA-256'} {digest} "
            f"instead of {checksum}; it was changed there or on the way here, and has been thrown "
            "away"
        )
    os.replace(partial.path, target)
    partial.discard()


class _Partial:
    """The beginning of a file, and the mark by which the server tells this file from later ones."""

    def __init__(self, target: Path) -> None:
        self.name = target.name
        self.path = target.with_name(f".{target.name}.partial")
        self.mark_path = target.with_name(f".{target.name}.partial.mark")

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def mark(self) -> str | None:
        return self.mark_path.read_text(encoding="latin-1") if self.mark_path.exists() else None

    def begin(self, headers: Message) -> None:
        """A new file with these headers; tags that are weak name no bytes."""
        self.discard()
        tag = headers.get("ETag", "")
        if mark := tag if tag and not tag.startswith("W/") else headers.get("Last-Modified"):
            self.mark_path.write_text(mark, encoding="latin-1")

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)
        self.mark_path.unlink(missing_ok=True)


def _fetch(url: str, partial: _Partial, checked: bool) -> bool:
    """Append to ``partial`` the rest of ``url``; True when an earlier part of it was kept.

    Where the server gave no mark the part is only kept if the whole will be ``checked``.
    """
    mark, start = partial.mark, partial.size
    if not mark and not checked:
        start = 0
    headers = {"User-Agent": "jaxcnn"}
    if start:
        headers |= {"Range": f"bytes={start}-"} | ({"If-Range": mark} if mark else {})
    address = urllib.parse.quote(url, safe=string.punctuation)  # spaces, letters beyond ASCII
    try:
        response = _respond(urllib.request.Request(address, headers=headers))
    except urllib.error.HTTPError as error:
        error.close()
        if error.code != 416 or not start:
            raise
        # The server has nothing beyond: whether it is complete only a fresh copy can show.
        partial.discard()
        return _fetch(url, partial, checked)
    resumed = response.status == 206
    sent = response.headers.get("Content-Range", "")
    if resumed and not sent.startswith(f"bytes {start}-"):
        response.close()
        if not start:
            raise OSError(f"the server sent a part that nobody asked for ({sent})")
        partial.discard()
        return _fetch(url, partial, checked)
    if not resumed:  # the server sends everything from the beginning
        start = 0
        partial.begin(response.headers)
    with response, open(partial.path, "ab" if resumed else "wb") as file:
        length = response.headers.get("Content-Length")
        total = start + int(length) if length else None
        done, began = start, time.monotonic()
        with _Progress(partial.name, total) as progress:
            while block := response.read(_BLOCK):
                file.write(block)
                done += len(block)
                progress.update(done, (done - start) / max(time.monotonic() - began, 1e-9))
        file.flush()
        os.fsync(file.fileno())
    if total is not None and done != total:
        raise OSError(
            f"the connection broke after {done:,} of {total:,} bytes; run it again to fetch the "
            "rest"
        )
    return resumed


def _respond(request: urllib.request.Request) -> HTTPResponse:
    """``urlopen`` with one deadline for the name look-up and all addresses of the host together.

    The timeout of a socket holds for each address separately and not at all for the look-up, so
    that minutes can pass where a firewall drops packets; hence the thread.
    """
    answer: queue.SimpleQueue[HTTPResponse | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(urllib.request.urlopen(request, timeout=PATIENCE))
        except Exception as error:
            answer.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        result = answer.get(timeout=PATIENCE)
    except queue.Empty:
        raise TimeoutError(f"no answer within {PATIENCE:g} seconds") from None
    if isinstance(result, Exception):
        raise result
    return result


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"the server answered {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError):
        return f"no connection ({error.reason})"
    return str(error) or type(error).__name__


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, after waiting for another process that downloads into it."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    # The file stays: removing it would let two processes hold a lock at once.
    with open(folder / ".lock", "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class _Progress:
    """One line on the error stream: redrawn on a terminal, elsewhere written once at the end."""

    def __init__(self, name: str, total: int | None) -> None:
        self.name, self.total = name, total
        self.terminal = redraws_in_place(sys.stderr)
        self.line, self.drawn = "", 0.0

    def __enter__(self) -> "_Progress":
        return self

    def update(self, done: int, rate: float) -> None:
        megabytes = (
            f"{done / 1e6:.1f} MB"
            if self.total is None
            else f"{done / 1e6:.1f} of {self.total / 1e6:.1f} MB"
        )
        self.line = f"{self.name}: {megabytes}, {rate / 1e6:.1f} MB/s"
        if self.terminal and time.monotonic() - self.drawn > 0.1:
            self.drawn = time.monotonic()
            share = done / self.total if self.total else 0.0
            print(
                f"\r[{'=' * int(30 * share):<30}] {self.line} ", end="", file=sys.stderr, flush=True
            )

    def __exit__(self, *_: object) -> None:
        print(f"\r{' ' * 33 if self.terminal else ''}\r{self.line}", file=sys.stderr, flush=True)

"""Atomic writing, and downloads from a server on this machine that breaks off, refuses and lies."""

import hashlib
import http.server
import os
import socket
import threading
import time
import urllib.request

import pytest

from jaxcnn.utils import files
from jaxcnn.utils.files import DownloadError, atomic_path, atomic_write, download, sha256

CONTENT = bytes(range(256)) * 4096  # one MiB
CHECKSUM = hashlib.sha256(CONTENT).hexdigest()


class Server(http.server.ThreadingHTTPServer):
    """Serves CONTENT at any path; the attributes say how it behaves."""

    ranges = True  # answers Range requests
    tag: str | None = None  # the ETag of the content
    content = CONTENT
    shift = 0  # bytes by which a part begins elsewhere than asked
    length: str | None = None  # what it says instead of the real Content-Length
    break_after: int | None = None  # bytes of the body before it hangs up, once

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str | None] = []  # the Range header of each request
        self.url = f"http://127.0.0.1:{self.server_port}/digits.npz"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers["Range"]
        self.server.asked.append(wanted)
        if self.path.startswith("/missing"):
            self.send_error(404)
            return
        content, unchanged = self.server.content, self.headers["If-Range"]
        ranges = self.server.ranges and unchanged in (None, self.server.tag)
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and ranges else 0
        if start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        start += self.server.shift if start else 0
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if self.server.tag:
            self.send_header("ETag", self.server.tag)
        self.send_header("Content-Length", self.server.length or str(len(content) - start))
        self.end_headers()
        stop, self.server.break_after = self.server.break_after, None
        self.wfile.write(content[start : None if stop is None else start + stop])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.delenv("JAXCNN_OFFLINE", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def visible(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_atomic_write_creates_folders_and_replaces(tmp_path):
    path = tmp_path / "a" / "b.txt"
    for text in ("first", "zweite Fassung: ä"):
        with atomic_write(path, "w") as file:
            file.write(text)
        assert path.read_text(encoding="utf-8") == text
    assert os.listdir(path.parent) == ["b.txt"]


def test_atomic_write_keeps_the_old_file_when_the_writer_fails(tmp_path):
    path = tmp_path / "weights.bin"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError), atomic_write(path) as file:
        file.write(b"half of the new")
        raise RuntimeError
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["weights.bin"]


def test_atomic_path_keeps_the_suffix_and_follows_links(tmp_path):
    target, link = tmp_path / "real.png", tmp_path / "link.png"
    link.symlink_to(target)
    with atomic_path(link) as temporary:
        assert temporary.suffix == ".png"
        assert temporary.parent == tmp_path
        temporary.write_bytes(b"picture")
        assert not target.exists()
    assert link.is_symlink()
    assert target.read_bytes() == b"picture"


def test_atomic_path_with_nothing_written_raises(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "never.bin"):
        pass
    assert os.listdir(tmp_path) == []


def test_download(server, tmp_path, capsys):
    path = download(server.url, tmp_path / "new" / "digits.npz", CHECKSUM)
    assert path.read_bytes() == CONTENT
    assert sha256(path) == CHECKSUM
    assert visible(path.parent) == ["digits.npz"]
    assert "digits.npz: 1.0 of 1.0 MB" in capsys.readouterr().err
    download(server.url, path, CHECKSUM)
    assert len(server.asked) == 1, "a file that is there is not fetched again"


def test_download_resumes_after_a_broken_connection(server, tmp_path):
    path = tmp_path / "digits.npz"
    server.break_after = 300_000
    with pytest.raises(
        DownloadError, match=r"broke after 300,000 of 1,048,576 bytes; run it again"
    ):
        download(server.url, path, CHECKSUM)
    assert visible(tmp_path) == []
    download(server.url, path, CHECKSUM)
    assert server.asked == [None, "bytes=300000-"]
    assert path.read_bytes() == CONTENT


def broken_off(server, path):
    server.break_after = 300_000
    with pytest.raises(DownloadError, match="broke after 300,000"):
        download(server.url, path)


def test_a_file_that_changes_is_not_mixed(server, tmp_path):
    path, server.tag = tmp_path / "digits.npz", '"first"'
    broken_off(server, path)
    server.content, server.tag = CONTENT[::-1], '"second"'
    assert download(server.url, path).read_bytes() == CONTENT[::-1]
    assert server.asked == [None, "bytes=300000-"]
    assert sorted(os.listdir(tmp_path)) == [".lock", "digits.npz"]


def test_the_same_file_goes_on_by_its_mark(server, tmp_path):
    path, server.tag = tmp_path / "digits.npz", '"first"'
    broken_off(server, path)
    assert download(server.url, path).read_bytes() == CONTENT
    assert server.asked == [None, "bytes=300000-"]


@pytest.mark.parametrize("tag", [None, 'W/"weak"'])
def test_without_a_mark_or_a_checksum_it_begins_again(server, tmp_path, tag):
    path, server.tag = tmp_path / "digits.npz", tag
    broken_off(server, path)
    assert download(server.url, path).read_bytes() == CONTENT
    assert server.asked == [None, None]


def test_a_part_that_begins_elsewhere_is_thrown_away(server, tmp_path):
    path, server.tag = tmp_path / "digits.npz", '"first"'
    broken_off(server, path)
    server.shift = 100
    assert download(server.url, path).read_bytes() == CONTENT
    assert server.asked == [None, "bytes=300000-", None]


def test_odd_addresses_and_headers(server, tmp_path):
    assert download(f"{server.url}/ä b", tmp_path / "a").read_bytes() == CONTENT
    with pytest.raises(DownloadError, match="unknown url type"):
        download("nothing", tmp_path / "b")
    server.length = "abc"
    with pytest.raises(DownloadError, match="abc"):
        download(server.url, tmp_path / "c")


def test_download_starts_over_where_the_server_cannot_resume(server, tmp_path):
    server.ranges = False
    (tmp_path / ".digits.npz.partial").write_bytes(CONTENT[:1000])
    assert download(server.url, tmp_path / "digits.npz", CHECKSUM).read_bytes() == CONTENT


@pytest.mark.parametrize("left", [b"another file's beginning", CONTENT, CONTENT + b"more"])
def test_download_discards_a_part_that_does_not_belong(server, tmp_path, left):
    (tmp_path / ".digits.npz.partial").write_bytes(left)
    assert download(server.url, tmp_path / "digits.npz", CHECKSUM).read_bytes() == CONTENT


def test_download_with_the_wrong_checksum_leaves_nothing(server, tmp_path):
    with pytest.raises(DownloadError, match=f"SHA-256 {CHECKSUM} instead of {'0' * 64}"):
        download(server.url, tmp_path / "digits.npz", "0" * 64)
    assert os.listdir(tmp_path) == [".lock"]


def test_download_with_a_checksum_of_the_older_kind(server, tmp_path):
    md5 = hashlib.md5(CONTENT).hexdigest()
    assert download(server.url, tmp_path / "digits.npz", md5).read_bytes() == CONTENT
    with pytest.raises(DownloadError, match=f"MD5 {md5} instead of {'0' * 32}"):
        download(server.url, tmp_path / "other.npz", "0" * 32)


def test_two_downloads_at_once_fetch_once(server, tmp_path):
    path = tmp_path / "digits.npz"
    threads = [
        threading.Thread(target=download, args=(server.url, path, CHECKSUM)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() == CONTENT
    assert server.asked == [None]


def test_download_says_what_the_server_answered(server, tmp_path):
    with pytest.raises(DownloadError, match=r"/missing: the server answered 404 Not Found"):
        download(server.url.replace("digits.npz", "missing"), tmp_path / "digits.npz")


def test_download_without_a_server_fails_at_once(tmp_path, monkeypatch):
    monkeypatch.delenv("JAXCNN_OFFLINE", raising=False)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        with pytest.raises(DownloadError, match=r"no connection .*refused"):
            download(f"http://127.0.0.1:{unused.getsockname()[1]}/x", tmp_path / "x")


def test_download_gives_up_on_silence(tmp_path, monkeypatch):
    monkeypatch.delenv("JAXCNN_OFFLINE", raising=False)
    monkeypatch.setattr(files, "PATIENCE", 0.2)
    hang = threading.Event()
    monkeypatch.setattr(urllib.request, "urlopen", lambda *_, **__: hang.wait(10))
    began = time.monotonic()
    with pytest.raises(DownloadError, match=r"no answer within 0\.2 seconds"):
        download("http://example.invalid/x", tmp_path / "x")
    assert time.monotonic() - began < 5
    hang.set()


def test_offline_forbids_downloads(server, tmp_path, monkeypatch):
    monkeypatch.setenv("JAXCNN_OFFLINE", "1")
    with pytest.raises(DownloadError, match="JAXCNN_OFFLINE is set"):
        download(server.url, tmp_path / "digits.npz")
    assert server.asked == []
    monkeypatch.setenv("JAXCNN_OFFLINE", "0")
    download(server.url, tmp_path / "digits.npz")

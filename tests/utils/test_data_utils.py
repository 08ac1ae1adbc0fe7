"""get_file: where files are found, when they are fetched, and archives that are unpacked."""

import hashlib
import inspect
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from jaxcnn.utils import data_utils, files, get_file
from jaxcnn.utils.data_utils import unpack
from jaxcnn.utils.files import DownloadError

ORIGIN = "http://example.org/file"
CONTENT = b"some words\n" * 10


@pytest.fixture
def server(monkeypatch, tmp_path):
    """`served` is what any address gives; `asked` the addresses that were asked for. Folders are
    this test's own.
    """

    class Server:
        served = CONTENT
        asked: list = []  # noqa: RUF012

    def fetch(url, partial, checked):
        Server.asked.append(url)
        partial.path.write_bytes(Server.served)
        return False

    Server.asked = []
    monkeypatch.setattr(files, "_fetch", fetch)
    monkeypatch.setenv("JAXCNN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("JAXCNN_OFFLINE", raising=False)
    return Server


def tar_of(**members):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name.replace("__", "/"))
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return made.getvalue()


def zip_of(**members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name, content in members.items():
            packed.writestr(name.replace("__", "/"), content)
    return made.getvalue()


def test_the_signature_of_keras_2_0_4():
    plain = [
        str(p.replace(annotation=p.empty)) for p in inspect.signature(get_file).parameters.values()
    ]
    assert ", ".join(plain) == (
        "fname, origin, untar=False, md5_hash=None, file_hash=None, cache_subdir='datasets', "
        "hash_algorithm='auto', "
        "extract=False, archive_format='auto', cache_dir=None"
    )


def test_a_file_is_fetched_once(server, tmp_path):
    path = get_file("words.txt", ORIGIN, cache_subdir="texts")
    assert (
        path
        == str(tmp_path / "home" / "texts" / "words.txt")
        == get_file("words.txt", ORIGIN, cache_subdir="texts")
    )
    assert Path(path).read_bytes() == CONTENT and server.asked == [ORIGIN]


def test_keras_own_folder_is_looked_at_and_left_alone(server, tmp_path):
    there = tmp_path / "keras" / "datasets" / "words.txt"
    there.parent.mkdir(parents=True)
    there.write_bytes(b"old")
    assert get_file("words.txt", ORIGIN) == str(there) and not server.asked
    checked = get_file("words.txt", ORIGIN, file_hash=hashlib.sha256(CONTENT).hexdigest())
    assert checked == str(tmp_path / "home" / "datasets" / "words.txt")
    assert there.read_bytes() == b"old" and server.asked == [ORIGIN]


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_a_file_with_another_hash_is_fetched_again_and_kept_until_the_right_one_has_come(
    server, tmp_path, algorithm
):
    path, checksum = tmp_path / "words.txt", hashlib.new(algorithm, CONTENT).hexdigest().upper()
    path.write_bytes(b"old")
    server.served = b"neither"
    with pytest.raises(DownloadError, match="instead of"):
        get_file(path, ORIGIN, file_hash=checksum)
    assert path.read_bytes() == b"old"
    server.served = CONTENT
    name = "md5_hash" if algorithm == "md5" else "file_hash"
    assert get_file(
        "words.txt", ORIGIN, cache_dir=tmp_path, cache_subdir="", **{name: checksum}
    ) == str(path)
    assert path.read_bytes() == CONTENT
    asked = len(server.asked)
    get_file(path, ORIGIN, file_hash=checksum, hash_algorithm=algorithm)
    assert len(server.asked) == asked


def test_untar_gives_what_was_in_the_archive(server, tmp_path):
    server.served = tar_of(words__one=b"1", words__two=b"2")
    folder = get_file("words", ORIGIN, untar=True, cache_dir=tmp_path)
    assert folder == str(tmp_path / "datasets" / "words")
    assert (tmp_path / "datasets" / "words" / "two").read_bytes() == b"2"
    (tmp_path / "datasets" / "words" / "two").write_bytes(b"mine")
    get_file("words", ORIGIN, untar=True, cache_dir=tmp_path)
    assert (tmp_path / "datasets" / "words" / "two").read_bytes() == b"mine"


@pytest.mark.parametrize("pack", [tar_of, zip_of])
def test_extract_leaves_what_is_there(server, tmp_path, pack):
    server.served = pack(words__one=b"1", readme=b"read")
    (tmp_path / "readme").write_bytes(b"mine")
    path = get_file("packed", ORIGIN, extract=True, cache_dir=tmp_path, cache_subdir="")
    assert path == str(tmp_path / "packed") and (tmp_path / "words" / "one").read_bytes() == b"1"
    assert (tmp_path / "readme").read_bytes() == b"mine"
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != ".lock") == [
        "packed",
        "readme",
        "words",
    ]


@pytest.mark.parametrize("pack", [tar_of, zip_of])
def test_archives_cannot_write_elsewhere(server, tmp_path, pack):
    server.served = pack(**{"..__outside": b"1"})
    with pytest.raises(ValueError, match=r"packed cannot be unpacked: .*outside"):
        get_file("packed", ORIGIN, extract=True, cache_dir=tmp_path, cache_subdir="inner")
    assert not (tmp_path / "outside").exists()
    assert sorted(p.name for p in (tmp_path / "inner").iterdir() if p.name != ".lock") == ["packed"]


def test_a_damaged_archive(server, tmp_path):
    server.served = tar_of(other=b"1")
    with pytest.warns(UserWarning, match=r"words\.tar\.gz was unpacked, but holds no words"):
        get_file("words", ORIGIN, untar=True, cache_dir=tmp_path)
    random = bytes(range(256)) * 8
    server.served = tar_of(cut=random)[:300]
    with pytest.raises(ValueError, match=r"cut\.tar\.gz"):
        get_file("cut", ORIGIN, untar=True, cache_dir=tmp_path)


@pytest.mark.parametrize("end", [20, 60, 300, -1])
@pytest.mark.parametrize("kind", ["gz", "bz2", "xz"])
def test_archives_that_are_cut_off_or_damaged(tmp_path, kind, end):
    path = tmp_path / "cut"
    with tarfile.open(path, f"w:{kind}") as archive:
        member = tarfile.TarInfo("one")
        member.size = 4096
        archive.addfile(member, io.BytesIO(bytes(range(256)) * 16))
    content = bytearray(path.read_bytes())
    if end < 0:
        content[len(content) // 2] ^= 255
    path.write_bytes(content[:end] if end > 0 else content)
    with pytest.raises(ValueError, match=r"cut (cannot be unpacked|is no archive)"):
        unpack(path, ("tar", "zip"))
    assert [file.name for file in tmp_path.iterdir()] == ["cut"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"extract": True}, "is no archive of the format tar or zip"),
        ({"extract": True, "archive_format": "rar"}, "must be 'auto', 'tar', 'zip'"),
        ({"extract": True, "archive_format": None}, "must be 'auto', 'tar', 'zip'"),
        ({"hash_algorithm": "crc"}, "`hash_algorithm` is 'crc'"),
        ({"file_hash": "12"}, "has 2 digits; 'auto' has 32 or 64"),
        ({"file_hash": "1" * 32, "hash_algorithm": "sha256"}, "has 32 digits; 'sha256' has 64"),
    ],
)
def test_what_makes_no_sense(server, options, message):
    with pytest.raises(ValueError, match=message):
        get_file("words.txt", ORIGIN, **options)


def test_public_names():
    assert data_utils.get_file is get_file

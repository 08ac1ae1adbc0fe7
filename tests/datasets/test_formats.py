"""Every format is read from files that the tests write; every kind of damage is named."""

import gzip
import io
import pickle
import tarfile
import zipfile

import numpy as np
import pytest

from jaxcnn.datasets import formats
from jaxcnn.datasets.formats import (
    DamagedFileError,
    read_cifar10,
    read_cifar100,
    read_idx,
    read_npz,
)
from jaxcnn.utils import unpickle

from .writers import assert_same, cifar_pickle, photographs, write_cifar10, write_idx, write_npz

# npz
# --------------------------------------------------------------------------------------------------


def test_npz(tmp_path, digits):
    assert_same(read_npz(write_npz(tmp_path / "mnist.npz", digits)), digits)


def test_npz_labels_may_be_a_column(tmp_path, digits):
    assert_same(
        read_npz(write_npz(tmp_path / "a.npz", digits, y_train=digits[0][1][:, None])), digits
    )


def test_npz_truncated(tmp_path, digits):
    path = write_npz(tmp_path / "mnist.npz", digits)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(
        DamagedFileError,
        match=r"mnist\.npz is damaged: not a readable NumPy archive .* Delete it and",
    ):
        read_npz(path)


def test_npz_with_a_flipped_byte(tmp_path, digits):
    path = write_npz(tmp_path / "mnist.npz", digits)
    content = bytearray(path.read_bytes())
    content[2000] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(DamagedFileError, match=r"not a readable NumPy archive"):
        read_npz(path)


def test_npz_that_is_a_web_page_or_empty(tmp_path):
    for content in (b"<html>404</html>", b""):
        (tmp_path / "mnist.npz").write_bytes(content)
        with pytest.raises(DamagedFileError, match="not a readable NumPy archive"):
            read_npz(tmp_path / "mnist.npz")


def test_npz_that_is_a_single_array(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros(3))
    with pytest.raises(DamagedFileError, match="not a readable NumPy archive"):
        read_npz(tmp_path / "a.npy")


def test_npz_without_an_array(tmp_path):
    np.savez(tmp_path / "a.npz", x_train=np.zeros(1), x_test=np.zeros(1))
    with pytest.raises(DamagedFileError, match="it lacks y_train, y_test"):
        read_npz(tmp_path / "a.npz")


def test_npz_with_objects_is_not_unpickled(tmp_path, digits):
    path = write_npz(tmp_path / "a.npz", digits, y_test=np.array([print, None], object))
    with pytest.raises(DamagedFileError, match="it holds objects"):
        read_npz(path)


# idx
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dot", [False, True])
@pytest.mark.parametrize("gz", [False, True])
def test_idx(tmp_path, digits, dot, gz):
    assert_same(read_idx(write_idx(tmp_path, digits, dot, gz)), digits)


def test_idx_damages(tmp_path, digits):
    def damaged(change, gz=False):
        path = write_idx(tmp_path, digits, gz=gz)
        path.write_bytes(change(path.read_bytes()))
        with pytest.raises(DamagedFileError) as caught:
            read_idx(path)
        path.unlink()
        assert str(path) in str(caught.value)
        return str(caught.value)

    assert "header promises 5,488 bytes of data, 5,478 follow" in damaged(lambda b: b[:-10])
    assert "5,489 follow" in damaged(lambda b: b + b"x")
    assert "starts with the bytes 00 00 0d 03" in damaged(lambda b: b"\0\0\r\3" + b[4:])
    assert "starts with the bytes 00 00 08 01" in damaged(lambda b: b"\0\0\x08\1" + b[4:])
    assert "starts with the bytes " in damaged(lambda b: b"")
    assert "follow" in damaged(lambda b: b[:8] + b"\xff\xff\xff\xff" + b[12:])
    assert "not a readable gzip file" in damaged(lambda b: b[:-20], gz=True)
    assert "not a readable gzip file" in damaged(
        lambda b: b[:40] + bytes([b[40] ^ 255]) + b[41:], gz=True
    )
    assert "not a readable gzip file" in damaged(lambda b: b"<html>", gz=True)


def test_idx_with_a_missing_part(tmp_path, digits):
    path = write_idx(tmp_path, digits)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(
        DamagedFileError, match=r"t10k-labels-idx1-ubyte\[\.gz\] is missing next to train-images"
    ):
        read_idx(path)


# CIFAR
# --------------------------------------------------------------------------------------------------


def test_cifar10_folder_and_archive(tmp_path):
    folder = tmp_path / "cifar-10-batches-py"
    written = write_cifar10(folder)
    assert_same(read_cifar10(folder), written)
    with tarfile.open(tmp_path / "cifar-10-python.tar.gz", "w:gz") as archive:
        archive.add(folder, folder.name)
    assert_same(read_cifar10(tmp_path / "cifar-10-python.tar.gz"), written)


def test_cifar100(tmp_path):
    for seed, name in enumerate(("train", "test")):
        x, y = photographs(3, 100, seed)
        (tmp_path / name).write_bytes(
            cifar_pickle(x, fine_labels=y.tolist(), coarse_labels=(y // 5).tolist())
        )
    (_, fine), _ = read_cifar100(tmp_path)
    (_, coarse), _ = read_cifar100(tmp_path, "coarse")
    np.testing.assert_array_equal(coarse, fine // 5)


@pytest.mark.parametrize("protocol", range(6))
def test_cifar_batches_of_every_pickle_protocol(tmp_path, protocol):
    write_cifar10(tmp_path / "c")
    x, y = photographs(4)
    batch = {b"data": x.transpose(0, 3, 1, 2).reshape(4, -1), b"labels": y}
    (tmp_path / "c/test_batch").write_bytes(pickle.dumps(batch, protocol=protocol))
    _, test = read_cifar10(tmp_path / "c")
    np.testing.assert_array_equal(test[0], x)


def test_cifar_damages(tmp_path):
    folder = tmp_path / "cifar-10-batches-py"
    write_cifar10(folder)
    batch = folder / "data_batch_3"
    good = batch.read_bytes()

    def message():
        with pytest.raises(DamagedFileError) as caught:
            read_cifar10(folder)
        return str(caught.value)

    for content in (good[: len(good) // 2], b"", b"<html>"):
        batch.write_bytes(content)
        assert f"{batch} is damaged: not a CIFAR batch with labels" in message()
    batch.write_bytes(cifar_pickle(photographs(2)[0], fine_labels=[1, 2]))
    assert "not a CIFAR batch with labels (KeyError" in message()
    batch.write_bytes(cifar_pickle(photographs(2)[0], labels=[1, 2, 3]))
    assert "3 labels for pixels of shape (2, 3072)" in message()
    batch.unlink()
    assert f"{folder} is damaged: it lacks data_batch_3." in message()


def test_cifar_truncated_archive(tmp_path):
    write_cifar10(tmp_path / "c")
    path = tmp_path / "cifar-10-python.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(tmp_path / "c", "cifar-10-batches-py")
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(DamagedFileError, match="cannot be read to its end"):
        read_cifar10(path)


class Attack:
    def __reduce__(self):
        return (open, ("attacked", "w"))


@pytest.mark.parametrize("protocol", [0, 2, 5])
def test_a_pickle_that_wants_to_run_code_is_refused(tmp_path, monkeypatch, protocol):
    monkeypatch.chdir(tmp_path)
    write_cifar10(tmp_path / "c")
    (tmp_path / "c/data_batch_1").write_bytes(
        pickle.dumps({b"data": Attack(), b"labels": []}, protocol=protocol)
    )
    with pytest.raises(DamagedFileError, match=r"it asks for (_?io|builtins|__builtin__)\.open"):
        read_cifar10(tmp_path / "c")
    assert not (tmp_path / "attacked").exists()


def test_a_pickle_cannot_reach_names_through_dots(tmp_path):
    write_cifar10(tmp_path / "c")
    stream = io.BytesIO()
    stream.write(b"\x80\x04\x8c\x05numpy\x8c\x12ndarray.__class__.\x93.")
    (tmp_path / "c/data_batch_1").write_bytes(stream.getvalue())
    with pytest.raises(DamagedFileError):
        read_cifar10(tmp_path / "c")


def test_bombs(tmp_path, monkeypatch):
    monkeypatch.setattr(formats, "ALLOWANCE", 1 << 16)
    with gzip.open(tmp_path / "train-images-idx3-ubyte.gz", "wb") as file:
        file.write(bytes(1 << 20))
    with pytest.raises(DamagedFileError, match=r"more than the [0-9,]+ bytes that its size"):
        formats.gunzipped(tmp_path / "train-images-idx3-ubyte.gz")
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", bytes(1 << 27))
    with pytest.raises(DamagedFileError, match=r"x\.npy would take 134,217,728 bytes"):
        formats.read_arrays(tmp_path / "a.npz", ["x"])


def test_lists_that_stand_in_themselves_many_times_are_read_once():
    value = [np.arange(2)]
    for _ in range(60):
        value = [value, value]
    assert len(unpickle.loads(pickle.dumps(value))) == 2

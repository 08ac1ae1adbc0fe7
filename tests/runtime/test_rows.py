"""Rows that are read when they are needed, and files whose pages are given back."""

import mmap
import sys
from pathlib import Path

import numpy as np
import pytest

from jaxcnn.runtime.rows import ChosenRows, let_go, mapped_file

ARRAY = np.arange(60).reshape(10, 3, 2)


@pytest.mark.parametrize("index", [np.array([4, 0, 9]), np.array([[1, 2], [2, 7]])])
def test_parts_are_those_of_the_whole(index):
    asked = []

    def take(numbers):
        asked.append(numbers.size)
        return ARRAY[numbers]

    rows = ChosenRows(take, index, ARRAY.shape[1:], ARRAY.dtype)
    whole = ARRAY[index]
    assert rows.shape == whole.shape and rows.ndim == whole.ndim and len(rows) == len(whole)
    part = (slice(0, 1), *[slice(None)] * (rows.ndim - 1))
    assert np.array_equal(rows[part], whole[part]) and asked == [whole[part].size // 6]
    assert np.array_equal(np.asarray(rows), whole)
    last = (*[slice(None)] * (rows.ndim - 1), slice(1, 2))
    assert np.array_equal(rows[last], whole[last])


@pytest.mark.parametrize("mode", ["r", "r+", "c"])
def test_what_was_changed_is_not_lost(tmp_path, mode):
    np.save(tmp_path / "x.npy", np.ones((4, 2)))
    mapped = np.load(tmp_path / "x.npy", mmap_mode=mode)
    if mode != "r":
        mapped[1] = 5
    file = mapped_file(np.asarray(mapped[1:])[:, :1])
    assert (file is None) == (mode == "c")
    if file is not None:
        let_go(file)
    assert mapped.tolist() == [[1, 1], [5, 5] if mode != "r" else [1, 1], [1, 1], [1, 1]]


def test_arrays_in_memory_are_no_files():
    assert mapped_file(np.ones(3)) is None and mapped_file([1, 2]) is None


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_pages_are_given_back(tmp_path):
    def resident():
        return int(Path("/proc/self/statm").read_text().split()[1]) * mmap.PAGESIZE / 2**20

    with open(tmp_path / "x", "wb") as file:
        file.truncate(2**26)
    mapped = np.memmap(tmp_path / "x", np.uint8, "r")
    mapped.sum()
    read = resident()
    let_go(mapped_file(mapped))
    assert read - resident() > 50  # of 64 MiB

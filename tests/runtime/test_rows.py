"""Rows that are read when they are needed, and files whose pages are given back."""

import mmap

import numpy as np
import pytest

from jaxcnn.runtime.rows import ChosenRows, let_go

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


@pytest.mark.skipif(not hasattr(mmap, "MADV_DONTNEED"), reason="this system cannot be told")
@pytest.mark.parametrize("mode", ["r", "r+", "c"])
def test_pages_are_given_back_where_the_file_has_what_they_hold(tmp_path, mode, monkeypatch):
    np.save(tmp_path / "x.npy", np.ones((4, 2)))
    mapped = np.load(tmp_path / "x.npy", mmap_mode=mode)
    if mode != "r":
        mapped[1] = 5
    let_go(np.asarray(mapped[1:])[:, :1])
    assert mapped.tolist() == [[1, 1], [5, 5] if mode != "r" else [1, 1], [1, 1], [1, 1]]
    let_go(np.ones(3))  # in memory: nothing to do

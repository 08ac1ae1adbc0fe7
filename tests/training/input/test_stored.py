"""Arrays on disk: cut without reading, read in the order of the file."""

import numpy as np
import pytest

from jaxcnn.training.input.stored import Rows, is_stored


class File:
    """An array that notes which slices are read."""

    def __init__(self, array):
        self.array, self.shape, self.reads = array, array.shape, []

    def __len__(self):
        return len(self.array)

    def __getitem__(self, part):
        self.reads.append((part.start, part.stop))
        return self.array[part]


@pytest.fixture
def file():
    return File(np.arange(20, dtype="int16").reshape(10, 2))


def test_it_looks_like_an_array(file):
    rows = Rows(file)
    assert rows.shape == (10, 2) and rows.ndim == 2 and len(rows) == 10
    assert file.reads == [(0, 1)] and rows.dtype == np.int16  # of a file that does not say
    assert np.array_equal(np.asarray(rows), file.array)
    assert np.asarray(rows, "float32").dtype == np.float32


def test_slices_are_not_read(file):
    rows = Rows(file)[2:9]
    file.reads.clear()
    assert len(rows) == 7 and rows.shape == (7, 2) and len(rows[1:-1]) == 5
    assert len(rows[5:3]) == 0 and len(rows[:100]) == 7
    for step in (2, -1):
        with pytest.raises(IndexError, match="consecutive samples only"):
            rows[::step]


def test_slices_of_slices_count_from_the_file(file):
    part = Rows(file)[2:9][1:4]
    assert np.array_equal(np.asarray(part), file.array[3:6])
    assert np.array_equal(part.take(np.array([2, 0])), file.array[[5, 3]])


def test_neighbours_are_read_at_once_and_in_order(file):
    rows = Rows(file)[1:]
    file.reads.clear()
    index = np.array([[7, 2], [1, 2]])
    assert np.array_equal(rows.take(index), file.array[1:][index])
    assert file.reads == [(2, 4), (8, 9)]


def test_what_counts_as_stored(tmp_path):
    import h5py

    from jaxcnn.utils.io_utils import HDF5Matrix

    with h5py.File(tmp_path / "x.h5", "w") as opened:
        opened["x"] = np.zeros((3, 2))
        assert is_stored(opened["x"])
    assert is_stored(HDF5Matrix(tmp_path / "x.h5", "x"))
    assert not is_stored(np.zeros(3)) and not is_stored([1])

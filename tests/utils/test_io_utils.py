"""Data sets in HDF5 files, read range by range."""

import h5py
import numpy as np
import pytest

from jaxcnn.utils import HDF5Matrix


@pytest.fixture
def path(tmp_path):
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x"] = np.arange(20, dtype="int16").reshape(10, 2)
    return tmp_path / "data.h5"


def test_a_range_of_samples(path):
    matrix = HDF5Matrix(path, "x", 2, 8)
    assert len(matrix) == 6 and matrix.shape == (6, 2) and matrix.dtype == np.int16
    np.testing.assert_array_equal(matrix[0], [4, 5])
    np.testing.assert_array_equal(matrix[5], [14, 15])
    np.testing.assert_array_equal(matrix[1:3], [[6, 7], [8, 9]])
    np.testing.assert_array_equal(matrix[::3], [[4, 5], [10, 11]])
    np.testing.assert_array_equal(matrix[4:], [[12, 13], [14, 15]])
    np.testing.assert_array_equal(matrix[[0, 2]], [[4, 5], [8, 9]])
    assert matrix[3:1].shape == (0, 2)
    assert (matrix.ndim, matrix.size) == (2, 12)
    assert len(HDF5Matrix(path, "x")) == 10 and len(HDF5Matrix(path, "x", 9)) == 1


def test_pieces_are_normalised_as_they_are_read(path):
    matrix = HDF5Matrix(path, "x", normalizer=lambda x: x / 2)
    np.testing.assert_array_equal(matrix[1], [1.0, 1.5])
    assert matrix.dtype == np.float64
    narrow = HDF5Matrix(path, "x", normalizer=lambda x: x[:, ::2])
    assert narrow.shape == (10, 1) and narrow.size == 10


@pytest.mark.parametrize("numbers", [6, -1, [0, 6], slice(6, 7), range(6, 7)])
def test_samples_outside_of_the_range(path, numbers):
    with pytest.raises(IndexError, match="of 6 are asked for"):
        HDF5Matrix(path, "x", 2, 8)[numbers]


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 5), (6, 5), (0, 11)])
def test_ranges_outside_of_the_data(path, start, end):
    with pytest.raises(ValueError, match=f"'x' has 10 samples; the range {start} to {end}"):
        HDF5Matrix(path, "x", start, end)


def test_what_is_not_there(path, tmp_path):
    with pytest.raises(KeyError, match=r"data\.h5 has no 'y'"):
        HDF5Matrix(path, "y")
    with pytest.raises(ValueError, match=r"'/' of .*data\.h5 is no data set"):
        HDF5Matrix(path, "/")
    (tmp_path / "text.h5").write_text("text")
    with pytest.raises(OSError, match=r"text\.h5 cannot be read"):
        HDF5Matrix(tmp_path / "text.h5", "x")
    with pytest.raises(OSError, match="nowhere"):
        HDF5Matrix(tmp_path / "nowhere.h5", "x")

"""Arrays in NumPy's files: all orders and shapes, and none that are only declared."""

import io

import numpy as np
import pytest

from jaxcnn.utils.npy import read_npy


def content(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.asfortranarray(np.arange(6, dtype=">i2").reshape(3, 2)),
        np.array(3.5),
        np.empty((0, 4), "f4"),
        np.array(["a", "bcd"]),
    ],
    ids=str,
)
def test_arrays_come_back(array):
    again = read_npy(content(array))
    np.testing.assert_array_equal(again, array)
    assert again.dtype == array.dtype and again.flags.writeable


def test_what_is_refused():
    whole = content(np.arange(3.0))
    with pytest.raises(ValueError, match=r"it ends before the 999 elements of its shape .999,"):
        read_npy(whole.replace(b"(3,)", b"(999,)").replace(b"\n", b"\n", 1))
    with pytest.raises(ValueError, match="it ends before"):
        read_npy(whole[:-1])
    with pytest.raises(ValueError, match="holds objects"):
        read_npy(content(np.array([None])))

import numpy as np
import pytest

from jaxcnn.spellings.dialect import speaking
from jaxcnn.utils import np_utils, to_categorical
from jaxcnn.utils.np_utils import normalize


def test_to_categorical_is_one_hot():
    rows = to_categorical([1, 0, 2, 1])
    np.testing.assert_array_equal(rows, [[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0]])
    assert rows.dtype == np.float64
    np.testing.assert_array_equal(to_categorical([0, 1], 2), [[1, 0], [0, 1]])
    np.testing.assert_array_equal(to_categorical([1, 2, 3], None), np.eye(4)[1:])
    assert to_categorical is np_utils.to_categorical


def test_to_categorical_flattens_columns_and_widens():
    assert to_categorical(np.array([[3], [1]], np.uint8), 10).shape == (2, 10)
    assert to_categorical([], 4).shape == (0, 4)
    assert to_categorical([0.0, 2.0]).shape == (2, 3)


@pytest.mark.parametrize(
    ("labels", "classes", "message"),
    [
        ([0, 10], 10, "labels from 0 to 9; got 0 to 10"),
        ([-1, 2], None, "got -1 to 2"),
        ([0.5], None, "whole numbers"),
        ([float("nan")], 3, "whole numbers"),
        ([], None, "no labels"),
    ],
)
def test_to_categorical_refuses(labels, classes, message):
    with pytest.raises(ValueError, match=message):
        to_categorical(labels, classes)


def test_normalize():
    x = np.array([[3.0, 4.0], [0.0, 0.0]])
    np.testing.assert_allclose(normalize(x), [[0.6, 0.8], [0.0, 0.0]])
    np.testing.assert_allclose(normalize(x, axis=0, order=1), [[1.0, 1.0], [0.0, 0.0]])


@pytest.mark.parametrize(("keras", "dtype"), [("1.2", "float64"), ("2.2", "float32")])
def test_labels_in_programs_of_old_keras(keras, dtype):
    with speaking(keras):
        rows = to_categorical([-1, 0], 3)
    np.testing.assert_array_equal(rows, [[0, 0, 1], [1, 0, 0]])
    assert rows.dtype == dtype
    assert to_categorical([0, 1], dtype="int32").dtype == np.int32


def test_a_normalized_row_has_two_axes_in_programs_of_old_keras():
    with speaking("2.0"):
        np.testing.assert_allclose(normalize([3.0, 4.0]), [[0.6, 0.8]])
    assert normalize([3.0, 4.0]).shape == (2,)

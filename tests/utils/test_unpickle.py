"""Whatever NumPy pickles comes back, by every protocol; all else in a pickle is refused."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from jaxcnn.utils import unpickle

DTYPES = st.sampled_from(["u1", "<i4", ">i8", "<f4", ">f8", "f2", "?"])
ARRAYS = DTYPES.flatmap(
    lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=0, min_side=0, max_side=4))
)


@settings(deadline=None, max_examples=80)
@given(ARRAYS, st.integers(0, 5), st.booleans())
def test_arrays_come_back(array, protocol, fortran):
    array = np.asfortranarray(array) if fortran else array
    actual = unpickle.loads(pickle.dumps({"a": [array, 1], "b": (2.5, None)}, protocol=protocol))
    np.testing.assert_array_equal(actual["a"][0], array)
    assert actual["a"][0].dtype == array.dtype
    assert (actual["a"][1], actual["b"]) == (1, (2.5, None))


@pytest.mark.parametrize("protocol", range(6))
def test_objects_and_scalars_come_back(protocol):
    array = np.empty((2, 2), object)
    array[:] = [[[1, 2], "text"], [np.arange(3), np.float32(0.5)]]
    actual = unpickle.loads(pickle.dumps([array, np.int64(7)], protocol=protocol))
    assert actual[1] == 7
    assert actual[0].shape == (2, 2)
    assert actual[0][0].tolist() == [[1, 2], "text"]
    np.testing.assert_array_equal(actual[0][1, 0], np.arange(3))


def reduced(module, name, *arguments):
    """A pickle that calls a function; it need not exist here."""
    opcodes = (
        b"\x80\x04"
        + b"".join(b"\x8c" + bytes([len(t)]) + t.encode() for t in (module, name))
        + b"\x93"
    )
    return opcodes + pickle.dumps(arguments, protocol=2)[2:-1] + b"R."


@pytest.mark.parametrize(
    ("module", "name", "arguments"),
    [
        ("os", "system", ("true",)),
        ("builtins", "eval", ("1",)),
        ("builtins", "getattr", ("", "join")),
        ("numpy", "load", ("file",)),
        ("numpy.core.multiarray", "fromfile", ("file",)),
        ("numpy", "ndarray.tofile", ("file",)),
        ("numpy._core.multiarray", "_reconstruct.__globals__", ()),
        ("numpy", "dtype", ("V8",)),
        ("numpy", "dtype", ("O8,O8",)),
        ("numpy", "ndarray", ((1,), "O")),
        ("_codecs", "encode", ("a", "zip")),
        ("_codecs", "decode", (b"a", "zip")),
    ],
)
def test_anything_else_is_refused(module, name, arguments):
    with pytest.raises((pickle.UnpicklingError, TypeError)):
        unpickle.loads(reduced(module, name, *arguments))


def test_sizes_that_do_not_fit_are_refused():
    content = pickle.dumps(np.arange(4, dtype=np.int64), protocol=2)
    with pytest.raises(ValueError, match="reshape"):
        unpickle.loads(content.replace(b"K\x04\x85", b"K\x09\x85"))

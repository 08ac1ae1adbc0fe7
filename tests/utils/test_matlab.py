"""Variables of MATLAB's files as SciPy writes them."""

import numpy as np
import pytest

from jaxcnn.utils.matlab import read_variable

savemat = pytest.importorskip("scipy.io").savemat


@pytest.mark.parametrize("compressed", [True, False])
def test_what_scipy_wrote(tmp_path, compressed):
    cell = np.empty(2, object)
    cell[:] = [np.arange(3.0)[None], "text"]
    value = {"n": np.arange(24, dtype="int16").reshape(2, 3, 4), "c": cell, "inner": {"x": 2.5}}
    names = {"first": np.eye(2, dtype="float32"), "s": value, "e": np.empty((0, 0))}
    savemat(tmp_path / "a.mat", names, do_compression=compressed)
    again = read_variable(tmp_path / "a.mat", "s")
    np.testing.assert_array_equal(again["n"], value["n"])
    np.testing.assert_array_equal(again["c"][0], cell[0])
    assert (again["c"][1], again["inner"]["x"].tolist()) == ("text", [[2.5]])
    np.testing.assert_array_equal(read_variable(tmp_path / "a.mat", "first"), np.eye(2))
    assert read_variable(tmp_path / "a.mat", "e").shape == (0, 0)
    with pytest.raises(KeyError, match="missing"):
        read_variable(tmp_path / "a.mat", "missing")


def test_several_structures_and_damage(tmp_path):
    pairs = np.array([(1, "a"), (2, "b")], dtype=[("number", object), ("name", object)])
    savemat(tmp_path / "a.mat", {"pairs": pairs})
    again = read_variable(tmp_path / "a.mat", "pairs")
    assert [(int(p["number"][0, 0]), p["name"]) for p in again] == [(1, "a"), (2, "b")]
    content = (tmp_path / "a.mat").read_bytes()
    for damaged in (content[:200], content[:120], content[:136] + b"\xff" + content[137:]):
        (tmp_path / "a.mat").write_bytes(damaged)
        with pytest.raises((ValueError, LookupError)):
            read_variable(tmp_path / "a.mat", "pairs")


def test_a_variable_that_is_cut_short(tmp_path):
    savemat(tmp_path / "a.mat", {"s": {"x": 2.5, "y": "text"}})
    content = (tmp_path / "a.mat").read_bytes()
    for length in range(16, len(content) - 136, 8):  # the variable as a whole, with less in it
        size = np.array(length, "<u4").tobytes()
        (tmp_path / "a.mat").write_bytes(content[:132] + size + content[136 : 136 + length])
        with pytest.raises((ValueError, LookupError)):
            read_variable(tmp_path / "a.mat", "s")

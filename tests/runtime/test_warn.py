"""Warnings point at the line that called into the library."""

import warnings

import pytest

from jaxcnn.runtime.warn import warn_user
from jaxcnn.training.build_objective import build_objective
from jaxcnn.training.program import CompileArguments


def test_the_callers_line_is_named():
    with pytest.warns(RuntimeWarning, match="look here") as caught:
        warn_user("look here", RuntimeWarning)
    assert caught[0].filename == __file__


def test_lines_of_the_library_are_passed_over():
    arguments = CompileArguments(loss={"a": "mse"})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        build_objective(["a", "b"], [(None, 1), (None, 1)], arguments)
    assert [(w.category, w.filename) for w in caught] == [(UserWarning, __file__)]

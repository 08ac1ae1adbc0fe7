"""Functions stored as bytecode: refused, or made with the names that they may use."""

import base64
import marshal

import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn.runtime.names import custom_object_scope
from jaxcnn.saving.bytecode import code_in, stored_function, with_code

FACTOR = 3.0


def encoded(function):
    return base64.encodebytes(marshal.dumps(function.__code__)).decode()


def test_refused_without_the_users_word():
    with pytest.raises(ValueError, match=r"could do anything.*load_weights.*safe_mode=False"):
        stored_function([encoded(lambda x: x), None, None], True)


@pytest.mark.parametrize("wrapped", [False, True])
def test_code_defaults_and_closure(wrapped):
    outer = 5.0

    def function(x, y=2.0):
        return x * y + outer

    parts = [encoded(function), [2.0], [outer]]
    stored = parts
    if wrapped:
        keys = ("code", "defaults", "closure")
        stored = {"class_name": "__lambda__", "value": dict(zip(keys, parts, strict=True))}
    assert stored_function(stored, False)(jnp.float32(4)) == 13.0
    assert stored_function(stored, False)(jnp.float32(4), 1.0) == 9.0


def test_a_dict_needs_no_value_around_it():
    stored = {"code": encoded(lambda x: x + 1)}
    assert stored_function(stored, False)(1) == 2


def test_the_names_that_a_function_may_use():
    def function(x):
        return K.sum(x) + np.ones(1)[0] + jnp.zeros(())  # noqa: F821

    found = stored_function([encoded(function)], False)(jnp.ones(3))
    assert float(found) == 4.0

    def other(x):
        return x * FACTOR

    with pytest.raises(ValueError, match=r"uses FACTOR, .* give it in custom_objects"):
        stored_function([encoded(other)], False)
    with custom_object_scope({"FACTOR": 4.0}):
        assert stored_function([encoded(other)], False)(2.0) == 8.0


def test_what_this_process_has_written_is_read_again_with_the_names_around_it():
    power = 2
    stored = with_code(lambda x, scale=0.5: scale * (x * FACTOR) ** power)["config"]
    assert stored["defaults"] == (0.5,) and stored["closure"] == [2]
    assert stored_function(stored, True)(2.0) == 18.0
    assert stored_function({**stored, "closure": [1]}, True)(2.0) == 3.0
    code = stored["code"].replace("A", "B", 1)
    with pytest.raises(ValueError, match="safe_mode=False"):
        stored_function({**stored, "code": code}, True)


def test_the_encoding_of_keras_2_0():
    code = (lambda x: x).__code__
    text = marshal.dumps(code).decode("raw_unicode_escape", "surrogateescape")
    if text.encode("raw_unicode_escape", "surrogateescape") == marshal.dumps(code):
        assert code_in(marshal.dumps(code).decode("latin-1")) == code
    assert code_in(encoded(lambda x: x)).co_name == "<lambda>"


@pytest.mark.parametrize(
    "text", ["", "no code", base64.encodebytes(marshal.dumps([1])).decode(), "é" * 3]
)
def test_what_is_no_code(text):
    with pytest.raises(ValueError, match=r"not of this version of Python .*load_weights"):
        code_in(text)


def test_the_first_problem_is_said():
    with pytest.raises(ValueError, match=r"\('ascii' codec can't encode"):
        code_in("é" * 3)

"""Calls of layers on tensors as Keras 2 and Keras 3 write them."""

import pytest

from jaxcnn.saving.dialects.calls import (
    counts_from_one,
    is_reference,
    listed,
    plain_arguments,
    references,
    tensors_in,
)


def keras3(name, call=0, output=0):
    return {
        "class_name": "__keras_tensor__",
        "config": {"shape": [None, 3], "keras_history": [name, call, output]},
    }


def test_a_call_of_keras_2_is_a_list_of_references_with_keywords():
    assert references([["a", 0, 1], ["b", 2, 0, {"training": True}]]) == [
        ["a", 0, 1, {}],
        ["b", 2, 0, {"training": True}],
    ]


def test_a_single_reference_needs_no_list_around_it():
    assert references(["a", 0, 1]) == [["a", 0, 1, {}]]
    assert references([]) == []


def test_tensors_among_the_keywords_of_keras_2_follow_the_others():
    kwargs = {"state": ["s", 1, 2], "states": [["t", 0, 0], ["u", 0, 1, {}]], "n": [1, 2, 3]}
    assert references([["a", 0, 0, kwargs], ["b", 0, 0]]) == [
        ["a", 0, 0, {"n": [1, 2, 3]}],
        ["b", 0, 0, {}],
        ["s", 1, 2, {}],
        ["t", 0, 0, {}],
        ["u", 0, 1, {}],
    ]


def test_a_call_of_keras_3_has_tensors_anywhere_and_keywords_with_the_first():
    node = {
        "args": [[keras3("a"), keras3("b", 1, 2)], 7],
        "kwargs": {"initial_state": [keras3("c")], "scale": 2.0, "mask": None, "training": False},
    }
    assert references(node) == [
        ["a", 0, 0, {"scale": 2.0}],
        ["b", 1, 2, {}],
        ["c", 0, 0, {}],
    ]


@pytest.mark.parametrize(
    ("kwargs", "expected"),
    [
        ({"a": None, "training": False}, {}),
        ({"training": True, "other": False, "n": 0}, {"training": True, "other": False, "n": 0}),
    ],
)
def test_keywords_that_say_nothing(kwargs, expected):
    assert plain_arguments(kwargs) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["a", 0, 0], True),
        (["a", 0, 0, {}], True),
        (["a", 0], False),
        (["a", 0, 0, {}, 1], False),
        ([1, 0, 0], False),
        (["a", "b", 0], False),
        (["a", 0, "b"], False),
        (("a", 0, 0), False),
        ("abc", False),
    ],
)
def test_what_looks_like_a_reference(value, expected):
    assert is_reference(value) is expected


def test_lists_of_references():
    assert tensors_in([["a", 0, 0], ["b", 0, 0]]) == [["a", 0, 0], ["b", 0, 0]]
    assert tensors_in([["a", 0, 0], 1]) == []
    assert tensors_in([]) == []
    assert tensors_in(3) == []


def test_inputs_and_outputs_come_as_one_a_list_or_a_dict():
    a, b = ["a", 0, 0], ["b", 0, 0]
    assert listed(a) == [a]
    assert listed([a, b]) == [a, b]
    assert listed({"x": a, "y": [b]}) == [a, b]
    assert listed([]) == []


@pytest.mark.parametrize(
    ("used", "calls", "expected", "answer"),
    [
        ([1], 1, False, True),  # call 1 of 1 exists only when counted from 1
        ([0], 1, True, False),
        ([0, 1], 2, True, False),
        ([1, 2], 2, False, True),
        ([1], 2, True, True),  # open
        ([1], 2, False, False),
        ([], 1, True, True),
    ],
)
def test_whether_calls_are_counted_from_one(used, calls, expected, answer):
    refs = [["inner", call, 0] for call in used] + [["other", calls, 0], ["other", 0, 0]]
    assert counts_from_one(refs, "inner", calls, expected) is answer

"""Calls with slots for their tensors, and their form in a configuration."""

import dataclasses
import json

import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn.layers import Input
from jaxcnn.layers.symbolic.saved_call import (
    SavedCall,
    Slot,
    SlotSize,
    decoded,
    encoded,
    symbolic_arguments,
    with_slots,
)
from jaxcnn.layers.symbolic.sizes import Size
from jaxcnn.layers.variable import Variable


def test_a_call_fills_its_slots():
    def function(values, length, *, scale=1):
        return sum(values) * scale + length

    saved = SavedCall("f", function, ([Slot(1), Slot(0)], SlotSize(1, 0)), {"scale": 3})
    assert saved([jnp.ones(()), jnp.full((4,), 2.0)]).tolist() == [13] * 4
    assert not saved.rowwise and saved.variables() == []
    assert SavedCall("g", lambda: 7)([]) == 7


def test_a_call_does_not_change_and_is_itself_alone():
    saved = SavedCall("f", abs, (Slot(0),))
    assert saved != SavedCall("f", abs, (Slot(0),)) and hash(saved)
    assert hash(Slot(0)) == hash(Slot(0)) and hash(SlotSize(0, 1)) == hash(SlotSize(0, 1))
    for value, name in ((saved, "name"), (Slot(0), "index"), (SlotSize(0, 1), "axis")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, name, 3)


def test_variables_are_looked_up_when_the_call_runs():
    v = Variable.holding("v", np.array(2.0, "float32"))
    saved = SavedCall("f", lambda x, y: x * y, (Slot(0),), {"y": v})
    assert saved.variables() == [v] and saved([jnp.array(3.0)]) == 6
    v.assign(4.0)
    assert saved([jnp.array(3.0)]) == 12


def test_each_tensor_gets_one_slot():
    x, y = Input((3,)), Input((4,))
    structure = ([x, y, 5], {"size": Size(y, 1), "again": x})
    tensors = symbolic_arguments(structure)
    assert tensors == [x, y]
    assert with_slots(structure, tensors) == (
        [Slot(0), Slot(1), 5],
        {"size": SlotSize(1, 1), "again": Slot(0)},
    )
    assert symbolic_arguments([Size(y, 0), 3.0]) == [y]


PLAIN = [None, True, 3, 2.5, "text", [1, [2]], (1, (2, "a")), {"k": (1,)}, Ellipsis]


@pytest.mark.parametrize("value", [*PLAIN, slice(1, None, 2), Slot(2), SlotSize(1, 3)], ids=repr)
def test_values_survive_json(value):
    again = decoded(json.loads(json.dumps(encoded(value))))
    assert again == value and type(again) is type(value)


def test_numbers_and_dtypes_of_numpy():
    assert encoded(np.float32(1.5)) == 1.5 and encoded(np.int64(3)) == 3
    assert encoded(jnp.float32) == "float32" and encoded(np.dtype("int8")) == "int8"


@pytest.mark.parametrize("array", [np.arange(4, dtype="int16").reshape(2, 2), jnp.ones(3)])
def test_arrays_survive_json(array):
    again = decoded(json.loads(json.dumps(encoded(array))))
    np.testing.assert_array_equal(again, array)
    assert again.dtype == array.dtype


def test_variables_survive_json():
    v = Variable.holding("v", np.array([1.0, 2.0], "float32"))
    again = decoded(json.loads(json.dumps(encoded([v]))))[0]
    assert again is not v and again.name == "v" and again.dtype == np.float32
    assert again.value.tolist() == [1, 2]


def test_what_has_no_form_in_a_file():
    with pytest.raises(ValueError, match=r"<function .* cannot be written .* Lambda"):
        encoded(test_values_survive_json)
    with pytest.raises(ValueError, match=r"hold \{'strange': 1\}, which is no known form"):
        decoded({"strange": 1})

"""Demands of a user's layer on its inputs."""

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn.layers import Input, InputSpec, Layer
from jaxcnn.layers.input_spec import check_inputs

FITTING = [
    (InputSpec(), (None, 3)),
    (InputSpec(ndim=2), (None, 3)),
    (InputSpec(max_ndim=2), (None, 3)),
    (InputSpec(min_ndim=2), (None, 3)),
    (InputSpec(dtype="float32"), (None, 3)),
    (InputSpec(shape=(None, 3)), (8, 3)),
    (InputSpec(shape=(8, 3)), (None, 3)),
    (InputSpec(axes={1: 3}), (None, 3)),
    (InputSpec(axes={-1: 3, 0: None}), (None, 3)),
    (InputSpec(shape=(None, None), axes={1: 3}), (None, 3)),
]


@pytest.mark.parametrize(("spec", "shape"), FITTING)
def test_inputs_that_fit(spec, shape):
    spec.check("l", shape, np.float32)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (InputSpec(ndim=3), r"'l' needs an input of 3 axes; given \(None, 3\)"),
        (InputSpec(ndim=1), "needs an input of 1 axes"),
        (InputSpec(max_ndim=1), "at most 1 axes"),
        (InputSpec(min_ndim=3), "at least 3 axes"),
        (InputSpec(dtype="int32"), "of dtype int32; given float32"),
        (InputSpec(shape=(None, 3, 1)), r"of shape \(None, 3, 1\); given \(None, 3\)"),
        (InputSpec(shape=(None,)), r"of shape \(None,\)"),
        (InputSpec(shape=(None, 4)), "of size 4 along axis 1"),
        (InputSpec(axes={-1: 4}), "of size 4 along axis -1"),
        (InputSpec(shape=(None, 3), axes={1: 4}), "of size 4 along axis 1"),
    ],
)
def test_inputs_that_do_not(spec, message):
    with pytest.raises(ValueError, match=message):
        spec.check("l", (None, 3), "float32")


def test_a_spec_does_not_change():
    with pytest.raises(dataclasses.FrozenInstanceError):
        InputSpec().ndim = 3


def test_a_list_has_one_spec_for_each_input():
    a, b = jnp.ones((2, 3)), Input((4,))
    check_inputs("l", None, [a, b])
    check_inputs("l", [InputSpec(axes={1: 3}), InputSpec(axes={1: 4})], [a, b])
    check_inputs("l", (None, InputSpec(ndim=2)), [a, b])
    with pytest.raises(ValueError, match="needs 1 inputs; given 2"):
        check_inputs("l", InputSpec(), [a, b])
    with pytest.raises(ValueError, match="size 3 along axis 1"):
        check_inputs("l", [None, InputSpec(axes={1: 3})], [a, b])


class Checked(Layer):
    def build(self, input_shape):
        self.input_spec = InputSpec(axes={1: input_shape[-1]})

    def call(self, inputs):
        return inputs


def test_a_spec_set_in_build_holds_for_the_next_call():
    layer = Checked()
    assert layer(Input((3,))).shape == (None, 3)
    with pytest.raises(ValueError, match="'checked_1' needs an input of size 3 along axis 1"):
        layer(Input((4,)))

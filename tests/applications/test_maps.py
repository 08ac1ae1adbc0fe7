"""The padding with which maps are halved as in TensorFlow."""

import jax
import pytest

from jaxcnn.applications.maps import halving_padding, image_size
from jaxcnn.layers import Input


@pytest.mark.parametrize("window", [3, 5])
@pytest.mark.parametrize("size", [(7, 8), (8, 7), (11, 13), (10, 12)])
def test_halving_is_that_of_same_padding(size, window):
    x = Input((*size, 2))
    expected = jax.lax.padtype_to_pads(size, (window, window), (2, 2), "SAME")
    assert halving_padding(x, window) == tuple(expected)


def test_unknown_sizes_count_as_even():
    x = Input((None, 7, 2))
    assert image_size(x) == (None, 7)
    assert halving_padding(x, 5) == ((1, 2), (1, 2))

"""The masks of dropout: the right share, reproducible, without visible pattern."""

import jax
import numpy as np
import pytest

from jaxcnn.nn.dropout import hashed_positions, keep_mask

PLACES = (64, 12, 12, 64)  # half of the mask of a batch of the MNIST CNN


def keys():
    """Keys as training makes them, one a step, and some that differ in a single bit."""
    made = [jax.random.fold_in(jax.random.key(7), step) for step in range(6)]
    return made + [
        jax.random.wrap_key_data(np.array([word, bit], np.uint32))
        for word in (0, 1)
        for bit in (0, 1, 2)
    ]


@pytest.mark.parametrize("rate", [0.05, 0.25, 0.5, 0.9])
def test_the_share_that_is_kept(rate):
    for key in keys():
        mask = np.asarray(keep_mask(key, rate, PLACES))
        assert mask.shape == PLACES and mask.dtype == bool
        spread = np.sqrt(rate * (1 - rate) / mask.size)
        assert abs(mask.mean() - (1 - rate)) < 5 * spread


def test_neighbours_and_other_keys_are_unrelated():
    size = int(np.prod(PLACES))
    drawn = [np.asarray(hashed_positions(key, (size,))) / 2**32 - 0.5 for key in keys()]
    limit = 5 / 12 / np.sqrt(size)
    for i, values in enumerate(drawn):
        for lag in (1, 2, 12, 64, 144, 768, 9216):
            assert abs(np.mean(values[:-lag] * values[lag:])) < 1.01 * limit * np.sqrt(
                size / (size - lag)
            )
        for others in drawn[:i]:
            assert abs(np.mean(values * others)) < limit


def test_eager_compiled_and_mapped_masks_are_the_same():
    key = jax.random.key(3)
    eager = np.asarray(keep_mask(key, 0.5, (5, 7)))
    assert np.array_equal(eager, jax.jit(lambda key: keep_mask(key, 0.5, (5, 7)))(key))
    pair = jax.vmap(lambda key: keep_mask(key, 0.5, (5, 7)))(jax.random.split(key))
    assert not np.array_equal(pair[0], pair[1])
    assert np.array_equal(pair[1], keep_mask(jax.random.split(key)[1], 0.5, (5, 7)))

"""Salt."""

import jax
import numpy as np
import pytest

from jaxcnn import vision


def test_salt():
    x = np.random.default_rng(0).integers(0, 200, (2, 50, 60, 3)).astype(np.uint8)
    actual = np.asarray(vision.salt(jax.random.key(0), x, 100))
    changed = (actual != x).any(-1)
    assert actual.dtype == np.uint8 and (actual[changed] == 255).all()
    assert all(80 < n <= 100 for n in changed.sum((1, 2)))
    assert (changed[0] != changed[1]).any()  # each image has its own
    np.testing.assert_array_equal(actual, vision.salt(jax.random.key(0), x, 100))
    assert (np.asarray(vision.salt(jax.random.key(1), x, 100)) != actual).any()
    np.testing.assert_array_equal(vision.salt(jax.random.key(0), x, 0), x)
    with pytest.raises(ValueError, match="channels"):
        vision.salt(jax.random.key(0), x[0], 3)

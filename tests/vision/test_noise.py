"""Salt."""

import jax
import numpy as np
import pytest

from jaxcnn import vision


def test_salt():
    x = np.random.default_rng(0).integers(0, 200, (2, 50, 60, 3)).astype(np.uint8)
    found = np.asarray(vision.salt(jax.random.key(0), x, 100))
    changed = (found != x).any(-1)
    assert found.dtype == np.uint8 and (found[changed] == 255).all()
    assert all(80 < n <= 100 for n in changed.sum((1, 2)))
    assert (changed[0] != changed[1]).any()  # each image has its own
    np.testing.assert_array_equal(found, vision.salt(jax.random.key(0), x, 100))
    assert (np.asarray(vision.salt(jax.random.key(1), x, 100)) != found).any()
    np.testing.assert_array_equal(vision.salt(jax.random.key(0), x, 0), x)
    with pytest.raises(ValueError, match="channels"):
        vision.salt(jax.random.key(0), x[0], 3)

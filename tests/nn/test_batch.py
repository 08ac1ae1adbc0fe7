"""What is in force about the batch within blocks, and after them."""

import jax.numpy as jnp

from jaxcnn.nn.batch import batch_parts, current_batch_parts, current_valid_rows, valid_rows


def test_blocks_nest_and_end():
    rows = jnp.array([1.0, 0.0])
    with batch_parts(2):
        with valid_rows(rows):
            assert current_valid_rows() is rows and current_batch_parts() == 2
            with valid_rows(None), batch_parts(3):
                assert current_valid_rows() is None and current_batch_parts() == 3
            assert current_valid_rows() is rows and current_batch_parts() == 2
        assert current_valid_rows() is None and current_batch_parts() == 2
    assert current_batch_parts() == 1

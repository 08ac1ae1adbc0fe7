"""The order of the samples of an epoch: a function of its arguments alone."""

import numpy as np

from jaxcnn.training.input.order import epoch_order


def test_each_epoch_has_an_order_of_its_own():
    first, again = epoch_order(50, 8, True, 0, 0), epoch_order(50, 8, True, 0, 0)
    assert np.array_equal(first, again) and sorted(first) == list(range(50))
    assert not np.array_equal(first, epoch_order(50, 8, True, 0, 7))
    assert not np.array_equal(first, epoch_order(50, 8, True, 1, 0))
    assert np.array_equal(epoch_order(50, 8, False, 0, 0), np.arange(50))


def test_shuffling_by_batch_keeps_batches_whole_and_the_short_one_last():
    order = epoch_order(50, 8, "batch", 0, 0)
    assert order[48:].tolist() == [48, 49]
    blocks = order[:48].reshape(6, 8)
    assert np.array_equal(blocks - blocks[:, :1], np.tile(np.arange(8), (6, 1)))
    assert sorted(blocks[:, 0]) == list(range(0, 48, 8)) and not np.array_equal(
        order, np.arange(50)
    )


def test_the_order_takes_no_more_memory_than_it_needs():
    assert epoch_order(4, 2, True, seed=0, step=0).dtype == np.int32


def test_numbers_of_samples_take_four_bytes_until_they_need_eight():
    assert epoch_order(100, 8, True, 0, 0).dtype == np.int32

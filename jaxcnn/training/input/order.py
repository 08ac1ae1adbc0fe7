"""The order in which a run sees its data."""

from __future__ import annotations

import numpy as np


def epoch_order(
    samples: int, batch_size: int, shuffle: bool | str, seed: int, step: int
) -> np.ndarray:
    """The order of the samples in the epoch that begins after `step` updates: a function of its
    arguments alone.

    ``shuffle="batch"`` moves whole batches, the short one staying last.
    """
    dtype = np.int32 if samples < 2**31 else np.int64
    order = np.arange(samples, dtype=dtype)
    if not shuffle:
        return order
    generator = np.random.Generator(np.random.Philox(key=[seed, step]))
    if shuffle != "batch":
        return generator.permutation(order)
    whole = samples // batch_size * batch_size
    blocks = generator.permutation(order[:whole].reshape(-1, batch_size))
    return np.concatenate([blocks.reshape(-1), order[whole:]])

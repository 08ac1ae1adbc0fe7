"""Images for the tests of this folder."""

import numpy as np


def images(n=10, rows=6, columns=7, channels=3):
    return np.random.default_rng(n).uniform(0, 255, (n, rows, columns, channels)).astype(np.float32)

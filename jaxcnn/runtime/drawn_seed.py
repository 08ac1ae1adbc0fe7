"""The seed of a program that has set none: it follows NumPy's global state, as in Keras 2."""

from __future__ import annotations

import hashlib

import numpy as np


class DrawnSeed:
    """A seed that is another one after ``np.random.seed``, and for every trial.

    NumPy's state is only read, so that the numbers that a program draws from it stay the same. It
    counts as another one, too, when the program has drawn some 600 numbers.
    """

    def __init__(self) -> None:
        self._state = b""
        self._trial = 0

    def seed(self) -> tuple[int, bool]:
        """(the seed, whether it is another than the last time)."""
        state = np.random.get_state(legacy=False)["state"]["key"].tobytes()
        new = state != self._state
        if new:
            self._state, self._trial = state, 0
        digest = hashlib.blake2b(state, digest_size=4, key=str(self._trial).encode()).digest()
        return int.from_bytes(digest, "little"), new

    def new_trial(self) -> None:
        """Draw another one from the same state."""
        self._trial += 1

    def forget(self) -> None:
        """Begin again with the first trial."""
        self._state, self._trial = b"", 0

"""Where `skipgrams` gets its random numbers: from this library, or from Python as the old Keras."""

from __future__ import annotations

import random
from typing import Protocol, TypeVar

import numpy as np

from jaxcnn.runtime import config
from jaxcnn.spellings.dialect import chosen

T = TypeVar("T")


class Draws(Protocol):
    """What is drawn for pairs of words."""

    def random(self) -> float:
        """A number from 0 up to before 1."""
        ...

    def mixed(self, words: list[int]) -> list[int]:
        """The words in another order."""
        ...

    def words(self, vocabulary_size: int, count: int) -> list[int]:
        """Words other than 0."""
        ...

    def mixed_together(self, first: list[T], second: list[int]) -> tuple[list[T], list[int]]:
        """Two lists in one other order."""
        ...


class OwnDraws:
    """Draws that a seed decides, or the stream of random numbers of this library."""

    def __init__(self, seed: int | None) -> None:
        key = [config.seed(), config.count_draw()] if seed is None else [seed, 0]
        self.generator = np.random.Generator(np.random.Philox(key=key))

    def random(self) -> float:
        """A number from 0 up to before 1."""
        return self.generator.random()

    def mixed(self, words: list[int]) -> list[int]:
        """The words in another order."""
        return [words[i] for i in self.generator.permutation(len(words))]

    def words(self, vocabulary_size: int, count: int) -> list[int]:
        """Words other than 0."""
        drawn: list[int] = self.generator.integers(1, vocabulary_size, count).tolist()
        return drawn

    def mixed_together(self, first: list[T], second: list[int]) -> tuple[list[T], list[int]]:
        """Two lists in one other order."""
        order = self.generator.permutation(len(first))
        return [first[i] for i in order], [second[i] for i in order]


class DrawsOfPython:
    """Draws of Python's `random`, whose seed a program has set; a seed decides the order alone."""

    def __init__(self, seed: int | None) -> None:
        self.seed = seed

    def random(self) -> float:
        """A number from 0 up to before 1."""
        return random.random()

    def mixed(self, words: list[int]) -> list[int]:
        """The words in another order."""
        words = list(words)
        random.shuffle(words)
        return words

    def words(self, vocabulary_size: int, count: int) -> list[int]:
        """Words other than 0."""
        return [random.randint(1, vocabulary_size - 1) for _ in range(count)]

    def mixed_together(self, first: list[T], second: list[int]) -> tuple[list[T], list[int]]:
        """Two lists in one other order, after which Python's numbers go on from the seed."""
        seed = random.randint(0, 10**7) if self.seed is None else self.seed
        first, second = list(first), list(second)
        for listed in (first, second):
            random.seed(seed)
            random.shuffle(listed)
        return first, second


def draws(seed: int | None) -> Draws:
    """The draws of a program for an old Keras are Python's."""
    return DrawsOfPython(seed) if chosen() else OwnDraws(seed)

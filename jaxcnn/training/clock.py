"""Where the time of a `fit` goes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

Item = TypeVar("Item")


@dataclass
class Clock:
    """Wall time of a training run, since it began.

    Attributes:
        total: seconds spent in epochs, without validation and what callbacks do at the ends of
            epochs.
        input: of these, seconds without a batch to train on.
        device: of these, seconds in which the program waited for the device to finish.
        steps: trained.
        samples: trained on.
        step_flops: returns the floating-point operations of one step, on all devices together.
    """

    total: float = 0.0
    input: float = 0.0
    device: float = 0.0
    steps: int = 0
    samples: int = 0
    step_flops: Callable[[], float] | None = None

    def __getstate__(self) -> dict[str, object]:
        """A copy holds on to no step."""
        return {**vars(self), "step_flops": None}

    @contextlib.contextmanager
    def running(self, part: Literal["total", "input", "device"]) -> Iterator[None]:
        """Count the time within the block as that part."""
        began = time.perf_counter()
        try:
            yield
        finally:
            setattr(self, part, getattr(self, part) + time.perf_counter() - began)

    def count(self, steps: int, samples: int) -> None:
        """Count training steps, and the samples in them."""
        self.steps, self.samples = self.steps + steps, self.samples + samples

    def inputs(self, items: Iterator[Item]) -> Iterator[Item]:
        """`items`, the time until each of them is there counted as "input"."""
        while True:
            with self.running("input"):
                try:
                    item = next(items)
                except StopIteration:
                    return
            yield item

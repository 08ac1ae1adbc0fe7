"""How many steps go to the device in one call: the one place that knows.

Several steps run in one call as a loop on the device, which spares the Python time between them.  On CPU this is only
done where it pays: XLA's CPU convolutions take a naive path inside loops (22 times slower for an MNIST network), so a
step that contains one is called step by step.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jax

from jaxcnn import ops

CHUNK_BYTES = 64 * 2**20  # of stacked batches in one call
CHUNK_STEPS = 512
CHUNK_SECONDS = 0.1  # so that the progress bar keeps moving


class Dispatcher:
    """Runs ``step(carry, batch, *constants) -> carry``, one batch or many a call; `carry` is donated when `donate`."""

    def __init__(self, step: Callable[..., Any], *, donate: bool) -> None:
        donated = (0,) if donate else ()
        self._step = step
        self.single = jax.jit(step, donate_argnums=donated)
        self.many = jax.jit(self._loop, donate_argnums=donated)
        self._loops: bool | None = None
        self._count = 1

    def _loop(self, carry: Any, batches: Any, count: Any, *constants: Any) -> Any:
        def body(i: Any, carry: Any) -> Any:
            batch = jax.tree.map(lambda a: jax.lax.dynamic_index_in_dim(a, i, keepdims=False), batches)
            return self._step(carry, batch, *constants)

        return jax.lax.fori_loop(0, count, body, carry)

    def loops(self, carry: Any, batch: Any, *constants: Any) -> bool:
        """Whether many steps may go into one call."""
        if self._loops is None:
            if jax.default_backend() != "cpu" or ops.accelerated():
                self._loops = True
            else:
                self._loops = not has_convolution(jax.make_jaxpr(self._step)(carry, batch, *constants).jaxpr)
        return self._loops

    def capacity(self, steps: int, bytes_per_batch: int) -> int:
        """The most steps a call can hold."""
        return max(1, min(steps, CHUNK_STEPS, CHUNK_BYTES // max(bytes_per_batch, 1)))

    def next_count(self, capacity: int) -> int:
        """How many steps the next call should have, by how long the last ones took."""
        return min(self._count, capacity)

    def adapt(self, started: float, count: int) -> None:
        """Take note that `count` steps took from `started` until now."""
        seconds = time.perf_counter() - started
        if count >= self._count and seconds < CHUNK_SECONDS:
            self._count *= 2
        elif seconds > 3 * CHUNK_SECONDS:
            self._count = max(1, count // 2)


class TrainCalls:
    """A training step as `fit` calls it: many steps a call, or one that also gives the logs of its batch."""

    def __init__(self, step: Callable[..., Any]) -> None:
        self.dispatcher = Dispatcher(lambda state, batch: step(state, batch)[0], donate=True)
        self.logged = jax.jit(step)


def has_convolution(jaxpr: Any) -> bool:
    """Whether a jaxpr, or one inside it, contains an XLA convolution."""
    for equation in jaxpr.eqns:
        if equation.primitive.name == "conv_general_dilated":
            return True
        for value in equation.params.values():
            for inner in value if isinstance(value, list | tuple) else (value,):
                inner = getattr(inner, "jaxpr", inner)
                if hasattr(inner, "eqns") and has_convolution(inner):
                    return True
    return False

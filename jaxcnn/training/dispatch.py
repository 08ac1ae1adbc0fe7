"""How many steps go to the device in one call: the one place that knows.

Several steps run in one call as a loop on the device, which spares the Python time between them. On
CPU XLA's own convolution takes a naive path inside loops (22 times slower for an MNIST network), so
a step that contains one is called step by step. The library's convolutions (`jaxcnn.ops`) are of
another kind there; a plain Flax module brings XLA's.
"""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

import jax
import jax.numpy as jnp
from jax.extend.core import ClosedJaxpr, Jaxpr

from jaxcnn.distributed.overlap import overlap_options
from jaxcnn.distributed.placement import Distribution
from jaxcnn.runtime.captures import computing_arrays
from jaxcnn.runtime.disk_cache import keep_programs
from jaxcnn.runtime.host_memory import give_back
from jaxcnn.runtime.leaf_jit import LeafJit
from jaxcnn.runtime.types import ArrayLike, PyTree
from jaxcnn.training.state import TrainState
from jaxcnn.training.steps import Step

P = ParamSpec("P")
R = TypeVar("R")

# Of stacked batches in one call. On CPU they should still be in the cache when they are read: with
# 64 MiB the same steps took twice as long.
CHUNK_BYTES, CHUNK_BYTES_CPU = 64 * 2**20, 4 * 2**20
CHUNK_STEPS = 512
CHUNK_SECONDS = 0.1  # so that the progress bar keeps moving
STEADY_COUNT = 8  # steps a call where several processes must make the same calls
# Calls that the device may have before it: while it works on one the host prepares the next. On CPU
# a call returns when it is done (`jaxcnn.runtime.host_memory`), if its arguments are there.
IN_FLIGHT, IN_FLIGHT_CPU = 2, 1


def on_device(batch: ArrayLike) -> jax.Array:
    """The batch, copied to the device unless it is on one, or on those of all processes."""
    return batch if isinstance(batch, jax.Array) else jax.device_put(batch)


class Alive:
    """The dispatchers that have not been freed, with their compiled programs.

    Models lie in circles, which only Python's collector frees, and it does not see how much memory
    programs hold: a loop over models would keep some dozens of them. So it is called when there are
    many, what they held is given back, and again when there are twice as many as it left, but never
    for more than a twentieth of the time.
    """

    def __init__(self, limit: int = 4) -> None:
        self.least = self.limit = limit
        self.dispatchers: weakref.WeakSet[Dispatcher] = weakref.WeakSet()
        self.rests_until = 0.0

    def add(self, dispatcher: Dispatcher) -> None:
        """Count one more, and collect where that makes too many."""
        self.dispatchers.add(dispatcher)
        began = time.monotonic()
        if len(self.dispatchers) > self.limit and began >= self.rests_until:
            gc.collect()
            give_back()
            ended = time.monotonic()
            self.rests_until = ended + 20 * (ended - began)
            self.limit = max(self.least, 2 * len(self.dispatchers))


ALIVE = Alive()


class Dispatcher:
    """Runs ``step(carry, batch, *constants) -> carry``, one batch or many a call.

    Args:
        step: to be run.
        donate: whether the memory of `carry` may be used again.
        count: steps a call; None finds a good count by how long they take.
        eager: run operation by operation, so that Python code inside the step sees values.
        parallel: the devices that share each batch; None leaves it to one.
    """

    def __init__(
        self,
        step: Callable[..., PyTree],
        *,
        donate: bool,
        count: int | None = None,
        eager: bool = False,
        parallel: Distribution | None = None,
    ) -> None:
        keep_programs()
        self._whole_step = step
        self._step = step if parallel is None else parallel.step(step)
        self._fixed = count
        self._eager = eager
        self._parallel = parallel
        options = None if parallel is None else overlap_options(jax.default_backend())
        self.single = LeafJit(self._once, donate=donate, options=options)
        self.many = LeafJit(self._loop, donate=donate, options=options)
        # JAX takes options for whole programs only.
        self._inside = self.single if options is None else LeafJit(self._once)
        self._loops: bool | None = None
        self._lock = threading.Lock()  # threads may evaluate one model
        # Time is not the same for all processes, and they must call the same programs.
        self._adapts = count is None and jax.process_count() == 1
        self._count = count or (1 if self._adapts else STEADY_COUNT)
        self._in_flight: deque[tuple[jax.Array, int, float]] = deque()
        self._last_done = 0.0
        self.waited = 0.0  # seconds, for the device, since the dispatcher was made
        ALIVE.add(self)

    # The second result of both is ready when the call is done: the first may by then have been
    # donated to the next call.

    def _once(self, carry: PyTree, batch: PyTree, *constants: PyTree) -> tuple[PyTree, jax.Array]:
        return self._step(carry, batch, *constants), jnp.zeros((), jnp.int32)

    def _loop(
        self, carry: PyTree, batches: PyTree, count: int, *constants: PyTree
    ) -> tuple[PyTree, jax.Array]:
        structure = jax.tree.structure(carry)

        def body(i: jax.Array, leaves: list[jax.Array]) -> list[jax.Array]:
            carry = jax.tree.unflatten(structure, leaves)
            batch = jax.tree.map(
                lambda a: jax.lax.dynamic_index_in_dim(a, i, keepdims=False), batches
            )
            new, _ = self._inside(carry, batch, *constants)  # jitted: not traced once more
            return jax.tree.leaves(new)

        leaves = jax.lax.fori_loop(0, count, body, jax.tree.leaves(carry))
        return jax.tree.unflatten(structure, leaves), jnp.asarray(count) + 0

    def loops(self, carry: PyTree, batch: PyTree, *constants: PyTree) -> bool:
        """Whether many steps may go into one call."""
        if self._eager or self._fixed == 1:
            return False
        if self._loops is None and self._fixed is not None:
            self._loops = True
        if self._loops is None:
            # Traced as it will be called, so that JAX need not trace it again then.
            self._loops = jax.default_backend() != "cpu" or not has_convolution(
                self.single.trace(carry, batch, *constants).jaxpr.jaxpr
            )
        return self._loops

    def run(self, carry: PyTree, batches: PyTree, count: int | None, *constants: PyTree) -> PyTree:
        """The carry after the first `count` of stacked `batches`; None stands for one batch that is
        not stacked.

        Waits while too many calls are in flight.
        """
        if self._eager:
            with jax.disable_jit(), computing_arrays():
                return self._step(*self._placed(carry, batches, count), *constants)
        with self._lock:
            on_cpu = jax.default_backend() == "cpu"
            while len(self._in_flight) >= (IN_FLIGHT_CPU if on_cpu else IN_FLIGHT):
                self._wait()
            carry, batches = self._placed(carry, batches, count)
            if on_cpu:  # arrays that are still being copied would let the call return early
                batches = jax.tree.map(on_device, batches)
                jax.block_until_ready((carry, batches, constants))
            compiled, began = self._compiled_count, time.perf_counter()
            if count is None:
                carry, done = self.single(carry, batches, *constants)
            else:
                carry, done = self.many(carry, batches, count, *constants)
            now = time.perf_counter()
            if not is_done(done):
                self._in_flight.append((done, count or 1, now))
            elif self._compiled_count == compiled:  # else it is unknown what the steps took
                self.waited += now - began
                self._note(count or 1, now - began, now)
            return carry

    @property
    def _compiled_count(self) -> int:
        return self.single.compiled_count + self.many.compiled_count

    def _placed(self, carry: PyTree, batches: PyTree, count: int | None) -> tuple[PyTree, PyTree]:
        """The carry and the batches on the devices that share them."""
        if self._parallel is not None:
            carry = self._parallel.placed(carry)
            batches = self._parallel.cut(batches, 0 if count is None else 1)
        return carry, batches

    def _wait(self) -> None:
        """Wait for the oldest call, and take note of how long its steps took."""
        done, count, began = self._in_flight.popleft()
        asked = time.perf_counter()
        try:
            done.block_until_ready()
        except BaseException:
            self._in_flight.clear()
            raise
        now = time.perf_counter()
        self.waited += now - asked
        self._note(count, now - max(began, self._last_done), now)

    def _note(self, count: int, seconds: float, now: float) -> None:
        """Let the next calls have more or fewer steps, by what the `count` of one took."""
        self._last_done = now
        if not self._adapts:
            return
        if count >= self._count and seconds < CHUNK_SECONDS:
            self._count *= 2
        elif seconds > 3 * CHUNK_SECONDS:
            self._count = max(1, count // 2)

    def flops(self, carry: PyTree, batch: PyTree) -> float:
        """Floating-point operations of one step, on all devices together, as XLA counts them.

        What is counted is the program for a TPU, in which nothing hides from XLA in kernels of
        other libraries.
        """
        shapes = jax.tree.map(lambda a: jax.ShapeDtypeStruct(a.shape, a.dtype), (carry, batch))
        lowered = jax.jit(self._whole_step).trace(*shapes).lower(lowering_platforms=("tpu",))
        return float((lowered.cost_analysis() or {}).get("flops", 0.0))

    def chunks(self, steps: int, done: int, bytes_per_batch: int) -> Iterator[tuple[int, int, int]]:
        """Cut steps `done` to `steps` into calls: (first step, count, the most that a call can
        hold).
        """
        capacity = self.capacity(steps, bytes_per_batch)
        while done < steps:
            count = min(self.next_count(capacity), steps - done)
            yield done, count, capacity
            done += count

    def capacity(self, most: int, bytes_per_batch: int) -> int:
        """How many batches of that size one call may hold, at `most`."""
        if self._fixed is not None:
            return min(most, self._fixed)
        limit = CHUNK_BYTES_CPU if jax.default_backend() == "cpu" else CHUNK_BYTES
        return max(1, min(most, CHUNK_STEPS, limit // max(bytes_per_batch, 1)))

    def next_count(self, capacity: int) -> int:
        """How many steps the next call should have, by how long the last ones took."""
        return min(self._count, capacity)


class TrainCalls:
    """A training step as `fit` calls it: many steps a call, or one with the logs of its batch."""

    def __init__(
        self,
        step: Step,
        count: int | None = None,
        eager: bool = False,
        parallel: Distribution | None = None,
    ) -> None:
        self.dispatcher = Dispatcher(
            lambda state, batch: step(state, batch)[0],
            donate=True,
            count=count,
            eager=eager,
            parallel=parallel,
        )
        self._parallel = parallel
        step = step if parallel is None else parallel.step(step)
        self._logged = eagerly(step) if eager else LeafJit(step)

    def logged(self, state: TrainState, batch: PyTree) -> tuple[TrainState, dict[str, jax.Array]]:
        """(state, logs) after a batch."""
        if self._parallel is not None:
            state, batch = self._parallel.placed(state), self._parallel.cut(batch, 0)
        return self._logged(state, batch)


def is_done(result: PyTree) -> bool:
    """Whether an array has been computed; JAX's types of arrays do not know of the method."""
    return bool(result.is_ready())


def eagerly(function: Callable[P, R]) -> Callable[P, R]:
    """`function` with every `jit` inside it switched off."""

    def run(*arguments: P.args, **keywords: P.kwargs) -> R:
        with jax.disable_jit(), computing_arrays():
            return function(*arguments, **keywords)

    return run


def has_convolution(jaxpr: Jaxpr) -> bool:
    """Whether a jaxpr, or one inside it, contains an XLA convolution."""
    for equation in jaxpr.eqns:
        if equation.primitive.name == "conv_general_dilated":
            return True
        for value in equation.params.values():
            for inner in value if isinstance(value, list | tuple) else (value,):
                inner = inner.jaxpr if isinstance(inner, ClosedJaxpr) else inner
                if isinstance(inner, Jaxpr) and has_convolution(inner):
                    return True
    return False

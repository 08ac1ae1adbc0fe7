"""How many steps go into one call, how many calls are in flight, and what is left after one that
failed.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn.training import dispatch
from jaxcnn.training.dispatch import Dispatcher


def adder():
    return Dispatcher(lambda carry, batch, scale: carry + scale * batch.sum(), donate=True)


def batches(count, size=3):
    return np.arange(count * size, dtype=np.float32).reshape(count, size)


def test_chunks_cover_all_steps_within_the_limits():
    dispatcher = adder()
    for steps, done, size in ((10, 0, 4), (1000, 3, 4), (7, 7, 4), (5, 0, 10**9), (50, 1, 2**20)):
        found = list(dispatcher.chunks(steps, done, size))
        reached = done
        for first, count, capacity in found:
            assert first == reached and 1 <= count <= capacity <= dispatch.CHUNK_STEPS
            assert capacity == 1 or capacity * size <= dispatch.CHUNK_BYTES_CPU
            reached += count
        assert reached == steps
        assert (
            len({capacity for *_, capacity in found}) <= 1
        )  # another one would compile another program


def test_a_call_takes_the_first_of_its_batches():
    data = batches(4)
    carry = adder().run(jnp.float32(1), data, 3, jnp.float32(2))
    assert float(carry) == 1 + 2 * data[:3].sum()


def test_short_calls_grow_and_long_ones_shrink(monkeypatch):
    dispatcher, data = adder(), batches(64)

    def counts():
        """Of a run over 64 steps."""
        found, carry = [], jnp.float32(0)
        for _, count, _ in dispatcher.chunks(64, 0, 12):
            found.append(count)
            carry = dispatcher.run(carry, data, count, jnp.float32(1))
        assert float(carry) == count_of(found)
        return found

    def count_of(found):
        return sum(float(data[:count].sum()) for count in found)

    monkeypatch.setattr(dispatch, "CHUNK_SECONDS", 1e9)
    growing = counts()
    assert growing[0] == 1 and growing == sorted(growing[:-1]) + growing[-1:] and max(growing) >= 8
    monkeypatch.setattr(dispatch, "CHUNK_SECONDS", 0.0)
    shrinking = counts()
    assert shrinking[-1] == 1


def test_no_more_calls_are_in_flight_than_allowed():
    dispatcher, carry = adder(), jnp.float32(0)
    for _ in range(5):
        carry = dispatcher.run(carry, batches(4), 4, jnp.float32(1))
        assert len(dispatcher._in_flight) <= dispatch.IN_FLIGHT


def test_after_a_failed_call_the_next_run_is_not_told_of_it():
    def fail(value):
        if value < 0:
            raise OSError("the device is on fire")
        return np.float32(value)

    def step(carry, batch):
        return carry + jax.pure_callback(fail, jax.ShapeDtypeStruct((), np.float32), batch.sum())

    dispatcher = Dispatcher(step, donate=False)
    with pytest.raises(Exception, match="on fire"):
        carry = jnp.float32(0)
        for _ in range(4):
            carry = dispatcher.run(carry, -batches(2) - 1, 2)
    carry = jnp.float32(0)
    for _ in range(4):
        carry = dispatcher.run(carry, batches(2), 2)
    assert float(carry) == 4 * batches(2).sum()

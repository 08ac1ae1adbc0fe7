"""How many steps go into one call, how many calls are in flight, and what is left after one that
failed.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn.training import dispatch
from jaxcnn.training.dispatch import Dispatcher, TrainCalls, eagerly, has_convolution


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
    dispatcher.run(jnp.float32(0), data, 1, jnp.float32(1))  # compiles

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
    shrinking = counts() + counts()
    assert shrinking[-1] == 1


def test_no_more_calls_are_in_flight_than_allowed():
    dispatcher = returning_early(adder())
    for _ in range(5):
        dispatcher.run(jnp.float32(0), batches(4), 4, jnp.float32(1))
        assert len(dispatcher._in_flight) <= dispatch.IN_FLIGHT_CPU


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


# -- how many steps a call -------------------------------------------------------------------------


def plain(**options):
    return Dispatcher(lambda carry, batch: carry + batch.sum(), donate=False, **options)


@pytest.mark.parametrize(
    ("most", "size", "capacity"),
    [
        (10, 4, 10),
        (10_000, 4, dispatch.CHUNK_STEPS),
        (10_000, 0, dispatch.CHUNK_STEPS),
        (100, 2**20, 4),
        (100, 2**20 + 1, 3),
        (100, 2**22, 1),
        (100, 2**30, 1),
        (0, 4, 1),
    ],
)
def test_how_many_batches_a_call_can_hold(most, size, capacity):
    assert plain().capacity(most, size) == capacity


def test_the_limits_of_a_call():
    assert (dispatch.CHUNK_BYTES, dispatch.CHUNK_BYTES_CPU) == (64 * 2**20, 4 * 2**20)
    assert (dispatch.CHUNK_STEPS, dispatch.CHUNK_SECONDS) == (512, 0.1)
    assert (dispatch.STEADY_COUNT, dispatch.IN_FLIGHT, dispatch.IN_FLIGHT_CPU) == (8, 2, 1)


def test_other_devices_hold_more(monkeypatch):
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    assert plain().capacity(100, 2**20) == 64


def test_a_count_that_is_given_is_kept():
    dispatcher = plain(count=3)
    assert dispatcher.capacity(10, 2**30) == 3 and dispatcher.capacity(2, 4) == 2
    assert list(dispatcher.chunks(7, 0, 4)) == [(0, 3, 3), (3, 3, 3), (6, 1, 3)]
    assert (
        list(dispatcher.chunks(7, 5, 4)) == [(5, 2, 3)] and list(dispatcher.chunks(7, 7, 4)) == []
    )


def test_several_processes_make_calls_of_one_size(monkeypatch):
    monkeypatch.setattr(jax, "process_count", lambda: 2)
    dispatcher = plain()
    assert dispatcher.next_count(100) == 8 and dispatcher.next_count(5) == 5
    took(dispatcher, monkeypatch, count=8, seconds=0.0)
    took(dispatcher, monkeypatch, count=8, seconds=9.0)
    assert dispatcher.next_count(100) == 8


class Done:
    """The end of a call, which one waits for until a time."""

    def __init__(self, time=None, ends=0.0):
        self.time, self.ends = time, ends

    def is_ready(self):
        return False

    def block_until_ready(self):
        if self.time is not None:
            self.time[0] = max(self.time[0], self.ends)


def returning_early(dispatcher):
    """A dispatcher whose calls return before they are done, as on GPUs."""
    call = dispatcher.many
    dispatcher.many = lambda *arguments: (call(*arguments)[0], Done())
    dispatcher.many.compiled_count = 0
    return dispatcher


def took(dispatcher, monkeypatch, count, seconds, began=None):
    """The dispatcher waits for a call of `count` steps that took `seconds`."""
    time = [dispatcher._last_done if began is None else began]
    monkeypatch.setattr(dispatch.time, "perf_counter", lambda: time[0])
    dispatcher._in_flight.append((Done(time, time[0] + seconds), count, time[0]))
    dispatcher._wait()


def test_calls_double_below_a_tenth_of_a_second_and_halve_above_three(monkeypatch):
    dispatcher = plain()
    sizes = []
    for count, seconds in (
        (1, 0.099),
        (2, 0.05),
        (3, 0.0),  # shorter than was asked for
        (4, 0.1),
        (4, 0.3),
        (4, 0.301),
        (7, 0.5),
        (1, 9.0),
    ):
        took(dispatcher, monkeypatch, count, seconds)
        sizes.append(dispatcher.next_count(100))
    assert sizes == [2, 4, 4, 4, 4, 2, 3, 1]


def test_the_time_of_a_call_begins_when_the_device_is_free(monkeypatch):
    dispatcher = plain()
    time = [0.0]
    monkeypatch.setattr(dispatch.time, "perf_counter", lambda: time[0])
    dispatcher._in_flight.extend([(Done(time, 10.0), 1, 0.0), (Done(time, 10.05), 1, 0.0)])
    dispatcher._wait()
    assert dispatcher.next_count(100) == 1 and dispatcher.waited == 10.0
    time[0] = 10.02
    dispatcher._wait()  # 0.05 s after the one before it
    assert dispatcher.next_count(100) == 2 and dispatcher.waited == pytest.approx(10.03)


def test_a_run_waits_only_where_too_much_is_in_flight(monkeypatch):
    dispatcher = returning_early(plain())
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    waits, in_flight = [], []
    dispatcher._wait = lambda: waits.append(dispatcher._in_flight.popleft())
    for _ in range(4):
        dispatcher.run(jnp.float32(0), batches(2), 2)
        in_flight.append(len(dispatcher._in_flight))
    assert in_flight == [1, 2, 2, 2]
    assert [count for _, count, _ in waits] == [2, 2]


def test_a_call_on_cpu_is_done_when_it_returns(monkeypatch):
    dispatcher = plain()
    ticks = iter(range(100))
    monkeypatch.setattr(dispatch.time, "perf_counter", lambda: float(next(ticks)))
    noted = []
    dispatcher._note = lambda count, seconds, now: noted.append((count, seconds))
    assert float(dispatcher.run(jnp.float32(1), batches(1)[0], None)) == 1 + 3
    assert noted == [] and dispatcher.waited == 0  # it was compiled as well
    dispatcher.run(jnp.float32(1), batches(1)[0], None)
    dispatcher.run(jnp.float32(1), batches(2), 2)  # compiled
    dispatcher.run(jnp.float32(1), batches(2), 2)
    assert noted == [(1, 1.0), (2, 1.0)] and dispatcher.waited == 2
    assert not dispatcher._in_flight


def test_no_step_is_no_step():
    assert float(plain().run(jnp.float32(1), batches(2), 0)) == 1


# -- loops on the device ---------------------------------------------------------------------------


def convolve(carry, batch):
    kernel = jnp.ones((1, 1, 1, 1))
    return carry + jax.lax.conv_general_dilated(batch, kernel, (1, 1), "SAME").sum()


IMAGE = jnp.ones((1, 1, 2, 2))


def test_xla_convolutions_are_called_step_by_step_on_cpu(monkeypatch):
    def loops(step, batch, **options):
        return Dispatcher(step, donate=False, **options).loops(jnp.float32(0), batch)

    add = lambda carry, batch: carry + batch.sum()  # noqa: E731
    assert loops(add, IMAGE) and not loops(convolve, IMAGE)
    assert not loops(add, IMAGE, eager=True) and not loops(add, IMAGE, count=1)
    assert loops(convolve, IMAGE, count=2)
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    assert loops(convolve, IMAGE)


def test_the_judgement_is_made_once(monkeypatch):
    judged = []
    monkeypatch.setattr(dispatch, "has_convolution", lambda jaxpr: judged.append(jaxpr) or True)
    dispatcher = plain()
    assert [dispatcher.loops(jnp.float32(0), batches(1)[0]) for _ in range(2)] == [False, False]
    assert len(judged) == 1


@pytest.mark.parametrize(
    "wrapped",
    [
        jax.jit(convolve),
        jax.grad(lambda carry, batch: convolve(carry, batch)),
        lambda carry, batch: jax.lax.cond(carry > 0, lambda: carry, lambda: convolve(carry, batch)),
        lambda carry, batch: jax.lax.fori_loop(0, 2, lambda i, c: convolve(c, batch), carry),
        lambda carry, batch: jax.checkpoint(convolve)(carry, batch),
    ],
)
def test_convolutions_are_found_wherever_they_are(wrapped):
    has = has_convolution(jax.make_jaxpr(wrapped)(jnp.float32(0), IMAGE).jaxpr)
    assert has
    none = jax.make_jaxpr(lambda x: jax.jit(jnp.sin)(x) + jax.lax.cond(x > 0, jnp.sin, jnp.cos, x))
    assert not has_convolution(none(1.0).jaxpr)


# -- eager runs, single calls, operations ----------------------------------------------------------


def test_an_eager_step_sees_values():
    seen = []

    def step(carry, batch):
        seen.append(float(batch.sum()))
        return carry + batch.sum(), {"log": batch.sum()}

    def first(carry, batch):
        return step(carry, batch)[0]

    dispatcher = Dispatcher(first, donate=True, eager=True)
    assert float(dispatcher.run(jnp.float32(1), batches(1)[0], None)) == 4 and seen == [3]
    assert len(dispatcher._in_flight) == 0
    calls = TrainCalls(step, eager=True)
    state, logs = calls.logged(jnp.float32(1), batches(1)[0])
    assert float(state) == 4 and float(logs["log"]) == 3 and seen == [3, 3]
    assert eagerly(lambda a, *, b: (type(jax.jit(jnp.add)(a, b)), seen.append(a)))(1, b=2)


def test_a_training_step_with_and_without_logs():
    def step(carry, batch):
        return carry + batch.sum(), {"log": batch.max()}

    calls = TrainCalls(step, count=2)
    state, logs = calls.logged(jnp.float32(1), batches(1)[0])
    assert float(state) == 4 and float(logs["log"]) == 2
    assert float(calls.dispatcher.run(jnp.float32(1), batches(2), 2)) == 1 + 15
    assert calls.dispatcher.capacity(9, 4) == 2


def test_only_what_is_donated_is_used_up():
    for donate in (True, False):
        carry = jnp.ones(3)
        Dispatcher(lambda carry, batch: carry + batch, donate=donate).run(carry, jnp.ones(3), None)
        assert carry.is_deleted() is donate
    state = jnp.ones(3)
    calls = TrainCalls(lambda carry, batch: (carry + batch, {}))
    calls.logged(state, jnp.ones(3))
    assert not state.is_deleted()
    calls.dispatcher.run(state, jnp.ones(3), None)
    assert state.is_deleted()


def test_the_operations_of_a_step():
    dispatcher = Dispatcher(lambda carry, batch: batch @ carry, donate=True)
    carry, batch = jnp.ones((30, 30)), jnp.ones((30, 30))
    assert dispatcher.flops(carry, batch) == pytest.approx(2 * 30**3, rel=0.1)
    assert not carry.is_deleted()

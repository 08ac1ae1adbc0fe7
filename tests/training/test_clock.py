"""What is counted as which part of the time."""

import pytest

from jaxcnn.training import clock
from jaxcnn.training.clock import Clock


@pytest.fixture
def now(monkeypatch):
    """A time that the test sets."""
    time = [100.0]
    monkeypatch.setattr(clock.time, "perf_counter", lambda: time[0])
    return time


def test_a_new_clock_is_at_zero():
    new = Clock()
    assert (new.total, new.input, new.device, new.steps, new.samples) == (0, 0, 0, 0, 0)
    assert new.step_flops is None


@pytest.mark.parametrize("part", ["total", "input", "device"])
def test_blocks_add_to_their_part(now, part):
    watch = Clock()
    for seconds in (2.0, 3.0):
        with watch.running(part):
            now[0] += seconds
    assert getattr(watch, part) == 5 == watch.total + watch.input + watch.device


def test_a_block_that_fails_counts(now):
    watch = Clock()
    with pytest.raises(KeyError), watch.running("device"):
        now[0] += 4
        raise KeyError
    assert watch.device == 4


def test_waiting_for_items_is_input(now):
    def items():
        for item in ("a", "b"):
            now[0] += 2
            yield item
        now[0] += 5

    watch, seen = Clock(), []
    for item in watch.inputs(items()):
        seen.append(item)
        now[0] += 100  # training
    assert seen == ["a", "b"] and watch.input == 2 + 2 + 5

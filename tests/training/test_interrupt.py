"""Ctrl-C waits for the end of a step; a second one does not."""

import signal

import pytest

from jaxcnn.training.interrupt import Interrupted, deferred_interrupt


def ctrl_c():
    signal.raise_signal(signal.SIGINT)


def test_the_first_waits_until_it_is_asked_for():
    done = []
    with pytest.raises(Interrupted), deferred_interrupt() as check:
        check()
        ctrl_c()
        done.append("the rest of the step")
        check()
        done.append("never")
    assert done == ["the rest of the step"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_one_that_nobody_asked_for_is_raised_at_the_end():
    with pytest.raises(Interrupted), deferred_interrupt():
        ctrl_c()


def test_the_second_interrupts_at_once():
    with pytest.raises(KeyboardInterrupt) as caught, deferred_interrupt():
        ctrl_c()
        ctrl_c()
    assert caught.type is KeyboardInterrupt

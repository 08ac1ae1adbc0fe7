"""What a process says of the others of its job when it ends for one of them."""

import threading

import jax
import pytest

from jaxcnn.distributed import peers
from jaxcnn.distributed.peers import (
    FAILURE,
    SIGNS,
    SILENCE,
    SILENT,
    Peers,
    lost_a_peer,
    returning_soon,
)

LOST = jax.errors.JaxRuntimeError("UNKNOWN: Gloo all-reduce failed: Connection closed by peer")


class Board(dict):
    """The values of a coordinator, in this process."""

    def key_value_set(self, key, value, allow_overwrite=False):
        if key in self and not allow_overwrite:
            raise jax.errors.JaxRuntimeError("ALREADY_EXISTS: " + key)
        self[key] = value

    def key_value_try_get(self, key):
        if key not in self:
            raise jax.errors.JaxRuntimeError("NOT_FOUND: " + key)
        return self[key]

    def key_value_dir_get(self, key):
        return [(name, value) for name, value in self.items() if name.startswith(key)]


class Left(Exception):
    """Instead of the end of the process."""


@pytest.fixture
def clock(monkeypatch):
    """The seconds that have passed, to be changed."""
    seconds = [1000.0]
    monkeypatch.setattr(peers.time, "monotonic", lambda: seconds[0])
    monkeypatch.setattr(peers.time, "sleep", lambda pause: None)

    def leave(sentence=""):
        raise Left(sentence)

    monkeypatch.setattr(peers, "leave", leave)
    return seconds


def test_the_coordinator_names_who_is_silent_and_the_others_hear_of_it(clock):
    board = Board({f"{SIGNS}1": "host1 0", f"{SIGNS}2": "host2 0"})
    first, third = Peers(board, 0, "", 1.0), Peers(board, 2, "", 1.0)
    first._note_silence()
    clock[0] += SILENT + 1
    board[f"{SIGNS}2"] = "host2 3"
    first._note_silence()
    assert board[SILENCE] == "process 1 on host1 has not been heard of for 16 s"
    third.silence = third._read(SILENCE)
    for each in (first, third):
        with pytest.raises(Left, match=r"^process 1 on host1 has not been heard .*, so process .*"):
            each._explain_abort(6)
    board[f"{SIGNS}1"] = "host1 1"  # a sign after all
    first._note_silence()
    assert board[SILENCE] == "" and first._explain_abort(6) is None


def test_a_coordinator_that_was_stopped_itself_has_noted_nothing(clock):
    first = Peers(Board({f"{SIGNS}0": "host0 0", f"{SIGNS}1": "host1 0"}), 0, "", 1.0)
    first._note_silence()
    clock[0] += 40
    with pytest.raises(Left, match=r"^process 1 on host1 has not been heard of for 40 s, so proc"):
        first._explain_abort(6)


def test_a_coordinator_that_does_not_listen(clock):
    second = Peers(Board(), 1, "127.0.0.1:1", 1.0)
    with pytest.raises(Left, match=r"^Process 0 at 127.0.0.1:1 cannot be reached, so process 1 on"):
        second._explain_abort(6)


def test_the_first_error_ends_the_others(clock, capsys):
    board = Board()
    second = Peers(board, 1, "", 1.0)
    second._previous_hook = lambda *error: None
    for text in ("no room\nfor  it", "another"):
        second._tell(OSError, OSError(text), None)
    assert board[FAILURE] == f"{second.name} failed (OSError: no room for it)"
    third = Peers(board, 2, "", 1.0)
    with pytest.raises(Left, match=r"^process 1 on .* failed \(OSError: no room for it\), so proc"):
        third._watch()
    with pytest.raises(Left, match=r"^$"):
        second._explain_abort(6)


def test_a_failing_process_does_not_wait_for_the_others_for_long(monkeypatch):
    told, ended = [], threading.Event()
    second = Peers(Board(), 1, "", 1.0)
    second._previous_hook = lambda kind, error, traceback: told.append(str(error))
    monkeypatch.setattr(peers, "_current", [second])
    monkeypatch.setattr(peers, "leave", ended.set)
    monkeypatch.setattr(peers, "PATIENCE", 0.01)
    with returning_soon(OSError("no room")):
        assert ended.wait(10)
    assert told == ["no room"] and second.board[FAILURE].endswith("failed (OSError: no room)")
    monkeypatch.setattr(peers, "PATIENCE", 3600.0)
    for error in (None, ValueError("of all processes")):
        with returning_soon(error):
            pass
    assert told == ["no room"]


def test_errors_that_say_a_peer_is_lost_but_not_which():
    outer = ValueError("while training")
    outer.__cause__ = LOST
    assert lost_a_peer(LOST) and lost_a_peer(outer)
    assert not lost_a_peer(jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: out of memory"))
    assert not lost_a_peer(ValueError("Gloo"))

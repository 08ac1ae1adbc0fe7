"""What fit prints: golden texts of both verbosities, on a terminal and in a file."""

import io
import sys
from types import SimpleNamespace

import pytest

from jaxcnn import callbacks as cb
from jaxcnn.spellings.dialect import speaking
from jaxcnn.utils import progbar

METRICS = ["loss", "acc", "val_loss", "val_acc"]
FINAL = {"val_loss": 0.0734, "val_acc": 0.9767, "loss": 0.3129, "acc": 0.9049, "lr": 0.01}


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run(params, clock, counts, epochs=2, callbacks=()):
    listing = cb.CallbackList(
        list(callbacks), object(), {"epochs": epochs, "metrics": METRICS, **params}
    )
    listing.on_train_begin()
    for epoch in range(epochs):
        listing.on_epoch_begin(epoch)
        for seen in counts:
            clock.now += 10
            listing.update(seen, lambda: {"loss": 0.5, "acc": 0.25})
        listing.on_epoch_end(epoch, dict(FINAL))
    listing.on_train_end()


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(progbar, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


BAR = "=" * 30
VALUES = "loss: 0.3129 - acc: 0.9049 - val_loss: 0.0734 - val_acc: 0.9767"


def test_samples_in_a_file(clock, capsys):
    run({"verbose": 1, "samples": 60000, "validation_samples": 10000}, clock, [30000, 60000])
    assert capsys.readouterr().out == (
        "Train on 60000 samples, validate on 10000 samples\n"
        f"Epoch 1/2\n60000/60000 [{BAR}] - 20s - {VALUES}\n"
        f"Epoch 2/2\n60000/60000 [{BAR}] - 20s - {VALUES}\n"
    )


def test_steps_have_no_header_and_count_batches(clock, capsys):
    run({"verbose": 1, "steps": 1562, "validation_samples": 10}, clock, [781, 1562], epochs=1)
    assert capsys.readouterr().out == f"Epoch 1/1\n1562/1562 [{BAR}] - 20s - {VALUES}\n"


def test_without_validation_there_is_no_header(clock, capsys):
    run({"verbose": 1, "samples": 8}, clock, [8], epochs=1)
    assert capsys.readouterr().out.startswith("Epoch 1/1\n8/8 [")


def test_one_line_per_epoch(clock, capsys):
    run({"verbose": 2, "samples": 6, "validation_samples": 2}, clock, [3, 6], epochs=1)
    assert (
        capsys.readouterr().out
        == f"Train on 6 samples, validate on 2 samples\nEpoch 1/1\n20s - {VALUES}\n"
    )


def test_bars_of_2_2_say_how_long_a_step_took(clock, capsys):
    with speaking("2.2"):
        run({"verbose": 1, "samples": 1000}, clock, [500, 1000], epochs=1)
        run({"verbose": 2, "samples": 1000}, clock, [500, 1000], epochs=1)
        assert progbar.format_step(2.4) == " 2s/step"
        assert progbar.format_step(2.5e-5) == " 25us/step"
        assert [progbar.format_eta(s) for s in (59, 61, 3700)] == ["59s", "1:01", "1:01:40"]
    assert capsys.readouterr().out == (
        f"Epoch 1/1\n1000/1000 [{BAR}] - 20s 20ms/step - {VALUES}\nEpoch 1/1\n - 20s - {VALUES}\n"
    )
    assert progbar.format_eta(61) == "61s"


def test_silence(clock, capsys):
    run(
        {"verbose": 0, "samples": 6, "validation_samples": 2},
        clock,
        [3, 6],
        callbacks=[cb.ProgbarLogger()],
    )
    assert capsys.readouterr().out == ""


def test_on_a_terminal_the_bar_moves(clock, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    run({"verbose": 1, "samples": 40}, clock, [10, 20, 40], epochs=1)
    first = "10/40 [======>.......................] - ETA: 30s - loss: 0.5000 - acc: 0.2500"
    second = "20/40 [==============>...............] - ETA: 20s - loss: 0.5000 - acc: 0.2500"
    last = f"40/40 [{BAR}] - 30s - {VALUES}"
    erase = "\b" * len(first) + "\r"
    assert sys.stdout.getvalue() == f"Epoch 1/1\n\r{first}{erase}{second}{erase}{last}\n"


def test_values_are_not_fetched_for_a_file(clock, capsys):
    def never():
        raise AssertionError("fetching waits for the device")

    listing = cb.CallbackList(
        [], object(), {"epochs": 1, "metrics": METRICS, "verbose": 1, "samples": 100}
    )
    listing.on_train_begin()
    listing.on_epoch_begin(0)
    for seen in range(0, 101, 10):
        clock.now += 10
        listing.update(seen, never)
        listing.note("compiling...")
    listing.on_epoch_end(0, FINAL)
    assert "100/100" in capsys.readouterr().out


def test_an_epoch_that_ended_early_says_how_far_it_came(clock, capsys):
    run({"verbose": 1, "steps": 100}, clock, [50], epochs=1)
    assert (
        capsys.readouterr().out
        == f"Epoch 1/1\n 50/100 [==============>...............] - 10s - {VALUES}\n"
    )


def test_an_unknown_number_of_steps(clock, capsys):
    run({"verbose": 1, "steps": None}, clock, [50, 70], epochs=1)
    assert capsys.readouterr().out == f"Epoch 1/1\n70/70 [{BAR}] - 20s - {VALUES}\n"


def test_messages_of_other_callbacks_stand_on_their_own_lines(clock, monkeypatch):
    class Says(cb.Callback):
        def on_epoch_end(self, epoch, logs=None):
            print(f"Epoch {epoch:05d}: saving")

    monkeypatch.setattr(sys, "stdout", Terminal())
    run({"verbose": 1, "samples": 40}, clock, [20, 40], epochs=1, callbacks=[Says()])
    assert sys.stdout.getvalue().endswith(f"{VALUES}\nEpoch 00000: saving\n")


def test_a_given_bar_replaces_the_automatic_one(clock, capsys):
    run(
        {"verbose": 1, "samples": 64, "steps": 2},
        clock,
        [1, 2],
        epochs=1,
        callbacks=[cb.ProgbarLogger("steps")],
    )
    assert capsys.readouterr().out == f"Epoch 1/1\n2/2 [{BAR}] - 20s - {VALUES}\n"


def test_count_mode_is_checked():
    with pytest.raises(ValueError, match="'samples' or 'steps', got 'batches'"):
        cb.ProgbarLogger("batches")

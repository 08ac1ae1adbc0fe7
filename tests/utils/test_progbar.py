"""The bar's text is that of Keras 2.0.4 to the byte (A25, A123)."""

import io
from types import SimpleNamespace

import pytest

from jaxcnn.utils import console, progbar
from jaxcnn.utils.progbar import Progbar, format_bar, format_values, redraws_in_place


class Terminal(io.StringIO):
    def isatty(self):
        return True

    def screen(self):
        """The lines as a terminal shows them, after backspaces and carriage returns."""
        lines, column = [""], 0
        for char in self.getvalue():
            if char == "\b":
                column = max(0, column - 1)
            elif char == "\r":
                column = 0
            elif char == "\n":
                lines.append("")
                column = 0
            else:
                lines[-1] = lines[-1][:column] + char + lines[-1][column + 1 :]
                column += 1
        return lines


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(progbar, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


@pytest.fixture
def terminal(monkeypatch):
    terminal = Terminal()
    for module in (console, progbar):
        monkeypatch.setattr(module, "sys", SimpleNamespace(stdout=terminal))
    return terminal


def test_book_line(terminal, clock):
    bar = Progbar(60000)
    clock.now += 565.1
    bar.draw(58752, lambda: [("loss", 0.0828), ("acc", 0.9755)])
    shown = terminal.getvalue()
    assert (
        shown
        == "\r58752/60000 [============================>.] - ETA: 12s - loss: 0.0828 - acc: 0.9755"
    )


def test_golden_bytes_of_a_whole_epoch(terminal, clock):
    bar = Progbar(200)
    for current, seconds, loss in [(0, 0, 9.0), (50, 2, 2.0), (100, 3, 0.0005), (200, 5.9, 0.0)]:
        clock.now = 1000.0 + seconds
        bar.update(current, [("loss", loss)])
    first = "  0/200 [..............................] - ETA: 0s - loss: 0.0000e+00"
    second = " 50/200 [======>.......................] - ETA: 6s - loss: 2.0000"
    third = "100/200 [==============>...............] - ETA: 3s - loss: 1.0003"
    last = "200/200 [==============================] - 5s - loss: 0.5001"
    erase = ["\b" * len(line) + "\r" for line in (first, second, third)]
    assert terminal.getvalue() == (
        f"\r{first}{erase[0]}{second}    "
        f"{erase[1]}{third}{erase[2]}{last}{' ' * (len(third) - len(last))}\n"
    )
    assert terminal.screen()[-2].rstrip() == last


def test_update_averages_by_progress_and_add_moves_on(terminal, clock):
    bar = Progbar(10)
    bar.add(2, [("loss", 1.0)])
    clock.now += 1
    bar.add(8, [("loss", 6.0)])
    assert (
        terminal.screen()[0].rstrip()
        == "10/10 [==============================] - 1s - loss: 5.0000"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.25, "0.2500"),
        (0.001, "1.0000e-03"),
        (0.00101, "0.0010"),
        (-2.0, "-2.0000"),
        (0.0, "0.0000e+00"),
    ],
)
def test_four_decimals_or_powers_of_ten(value, text):
    assert format_values([("loss", value)]) == f" - loss: {text}"


def test_nan_is_shown():
    assert format_values([("loss", float("nan"))]) == " - loss: nan"


@pytest.mark.parametrize(
    ("current", "target", "text"),
    [
        (0, 7, "0/7 [..............................]"),
        (1, 30, " 1/30 [>.............................]"),
        (15, 30, "15/30 [==============>...............]"),
        (1562, 1562, "1562/1562 [==============================]"),
        (12, 10, "12/10 [==============================]"),
        (0, 0, "0/0 [==============================]"),
        (12, None, "12/Unknown"),
    ],
)
def test_bars(current, target, text):
    assert format_bar(current, target) == text


def test_drawing_is_throttled_and_values_are_fetched_only_then(terminal, clock):
    fetched = []
    bar = Progbar(1000, interval=0.1)
    for step in range(1, 1000):
        clock.now += 0.01
        bar.draw(step, lambda: fetched.append(1) or [])
    assert 90 <= len(fetched) <= 101
    bar.draw(999, lambda: fetched.append(1) or [], force=True)
    assert terminal.getvalue().endswith("999/1000 [============================>.] - ETA: 0s")


def test_a_file_gets_only_the_finished_line(capsys, clock):
    fetched = []
    bar = Progbar(600)
    for seen in range(32, 600, 32):
        clock.now += 1
        bar.draw(seen, lambda: fetched.append(1) or [])
        bar.note("compiling...")
    assert not fetched
    clock.now = 1005.5
    bar.update(600)
    assert capsys.readouterr().out == "600/600 [==============================] - 5s\n"


def test_verbose_2_is_one_line_anywhere(terminal, clock):
    bar = Progbar(600, verbose=2)
    bar.update(300, [("loss", 3.0)])
    clock.now += 7.8
    bar.update(600, [("loss", 1.0)])
    assert terminal.getvalue() == "7s - loss: 2.0000\n"


def test_verbose_0_is_silent(terminal):
    Progbar(1, verbose=0).update(1, [("loss", 1.0)])
    assert terminal.getvalue() == ""


def test_an_unknown_target_becomes_known_at_the_end(terminal, clock):
    bar = Progbar(None)
    clock.now += 3
    bar.update(12)
    bar.draw(40, lambda: [("loss", 0.5)], last=True)
    lines = terminal.screen()
    assert terminal.getvalue().startswith("\r12/Unknown - 3s")
    assert lines == ["40/40 [==============================] - 3s - loss: 0.5000", ""]


def test_a_note_is_replaced_by_the_next_drawing(terminal, clock):
    bar = Progbar(4)
    bar.note("compiling, as the first step needs it ......................")
    bar.update(2)
    assert terminal.screen()[0].rstrip() == "2/4 [==============>...............] - ETA: 0s"


def test_close_ends_an_unfinished_line_once(terminal, clock):
    bar = Progbar(4)
    bar.update(2)
    bar.close()
    bar.close()
    bar.update(4)
    bar.close()
    assert terminal.getvalue().count("\n") == 2


def test_notebook_cells_redraw_lines():
    cell = type(
        "OutStream", (), {"__module__": "ipykernel.iostream", "isatty": lambda self: False}
    )()
    assert redraws_in_place(cell)
    assert not redraws_in_place(io.StringIO()) and not redraws_in_place(object())

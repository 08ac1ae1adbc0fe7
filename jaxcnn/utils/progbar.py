"""The progress bar of Keras 2.0.4: `58752/60000 [===============>.] - ETA: 12s - loss: 0.0828`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from typing import TextIO

from jaxcnn.spellings.dialect import dialect
from jaxcnn.spellings.keywords import Suggesting
from jaxcnn.utils.console import say

Values = Iterable[tuple[str, float]]


def format_values(values: Values) -> str:
    """` - name: value` for each pair, with 4 decimals, or in powers of ten up to 1e-3."""
    text = ""
    for name, value in values:
        text += f" - {name}: " + ("%.4f" if abs(value) > 1e-3 else "%.4e") % value
    return text


def format_bar(current: int, target: int | None, width: int = 30) -> str:
    """`  128/60000 [>.....]`; with an unknown target only `128/Unknown`."""
    if target is None:
        return f"{current}/Unknown"
    filled = min(width, int(width * (current / target))) if target else width
    head = "" if not filled else "=" * (filled - 1) + (">" if current < target else "=")
    return f"{current:{len(str(target))}d}/{target} [{head}{'.' * (width - filled)}]"


def format_step(seconds: float) -> str:
    """` 20ms/step`, as the bars of Keras 2.2 end."""
    if seconds >= 1:
        return f" {seconds:.0f}s/step"
    return f" {seconds * 1e3:.0f}ms/step" if seconds >= 1e-3 else f" {seconds * 1e6:.0f}us/step"


def format_eta(seconds: float) -> str:
    """`12s`, in the bars of Keras 2.2 `1:05` for more than a minute."""
    minutes, rest = divmod(int(seconds), 60)
    if not dialect().step_times or seconds <= 60:
        return f"{int(seconds)}s"
    return (
        f"{minutes}:{rest:02d}"
        if seconds <= 3600
        else (f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}")
    )


def in_notebook(stream: TextIO) -> bool:
    """Whether a stream is the output of a notebook's cell, which is sent and kept as a whole."""
    return type(stream).__module__.split(".")[0] == "ipykernel"


def redraws_in_place(stream: TextIO) -> bool:
    """Whether a stream redraws a line after a carriage return: a terminal or a notebook cell."""
    if in_notebook(stream):
        return True
    isatty = getattr(stream, "isatty", None)
    return bool(isatty and isatty())


class Progbar(Suggesting):
    """A progress bar on standard output.

    On a terminal (or in a notebook) one line is redrawn in place, at most every `interval` seconds.
    Anywhere else, as in a file or a pipe, only the finished line is printed.

    Args:
        target: number of samples or steps of the whole; None when unknown.
        width: characters of the bar itself. Default: 30.
        verbose: 0 prints nothing, 1 the bar, 2 one line without a bar at the end. Default: 1.
        interval: least time between two drawings, in seconds; in a notebook, whose file keeps them
            all, not under half a second. Default: 0.05.
        stateful_metrics: names of the values that are shown as they come, and not averaged.
            Default: None.

    Examples:
        >>> bar = jc.utils.Progbar(10, verbose=0)
        >>> bar.update(5, [("loss", 0.25)])

    References:
        - Chollet et al., "Keras 2.0.4: keras/utils/generic_utils.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/utils/generic_utils.py>
    """

    def __init__(
        self,
        target: int | None,
        width: int = 30,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
    ) -> None:
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = max(interval, 0.5) if in_notebook(sys.stdout) else interval
        self.stateful_metrics = set(stateful_metrics or ())
        self.seen_so_far = 0
        self._totals: dict[str, list[float]] = {}  # name -> [weighted sum, weight]
        self._start = time.monotonic()
        self._last_draw = -float("inf")
        self._line_width = 0  # characters of the unfinished line on the terminal

    def update(self, current: int, values: Values | None = None, force: bool = False) -> None:
        """Move to `current` of the target.

        The bar shows the averages of the values, weighted by progress, but for those that are
        stateful.

        Args:
            current: how far it is, from 0 to the target.
            values: (name, value since the last update) pairs. Default: None.
            force: whether to draw even when the last drawing was less than `interval` seconds ago.
                Default: False.
        """
        progress = current - self.seen_so_far
        for name, value in values or ():
            if name in self.stateful_metrics:
                self._totals[name] = [value, 1]
                continue
            total = self._totals.setdefault(name, [0.0, 0])
            total[0] += value * progress
            total[1] += progress
        self.draw(current, self._averages, force)

    def add(self, n: int, values: Values | None = None) -> None:
        """Move on by `n`.

        Args:
            n: how much further.
            values: (name, value since the last update) pairs. Default: None.
        """
        self.update(self.seen_so_far + n, values)

    def _averages(self) -> list[tuple[str, float]]:
        return [
            (name, float(total / max(1, weight))) for name, (total, weight) in self._totals.items()
        ]

    def draw(
        self, current: int, values: Callable[[], Values], force: bool = False, last: bool = False
    ) -> None:
        """Show `current` and the values, which are asked for only if something is printed.

        `last` ends the line even if the target is not reached.
        """
        self.seen_so_far = current
        last = last or (self.target is not None and current >= self.target)
        now = time.monotonic()
        if not last and not (self._live() and (force or now - self._last_draw >= self.interval)):
            return
        if not self.verbose or sys.stdout is None:  # as in programs without a console
            return
        elapsed = now - self._start
        if self.verbose == 2:
            dash = " - " if dialect().step_times else ""
            say(f"{dash}{int(elapsed)}s{format_values(values())}")
        else:
            remaining = self.target is not None and not last
            eta = (
                elapsed / current * (self.target - current)
                if current and remaining and self.target
                else 0
            )
            clock = f"ETA: {format_eta(eta)}" if remaining else f"{int(elapsed)}s"
            if dialect().step_times and not remaining:
                clock += format_step(elapsed / current if current else 0)
            bar = format_bar(
                current, current if last and self.target is None else self.target, self.width
            )
            self._rewrite(f"{bar} - {clock}{format_values(values())}", end="\n" if last else "")
        self._last_draw = now

    def note(self, text: str) -> None:
        """Show a remark in place of the bar until the next drawing, where lines are redrawn."""
        if self._live():
            self._rewrite(text)

    def close(self) -> None:
        """End a line left unfinished, as by an interruption, so that the next one starts afresh."""
        if self._line_width:
            self._line_width = 0
            say("")

    def _live(self) -> bool:
        return self.verbose == 1 and redraws_in_place(sys.stdout)

    def _rewrite(self, line: str, end: str = "") -> None:
        if redraws_in_place(sys.stdout):
            back = "\r" if in_notebook(sys.stdout) else "\b" * self._line_width + "\r"
            padding = " " * (self._line_width - len(line))
            say(back + line + padding, end)
            self._line_width = 0 if end else len(line)
        else:
            say(line, end)

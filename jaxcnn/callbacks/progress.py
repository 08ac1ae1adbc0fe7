"""The callback that prints the progress of training, as Keras 2.0.4 does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jaxcnn.callbacks.base import LogDict, ProgressWatcher
from jaxcnn.utils.console import say
from jaxcnn.utils.progbar import Progbar


class ProgbarLogger(ProgressWatcher):
    """Prints `Epoch 1/12` and a progress bar with the running averages, or one line per epoch.

    The first is `verbose=1`, the second 2. It has no batch hooks: the loop calls `update` after
    each dispatch, and only drawing the bar fetches the values.

    Args:
        count_mode: "samples" or "steps", what the bar counts. Default: 'samples'.

    Raises:
        ValueError: another count_mode.

    Examples:
        >>> jc.callbacks.ProgbarLogger("steps").count_mode
        'steps'

    References:
        - Chollet et al., "Keras 2.0.4: keras/callbacks.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/callbacks.py>
    """

    once_per_job = True

    def __init__(self, count_mode: str = "samples"):
        if count_mode not in ("samples", "steps"):
            raise ValueError(f"count_mode must be 'samples' or 'steps', got {count_mode!r}.")
        self.count_mode = count_mode
        self.bar: Progbar | None = None
        self.seen = 0

    def on_train_begin(self, logs: LogDict | None = None) -> None:
        self.bar = None
        validation = self.params.get("validation_samples")
        if self.params["verbose"] and self.count_mode == "samples" and validation:
            say(f"Train on {self.params['samples']} samples, validate on {validation} samples")

    def on_epoch_begin(self, epoch: int, logs: LogDict | None = None) -> None:
        self.seen = 0
        if self.params["verbose"]:
            say(f"Epoch {epoch + 1}/{self.params['epochs']}")
            target = self.params.get(self.count_mode)
            self.bar = Progbar(target, verbose=self.params["verbose"], interval=0.1)

    def update(self, seen: int, logs_fn: Callable[[], Mapping[str, float]]) -> None:
        """Redraw the bar if it is time.

        The complete bar is left to `on_epoch_end`, which has the values of the validation too.
        """
        self.seen = seen
        if self.bar and (self.bar.target is None or seen < self.bar.target):
            self.bar.draw(seen, lambda: self._shown(logs_fn()))

    def note(self, text: str) -> None:
        """Show a remark such as "compiling..." on a terminal, until the bar is next drawn."""
        if self.bar:
            self.bar.note(text)

    def on_epoch_end(self, epoch: int, logs: LogDict | None = None) -> None:
        if self.bar:
            self.bar.draw(self.seen, lambda: self._shown(logs or {}), last=True)

    def on_train_end(self, logs: LogDict | None = None) -> None:
        if self.bar:
            self.bar.close()

    def on_interruption(self, error: BaseException) -> None:
        self.on_train_end()

    def _shown(self, logs: Mapping[str, float]) -> list[tuple[str, float]]:
        names = dict.fromkeys(self.params["metrics"])
        return [(name, logs[name]) for name in names if name in logs]

"""The record of a training run that `fit` returns."""

from __future__ import annotations

import html

from jaxcnn.callbacks.base import Callback, LogDict
from jaxcnn.callbacks.logs import Logs
from jaxcnn.runtime.types import Config, Settings


class History(Callback):
    """Keeps the values of every epoch; `fit` returns one.

    Attributes:
        epoch: the indices (from 0) of the epochs done.
        history: name -> list of floats, one per epoch that reported it. `acc` and `accuracy`,
            `val_acc` and `val_accuracy`, `lr` and `learning_rate` read the same list.

    Examples:
        >>> history = model.fit(x, y, epochs=3, verbose=0)
        >>> history.epoch, len(history.history["loss"])
        ([0, 1, 2], 3)

    References:
        - Chollet et al., "Keras 2.0.4: keras/callbacks.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/callbacks.py>
    """

    def __init__(self) -> None:
        self.epoch: list[int] = []
        self.history = Logs()

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {values[-1]:.4g}" for name, values in self.history.items())
        return f"<History of {len(self.epoch)} epochs{': ' * bool(last)}{last}>"

    def _repr_html_(self) -> str:
        """A table with a row for each epoch, for notebooks."""
        head = "".join(f"<th>{html.escape(name)}</th>" for name in ("epoch", *self.history))
        rows = "".join(
            f"<tr><td>{epoch + 1}</td>{''.join(f'<td>{value:.4g}</td>' for value in values)}</tr>"
            for epoch, *values in zip(self.epoch, *self.history.values(), strict=False)
        )
        return f"<table><tr>{head}</tr>{rows}</table>"

    def on_train_begin(self, logs: LogDict | None = None) -> None:
        self.epoch = []
        self.history = Logs()

    def on_epoch_end(self, epoch: int, logs: LogDict | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def get_state(self) -> Config:
        return {
            "epoch": list(self.epoch),
            "history": {name: list(values) for name, values in self.history.items()},
        }

    def set_state(self, state: Settings) -> None:
        self.epoch = list(state["epoch"])
        self.history = Logs({name: list(values) for name, values in state["history"].items()})

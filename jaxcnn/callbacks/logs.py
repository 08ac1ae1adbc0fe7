"""The dict of logs, which knows old and new spellings of names, and the watching of one value."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from jaxcnn.callbacks.base import Callback, LogDict, reported_names
from jaxcnn.spellings.hints import closest

# Keras 1 and 2 reported the left names, later versions report the right ones.
SPELLINGS = (
    ("acc", "accuracy"),
    ("lr", "learning_rate"),
    ("mean_squared_error", "mse"),
    ("mean_absolute_error", "mae"),
    ("mean_absolute_percentage_error", "mape"),
    ("mean_squared_logarithmic_error", "msle"),
)


def other_spelling(name: str) -> str | None:
    """`val_acc` for `val_accuracy`, `learning_rate` for `lr`, and the reverse; else None."""
    for old, new in SPELLINGS:
        for given, other in ((old, new), (new, old)):
            if name == given or name.endswith("_" + given):
                return name[: -len(given)] + other
    return None


class Logs(dict[str, Any]):
    """A dict of reported values in which `acc` and `accuracy`, `mse` and its long name, ... are
    one.

    Iterating and printing show only the names that were stored; reading, `in`, `get` and
    `setdefault` take both.

    Examples:
        >>> logs = jc.callbacks.Logs(acc=0.5)
        >>> logs["accuracy"]
        0.5

    References:
        - Chollet et al., "Keras 2.0.4: keras/callbacks.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/callbacks.py>
    """

    def stored_name(self, name: str) -> str | None:
        """The spelling of `name` under which a value is stored, or None."""
        if dict.__contains__(self, name):
            return name
        other = other_spelling(name) if isinstance(name, str) else None
        return other if other is not None and dict.__contains__(self, other) else None

    def __missing__(self, name: str) -> Any:
        stored = self.stored_name(name)
        if stored is None:
            raise KeyError(name)
        return self[stored]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.stored_name(name) is not None

    def get(self, name: str, default: Any = None) -> Any:
        stored = self.stored_name(name)
        return default if stored is None else self[stored]

    def setdefault(self, name: str, default: Any = None) -> Any:
        stored = self.stored_name(name)
        return super().setdefault(name if stored is None else stored, default)


# Names for which Keras's "auto" takes smaller as better although larger is.
LARGER_IS_BETTER = ("auc", "dice", "f1", "iou", "jaccard", "precision", "recall")


# Whether the first value is better than the second.
Better: TypeAlias = Callable[[float, float], object]


class Monitored:
    """What callbacks that watch a value have in common."""

    _monitor: Monitor

    @property
    def monitor_op(self) -> Better:
        """What says whether a value is better than another: `np.less` or `np.greater`."""
        return self._monitor.better

    @monitor_op.setter
    def monitor_op(self, better: Better) -> None:
        self._monitor.better = better


class Monitor:
    """Watches one value of the epoch logs, under either spelling, and decides if it has improved.

    Args:
        owner: name of the callback, for warnings.
        name: the value to watch.
        mode: "min", "max", or "auto", which is "max" for names with "acc" in them or beginning with
            "fmeasure", else "min". Any other mode warns and counts as "auto".
        min_delta: a smaller change than this is no improvement.
    """

    def __init__(self, owner: str, name: str, mode: str = "auto", min_delta: float = 0.0):
        if mode not in ("auto", "min", "max"):
            message = (
                f"{owner}: mode {mode!r} is unknown, taken as 'auto'; use 'auto', 'min' or 'max'."
            )
            warnings.warn(message, RuntimeWarning, stacklevel=3)
            mode = "auto"
        if mode == "auto":
            mode = "max" if "acc" in name or name.startswith("fmeasure") else "min"
            if mode == "min" and any(word in name.lower() for word in LARGER_IS_BETTER):
                message = (
                    f"{owner}: mode='auto' takes a smaller {name} as better, as Keras does for "
                    "names without 'acc'; pass mode='max' if larger is better, or mode='min' to "
                    "keep it and silence this."
                )
                warnings.warn(message, RuntimeWarning, stacklevel=3)
        self.owner, self.name, self.mode, self.min_delta = owner, name, mode, min_delta
        self.worst = math.inf if mode == "min" else -math.inf
        self.better: Better = np.less if mode == "min" else np.greater
        self._warned = False

    def improved(self, value: float, best: float) -> bool:
        """Whether `value` beats `best` by more than `min_delta`; never for NaN."""
        return bool(self.better(value, best + self.margin))

    @property
    def margin(self) -> float:
        """`min_delta` in the direction of what is better."""
        return self.min_delta if self.better is np.greater else -self.min_delta

    def read(self, logs: LogDict | None, callback: Callback) -> float | None:
        """The watched value, or None when these logs lack it.

        Then there is one warning, unless a later epoch will report it.
        """
        known = Logs(logs or {})
        if self.name in known:
            return float(known[self.name])
        expected = Logs.fromkeys(reported_names(callback.params))
        if self.name not in expected and not self._warned:
            self._warned = True
            warnings.warn(self._absent(list(known)), RuntimeWarning, stacklevel=4)
        return None

    def _absent(self, available: list[str]) -> str:
        hint = closest(self.name, available)
        if self.name.startswith("val_") and not any(name.startswith("val_") for name in available):
            hint = " val_ values need validation_data or validation_split in fit."
        return (
            f"{self.owner} watches {self.name!r}, which is not reported. "
            f"Available: {', '.join(available)}.{hint}"
        )

"""Callbacks that pass the logs on: to a CSV file, to a server, to functions of the user."""

from __future__ import annotations

import csv
import json
import os
import warnings
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from jaxcnn.callbacks.base import Callback, LogDict, reported_names
from jaxcnn.callbacks.logs import Logs
from jaxcnn.runtime.types import Config, Settings
from jaxcnn.utils.files import naming
from jaxcnn.utils.untrusted import one_error


class CSVLogger(Callback):
    """Writes one row per epoch to a CSV file: `epoch`, and the logs in alphabetical order.

    A value that an epoch does not report is written as NA. Missing folders are made.

    Args:
        filename: the file.
        separator: the string between two fields. Default: ','.
        append: add rows to an existing file, in its columns; else it is overwritten at the end of
            the first epoch. Default: False.

    Examples:
        >>> import pathlib
        >>> logger = jc.callbacks.CSVLogger("log.csv")
        >>> history = model.fit(x, y, epochs=2, verbose=0, callbacks=[logger])
        >>> pathlib.Path("log.csv").read_text().split()[0]
        'epoch,loss'

    References:
        - Chollet et al., "Keras 2.0.4: keras/callbacks.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/callbacks.py>
    """

    once_per_job = True

    def __init__(
        self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False
    ):
        self.filename = os.fspath(filename)
        self.separator = separator
        self.append = append
        self._columns: list[str] | None = None
        self._size = 0  # valid bytes of the file; the rest is cut off before the first row

    def on_train_begin(self, logs: LogDict | None = None) -> None:
        os.makedirs(os.path.dirname(self.filename) or ".", exist_ok=True)
        with open(self.filename, "a"):  # fails here rather than after the first epoch
            self._size = os.path.getsize(self.filename) if self.append else 0
        self._columns = None

    def on_epoch_end(self, epoch: int, logs: LogDict | None = None) -> None:
        values = Logs(logs or {})
        if self._columns is None:
            self._columns = self._start(values)
        self._write([epoch, *(_cell(values.get(name, "NA")) for name in self._columns)])

    def _start(self, values: Logs) -> list[str]:
        """Cut off the invalid part of the file, write a header if there is none; its columns."""
        os.truncate(self.filename, min(self._size, os.path.getsize(self.filename)))
        with (
            one_error(self.filename, "a CSV file in UTF-8"),
            open(self.filename, newline="", encoding="utf-8") as file,
        ):
            header = next(csv.reader(file, delimiter=self.separator), None)
        if header is None:
            columns = sorted({*values, *reported_names(self.params)})
            self._write(["epoch", *columns])
            return columns
        known = Logs.fromkeys(header[1:])
        missing = [name for name in values if name not in known]
        if missing:
            message = (
                f"CSVLogger: {self.filename} has no column for {', '.join(missing)}; not written."
            )
            warnings.warn(message, RuntimeWarning, stacklevel=4)
        return header[1:]

    def _write(self, row: list[object]) -> None:
        try:
            with naming(self.filename), open(self.filename, "a", newline="", encoding="utf-8") as f:
                csv.writer(f, delimiter=self.separator).writerow(row)
        except OSError:
            os.truncate(self.filename, self._size)  # no part of a row stays
            raise
        self._size = os.path.getsize(self.filename)

    def get_state(self) -> Config:
        return {"size": self._size}

    def set_state(self, state: Settings) -> None:
        self._size = state["size"]
        self._columns = None


def _cell(value: object) -> object:
    """A value of the logs as the field of a row; arrays in Keras's spelling."""
    if isinstance(value, Iterable) and not isinstance(value, str) and np.asarray(value).ndim > 0:
        return '"[' + ", ".join(map(str, value)) + ']"'
    return value


class RemoteMonitor(Callback):
    """Sends the logs of every epoch to a server by HTTP POST.

    The form field `field` holds a JSON object with `epoch` and the values of the logs, or the whole
    body is that object. For a server that refuses or does not answer within 2 seconds there is one
    warning, and it is tried again after the next epoch.

    Args:
        root: address of the server. Default: 'http://localhost:9000'.
        path: where on the server. Default: '/publish/epoch/end/'.
        field: name of the form field. Default: 'data'.
        headers: HTTP headers; by default `Accept` and `Content-Type` of JSON, as Keras sends them.
        send_as_json: whether the body is the object itself rather than a form. Default: False.

    Raises:
        ValueError: the address is not http or https.

    Examples:
        >>> callback = jc.callbacks.RemoteMonitor("http://localhost:9000", send_as_json=True)

    References:
        - Chollet et al., "Keras 2.0.4: keras/callbacks.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/callbacks.py>
    """

    once_per_job = True

    TIMEOUT = 2.0  # seconds

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: Mapping[str, str] | None = None,
        send_as_json: bool = False,
    ):
        if not root.startswith(("http://", "https://")):
            raise ValueError(
                f"RemoteMonitor: root must begin with http:// or https://, got {root!r}."
            )
        self.root = root
        self.path = path
        self.field = field
        self.headers = dict(
            headers or {"Accept": "application/json", "Content-Type": "application/json"}
        )
        self.send_as_json = send_as_json
        self._warned = False

    def on_epoch_end(self, epoch: int, logs: LogDict | None = None) -> None:
        from http.client import HTTPException
        from urllib.error import HTTPError
        from urllib.parse import urlencode
        from urllib.request import Request, urlopen

        event = {
            "epoch": epoch,
            **{name: np.asarray(value).tolist() for name, value in (logs or {}).items()},
        }
        text = json.dumps(event)
        body = (text if self.send_as_json else urlencode({self.field: text})).encode()
        try:
            urlopen(
                Request(self.root + self.path, body, self.headers), timeout=self.TIMEOUT
            ).close()
        except (OSError, HTTPException) as error:
            if isinstance(error, HTTPError):
                error.close()  # it is the server's answer as well
            if not self._warned:
                self._warned = True
                message = f"RemoteMonitor could not reach the server at {self.root}: {error}"
                warnings.warn(message, RuntimeWarning, stacklevel=2)


class LambdaCallback(Callback):
    """A callback made of functions.

    Epoch hooks take (epoch, logs), batch hooks (batch, logs), train hooks (logs). The loop calls
    batches only when a batch hook is given.

    Args:
        on_epoch_begin: called with the epoch from 0, and the logs. Default: None.
        on_epoch_end: called with the epoch from 0, and the logs. Default: None.
        on_batch_begin: called with the batch from 0, and the logs. Default: None.
        on_batch_end: called with the batch from 0, and the logs. Default: None.
        on_train_begin: called with the logs. Default: None.
        on_train_end: called with the logs. Default: None.

    Examples:
        >>> show = jc.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print(list(logs)))
        >>> history = model.fit(x, y, epochs=1, verbose=0, callbacks=[show])
        ['loss']

    References:
        - Chollet et al., "Keras 2.0.4: keras/callbacks.py", 2017,
          <https://github.com/keras-team/keras/blob/2.0.4/keras/callbacks.py>
    """

    def __init__(
        self,
        on_epoch_begin: Callable[[int, LogDict], object] | None = None,
        on_epoch_end: Callable[[int, LogDict], object] | None = None,
        on_batch_begin: Callable[[int, LogDict], object] | None = None,
        on_batch_end: Callable[[int, LogDict], object] | None = None,
        on_train_begin: Callable[[LogDict], object] | None = None,
        on_train_end: Callable[[LogDict], object] | None = None,
    ):
        hooks = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_batch_begin": on_batch_begin,
            "on_batch_end": on_batch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
        }
        vars(self).update({name: hook for name, hook in hooks.items() if hook is not None})

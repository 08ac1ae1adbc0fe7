"""Checkpoints: the values of variables by name, and the file that says which is the latest.

The arrays are in a NumPy file, `model.ckpt-100.npz`; TensorFlow's own files are not read.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from jaxcnn.compat.tensorflow.errors import NotFoundError
from jaxcnn.compat.tensorflow.session import Session
from jaxcnn.compat.tensorflow.step import on_host
from jaxcnn.compat.tensorflow.variables import global_variables, weight_of
from jaxcnn.utils.files import atomic_write

__all__ = ["CheckpointState", "Saver", "get_checkpoint_state", "latest_checkpoint"]


@dataclass(frozen=True)
class CheckpointState:
    """What the file `checkpoint` of a folder says.

    Attributes:
        model_checkpoint_path: the latest, without the ending of its file.
        all_model_checkpoint_paths: all that are still there, the oldest first.
    """

    model_checkpoint_path: str
    all_model_checkpoint_paths: Sequence[str]


class Saver:
    """Writes and reads the values of variables.

    Args:
        var_list: the variables, or a dict of them by the names in the file; by default all.
        max_to_keep: older checkpoints are deleted; None or 0 to keep all.
    """

    def __init__(
        self,
        var_list: Sequence[Any] | Mapping[str, Any] | None = None,
        max_to_keep: int | None = 5,
    ) -> None:
        variables = global_variables() if var_list is None else var_list
        if not variables:
            raise ValueError("No variables to save")
        if not isinstance(variables, Mapping):
            variables = {v.name.partition(":")[0]: v for v in variables}
        self.variables = dict(variables)
        self.max_to_keep = max_to_keep
        self.last_checkpoints: list[str] = []

    def save(
        self,
        sess: Session,
        save_path: str,
        global_step: Any = None,
        latest_filename: str = "checkpoint",
    ) -> str:
        """Write the values that the variables have in a session.

        Args:
            sess: the session.
            save_path: of the file, without its ending.
            global_step: a number, or a variable, that is appended: 'model.ckpt-100'.
            latest_filename: of the file that says which is the latest.

        Returns:
            The path without the ending.
        """
        path = os.fspath(save_path)
        if global_step is not None:
            number = global_step if isinstance(global_step, int) else sess.run(global_step)
            path = f"{path}-{int(number)}"
        if not os.path.isdir(os.path.dirname(path) or "."):
            raise ValueError(f"Parent directory of {path} doesn't exist, can't save.")
        with sess.running():
            values = {n: on_host(weight_of(v).value) for n, v in self.variables.items()}
        with atomic_write(f"{path}.npz", "wb") as file:
            np.savez(file, **{escaped(n): np.asarray(v) for n, v in values.items()})  # type: ignore[arg-type]
        self.last_checkpoints = [p for p in self.last_checkpoints if p != path] + [path]
        for old in self.last_checkpoints[: -self.max_to_keep] if self.max_to_keep else ():
            Path(f"{old}.npz").unlink(missing_ok=True)
            self.last_checkpoints.remove(old)
        self._write_state(path, latest_filename)
        return path

    def _write_state(self, path: str, file_name: str) -> None:
        """Write which checkpoint is the latest, relative to its folder where that has a name."""
        lines = [("model_checkpoint_path", path)]
        lines += [("all_model_checkpoint_paths", each) for each in self.last_checkpoints]
        folder = os.path.dirname(path)

        def shown(each: str) -> str:
            return each if os.path.isabs(each) else os.path.relpath(each, folder or ".")

        with atomic_write(os.path.join(folder, file_name), "w") as file:
            file.writelines(f"{key}: {json.dumps(shown(each))}\n" for key, each in lines)

    def restore(self, sess: Session, save_path: str) -> None:
        """Give the variables in a session the values of a checkpoint.

        Raises:
            ValueError: no path.
            NotFoundError: no such file, or it lacks a variable.
        """
        if save_path is None:
            raise ValueError("Can't load save_path when it is None.")
        path = f"{os.fspath(save_path)}.npz"
        if not os.path.exists(path):
            raise NotFoundError(
                f"Failed to find any matching files for {save_path}: there is no {path}, as "
                "tf.train.Saver of this library writes it."
            )
        with np.load(path) as file, sess.running():
            for name, variable in self.variables.items():
                if escaped(name) not in file:
                    raise NotFoundError(f"Key {name} not found in checkpoint {save_path}.")
                weight_of(variable).set(file[escaped(name)])


def escaped(name: str) -> str:
    """The name of a variable in a file, whose own names have no slashes."""
    return name.replace("%", "%25").replace("/", "%2F")


def get_checkpoint_state(
    checkpoint_dir: str, latest_filename: str | None = None
) -> CheckpointState | None:
    """What the checkpoints in a folder are, None without any."""
    file = Path(checkpoint_dir) / (latest_filename or "checkpoint")
    if not file.is_file():
        return None
    pairs = re.findall(r'^(\w+): ("(?:[^"\\]|\\.)*")$', file.read_text(), re.MULTILINE)
    paths = [(key, os.path.join(checkpoint_dir, json.loads(value))) for key, value in pairs]
    every = [path for key, path in paths if key == "all_model_checkpoint_paths"]
    latest = next((path for key, path in paths if key == "model_checkpoint_path"), None)
    return None if latest is None else CheckpointState(latest, every)


def latest_checkpoint(checkpoint_dir: str, latest_filename: str | None = None) -> str | None:
    """The path of the latest checkpoint in a folder, None without any."""
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    return None if state is None else state.model_checkpoint_path

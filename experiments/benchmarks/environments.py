"""Environments of their own for contestants whose libraries do not go together with ours.

    python -m experiments.benchmarks.environments

makes those that are not there yet, in ``$JAXCNN_BENCHMARKS`` or ``~/.cache/jaxcnn-benchmarks``;
a quarter of a gigabyte is downloaded for TF-Keras. A benchmark leaves out contestants without one,
and says so.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

# Name -> what pip is told to install there, one call after the other. TF-Keras asks for the large
# `tensorflow`, although it runs on `tensorflow-cpu`.
ENVIRONMENTS = {"tf_keras": (("tensorflow-cpu",), ("--no-deps", "tf-keras"))}


def folder(name: str) -> Path:
    """Where an environment is, or would be."""
    given = os.environ.get("JAXCNN_BENCHMARKS", "~/.cache/jaxcnn-benchmarks")
    return Path(given).expanduser() / name


def interpreter(name: str) -> Path:
    """The Python of an environment."""
    return folder(name) / "bin" / "python"


def is_complete(name: str) -> bool:
    """Whether an environment has been made to the end."""
    return (folder(name) / "complete").exists()


def make(name: str) -> None:
    """Make an environment anew."""
    venv.create(folder(name), clear=True, with_pip=True)
    for packages in ENVIRONMENTS[name]:
        subprocess.run([str(interpreter(name)), "-m", "pip", "install", *packages], check=True)
    (folder(name) / "complete").touch()


def main() -> int:
    for name in ENVIRONMENTS:
        if not is_complete(name):
            make(name)
        print(f"{name}: {interpreter(name)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

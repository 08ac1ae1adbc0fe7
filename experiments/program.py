"""What a program of the sources declares, and finding the programs."""

from __future__ import annotations

import ast
import difflib
import functools
import importlib
import importlib.util
import inspect
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from experiments.data import DATA

if TYPE_CHECKING:
    from experiments.run import Run

SOURCES = {
    "image_cnn": "Image deep learning with Keras",
    "quickstart": "Keras quick start",
    "resnet_yolo_face": "Notes: residual networks, YOLO, faces, style",
    "keras_usage": "Notes on using Keras",
    "cnn_chapter": "Chapter: CNN architectures in practice",
}
FOLDER = Path(__file__).parent
PIP = {"cv2": "opencv-python-headless", "sklearn": "scikit-learn", "yaml": "pyyaml"}
APT = {"dot": "graphviz"}


@dataclass(frozen=True)
class Program:
    """A program's declaration, ``PROGRAM`` in its file beside ``main(run)``.

    Attributes:
        title: what it shows, in a few words.
        ids: what it stands for in the sources, for example ``("Q1.P01",)``.
        data: names of `experiments.data.DATA` that it needs; without one of them the run is
            skipped.
        packages: importable names beyond the package's dependencies that it needs, likewise.
        commands: programs of the system that it needs, likewise.
        devices: how many it needs; where JAX has only the CPU, the runner divides that.
        minutes: how long the full run takes, about, on two CPU cores.
        seeds: with how many seeds a full run is done, 0 and those after it.
        why: figure -> why it misses what the source prints (`experiments.sources`).
        settings: what may be changed with ``--set``, with the source's values; read as
            ``run.settings.NAME``.
        quick: the settings that ``--quick`` replaces, so that it takes seconds.
    """

    title: str
    ids: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    devices: int = 1
    minutes: float = 0.1
    seeds: int = 1
    why: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    quick: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.data:
            if name not in DATA:
                raise ValueError(f"Unknown data {name!r}.{nearest(name, DATA)}")
        for name in self.quick:
            if name not in self.settings:
                raise ValueError(f"`quick` has {name!r}, which is not in `settings`.")

    def chosen(self, quick: bool, changes: Sequence[str]) -> SimpleNamespace:
        """The settings of a run; each of `changes` is ``key=value``.

        Raises:
            ValueError: no such setting, no value, or one of another type.
        """
        found = {**self.settings, **(self.quick if quick else {})}
        for change in changes:
            name, equals, text = change.partition("=")
            if not equals:
                raise ValueError(f"--set {change}: expected key=value.")
            if name not in found:
                raise ValueError(
                    f"--set {change}: there is no setting {name!r}.{nearest(name, found)}"
                )
            found[name] = converted(change, text, self.settings[name])
        return SimpleNamespace(**found)

    def missing(self, download: bool = False) -> str | None:
        """What of the data and packages is not here, in words; None when the program can run."""
        absent = [DATA[name].title for name in self.data if not DATA[name].present(download)]
        absent += [
            f"the package {name}"
            for name in self.packages
            if importlib.util.find_spec(name) is None
        ]
        absent += [f"the program {name}" for name in self.commands if shutil.which(name) is None]
        return " and ".join(absent) or None

    def command(self) -> str:
        """The one line of a shell that gets what is missing."""
        absent = [DATA[name].command() for name in self.data if not DATA[name].present()]
        packages = [name for name in self.packages if importlib.util.find_spec(name) is None]
        if packages:
            absent.append(f"pip install {' '.join(PIP.get(name, name) for name in packages)}")
        commands = [name for name in self.commands if shutil.which(name) is None]
        if commands:
            absent.append(f"apt-get install {' '.join(APT.get(name, name) for name in commands)}")
        return " && ".join(dict.fromkeys(absent))


def converted(change: str, text: str, default: Any) -> Any:
    """`text` as a value of the same type as `default`."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        value = text
    if isinstance(default, str):
        return text
    if isinstance(default, float) and type(value) is int:
        value = float(value)
    if default is not None and type(value) is not type(default):
        raise ValueError(
            f"--set {change}: expected a value such as {default!r} ({type(default).__name__})."
        )
    return value


@dataclass(frozen=True)
class Entry:
    """A program with its place: ``experiments/SOURCE/NAME.py``."""

    name: str
    source: str
    program: Program
    main: Callable[[Run], None]

    @property
    def paragraphs(self) -> list[str]:
        """Those of its docstring, each in one line."""
        text = inspect.cleandoc(sys.modules[self.main.__module__].__doc__ or "")
        return [" ".join(part.split()) for part in text.split("\n\n")]

    @property
    def summary(self) -> str:
        """The first paragraph: what the program shows."""
        return self.paragraphs[0]

    @property
    def data(self) -> str:
        """The paragraph that says what its data are."""
        return next((part for part in self.paragraphs if part.startswith("Data: ")), "")


@functools.cache
def programs() -> dict[str, Entry]:
    """Name -> program, of every file in the sources' folders that declares one."""
    found: dict[str, Entry] = {}
    for source in SOURCES:
        for path in sorted((FOLDER / source).glob("*.py")):
            module = importlib.import_module(f"experiments.{source}.{path.stem}")
            if not hasattr(module, "PROGRAM"):
                continue
            if path.stem in found:
                raise ValueError(
                    f"{path} has the name of a program of {found[path.stem].source}; names are "
                    "unique."
                )
            found[path.stem] = Entry(path.stem, source, module.PROGRAM, module.main)
    return found


def find(name: str) -> Entry:
    """The program of that name or with that id.

    Raises:
        ValueError: there is none; the message lists the nearest.
    """
    known = programs()
    by_id = {number.lower(): entry for entry in known.values() for number in entry.program.ids}
    entry = known.get(name) or by_id.get(name.lower())
    if entry is None:
        raise ValueError(f"There is no program {name!r}.{nearest(name, [*known, *by_id])}")
    return entry


def nearest(name: str, known: Any) -> str:
    """A sentence with the nearest known names, or with all of them."""
    close = difflib.get_close_matches(name.lower(), list(known), n=3, cutoff=0.4)
    return f" Nearest: {', '.join(close)}." if close else f" Known: {', '.join(known) or 'none'}."

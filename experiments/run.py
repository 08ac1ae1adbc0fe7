"""One run of a program: what it is given, what it writes, and its result.json."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import platform
import shutil
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.data import DATA
from experiments.program import Entry
from experiments.sources import printed
from jaxcnn import config, visualization
from jaxcnn.applications.pretrained import WeightsNotFoundError
from jaxcnn.datasets.resolve import DatasetNotFoundError
from jaxcnn.layers import naming
from jaxcnn.utils.files import atomic_path, atomic_write
from jaxcnn.visualization.figure import new_figure, plain_axes, save

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from jaxcnn.models import Model

CHECKPOINTS = "checkpoints"
RESULT, UNFINISHED = "result.json", "unfinished.json"


class Run:
    """What `main` gets.

    Attributes:
        seed: already set with ``set_random_seed``; for NumPy: ``np.random.default_rng(run.seed)``.
        settings: the program's settings by name.
        quick: whether this is a run of seconds.
        out: the folder of the results.
    """

    def __init__(
        self, entry: Entry, settings: SimpleNamespace, seed: int, quick: bool, out: Path
    ) -> None:
        self.seed, self.settings, self.quick, self.out = seed, settings, quick, out
        whole = not quick and vars(settings) == dict(entry.program.settings)
        self._printed = printed(entry.name) if whole else {}
        self.figures: list[dict[str, Any]] = []
        self.pictures: list[str] = []
        self.curves: list[dict[str, Any]] = []
        self.models: list[dict[str, Any]] = []

    @property
    def checkpoint_dir(self) -> Path:
        """For ``fit(..., checkpoint_dir=)``; a program with several fits takes folders below it
        and ``resume=True``, so that those that had ended are not made again.
        """
        return self.out / CHECKPOINTS

    def figure(self, name: str, value: Any) -> None:
        """Record a number (or a word, or a list) that the run found.

        Args:
            name: as in SOURCES.csv, when the source prints it.
            value: what was found.
        """
        value = plain(value)
        self.figures.append({"name": name, "values": [value], "exact": False})
        source = f" (source: {shown(self._printed[name].value)})" if name in self._printed else ""
        print(f"{name}: {shown(value)}{source}")

    def check(self, name: str, value: Any, expected: Any, tolerance: float = 0.0) -> None:
        """Record what needs no training to be right, and raise AssertionError when it is not what
        the source says.

        Args:
            name: what it is.
            value: what was found: a number, a word, a truth or an array.
            expected: what it must be.
            tolerance: largest allowed absolute difference between numbers.
        """
        value, expected = plain(value), plain(expected)
        if tolerance:
            right = np.shape(value) == np.shape(expected) and np.allclose(
                value, expected, rtol=0, atol=tolerance
            )
        else:
            right = value == expected
        self.figures.append({"name": name, "value": value, "expected": expected, "exact": True})
        print(f"{name}: {shown(value)}" + ("" if right else f", but expected {shown(expected)}"))
        if not right:
            raise AssertionError(f"{name} is {shown(value)}, expected {shown(expected)}.")

    def picture(self, name: str, picture: Figure | np.ndarray | Path | str, **options: Any) -> Path:
        """Keep an image as NAME.png.

        Args:
            name: without suffix.
            picture: a matplotlib figure; an array of one image, (height, width) or (height,
                width, 1 or 3), or of several, (n, height, width, 1 or 3), uint8 or 0 to 1; or the
                path of a file that is written already.
            options: for several, those of ``visualization.image_grid``.
        """
        if hasattr(picture, "__array__"):
            picture = np.asarray(picture)
        if isinstance(picture, str | Path):
            path = Path(picture)
        elif not isinstance(picture, np.ndarray):
            path = save(picture, self.out / f"{name}.png")
        elif picture.ndim == 4:
            path = visualization.image_grid(picture, self.out / f"{name}.png", **options)
        else:
            path = written(picture, self.out / f"{name}.png")
        if path.name not in self.pictures:
            self.pictures.append(path.name)
        return path

    def curve(
        self,
        history: Any,
        name: str = "training",
        title: str | None = None,
        together: bool = False,
        step: str = "epoch",
    ) -> None:
        """Keep what `fit` returned (or name -> numbers) as NAME.png and NAME.csv.

        Args:
            history: the record.
            name: of the files.
            title: above the drawing.
            together: draw all lines over one scale.
            step: what each number belongs to.
        """
        record = {
            key: plain(values) for key, values in getattr(history, "history", history).items()
        }
        if together:
            save(lines_together(record, title, step), self.out / f"{name}.png")
        else:
            visualization.plot_history(record, self.out / f"{name}.png", title, step)
        with atomic_write(self.out / f"{name}.csv", "w") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(["epoch", *record])
            table.writerows(
                [i + 1, *row] for i, row in enumerate(zip(*record.values(), strict=True))
            )
        self.curves.append({"name": name, "epochs": len(next(iter(record.values())))})

    def model(self, model: Model, name: str = "model") -> Path:
        """Save a model as NAME.h5."""
        path = self.out / f"{name}.h5"
        model.save(path)
        self.models.append({"file": path.name, "parameters": model.count_params()})
        return path

    def results(self) -> dict[str, Any]:
        """What was recorded, for result.json."""
        return {
            "figures": self.figures,
            "pictures": self.pictures,
            "curves": self.curves,
            "models": self.models,
        }

    def unrecorded(self) -> list[str]:
        """Figures that the source prints and `main` did not record, in a run at its size."""
        recorded = {figure["name"] for figure in self.figures}
        return [name for name in self._printed if name not in recorded]


def execute(
    entry: Entry, out: Path, quick: bool, seed: int = 0, changes: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Run a program and return what stands in ``out/result.json`` afterwards.

    A run that was interrupted and is repeated with the same seed and settings continues from its
    checkpoints; a finished one starts again. Nothing is raised for a program that fails: its result
    says so, with the traceback.

    Raises:
        ValueError: a setting that the program does not have.
    """
    program = entry.program
    settings = program.chosen(quick, changes)
    result: dict[str, Any] = {
        "program": entry.name,
        "title": program.title,
        "source": entry.source,
        "ids": list(program.ids),
        "state": "passed",
        "command": command(entry.name, quick, [seed], changes),
        "scale": "quick" if quick else "full",
        "seeds": [seed],
        "settings": vars(settings),
        "changed": list(changes),
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / RESULT).unlink(missing_ok=True)
    if missing := program.missing(download=True) or few_devices(program.devices):
        print(f"skipped: needs {missing}")
        if line := program.command():
            print(f"get it by: {line}")
        result |= {"state": "skipped", "needs": missing}
        write_json(out / RESULT, result)
        return result
    resumed = prepare(out, {key: result[key] for key in ("seeds", "settings")})
    run = Run(entry, settings, seed, quick, out)
    config.reset()
    config.set_random_seed(seed)
    naming.reset_names()
    began = time.perf_counter()
    try:
        entry.main(run)
        if absent := run.unrecorded():
            raise AssertionError(f"main did not record the source's {', '.join(absent)}.")
    except (DatasetNotFoundError, WeightsNotFoundError) as error:
        print(f"skipped: {error}")
        result |= {"state": "skipped", "needs": str(error).splitlines()[0]}
    except Exception:
        traceback.print_exc()
        result |= {"state": "failed", "error": traceback.format_exc()}
    finally:
        config.reset()
    result |= {
        "data": [DATA[name].described() for name in program.data],
        "machine": machine(),
        "seconds": round(time.perf_counter() - began, 1),
        "resumed": resumed,
        **run.results(),
    }
    write_json(out / RESULT, result)
    if result["state"] == "passed":
        shutil.rmtree(out / CHECKPOINTS, ignore_errors=True)
        (out / UNFINISHED).unlink()
    return result


def few_devices(count: int) -> str | None:
    """Make so many devices of the CPU where JAX has not begun; what is lacking, in words."""
    import jax

    if count == 1:
        return None
    if "xla_force_host_platform_device_count" not in os.environ.get("XLA_FLAGS", ""):
        with contextlib.suppress(RuntimeError):  # it has begun, with the devices that it has
            jax.config.update("jax_num_cpu_devices", count)
    if jax.local_device_count() >= count:
        return None
    return f"{count} devices, which a process of its own has: run it alone"


def prepare(out: Path, what: dict[str, Any]) -> bool:
    """Throw away the checkpoints of a run that was not this one; whether there are some to continue
    from.
    """
    note = out / UNFINISHED
    wanted = json.loads(json.dumps(what))
    if not note.exists() or json.loads(note.read_text(encoding="utf-8")) != wanted:
        shutil.rmtree(out / CHECKPOINTS, ignore_errors=True)
    write_json(note, wanted)
    return (out / CHECKPOINTS).exists()


def command(name: str, quick: bool, seeds: Sequence[int], changes: tuple[str, ...]) -> str:
    """The line that repeats a run."""
    return " ".join(
        [
            f"python -m experiments run {name} {'--quick' if quick else '--full'}",
            f"--seeds {','.join(map(str, seeds))}",
            *(f"--set {change}" for change in changes),
        ]
    )


def machine() -> dict[str, Any]:
    """What the run ran on."""
    import importlib.metadata

    import jax

    return {
        "devices": sorted({device.device_kind for device in jax.devices()}),
        "device count": jax.device_count(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in ("jax", "flax", "numpy")},
    }


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write readable JSON, whole or not at all."""
    with atomic_write(path, "w") as file:
        json.dump(content, file, indent=1, ensure_ascii=False)
        file.write("\n")


def lines_together(
    record: Mapping[str, Sequence[float]], title: str | None, step: str = "epoch"
) -> Figure:
    """All lines in one drawing, over steps from 1."""
    from matplotlib.ticker import MaxNLocator

    figure = new_figure(6, 4)
    axes = figure.add_subplot()
    plain_axes(axes)
    for name, values in record.items():
        axes.plot(range(1, len(values) + 1), values, label=name)
    axes.set_xlabel(step)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_title(title or "", fontsize=10)
    axes.legend(frameon=False, fontsize=8)
    return figure


def written(picture: np.ndarray, path: Path) -> Path:
    """One image, pixel for pixel; small ones larger, so that they can be seen."""
    from PIL import Image

    if picture.ndim == 3 and picture.shape[-1] == 1:
        picture = picture[..., 0]
    if picture.dtype != np.uint8:
        if picture.min() < 0 or picture.max() > 1:
            raise ValueError(
                f"A picture must be uint8 or 0 to 1; it goes from {picture.min()} to "
                f"{picture.max()}."
            )
        picture = np.round(picture * 255).astype(np.uint8)
    larger = max(1, 128 // max(picture.shape[:2]))
    picture = picture.repeat(larger, axis=0).repeat(larger, axis=1)
    with atomic_path(path) as temporary:
        Image.fromarray(picture).save(temporary)
    return path


def plain(value: Any) -> Any:
    """Numbers, lists and words as JSON has them."""
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return np.asarray(value).tolist()


def shown(value: Any) -> str:
    """A value in a line of text."""
    if isinstance(value, list):
        return f"[{', '.join(shown(entry) for entry in value)}]"
    return (
        f"{value:.6g}"
        if isinstance(value, float)
        else f"{value:,}"
        if type(value) is int
        else str(value)
    )

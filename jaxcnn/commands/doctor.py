"""``jaxcnn doctor``: what is installed, which devices are used, what data is found."""

import argparse
import importlib
import importlib.metadata
import json
import os
import platform
import shutil
from pathlib import Path
from typing import Any

PACKAGES = (
    *(
        "jax",
        "jaxlib",
        "flax",
        "optax",
        "orbax-checkpoint",
        "numpy",
        "tensorflow-datasets",
        "array-record",
    ),
    *("h5py", "matplotlib", "pillow", "onednn-cpu-gomp", "mlxtend", "grain", "keras", "tensorflow"),
)
DATASETS = (
    *(
        "mnist",
        "fashion_mnist",
        "cifar10",
        "cifar100",
        "imdb",
        "reuters",
        "boston_housing",
        "newsgroups",
        "glove",
    ),
    *("fer2013", "orl_faces", "lfw", "signs", "dogs_vs_cats"),
)
WEIGHT_SUFFIXES = (".h5", ".hdf5", ".keras", ".weights")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object instead of the table"
    )


def run(arguments: argparse.Namespace) -> int:
    found = examine()
    print(json.dumps(found, indent=2) if arguments.json else table(found))
    return 0


def examine() -> dict[str, Any]:
    """What this process sees, as JSON types; an absent thing is None, sizes are bytes."""
    import jax

    from jaxcnn import __version__
    from jaxcnn.runtime import config
    from jaxcnn.runtime.disk_cache import keep_programs

    keep_programs()  # as training would, to see where the programs go
    home = config.home()
    return {
        "system": {
            "python": f"{platform.python_version()} ({platform.python_implementation()})",
            "platform": platform.platform(),
            "processors": os.cpu_count(),
            "memory available": _available_memory(),
            "disk free": shutil.disk_usage(
                next(p for p in (home, *home.parents) if p.exists())
            ).free,
        },
        "packages": {"jaxcnn": __version__} | {name: _version(name) for name in PACKAGES},
        "devices": _devices(),
        "convolutions": _convolutions(),
        "folders": {
            "JAXCNN_HOME": str(home),
            "compilation cache": jax.config.values["jax_compilation_cache_dir"],
        },
        "data sets": {name: _dataset(name) for name in DATASETS},
        "weights": _weights(home / "models", config.keras_home() / "models"),
    }


def table(found: dict[str, Any]) -> str:
    """``examine()`` for people: a heading for each group, one line for each thing."""
    found = {
        **found,
        "weights": found["weights"] or {"none": "in the models folders of JAXCNN_HOME and Keras"},
    }
    width = max(len(name) for group in found.values() for name in group) + 2
    lines: list[str] = []
    for heading, group in found.items():
        lines += ["", heading] if lines else [heading]
        lines += [
            f"  {name:<{width}}{_text(heading, name, value)}" for name, value in group.items()
        ]
    return "\n".join(lines)


def _text(heading: str, name: str, value: Any) -> str:
    if name in ("memory available", "disk free"):
        return "unknown" if value is None else f"{value / 2**30:.1f} GiB"
    absent = {"packages": "absent", "data sets": "not found", "folders": "none"}.get(
        heading, "unknown"
    )
    return absent if value is None else str(value)


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _available_memory() -> int | None:
    """Bytes that a new process can have, on Linux."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        return next(
            int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")
        )
    except (OSError, StopIteration):
        return None


def _devices() -> dict[str, str]:
    import jax

    try:
        devices = jax.devices()
    except RuntimeError as error:  # a broken driver is what one asks the doctor about
        return {"none": str(error)}
    return {
        str(device): f"{device.platform}, {device.device_kind}{_device_memory(device)}"
        for device in devices
    }


def _device_memory(device: Any) -> str:
    limit = (device.memory_stats() or {}).get("bytes_limit")
    return f", {limit / 2**30:.1f} GiB" if limit else ""


def _convolutions() -> dict[str, str]:
    from jaxcnn import ops

    return {"on CPU": "oneDNN" if ops.accelerated() else f"XLA ({ops.why_not()})"}


def _dataset(name: str) -> str | None:
    from jaxcnn.datasets import resolve
    from jaxcnn.datasets.formats import DamagedFileError

    try:
        path = resolve.find(importlib.import_module(f"jaxcnn.datasets.{name}").dataset())
    except DamagedFileError as error:
        return str(error)
    return None if path is None else str(path)


def _weights(*folders: Path) -> dict[str, str]:
    """File name -> path, of the first folder that has it."""
    files = [
        file
        for folder in reversed(folders)
        for file in folder.glob("*")
        if file.suffix in WEIGHT_SUFFIXES
    ]
    return dict(sorted({file.name: str(file) for file in files}.items()))

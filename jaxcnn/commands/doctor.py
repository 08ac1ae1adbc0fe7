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

import jax

import jaxcnn
from jaxcnn import ops
from jaxcnn.datasets import resolve
from jaxcnn.datasets.formats import DamagedFileError
from jaxcnn.runtime import config
from jaxcnn.runtime.disk_cache import keep_programs
from jaxcnn.runtime.threads import thread_count

PACKAGES = (
    *("jax", "jaxlib", "flax", "optax", "orbax-checkpoint", "numpy", "tensorflow-datasets"),
    *("array-record", "h5py", "matplotlib", "pillow", "onednn-cpu-gomp", "mlxtend", "grain"),
    *("keras", "tensorflow"),
)
DATASETS = (
    *("mnist", "fashion_mnist", "cifar10", "cifar100", "imdb", "reuters", "boston_housing"),
    *("newsgroups", "glove", "fer2013", "orl_faces", "lfw", "signs", "dogs_vs_cats"),
)
WEIGHT_SUFFIXES = (".h5", ".hdf5", ".keras", ".weights")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object instead of the table"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what `examine` finds."""
    report = examine()
    print(json.dumps(report, indent=2) if arguments.json else table(report))
    return 0


def examine() -> dict[str, dict[str, Any]]:
    """The state of this process by groups, in JSON types; absent things are None, sizes bytes."""
    keep_programs()  # as training would, to see where the programs go
    home = config.home()
    return {
        "system": {
            "python": f"{platform.python_version()} ({platform.python_implementation()})",
            "platform": platform.platform(),
            "processors": os.cpu_count(),
            "threads": thread_count(),
            "memory available": _available_memory(),
            "disk free": shutil.disk_usage(
                next(p for p in (home, *home.parents) if p.exists())
            ).free,
        },
        "packages": {"jaxcnn": jaxcnn.__version__} | {name: _version(name) for name in PACKAGES},
        "devices": _devices(),
        "convolutions": _convolutions(),
        "folders": {
            "JAXCNN_HOME": str(home),
            "compilation cache": jax.config.values["jax_compilation_cache_dir"],
        },
        "data sets": {name: _dataset(name) for name in DATASETS},
        "weights": _weights(home / "models", config.keras_home() / "models"),
    }


def table(report: dict[str, dict[str, Any]]) -> str:
    """The report of `examine` as text: a heading for each group, a line for each thing."""
    weights = report["weights"] or {"none": "in the models folders of JAXCNN_HOME and Keras"}
    report = {**report, "weights": weights}
    width = max(len(name) for group in report.values() for name in group) + 2
    lines: list[str] = []
    for heading, group in report.items():
        lines += ["", heading] if lines else [heading]
        lines += [
            f"  {name:<{width}}{_text(heading, name, value)}" for name, value in group.items()
        ]
    return "\n".join(lines)


def _text(heading: str, name: str, value: Any) -> str:
    """A value of the report in words."""
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
    try:
        devices = jax.devices()
    except RuntimeError as error:  # a broken driver, about which people ask the doctor
        return {"none": str(error)}
    return {
        str(device): f"{device.platform}, {device.device_kind}{_device_memory(device)}"
        for device in devices
    }


def _device_memory(device: jax.Device) -> str:
    limit = (device.memory_stats() or {}).get("bytes_limit")
    return f", {limit / 2**30:.1f} GiB" if limit else ""


def _convolutions() -> dict[str, str]:
    return {"on CPU": "oneDNN" if ops.accelerated() else f"XLA ({ops.why_not()})"}


def _dataset(name: str) -> str | None:
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

"""Where the headers and the library are that the C++ of this folder is compiled with.

Run by CMake it prints three folders: the headers of XLA's FFI, those of oneDNN, and its library.
They come from packages that building requires on Linux x86-64; where those of oneDNN cannot be had,
it is looked for in conda's environment and in the system.
"""

import importlib.metadata
import os
from pathlib import Path


def folders() -> tuple[Path, Path, Path]:
    """The headers of XLA's FFI, the headers of oneDNN, its library.

    Raises:
        LookupError, PackageNotFoundError: jaxlib is not installed, or has no headers.
    """
    ffi_headers = _installed("jaxlib", "ffi.h").parents[3]  # below it: xla/ffi/api/ffi.h
    try:
        headers = _installed("onednn-devel-cpu-gomp", "dnnl.hpp").parent
        library = _installed("onednn-cpu-gomp", "libdnnl.so.3").parent
    except (LookupError, importlib.metadata.PackageNotFoundError):
        prefix = Path(os.environ.get("CONDA_PREFIX", "/usr/local"))  # before the system's own
        headers, library = prefix / "include", prefix / "lib"
    return ffi_headers, headers, library


def _installed(distribution: str, name: str) -> Path:
    """Where a distribution has put the file of this name."""
    for file in importlib.metadata.files(distribution) or []:
        if file.name == name:
            return Path(str(file.locate())).resolve()
    raise LookupError(f"{distribution} has no {name}")


if __name__ == "__main__":
    print(";".join(map(str, folders())))

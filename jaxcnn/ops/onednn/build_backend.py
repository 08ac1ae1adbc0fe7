"""The package's build backend: setuptools, after compiling the C++ of this folder.

The headers are build requirements on Linux x86-64; where those packages cannot be had, they are
looked for in conda's environment and in the system. Without them, or without a C++ compiler, the
package installs all the same, as pure Python, and convolutions on CPU run on XLA.
"""

import importlib.metadata
import os
import shlex
import subprocess
from pathlib import Path

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403  the hooks that stay as they are

HERE = Path(__file__).parent
LIBRARY = HERE / "libjaxcnn_onednn.so"


def build_wheel(
    wheel_directory: str,
    config_settings: dict[str, str | list[str]] | None = None,
    metadata_directory: str | None = None,
) -> str:
    settings = dict(config_settings or {})
    if compile_library():  # ctypes loads it, so it fits every Python but one platform
        settings["--build-option"] = ["--plat-name", "linux_x86_64"]
    return str(build_meta.build_wheel(wheel_directory, settings, metadata_directory))


def build_editable(
    wheel_directory: str,
    config_settings: dict[str, str | list[str]] | None = None,
    metadata_directory: str | None = None,
) -> str:
    compile_library()
    return str(build_meta.build_editable(wheel_directory, config_settings, metadata_directory))


def compile_library() -> bool:
    """Compile the C++ of this folder; say so if that fails."""
    LIBRARY.unlink(missing_ok=True)
    try:
        command = compiler_call(LIBRARY)
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, LookupError, importlib.metadata.PackageNotFoundError) as error:
        print(f"jaxcnn: oneDNN convolutions are left out: {error}")
        return False
    except subprocess.CalledProcessError as error:
        print(f"jaxcnn: oneDNN convolutions are left out: {' '.join(error.cmd)}\n{error.stderr}")
        return False
    return True


def compiler_call(output: Path, *further: str) -> list[str]:
    """The words of the call that compiles the C++ into a library, with further flags.

    Raises:
        LookupError, PackageNotFoundError: headers or libraries are not installed.
        FileNotFoundError: there is no C++.
    """
    ffi_headers = _installed("jaxlib", "ffi.h").parents[3]  # below it: xla/ffi/api/ffi.h
    try:
        headers = _installed("onednn-devel-cpu-gomp", "dnnl.hpp").parent
        libraries = _installed("onednn-cpu-gomp", "libdnnl.so.3").parent
    except (LookupError, importlib.metadata.PackageNotFoundError):
        prefix = Path(os.environ.get("CONDA_PREFIX", "/usr/local"))  # before the system's own
        headers, libraries = prefix / "include", prefix / "lib"
    flags = [
        "-std=gnu++17",
        "-O3",
        "-fno-trapping-math",
        "-fPIC",
        "-shared",
        f"-I{headers}",
        f"-isystem{ffi_headers}",
        f"-L{libraries}",
    ]
    sources = [str(source) for source in sorted(HERE.glob("*.cc"))]
    if not sources:
        raise FileNotFoundError(f"there is no C++ in {HERE}")
    compiler = shlex.split(os.environ.get("CXX", "g++"))
    linked = "-l:libdnnl.so.3"  # and by it libgomp, whose functions are called, too
    return [*compiler, *flags, *further, *sources, "-o", str(output), linked]


def _installed(distribution: str, name: str) -> Path:
    """Where a distribution has put the file of this name."""
    for file in importlib.metadata.files(distribution) or []:
        if file.name == name:
            return Path(str(file.locate())).resolve()
    raise LookupError(f"{distribution} has no {name}")

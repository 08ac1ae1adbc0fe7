"""Compiled programs kept on disk, so that the next run of a script need not compile them again."""

from __future__ import annotations

import functools
import os
from pathlib import Path

import jax


@functools.cache
def keep_programs() -> Path | None:
    """Turn on JAX's compilation cache for this process, and return its folder.

    The folder is ``$JAXCNN_HOME/cache``, or ``jaxcnn`` in the user's cache folder
    (``$XDG_CACHE_HOME``, by default ``~/.cache``). Nothing is changed, and None returned, with
    ``JAXCNN_CACHE=0``, where JAX's own settings name a folder or forbid the cache, and where the
    folder cannot be written.
    """
    settings = jax.config.values
    if os.environ.get("JAXCNN_CACHE") == "0" or not settings["jax_enable_compilation_cache"]:
        return None
    if settings["jax_compilation_cache_dir"] is not None:
        return None
    folder = _folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    if not os.access(folder, os.W_OK):
        return None
    jax.config.update("jax_compilation_cache_dir", str(folder))
    # Small programs are kept as well: there are many of them, and reading one takes a tenth of the
    # time of compiling.
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    from jax.experimental.compilation_cache import compilation_cache

    # JAX decides at the first program of a process whether it has a cache
    compilation_cache.reset_cache()
    return folder


def _folder() -> Path:
    if home := os.environ.get("JAXCNN_HOME"):
        return Path(home).expanduser() / "cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "jaxcnn"

"""Compiled programs on disk: where they go, what turns that off, and that a second process takes
them from there.
"""

import json
import os
import subprocess
import sys

import pytest

SCRIPT = """
import json, os, sys
import jax
import jaxcnn
from jaxcnn.runtime.disk_cache import keep_programs
untouched = jax.config.jax_compilation_cache_dir
jax.jit(lambda x: x + 1)(1.0)  # a program made before does no harm
hits = []
jax.monitoring.register_event_listener(
    lambda event, **_: hits.append(event.endswith("/cache_hits"))
)
folder = keep_programs()
jax.jit(lambda x: x * 2)(1.0)
chosen = jax.config.jax_compilation_cache_dir
print(json.dumps([untouched, folder and str(folder), chosen, sum(hits)]))
"""


def run(home, **environment):
    """(setting after the import, folder chosen, setting at the end, programs found in the cache) of
    a new process.
    """
    unwanted = ("JAX_COMP", "JAX_PERS", "JAXCNN_", "XDG_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**clean, "HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_a_second_process_takes_its_programs_from_the_folder(tmp_path):
    home, folder = tmp_path / "home", tmp_path / "ours" / "cache"
    assert run(home, JAXCNN_HOME=str(tmp_path / "ours")) == [None, str(folder), str(folder), 0]
    assert list(folder.iterdir())
    assert run(home, JAXCNN_HOME=str(tmp_path / "ours"))[3] >= 1


@pytest.mark.parametrize(
    ("environment", "folder", "setting"),
    [
        ({}, ".cache/jaxcnn", ".cache/jaxcnn"),
        ({"JAXCNN_CACHE": "0"}, None, None),
        ({"JAX_COMPILATION_CACHE_DIR": "/somewhere"}, None, "/somewhere"),
        ({"JAXCNN_HOME": "/proc/nowhere"}, None, None),
    ],
)
def test_what_the_environment_says_counts(tmp_path, environment, folder, setting):
    expected = [relative and str(tmp_path / relative) for relative in (folder, setting)]
    assert run(tmp_path, **environment)[1:3] == expected

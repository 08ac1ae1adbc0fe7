"""The compiled part under sanitizers, with thousands of shapes, after a fork, without numbers."""

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import ops

pytestmark = pytest.mark.skipif(not ops.accelerated(), reason=f"oneDNN: {ops.why_not()}")


def run(program, *arguments, timeout=900, **environment):
    environment = {**os.environ, "JAX_PLATFORMS": "cpu", **environment}
    command = [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=timeout, check=False
    )
    assert done.returncode == 0, (done.stdout[-2000:], done.stderr[-4000:])
    return done.stdout.strip()


SHAPES = """
import ctypes, random
from jaxcnn.ops.onednn.library import load
plan = load()[0].jaxcnn_plan_convolution
sides = range(8, 79)
# In any order: larger images have larger plans, of which the newest thousand are kept.
shapes = [(height, width, channels) for height in sides for width in sides for channels in (8, 16)]
random.Random(0).shuffle(shapes)
for number, (height, width, channels) in enumerate(shapes):
    fields = [0, 0, 2, 1, 1, 1, 1, channels, 8, height, width, 1, 3, 3, 1, height - 2, width - 2, 1]
    fields += [1] * 6 + [0] * 3
    assert plan((ctypes.c_int64 * len(fields))(*fields)) > 0
    if number in (2000, 2000 + 7 * 1024):
        print(int(open("/proc/self/statm").read().split()[1]) * 4096)
"""


@pytest.mark.slow
def test_shapes_that_never_repeat_do_not_fill_the_memory():
    early, late = map(int, run(SHAPES).split())
    assert late - early < 2 * 2**20, f"{(late - early) / 2**20:.1f} MiB more"


FORK = """
import os, warnings
import jax.numpy as jnp, numpy as np
from jaxcnn import ops
warnings.simplefilter("ignore")
x, kernel = np.ones((2, 16, 16, 8), "f"), np.ones((3, 3, 8, 16), "f")
expected = np.asarray(ops.conv(x, kernel))
child = os.fork()
if not child:
    os._exit(int(not np.array_equal(np.asarray(ops.conv(x, kernel)), expected)))
print(os.waitpid(child, 0)[1])
"""


@pytest.mark.slow
def test_after_a_fork_it_computes():
    assert run(FORK, timeout=120) == "0"


@pytest.mark.parametrize("shape", [(0, 8, 8, 4), (2, 8, 8, 0)], ids=["images", "channels"])
def test_nothing_gives_what_xla_gives(shape):
    x, kernel = jnp.zeros(shape), jnp.ones((3, 3, shape[-1], 8))
    expected = jax.lax.conv_general_dilated(
        x, kernel, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )
    np.testing.assert_array_equal(ops.conv(x, kernel), expected)


SANITIZED = """
import sys
from pathlib import Path
import pytest
from jaxcnn.ops.onednn import library
library._LIBRARY = Path(sys.argv[1])
assert library.load()[0] is not None, library.load()[1]
sys.exit(pytest.main(["-q", "-x", "-s", "-p", "no:cacheprovider", *sys.argv[2:]]))
"""


def where(compiler, name):
    """The file of a library that a compiler links."""
    command = [compiler, f"-print-file-name={name}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.slow
def test_no_memory_error_under_sanitizers(tmp_path):
    headers = pytest.importorskip("jaxcnn.ops.onednn.headers")
    compiler = os.environ.get("CXX", "g++")
    flags = ["-std=c++17", "-O1", "-g", "-fPIC", "-shared", "-fno-trapping-math"]
    flags += ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]
    try:
        ffi, onednn, library = headers.folders()
        sources = sorted(Path(headers.__file__).parent.glob("*.cc"))
        searched = [f"-isystem{ffi}", f"-I{onednn}", f"-L{library}"]
        call = [compiler, *flags, *searched, *sources, "-o", tmp_path / "sanitized.so"]
        subprocess.run([*call, "-l:libdnnl.so.3"], check=True, capture_output=True)
        # The second lets the first know how exceptions are thrown.
        preloaded = [where(compiler, name) for name in ("libasan.so", "libstdc++.so")]
    except (OSError, LookupError, importlib.metadata.PackageNotFoundError) as error:
        pytest.skip(f"no compiler or no headers: {error}")
    folder = Path(__file__).parent
    tests = [
        str(folder / f"test_{name}.py")
        for name in ("gru", "lstm", "product", "convolution", "not_a_number")
    ]
    options = {"LD_PRELOAD": " ".join(preloaded), "ASAN_OPTIONS": "detect_leaks=0"}
    said = run(SANITIZED, tmp_path / "sanitized.so", *tests, timeout=3000, **options)
    assert " passed" in said

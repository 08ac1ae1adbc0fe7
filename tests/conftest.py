"""What every test shares: the CPU, compiled programs kept on disk, and names, settings and seed
that start afresh.
"""

import gc
import os
import signal
import tempfile
from importlib.metadata import version
from pathlib import Path

os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["JAXCNN_SEED"] = "0"  # of the programs that tests start, too
os.environ["JAXCNN_KEEP_MEMORY"] = (
    "0"  # a process that runs thousands of tests should give memory back
)
os.environ.setdefault(
    "JAX_COMPILATION_CACHE_DIR", str(Path(tempfile.gettempdir()) / "jaxcnn-tests-compiled")
)
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.1")

# Programs that run once are not worth the later passes of LLVM, nor, where XLA has two ways of
# making kernels, the one that takes longer to compile: together less than half the time of the
# processor.
os.environ.setdefault(
    "XLA_FLAGS",
    "--xla_backend_optimization_level=0 --xla_cpu_parallel_codegen_split_count=1"
    + " --xla_cpu_use_fusion_emitters=false" * version("jaxlib").startswith("0.10."),
)

import jax
import pytest

from jaxcnn import config
from jaxcnn.layers import naming
from jaxcnn.training.dispatch import ALIVE

# Ctrl-C is tested, also where the tests run in the background of a shell, which ignores it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Folders and files whose tests hold the library to explicit dtypes and ranks.
EXPLICIT = {
    "contract",
    "nn",
    "ops",
    "test_activations.py",
    "test_constraints.py",
    "test_initializers.py",
    "test_losses.py",
    "test_metrics.py",
    "test_optimizers.py",
    "test_regularizers.py",
    "training",
}

# Tests that take long while lighter ones stand beside them, one a line: slow ones, too.
LONG = Path(__file__).parent / "slow.txt"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what tests/slow.txt names, before -m chooses."""
    long = set(LONG.read_text().splitlines())
    for item in items:
        if item.nodeid in long:
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish():
    """Tests and modules live to the end: the collector need not walk through them again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    ALIVE.least = ALIVE.limit = 100  # of a process that runs thousands of tests, and holds models


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item, nextitem):
    """What is alive at the end of a file stays: the collector need not walk through it again."""
    if nextitem is None or nextitem.path != item.path:
        gc.collect()
        gc.freeze()


@pytest.fixture(autouse=True)
def afresh():
    """Each test begins with dense_1, seed 0 and the default settings, whatever ran before it."""
    config.reset()
    naming.reset_names()
    yield
    config.reset()


@pytest.fixture(autouse=True)
def explicit_promotion(request):
    """No computation of the lower rooms may mix dtypes, or ranks, without saying so."""
    if request.path.relative_to(Path(__file__).parent).parts[0] not in EXPLICIT:
        yield
        return
    with jax.numpy_dtype_promotion("strict"), jax.numpy_rank_promotion("raise"):
        yield

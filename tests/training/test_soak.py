"""Mixed work for a long time: fit, predict, save and load in one process, and kills of others.

``JAXCNN_SOAK`` is the number of minutes; the figures are printed.
"""

import gc
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from jaxcnn.layers import Dense, Dropout
from jaxcnn.layers.naming import reset_names
from jaxcnn.models import Sequential, load_model
from jaxcnn.training.dispatch import ALIVE, Alive

pytestmark = pytest.mark.slow

MINUTES = float(os.environ.get("JAXCNN_SOAK", "1"))
MOST_GROWTH = 60  # MiB, after the first tenth of the time and 20 rounds
SIGNALS = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT]
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(2, 40, 4)).astype("float32")

PROGRAM = """
import sys
import numpy as np
import jaxcnn as jc
from jaxcnn.callbacks import LambdaCallback
from jaxcnn.layers import Dense, Dropout
x, y = np.random.default_rng(0).normal(size=(2, 40, 4)).astype("float32")
model = jc.Sequential([Dense(5, input_shape=(4,)), Dropout(0.3), Dense(4)])
model.compile("adam", "mse")
tell = LambdaCallback(on_epoch_begin=lambda epoch, logs: print(epoch, flush=True))
folder = sys.argv[1] if len(sys.argv) > 2 else None
model.fit(x, y, 4, 90, verbose=0, callbacks=[tell], checkpoint_dir=folder,
          checkpoint_every=7 if folder else None)
np.save(sys.argv[-1], np.concatenate([w.ravel() for w in model.get_weights()]))
"""


def memory():
    """MiB that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def start(*arguments):
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", PROGRAM, *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def collector_of_a_user(monkeypatch):
    """Python's collector and the limit of models as they are outside of these tests."""
    limits = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    for name in ("least", "limit"):
        monkeypatch.setattr(ALIVE, name, Alive().limit)
    yield
    gc.set_threshold(*limits)


@pytest.mark.usefixtures("collector_of_a_user")
def test_one_process_for_a_long_time(tmp_path):
    began, rounds, wrong, first = time.monotonic(), 0, 0, 0.0
    while (passed := time.monotonic() - began) < MINUTES * 30:
        if not first and passed > MINUTES * 3 and rounds >= 20:
            first = memory()
        model = Sequential([Dense(5, input_shape=(4,)), Dropout(0.3), Dense(4)])
        model.compile("adam", "mse")
        model.fit(X, Y, 8, 2, verbose=0, checkpoint_dir=tmp_path / "run", resume=False)
        name = tmp_path / ("m.h5" if rounds % 2 else "m.keras")
        model.save(name)
        again = load_model(name)
        wrong += not np.array_equal(again.predict(X), model.predict(X))
        for one in (model, again):
            one.fit(X, Y, 8, 1, verbose=0, shuffle=False)
        wrong += not np.isfinite(again.evaluate(X, Y, verbose=0))
        reset_names()
        rounds += 1
    growth = memory() - (first or memory())
    print(f"{rounds} rounds, {wrong} wrong, {growth:.0f} MiB more")
    assert wrong == 0 and growth < MOST_GROWTH


def test_many_processes_that_are_killed(tmp_path):
    whole = start(tmp_path / "whole.npy")
    assert whole.communicate(timeout=300)[0] and whole.returncode == 0
    expected, kills, runs = np.load(tmp_path / "whole.npy"), 0, 0
    began, dice = time.monotonic(), random.Random(2)
    while time.monotonic() - began < MINUTES * 30:
        folder, result = tmp_path / f"run{runs}", tmp_path / f"run{runs}.npy"
        while not result.exists():
            process = start(folder, result)
            patience = dice.choice([5, 40, 70, 10**6])
            for line in process.stdout:
                if line.strip().isdigit() and int(line) >= patience:  # others say what is resumed
                    time.sleep(dice.random() / 10)
                    process.send_signal(
                        dice.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
                    )
                    kills += 1
                    break
            process.communicate(timeout=300)
        assert np.array_equal(np.load(result), expected)
        runs += 1
    print(f"{runs} runs ended with the bits of one that was not killed, after {kills} kills")

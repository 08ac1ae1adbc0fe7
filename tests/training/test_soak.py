"""Mixed work for a long time: fit, predict, save and load in one process, and kills of others.

``JAXCNN_SOAK`` is the number of minutes; the figures are printed.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.slow

MINUTES = float(os.environ.get("JAXCNN_SOAK", "1"))
# MiB after the first tenth of the time and 20 rounds, and in its second half.
MOST_GROWTH, MOST_IN_SECOND_HALF = 60, 20
SIGNALS = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT]

PROGRAM = """
import sys
import numpy as np
import jaxcnn as jc
from jaxcnn.callbacks import LambdaCallback
from jaxcnn.layers import Dense, Dropout
x, y = np.random.default_rng(0).normal(size=(2, 40, 4)).astype("float32")
np.random.seed(0)  # of the library, too
model = jc.Sequential([Dense(5, input_shape=(4,)), Dropout(0.3), Dense(4)])
model.compile("adam", "mse")
tell = LambdaCallback(on_epoch_begin=lambda epoch, logs: print(epoch, flush=True))
folder = sys.argv[1] if len(sys.argv) > 2 else None
model.fit(x, y, 4, 90, verbose=0, callbacks=[tell], checkpoint_dir=folder,
          checkpoint_every=7 if folder else None)
np.save(sys.argv[-1], np.concatenate([w.ravel() for w in model.get_weights()]))
"""


ROUNDS = """
import os, sys, time
from pathlib import Path
import numpy as np
from jaxcnn.layers import Dense, Dropout
from jaxcnn.models import Sequential, load_model

def memory():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

folder, minutes = Path(sys.argv[1]), float(sys.argv[2])
x, y = np.random.default_rng(0).normal(size=(2, 40, 4)).astype("float32")
began, rounds, wrong, first, middle = time.monotonic(), 0, 0, 0.0, 0.0
while (passed := time.monotonic() - began) < minutes * 60:
    if not first and passed > minutes * 6 and rounds >= 20:
        first = memory()
    if not middle and passed > minutes * 30:
        middle = memory()
    model = Sequential([Dense(5, input_shape=(4,)), Dropout(0.3), Dense(4)])
    model.compile("adam", "mse")
    model.fit(x, y, 8, 2, verbose=0, checkpoint_dir=folder / "run", resume=False)
    name = folder / ("m.h5" if rounds % 2 else "m.keras")
    model.save(name)
    again = load_model(name)
    wrong += not np.array_equal(again.predict(x), model.predict(x))
    for one in (model, again):
        one.fit(x, y, 8, 1, verbose=0, shuffle=False)
    wrong += not np.isfinite(again.evaluate(x, y, verbose=0))
    rounds += 1
    if rounds % 50 == 0:
        print(f"{passed:.0f} s: {rounds} rounds, {memory():.0f} MiB", file=sys.stderr, flush=True)
last = memory()
print(rounds, wrong, last - (first or last), last - (middle or last))
"""


def start(program, *arguments):
    """A process as a user has it: none of the settings of these tests."""
    settings = ("JAX_", "JAXCNN_", "XLA_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(settings)}
    environment |= {"PYTHONPATH": str(Path(__file__).parents[2]), "JAX_PLATFORMS": "cpu"}
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def test_one_process_for_a_long_time(tmp_path):
    said, _ = start(ROUNDS, tmp_path, MINUTES / 2).communicate()
    rounds, wrong, growth, late = map(float, said.split())
    print(f"{rounds:.0f} rounds, {wrong:.0f} wrong, {growth:.0f} MiB more, {late:.0f} at the end")
    assert wrong == 0 and growth < MOST_GROWTH and late < MOST_IN_SECOND_HALF


def test_many_processes_that_are_killed(tmp_path):
    whole = start(PROGRAM, tmp_path / "whole.npy")
    assert whole.communicate(timeout=300)[0] and whole.returncode == 0
    expected, kills, runs = np.load(tmp_path / "whole.npy"), 0, 0
    began, dice = time.monotonic(), random.Random(2)
    while time.monotonic() - began < MINUTES * 30:
        folder, result = tmp_path / f"run{runs}", tmp_path / f"run{runs}.npy"
        while not result.exists():
            process = start(PROGRAM, folder, result)
            patience = dice.choice([5, 40, 70, 10**6])
            for line in process.stdout:
                if line.strip().isdigit() and int(line) >= patience:  # others say what is resumed
                    time.sleep(dice.random() / 10)
                    process.send_signal(dice.choice(SIGNALS))
                    kills += 1
                    break
            process.communicate(timeout=300)
        assert np.array_equal(np.load(result), expected)
        runs += 1
    print(f"{runs} runs ended with the bits of one that was not killed, after {kills} kills")

"""A cell of a notebook that is run again, building the same model, needs no more memory."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
import numpy as np
import jaxcnn as jc
from jaxcnn.layers import Conv2D, Dense, Flatten

x, y = np.random.rand(64, 12, 12, 1).astype("f"), np.random.randint(0, 3, 64)
megabytes = []
for _ in range(20):
    if "clear" in sys.argv:
        jc.backend.clear_session()
    model = jc.Sequential(
        [Conv2D(4, 3, input_shape=(12, 12, 1)), Flatten(), Dense(3, activation="softmax")]
    )
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(x, y, epochs=1, verbose=0)
    with open("/proc/self/statm") as file:
        megabytes.append(int(file.read().split()[1]) * 4096 / 2**20)
print(min(megabytes[-5:]) - min(megabytes[3:8]))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("arguments", [[], ["clear"]])
def test_memory_does_not_grow_with_each_run(arguments):
    command = [sys.executable, "-c", PROGRAM, *arguments]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    assert float(run.stdout) < 30  # twelve runs apart; at 4 MB a run it would be 48

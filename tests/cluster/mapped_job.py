"""An epoch over a mapped file: ``mapped_job.py RESULT FILE SAMPLES BATCH_SIZE``.

Each process writes how many rows it read and the most memory that it held, in MiB, to
RESULT_<process>.txt.
"""

import math
import re
import sys
from pathlib import Path

import jax
import numpy as np

import jaxcnn as jc
from jaxcnn.layers import Dense, GlobalAveragePooling2D, Input
from jaxcnn.runtime.rows import ChosenRows

SHAPE = (64, 64, 3)


def main(result, file, samples, batch_size):
    jc.distribute()
    count, read = int(samples), []
    part_of = ChosenRows.__getitem__

    def counted(self, part):
        rows = part_of(self, part)
        if rows.shape[-3:] == SHAPE:  # perhaps of several batches
            read.append(rows.size // math.prod(SHAPE))
        return rows

    ChosenRows.__getitem__ = counted
    x = np.memmap(file, np.float32, "r", shape=(count, *SHAPE))
    model = jc.Sequential([Input(SHAPE), GlobalAveragePooling2D(), Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit(x, np.ones((count, 1), np.float32), int(batch_size), 1, verbose=0)
    assert np.isfinite(history.history["loss"][0])
    most = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    numbers = f"{sum(read)} {int(most[1]) / 1024:.0f}"
    Path(f"{result}_{jax.process_index()}.txt").write_text(numbers)


if __name__ == "__main__":
    main(*sys.argv[1:])

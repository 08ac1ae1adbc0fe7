"""Sums along the axes of an array (section 1.2.2, P00).

Data: none.

    python -m experiments run p00_axes
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run

PROGRAM = Program(title="Sums along axes", ids=("P00",))


def main(run: Run) -> None:
    a = np.array([[1, 2], [3, 4]])
    run.check("sum along axis 0", np.sum(a, axis=0), [4, 6])
    run.check("sum along axis 1", np.sum(a, axis=1), [3, 7])
    # An axis is the index that runs: along axis 0 one meets columns, along axis 1 rows.
    run.check("what axis 0 counts", [a[i] for i in range(2)], [[1, 2], [3, 4]])
    run.check("what axis 1 counts", [a[:, j] for j in range(2)], [[1, 3], [2, 4]])


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

"""Joining along an axis (U7 of the notes).

Data: none.  In an array of three axes, -2 is 1 and -1 is 2.

    python -m experiments run u07_concatenate
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import backend as K

PROGRAM = Program(title="Joining along an axis", ids=("U7",))


def main(run: Run) -> None:
    t1 = K.variable(np.array([[[1, 2], [2, 3]], [[4, 4], [5, 3]]]))
    t2 = K.variable(np.array([[[7, 4], [8, 4]], [[2, 10], [15, 11]]]))
    along_1 = [[[1, 2], [2, 3], [7, 4], [8, 4]], [[4, 4], [5, 3], [2, 10], [15, 11]]]
    along_2 = [[[1, 2, 7, 4], [2, 3, 8, 4]], [[4, 4, 2, 10], [5, 3, 15, 11]]]
    for axis, expected in ((-2, along_1), (1, along_1), (-1, along_2), (2, along_2)):
        run.check(f"axis {axis}", K.eval(K.concatenate([t1, t2], axis=axis)), expected)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

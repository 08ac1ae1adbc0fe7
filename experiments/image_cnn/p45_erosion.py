"""Shapes shrunk with four and eight neighbours (section 7.9, P45).

Data: the outline of a horse that comes with scikit-image, for the book's scipy_morphology_demo.png.

    python -m experiments run p45_erosion
"""

import numpy as np
from scipy import ndimage

from experiments.pixels import expand_image, horse, show_image
from experiments.program import Program
from experiments.run import Run
from jaxcnn.vision import CROSS, SQUARE, erode

PROGRAM = Program(title="Erosion", ids=("P45",), data=("photographs",))


def main(run: Run) -> None:
    a = horse()
    drawn = [expand_image(a, 255)]
    for name, structure in (("4 neighbours", CROSS), ("8 neighbours", SQUARE)):
        left = np.asarray(erode(a, structure))
        run.check(
            f"{name}: as scipy", np.array_equal(left, ndimage.binary_erosion(a, structure)), True
        )
        run.figure(f"{name}: pixels taken away", int(a.sum() - left.sum()))
        drawn.append(expand_image(left ^ a, 100, out=expand_image(a, 255)))
    run.picture("neighbours", show_image(*drawn))


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

"""Shapes grown by four structuring elements, drawn pixel by pixel (section 7.9, P42 to P44).

Data: the outline of a horse that comes with scikit-image, for the book's scipy_morphology_demo.png.

    python -m experiments run p42_dilation
"""

import numpy as np
from scipy import ndimage

from experiments.pixels import expand_image, horse, show_image
from experiments.program import Program
from experiments.run import Run
from jaxcnn.vision import CROSS, SQUARE, dilate

PROGRAM = Program(title="Dilation", ids=("P42", "P43", "P44"), data=("photographs",))
STRUCTURES = {
    "4 neighbours": CROSS,
    "8 neighbours": SQUARE,
    "row": [[0, 0, 0], [1, 1, 1], [0, 0, 0]],
    "column": [[0, 1, 0], [0, 1, 0], [0, 1, 0]],
    "upper half": [[0, 1, 0], [0, 1, 0], [0, 0, 0]],
}


def dilation_demo(a: np.ndarray, structure: object) -> np.ndarray:
    """The mask in white and what dilation adds in gray."""
    return expand_image(np.asarray(dilate(a, structure)) ^ a, 150, out=expand_image(a, 255))


def main(run: Run) -> None:
    a = horse()
    run.check("size of the drawing", expand_image(a, 255).shape, [10 * size for size in a.shape])
    drawn = {}
    for name, structure in STRUCTURES.items():
        grown = np.asarray(dilate(a, structure))
        run.check(
            f"{name}: as scipy", np.array_equal(grown, ndimage.binary_dilation(a, structure)), True
        )
        run.figure(f"{name}: pixels added", int(grown.sum() - a.sum()))
        drawn[name] = dilation_demo(a, structure)
    first, *rest = STRUCTURES
    run.picture("neighbours", show_image(expand_image(a, 255), drawn[first], drawn[rest[0]]))
    run.picture("structures", show_image(*(drawn[name] for name in rest[1:])))


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

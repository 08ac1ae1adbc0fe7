"""A shape thinned to lines (section 7.11, P47).

Data: the outline of a horse that comes with scikit-image, for the book's
scipy_morphology_demo2.png.

    python -m experiments run p47_skeleton
"""

import numpy as np
from scipy import ndimage

from experiments.pixels import expand_image, horse
from experiments.program import Program
from experiments.run import Run
from jaxcnn.vision import SQUARE, erode, skeletonize

PROGRAM = Program(title="Skeleton", ids=("P47",), data=("photographs",))


def main(run: Run) -> None:
    a = horse(5)
    thin = np.asarray(skeletonize(a))
    run.check("thinning it again changes nothing", np.array_equal(skeletonize(thin), thin), True)
    pieces = [ndimage.label(mask, SQUARE)[1] for mask in (a, thin)]
    run.check("pieces before and after are as many", pieces[0] == pieces[1], True)
    left = int(np.asarray(erode(thin, SQUARE)).sum())
    run.check("pixels of the skeleton with all eight neighbours", left, 0)
    run.figure("pixels of the shape", int(a.sum()))
    run.figure("pixels of its skeleton", int(thin.sum()))
    run.picture("skeleton", expand_image(thin, 255, out=expand_image(a, 100)))


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

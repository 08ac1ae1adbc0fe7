"""Pixels found by what is and what is not around them (section 7.10, P46).

Data: the outline of a horse that comes with scikit-image, for the book's
scipy_morphology_demo2.png.

    python -m experiments run p46_hit_or_miss
"""

import numpy as np
from scipy import ndimage

from experiments.pixels import expand_image, horse
from experiments.program import Program
from experiments.run import Run
from jaxcnn.vision import hit_or_miss

PROGRAM = Program(title="Hit-or-miss", ids=("P46",), data=("photographs",))
PAIRS = {
    "first pair": ([[0, 0, 0], [0, 1, 0], [1, 1, 1]], [[1, 0, 0], [0, 0, 0], [0, 0, 0]]),
    "second pair": ([[0, 0, 0], [0, 0, 0], [1, 1, 1]], [[1, 0, 0], [0, 1, 0], [0, 0, 0]]),
}


def main(run: Run) -> None:
    a = horse()
    run.picture("mask", expand_image(a, 255))
    for name, (hits, misses) in PAIRS.items():
        found = np.asarray(hit_or_miss(a, hits, misses))
        run.check(
            f"{name}: as scipy",
            np.array_equal(found, ndimage.binary_hit_or_miss(a, hits, misses)),
            True,
        )
        run.figure(f"{name}: pixels", int(found.sum()))
        run.picture(name.replace(" ", "_"), expand_image(found, 255, out=expand_image(a, 100)))


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

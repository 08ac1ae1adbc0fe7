"""White points strewn over a photograph (section 8.5.1, P16).

Data: a photograph that comes with scikit-image, for the book's lena.jpg.

    python -m experiments run p16_salt
"""

import jax
import numpy as np

from experiments.photographs import photograph
from experiments.program import Program
from experiments.run import Run
from jaxcnn.vision import salt

PROGRAM = Program(title="Salt noise", ids=("P16",), data=("photographs",))
POINTS = 1000


def main(run: Run) -> None:
    img1 = photograph("astronaut.png")
    img2 = np.asarray(salt(jax.random.key(run.seed), img1[None], POINTS))[0]
    changed = (img1 != img2).any(-1)
    run.check("at most 1,000 pixels changed", 900 < changed.sum() <= POINTS, True)
    run.check("they are white", bool((img2[changed] == 255).all()), True)
    run.figure("changed pixels", int(changed.sum()))
    run.picture("noisy", img2)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

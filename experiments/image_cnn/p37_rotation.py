"""An image turned by 60 degrees, so that it fills its frame or loses nothing, and mirrored
(section 7.5, P37).

Data: a photograph that comes with scikit-image, for the book's lena.png.

    python -m experiments run p37_rotation
"""

import numpy as np

from experiments.photographs import photograph
from experiments.program import Program
from experiments.run import Run
from jaxcnn.vision import covering_scale, rotate, square

PROGRAM = Program(title="Rotation", ids=("P37",), data=("photographs",))


def main(run: Run) -> None:
    for shape, angle, scale in (
        ((512, 512), 60, 1.4142),
        ((400, 600), 90, 1.5),
        ((400, 600), 60, 1.8028),
    ):
        run.check(f"scale of {shape} at {angle} degrees", covering_scale(shape, angle), scale, 1e-4)
    lena = photograph("astronaut.png", size=(256, 256)).astype(np.float32)
    full = np.asarray(rotate(lena[None], 60, covering_scale(lena.shape, 60)))[0]
    cut = np.asarray(rotate(lena[None], 60))[0]
    whole = np.asarray(rotate(lena[None], 60, expand=True))[0]
    run.check("shape of the whole turned picture", whole.shape, [350, 350, 3])
    run.check("brightness that is kept in it", float(whole.sum() / lena.sum()), 1, 0.01)
    turned = np.asarray(rotate(lena[None], 90, expand=True))[0]
    run.check(
        "a quarter turn moves each pixel to its place", np.array_equal(turned, np.rot90(lena)), True
    )
    run.picture(
        "rotation",
        np.stack([lena, full, cut, lena[:, ::-1]]).clip(0, 255) / 255,
        columns=4,
        titles=("picture", "60 degrees, scaled", "60 degrees", "mirrored"),
    )
    run.picture("whole", square(whole.clip(0, 255).astype(np.uint8)))


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

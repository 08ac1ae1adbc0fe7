"""Five images and what ImageDataGenerator makes of them (section 6.3, figure 6-2, Q2.P7).

Data: CIFAR-10. The book prints the figure and no code: a horse, a ship, a cat, a bird and a car as
they are, centred, turned by up to 90 degrees, shifted sideways and mirrored.

    python -m experiments run q2_p07_augmentation
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.datasets import cifar10
from jaxcnn.preprocessing.image import ImageDataGenerator

PROGRAM = Program(title="Five ways to change pictures", ids=("Q2.P7",), data=("cifar10",))
HORSE, SHIP, CAT, BIRD, CAR = 7, 8, 3, 2, 1


def main(run: Run) -> None:
    (x, y), _ = cifar10.load_data()
    pictures = np.stack(
        [x[y.ravel() == label][0] for label in (HORSE, SHIP, CAT, BIRD, CAR)]
    ).astype("float32")
    rows = [pictures / 255]
    for name, change in (
        ("samplewise_center", {"samplewise_center": True}),
        ("rotation_range 90", {"rotation_range": 90}),
        ("width_shift_range 0.3", {"width_shift_range": 0.3}),
        ("horizontal_flip", {"horizontal_flip": True}),
    ):
        generator = ImageDataGenerator(**change)
        found = next(generator.flow(pictures, batch_size=5, shuffle=False, seed=run.seed))
        run.check(f"{name}: shape", found.shape, (5, 32, 32, 3))
        if name == "samplewise_center":
            run.check(
                "largest mean of a centred picture",
                np.abs(found.mean(axis=(1, 2, 3))).max(),
                0,
                1e-3,
            )
            found = found - found.min()
            found = found / found.max() * 255
        rows.append(found / 255)
    run.picture("figure_6_2", np.concatenate(rows).clip(0, 1), columns=5)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

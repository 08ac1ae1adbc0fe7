"""One image, changed at random 21 times (U22 of the notes).

Data: a photograph of a cat.

    python -m experiments run u22_generator
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import config
from jaxcnn.preprocessing.image import ImageDataGenerator, array_to_img, img_to_array, load_img

PROGRAM = Program(title="A picture changed 21 times", ids=("U22",), data=("media",))


def main(run: Run) -> None:
    datagen = ImageDataGenerator(
        rotation_range=40,
        width_shift_range=0.2,
        height_shift_range=0.2,
        rescale=1.0 / 255,
        shear_range=0.2,
        zoom_range=0.2,
        horizontal_flip=True,
        fill_mode="nearest",
        zca_epsilon=1e-6,
    )
    x = img_to_array(load_img(config.home() / "media/cat.jpeg", target_size=(150, 150)))[None]
    preview = run.out / "preview"
    preview.mkdir(exist_ok=True)
    pictures = datagen.flow(
        x, batch_size=1, save_to_dir=preview, save_prefix="cat", save_format="jpeg", seed=run.seed
    )
    found = [next(pictures)[0] for _ in range(21)]
    run.check("files", len(list(preview.glob("cat_*.jpeg"))), 21)
    run.check("size", array_to_img(found[0]).size, (150, 150))
    run.picture("preview", np.stack(found), columns=7)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

"""One photograph of a cat, changed at random 21 times (section 7.1, P09).

Data: a photograph of a cat.

    python -m experiments run p09_preview
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import config
from jaxcnn.preprocessing.image import ImageDataGenerator, img_to_array, load_img

PROGRAM = Program(
    title="Changed pictures of one cat", ids=("P09",), data=("media",), settings={"size": 256}
)


def main(run: Run) -> None:
    datagen = ImageDataGenerator(
        rotation_range=40,
        width_shift_range=0.2,
        height_shift_range=0.2,
        shear_range=0.2,
        zoom_range=0.2,
        horizontal_flip=True,
        fill_mode="nearest",
    )
    img = load_img(
        config.home() / "media/cat.jpeg", target_size=(run.settings.size, run.settings.size)
    )
    x = img_to_array(img)
    x = x.reshape((1, *x.shape))
    preview = run.out / "preview"
    preview.mkdir(exist_ok=True)
    for old in preview.glob("*.jpeg"):
        old.unlink()
    found = []
    for batch in datagen.flow(
        x, batch_size=1, save_to_dir=preview, save_prefix="cat", save_format="jpeg", seed=run.seed
    ):
        found.append(batch[0])
        if len(found) > 20:
            break
    run.check("files", len(list(preview.glob("cat_*.jpeg"))), 21)
    run.picture("preview", np.clip(np.stack(found) / 255, 0, 1), columns=7)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

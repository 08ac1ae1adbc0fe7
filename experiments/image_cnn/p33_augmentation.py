"""An image flipped, cut and scaled, and in other colours (section 6.2, P33).

Data: a cat that comes with scikit-image.  The book prints the three figures and no code.

    python -m experiments run p33_augmentation
"""

import jax
import numpy as np

from experiments.photographs import photograph
from experiments.program import Program
from experiments.run import Run
from jaxcnn.preprocessing.image import (
    augment,
    color_axes,
    pca_lighting,
    random_crop,
    random_resized_crop,
)

PROGRAM = Program(title="Flip, crop and scale, colour jitter", ids=("P33",), data=("photographs",))

STRENGTH = 1.6  # of the colours; networks are trained with 0.1, which is hardly seen


def main(run: Run) -> None:
    cat = photograph("chelsea.png", size=(150, 226)).astype(np.float32)
    key = jax.random.key(run.seed)
    batch = np.repeat(cat[None], 12, axis=0)

    flipped = np.asarray(augment(key, batch, horizontal_flip=True))
    mirror = cat[:, ::-1]
    known = all(
        np.array_equal(picture, cat) or np.array_equal(picture, mirror) for picture in flipped
    )
    run.check("each is the cat or its mirror image", known, True)
    pair = np.stack([cat, mirror])
    run.picture("flip", pair / 255, columns=2, titles=("as it is", "mirrored"))

    crops = np.asarray(random_crop(key, batch, (100, 150)))
    run.check("shape of a crop", crops.shape[1:], [100, 150, 3])
    scaled = np.asarray(random_resized_crop(key, batch, (100, 150), scale=(0.1, 1)))
    run.picture("crops_and_scales", np.concatenate([crops[:6], scaled[:6]]) / 255, columns=6)

    colours = np.asarray(pca_lighting(key, batch, color_axes(cat), STRENGTH)).clip(0, 255)
    moved = (colours - cat).mean((1, 2))
    run.check("every one has another colour", len({tuple(m.round(3)) for m in moved}), 12)
    run.picture("colour_jitter", np.concatenate([cat[None], colours[:5]]) / 255, columns=3)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

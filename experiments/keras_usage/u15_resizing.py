"""Images made larger by four rules, and a layer that does it (U15 of the notes).

Data: a photograph. The layer is a Lambda around a named function, which a saved model finds again
by its name.

    python -m experiments run u15_resizing
"""

import jax
import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import backend as K
from jaxcnn import config
from jaxcnn.layers import Input, Lambda
from jaxcnn.models import Model, load_model
from jaxcnn.preprocessing.image import img_to_array, load_img

PROGRAM = Program(title="Resizing", ids=("U15",), data=("media",))
H, W = 112, 168


def resized(x):
    return jax.image.resize(x, (x.shape[0], H, W, x.shape[3]), "bilinear")


def main(run: Run) -> None:
    path = config.home() / "media/darknet_dog.jpg"
    small = img_to_array(load_img(path, target_size=(56, 84), interpolation="box")) / 255
    for name in ("bilinear", "nearest", "bicubic"):
        method = {"bicubic": "cubic"}.get(name, name)
        run.picture(name, np.clip(jax.image.resize(small, (4 * 56, 4 * 84, 3), method), 0, 1))
    area = np.clip(
        img_to_array(load_img(path, target_size=(224, 336), interpolation="box")) / 255, 0, 1
    )
    run.picture("area", area)

    picture = small[None]
    for interpolation in ("nearest", "bilinear"):
        larger = K.eval(K.resize_images(K.variable(picture), 2, 2, "channels_last", interpolation))
        run.check(f"K.resize_images, {interpolation}: shape", larger.shape, (1, H, W, 3))

    x = Input(shape=(56, 84, 3))
    model = Model(x, Lambda(resized)(x))
    path = run.model(model)
    again = load_model(path, custom_objects={"resized": resized})
    run.check(
        "a saved model resizes alike",
        np.array_equal(again.predict(picture), model.predict(picture)),
        True,
    )


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

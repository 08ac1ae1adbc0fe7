"""Images in other sizes by four rules, and a layer that does it (U15 of the notes).

Data: a photograph. The rules are those of TensorFlow 1, which the notes call; each makes the same
small image two and a half times as large, and the same large one four times as small. How far the
larger ones are from the photograph itself is measured: TensorFlow 1 samples at the upper left
corners of pixels, which moves the image for all rules but area; JAX, beside it, at their centres.
The layer is a Lambda around a named function, which a saved model finds again by its name.

    python -m experiments run u15_resizing
"""

import jax
import jax.numpy as jnp
import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import backend as K
from jaxcnn import config
from jaxcnn.compat.tensorflow import resizing
from jaxcnn.layers import Input, Lambda
from jaxcnn.models import Model, load_model
from jaxcnn.preprocessing.image import img_to_array, load_img

PROGRAM = Program(title="Resizing", ids=("U15",), data=("media",))
H, W = 112, 168
RULES = {
    "bilinear": resizing.bilinear,
    "nearest": resizing.nearest,
    "bicubic": resizing.bicubic,
    "area": resizing.area,
}
DOG = np.s_[30:130, 10:160]  # the part of the larger image that is shown
SMALL, LARGE, WHOLE = (56, 84), (140, 210), (224, 336)


def resized(x):
    return jax.image.resize(x, (x.shape[0], H, W, x.shape[3]), "bilinear")


def main(run: Run) -> None:
    path = config.home() / "media/darknet_dog.jpg"
    small, large, whole = (
        img_to_array(load_img(path, target_size=size, interpolation="box")) / 255
        for size in (SMALL, LARGE, WHOLE)
    )
    larger, smaller = [], []
    for name, rule in RULES.items():
        larger.append(np.clip(resizing.resized(jnp.asarray(small), LARGE, rule, False), 0, 1))
        smaller.append(np.clip(resizing.resized(jnp.asarray(whole), SMALL, rule, False), 0, 1))
        distance = np.mean((255 * (larger[-1] - large)) ** 2)
        run.figure(f"{name}: mean squared difference from the photograph", distance)
    for name in ("bilinear", "nearest", "cubic"):
        centred = np.clip(jax.image.resize(small, (*LARGE, 3), name), 0, 1)
        distance = np.mean((255 * (centred - large)) ** 2)
        run.figure(f"{name} from centres: mean squared difference", distance)
    run.picture("larger", np.stack(larger)[:, *DOG], titles=list(RULES), columns=2)
    run.picture("smaller", np.stack(smaller), titles=list(RULES), columns=2)
    means = whole.reshape(SMALL[0], 4, SMALL[1], 4, 3).mean((1, 3))
    run.check("area: the mean of each 4 x 4 pixels", np.abs(smaller[3] - means).max(), 0, 1e-5)
    run.check("nearest: the first pixel of them", np.array_equal(smaller[1], whole[::4, ::4]), True)

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

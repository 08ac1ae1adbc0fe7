"""Networks with ImageNet weights name what they see (U21 of the notes).

Data: photographs, and the weights of MobileNet, the only one of the notes' thirteen networks whose
whole weights come with the data of this project. The others are built without weights and their
parameters counted. Where Keras 3 is installed, a full run says beside ours what it sees in the same
images by the same weights.

    python -m experiments run u21_applications
"""

import importlib.util
import os

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import applications, config
from jaxcnn.preprocessing.image import img_to_array, load_img

PROGRAM = Program(
    title="Networks with ImageNet weights",
    ids=("U21",),
    data=("mobilenet", "imagenet_classes", "media"),
    minutes=0.6,
    settings={"networks": 13},
    quick={"networks": 2},
)
PARAMETERS = {
    "MobileNet": 4_253_864,
    "MobileNetV2": 3_538_984,
    "DenseNet121": 8_062_504,
    "NASNetMobile": 5_326_716,
    "DenseNet169": 14_307_880,
    "DenseNet201": 20_242_984,
    "Xception": 22_910_480,
    "InceptionV3": 23_851_784,
    "ResNet50": 25_636_712,
    "InceptionResNetV2": 55_873_736,
    "NASNetLarge": 88_949_818,
    "VGG16": 138_357_544,
    "VGG19": 143_667_240,
}


def best_five(probabilities: np.ndarray) -> list[list[str]]:
    """For each image the names and probabilities of its five best classes."""
    decoded = applications.imagenet_utils.decode_predictions(probabilities, top=5)
    return [[f"{name} {probability:.3f}" for _, name, probability in top] for top in decoded]


def by_keras(x: np.ndarray) -> np.ndarray:
    os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras

    weights = config.home() / "models" / "mobilenet_1_0_224_tf.h5"
    return keras.applications.MobileNet(weights=str(weights)).predict(x, verbose=0)


def main(run: Run) -> None:
    MobileNet = applications.MobileNet
    model = MobileNet(weights="imagenet")
    pictures = ("panda.jpg", "darknet_eagle.jpg", "darknet_dog.jpg")
    photographs = [
        load_img(config.home() / "media" / name, target_size=(224, 224)) for name in pictures
    ]
    x = np.stack([img_to_array(photograph) for photograph in photographs])
    prepared = MobileNet.preprocess_input(x)
    titles = []
    for name, top in zip(pictures, best_five(model.predict(prepared)), strict=True):
        run.figure(f"{name}, best five", ", ".join(top))
        titles.append(top[0].replace(" ", "\n"))
    if not run.quick and importlib.util.find_spec("keras"):
        for name, top in zip(pictures, best_five(by_keras(prepared)), strict=True):
            run.figure(f"{name}, best five by Keras 3", ", ".join(top))
    run.check("the panda", titles[0].splitlines()[0], "giant_panda")
    run.picture("photographs", x.astype("uint8"), titles=titles, columns=3)

    for name, parameters in list(PARAMETERS.items())[: run.settings.networks]:
        run.check(name, getattr(applications, name)(weights=None).count_params(), parameters)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

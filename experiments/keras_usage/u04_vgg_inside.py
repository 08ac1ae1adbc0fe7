"""VGG16 as one layer of a larger network (U4 of the notes).

Data: ImageNet weights of VGG16 without its top; in the notes they lie in the user's models folder,
too.

    python -m experiments run u04_vgg_inside
"""

import itertools

from experiments.program import Program
from experiments.run import Run
from jaxcnn.applications.vgg16 import VGG16
from jaxcnn.layers import Dense, Flatten, Input
from jaxcnn.models import Model

PROGRAM = Program(
    title="VGG16 inside of a network",
    ids=("U4",),
    data=("vgg16",),
    settings={"size": 224},
    quick={"size": 32},
)


def main(run: Run) -> None:
    size = run.settings.size
    model_vgg16_conv = VGG16(weights="imagenet", include_top=False)
    run.check("parameters of VGG16 without its top", model_vgg16_conv.count_params(), 14_714_688)

    image = Input(shape=(size, size, 3), name="image_input")
    output_vgg16_conv = model_vgg16_conv(image)
    x = Flatten(name="flatten")(output_vgg16_conv)
    x = Dense(4096, activation="relu", name="fc1")(x)
    x = Dense(512, activation="relu", name="fc2")(x)
    x = Dense(128, activation="relu", name="fc3")(x)
    x = Dense(1, activation="sigmoid", name="predictions")(x)
    my_model = Model(inputs=image, outputs=x)

    lines = []
    my_model.summary(print_fn=lines.append)
    print(*lines, sep="\n")
    run.check("VGG16 is one row", sum("vgg16" in line for line in lines), 1)
    dense = [(size // 32) ** 2 * 512, 4096, 512, 128, 1]
    of_dense = sum((inputs + 1) * outputs for inputs, outputs in itertools.pairwise(dense))
    run.check("parameters", my_model.count_params(), 14_714_688 + of_dense)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

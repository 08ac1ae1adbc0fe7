"""AlexNet, and what a network of its kind sees in two photographs (C3).

Data: photographs and the names of the ImageNet classes. AlexNet's weights, bvlc_alexnet.npy, are
used where they lie in the models folder; else SqueezeNet's, a network made to be as good as AlexNet
with 50 times fewer weights. The chapter's own images, a weasel and a dog, are not available.

    python -m experiments run c3_alexnet
"""

import numpy as np

from experiments.data import DATA
from experiments.program import Program
from experiments.run import Run
from jaxcnn import applications, config
from jaxcnn.preprocessing.image import img_to_array, load_img

NO_ALEXNET = (
    "other photographs: the source's are not available; SqueezeNet in place of AlexNet, whose "
    "weights are not here"
)
PROGRAM = Program(
    title="AlexNet",
    ids=("C3",),
    data=("alexnet", "imagenet_classes", "media"),
    minutes=0.5,
    settings={"pictures": "cat2.jpg,darknet_dog.jpg"},
    why={
        "the first photograph": NO_ALEXNET,
        "the second photograph": NO_ALEXNET,
    },
)


def main(run: Run) -> None:
    AlexNet = applications.AlexNet
    alexnet = AlexNet(weights=None)
    shapes = {
        "conv1": (55, 55, 96),
        "pool1": (27, 27, 96),
        "conv2": (27, 27, 256),
        "pool2": (13, 13, 256),
        "conv5": (13, 13, 256),
        "pool5": (6, 6, 256),
        "fc6": (4096,),
        "fc8": (1000,),
    }
    run.check(
        "shapes",
        [alexnet.get_layer(name).output_shape[1:] for name in shapes],
        list(shapes.values()),
    )
    run.check("parameters", alexnet.count_params(), 60_965_224)
    run.check(
        "conv2 has two groups",
        np.shape(alexnet.get_layer("conv2").get_weights()[0]),
        (5, 5, 48, 256),
    )

    name = "AlexNet" if DATA["alexnet"].has_own() else "SqueezeNet"
    network = getattr(applications, name)
    model = network(weights="imagenet")
    files = run.settings.pictures.split(",")
    size = (network.size, network.size)
    x = np.stack(
        [img_to_array(load_img(config.home() / "media" / file, target_size=size)) for file in files]
    )
    found = applications.imagenet_utils.decode_predictions(
        model.predict(network.preprocess_input(x)), top=5
    )
    for number, file, top in zip(("first", "second"), files, found, strict=True):
        print(f"Image {file}")
        for _, label, score in top:
            print(label, score)
        run.figure(f"the {number} photograph", f"{top[0][1]} {top[0][2]:.3f}")
        run.figure(f"the {number} photograph is", f"{file}, seen by {name}")
    titles = ["\n".join(f"{label} {score:.3f}" for _, label, score in top[:2]) for top in found]
    run.picture("photographs", x.astype("uint8"), titles=titles, columns=len(files))


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

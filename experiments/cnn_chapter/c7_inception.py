"""Inception modules, GoogLeNet, Inception-v3, and an image classified from the command line (C7).

Data: photographs, the names of the ImageNet classes and the weights of Inception-v3 where they are
present, else MobileNet's.

    python -m experiments run c7_inception
"""

import contextlib
import io

from experiments.data import DATA
from experiments.program import Program
from experiments.run import Run
from jaxcnn import applications, commands, config
from jaxcnn.applications import inception_module
from jaxcnn.layers import Input
from jaxcnn.models import Model

NO_INCEPTION = (
    "another photograph, and MobileNet in place of Inception-v3, whose weights are not here"
)
PROGRAM = Program(
    title="Inception, and classifying from the command line",
    ids=("C7",),
    data=("inception_v3", "imagenet_classes", "media"),
    minutes=1,
    settings={"networks": 2},
    quick={"networks": 0},
    why={
        "score of the first photograph's class": NO_INCEPTION,
        "score of the second photograph's class": NO_INCEPTION,
    },
)
PARAMETERS = {"GoogLeNet": 6_998_552, "InceptionV3": 23_851_784}


def main(run: Run) -> None:
    x = Input((28, 28, 192))
    module = Model(x, inception_module(x, (64, 96, 128, 16, 32, 32)))
    run.check(
        "module 3a: maps of the four branches",
        module.output_shape,
        (None, 28, 28, 64 + 128 + 32 + 32),
    )
    run.check("module 3a: parameters", module.count_params(), 163_696)
    for name, parameters in list(PARAMETERS.items())[: run.settings.networks]:
        run.check(name, getattr(applications, name)(weights=None).count_params(), parameters)

    name = "InceptionV3" if DATA["inception_v3"].has_own() else "MobileNet"
    for number, file, label in (
        ("first", "panda.jpg", "giant_panda"),
        ("second", "darknet_eagle.jpg", "bald_eagle"),
    ):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            status = commands.main(
                ["classify", "--model", name, str(config.home() / "media" / file)]
            )
        print(printed.getvalue())
        run.check(f"{file}: exit status", status, 0)
        lines = printed.getvalue().splitlines()
        run.check(f"{file}: lines", len(lines), 5)
        run.check(f"{file}: class", lines[0].split(" ")[0], label)
        score = float(lines[0].removesuffix(")").rpartition(" ")[2])
        run.figure(f"score of the {number} photograph's class", score)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

"""An image in the style of another, as the chapter does it (C6).

Data: ImageNet weights of VGG19 without its top where they are present, else VGG16's: the content is
compared at its last convolution, block5_conv3, in place of conv5_4. Two photographs that come with
scikit-learn stand for the chapter's images. An iteration at 478 x 478 takes seconds on a CPU;
smaller images by `--set size=160`. The kept run begins with noise alone, as the chapter does, and
ends, after all 2,001 iterations, with the flower's petals and leaves and nothing of the pagoda: at
this size and with the chapter's weights, 1 and 100, the style outweighs the content. In N4, which
starts from the photograph with some noise over it, the pagoda stays.

    python -m experiments run c6_style
"""

import dataclasses

import numpy as np
import optax
from PIL import Image

from experiments.data import DATA
from experiments.program import Program
from experiments.run import Run
from jaxcnn import applications
from jaxcnn.style import CHAPTER, StyleTransfer

OTHER_SIZE = (
    "VGG16 in place of VGG19, other images, and 160 x 160 pixels in place of 478 x 478: the "
    "sums are over other maps"
)
PRINTED = (0, 100, 200, 300, 1000)  # iterations whose cost stands in the chapter
PROGRAM = Program(
    title="Style transfer, the chapter's way",
    ids=("C6",),
    data=("vgg19",),
    packages=("sklearn",),
    minutes=180,
    settings={
        "size": 478,
        "iterations": 2001,
        "every": 100,
        "noise": 1.0,
        "rate": 1.5,
        "variation": 0.0,
    },
    quick={"size": 48, "iterations": 3, "every": 1},
    why={f"cost at iteration {iteration}": OTHER_SIZE for iteration in PRINTED},
)


def main(run: Run) -> None:
    from sklearn.datasets import load_sample_image

    size = (run.settings.size, run.settings.size)
    content, style = (
        np.asarray(Image.fromarray(load_sample_image(name)).resize(size))
        for name in ("china.jpg", "flower.jpg")
    )
    costs = dataclasses.replace(CHAPTER, gamma=run.settings.variation)
    if DATA["vgg19"].has_own():
        network = applications.VGG19(weights="imagenet", include_top=False)
    else:
        network = applications.VGG16(weights="imagenet", include_top=False)
        costs = dataclasses.replace(costs, content_layer="block5_conv3")
    transfer = StyleTransfer(network, costs, optax.adam(run.settings.rate))
    kept = {}

    def report(iteration: int, picture: np.ndarray, found: dict[str, float]) -> None:
        print(f"Iteration {iteration}\ncost: {found['total']:.6g}", flush=True)
        kept[iteration] = picture

    picture, history = transfer.run(
        content,
        style,
        run.settings.iterations,
        noise=run.settings.noise,
        every=run.settings.every,
        on_picture=report,
    )
    totals = [found["total"] for found in history]
    for iteration in PRINTED:
        if iteration < len(totals):
            run.figure(f"cost at iteration {iteration}", totals[iteration])
    run.figure("cost at the end", totals[-1])
    run.check("the cost has fallen", totals[-1] < totals[0], True)
    run.curve({"log10 of the cost": np.log10(totals)}, "cost", step="iteration")
    shown = [kept[i] for i in sorted(kept)[:: max(1, len(kept) // 6)]]
    run.picture("iterations", np.stack(shown), columns=len(shown))
    run.picture(
        "result",
        np.stack([content, style, picture]),
        titles=["content", "style", "result"],
        columns=3,
    )


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

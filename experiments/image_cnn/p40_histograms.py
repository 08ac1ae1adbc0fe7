"""Histograms in three ways, and of a part of an image (section 7.8, P40 and P41).

Data: a photograph that comes with scikit-image, for the book's flower.jpg. The book says that
calcHist is the fastest and bincount about ten times as fast as np.histogram.

    python -m experiments run p40_histograms
"""

import timeit

import numpy as np

from experiments.photographs import photograph
from experiments.program import Program
from experiments.run import Run
from jaxcnn.vision import histogram
from jaxcnn.visualization.figure import BLUE, new_figure, plain_axes

PROGRAM = Program(
    title="Histograms",
    ids=("P40", "P41"),
    data=("photographs",),
    packages=("cv2",),
    settings={"repeats": 20},
    quick={"repeats": 2},
    why={
        "np.histogram over np.bincount in time": (
            "a rough factor for the NumPy of 2017; ours is measured on this machine, with this "
            "NumPy"
        ),
    },
)


def main(run: Run) -> None:
    import cv2

    img = photograph("coffee.png", "L")
    ways = {
        "cv2.calcHist": lambda: cv2.calcHist([img], [0], None, [256], [0, 256]).ravel(),
        "np.histogram": lambda: np.histogram(img.ravel(), 256, [0, 256])[0],
        "np.bincount": lambda: np.bincount(img.ravel(), minlength=256),
        "vision.histogram": lambda: np.asarray(histogram(img)),
    }
    counts = {name: way() for name, way in ways.items()}
    for name, found in counts.items():
        run.check(f"{name} counts the same", np.array_equal(found, counts["np.bincount"]), True)
    seconds = {
        name: min(timeit.repeat(way, number=1, repeat=run.settings.repeats))
        for name, way in ways.items()
    }
    for name, taken in seconds.items():
        run.figure(f"{name}: milliseconds", round(1000 * taken, 3))
    run.figure(
        "np.histogram over np.bincount in time",
        round(seconds["np.histogram"] / seconds["np.bincount"], 1),
    )
    figure = new_figure(11, 3)
    for number, name in enumerate(list(ways)[:3], 1):
        axes = figure.add_subplot(1, 3, number)
        plain_axes(axes)
        axes.plot(counts[name], color=BLUE)
        axes.set_title(name, fontsize=10)
        axes.set_xlabel("gray value")
        axes.set_ylabel("pixels" if number == 1 else "")
    run.picture("three_ways", figure)

    wide = np.asarray(histogram(img, 18, (0, 270)))
    run.check("bins 15 values wide hold all pixels", int(wide.sum()), img.size)

    mask = np.zeros(img.shape, bool)
    mask[100:200, 100:200] = True
    masked = np.asarray(histogram(img, mask=mask))
    run.check("pixels in the mask", int(masked.sum()), 10_000)
    expected = cv2.calcHist([img], [0], mask.astype(np.uint8), [256], [0, 256]).ravel()
    run.check("calcHist counts the same in it", np.array_equal(masked, expected), True)

    figure = new_figure(11, 5)
    pictures = {"picture": img, "mask": mask, "what the mask leaves": img * mask}
    for place, (title, picture) in enumerate(pictures.items(), 1):
        axes = figure.add_subplot(2, 3, place)
        axes.imshow(picture, cmap="gray")
        axes.set_title(title, fontsize=10)
        axes.set_axis_off()
    curves = {
        "all pixels": counts["vision.histogram"],
        "in the mask": masked,
        "15 values wide": wide,
    }
    for place, (title, heights) in enumerate(curves.items(), 4):
        axes = figure.add_subplot(2, 3, place)
        axes.stairs(
            heights,
            np.linspace(0, 270 if len(heights) == 18 else 256, len(heights) + 1),
            fill=True,
            color=BLUE,
        )
        axes.set_title(title, fontsize=10)
        axes.set_xlabel("gray value")
        axes.set_ylabel("pixels" if place == 4 else "")
        plain_axes(axes)
    run.picture("histograms", figure)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

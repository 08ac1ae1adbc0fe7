"""Noise that a network takes for a sea snake, and for a magpie (section 2.4, P05).

Data: the weights of MobileNet, because those of VGG16's dense layers are not available; and the
names of the classes. MobileNet takes values from -1 to 1, so noise and steps are as much smaller.
Climbed as the book does it the images stay noise for us; where each few steps are taken on a moved
and blurred image, one sees what the network looks for.

    python -m experiments run p05_fooling
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import applications
from jaxcnn.models import Model
from jaxcnn.vision import gaussian_filter
from jaxcnn.visualization import maximise_classes

CLASSES = (65, 18)
PROGRAM = Program(
    title="Noise taken for a snake and a magpie",
    ids=("P05",),
    data=("mobilenet", "imagenet_classes"),
    minutes=6,
    settings={"steps": 40, "step_size": 0.05, "rounds": 40},
    quick={"steps": 1, "rounds": 1},
    seeds=3,
)


def smooth(model: Model, start: np.ndarray, rounds: int, rng: np.random.Generator) -> np.ndarray:
    """The images after rounds of four steps, before each of which they are moved and blurred, less
    and less.
    """
    pictures = start
    for sigma in np.linspace(1.2, 0.4, rounds):
        rows, columns = rng.integers(-16, 17, 2)
        moved = np.roll(np.asarray(gaussian_filter(pictures, sigma)), (rows, columns), (1, 2))
        moved, _ = maximise_classes(model, CLASSES, start=moved, steps=4, step_size=0.05)
        pictures = np.roll(np.clip(moved, -1, 1), (-rows, -columns), (1, 2))
    return pictures


def main(run: Run) -> None:
    model = applications.MobileNet(weights="imagenet")
    rng = np.random.default_rng(run.seed)
    start = rng.uniform(-0.1, 0.1, (2, 224, 224, 3))
    pictures, _ = maximise_classes(
        model, CLASSES, start=start, steps=run.settings.steps, step_size=run.settings.step_size
    )
    probabilities = model.predict(pictures)
    best = applications.imagenet_utils.decode_predictions(probabilities, top=1)
    names = ("sea_snake (65)", "magpie (18)")
    for name, (top,), row, index in zip(names, best, probabilities, CLASSES, strict=True):
        print(f"{name}: taken for {top[1]} with {top[2]:.5f}")
        run.figure(name, row[index])
    titles = [f"{top[1]}\n{top[2]:.5f}" for (top,) in best]
    run.picture("fooling", np.clip((pictures + 1) / 2, 0, 1), titles=titles, columns=2)
    pictures = smooth(model, start, run.settings.rounds, rng)
    for name, row, index in zip(names, model.predict(pictures), CLASSES, strict=True):
        run.figure(f"{name}, moved and blurred", row[index])
    contrast = 0.2 * pictures / pictures.std((1, 2, 3), keepdims=True)
    shown = np.clip(0.5 + contrast, 0, 1)
    run.picture("moved_and_blurred", shown, titles=list(names), columns=2)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

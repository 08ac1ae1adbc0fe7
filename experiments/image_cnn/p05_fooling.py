"""Noise that a network takes for a sea snake, and for a magpie (section 2.4, P05).

Data: the weights of MobileNet, because those of VGG16's dense layers are not available; and the
names of the classes. MobileNet takes values from -1 to 1, so noise and steps are as much smaller.

    python -m experiments run p05_fooling
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import applications
from jaxcnn.visualization import maximise_classes

PROGRAM = Program(
    title="Noise taken for a snake and a magpie",
    ids=("P05",),
    data=("mobilenet", "imagenet_classes"),
    minutes=6,
    settings={"steps": 40, "step_size": 0.05},
    quick={"steps": 1},
    seeds=3,
)


def main(run: Run) -> None:
    model = applications.MobileNet(weights="imagenet")
    start = np.random.default_rng(run.seed).uniform(-0.1, 0.1, (2, 224, 224, 3))
    pictures, _ = maximise_classes(
        model, [65, 18], start=start, steps=run.settings.steps, step_size=run.settings.step_size
    )
    probabilities = model.predict(pictures)
    best = applications.imagenet_utils.decode_predictions(probabilities, top=1)
    names = ("sea_snake (65)", "magpie (18)")
    for name, (top,), row, index in zip(names, best, probabilities, (65, 18), strict=True):
        print(f"{name}: taken for {top[1]} with {top[2]:.5f}")
        run.figure(name, row[index])
    titles = [f"{top[1]}\n{top[2]:.5f}" for (top,) in best]
    run.picture("fooling", np.clip((pictures + 1) / 2, 0, 1), titles=titles, columns=2)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

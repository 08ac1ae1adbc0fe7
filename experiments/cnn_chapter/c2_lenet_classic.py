"""LeNet-5 as published, trained (C2): subsampling with weights, partial connections, distances as
output.

Data: MNIST, with a border of zeros so that the digits are 32 x 32. The chapter describes the
network and has no code for it; what its layers count is in P02.

    python -m experiments run c2_lenet_classic
"""

import numpy as np

from experiments import digits
from experiments.program import Program
from experiments.run import Run
from jaxcnn import backend as K
from jaxcnn.applications import LeNet5Classic
from jaxcnn.layers import Lambda
from jaxcnn.models import Model

PROGRAM = Program(
    title="LeNet-5 as published, trained",
    ids=("C2",),
    data=("mnist",),
    minutes=1.2,
    settings={"epochs": 20, "samples": None},
    quick={"epochs": 1, "samples": 256},
    seeds=3,
)


def nearest(distances):
    """Probabilities of the classes: the smallest distance is the likeliest."""
    return K.softmax(-distances)


def main(run: Run) -> None:
    (x_train, y_train), (x_test, y_test) = digits.load(run.settings.samples)
    x_train, x_test = (np.pad(x, ((0, 0), (2, 2), (2, 2), (0, 0))) for x in (x_train, x_test))
    lenet = LeNet5Classic()
    shapes = {
        name: lenet.get_layer(name).output_shape[1:]
        for name in ("C1", "S2", "C3", "S4", "C5", "F6", "output")
    }
    expected = [(28, 28, 6), (14, 14, 6), (10, 10, 16), (5, 5, 16), (1, 1, 120), (84,), (10,)]
    run.check("shapes", list(shapes.values()), expected)
    run.check(
        "parameters that are trained", sum(np.size(w) for w in lenet.get_weights()) - 840, 60_000
    )

    model = Model(lenet.input, Lambda(nearest)(lenet.output))
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(
        x_train,
        y_train,
        batch_size=128,
        epochs=run.settings.epochs,
        verbose=2,
        validation_data=(x_test, y_test),
        checkpoint_dir=run.checkpoint_dir,
    )
    run.figure("test accuracy", history.history["val_acc"][-1])
    run.figure("best test accuracy", max(history.history["val_acc"]))
    run.curve(history)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

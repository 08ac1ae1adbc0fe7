"""Rates that fall: `decay`, and a schedule of steps (U16 of the notes).

Data: MNIST.

    python -m experiments run u16_learning_rates
"""

import math

from experiments import digits
from experiments.program import Program
from experiments.run import Run
from experiments.updates import moves
from jaxcnn import utils
from jaxcnn.callbacks import LearningRateScheduler
from jaxcnn.layers import Dense, Flatten
from jaxcnn.models import Sequential
from jaxcnn.optimizers import SGD

PROGRAM = Program(
    title="Falling learning rates",
    ids=("U16",),
    data=("mnist",),
    minutes=0.3,
    settings={"epochs": 30, "samples": 5000},
    quick={"epochs": 2, "samples": 256},
    seeds=3,
)


DECAYED = [0.1, 0.1 / (1 + 0.1 / 30 * 19)]


def step_decay(epoch):
    initial_lrate, drop, epochs_drop = 0.1, 0.5, 10.0
    return initial_lrate * math.pow(drop, math.floor((1 + epoch) / epochs_drop))


def main(run: Run) -> None:
    (x, y), test = digits.load(run.settings.samples)
    epochs, curves = run.settings.epochs, {}
    for name, optimizer, callbacks in (
        ("constant", SGD(lr=0.1, momentum=0.9), []),
        ("decay", SGD(lr=0.1, momentum=0.9, decay=0.1 / epochs), []),
        ("steps", SGD(lr=0.0, momentum=0.9), [LearningRateScheduler(step_decay)]),
    ):
        utils.set_random_seed(run.seed)
        model = Sequential(
            [
                Flatten(input_shape=(28, 28, 1)),
                Dense(64, activation="relu"),
                Dense(10, activation="softmax"),
            ]
        )
        model.compile(optimizer=optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
        history = model.fit(
            x,
            y,
            epochs=epochs,
            verbose=0,
            callbacks=callbacks,
            validation_data=test,
            checkpoint_dir=run.checkpoint_dir / name,
            resume=True,
        )
        curves[name] = history.history["val_acc"]
        run.figure(f"{name}: test accuracy", curves[name][-1])
    run.curve(curves, "test_accuracy", title="Test accuracy", together=True)

    moved = moves(SGD(lr=0.0), 20, [LearningRateScheduler(step_decay)])
    run.check(
        "steps: the updates of epochs 1, 10 and 20 move by",
        moved[[0, 9, 19]],
        [0.1, 0.05, 0.025],
        1e-5,
    )
    moved = moves(SGD(lr=0.1, decay=0.1 / 30), 20)
    run.check("decay: the first update and the twentieth move by", moved[[0, 19]], DECAYED, 1e-5)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

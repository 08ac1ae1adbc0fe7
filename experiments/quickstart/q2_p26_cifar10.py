"""Fifteen convolutions learn CIFAR-10 from a good start (section 9.1, figures 9-1 and 9-2, Q2.P26).

Data: CIFAR-10. The book's 1600 epochs take days on a CPU; 90 % come after 200 to 300 of them, about
an hour on a GPU. Fewer are run by `--set epochs=20`.

    python -m experiments run q2_p26_cifar10
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.applications import VGG15
from jaxcnn.callbacks import TensorBoard
from jaxcnn.datasets import cifar10
from jaxcnn.models import lsuv
from jaxcnn.optimizers import Adam
from jaxcnn.preprocessing.image import ImageDataGenerator
from jaxcnn.utils import to_categorical

FEW_EPOCHS = (
    "4 epochs of 3,000 images: what two CPU cores do in minutes; the source trained 1600 "
    "epochs on a GPU"
)
PROGRAM = Program(
    title="CIFAR-10 over 90 %",
    ids=("Q2.P26",),
    data=("cifar10",),
    minutes=30_000,
    settings={"epochs": 1600, "samples": None, "batch_size": 32, "data_augmentation": True},
    quick={"epochs": 1, "samples": 64},
    why={
        "test accuracy": FEW_EPOCHS,
        "test accuracy after 300 epochs": FEW_EPOCHS,
    },
)


def main(run: Run) -> None:
    batch_size, epochs = run.settings.batch_size, run.settings.epochs
    (x_train, y_train), (x_test, y_test) = cifar10.load_data()
    x_train, y_train = x_train[: run.settings.samples], y_train[: run.settings.samples]
    x_test, y_test = x_test[: run.settings.samples], y_test[: run.settings.samples]
    run.picture("pictures", x_train[:50], columns=10)
    y_train, y_test = to_categorical(y_train, 10), to_categorical(y_test, 10)

    model = VGG15()
    model.summary()
    run.check("parameters", model.count_params(), 1_071_542)
    model.compile(
        loss="categorical_crossentropy", optimizer=Adam(lr=0.0001, decay=1e-6), metrics=["accuracy"]
    )
    x_train = x_train.astype("float32") / 255
    x_test = x_test.astype("float32") / 255

    variances = list(lsuv(model, x_train[:32], verbose=True).values())
    run.check("layers with a variance of 1", len(variances), 16)
    run.check(
        "largest distance of a variance from 1, at most 0.1",
        np.abs(np.array(variances) - 1).max() <= 0.1,
        True,
    )

    training = {
        "epochs": epochs,
        "verbose": 2,
        "validation_data": (x_test, y_test),
        "callbacks": [TensorBoard(log_dir=run.out / "Graph")],
        "checkpoint_dir": run.checkpoint_dir,
    }
    if run.settings.data_augmentation:
        datagen = ImageDataGenerator(
            rotation_range=10, width_shift_range=0.2, height_shift_range=0.2, horizontal_flip=True
        )
        datagen.fit(x_train)
        flow = datagen.flow(x_train, y_train, batch_size=batch_size)
        history = model.fit(flow, steps_per_epoch=len(x_train) // batch_size, **training)
    else:
        history = model.fit(x_train, y_train, batch_size=batch_size, shuffle=True, **training)
    run.figure("test accuracy", history.history["val_acc"][-1])
    if epochs >= 300:
        run.figure("test accuracy after 300 epochs", history.history["val_acc"][299])
    run.figure("best test accuracy", max(history.history["val_acc"]))
    run.figure("epochs", epochs)
    run.curve(history)
    run.model(model)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

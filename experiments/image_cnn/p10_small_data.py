"""A small network learns cats and dogs from 2,000 images (section 7.1, P10).

Data: 2,000 + 1,000 photographs of dogs and cats, 150 x 150; the book, which does not name its data,
tests on 800. The book does not print the network, its loss and its optimizer either: they are those
of the article that it translates.

    python -m experiments run p10_small_data
"""

from experiments.program import Program
from experiments.run import Run
from jaxcnn.datasets import dogs_vs_cats
from jaxcnn.layers import Activation, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from jaxcnn.models import Sequential
from jaxcnn.preprocessing.image import ImageDataGenerator

PROGRAM = Program(
    title="Cats and dogs from 2,000 pictures",
    ids=("P10",),
    data=("dogs_vs_cats",),
    minutes=8,
    settings={
        "epochs": 50,
        "size": 150,
        "batch_size": 32,
        "train_samples": 2000,
        "validation_samples": 800,
    },
    quick={"epochs": 1, "size": 32, "batch_size": 8, "train_samples": 16, "validation_samples": 8},
    seeds=3,
)


def network(size: int) -> Sequential:
    model = Sequential()
    model.add(Conv2D(32, (3, 3), input_shape=(size, size, 3)))
    model.add(Activation("relu"))
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Conv2D(32, (3, 3)))
    model.add(Activation("relu"))
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Conv2D(64, (3, 3)))
    model.add(Activation("relu"))
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Flatten())
    model.add(Dense(64))
    model.add(Activation("relu"))
    model.add(Dropout(0.5))
    model.add(Dense(1))
    model.add(Activation("sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
    return model


def main(run: Run) -> None:
    size, batch_size = run.settings.size, run.settings.batch_size
    train, validation = dogs_vs_cats.folders()
    train_datagen = ImageDataGenerator(
        rescale=1.0 / 255, shear_range=0.2, zoom_range=0.2, horizontal_flip=True
    )
    test_datagen = ImageDataGenerator(rescale=1.0 / 255)
    flow = {"target_size": (size, size), "batch_size": batch_size, "class_mode": "binary"}
    model = network(size)
    history = model.fit(
        train_datagen.flow_from_directory(train, **flow),
        steps_per_epoch=run.settings.train_samples // batch_size,
        epochs=run.settings.epochs,
        verbose=2,
        validation_data=test_datagen.flow_from_directory(validation, **flow),
        validation_steps=run.settings.validation_samples // batch_size,
        checkpoint_dir=run.checkpoint_dir,
    )
    model.save_weights(run.out / "first_try.h5")
    accuracies = history.history["val_acc"]
    run.figure(
        "validation accuracy, mean of the last five epochs",
        sum(accuracies[-5:]) / len(accuracies[-5:]),
    )
    run.figure("best validation accuracy", max(accuracies))
    run.figure("epochs", run.settings.epochs)
    run.curve(history)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

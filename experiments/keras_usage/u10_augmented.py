"""Images changed while the network learns, from arrays and from folders (U10 and U11 of the
notes).

Data: CIFAR-10 for the arrays, dogs and cats for the folders; the notes name neither data nor
result. Of their 100 and 50 epochs the kept run has two each, in which the second network has hardly
begun: its accuracy is that of chance.

    python -m experiments run u10_augmented
"""

from experiments.program import Program
from experiments.run import Run
from jaxcnn.callbacks import TensorBoard
from jaxcnn.datasets import cifar10, dogs_vs_cats
from jaxcnn.layers import Conv2D, Dense, Dropout, GlobalAveragePooling2D, MaxPooling2D
from jaxcnn.models import Sequential
from jaxcnn.preprocessing.image import ImageDataGenerator
from jaxcnn.utils import to_categorical

PROGRAM = Program(
    title="Learning from changed pictures",
    ids=("U10", "U11"),
    data=("cifar10", "dogs_vs_cats"),
    minutes=145,
    settings={
        "epochs": 100,
        "folder_epochs": 50,
        "samples": 10_000,
        "steps": 62,
        "batch_size": 32,
        "filters": 32,
    },
    quick={
        "epochs": 1,
        "folder_epochs": 1,
        "samples": 64,
        "steps": 2,
        "batch_size": 8,
        "filters": 4,
    },
)


def network(size: int, classes: int, filters: int) -> Sequential:
    model = Sequential()
    model.add(Conv2D(filters, 3, activation="relu", input_shape=(size, size, 3)))
    model.add(MaxPooling2D())
    model.add(Conv2D(2 * filters, 3, activation="relu"))
    model.add(GlobalAveragePooling2D())
    model.add(Dropout(0.25))
    model.add(Dense(classes, activation="softmax" if classes > 1 else "sigmoid"))
    loss = "categorical_crossentropy" if classes > 1 else "binary_crossentropy"
    model.compile(loss=loss, optimizer="adam", metrics=["accuracy"])
    return model


def main(run: Run) -> None:
    epochs, samples, batch_size = run.settings.epochs, run.settings.samples, run.settings.batch_size
    (x, y), (x_test, y_test) = cifar10.load_data()
    x, x_test = x[:samples] / 255.0, x_test[:samples] / 255.0
    y, y_test = to_categorical(y[:samples], 10), to_categorical(y_test[:samples], 10)
    aug = ImageDataGenerator(
        rotation_range=20,
        zoom_range=0.15,
        width_shift_range=0.2,
        height_shift_range=0.2,
        shear_range=0.15,
        horizontal_flip=True,
        fill_mode="nearest",
    )
    model = network(32, 10, run.settings.filters)
    history = model.fit_generator(
        aug.flow(x, y, batch_size=batch_size),
        steps_per_epoch=len(x) // batch_size,
        epochs=epochs,
        verbose=2,
        validation_data=(x_test, y_test),
    )
    run.figure("U10: test accuracy on CIFAR-10", history.history["val_acc"][-1])
    run.curve(history, "cifar10")

    train, validation = dogs_vs_cats.folders()
    train_datagen = ImageDataGenerator(
        rescale=1.0 / 255, shear_range=0.2, zoom_range=0.2, horizontal_flip=True
    )
    test_datagen = ImageDataGenerator(rescale=1.0 / 255)
    flow = {"target_size": (128, 128), "batch_size": batch_size, "class_mode": "binary"}
    model = network(128, 1, run.settings.filters)
    history = model.fit_generator(
        train_datagen.flow_from_directory(train, **flow),
        steps_per_epoch=run.settings.steps,
        epochs=run.settings.folder_epochs,
        verbose=2,
        validation_data=test_datagen.flow_from_directory(validation, **flow),
        validation_steps=run.settings.steps // 2,
        callbacks=[TensorBoard(log_dir=run.out / "logs/1")],
    )
    run.figure("U11: validation accuracy on dogs and cats", history.history["val_acc"][-1])
    run.curve(history, "dogs_and_cats")


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

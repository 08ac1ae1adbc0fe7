"""VGG16 with a new top learns cats and dogs, then its last block is tuned (section 7.1, P11).

Data: ImageNet weights of VGG16 without its top, and 2,000 + 1,000 photographs of dogs and cats, 150
x 150. The book leaves out how the top is trained first: here on the features of the frozen VGG16,
which are computed once and kept. Pixels are divided by 255, as in the book's generators, and not
prepared as VGG16 was trained: so prepared they are a hundred times as large, and the first steps of
tuning at the book's learning rate destroy the network. The stack is the one that the book prints,
with its layers of zeros, and `model.layers[:25]` are frozen. Without a GPU an epoch of tuning takes
two to six minutes on two cores; `--set epochs=5` is enough to see its worth.

    python -m experiments run p11_fine_tuning
"""

import itertools

import numpy as np

from experiments.image_cnn.p03_filter import vgg16
from experiments.program import Program
from experiments.run import Run
from jaxcnn.datasets import dogs_vs_cats
from jaxcnn.layers import Dense, Dropout, Flatten
from jaxcnn.models import Sequential
from jaxcnn.optimizers import SGD
from jaxcnn.preprocessing.image import ImageDataGenerator
from jaxcnn.training.transfer import cached_features

PROGRAM = Program(
    title="VGG16 tuned for cats and dogs",
    ids=("P11",),
    data=("vgg16", "dogs_vs_cats"),
    minutes=330,
    settings={
        "epochs": 50,
        "top_epochs": 50,
        "size": 150,
        "batch_size": 32,
        "samples": 2000,
        "validation": 1000,
    },
    quick={
        "epochs": 1,
        "top_epochs": 1,
        "size": 32,
        "batch_size": 8,
        "samples": 16,
        "validation": 8,
    },
    why={
        "validation accuracy, tuned": (
            "4 of the 50 epochs, what two CPU cores do in ten minutes; the kept run is of before "
            "the batches of 32"
        ),
    },
)


def top_model(input_shape: tuple[int, int, int]) -> Sequential:
    model = Sequential()
    model.add(Flatten(input_shape=input_shape))
    model.add(Dense(256, activation="relu"))
    model.add(Dropout(0.5))
    model.add(Dense(1, activation="sigmoid"))
    return model


def pictures(folder, samples: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The first so many of a shuffled folder and their classes."""
    flow = prepared().flow_from_directory(
        folder, target_size=(size, size), batch_size=50, class_mode="binary", seed=0
    )
    batches = list(itertools.islice(flow, -(-samples // 50)))
    return tuple(np.concatenate(parts)[:samples] for parts in zip(*batches, strict=True))


def prepared(**changes) -> ImageDataGenerator:
    return ImageDataGenerator(rescale=1 / 255, **changes)


def main(run: Run) -> None:
    size, batch_size = run.settings.size, run.settings.batch_size
    train, validation = dogs_vs_cats.folders()
    model = vgg16(size, batch=None)

    x_train, y_train = pictures(train, run.settings.samples, size)
    x_test, y_test = pictures(validation, run.settings.validation, size)
    features = cached_features(model, x_train, run.out / "features_train.npz")
    test_features = cached_features(model, x_test, run.out / "features_validation.npz")
    top = top_model(model.output_shape[1:])
    top.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    history = top.fit(
        features,
        y_train,
        batch_size=batch_size,
        epochs=run.settings.top_epochs,
        verbose=2,
        validation_data=(test_features, y_test),
    )
    run.figure("validation accuracy, only the top trained", history.history["val_acc"][-1])
    run.curve(history, "top")

    model.add(top)
    for layer in model.layers[:25]:
        layer.trainable = False
    trained = [layer.name for layer in model.layers if layer.trainable and layer.weights]
    run.check("layers that are tuned", trained[:-1], ["conv5_1", "conv5_2", "conv5_3"])
    before = [layer.get_weights() for layer in model.layers]
    model.compile(
        loss="binary_crossentropy", optimizer=SGD(lr=1e-4, momentum=0.9), metrics=["accuracy"]
    )
    train_datagen = prepared(shear_range=0.2, zoom_range=0.2, horizontal_flip=True)
    history = model.fit(
        train_datagen.flow_from_directory(
            train,
            target_size=(size, size),
            batch_size=batch_size,
            class_mode="binary",
            seed=run.seed,
        ),
        steps_per_epoch=run.settings.samples // batch_size,
        epochs=run.settings.epochs,
        verbose=2,
        validation_data=(x_test, y_test),
        checkpoint_dir=run.checkpoint_dir,
    )
    same = [
        all(map(np.array_equal, weights, layer.get_weights()))
        for weights, layer in zip(before, model.layers, strict=True)
        if weights
    ]
    run.check("layers with the weights that they had", same, [True] * 10 + [False] * 4)
    run.figure("validation accuracy, tuned", history.history["val_acc"][-1])
    run.figure("best validation accuracy, tuned", max(history.history["val_acc"]))
    run.figure("epochs of tuning", run.settings.epochs)
    run.curve(history, "tuned")


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

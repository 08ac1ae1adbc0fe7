"""VGG16 with a new top learns cats and dogs, then its last block is tuned (section 7.1, P11).

Data: ImageNet weights of VGG16 without its top, and 2,000 + 1,000 photographs of dogs and cats, 150
x 150. The book leaves out how the top is trained first: here on the features of the frozen VGG16,
which are computed once and kept. Pixels are divided by 255, as in the book's generators, and not
prepared as VGG16 was trained: so prepared they are a hundred times as large, and the first steps of
tuning at the book's learning rate destroy the network. Without a GPU an epoch of tuning takes two
to six minutes on two cores; `--set epochs=5` is enough to see its worth.

    python -m experiments run p11_fine_tuning
"""

import itertools

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import applications
from jaxcnn.datasets import dogs_vs_cats
from jaxcnn.layers import Dense, Dropout, Flatten
from jaxcnn.models import Model, Sequential
from jaxcnn.optimizers import SGD
from jaxcnn.preprocessing.image import ImageDataGenerator
from jaxcnn.training.transfer import cached_features, freeze

PROGRAM = Program(
    title="VGG16 tuned for cats and dogs",
    ids=("P11",),
    data=("vgg16", "dogs_vs_cats"),
    minutes=330,
    settings={
        "epochs": 50,
        "top_epochs": 50,
        "size": 150,
        "batch_size": 16,
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
            "4 of the 50 epochs, in batches of 16 in place of 32: what two CPU cores do in ten "
            "minutes"
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
    base = applications.VGG16(weights="imagenet", include_top=False, input_shape=(size, size, 3))

    x_train, y_train = pictures(train, run.settings.samples, size)
    x_test, y_test = pictures(validation, run.settings.validation, size)
    features = cached_features(base, x_train, run.out / "features_train.npz")
    test_features = cached_features(base, x_test, run.out / "features_validation.npz")
    top = top_model(base.output_shape[1:])
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

    model = Model(base.input, top(base.output))
    frozen = freeze(model, slice(0, [layer.name for layer in model.layers].index("block5_conv1")))
    run.check("frozen up to", frozen[-1], "block4_pool")
    before = [model.get_layer(name).get_weights() for name in frozen]
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
    after = [model.get_layer(name).get_weights() for name in frozen]
    same = all(
        np.array_equal(a, b)
        for x, y in zip(before, after, strict=True)
        for a, b in zip(x, y, strict=True)
    )
    run.check("frozen layers are unchanged", same, True)
    run.figure("validation accuracy, tuned", history.history["val_acc"][-1])
    run.figure("best validation accuracy, tuned", max(history.history["val_acc"]))
    run.figure("epochs of tuning", run.settings.epochs)
    run.curve(history, "tuned")


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

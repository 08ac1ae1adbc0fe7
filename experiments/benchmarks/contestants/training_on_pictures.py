"""The CIFAR network of the books trained by jaxcnn on augmented images from several sources."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from experiments.benchmarks.contestants.pictures import CHANGES, Load
from experiments.benchmarks.harness import Session


def train(load: Load, session: Session, source: str, folder: str) -> None:
    """`source`: 'arrays' and 'jpeg' hand batches to `fit_generator`, 'device' changes them in the
    step.
    """
    import jaxcnn
    from jaxcnn import layers
    from jaxcnn.preprocessing.image import Augmentation, ImageDataGenerator

    def block(filters: int, **first: Any) -> list[Any]:
        return [
            layers.Conv2D(filters, (3, 3), padding="same", activation="relu", **first),
            layers.Conv2D(filters, (3, 3), activation="relu"),
            layers.MaxPooling2D(),
            layers.Dropout(0.25),
        ]

    head = [layers.Flatten(), layers.Dense(512, activation="relu"), layers.Dropout(0.5)]
    model = jaxcnn.Sequential(
        [
            *block(32, input_shape=(load.size, load.size, 3)),
            *block(64),
            *head,
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        jaxcnn.optimizers.RMSprop(lr=0.0001, decay=1e-6),
        "binary_crossentropy",
        metrics=["accuracy"],
    )

    waited = count_waiting()

    class Epochs(jaxcnn.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            session.epoch_begin()
            waited.clear()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            session.epoch_end(logs["loss"], waited=sum(waited))

    pictures, labels = load.arrays()
    generator = ImageDataGenerator(**CHANGES, rescale=1 / 255, interpolation_order=1)
    settings: dict[str, Any] = {"epochs": session.epochs, "verbose": 0, "callbacks": [Epochs()]}
    session.begin()
    if source == "device":
        augment = Augmentation(**CHANGES, interpolation_order=1)
        model.fit(
            pictures.astype(np.float32) / 255,
            labels,
            batch_size=load.batch,
            augment=augment,
            **settings,
        )
        return
    batches: Any
    if source == "arrays":
        batches = generator.flow(pictures, labels, batch_size=load.batch, seed=0)
    else:
        size = (load.size, load.size)
        batches = generator.flow_from_directory(
            Path(folder), size, batch_size=load.batch, class_mode="binary", seed=0
        )
    model.fit_generator(batches, load.samples // load.batch, **settings)


def count_waiting() -> list[float]:
    """A list that gets the seconds of every wait of the training loop for its next batch."""
    from jaxcnn.training.input.workers import Prefetch

    take, waits = Prefetch.take, []

    def timed(*args: Any) -> Any:
        began = time.perf_counter()
        try:
            return take(*args)
        finally:
            waits.append(time.perf_counter() - began)

    Prefetch.take = timed  # type: ignore[method-assign]
    return waits

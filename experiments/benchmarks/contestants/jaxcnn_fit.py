"""jaxcnn and its `fit`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from experiments.benchmarks.harness import Session
from experiments.benchmarks.networks import Network


def train(network: Network, session: Session) -> None:
    import jaxcnn
    from jaxcnn import layers
    from jaxcnn.callbacks.base import ProgressWatcher

    make = {
        "dense": lambda units: layers.Dense(units),
        "conv": lambda channels, padding: layers.Conv2D(channels, (3, 3), padding=padding),
        "relu": lambda: layers.Activation("relu"),
        "pool": lambda: layers.MaxPooling2D(),
        "dropout": lambda rate: layers.Dropout(rate),
        "flatten": lambda: layers.Flatten(),
    }
    model = jaxcnn.Sequential(
        [
            layers.InputLayer(network.input_shape),
            *(make[kind](*numbers) for kind, *numbers in network.layers),
            layers.Activation("softmax"),
        ]
    )
    optimizer = {"rmsprop": jaxcnn.optimizers.RMSprop, "adadelta": jaxcnn.optimizers.Adadelta}[network.optimizer]
    model.compile(optimizer(lr=network.lr), "categorical_crossentropy", metrics=["accuracy"])
    model.set_weights(network.weights())

    class FirstStep(ProgressWatcher):
        def update(self, seen: int, logs_fn: Callable[[], Mapping[str, float]]) -> None:
            session.first_step(logs_fn()["loss"])

    class Epochs(jaxcnn.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            session.epoch_begin()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            session.epoch_end(logs["loss"])

    x, y = network.data()
    session.begin()
    callback = FirstStep() if session.mode == "first step" else Epochs()
    model.fit(x, y, batch_size=network.batch_size, epochs=session.epochs, verbose=0, callbacks=[callback])

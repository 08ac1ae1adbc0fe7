"""Keras 3 and its `fit`, on the backend that ``KERAS_BACKEND`` names."""

from __future__ import annotations

import os
from typing import Any

from experiments.benchmarks.harness import Session
from experiments.benchmarks.networks import Network


def train(network: Network, session: Session) -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras

    make = {
        "dense": lambda units: keras.layers.Dense(units),
        "conv": lambda channels, padding: keras.layers.Conv2D(channels, 3, padding=padding),
        "relu": lambda: keras.layers.Activation("relu"),
        "pool": lambda: keras.layers.MaxPooling2D(),
        "dropout": lambda rate: keras.layers.Dropout(rate),
        "flatten": lambda: keras.layers.Flatten(),
    }
    model = keras.Sequential(
        [
            keras.Input(network.input_shape),
            *(make[kind](*numbers) for kind, *numbers in network.layers),
            keras.layers.Activation("softmax"),
        ]
    )
    optimizer = {
        # The others add epsilon to the root, Keras 3 to what is under it.
        "rmsprop": lambda: keras.optimizers.RMSprop(network.lr, rho=0.9, epsilon=1e-16),
        "adadelta": lambda: keras.optimizers.Adadelta(network.lr, rho=0.95, epsilon=1e-8),
    }[network.optimizer]()
    model.compile(optimizer, "categorical_crossentropy", metrics=["accuracy"])
    model.set_weights(network.weights())

    class FirstStep(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            session.first_step(float(logs["loss"]))

    class Epochs(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            session.epoch_begin()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            session.epoch_end(float(logs["loss"]))

    x, y = network.data()
    session.begin()
    callback = FirstStep() if session.mode == "first step" else Epochs()
    model.fit(x, y, batch_size=network.batch_size, epochs=session.epochs, verbose=0, callbacks=[callback])

"""Keras 3, its `fit` and `predict`, on the backend that ``KERAS_BACKEND`` names; or TF-Keras 2."""

from __future__ import annotations

import importlib
import os
from typing import Any

from experiments.benchmarks.harness import Session
from experiments.benchmarks.networks import Layer, Network, activated


def build(network: Network, library: str = "keras") -> Any:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    keras = importlib.import_module(library)
    layers = keras.layers

    make = {
        "dense": lambda units, **more: layers.Dense(units, **more),
        "conv": lambda channels, window, stride, padding, **more: layers.Conv2D(
            channels, window, strides=stride, padding=padding, **more
        ),
        "norm": lambda: layers.BatchNormalization(epsilon=1e-5, momentum=0.9),
        "relu": lambda: layers.Activation("relu"),
        "pool": lambda: layers.MaxPooling2D(),
        "pool3": lambda: layers.MaxPooling2D(3, 2),
        "pad": lambda zeros: layers.ZeroPadding2D(zeros),
        "average": lambda: layers.GlobalAveragePooling2D(),
        "dropout": lambda rate: layers.Dropout(rate),
        "flatten": lambda: layers.Flatten(),
        "lstm": lambda units: layers.LSTM(units),
    }
    weights = iter(network.weights())

    def connect(x: Any, descriptions: tuple[Layer, ...]) -> Any:
        for (kind, *numbers), more in activated(descriptions, network.inline):
            if kind == "residual":
                shortcut = connect(x, numbers[1])
                x = layers.add([connect(x, numbers[0]), shortcut])
                continue
            layer = make[kind](*numbers, **more)
            x = layer(x)
            if kind in ("dense", "conv", "norm", "lstm"):
                layer.set_weights(next(weights))
        return x

    inputs = keras.Input(network.input_shape)
    model = keras.Model(inputs, layers.Activation("softmax")(connect(inputs, network.layers)))
    optimizer = {
        # The others add epsilon to the root, Keras 3 and TF-Keras to what is under it.
        "rmsprop": lambda: keras.optimizers.RMSprop(network.lr, rho=0.9, epsilon=1e-16),
        "adadelta": lambda: keras.optimizers.Adadelta(network.lr, rho=0.95, epsilon=1e-8),
        "sgd": lambda: keras.optimizers.SGD(network.lr, momentum=0.9),
        "adam": lambda: keras.optimizers.Adam(network.lr, epsilon=1e-7),
    }[network.optimizer]()
    model.compile(optimizer, "categorical_crossentropy", metrics=["accuracy"])
    return model


def train(network: Network, session: Session, *, library: str = "keras") -> None:
    model = build(network, library)
    callback_class: Any = importlib.import_module(library).callbacks.Callback

    class FirstStep(callback_class):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            session.first_step(float(logs["loss"]))

    class Epochs(callback_class):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            session.epoch_begin()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            session.epoch_end(float(logs["loss"]))

    x, y = network.data()
    session.begin()
    callback = FirstStep() if session.mode == "first step" else Epochs()
    model.fit(
        x, y, batch_size=network.batch_size, epochs=session.epochs, verbose=0, callbacks=[callback]
    )


def predict(network: Network, session: Session, *, library: str = "keras") -> None:
    model, (x, _) = build(network, library), network.data()
    session.repeat(lambda: model.predict(x, batch_size=network.batch_size, verbose=0))


def learner(network: Network, *, library: str = "keras") -> tuple[Any, Any]:
    """(one pass over samples in the order given, accuracy over samples), as `answer` asks for."""
    model, size = build(network, library), network.batch_size
    return (
        lambda x, y: model.fit(x, y, batch_size=size, epochs=1, verbose=0, shuffle=False),
        lambda x, y: float(model.evaluate(x, y, batch_size=size, verbose=0)[1]),
    )

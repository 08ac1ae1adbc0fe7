"""jaxcnn and its `fit` and `predict`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from experiments.benchmarks.harness import Session
from experiments.benchmarks.networks import Layer, Network, activated


def build(network: Network, precision: str | None = None) -> Any:
    import jaxcnn
    from jaxcnn import layers

    jaxcnn.mixed_precision(precision)

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
        "lstm": lambda units: layers.LSTM(units, recurrent_activation="sigmoid"),
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

    inputs = layers.Input(network.input_shape)
    model = jaxcnn.Model(inputs, layers.Activation("softmax")(connect(inputs, network.layers)))
    optimizer = {
        "rmsprop": lambda: jaxcnn.optimizers.RMSprop(lr=network.lr),
        "adadelta": lambda: jaxcnn.optimizers.Adadelta(lr=network.lr),
        "sgd": lambda: jaxcnn.optimizers.SGD(lr=network.lr, momentum=0.9),
        "adam": lambda: jaxcnn.optimizers.Adam(lr=network.lr, epsilon=1e-7),
    }[network.optimizer]()
    model.compile(optimizer, "categorical_crossentropy", metrics=["accuracy"])
    return model


def train(network: Network, session: Session, *, precision: str | None = None) -> None:
    from jaxcnn.callbacks import Callback
    from jaxcnn.callbacks.base import ProgressWatcher

    class FirstStep(ProgressWatcher):
        def update(self, seen: int, logs_fn: Callable[[], Mapping[str, float]]) -> None:
            session.first_step(logs_fn()["loss"])

    class Epochs(Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            session.epoch_begin()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            session.epoch_end(logs["loss"])

    model = build(network, precision)
    x, y = network.data()
    session.begin()
    callback = FirstStep() if session.mode == "first step" else Epochs()
    model.fit(
        x, y, batch_size=network.batch_size, epochs=session.epochs, verbose=0, callbacks=[callback]
    )


def predict(network: Network, session: Session) -> None:
    model, (x, _) = build(network), network.data()
    session.repeat(lambda: model.predict(x, batch_size=network.batch_size))


def learner(network: Network) -> tuple[Any, Any]:
    """(one pass over samples in the order given, accuracy over samples), as `answer` asks for."""
    model, size = build(network), network.batch_size
    return (
        lambda x, y: model.fit(x, y, batch_size=size, epochs=1, verbose=0, shuffle=False),
        lambda x, y: float(model.evaluate(x, y, batch_size=size, verbose=0)[1]),
    )

"""Where batch normalization stands, and how Keras 1 wrote it (U12 and U26 of the notes).

Data: MNIST, small networks with it between a layer and its activation, after the activation, and
without.

    python -m experiments run u12_batch_normalization
"""

import warnings

from experiments import digits
from experiments.program import Program
from experiments.run import Run
from jaxcnn import utils
from jaxcnn.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
)
from jaxcnn.models import Sequential

PROGRAM = Program(
    title="Batch normalization",
    ids=("U12", "U26"),
    data=("mnist",),
    minutes=0.3,
    settings={"epochs": 3, "samples": 10_000},
    quick={"epochs": 1, "samples": 256},
    seeds=5,
)


def before_the_activation() -> list:
    return [
        Flatten(input_shape=(28, 28, 1)),
        Dense(64, kernel_initializer="uniform"),
        BatchNormalization(),
        Activation("tanh"),
        Dropout(0.5),
    ]


def behind_the_activation() -> list:
    return [
        Flatten(input_shape=(28, 28, 1)),
        Dense(64, activation="tanh"),
        BatchNormalization(),
        Dropout(0.5),
    ]


def without() -> list:
    return [Flatten(input_shape=(28, 28, 1)), Dense(64, activation="tanh"), Dropout(0.5)]


def Conv2DReluBatchNorm(filters: int, size: int, **kwargs) -> list:
    # The normalization has its own shift, so the convolution needs no bias.
    return [
        Conv2D(filters, size, use_bias=False, **kwargs),
        BatchNormalization(),
        Activation("relu"),
        MaxPooling2D(),
    ]


def convolutions() -> list:
    return [
        *Conv2DReluBatchNorm(16, 3, input_shape=(28, 28, 1)),
        *Conv2DReluBatchNorm(32, 3),
        Flatten(),
    ]


def main(run: Run) -> None:
    (x, y), (x_test, y_test) = digits.load(run.settings.samples)
    curves = {}
    for layers in (before_the_activation, behind_the_activation, without, convolutions):
        utils.set_random_seed(run.seed)
        model = Sequential([*layers(), Dense(10, activation="softmax")])
        model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
        history = model.fit(
            x,
            y,
            batch_size=64,
            epochs=run.settings.epochs,
            verbose=2,
            validation_data=(x_test, y_test),
            checkpoint_dir=run.checkpoint_dir / layers.__name__,
            resume=True,
        )
        name = layers.__name__.replace("_", " ")
        curves[name] = history.history["val_acc"]
        run.figure(f"{name}: test accuracy", curves[name][-1])
    run.curve(curves, "test_accuracy", title="Test accuracy", together=True)

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        old = BatchNormalization(
            epsilon=1e-06,
            mode=0,
            axis=-1,
            momentum=0.9,
            weights=None,
            beta_init="zero",
            gamma_init="one",
        )
    run.check(
        "U26: the warning shows today's words", "gamma_initializer" in str(told[0].message), True
    )
    run.check(
        "U26: epsilon and momentum",
        [old.get_config()[k] for k in ("epsilon", "momentum")],
        [1e-6, 0.9],
    )
    message = "none"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            BatchNormalization(mode=1)
    except (TypeError, ValueError) as error:
        message = str(error)
    run.figure("U26: mode=1", message)
    run.check("U26: mode=1 is refused", "mode" in message, True)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

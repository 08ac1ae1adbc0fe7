"""Layers that do not learn, and taking the last one off (U27 and U28 of the notes).

Data: random numbers.

    python -m experiments run u27_freezing
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.layers import Dense, Input
from jaxcnn.models import Model, Sequential

PROGRAM = Program(title="Frozen layers", ids=("U27", "U28"))


def main(run: Run) -> None:
    data = np.random.default_rng(run.seed).random((64, 16)).astype("float32")
    labels = np.eye(32, dtype="float32")[np.arange(64) % 32]

    frozen_layer = Dense(32, trainable=False, input_dim=16)
    run.check(
        "U27: weights to train of a frozen layer",
        len(Sequential([frozen_layer]).trainable_weights),
        0,
    )

    # One layer in two models: frozen in the first, trained in the second.
    x = Input(shape=(16,))
    layer = Dense(32)
    layer.trainable = False
    y = layer(x)
    frozen_model = Model(x, y)
    frozen_model.compile(optimizer="rmsprop", loss="mse")
    layer.trainable = True
    trainable_model = Model(x, y)
    trainable_model.compile(optimizer="rmsprop", loss="mse")
    before = layer.get_weights()[0]
    layer.trainable = False
    frozen_model.fit(data, labels, epochs=1, verbose=0)
    run.check(
        "U27: the frozen model leaves it", np.array_equal(layer.get_weights()[0], before), True
    )
    layer.trainable = True
    trainable_model.fit(data, labels, epochs=1, verbose=0)
    run.check("U27: the other one does not", np.array_equal(layer.get_weights()[0], before), False)

    model = Sequential([Dense(32, activation="relu", input_dim=784), Dense(32, activation="relu")])
    run.check("U28: layers", len(model.layers), 2)
    model.pop()
    run.check("U28: layers after pop()", len(model.layers), 1)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

"""Optimizers, losses and metrics by name, by description and by function (U18 and U19 of the
notes).

Data: random numbers.

    python -m experiments run u18_by_name
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import backend as K
from jaxcnn import losses, metrics, optimizers
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential

PROGRAM = Program(title="Things by name", ids=("U18", "U19"))


def mean_pred(y_true, y_pred):
    return K.mean(y_pred)


def main(run: Run) -> None:
    named, described = (
        optimizers.get("adam"),
        optimizers.get({"class_name": "Adam", "config": {"lr": 0.01}}),
    )
    run.check(
        "optimizers.get by name and by description", [named.lr, described.lr], [0.001, 0.01], 1e-8
    )
    run.check("losses.get by name", losses.get("mse") is losses.mean_squared_error, True)
    run.check("losses.get of a function", losses.get(mean_pred) is mean_pred, True)
    run.check("metrics.get by name", metrics.get("mae").name, "mean_absolute_error")
    message = "none"
    try:
        losses.get("mean_square_error")
    except ValueError as error:
        message = str(error)
    run.check("an unknown name is told the nearest", "mean_squared_error" in message, True)

    # What 'accuracy' and 'crossentropy' mean depends on the loss and on the last layer.
    x = np.random.default_rng(run.seed).random((64, 8)).astype("float32")
    labels = x[:, :4].argmax(1)
    problems = {
        "binary_crossentropy": (1, "sigmoid", labels > 1),
        "categorical_crossentropy": (4, "softmax", np.eye(4)[labels]),
        "sparse_categorical_crossentropy": (4, "softmax", labels[:, None]),
    }
    for loss, (units, activation, y) in problems.items():
        model = Sequential([Dense(units, activation=activation, input_dim=8)])
        model.compile("sgd", loss, metrics=["accuracy", "crossentropy", mean_pred])
        found = dict(zip(model.metrics_names, model.evaluate(x, y, verbose=0), strict=True))
        predicted = model.predict(x)
        right = (
            (predicted[:, 0] > 0.5) == (labels > 1) if units == 1 else predicted.argmax(1) == labels
        )
        run.check(f"{loss}: accuracy", found["acc"] - right.mean(), 0, 1e-5)
        others = {
            name: value for name, value in found.items() if name not in ("loss", "acc", "mean_pred")
        }
        run.check(
            f"{loss}: crossentropy is the loss",
            next(iter(others.values())) - found["loss"],
            0,
            1e-5,
        )
        run.check(f"{loss}: mean_pred", found["mean_pred"] - predicted.mean(), 0, 1e-5)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

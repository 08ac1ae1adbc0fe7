"""A metric of one's own, losses by name and by function, and none at all (chapter 7, Q2.P9-P11).

Data: random numbers.

    python -m experiments run q2_p09_losses_and_metrics
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import backend as K
from jaxcnn import losses, utils
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential
from jaxcnn.utils.np_utils import to_categorical

PROGRAM = Program(
    title="Losses, metrics, one-hot labels",
    ids=("Q2.P9", "Q2.P10", "Q2.P11"),
    why={
        "P10: without a loss": (
            "Python names the method with its class, and ours stands in another class"
        ),
    },
)


def mean_pred(y_true, y_pred):
    return K.mean(y_pred)


def main(run: Run) -> None:
    x = np.random.default_rng(run.seed).random((128, 10)).astype("float32")
    model = Sequential([Dense(1, activation="sigmoid", input_dim=10)])
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy", mean_pred])
    history = model.fit(x, x[:, 0] > 0.5, epochs=1, verbose=2)
    run.check("P9: in the progress line", list(history.history), ["loss", "acc", "mean_pred"])

    found = []
    for loss in ("mean_squared_error", losses.mean_squared_error):
        model.compile(loss=loss, optimizer="sgd")
        found.append(model.evaluate(x, x[:, 0], verbose=0))
    run.check("P10: by name and by function", found[0] == found[1], True)
    message = "none"
    try:
        model.compile(optimizer="sgd")
    except TypeError as error:
        message = str(error)
    run.figure(
        "P10: without a loss",
        message,
    )
    run.check("P10: it says what is missing", "'loss'" in message, True)

    one_hot = [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    run.check("P11: to_categorical([1, 2, 3])", to_categorical([1, 2, 3], None), one_hot)
    run.check("P11: from both places", utils.to_categorical is to_categorical, True)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

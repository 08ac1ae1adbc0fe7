"""Classes from a model: `predict_classes` and the largest output (U17 of the notes).

Data: random numbers.

    python -m experiments run u17_classes
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.layers import Dense, Input
from jaxcnn.models import Model, Sequential

PROGRAM = Program(title="Predicted classes", ids=("U17",))


def main(run: Run) -> None:
    x = np.random.default_rng(run.seed).random((50, 8)).astype("float32")
    model = Sequential([Dense(5, activation="softmax", input_dim=8)])
    classes = model.predict_classes(x, verbose=0)
    run.check(
        "as the largest output", np.array_equal(classes, np.argmax(model.predict(x), axis=1)), True
    )
    model = Sequential([Dense(1, activation="sigmoid", input_dim=8)])
    classes = model.predict_classes(x, verbose=0)
    run.check(
        "one output: whether it is above 0.5", np.array_equal(classes, model.predict(x) > 0.5), True
    )

    inputs = Input((8,))
    functional = Model(inputs, Dense(5, activation="softmax")(inputs))
    message = "none"
    try:
        functional.predict_classes(x)
    except AttributeError as error:
        message = str(error)
    run.figure("a functional model", message)
    run.check("it says what to write", "argmax" in message, True)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

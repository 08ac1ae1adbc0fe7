"""Compiling for classes, two classes and numbers; a metric of one's own; an optimizer (Q1.P11, P12,
P39).

Data: random numbers. P39 sets decay 0.9, which is applied at every update and lets the rate
collapse (X01).

    python -m experiments run q1_p11_compile
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from experiments.updates import moves
from jaxcnn import backend as K
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential
from jaxcnn.optimizers import SGD

PROGRAM = Program(
    title="Losses, metrics and optimizers for compile", ids=("Q1.P11", "Q1.P12", "Q1.P39")
)


def mean_pred(y_true, y_pred):
    return K.mean(y_pred)


def main(run: Run) -> None:
    rng = np.random.default_rng(run.seed)
    x = rng.random((256, 20)).astype("float32")
    classes, number = x[:, :4].argmax(1), x.sum(1, keepdims=True) / 20
    problems = {
        "several classes": (
            Dense(4, activation="softmax"),
            "categorical_crossentropy",
            np.eye(4)[classes],
        ),
        "two classes": (Dense(1, activation="sigmoid"), "binary_crossentropy", classes > 1),
        "numbers": (Dense(1), "mse", number),
    }
    for name, (last, loss, y) in problems.items():
        model = Sequential([Dense(16, activation="relu", input_dim=20), last])
        model.compile(
            optimizer="rmsprop", loss=loss, metrics=None if loss == "mse" else ["accuracy"]
        )
        history = model.fit(x, y, epochs=10, verbose=0)
        run.check(
            f"P11: {name}: the loss falls",
            history.history["loss"][-1] < history.history["loss"][0],
            True,
        )

    model = Sequential([Dense(16, activation="relu", input_dim=20), Dense(1, activation="sigmoid")])
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy", mean_pred])
    history = model.fit(x, classes > 1, epochs=1, verbose=2)
    run.check("P12: in the history", sorted(history.history), ["acc", "loss", "mean_pred"])
    mean = model.evaluate(x, classes > 1, verbose=0)[model.metrics_names.index("mean_pred")]
    run.check(
        "P12: mean_pred less the mean of the predictions", mean - model.predict(x).mean(), 0, 1e-5
    )

    rates = SGD(lr=0.01, momentum=0.9, decay=0.9, nesterov=False)
    model.compile(optimizer=rates, loss="binary_crossentropy")
    model.fit(x, classes > 1, epochs=10, verbose=0)
    run.check("P39: decay", rates.get_config()["decay"], 0.9)
    moved = moves(SGD(lr=0.01, momentum=0.9, decay=0.9, nesterov=False), 81)
    run.check("P39: the first update moves by the rate", moved[0], 0.01, 1e-6)
    run.check("P39: the rate after 80 updates", moved[80] - 0.9 * moved[79], 0.000137, 1e-6)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

"""One output for two classes, ten outputs for ten, on random numbers (section 4.2.2, Q1.P13 and
P14).

Data: the book's own, random images with random labels: there is nothing to learn but the noise.

    python -m experiments run q1_p13_small_problems
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential
from jaxcnn.utils import to_categorical

PROGRAM = Program(
    title="Two classes, ten classes",
    ids=("Q1.P13", "Q1.P14"),
    settings={"epochs": 10},
    quick={"epochs": 2},
    seeds=5,
)


def main(run: Run) -> None:
    rng = np.random.default_rng(run.seed)
    data = rng.random((1000, 100))

    labels = rng.integers(2, size=(1000, 1))
    model = Sequential()
    model.add(Dense(32, activation="relu", input_dim=100))
    model.add(Dense(1, activation="sigmoid"))
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    run.check("P13: parameters", model.count_params(), 3265)
    history = model.fit(data, labels, epochs=run.settings.epochs, batch_size=32, verbose=2)
    run.figure("P13: training accuracy", history.history["acc"][-1])
    run.curve(history, "two_classes")

    labels = rng.integers(10, size=(1000, 1))
    model = Sequential()
    model.add(Dense(32, activation="relu", input_dim=100))
    model.add(Dense(10, activation="softmax"))
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    run.check("P14: parameters", model.count_params(), 3562)
    history = model.fit(
        data, to_categorical(labels, num_classes=10), epochs=run.settings.epochs, verbose=2
    )
    run.figure("P14: training accuracy", history.history["acc"][-1])
    run.curve(history, "ten_classes")


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

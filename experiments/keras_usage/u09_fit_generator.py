"""Training from a text file, line by line (U9 of the notes).

Data: six lines such as `1 2 0 1` (two features, two one-hot columns), made here: the class says
whether the first feature is larger. Each line is a batch. The notes print how often the generator
was asked: at most queue and workers ahead of the training.

    python -m experiments run u09_fit_generator
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential

PROGRAM = Program(
    title="Training from a text file",
    ids=("U9",),
    seeds=5,
    why={
        "batches asked for": (
            "the source's counter ends with the 20 that are trained; our queue asks for two ahead"
        ),
    },
)


def process_line(line):
    numbers = [int(number) for number in line.split()]
    return np.array(numbers[:2], "float32"), np.array(numbers[2:], "float32")


def generate_arrays_from_file(path, pulled):
    while True:
        with open(path) as file:
            for line in file:
                x, y = process_line(line)
                pulled.append(line)
                yield x[None], y[None]


def main(run: Run) -> None:
    rng = np.random.default_rng(run.seed)
    features = rng.integers(0, 10, (6, 2))
    table = np.column_stack(
        [features, features[:, 0] > features[:, 1], features[:, 0] <= features[:, 1]]
    )
    path = run.out / "train.txt"
    np.savetxt(path, table, fmt="%d")

    model = Sequential(
        [Dense(1000, activation="relu", input_dim=2), Dense(2, activation="softmax")]
    )
    model.compile(loss="categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
    pulled = []
    history = model.fit_generator(
        generate_arrays_from_file(path, pulled),
        steps_per_epoch=10,
        epochs=2,
        verbose=2,
        max_queue_size=1,
        workers=1,
        validation_data=(table[:, :2], table[:, 2:]),
    )
    run.figure("validation accuracy", history.history["val_acc"][-1])
    run.figure("batches asked for", len(pulled))
    run.check("at least the 20 that were trained, at most 2 more", 20 <= len(pulled) <= 22, True)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

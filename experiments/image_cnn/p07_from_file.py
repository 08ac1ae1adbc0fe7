"""A generator that reads a text file, one sample a line (section 3.1.11, P07).

Data: the 8 x 8 digits that come with scikit-learn, written to the text file; the book names neither
file nor network.

    python -m experiments run p07_from_file
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential
from jaxcnn.utils import to_categorical

PROGRAM = Program(
    title="Learning from a text file",
    ids=("P07",),
    packages=("sklearn",),
    minutes=0.2,
    settings={"steps_per_epoch": 10_000, "epochs": 10},
    quick={"steps_per_epoch": 50, "epochs": 1},
    seeds=5,
)


def process_line(line: str) -> tuple[np.ndarray, np.ndarray]:
    *pixels, label = map(int, line.split())
    return np.array(pixels, "float32") / 16, to_categorical(label, 10)


def generate_arrays_from_file(path):
    while True:
        with open(path) as f:
            for line in f:
                x, y = process_line(line)
                yield x.reshape(1, 64), y.reshape(1, 10)


def main(run: Run) -> None:
    from sklearn.datasets import load_digits

    digits = load_digits()
    order = np.random.default_rng(run.seed).permutation(len(digits.data))
    lines = np.column_stack([digits.data, digits.target])[order].astype(int)
    path = run.out / "my_file.txt"
    np.savetxt(path, lines[:1500], fmt="%d")

    model = Sequential(
        [Dense(64, activation="relu", input_dim=64), Dense(10, activation="softmax")]
    )
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    history = model.fit_generator(
        generate_arrays_from_file(path),
        steps_per_epoch=run.settings.steps_per_epoch,
        epochs=run.settings.epochs,
        verbose=2,
    )
    run.curve(history)
    rest = lines[1500:]
    score = model.evaluate(
        rest[:, :64].astype("float32") / 16, to_categorical(rest[:, 64], 10), verbose=0
    )
    run.figure("accuracy on the lines that were not in the file", score[1])


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

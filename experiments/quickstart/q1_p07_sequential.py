"""Stacks of layers: from a list, by `add`, and the spellings of an input shape (sections 4.1 and
4.2, Q1.P07-P10).

Data: random numbers. P07 and P08 print `Dense(32, units=784)`, which gives `units` twice, and P10
`input_shape=(784)`, which is no tuple; what they mean stands here (X07, X08 in ERRATA.md).

    python -m experiments run q1_p07_sequential
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.layers import Activation, Dense
from jaxcnn.models import Sequential

PROGRAM = Program(title="Sequential models", ids=("Q1.P07", "Q1.P08", "Q1.P09", "Q1.P10"))


def main(run: Run) -> None:
    model = Sequential(
        [Dense(32, input_shape=(784,)), Activation("relu"), Dense(10), Activation("softmax")]
    )
    run.check("P07: parameters", model.count_params(), 25_450)

    model = Sequential()
    model.add(Dense(32, input_shape=(784,)))
    model.add(Activation("relu"))
    run.check("P08: parameters", model.count_params(), 25_120)
    model.pop()
    run.check("P08: layers after pop()", len(model.layers), 1)

    model = Sequential()
    model.add(Dense(32, input_shape=(500,)))
    model.add(Dense(10, activation="softmax"))
    run.check("P09: parameters", model.count_params(), 16_362)
    x, y = np.random.default_rng(run.seed).random((64, 500)), np.eye(10)[np.arange(64) % 10]
    try:
        model.fit(x, y)
    except RuntimeError as error:
        run.figure("P09: fit before compile", f"{type(error).__name__}: {error}")
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=10, verbose=0)
    run.check("P09: the loss falls", history.history["loss"][-1] < history.history["loss"][0], True)

    by_shape, by_dim = (
        Sequential([Dense(32, input_shape=(784,))]),
        Sequential([Dense(32, input_dim=784)]),
    )
    run.check("P10: output with input_shape", by_shape.output_shape, (None, 32))
    run.check("P10: output with input_dim", by_dim.output_shape, (None, 32))
    fixed = Sequential([Dense(32, batch_size=32, input_shape=(6, 8))])
    run.check("P10: output with batch_size", fixed.output_shape, (32, 6, 32))


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

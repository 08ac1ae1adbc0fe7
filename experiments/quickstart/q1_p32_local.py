"""Convolutions whose weights are not shared between places (section 5.5, Q1.P32).

Data: none.

    python -m experiments run q1_p32_local
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.layers import LocallyConnected2D
from jaxcnn.models import Sequential

PROGRAM = Program(title="Locally connected layers", ids=("Q1.P32",))


def main(run: Run) -> None:
    model = Sequential()
    model.add(LocallyConnected2D(64, (3, 3), input_shape=(32, 32, 3)))
    run.check("shape of the first", model.output_shape, (None, 30, 30, 64))
    run.check("parameters of the first", model.count_params(), 1_612_800)
    model.add(LocallyConnected2D(32, (3, 3)))
    run.check("shape of the second", model.output_shape, (None, 28, 28, 32))
    run.check("parameters of both", model.count_params(), 16_088_576)
    model.summary()

    # Each place has its own weights: on an image of one colour the answers differ from place to
    # place.
    small = Sequential([LocallyConnected2D(4, (3, 3), input_shape=(16, 16, 3))])
    answers = small.predict(np.ones((1, 16, 16, 3)))
    run.check("places differ", bool(answers.std(axis=(1, 2)).min() > 0), True)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

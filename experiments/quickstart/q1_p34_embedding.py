"""Numbers of words become vectors (section 5.7, Q1.P34).

Data: random numbers, the book's own.

    python -m experiments run q1_p34_embedding
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.layers import Embedding
from jaxcnn.models import Sequential

PROGRAM = Program(title="Embeddings", ids=("Q1.P34",))


def main(run: Run) -> None:
    model = Sequential()
    model.add(Embedding(1000, 64, input_length=10))
    input_array = np.random.default_rng(run.seed).integers(1000, size=(32, 10))
    model.compile("rmsprop", "mse")
    output_array = model.predict(input_array)
    run.check("shape", output_array.shape, (32, 10, 64))
    run.check("parameters", model.count_params(), 64_000)
    run.check(
        "a row a number", np.array_equal(output_array, model.get_weights()[0][input_array]), True
    )


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

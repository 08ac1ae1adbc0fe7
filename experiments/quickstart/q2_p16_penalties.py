"""Penalties on weights and outputs, and limits of weights (sections 7.6 and 7.7, Q2.P16 and P17).

Data: random numbers.  The book's listing imports `maxnorm` and calls `max_norm` (O16 in ERRATA.md).

    python -m experiments run q2_p16_penalties
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import backend as K
from jaxcnn import regularizers
from jaxcnn.constraints import max_norm
from jaxcnn.layers import Dense
from jaxcnn.models import Sequential

PROGRAM = Program(title="Regularizers and constraints", ids=("Q2.P16", "Q2.P17"))


def l1_reg(weight_matrix):
    return 0.01 * K.sum(K.abs(weight_matrix))


def main(run: Run) -> None:
    x = np.random.default_rng(run.seed).random((8, 64)).astype("float32")
    model = Sequential()
    model.add(
        Dense(
            64,
            input_dim=64,
            kernel_regularizer=regularizers.l2(0.01),
            activity_regularizer=regularizers.l1(0.01),
        )
    )
    model.compile("sgd", "mse")
    kernel, output = model.get_weights()[0], model.predict(x)
    penalty = 0.01 * np.sum(kernel**2) + 0.01 * np.sum(np.abs(output))
    loss = model.evaluate(x, output, verbose=0)
    run.check(
        "P16: l2 of the kernel and l1 of the output, ratio to the sums", loss / penalty, 1.0, 1e-5
    )

    model = Sequential([Dense(64, input_dim=64, kernel_regularizer=l1_reg)])
    model.compile("sgd", "mse")
    kernel = model.get_weights()[0]
    loss = model.evaluate(x, model.predict(x), verbose=0)
    run.check("P16: a function of one's own", loss / (0.01 * np.abs(kernel).sum()), 1.0, 1e-5)

    model = Sequential([Dense(64, input_dim=64, kernel_constraint=max_norm(2.0))])
    model.compile("sgd", "mse")
    model.fit(x, 1000 * x, epochs=3, verbose=0)
    norms = np.linalg.norm(model.get_weights()[0], axis=0)
    run.check("P17: largest norm of a column", float(norms.max()), 2.0, 1e-3)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

"""Recurrent layers: shapes, stacks, and a state that is kept between batches (section 5.6, Q1.P33
and P42).

Data: none.  The book puts an LSTM on one that returns no sequences; that raises (X27 in ERRATA.md).

    python -m experiments run q1_p33_recurrent
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.layers import LSTM
from jaxcnn.models import Sequential

PROGRAM = Program(title="Recurrent layers and their state", ids=("Q1.P33", "Q1.P42"))


def main(run: Run) -> None:
    model = Sequential([LSTM(32, input_shape=(10, 64))])
    run.check("P33: shape", model.output_shape, (None, 32))
    run.check("P33: parameters", model.count_params(), 12_416)
    model = Sequential([LSTM(32, input_dim=64, input_length=10)])
    run.check("P33: parameters with input_dim and input_length", model.count_params(), 12_416)

    message = "none"
    try:
        model.add(LSTM(16))
    except ValueError as error:
        message = str(error)
    run.figure("P33: LSTM(16) on the last output of another", message)
    run.check("P33: it raises", message != "none", True)

    model = Sequential()
    model.add(LSTM(64, input_shape=(10, 64), return_sequences=True))
    model.add(LSTM(32, return_sequences=True))
    model.add(LSTM(10))
    run.check("P33: parameters of three", model.count_params(), 47_160)

    # A state that is kept: a sequence in two halves is read like the whole one.
    x = np.random.default_rng(run.seed).random((4, 20, 3)).astype("float32")
    whole = Sequential([LSTM(8, input_shape=(20, 3))])
    kept = Sequential([LSTM(8, stateful=True, batch_input_shape=(4, 10, 3))])
    kept.set_weights(whole.get_weights())
    kept.predict(x[:, :10], batch_size=4)
    halves = kept.predict(x[:, 10:], batch_size=4)
    run.check(
        "P42: two halves against the whole, largest difference",
        np.abs(halves - whole.predict(x)).max(),
        0,
        1e-6,
    )
    kept.reset_states()
    first = kept.predict(x[:, :10], batch_size=4)
    kept.reset_states()
    run.check(
        "P42: the same after reset_states()",
        np.array_equal(kept.predict(x[:, :10], batch_size=4), first),
        True,
    )


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

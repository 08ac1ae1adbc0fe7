"""A layer at every step of a sequence, and one that reads it in both directions (section 5.12,
Q1.P35-P37).

Data: random numbers.  P36's shapes are channels_first (X20 in ERRATA.md).

    python -m experiments run q1_p35_wrappers
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import backend as K
from jaxcnn.layers import LSTM, Activation, Bidirectional, Conv2D, Dense, TimeDistributed
from jaxcnn.models import Sequential

PROGRAM = Program(title="TimeDistributed and Bidirectional", ids=("Q1.P35", "Q1.P36", "Q1.P37"))


def main(run: Run) -> None:
    model = Sequential()
    model.add(TimeDistributed(Dense(8), input_shape=(10, 16)))
    run.check("P35: shape", model.output_shape, (None, 10, 8))
    model.add(TimeDistributed(Dense(32)))
    run.check("P35: shape of the second", model.output_shape, (None, 10, 32))
    run.check("P35: parameters", [layer.count_params() for layer in model.layers], [136, 288])

    K.set_image_data_format("channels_first")
    model = Sequential()
    model.add(TimeDistributed(Conv2D(64, (3, 3)), input_shape=(10, 3, 299, 299)))
    run.check("P36: shape", model.output_shape, (None, 10, 64, 297, 297))
    run.check("P36: parameters", model.count_params(), 1792)
    K.set_image_data_format("channels_last")

    model = Sequential()
    model.add(Bidirectional(LSTM(10, return_sequences=True), input_shape=(5, 10)))
    model.add(Bidirectional(LSTM(10)))
    model.add(Dense(5))
    model.add(Activation("softmax"))
    shapes = [(None, 5, 20), (None, 20), (None, 5), (None, 5)]
    run.check("P37: shapes", [layer.output_shape for layer in model.layers], shapes)
    run.check("P37: parameters", model.count_params(), 4265)
    model.compile(loss="categorical_crossentropy", optimizer="rmsprop")
    x = np.random.default_rng(run.seed).random((64, 5, 10)).astype("float32")
    history = model.fit(x, np.eye(5)[x[:, :, 0].argmax(1)], epochs=20, verbose=0)
    run.check("P37: the loss falls", history.history["loss"][-1] < history.history["loss"][0], True)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

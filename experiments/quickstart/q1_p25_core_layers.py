"""Shapes and numbers of the core layers, and masks (section 5.2, Q1.P25-P31 and P43).

Data: none.  P26's shapes are channels_first (X20 in ERRATA.md).

    python -m experiments run q1_p25_core_layers
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import backend as K
from jaxcnn.layers import (
    LSTM,
    Conv2D,
    Dense,
    Flatten,
    Lambda,
    Masking,
    Permute,
    RepeatVector,
    Reshape,
)
from jaxcnn.models import Sequential

PROGRAM = Program(
    title="Core layers",
    ids=("Q1.P25", "Q1.P26", "Q1.P27", "Q1.P28", "Q1.P29", "Q1.P30", "Q1.P31", "Q1.P43"),
)


def antirectifier(x):
    x = x - K.mean(x, axis=1, keepdims=True)
    x = K.l2_normalize(x, axis=1)
    return K.concatenate([K.relu(x), K.relu(-x)], axis=1)


def main(run: Run) -> None:
    model = Sequential([Dense(32, input_shape=(16,)), Dense(32)])
    run.check("P25: parameters", [layer.count_params() for layer in model.layers], [544, 1056])

    K.set_image_data_format("channels_first")
    model = Sequential([Conv2D(64, (3, 3), padding="same", input_shape=(3, 32, 32)), Flatten()])
    run.check(
        "P26: shapes",
        [layer.output_shape for layer in model.layers],
        [(None, 64, 32, 32), (None, 65536)],
    )
    run.check("P26: parameters", model.count_params(), 1792)
    K.set_image_data_format("channels_last")

    model = Sequential([Reshape((3, 4), input_shape=(12,)), Reshape((6, 2)), Reshape((-1, 2, 2))])
    shapes = [(None, 3, 4), (None, 6, 2), (None, 3, 2, 2)]
    run.check("P27: shapes", [layer.output_shape for layer in model.layers], shapes)

    model = Sequential([Permute((2, 1), input_shape=(10, 64))])
    run.check("P28: shape", model.output_shape, (None, 64, 10))

    model = Sequential([Dense(32, input_dim=32), RepeatVector(3)])
    run.check("P29: shape", model.output_shape, (None, 3, 32))
    run.check("P29: parameters", model.count_params(), 1056)

    model = Sequential([Lambda(lambda x: x**2, input_shape=(4,))])
    run.check("P30: squares", model.predict(np.array([[1, 2, 3, 6]])), [[1, 4, 9, 36]], 1e-5)
    model = Sequential([Lambda(antirectifier, input_shape=(4,))])
    expected = [[0, 0, 0, 0.80178, 0.53452, 0.26726, 0, 0]]
    run.check("P30: antirectifier", model.predict(np.array([[1, 2, 3, 6]])), expected, 1e-5)

    x = np.random.default_rng(run.seed).random((4, 10, 8)).astype("float32")
    x[:, 3, :] = x[:, 5, :] = 0
    model = Sequential([Masking(mask_value=0.0, input_shape=(None, 8)), LSTM(32)])
    difference = np.abs(model.predict(x) - model.predict(np.delete(x, [3, 5], axis=1))).max()
    run.check("P31: masked steps against left out ones, largest difference", difference, 0, 1e-6)

    message = "none"
    try:
        Sequential([Masking(input_shape=(10, 8)), Flatten()])
    except ValueError as error:
        message = str(error)
    run.check("P43: a mask at a layer that knows none", "mask" in message, True)
    run.figure("P43: message", message)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

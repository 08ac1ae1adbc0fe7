"""Sums along axes, and where the channels of images stand (chapter 3, Q1.P02 and Q1.P40).

Data: none.

    python -m experiments run q1_p02_axes
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import backend as K
from jaxcnn.layers import Conv2D
from jaxcnn.models import Sequential

PROGRAM = Program(title="Axes of arrays and data formats", ids=("Q1.P02", "Q1.P40"))


def main(run: Run) -> None:
    a = np.array([[1, 2], [3, 4]])
    run.check("np.sum(a, axis=0)", np.sum(a, axis=0), [4, 6])
    run.check("np.sum(a, axis=1)", np.sum(a, axis=1), [3, 7])

    # 100 RGB images, 16 high and 32 wide, in the two formats; the same convolution gives the same
    # numbers.
    run.check("the format where none is set", K.image_data_format(), "channels_last")
    last = np.random.default_rng(run.seed).random((100, 16, 32, 3)).astype("float32")
    first = last.transpose(0, 3, 1, 2)
    run.check("channels_first", first.shape, (100, 3, 16, 32))
    models = {
        "channels_last": Sequential([Conv2D(4, 3, input_shape=(16, 32, 3))]),
        "channels_first": Sequential(
            [Conv2D(4, 3, data_format="channels_first", input_shape=(3, 16, 32))]
        ),
    }
    models["channels_first"].set_weights(models["channels_last"].get_weights())
    found = models["channels_first"].predict(first).transpose(0, 2, 3, 1)
    run.check(
        "largest difference of the outputs",
        np.abs(found - models["channels_last"].predict(last)).max(),
        0,
        1e-5,
    )


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

"""Images made larger by layers: repeating, and the transposed convolution by hand (U13 and U14 of
the notes).

Data: none. Between the pixels go strides - 1 zeros, around them kernel - 1; then it is a
convolution with the kernel turned by half a turn. The notes print an input of 4 x 4 x 4 and two
kernels of 3 x 3 x 4 in their lines 948 to 990. Those numbers are not at hand: whole numbers from
-3 to 3 stand for them, drawn with the seed, printed, and shown with what comes of them.

    python -m experiments run u13_transposed_convolution
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from experiments.numbers import draw_numbers
from experiments.program import Program
from experiments.run import Run
from jaxcnn import backend as K
from jaxcnn.layers import Conv2DTranspose, UpSampling2D
from jaxcnn.models import Sequential
from jaxcnn.visualization.figure import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PROGRAM = Program(title="Transposed convolutions", ids=("U13", "U14"))


def with_zeros(x: np.ndarray, size: int, stride: int) -> np.ndarray:
    """x (rows, columns, channels) with zeros between its pixels and around them."""
    rows, columns, channels = x.shape
    wide = np.zeros(
        ((rows - 1) * stride + 2 * size - 1, (columns - 1) * stride + 2 * size - 1, channels)
    )
    wide[size - 1 : 1 - size : stride, size - 1 : 1 - size : stride] = x
    return wide


def by_hand(x: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """x (rows, columns, channels), kernel (size, size, filters, channels): a convolution over
    pixels and zeros.
    """
    size = kernel.shape[0]
    wide = with_zeros(x, size, stride)
    turned = kernel[::-1, ::-1]
    places = np.ndindex(wide.shape[0] - size + 1, wide.shape[1] - size + 1)
    found = [np.einsum("ijc,ijfc->f", wide[i : i + size, j : j + size], turned) for i, j in places]
    return np.reshape(found, (wide.shape[0] - size + 1, -1, kernel.shape[2]))


def worked_example(x: np.ndarray, kernel: np.ndarray, outputs: dict[int, np.ndarray]) -> Figure:
    """The input and the first kernel by channel, the first channel with its zeros, the results."""
    figure = new_figure(10, 9)
    grid = figure.add_gridspec(3, 12, height_ratios=(3, 3, 4))
    for i in range(4):
        axes = figure.add_subplot(grid[0, 3 * i : 3 * i + 3])
        draw_numbers(axes, x[..., i], f"input, channel {i + 1}")
        axes = figure.add_subplot(grid[1, 3 * i : 3 * i + 3])
        draw_numbers(axes, kernel[:, :, 0, i], f"first kernel, channel {i + 1}")
    last = {
        "channel 1 with zeros, stride 2": with_zeros(x, 3, 2)[..., 0],
        "first kernel's output, stride 1": outputs[1][..., 0],
        "first kernel's output, stride 2": outputs[2][..., 0],
    }
    for i, (title, numbers) in enumerate(last.items()):
        draw_numbers(figure.add_subplot(grid[2, 4 * i : 4 * i + 4]), numbers, title)
    return figure


def main(run: Run) -> None:
    model = Sequential([UpSampling2D(2, input_shape=(2, 2, 1))])
    picture = np.array([[1, 2], [3, 4]]).reshape(1, 2, 2, 1)
    repeated = [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
    run.check("U13: UpSampling2D", model.predict(picture)[0, :, :, 0], repeated)

    rng = np.random.default_rng(run.seed)
    x, kernel = rng.integers(-3, 4, (4, 4, 4)), rng.integers(-3, 4, (3, 3, 2, 4))
    print("input, channel by channel:", *np.moveaxis(x, -1, 0), sep="\n")
    for i in range(2):
        print(
            f"kernel {i + 1}, channel by channel:", *np.moveaxis(kernel[:, :, i], -1, 0), sep="\n"
        )
    outputs = {}
    for stride in (1, 2):
        layer = Conv2DTranspose(2, 3, strides=stride, use_bias=False, input_shape=(4, 4, 4))
        model = Sequential([layer])
        model.set_weights([kernel])
        outputs[stride] = model.predict(x[None])[0]
        print(f"stride {stride}, by kernel:", *np.moveaxis(outputs[stride], -1, 0), sep="\n")
        run.check(
            f"U13: stride {stride}, the sum by hand",
            np.moveaxis(outputs[stride], -1, 0),
            np.moveaxis(by_hand(x, kernel, stride), -1, 0),
            1e-4,
        )
    run.picture("worked_example", worked_example(x, kernel, outputs))

    x = np.array([[1, 1], [2, 2]], "float32").reshape(1, 2, 2, 1)
    found = K.conv2d_transpose(
        K.variable(x), K.ones((3, 3, 1, 1)), (1, 4, 4, 1), strides=(2, 2), padding="same"
    )
    run.check(
        "U14",
        K.eval(found)[0, :, :, 0],
        [[1, 1, 2, 1], [1, 1, 2, 1], [3, 3, 6, 3], [2, 2, 4, 2]],
        1e-6,
    )
    sizes = {
        padding: Sequential(
            [Conv2DTranspose(1, 3, strides=2, padding=padding, input_shape=(4, 4, 1))]
        )
        for padding in ("valid", "same", "full")
    }
    run.check(
        "U13: sizes of 4 by stride 2 and kernel 3",
        [m.output_shape[1] for m in sizes.values()],
        [9, 8, 5],
    )


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

"""A pixel becomes the mean of its neighbours; and a kernel of equal weights (sections 7.4 and 8.3,
P48 and P49).

Data: none. The book's second figure has the weight 0.5 nine times, whose result is no average.

    python -m experiments run p48_averaging
"""

import numpy as np

from experiments.numbers import draw_numbers
from experiments.program import Program
from experiments.run import Run
from jaxcnn.vision import correlate, mean_filter
from jaxcnn.visualization.figure import new_figure

PROGRAM = Program(title="Averages of neighbours", ids=("P48", "P49"))


def main(run: Run) -> None:
    grid = np.ones((3, 3), np.float32)
    grid[1, 1] = 2
    around = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]]) / 8
    averaged = np.asarray(correlate(grid[..., None], around, "nearest"))[..., 0]
    run.check("the middle becomes", averaged[1, 1], 1)

    # The figure shows an upper left corner, with zeros around the image; the other pixels do not
    # matter for it.
    picture = np.zeros((4, 4), np.float32)
    picture[:2, :2] = [[237, 203], [123, 112]]
    printed = np.asarray(correlate(picture[..., None], np.full((3, 3), 0.5), "constant"))[..., 0]
    run.check("C(1) with the weight 0.5", printed[0, 0], 337.5)
    mean = np.asarray(mean_filter(picture[..., None], 3, "constant"))[..., 0]
    run.check("C(1) with the weight 1/9", mean[0, 0], 75, 1e-4)

    figure = new_figure(10, 2.6)
    shown = {
        "neighbours": grid,
        "averaged": averaged,
        "picture": picture,
        "weight 0.5": printed,
        "weight 1/9": mean,
    }
    for place, (title, numbers) in enumerate(shown.items(), 1):
        draw_numbers(figure.add_subplot(1, 5, place), numbers, title)
    run.picture("averages", figure)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

"""Data centred, scaled and whitened (section 6.2, P30 to P32).

Data: a photograph that comes with scikit-image; points drawn at random for the figure of whitening,
of which the book prints no code.

    python -m experiments run p30_normalisation
"""

import numpy as np

from experiments.photographs import photograph
from experiments.program import Program
from experiments.run import Run
from jaxcnn.preprocessing.normalization import (
    principal_axes,
    rotate,
    standardize,
    whiten,
    zero_mean,
)
from jaxcnn.visualization.figure import BLUE, new_figure, plain_axes

PROGRAM = Program(
    title="Zero mean, unit deviation, whitening",
    ids=("P30", "P31", "P32"),
    data=("photographs",),
)


def main(run: Run) -> None:
    rng = np.random.default_rng(run.seed)
    # Two features of very different size, as in the book's example: variances 100 and 1, and
    # dependent on each other.
    x = (rng.normal(size=(500, 2)) @ [[10, 0.8], [0, 0.6]] + [30, 5]).astype(np.float32)
    centred, scaled = np.asarray(zero_mean(x)), np.asarray(standardize(x))
    run.check("mean of each feature", centred.mean(0), [0, 0], 1e-4)
    run.check("deviation of each feature", scaled.std(0), [1, 1], 1e-4)
    found = principal_axes(x)
    turned, white = np.asarray(rotate(x, found)), np.asarray(whiten(x, found))
    run.check("covariance after whitening", np.cov(white.T, bias=True), np.eye(2), 1e-3)

    photo = photograph("astronaut.png").astype(np.float32)
    gray = photo.mean(-1)
    run.check("mean of the gray picture", float(zero_mean(gray, None).mean()), 0, 1e-2)
    run.check("mean of each colour", zero_mean(photo, (0, 1)).mean((0, 1)), [0, 0, 0], 1e-2)

    figure = new_figure(12, 2.8)
    steps = {
        "data": x,
        "zero mean": centred,
        "unit deviation": scaled,
        "turned (PCA)": turned,
        "whitened": white,
    }
    for place, (title, points) in enumerate(steps.items(), 1):
        axes = figure.add_subplot(1, 5, place)
        axes.scatter(*points.T, s=4, color=BLUE)
        axes.axhline(0, color="black", linewidth=0.8)
        axes.axvline(0, color="black", linewidth=0.8)
        axes.set_title(title, fontsize=10)
        axes.set_aspect("equal", "datalim")
        plain_axes(axes)
    run.picture("whitening", figure)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

"""Where points are dense, laid over an image (section 7.3, P35).

Data: a photograph of the sky that comes with scikit-image, for the book's map. The book announces
the overlay with an alpha channel and prints no code for it.

    python -m experiments run p35_heat_map
"""

import numpy as np

from experiments.photographs import photograph
from experiments.program import Program
from experiments.run import Run
from jaxcnn.vision import point_density
from jaxcnn.visualization import heat_overlay

PROGRAM = Program(title="Heat map", ids=("P35",), data=("photographs",))
GROUPS, POINTS, SIGMA = 100, 200, 10.0


def main(run: Run) -> None:
    rng = np.random.default_rng(run.seed)
    img = photograph("hubble_deep_field.jpg", size=(436, 500))
    h, w, _ = img.shape
    x, y = [], []
    for _ in range(GROUPS):
        mean = w * rng.random(), h * rng.random()
        a, b = 50 + rng.integers(50, 200, 2)
        # Beyond sqrt(ab) it is no covariance: about one draw in seventy of the book's formula.
        limit = 0.99 * np.sqrt(a * b)
        c = np.clip((a + b) * rng.normal() * 0.2, -limit, limit)
        points = rng.multivariate_normal(mean, [[a, c], [c, b]], POINTS)
        x.append(points[:, 0])
        y.append(points[:, 1])
    x, y = np.concatenate(x), np.concatenate(y)

    hist = np.histogram2d(x, y, bins=(np.arange(0, w), np.arange(0, h)))[0].T
    run.check("shape of the counts", hist.shape, [h - 1, w - 1])
    counts = np.asarray(point_density(x, y, hist.shape))
    run.check("counts that differ from NumPy's", int((counts != hist).sum()), 0)
    heat = np.asarray(point_density(x, y, (h, w), SIGMA))
    run.check(
        "points lost by the blur", float(heat.sum() - point_density(x, y, (h, w)).sum()), 0, 5.0
    )

    run.picture("counts", counts / counts.max())
    run.picture("heat_map", heat_overlay(img, heat, alpha=1.0))
    run.picture("overlay", heat_overlay(img, heat, alpha=0.7 * heat / heat.max()))


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

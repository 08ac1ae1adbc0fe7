"""Where points are dense, laid over an image (section 7.3, P35).

Data: none; the map of a town is drawn here: a river, streets, a park. The book announces the
overlay with an alpha channel and prints no code for it. A draw of its formula that is no
covariance, about one in seventy, is drawn again.

    python -m experiments run p35_heat_map
"""

import numpy as np
from PIL import Image, ImageDraw

from experiments.program import Program
from experiments.run import Run
from jaxcnn.vision import point_density
from jaxcnn.visualization import heat_overlay

PROGRAM = Program(title="Heat map", ids=("P35",))
GROUPS, POINTS, SIGMA = 100, 200, 10.0


def town(rows: int, columns: int, rng: np.random.Generator) -> np.ndarray:
    """A map, uint8 (rows, columns, 3)."""
    image = Image.new("RGB", (columns, rows), (238, 234, 224))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0.62 * columns, 0.1 * rows, 0.85 * columns, 0.35 * rows), fill=(200, 222, 180))
    at = np.linspace(0, columns, 60)
    bank = rows * (0.62 + 0.12 * np.sin(at / columns * 5) + 0.03 * np.sin(at / 20))
    pen.line([*zip(at, bank, strict=True)], fill=(160, 200, 230), width=26, joint="curve")
    for width, colour, count in ((3, (255, 255, 255), 26), (7, (250, 220, 150), 5)):
        for x in rng.uniform(0, columns, count):
            pen.line((x, 0, x + rng.normal(0, 25), rows), fill=colour, width=width)
        for y in rng.uniform(0, rows, count):
            pen.line((0, y, columns, y + rng.normal(0, 25)), fill=colour, width=width)
    return np.asarray(image)


def covariance(rng: np.random.Generator) -> np.ndarray:
    """The book's formula, drawn until it is a covariance: |c| below sqrt(ab)."""
    while True:
        a, b = 50 + rng.integers(50, 200, 2)
        c = (a + b) * rng.normal() * 0.2
        if abs(c) < np.sqrt(a * b):
            return np.array([[a, c], [c, b]])


def main(run: Run) -> None:
    rng = np.random.default_rng(run.seed)
    h, w = 436, 500
    img = town(h, w, rng)
    x, y = [], []
    for _ in range(GROUPS):
        mean = w * rng.random(), h * rng.random()
        points = rng.multivariate_normal(mean, covariance(rng), POINTS)
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

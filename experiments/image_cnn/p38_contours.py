"""The outlines of a star and a rectangle (section 7.6, P38).

Data: none; the two are drawn, as in the book's contour.jpg.

    python -m experiments run p38_contours
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn.vision import draw_contours, find_contours
from jaxcnn.vision.contours import METHODS, MODES

PROGRAM = Program(title="Contours", ids=("P38",), packages=("cv2",))


def drawing() -> np.ndarray:
    """Gray on black: a star of five points at the left, a rectangle at the right."""
    import cv2

    picture = np.zeros((240, 400), np.uint8)
    angles = np.pi * (np.arange(10) / 5 - 0.5)
    radius = np.where(np.arange(10) % 2, 35, 90)
    points = np.stack([110 + radius * np.cos(angles), 120 + radius * np.sin(angles)], -1)
    cv2.fillPoly(picture, [points.round().astype(np.int32)], 200)
    cv2.rectangle(picture, (240, 70), (360, 170), 200, -1)
    return picture


def main(run: Run) -> None:
    gray = drawing()
    binary = gray > 127
    img = np.repeat(gray[..., None], 3, axis=-1)
    contours, hierarchy = find_contours(binary, "tree", "simple")
    run.check("contours", len(contours), 2)
    run.check("points of the rectangle", min(len(contour) for contour in contours), 4)
    run.check("neither is within the other", hierarchy[:, 3], [-1, -1])
    for mode in MODES:
        run.check(f"contours in the mode {mode}", len(find_contours(binary, mode)[0]), 2)
    for method in METHODS:
        sizes = [len(contour) for contour in find_contours(binary, "tree", method)[0]]
        run.figure(f"points by the method {method}", sorted(sizes))
    every = find_contours(binary, "tree", "none")[0]
    steps = [np.abs(np.diff(c, axis=0, append=c[:1])).max(1) for c in every]
    run.check("each point touches the next", all((step == 1).all() for step in steps), True)
    both = draw_contours(img, contours, (255, 0, 0))
    apart = draw_contours(draw_contours(img, contours[:1], (255, 0, 0)), contours[1:], (0, 255, 0))
    run.picture(
        "contours", np.stack([img, both, apart]), columns=3, titles=("picture", "all", "one by one")
    )


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

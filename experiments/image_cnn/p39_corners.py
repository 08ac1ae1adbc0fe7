"""The corners of a chess board (section 7.7, P39).

Data: a chess board that comes with scikit-image. The book takes Sobel filters of 23 x 23, which
mark more pixels around each corner than those of 3 x 3 do.

    python -m experiments run p39_corners
"""

import numpy as np

from experiments.photographs import photograph
from experiments.program import Program
from experiments.run import Run
from jaxcnn.vision import corner_harris

PROGRAM = Program(
    title="Harris corners", ids=("P39",), data=("photographs",), packages=("cv2",), minutes=0.2
)


def main(run: Run) -> None:
    import cv2

    gray = photograph("chessboard_GRAY.png", "L").astype(np.float32)
    board = np.repeat(gray[..., None], 3, axis=-1).astype(np.uint8)
    shown = [board]
    for size in (23, 3):
        dst = np.asarray(corner_harris(gray, 2, size, 0.04))
        marked = dst > 0.01 * dst.max()
        expected = cv2.cornerHarris(gray, 2, size, 0.04)
        differ = marked != (expected > 0.01 * expected.max())
        run.check(
            f"{size} x {size}: share of pixels marked otherwise than by OpenCV",
            differ.mean(),
            0,
            1e-3,
        )
        run.figure(f"{size} x {size}: marked pixels", int(marked.sum()))
        # The inner corners of the 8 x 8 fields
        step = gray.shape[0] // 8
        near = [
            marked[i - 2 : i + 3, j - 2 : j + 3].any()
            for i in step * np.arange(1, 8)
            for j in step * np.arange(1, 8)
        ]
        run.check(f"{size} x {size}: inner corners found", int(np.sum(near)), 49)
        img = board.copy()
        img[marked] = [255, 0, 0]
        shown.append(img)
    run.picture("corners", np.stack(shown), columns=3, titles=("board", "23 x 23", "3 x 3"))


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

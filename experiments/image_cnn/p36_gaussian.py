"""Noise smoothed by a Gaussian filter of 3 x 3, and by larger ones (section 7.4, P36).

Data: a photograph that comes with scikit-image, for the book's noisy lena.png. The book moves a
slider from 0 on, whose value t means a kernel of 2t + 3 pixels.

    python -m experiments run p36_gaussian
"""

import numpy as np

from experiments.photographs import photograph
from experiments.program import Program
from experiments.run import Run
from jaxcnn.vision import correlate, gaussian_filter, gaussian_kernel

PROGRAM = Program(
    title="Gaussian filter", ids=("P36",), data=("photographs",), packages=("cv2",), minutes=0.2
)
KSIZE, SIGMA = 3, 3


def main(run: Run) -> None:
    import cv2

    rng = np.random.default_rng(run.seed)
    clean = photograph("astronaut.png", size=(256, 256)).astype(np.float32)
    noisy = (clean + rng.normal(0, 25, clean.shape)).clip(0, 255).astype(np.float32)

    blurred = np.asarray(gaussian_filter(noisy, SIGMA, KSIZE, "mirror"))
    expected = cv2.GaussianBlur(noisy, (KSIZE, KSIZE), SIGMA)
    run.check("largest difference from OpenCV", np.abs(blurred - expected).max(), 0, 0.01)
    whole = np.asarray(correlate(noisy, np.outer(*[gaussian_kernel(KSIZE, SIGMA)] * 2), "mirror"))
    run.check(
        "largest difference from the filter in one step", np.abs(blurred - whole).max(), 0, 0.01
    )
    run.figure("mean squared error of the noisy picture", float(np.mean((noisy - clean) ** 2)))
    run.figure("mean squared error of the smoothed picture", float(np.mean((blurred - clean) ** 2)))

    # The bell has the volume 1; with the book's factor 1 / (2 pi sigma) it would have sigma.
    axis = np.arange(-60, 61)
    bell = np.exp(-(axis[:, None] ** 2 + axis**2) / (2 * SIGMA**2)) / (2 * np.pi * SIGMA)
    run.figure("volume of the bell as the book prints it", bell.sum())
    run.check("volume of ours", float(gaussian_kernel(41, SIGMA).sum()), 1, 1e-6)

    slider = [gaussian_filter(noisy, SIGMA, 2 * t + 3, "mirror") for t in (0, 1, 3)]
    titles = ("noisy", *(f"{2 * t + 3} x {2 * t + 3}" for t in (0, 1, 3)))
    run.picture("smoothed", np.stack([noisy, *slider]).clip(0, 255) / 255, columns=4, titles=titles)


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

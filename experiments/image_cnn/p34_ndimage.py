"""A call of each of the five parts of scipy.ndimage, beside ours where there is one (section 7.2,
P34).

Data: coins, a photograph that comes with scikit-image.

    python -m experiments run p34_ndimage
"""

import numpy as np
from scipy import ndimage

from experiments.photographs import photograph
from experiments.program import Program
from experiments.run import Run
from jaxcnn.vision import erode, gaussian_filter, rotate

PROGRAM = Program(title="The five parts of scipy.ndimage", ids=("P34",), data=("photographs",))


def main(run: Run) -> None:
    coins = photograph("coins.png", "L", (152, 192)).astype(np.float32)
    shown = {"picture": coins}

    shown["filters"] = ndimage.gaussian_filter(coins, 3)
    ours = np.asarray(gaussian_filter(coins[..., None], 3))[..., 0]
    run.check("filters: difference of ours", np.abs(ours - shown["filters"]).max(), 0, 1e-2)

    spectrum = ndimage.fourier_gaussian(np.fft.fft2(coins), 3)
    shown["fourier"] = np.fft.ifft2(
        spectrum
    ).real  # the same blur, with the image repeated around itself

    shown["interpolation"] = ndimage.rotate(coins, 30, reshape=False, order=1)
    ours = np.asarray(rotate(coins[None, ..., None], 30))[0, ..., 0]
    away = np.abs(ours - shown["interpolation"]) > 0.1
    run.check("interpolation: share of pixels that differ", bool(away.mean() < 0.01), True)

    mask = ndimage.binary_fill_holes(shown["filters"] > 120)
    labels, count = ndimage.label(mask)
    sizes = ndimage.sum(mask, labels, range(1, count + 1))
    run.figure("measurements: regions of more than 100 pixels", int((sizes > 100).sum()))
    shown["measurements"] = labels * (255 / max(count, 1))

    shown["morphology"] = 255 * ndimage.binary_erosion(mask, iterations=4).astype(np.float32)
    same = np.array_equal(erode(mask, iterations=4), shown["morphology"] > 0)
    run.check("morphology: ours is the same", same, True)
    run.picture(
        "tour",
        np.stack(list(shown.values()))[..., None].clip(0, 255) / 255,
        columns=6,
        titles=list(shown),
    )


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

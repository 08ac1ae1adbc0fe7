"""What the data sets hold: digits with their labels, photographs of CIFAR-10, and an image fitted
into a square (figures of chapter 8: G32, G33, G34).

Data: MNIST, CIFAR-10, and a cat that comes with scikit-image. The book's digits are the first four.

    python -m experiments run p22_samples
"""

import numpy as np

from experiments.photographs import photograph
from experiments.program import Program
from experiments.run import Run
from jaxcnn.datasets import cifar10, mnist
from jaxcnn.vision import resize_with_bars
from jaxcnn.vision.geometry import square
from jaxcnn.visualization import image_grid

PROGRAM = Program(
    title="Samples of the data sets",
    ids=("G32", "G33", "G34"),
    data=("mnist", "cifar10", "photographs"),
)
CLASSES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)


def main(run: Run) -> None:
    (digits, labels), _ = mnist.load_data()
    run.check("the first four labels", labels[:4], [5, 0, 4, 1])
    run.picture("digits", digits[:4, ..., None], titles=[str(n) for n in labels[:4]], columns=4)

    (pictures, classes), _ = cifar10.load_data()
    classes = classes.ravel()
    rows = np.concatenate([np.flatnonzero(classes == number)[:3] for number in range(10)])
    titles = [CLASSES[classes[row]] for row in rows]
    path = image_grid(pictures[rows], run.out / "cifar10.png", titles=titles, columns=6)
    run.picture("cifar10", path)

    cat = photograph("chelsea.png", size=(200, 300))
    padded = square(cat)
    run.check("200 x 300 with bars", padded.shape, (300, 300, 3))
    bars = padded[:50], padded[-50:]
    run.check("50 black pixels above and below", [int(bar.max()) for bar in bars], [0, 0])
    small = resize_with_bars(cat, (64, 64))
    run.check("and 64 x 64", small.shape, (64, 64, 3))
    larger = small.repeat(4, axis=0).repeat(4, axis=1)
    shown = np.stack(
        [np.pad(image, fit(image), constant_values=255) for image in (cat, padded, larger)]
    )
    run.picture("fitted", shown, titles=["200 x 300", "300 x 300", "64 x 64, enlarged"], columns=3)


def fit(image: np.ndarray) -> list[tuple[int, int]]:
    """Room around an image that makes it 300 x 300, for `numpy.pad`."""
    room = [300 - length for length in image.shape[:2]]
    return [(part // 2, part - part // 2) for part in room] + [(0, 0)]


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

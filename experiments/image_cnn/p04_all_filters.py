"""What the filters of every layer of VGG16 like (section 2.3, P04).

Data: ImageNet weights of VGG16 without its top. All images of a layer are climbed together. Each
layer shows the filters that answer most, of the first `candidates`; `--set candidates=512` takes
all. Where a tile of the first two layers is plain but for its border or a corner, the filter has
found nothing but the zeros around the image. Whether filters are turned copies of others is
measured on their numbers, beside filters whose places are shuffled: they are more often than by
chance in the first layer only.

    python -m experiments run p04_all_filters
"""

import numpy as np

from experiments.program import Program
from experiments.run import Run
from jaxcnn import applications
from jaxcnn.visualization import deprocess, maximise_filters

PROGRAM = Program(
    title="The pictures that all filters like",
    ids=("P04",),
    data=("vgg16",),
    minutes=90,
    settings={"blocks": 5, "candidates": 64, "shown": 64, "size": 128, "steps": 20},
    quick={"blocks": 2, "candidates": 4, "shown": 4, "size": 32, "steps": 3},
)
CONVOLUTIONS = (2, 2, 3, 3, 3)


def turned_copies(kernel: np.ndarray, least: float = 0.8) -> float:
    """The share of filters of a kernel (3, 3, channels, n) that correlate with another one turned
    by 90 degrees.
    """

    def rows(kernel):
        flat = kernel.reshape(-1, kernel.shape[-1]).T
        flat = flat - flat.mean(1, keepdims=True)
        return flat / np.linalg.norm(flat, axis=1, keepdims=True)

    correlations = rows(kernel) @ rows(np.rot90(kernel)).T
    np.fill_diagonal(correlations, -1)
    return float((correlations.max(1) > least).mean())


def shuffled(kernel: np.ndarray, seed: int) -> np.ndarray:
    """The kernel with the nine places of each filter in another order, for what chance gives."""
    rng = np.random.default_rng(seed)
    filters = np.moveaxis(kernel.reshape(9, *kernel.shape[2:]), -1, 0)
    mixed = np.stack([one[rng.permutation(9)] for one in filters], -1)
    return mixed.reshape(kernel.shape)


def main(run: Run) -> None:
    model = applications.VGG16(weights="imagenet", include_top=False)
    size = (run.settings.size, run.settings.size)
    for block in range(1, run.settings.blocks + 1):
        for i in range(1, CONVOLUTIONS[block - 1] + 1):
            layer = f"block{block}_conv{i}"
            filters = range(min(run.settings.candidates, model.get_layer(layer).filters))
            pictures, scores = maximise_filters(
                model, layer, filters, size=size, steps=run.settings.steps
            )
            best = [j for j in np.argsort(-scores)[: run.settings.shown] if scores[j] > 0]
            run.figure(f"{layer}: filters that answer, of {len(filters)}", int((scores > 0).sum()))
            if best:
                run.picture(
                    f"conv{block}_{i}", deprocess(pictures[best])[..., ::-1]
                )  # VGG16 takes BGR
    for layer in ("block1_conv1", "block1_conv2", "block4_conv1"):
        kernel = np.asarray(model.get_layer(layer).get_weights()[0])
        name = f"{layer}: share of filters that are another one turned by 90 degrees"
        run.figure(name, turned_copies(kernel))
        run.figure(f"{name}, places shuffled", turned_copies(shuffled(kernel, run.seed)))


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

"""An image in the style of another, as the course does it (N4).

Data: ImageNet weights of VGG19 without its top where they are present, else VGG16's: the layers of
the costs are in both. Two photographs that come with scikit-learn stand for the course's. Costs are
printed as the course prints them.

    python -m experiments run n4_style
"""

import numpy as np
import optax
from PIL import Image

from experiments.data import DATA
from experiments.program import Program
from experiments.run import Run
from jaxcnn import applications
from jaxcnn.style import COURSE, StyleTransfer, content_cost, gram, layer_style_cost

PROGRAM = Program(
    title="Style transfer, the course's way",
    ids=("N4",),
    data=("vgg19",),
    packages=("sklearn",),
    minutes=20,
    settings={"height": 300, "width": 400, "iterations": 200, "every": 20, "rate": 2.0},
    quick={"height": 36, "width": 48, "iterations": 3, "every": 1},
)


def main(run: Run) -> None:
    from sklearn.datasets import load_sample_image

    random = np.random.default_rng(run.seed)
    a_C, a_G = random.standard_normal((2, 4, 4, 3)).astype("float32")
    J_content = np.sum((a_C - a_G) ** 2) / (4 * 4 * 4 * 3)
    run.check("content cost", content_cost(a_G, a_C), J_content, tolerance=1e-5)
    A = a_C.reshape(16, 3).T
    run.check("Gram matrix", gram(a_C), (A @ A.T).tolist(), tolerance=1e-4)
    GG = a_G.reshape(16, 3).T @ a_G.reshape(16, 3)
    J_style = np.sum((A @ A.T - GG) ** 2) / (4 * 3**2 * 16**2)
    run.check("style cost of a layer", layer_style_cost(a_G, gram(a_C)), J_style, tolerance=1e-5)

    size = (run.settings.width, run.settings.height)
    content, style = (
        np.asarray(Image.fromarray(load_sample_image(name)).resize(size))
        for name in ("china.jpg", "flower.jpg")
    )
    name = "VGG19" if DATA["vgg19"].has_own() else "VGG16"
    network = getattr(applications, name)(weights="imagenet", include_top=False)
    transfer = StyleTransfer(network, COURSE, optax.adam(run.settings.rate))
    kept = []

    def report(iteration: int, picture: np.ndarray, found: dict[str, float]) -> None:
        print(f"Iteration {iteration} :")
        print(
            f"total cost = {found['total']}\ncontent cost = {found['content']}\nstyle cost = "
            f"{found['style']}"
        )
        kept.append((iteration, picture))

    picture, history = transfer.run(
        content, style, run.settings.iterations, every=run.settings.every, on_picture=report
    )
    for name in ("total", "content", "style"):
        run.figure(f"{name} cost at the start", history[0][name])
        run.figure(f"{name} cost at the end", history[-1][name])
    run.check("the total cost has fallen", history[-1]["total"] < history[0]["total"], True)
    logarithms = {
        f"log10 of the {name} cost": np.log10([h[name] for h in history])
        for name in ("total", "style")
    }
    run.curve(logarithms, "cost", step="iteration")
    shown = kept[:: max(1, len(kept) // 5)]
    titles = [f"iteration {i}" for i, _ in shown]
    run.picture("iterations", np.stack([p for _, p in shown]), titles=titles, columns=3)
    run.picture(
        "result",
        np.stack([content, style, picture]),
        titles=["content", "style", "result"],
        columns=3,
    )


if __name__ == "__main__":
    from experiments.__main__ import command

    command(__file__)

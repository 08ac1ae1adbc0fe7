"""``jaxcnn style CONTENT STYLE``: paint the first image in the style of the second."""

from __future__ import annotations

import argparse
import dataclasses
import time
from pathlib import Path

import numpy as np
import optax

from jaxcnn import applications
from jaxcnn.preprocessing.image import load_img, save_img
from jaxcnn.style.costs import CHAPTER, COURSE
from jaxcnn.style.transfer import StyleTransfer
from jaxcnn.utils.options import between, whole
from jaxcnn.utils.progbar import Progbar

NETWORKS = {"vgg16": applications.VGG16, "vgg19": applications.VGG19}
OPTIMIZERS = {"adam": lambda rate: optax.adam(rate), "lbfgs": lambda rate: optax.lbfgs()}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("content", type=Path, metavar="CONTENT")
    parser.add_argument("style", type=Path, metavar="STYLE")
    parser.add_argument(
        "--out", type=Path, default=Path("styled.png"), help="the image to write (styled.png)"
    )
    parser.add_argument(
        "--network", choices=tuple(NETWORKS), default="vgg16", help="by default vgg16"
    )
    parser.add_argument(
        "--costs", choices=("course", "chapter"), default="course", help="which source's convention"
    )
    parser.add_argument("--optimizer", choices=tuple(OPTIMIZERS), default="adam")
    parser.add_argument(
        "--rate",
        type=between(0, float("inf")),
        default=2.0,
        help="learning rate of adam (default 2)",
    )
    parser.add_argument("--steps", type=whole(1), default=200, help="updates (default 200)")
    parser.add_argument("--every", type=whole(1), help="also write an image every so many steps")
    parser.add_argument(
        "--size", type=whole(1), default=400, help="the longer side in pixels (default 400)"
    )
    parser.add_argument(
        "--noise", type=between(0, 1), default=0.6, help="of the first image, 0 to 1 (default 0.6)"
    )
    parser.add_argument(
        "--variation",
        type=between(0, float("inf")),
        default=0.0,
        help="weight of the total variation (default 0)",
    )
    parser.add_argument("--seed", type=whole(0), default=0)


def run(arguments: argparse.Namespace) -> int:
    """Transfer the style; 1 when an image or the network's weights cannot be read."""
    content, style = (fitted(path, arguments.size) for path in (arguments.content, arguments.style))
    network = NETWORKS[arguments.network](include_top=False)
    costs = dataclasses.replace(
        COURSE if arguments.costs == "course" else CHAPTER, gamma=arguments.variation
    )
    transfer = StyleTransfer(network, costs, OPTIMIZERS[arguments.optimizer](arguments.rate))
    out: Path = arguments.out
    bar = Progbar(arguments.steps)

    def report(step: int, image: np.ndarray, costs: dict[str, float]) -> None:
        values = ", ".join(f"{name} {value:.4g}" for name, value in costs.items())
        print(f"step {step}: {values}", flush=True)
        if step < arguments.steps:
            path = out.with_name(f"{out.stem}_{step}{out.suffix}")
            save_img(path, image, "channels_last", scale=False)

    began = time.perf_counter()
    image, _ = transfer.run(
        content,
        style,
        arguments.steps,
        noise=arguments.noise,
        seed=arguments.seed,
        every=arguments.every,
        on_picture=report,
        on_step=bar.update,
    )
    save_img(out, image, "channels_last", scale=False)
    steps = "1 step" if arguments.steps == 1 else f"{arguments.steps} steps"
    print(f"{out}: {steps} in {time.perf_counter() - began:.0f} seconds")
    return 0


def fitted(path: Path, longest: int) -> np.ndarray:
    """The image in a file, shrunk so that no side is longer than `longest` pixels."""
    image = load_img(path)
    image.thumbnail((longest, longest))
    return np.asarray(image)

"""``jaxcnn style CONTENT STYLE``: paint the first image in the style of the second."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from pathlib import Path

import numpy as np
import optax

from jaxcnn import applications
from jaxcnn.preprocessing.image import load_img, save_img
from jaxcnn.style.costs import CHAPTER, COURSE
from jaxcnn.style.transfer import StyleTransfer

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
    parser.add_argument("--rate", type=float, default=2.0, help="learning rate of adam (default 2)")
    parser.add_argument("--steps", type=int, default=200, help="updates (default 200)")
    parser.add_argument("--every", type=int, help="also write an image every so many steps")
    parser.add_argument(
        "--size", type=int, default=400, help="the longer side in pixels (default 400)"
    )
    parser.add_argument(
        "--noise", type=float, default=0.6, help="of the first image, 0 to 1 (default 0.6)"
    )
    parser.add_argument(
        "--variation", type=float, default=0.0, help="weight of the total variation (default 0)"
    )
    parser.add_argument("--seed", type=int, default=0)


def run(arguments: argparse.Namespace) -> int:
    """Transfer the style; 1 when an image or the network's weights cannot be read."""
    try:
        content, style = (
            fitted(path, arguments.size) for path in (arguments.content, arguments.style)
        )
        network = NETWORKS[arguments.network](include_top=False)
        costs = dataclasses.replace(
            COURSE if arguments.costs == "course" else CHAPTER, gamma=arguments.variation
        )
        transfer = StyleTransfer(network, costs, OPTIMIZERS[arguments.optimizer](arguments.rate))
    except (OSError, ValueError) as error:
        print(f"jaxcnn style: {error}", file=sys.stderr)
        return 1
    out: Path = arguments.out

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
    )
    save_img(out, image, "channels_last", scale=False)
    print(f"{out}: {arguments.steps} steps in {time.perf_counter() - began:.0f} seconds")
    return 0


def fitted(path: Path, longest: int) -> np.ndarray:
    """The image in a file, shrunk so that no side is longer than `longest` pixels."""
    image = load_img(path)
    image.thumbnail((longest, longest))
    return np.asarray(image)

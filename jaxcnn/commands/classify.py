"""``jaxcnn classify``: what a network trained on ImageNet sees in images."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jaxcnn.applications import APPLICATIONS
from jaxcnn.applications.application import Application
from jaxcnn.applications.imagenet_utils import decode_predictions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "pictures", nargs="+", type=Path, metavar="PICTURE", help="a file that Pillow reads"
    )
    parser.add_argument(
        "--model", default="MobileNet", help=f"one of {', '.join(APPLICATIONS.items())}"
    )
    parser.add_argument(
        "--weights", default="imagenet", help="a weight file; by default the published one"
    )
    parser.add_argument("--top", type=int, default=5, help="how many classes to print (default 5)")


def run(arguments: argparse.Namespace) -> int:
    """Print the likeliest classes of each image."""
    try:
        application = APPLICATIONS.find(arguments.model)
        pictures = read_pictures(arguments.pictures, application.size)
        found = classify(pictures, application, arguments.weights, arguments.top)
    except (ValueError, OSError) as error:
        print(f"jaxcnn classify: {error}", file=sys.stderr)
        return 1
    for path, classes in zip(arguments.pictures, found, strict=True):
        if len(found) > 1:
            print(f"{path}:")
        for _, label, score in classes:
            print(f"{label} (score = {score:.5f})")
    return 0


def classify(
    pictures: np.ndarray, application: Application, weights: Any = "imagenet", top: int = 5
) -> list[list[tuple[str, str, float]]]:
    """For each image (n, size, size, 3), values 0 to 255 in RGB: the `top` classes as (WordNet
    id, name, score).
    """
    shape = (application.size, application.size, 3)
    model = application(weights=weights, input_shape=shape)
    return decode_predictions(
        model.predict(application.preprocess_input(pictures, "channels_last")), top
    )


def read_pictures(paths: Sequence[Path], size: int) -> np.ndarray:
    """The images (n, size, size, 3), float32 with values 0 to 255, resized as a whole.

    Raises:
        FileNotFoundError: a path where nothing is.
        ValueError: a file that is no image.
    """
    from PIL import Image

    pictures = []
    for path in paths:
        if not path.is_file():
            raise FileNotFoundError(f"there is no file {path}.")
        try:
            with Image.open(path) as picture:
                resized = picture.convert("RGB").resize((size, size), Image.Resampling.BILINEAR)
        except OSError as error:
            raise ValueError(f"{path} cannot be read as a picture: {error}.") from None
        pictures.append(np.asarray(resized, np.float32))
    return np.stack(pictures)

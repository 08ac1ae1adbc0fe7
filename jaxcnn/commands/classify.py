"""``jaxcnn classify``: what a network trained on ImageNet sees in images."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from jaxcnn.applications import APPLICATIONS
from jaxcnn.applications.application import Application
from jaxcnn.applications.imagenet_utils import decode_predictions
from jaxcnn.utils.images import read_image
from jaxcnn.utils.options import whole


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
    parser.add_argument(
        "--top", type=whole(1), default=5, help="how many classes to print (default 5)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the likeliest classes of each image."""
    application = APPLICATIONS.find(arguments.model)
    images = read_images(arguments.pictures, application.size)
    print(f"{application.__name__}: building it and reading its weights", file=sys.stderr)
    predictions = classify(images, application, arguments.weights, arguments.top)
    for path, classes in zip(arguments.pictures, predictions, strict=True):
        if len(predictions) > 1:
            print(f"{path}:")
        for _, label, score in classes:
            print(f"{label} (score = {score:.5f})")
    return 0


def classify(
    images: np.ndarray,
    application: Application,
    weights: str | os.PathLike[str] = "imagenet",
    top: int = 5,
) -> list[list[tuple[str, str, float]]]:
    """The `top` classes of each image as (WordNet id, name, score), the best first.

    `images` are (n, size, size, 3) in RGB with values 0 to 255.
    """
    shape = (application.size, application.size, 3)
    model = application(weights=weights, input_shape=shape)
    with contextlib.redirect_stdout(sys.stderr):  # the bar; what is found goes to stdout alone
        predictions = model.predict(
            application.preprocess_input(images, "channels_last"), verbose=1
        )
    return decode_predictions(predictions, top)


def read_images(paths: Sequence[Path], size: int) -> np.ndarray:
    """The images (n, size, size, 3), float32 with values 0 to 255, resized as a whole.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a file is not an image.
    """
    from PIL import Image

    images = []
    for path in paths:
        if not path.is_file():
            raise FileNotFoundError(f"there is no file {path}.")
        try:
            image = read_image(path, str(path)).convert("RGB")
        except OSError as error:
            raise ValueError(f"{path} cannot be read as an image: {error}") from None
        resized = image.resize((size, size), Image.Resampling.BILINEAR)
        images.append(np.asarray(resized, np.float32))
    return np.stack(images)
